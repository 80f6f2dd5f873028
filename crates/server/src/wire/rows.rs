//! The rows of the tape as the page gets them: compact facts, no sentences, no bytes.

use super::{FaultWhat, Id, Nanos, StateRow, TcpRow};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Rows of every kind, each list in the order of the tape.
#[derive(Clone, Debug, Default, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Rows {
    /// Application messages handed to a transport.
    pub messages: Vec<MessageRow>,
    /// Ethernet frames, new or rewritten by a router.
    pub frames: Vec<FrameRow>,
    /// Frames on a cable.
    pub hops: Vec<HopRow>,
    /// What a device did with a frame that reached it.
    pub receipts: Vec<ReceiptRow>,
    /// Messages that reached the other application.
    pub deliveries: Vec<DeliveryRow>,
    /// Changes of state.
    pub states: Vec<StateRow>,
    /// The variables of TCP connections.
    pub tcp: Vec<TcpRow>,
    /// Pictures shown by a player.
    pub pictures: Vec<PictureRow>,
}

/// An application message.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MessageRow {
    /// Its number.
    pub id: Id,
    /// When the application handed it to the transport.
    pub at: Nanos,
    /// The sending host.
    pub from: u32,
    /// The receiving host, where known.
    pub to: Option<u32>,
    /// The client whose conversation it belongs to (a node).
    pub client: Option<u32>,
    /// How it travels.
    pub transport: TransportRow,
    /// What it is.
    pub what: WhatRow,
    /// Octets, with the `$` framing when interleaved.
    pub length: u32,
    /// The message that it answers.
    pub cause: Option<Id>,
}

/// How a message travels.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum TransportRow {
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
        connection: u32,
        /// Its first octet's place in the stream from this sender.
        start: Id,
        /// The place behind its last octet.
        end: Id,
        /// Source port.
        src: u16,
        /// Destination port.
        dst: u16,
    },
}

/// What a message is.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum WhatRow {
    /// An RTSP request.
    Request {
        /// The method.
        method: String,
        /// CSeq, when readable.
        cseq: Option<u32>,
    },
    /// An RTSP response.
    Response {
        /// The status code.
        status: u16,
        /// The reason phrase.
        reason: String,
        /// The method that it answers.
        method: Option<String>,
        /// CSeq, when readable.
        cseq: Option<u32>,
    },
    /// An RTP packet.
    #[serde(rename_all = "camelCase")]
    Rtp {
        /// Sequence number.
        sequence: u16,
        /// RTP timestamp.
        timestamp: u32,
        /// Synchronisation source.
        ssrc: u32,
        /// Last packet of a picture.
        marker: bool,
        /// Payload type.
        payload_type: u8,
        /// The picture's number in its clip.
        picture: Option<u32>,
        /// The packet's number in the picture, from 0.
        index: Option<u16>,
        /// How many packets the picture has.
        of: Option<u16>,
    },
    /// A compound RTCP packet.
    Rtcp {
        /// `SR`, `RR`, `SDES`, `BYE`, ... in order.
        types: Vec<String>,
    },
    /// Bytes that no reader understood.
    Unknown,
}

/// A frame.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FrameRow {
    /// Its number.
    pub id: Id,
    /// When its transport layer (or ARP) made it; a router's: when it was rewritten.
    pub at: Nanos,
    /// The device that made it.
    pub node: u32,
    /// The frame that a router made it from.
    pub parent: Option<Id>,
    /// Octets, with the FCS. Of a captured frame: as many as it had when it was captured, which is
    /// mostly without the FCS.
    pub length: u32,
    /// Octets of it that there are, when a capture cut it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub kept: Option<u32>,
    /// Octets of its network header and of its transport header, where a host sent it and it
    /// carries UDP or TCP; the second is 0 in all fragments but the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub headers: Option<(u16, u16)>,
    /// What it carries.
    pub carried: CarriedRow,
    /// Why it was sent.
    pub cause: CauseRow,
}

/// What a frame carries.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum CarriedRow {
    /// An ARP request or reply.
    Arp {
        /// True for a request.
        request: bool,
        /// The address asked for or told.
        target: String,
    },
    /// A message of neighbour discovery, ARP's successor in IPv6 (RFC 4861).
    #[serde(rename_all = "camelCase")]
    Discovery {
        /// ICMPv6 type: 133 router solicitation, 134 router advertisement, 135 neighbour
        /// solicitation, 136 neighbour advertisement.
        icmp_type: u8,
        /// The address asked for or told; `null` in those of routers.
        target: Option<String>,
    },
    /// An ICMPv6 message that is none of neighbour discovery.
    #[serde(rename_all = "camelCase")]
    Icmpv6 {
        /// Type (RFC 4443): 1 unreachable, 2 packet too big, 3 time exceeded, 128 and 129 echo.
        icmp_type: u8,
        /// Code.
        code: u8,
    },
    /// An ICMP message.
    #[serde(rename_all = "camelCase")]
    Icmp {
        /// Type (RFC 792).
        icmp_type: u8,
        /// Code.
        code: u8,
    },
    /// An IGMP message.
    #[serde(rename_all = "camelCase")]
    Igmp {
        /// Type (RFC 2236 section 2.1): 17 query, 18 and 22 report, 23 leave.
        igmp_type: u8,
        /// The multicast group; absent when all are asked about.
        group: Option<String>,
    },
    /// A UDP datagram, or a fragment of one.
    Udp {
        /// The message in it.
        message: Option<Id>,
        /// Source port.
        src: u16,
        /// Destination port.
        dst: u16,
    },
    /// A TCP segment.
    Tcp {
        /// The connection; 4294967295 for a reset that answers a segment of none.
        connection: u32,
        /// `SYN`, `SYN ACK`, `ACK`, `PSH ACK`, `FIN ACK`, `RST`, ...
        flags: String,
        /// Its first data octet's place in the stream from this sender.
        start: Id,
        /// The place behind its last data octet; equal to `start` without data.
        end: Id,
        /// The messages that have octets in it.
        messages: Vec<Id>,
        /// Source port.
        src: u16,
        /// Destination port.
        dst: u16,
    },
    /// Something else, or a part of a packet that does not say what it is; only in captures.
    Other,
}

/// Why a frame was sent.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum CauseRow {
    /// ARP or neighbour discovery: a packet waits for this hardware address, or what is known of
    /// it is confirmed.
    Resolve,
    /// ARP: somebody asked for this host's address.
    ArpReply,
    /// Neighbour discovery: somebody asked for this host's address.
    NeighbourAnswer,
    /// UDP: the application sent a datagram.
    Application,
    /// TCP: the application opens a connection (SYN).
    Connect,
    /// TCP: a SYN arrived at a listening port (SYN ACK).
    AcceptSyn,
    /// TCP: the third part of the handshake.
    HandshakeAck,
    /// TCP: the application's octets, sent for the first time.
    Data {
        /// What let them go: `written` (the application, since both windows were open),
        /// `congestionWindow` (an acknowledgement opened it), `window` (the peer opened it),
        /// `limitedTransmit` (RFC 3042), `recovery` (RFC 6675 NextSeg rule 2).
        because: String,
    },
    /// TCP: an acknowledgement without data.
    Ack {
        /// `delayed`, `everySecondSegment`, `outOfOrder`, `duplicate`, `windowUpdate`, `fin`, ...
        because: String,
    },
    /// TCP: no acknowledgement came within the retransmission timeout.
    #[serde(rename_all = "camelCase")]
    Timeout {
        /// The timeout that ran out.
        rto: Nanos,
        /// 1 for the first repetition.
        attempt: u32,
        /// The frame that is repeated, where still on the tape.
        repeats: Option<Id>,
    },
    /// TCP: three duplicate acknowledgements.
    FastRetransmit {
        /// The frame that is repeated, where still on the tape.
        repeats: Option<Id>,
    },
    /// TCP: what was sent behind a segment whose timeout ran out is sent again, too.
    AfterTimeout {
        /// The frame that is repeated, where still on the tape.
        repeats: Option<Id>,
    },
    /// TCP: an acknowledgement in fast recovery covered only a part; the next gap is filled.
    PartialAck {
        /// The frame that is repeated, where still on the tape.
        repeats: Option<Id>,
    },
    /// TCP: what the peer has by SACK says that it is lost, before a third duplicate
    /// acknowledgement (RFC 6675 section 5).
    LostBySack {
        /// The frame that is repeated, where still on the tape.
        repeats: Option<Id>,
    },
    /// TCP: a hole between what the peer has by SACK (RFC 6675 section 4).
    SackHole {
        /// The rule of NextSeg: 1, it is lost; 3, it may be.
        rule: u8,
        /// The frame that is repeated, where still on the tape.
        repeats: Option<Id>,
    },
    /// TCP: the end of the flight once more in this recovery (RFC 6675 NextSeg rule 4).
    Rescue {
        /// The frame that is repeated, where still on the tape.
        repeats: Option<Id>,
    },
    /// TCP: it did not fit the way, and goes again in smaller segments (RFC 1191).
    PathMtu {
        /// The frame that is repeated, where still on the tape.
        repeats: Option<Id>,
    },
    /// TCP: the peer's window is closed; one octet asks whether it has opened.
    ZeroWindowProbe,
    /// TCP: the application closes (FIN).
    Close,
    /// TCP: the connection is given up (RST).
    Abort,
    /// TCP: a segment came to a port where nobody listens (RST).
    RefusedPort,
    /// ICMP echo request or reply.
    Echo,
    /// ICMP: an error is reported.
    IcmpError,
    /// IGMP: the application joined a multicast group.
    GroupJoined,
    /// IGMP: a router asked who is in a group.
    GroupQueried,
    /// IGMP: the application left a multicast group.
    GroupLeft,
    /// IGMP: a router asks from time to time who is in a group.
    MembershipQuery,
    /// IGMP: somebody left a group, and the router asks whether anybody is still in it.
    LastMemberQuery,
    /// A router passes it on.
    Routed,
    /// A switch passes it on with the tag of its VLAN; the frame without is its parent.
    Tagged {
        /// The VLAN.
        vlan: u16,
    },
    /// A switch passes it on without the tag of its VLAN; the frame with it is its parent.
    Untagged {
        /// The VLAN.
        vlan: u16,
    },
    /// It is of a capture: why it was sent, only its sender knew.
    Captured {
        /// What it shows beside the frames before it: `frame` (nothing more), `repeats` (all its
        /// octets of the stream were seen before), `early` (octets before its own were not),
        /// `duplicateAck`, `keepAlive`.
        seen: String,
        /// `repeats`: the frame that first carried its octets, where that is known.
        repeats: Option<Id>,
    },
}

/// A frame on a cable. `start` to `end` its bits enter the cable; `arrive` is the last
/// bit's arrival.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HopRow {
    /// The frame.
    pub frame: Id,
    /// The cable.
    pub link: u32,
    /// The device that sends.
    pub from: u32,
    /// When it entered the sending port's queue.
    pub queued: Nanos,
    /// When its first bit was sent.
    pub start: Nanos,
    /// When its last bit was sent.
    pub end: Nanos,
    /// When its last bit arrived, or would have.
    pub arrive: Nanos,
    /// Why it did not arrive; `null` when it did, whole or damaged.
    pub fate: Option<FateRow>,
    /// What else happened to it; absent for nearly all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub mishap: Option<Box<MishapRow>>,
}

/// What happened to a frame on a cable besides being lost.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MishapRow {
    /// The bits that arrived turned over, counted as `bits` of fields are.
    pub flipped: Vec<u32>,
    /// By how much it was held back, while others overtook it.
    pub late: Option<Nanos>,
    /// It is the second one of a frame that was sent twice.
    pub copy: bool,
    /// A person ordered this.
    pub ordered: Option<FaultWhat>,
}

/// Why a frame did not arrive.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum FateRow {
    /// The sending port's queue was full; it never entered the cable.
    QueueFull {
        /// The queue's limit, octets.
        limit: u32,
    },
    /// The cable was down; it never entered it.
    LinkDown,
    /// Its packet is longer than the cable carries; it never entered it.
    TooBig {
        /// The longest packet, octets.
        mtu: u32,
    },
    /// Lost on the cable by chance: by random loss, or in the good times of bursty loss.
    Lost,
    /// Lost on the cable in a bad time of bursty loss.
    LostInBurst,
    /// Lost on the cable because a person ordered it.
    Ordered,
}

/// What a device did with a frame.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptRow {
    /// The frame.
    pub frame: Id,
    /// The device.
    pub node: u32,
    /// When its last bit had arrived.
    pub arrive: Nanos,
    /// When the device had done with it (arrival plus its layers' time).
    pub at: Nanos,
    /// What it did.
    pub outcome: OutcomeRow,
}

/// What a device did with a frame.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum OutcomeRow {
    /// A switch passed it on by its table.
    Switched {
        /// The link that it left by.
        link: u32,
        /// True when the switch learnt the sender's port from this frame.
        learned: bool,
    },
    /// A switch did not know the address, or it was a broadcast, and sent it to all other ports.
    Flooded {
        /// True when the switch learnt the sender's port from this frame.
        learned: bool,
    },
    /// A router put it in a new frame.
    Routed {
        /// The new frame.
        frame: Id,
        /// TTL as it came.
        ttl: u8,
    },
    /// A router holds it until ARP or neighbour discovery has found the next hop's hardware address.
    AwaitingArp,
    /// A host took it up to this layer, 2 (ARP), 3 (ICMP) or 4 (TCP, UDP).
    Accepted {
        /// The highest layer that used it.
        layer: u8,
    },
    /// A host's card saw another's address.
    NotForMe,
    /// It was thrown away.
    Dropped {
        /// `badFcs`, `badIpChecksum`, `badTransportChecksum`, `ttl`, `noRoute`, `portClosed`, `duplicate`, `noMembers`, ...
        reason: String,
    },
}

/// A message that reached the other application.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryRow {
    /// The message.
    pub message: Id,
    /// The receiving host.
    pub node: u32,
    /// When its last octet was handed to the application.
    pub at: Nanos,
    /// The frame that completed it.
    pub frame: Option<Id>,
}

/// A picture that a player showed.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PictureRow {
    /// Its number on the tape; ask for its JPEG with this.
    pub id: Id,
    /// When it was shown.
    pub at: Nanos,
    /// The player's host.
    pub client: u32,
    /// The picture's number in its clip, where its packets say so.
    pub number: Option<u32>,
    /// Its RTP timestamp.
    pub timestamp: u32,
    /// Its packets in the order of their sequence numbers.
    pub slots: Vec<SlotRow>,
    /// All packets came in time.
    pub complete: bool,
    /// There was enough to show something.
    pub decodable: bool,
    /// Arrival of the first packet.
    pub first: Nanos,
    /// Arrival of the last packet that came in time.
    pub last: Nanos,
    /// The receiver's counts at this moment.
    pub stats: PictureStats,
}

/// One place for a packet in a picture.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SlotRow {
    /// The sequence number.
    pub sequence: u16,
    /// The message that filled it; absent when none came in time.
    pub message: Option<Id>,
}

/// A receiver's counts (RFC 3550 section 6.4.1).
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PictureStats {
    /// Packets received.
    pub received: u32,
    /// Packets expected.
    pub expected: u32,
    /// Packets lost, by RFC 3550 A.3; negative when duplicates came.
    pub lost: i32,
    /// Packets that came after their picture was due.
    pub late: u32,
    /// Interarrival jitter, nanoseconds.
    pub jitter: f64,
    /// Pictures waiting in the playout buffer.
    pub buffered: u32,
    /// The playout delay in force, nanoseconds.
    pub playout_delay: f64,
}
