//! What a host learns: for its applications and for the tape.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;
use protocol::wire::WireError;

use super::neighbour::Line;
use super::tcp::{State, StateCause};
use super::transmit::Carried;
use super::{TcpHandle, UdpHandle};

/// What happened in a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StackEvent {
    /// A connection that we opened stands.
    Connected(TcpHandle),
    /// A connection that a peer opened stands.
    Accepted {
        /// The listening port.
        port: u16,
        /// The new connection.
        handle: TcpHandle,
        /// The peer.
        remote: SocketAddr,
    },
    /// New octets can be read.
    Readable(TcpHandle),
    /// The send buffer, which had been full, has room again.
    Writable(TcpHandle),
    /// The peer's FIN came, and all before it: after the octets in the buffer there are no more.
    PeerClosed(TcpHandle),
    /// The connection is gone, and its handle with it; only unread octets can still be
    /// read, unless it was reset.
    Closed {
        /// Which.
        handle: TcpHandle,
        /// Why.
        why: CloseReason,
    },
    /// A connection changed its state.
    TcpState {
        /// Which.
        handle: TcpHandle,
        /// Before.
        from: State,
        /// After.
        to: State,
        /// Why.
        because: StateCause,
    },
    /// A datagram came.
    Datagram {
        /// For which socket.
        handle: UdpHandle,
        /// From whom.
        from: SocketAddr,
        /// The payload.
        payload: Bytes,
    },
    /// A line of the neighbour cache is new, has changed or is gone.
    Neighbour(Line),
    /// Nobody answered for an address; what waited for it is lost.
    NeighbourFailed {
        /// Whose.
        ip: IpAddr,
        /// What is lost.
        lost: Vec<Carried>,
    },
    /// A packet waiting for an address was pushed out by a newer one.
    NeighbourQueueFull {
        /// Whose address is awaited.
        ip: IpAddr,
        /// What is lost.
        lost: Carried,
    },
    /// Somebody said that a packet of ours could not be delivered.
    Unreachable {
        /// Who says so.
        from: IpAddr,
        /// The ICMP code: see `protocol::wire::icmp::unreachable`, for IPv6 that of `icmpv6`.
        code: u8,
        /// Next-hop MTU, with code 4 of IPv4.
        mtu: u32,
        /// Where our packet should have gone.
        destination: IpAddr,
        /// Its protocol, our port and the other's, as far as they were quoted.
        ports: Option<(u8, u16, u16)>,
    },
    /// A router said that an IPv6 packet of ours is longer than its next link carries.
    PacketTooBig {
        /// Who says so.
        from: IpAddr,
        /// What that link carries, in octets.
        mtu: u32,
        /// Where our packet should have gone.
        destination: IpAddr,
        /// Its protocol, our port and the other's, as far as they were quoted.
        ports: Option<(u8, u16, u16)>,
    },
    /// Packets to an address are from now on at most so long.
    PathMtu {
        /// The address.
        destination: IpAddr,
        /// What the path carries, in octets.
        mtu: usize,
    },
    /// Somebody said that a packet of ours ran out of time.
    TimeExceeded {
        /// Who says so.
        from: IpAddr,
        /// The ICMP code: 0 on the way, 1 in reassembly.
        code: u8,
        /// Where our packet should have gone.
        destination: IpAddr,
    },
    /// An echo came back.
    EchoReply {
        /// From whom.
        from: IpAddr,
        /// As we sent it.
        identifier: u16,
        /// As we sent it.
        sequence: u16,
        /// Octets of data that came back.
        octets: usize,
        /// Time since the request, when it was one of the last that we sent.
        round_trip: Option<Duration>,
    },
    /// The host is in a multicast group from now on, or no more.
    Group {
        /// The group.
        group: Ipv4Addr,
        /// True when it has joined.
        member: bool,
    },
    /// Another member has reported a group, so that this host need not.
    ReportSuppressed {
        /// The group.
        group: Ipv4Addr,
        /// Who reported it.
        by: Ipv4Addr,
    },
    /// Fragments of a packet did not all come in time, and were given up.
    ReassemblyTimeout {
        /// From whom.
        from: IpAddr,
        /// Which packet.
        identification: u32,
    },
}

/// Why a connection is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// Both sides closed, and all was acknowledged.
    Finished,
    /// The peer sent RST.
    Reset,
    /// The peer answered the SYN with RST.
    Refused,
    /// We sent RST.
    Aborted,
    /// The peer did not acknowledge for too long (RFC 9293 section 3.8.3, R2).
    TimedOut,
    /// The network said that the peer cannot be reached, with this code of ICMP: at once in
    /// the handshake, else when we had waited for too long (RFC 1122 section 4.2.3.9).
    Unreachable(u8),
}

/// What a host did with a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The destination address is not ours; the card ignored it.
    NotForUs,
    /// The FCS does not fit; the card dropped it.
    BadFcs {
        /// What the frame says.
        received: u32,
        /// What its octets give.
        computed: u32,
    },
    /// An ARP message was read.
    Arp {
        /// It asked for us: an answer is on its way.
        answered: bool,
        /// It told us an address that we keep.
        learned: bool,
    },
    /// A datagram reached its socket.
    Udp {
        /// Which.
        handle: UdpHandle,
    },
    /// A segment reached its connection or listener.
    Tcp {
        /// Which connection, also a new one.
        handle: TcpHandle,
        /// Octets of the peer's byte stream that are in order because of this segment,
        /// the peer's first data octet being 0; empty when it brought none.
        delivered: Range<u64>,
    },
    /// A message of neighbour discovery was read.
    Discovery {
        /// It asked for us: an answer is on its way.
        answered: bool,
        /// It told us an address that we keep.
        learned: bool,
    },
    /// An ICMP message was read.
    Icmp {
        /// Its type.
        kind: u8,
        /// Its code.
        code: u8,
    },
    /// An IGMP message was read.
    Igmp {
        /// Its type.
        kind: u8,
    },
    /// A fragment was kept until its packet is whole.
    FragmentKept,
    /// It went no further than some layer, and this is why.
    Dropped(DropReason),
}

/// Why a host drops a frame that was meant for its card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DropReason {
    /// It could not be read, or a checksum is wrong.
    Malformed(WireError),
    /// The EtherType is none of ARP, IPv4 and IPv6, or of the family that the host has not.
    UnknownEtherType(u16),
    /// The packet is for another address, and hosts do not forward.
    NotOurAddress(IpAddr),
    /// The packet claims a source that no host can have (RFC 1122 section 3.2.1.3).
    BadSource(IpAddr),
    /// A message of neighbour discovery that came from beyond a router or contradicts itself
    /// (RFC 4861 section 7.1).
    BadDiscovery,
    /// No protocol of this number; an ICMP error is on its way.
    UnknownProtocol(u8),
    /// Nobody has this UDP port; an ICMP error is on its way.
    UdpPortClosed(u16),
    /// Nobody has this TCP port or connection; an RST is on its way, unless it was one.
    TcpPortClosed(u16),
    /// The listening port has as many half-open connections as it takes.
    BacklogFull(u16),
    /// The host has as many connections as it takes.
    TooManyConnections,
    /// The segment lies outside the receive window (RFC 9293 section 3.10.7.4).
    OutsideWindow(TcpHandle),
    /// The segment acknowledges what was never sent, or what is long past (RFC 5961 section 5).
    BadAck(TcpHandle),
    /// A SYN or RST that might be forged was answered with a challenge (RFC 5961).
    Challenged(TcpHandle),
    /// The segment is older than others that came (RFC 7323 section 5: PAWS).
    OldTimestamp(TcpHandle),
    /// The segment lacks the timestamps that were agreed on (RFC 7323 section 3.2).
    NoTimestamp(TcpHandle),
    /// The segment has no place in the connection's state: no ACK bit, for example.
    Unexpected(TcpHandle),
    /// More packets are being reassembled than there is room for, or a fragment makes no sense.
    Reassembly,
    /// The application does not take its events: the queue is full.
    QueueFull,
}
