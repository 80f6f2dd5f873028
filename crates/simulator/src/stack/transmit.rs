//! A frame that a host sends: what it carries, and why.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::Range;
use std::time::Duration;

use protocol::wire::tcp::TcpFlags;

use super::TcpHandle;

/// A frame for the card, sealed with its FCS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transmit {
    /// The frame.
    pub frame: Vec<u8>,
    /// What is in it.
    pub carried: Carried,
    /// Why it is sent.
    pub cause: Cause,
}

/// What a frame carries: the thread from a message to its frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carried {
    /// An ARP message.
    Arp {
        /// A request; else a reply.
        request: bool,
        /// Whose hardware address is asked for, or who had asked.
        target: Ipv4Addr,
    },
    /// A message of neighbour discovery (RFC 4861).
    Discovery {
        /// Its ICMPv6 type: 133 and 134 of routers, 135 solicitation, 136 advertisement.
        kind: u8,
        /// The address that it asks for or tells of; none in those of routers.
        target: Option<Ipv6Addr>,
    },
    /// An ICMP message; ICMPv6 when it goes to an IPv6 address.
    Icmp {
        /// Its type: 0 echo reply, 3 unreachable, 8 echo request, 11 time exceeded; of ICMPv6 1
        /// unreachable, 2 packet too big, 3 time exceeded, 128 echo request, 129 echo reply.
        kind: u8,
        /// Its code.
        code: u8,
        /// Whom it goes to.
        to: IpAddr,
        /// Identifier and sequence number of an echo.
        echo: Option<(u16, u16)>,
    },
    /// An IGMP message.
    Igmp {
        /// Its type: 0x11 query, 0x12 and 0x16 report, 0x17 leave.
        kind: u8,
        /// The group that it is about; unspecified when it asks about all.
        group: Ipv4Addr,
    },
    /// A UDP datagram or a fragment of one.
    Udp {
        /// What the application called it in `udp_send`.
        tag: u64,
        /// The sending port.
        src: u16,
        /// The receiving socket.
        dst: SocketAddr,
        /// Which part of the IP payload it is, when fragmented.
        fragment: Option<IpFragment>,
    },
    /// A TCP segment.
    Tcp {
        /// The connection; `None` for an RST that belongs to none.
        handle: Option<TcpHandle>,
        /// Our end.
        local: SocketAddr,
        /// The peer's end.
        remote: SocketAddr,
        /// Control bits.
        flags: TcpFlags,
        /// Which octets of our byte stream it carries, the first data octet of the
        /// connection being 0; empty without data.
        stream: Range<u64>,
        /// Sequence number.
        seq: u32,
        /// Acknowledgement number; counts with ACK.
        ack: u32,
        /// Window, in octets.
        window: u16,
    },
}

/// A part of an IP packet's payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IpFragment {
    /// Identification that all parts share.
    pub identification: u16,
    /// Which octets of the IP payload (UDP header included).
    pub range: Range<usize>,
    /// Whether it is the last part.
    pub last: bool,
}

/// Why a frame is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A packet waits for the hardware address of `for_ip`; this is the `attempt`-th
    /// request, from 1.
    Resolve {
        /// Whose address is needed.
        for_ip: IpAddr,
        /// Which request, from 1.
        attempt: u8,
    },
    /// Somebody asked for our hardware address.
    ArpReply,
    /// The same over IPv6: a neighbour advertisement.
    NeighbourAnswer,
    /// The application sent a datagram.
    Application,
    /// The application asked for an echo.
    Echo,
    /// Somebody asked for an echo.
    EchoReply,
    /// A datagram came for a port that nobody has.
    PortUnreachable,
    /// A packet came for a transport protocol that the host does not have.
    ProtocolUnreachable,
    /// Fragments of a packet did not all come in time.
    ReassemblyTimeout,
    /// A packet's TTL ran out at a router.
    TimeExceeded,
    /// A router has no way to a packet's network.
    NetworkUnreachable,
    /// Nobody answers for a packet's address on its network.
    HostUnreachable,
    /// A packet that may not be cut is longer than a router's next link carries.
    PacketTooBig,
    /// The application joined a multicast group: a report that nobody asked for, sent twice.
    GroupJoined,
    /// A router asked who is in a group, and nobody else has answered yet.
    GroupQueried,
    /// The application left a multicast group that this host was the last to report.
    GroupLeft,
    /// A router asks from time to time who is in any group.
    MembershipQuery,
    /// A router heard that a host has left a group, and asks whether another is in it.
    LastMemberQuery,
    /// The application connects: SYN.
    Connect,
    /// A SYN is accepted: SYN-ACK.
    AcceptSyn,
    /// A SYN-ACK came: the last segment of the handshake.
    HandshakeAck,
    /// The application's data, sent for the first time, as soon as it was there.
    Data,
    /// Data that the congestion window had held back: an acknowledgement let it go.
    CongestionWindowOpened,
    /// Data that the peer's window had held back: the peer has made room.
    WindowOpened,
    /// Data that one of the first duplicate acknowledgements let go (RFC 3042).
    LimitedTransmit,
    /// Data that was not sent before, in SACK recovery: nothing else is known to be missing
    /// (RFC 6675 section 4, NextSeg rule 2).
    RecoveryData,
    /// An acknowledgement without data.
    Ack(AckCause),
    /// Octets that have been sent before.
    Retransmit(RetransmitCause),
    /// The peer's window is closed and the persist timer expired: the `attempt`-th probe, from 1.
    ZeroWindowProbe {
        /// Which probe, from 1.
        attempt: u32,
    },
    /// The application closed: FIN.
    Close,
    /// The application or the stack gave the connection up: RST.
    Abort,
    /// A segment came for a port that nobody listens on, or for no connection: RST.
    RefusedPort,
}

/// Why an acknowledgement is sent on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AckCause {
    /// The delayed-acknowledgement timer expired.
    Delayed,
    /// Two full segments' worth of octets came (RFC 9293 MUST-59).
    EverySecondSegment,
    /// Octets came that leave a gap before them (RFC 5681 section 4.2).
    OutOfOrder,
    /// Octets came that close a gap, wholly or in part (RFC 5681 section 4.2).
    GapFilled,
    /// Octets came that had come before.
    Duplicate,
    /// The segment lay outside the window (RFC 9293 section 3.10.7.4).
    Unacceptable,
    /// A SYN or RST that might be forged: a challenge (RFC 5961 sections 3 to 5).
    Challenge,
    /// The application made room.
    WindowUpdate,
    /// The peer's FIN came.
    Fin,
    /// Delayed acknowledgements are off.
    Immediate,
}

/// Why octets are sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetransmitCause {
    /// The retransmission timer expired (RFC 6298 rule 5.4).
    RtoExpired {
        /// How long it had run.
        rto: Duration,
        /// How often in a row it has expired, from 1.
        attempt: u32,
    },
    /// What had been sent behind a segment whose timer expired is sent again, too, as
    /// slow start allows (RFC 5681 section 3.1).
    AfterRto,
    /// A third duplicate acknowledgement came (RFC 5681 section 3.2).
    ThirdDuplicateAck,
    /// The peer sent its SYN again, so it did not get our SYN-ACK.
    DuplicateSyn,
    /// During fast recovery an acknowledgement covered only a part (RFC 6582 section 3.2).
    PartialAck,
    /// What the peer has by SACK says that the segment is lost, before a third duplicate
    /// acknowledgement came (RFC 6675 section 5 step 2).
    LostBySack,
    /// A hole between what the peer has by SACK, by this rule of NextSeg (RFC 6675 section
    /// 4): 1, it is lost; 3, it may be, and nothing better is left to send.
    SackHole {
        /// 1 or 3.
        rule: u8,
    },
    /// The last segment of a flight, once in each recovery, so that its end is heard of (RFC
    /// 6675 section 4, NextSeg rule 4).
    Rescue,
    /// A router could not pass it on whole, and said what would fit (RFC 1191 section 6.5).
    PathMtu,
}
