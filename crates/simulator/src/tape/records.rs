//! What the tape keeps: facts, each with its time. Reasons in words and the meaning of
//! bytes are made from these when somebody asks.

use super::{BLOCK, sizes};
use crate::ids::{ConnectionId, Direction, FrameId, LinkId, MessageId, NodeId};
use crate::link::{Fate, Fault, LinkDirection, Mishap, Weather};
use crate::stack::neighbour::Line;
use crate::stack::{Cause, TcpInfo};
use bytes::Bytes;
use pnet_base::MacAddr;
use protocol::dissect::Fcs;
use protocol::message::What;
use protocol::time::SimTime;
use protocol::wire::vlan::Tag;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::Range;
use std::time::Duration;

/// An application handed a message to its host's transport.
#[derive(Clone, Debug)]
pub struct MessageRecord {
    /// When.
    pub at: SimTime,
    /// The sending host.
    pub from: NodeId,
    /// The receiving host, where known.
    pub to: Option<NodeId>,
    /// The client whose conversation it belongs to.
    pub client: Option<NodeId>,
    /// How it travels.
    pub transport: MessageTransport,
    /// What it is.
    pub what: What,
    /// Octets.
    pub length: u32,
    /// The message that it answers.
    pub cause: Option<MessageId>,
    pub(crate) bytes: MessageBytes,
}

/// How a message travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageTransport {
    /// In one UDP datagram.
    Udp {
        /// Source port.
        src: u16,
        /// Destination port.
        dst: u16,
    },
    /// In a TCP stream.
    Tcp {
        /// The connection.
        connection: ConnectionId,
        /// Which of its two streams.
        direction: Direction,
        /// Its octets' places in that stream.
        range: Range<u64>,
        /// Source port.
        src: u16,
        /// Destination port.
        dst: u16,
    },
}

/// Where a message's octets are kept: once.
#[derive(Clone, Debug)]
pub(crate) enum MessageBytes {
    /// Here.
    Own(Bytes),
    /// In the one frame that carries them.
    InFrame { frame: FrameId, range: Range<usize> },
}

/// A device made a frame.
#[derive(Clone, Debug, PartialEq)]
pub struct FrameRecord {
    /// When its transport (or ARP) made it; at a router, when it was rewritten.
    pub at: SimTime,
    /// The device.
    pub node: NodeId,
    /// The frame that a router made it from.
    pub parent: Option<FrameId>,
    /// Octets with the FCS. Of a captured frame: as many as the capture says that it had on its
    /// cable, which mostly leaves the FCS out.
    pub length: u32,
    /// What it carries.
    pub carried: Carried,
    /// Why it was sent.
    pub cause: FrameCause,
    pub(crate) bytes: FrameBytes,
}

impl FrameRecord {
    /// Octets of it that there are, when it is of a capture that cut it.
    pub fn kept(&self) -> Option<u32> {
        let FrameBytes::Captured { bytes, .. } = &self.bytes else { return None };
        u32::try_from(bytes.len()).ok().filter(|kept| *kept < self.length)
    }

    /// Octets of the network header (with extension headers) and of the transport header, of a
    /// frame that a host sent and that carries UDP or TCP; the second is 0 in all fragments but
    /// the first.
    pub fn headers(&self) -> Option<(u16, u16)> {
        let FrameBytes::Whole(bytes) = &self.bytes else { return None };
        sizes::headers(bytes)
    }
}

/// Where a frame's octets are kept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FrameBytes {
    /// Here.
    Whole(Bytes),
    /// In another frame, but for what a router changes.
    Rewritten { base: FrameId, head: [u8; Self::HEAD], fcs: [u8; 4] },
    /// In another frame, whose tag a switch has put on or taken off.
    Retagged { base: FrameId, tag: Option<Tag> },
    /// Here, as somebody else's capture has them: cut, perhaps, and mostly without FCS.
    Captured { bytes: Bytes, fcs: Fcs },
}

impl FrameBytes {
    /// Ethernet header and IPv4 header up to its checksum.
    pub(crate) const HEAD: usize = 26;

    /// The octets, unless most of them are in another frame.
    pub(crate) fn here(&self) -> Option<&Bytes> {
        match self {
            FrameBytes::Whole(bytes) | FrameBytes::Captured { bytes, .. } => Some(bytes),
            FrameBytes::Rewritten { .. } | FrameBytes::Retagged { .. } => None,
        }
    }

    /// Octets that they take.
    pub(crate) fn stored(&self) -> usize {
        match self {
            FrameBytes::Whole(bytes) | FrameBytes::Captured { bytes, .. } => bytes.len() + BLOCK,
            FrameBytes::Rewritten { .. } | FrameBytes::Retagged { .. } => 0,
        }
    }
}

/// What a frame carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carried {
    /// An ARP request or reply.
    Arp {
        /// True for a request.
        request: bool,
        /// The address asked for, or told.
        target: Ipv4Addr,
    },
    /// A message of neighbour discovery (RFC 4861).
    Discovery {
        /// Its ICMPv6 type: 133 and 134 of routers, 135 solicitation, 136 advertisement.
        icmp_type: u8,
        /// The address that it asks for or tells of; none in those of routers.
        target: Option<Ipv6Addr>,
    },
    /// An ICMP message.
    Icmp {
        /// Its type (RFC 792; of ICMPv6 RFC 4443).
        icmp_type: u8,
        /// Its code.
        code: u8,
        /// Whether it is one of ICMPv6.
        v6: bool,
    },
    /// An IGMP message.
    Igmp {
        /// Its type (RFC 2236 section 2.1).
        igmp_type: u8,
        /// The group that it is about; unspecified when it asks about all.
        group: Ipv4Addr,
    },
    /// A UDP datagram.
    Udp {
        /// The message in it; absent for a datagram of no application.
        message: Option<MessageId>,
        /// Source port.
        src: u16,
        /// Destination port.
        dst: u16,
    },
    /// A TCP segment.
    Tcp {
        /// The connection; absent for a reset that answers a stray segment.
        connection: Option<ConnectionId>,
        /// From which end.
        direction: Direction,
        /// The flags as they stand in the header (RFC 9293 section 3.1), low octet.
        flags: u8,
        /// Its data octets' places in the sender's stream; empty without data.
        stream: Range<u64>,
        /// Source port.
        src: u16,
        /// Destination port.
        dst: u16,
    },
    /// Something else, or the part of a packet that does not say what it is; only in captures.
    Other,
}

/// Why a frame was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FrameCause {
    /// The host's stack says why.
    Stack {
        /// Its reason.
        cause: Cause,
        /// The frame that is repeated, for a retransmission.
        repeats: Option<FrameId>,
    },
    /// A router passes on what it received.
    Routed,
    /// A switch puts a VLAN tag on.
    Tagged {
        /// The VLAN.
        vlan: u16,
    },
    /// A switch takes the VLAN tag off.
    Untagged {
        /// The VLAN.
        vlan: u16,
    },
    /// It is of a capture: why it was sent, only its sender knew.
    Captured {
        /// What it shows itself, beside the frames before it.
        seen: Seen,
    },
}

/// What a captured frame shows, beside the frames before it on its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Nothing more than its octets.
    Frame,
    /// TCP: all its octets of the stream were seen before.
    Repeats {
        /// The frame that first carried them, where that is known.
        first: Option<FrameId>,
    },
    /// TCP: octets before its own have not been seen.
    Early,
    /// TCP: no data, and the same acknowledgement and window as the segment before it.
    DuplicateAck,
    /// TCP: it asks whether the other end is still there (RFC 9293 section 3.8.4).
    KeepAlive,
}

/// A frame on a cable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HopRecord {
    /// The frame.
    pub frame: FrameId,
    /// The cable.
    pub link: LinkId,
    /// The device that sends.
    pub from: NodeId,
    /// When it entered the port's queue.
    pub queued: SimTime,
    /// When its first bit was sent.
    pub start: SimTime,
    /// When its last bit was sent.
    pub end: SimTime,
    /// When its last bit arrived, or would have.
    pub arrive: SimTime,
    /// Why it did not arrive; `None` when it did, whole or damaged.
    pub fate: Option<Fate>,
    /// What else happened to it; `None` for nearly all.
    pub mishap: Option<Box<Mishap>>,
}

/// What a device did with a frame.
#[derive(Clone, Debug, PartialEq)]
pub struct ReceiptRecord {
    /// The frame.
    pub frame: FrameId,
    /// The device.
    pub node: NodeId,
    /// When its last bit had arrived.
    pub arrive: SimTime,
    /// When the device had done with it.
    pub at: SimTime,
    /// What it did.
    pub outcome: Outcome,
}

/// What a device did with a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A switch passed it on by its table.
    Switched {
        /// The cable that it left by.
        link: LinkId,
        /// Whether the switch learnt the sender's port from it.
        learned: bool,
    },
    /// A switch sent it to all other ports.
    Flooded {
        /// Whether the switch learnt the sender's port from it.
        learned: bool,
    },
    /// A router put its packet into a new frame.
    Routed {
        /// The new frame; a packet for a group may go into several, of which this is the first.
        frame: FrameId,
        /// TTL as it came.
        ttl: u8,
    },
    /// A router holds its packet until ARP has the next hop's hardware address.
    AwaitingArp,
    /// It was taken up to this layer: 2 (ARP), 3 (ICMP, IGMP) or 4 (UDP, TCP).
    Accepted {
        /// The highest layer that used it.
        layer: u8,
    },
    /// Another's hardware address.
    NotForMe,
    /// It was thrown away.
    Dropped {
        /// Why, as a word of [`ReceiptRecord`]'s vocabulary: `badFcs`, `ttl`, `noRoute`, ...
        reason: &'static str,
    },
}

/// A message reached the other application.
#[derive(Clone, Debug, PartialEq)]
pub struct DeliveryRecord {
    /// The message.
    pub message: MessageId,
    /// The receiving host.
    pub node: NodeId,
    /// When its last octet was handed up.
    pub at: SimTime,
    /// The frame that completed it.
    pub frame: Option<FrameId>,
}

/// A change of state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateRecord {
    /// When.
    pub at: SimTime,
    /// Where.
    pub node: NodeId,
    /// What.
    pub change: Change,
}

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// An RTSP client's state.
    Rtsp {
        /// The client.
        client: NodeId,
        /// `Init`, `Ready`, `Playing`.
        state: &'static str,
    },
    /// A session's state at the server; for a real client the only one that is known.
    Session {
        /// The client.
        client: NodeId,
        /// `Init`, `Ready`, `Playing`.
        state: &'static str,
    },
    /// A TCP connection's state at this end.
    Tcp {
        /// The connection.
        connection: ConnectionId,
        /// RFC 9293 section 3.3.2: `SYN-SENT`, `ESTABLISHED`, ...
        state: &'static str,
    },
    /// A line of a neighbour cache (ARP, neighbour discovery) is new, has changed or is gone.
    Neighbour {
        /// The cable of the interface.
        link: LinkId,
        /// The line.
        line: Line,
    },
    /// A switch has learnt, moved or forgotten an address.
    Mac {
        /// The hardware address.
        mac: MacAddr,
        /// The cable where it was seen; none when it is forgotten.
        link: Option<LinkId>,
        /// The VLAN, in a switch that has some.
        vlan: Option<u16>,
    },
    /// A router that translates addresses has made a mapping, or has let one go.
    Nat {
        /// The IP protocol: 17 UDP, 6 TCP, 1 ICMP (ports are identifiers there).
        protocol: u8,
        /// The host inside.
        inside: SocketAddr,
        /// As whom those outside see it.
        outside: SocketAddr,
        /// True when it is there from now on.
        open: bool,
    },
    /// A host has joined or left a multicast group, or a router has heard that a network has
    /// members or no more.
    Group {
        /// The group.
        group: Ipv4Addr,
        /// The network's cable at a router; none at a host.
        link: Option<LinkId>,
        /// True when it has joined, or has members.
        member: bool,
    },
    /// A stream at a player.
    Media {
        /// The client.
        client: NodeId,
        /// `playing`, `recording`, `paused`, `ended`, `torn down`.
        state: &'static str,
    },
    /// A parameter of a client's session has this value: the server has told it or taken it.
    Parameter {
        /// The client.
        client: NodeId,
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// A real client came or left.
    Client {
        /// Its host.
        client: NodeId,
        /// True when it came.
        joined: bool,
        /// Its User-Agent or address.
        name: String,
    },
    /// The host that stands for a real server: how things stand with that.
    Source {
        /// The real server's URL, without user and password.
        url: String,
        /// How they stand now.
        state: SourceState,
    },
    /// One direction of a cable behaves in another way from now on; the record's node is the
    /// device that sends there.
    Weather {
        /// The cable.
        link: LinkId,
        /// Which direction.
        direction: LinkDirection,
        /// How it behaved before, and how it does now.
        weather: Box<(Weather, Weather)>,
    },
    /// A person ordered something to happen to a coming frame; its hop will say so.
    Fault {
        /// The cable.
        link: LinkId,
        /// Which direction.
        direction: LinkDirection,
        /// The order.
        fault: Fault,
    },
    /// Octets of a TCP stream have come to this host and cannot be handed up, because others
    /// before them are missing (head-of-line blocking).
    Stall {
        /// The connection.
        connection: ConnectionId,
        /// Which of its two streams.
        direction: Direction,
        /// The places of the missing octets.
        missing: Range<u64>,
        /// The frame in which they were sent first, where still known.
        sent: Option<FrameId>,
        /// The hop on which that frame, or the copy of it that a router made, was lost: the
        /// frame there and the cable. Absent when it is merely late.
        lost: Option<(FrameId, LinkId)>,
    },
    /// The missing octets came, and what had waited behind them was handed up.
    StallOver {
        /// The connection.
        connection: ConnectionId,
        /// Which of its two streams.
        direction: Direction,
        /// The frame that brought them.
        frame: FrameId,
        /// Since when the stream had stalled.
        since: SimTime,
        /// How many octets were handed up at once.
        octets: u64,
    },
    /// A remark of an engine.
    Note {
        /// The text.
        text: String,
    },
}

/// How things stand with a real server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceState {
    /// A host stands for it; nobody is connected.
    Open,
    /// A real connection stands.
    Connected,
    /// No real connection could be made.
    Failed {
        /// Why, in one sentence for the person at the page.
        why: String,
    },
    /// The last connection is over.
    Closed,
    /// The player plays something else, and the host stands for it no more.
    Left,
}

/// The variables of one end of a TCP connection, from this moment on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TcpRecord {
    /// When.
    pub at: SimTime,
    /// The host.
    pub node: NodeId,
    /// The connection.
    pub connection: ConnectionId,
    /// They.
    pub info: TcpInfo,
}

/// A picture that a player showed.
#[derive(Clone, Debug, PartialEq)]
pub struct PictureRecord {
    /// When.
    pub at: SimTime,
    /// The player's host.
    pub client: NodeId,
    /// Its number in its clip, where a packet of it says so.
    pub number: Option<u32>,
    /// Its RTP timestamp.
    pub timestamp: u32,
    /// Its packets in the order of their sequence numbers; without a message where none came.
    pub slots: Vec<(u16, Option<MessageId>)>,
    /// All packets came in time.
    pub complete: bool,
    /// There was enough to show something.
    pub decodable: bool,
    /// Arrival of its first packet.
    pub first: SimTime,
    /// Arrival of its last packet that came in time.
    pub last: SimTime,
    /// The receiver's counts.
    pub stats: Counts,
}

/// A receiver's counts (RFC 3550 section 6.4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counts {
    /// Packets received.
    pub received: u32,
    /// Packets expected.
    pub expected: u32,
    /// Packets lost; negative when duplicates came.
    pub lost: i32,
    /// Packets that came after their picture was due.
    pub late: u32,
    /// Interarrival jitter.
    pub jitter: Duration,
    /// Pictures that wait in the playout buffer.
    pub buffered: u32,
    /// The playout delay in force.
    pub playout_delay: Duration,
}
