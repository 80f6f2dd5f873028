//! Frames, what they carry, and why they were sent.

use super::{Streams, nanos, span};
use crate::wire::{CarriedRow, CauseRow, FrameRow, Id};
use simulator::FrameId;
use simulator::stack::{AckCause, Cause, RetransmitCause};
use simulator::tape::{Carried, FrameCause, FrameRecord, Seen};

/// Stands for the connection of a segment that belongs to none.
const NO_CONNECTION: u32 = u32::MAX;

/// The row of frame `id`.
pub fn row(id: u64, record: &FrameRecord, streams: &Streams) -> FrameRow {
    FrameRow {
        id: Id(id),
        at: nanos(record.at),
        node: record.node.0,
        parent: record.parent.map(|parent| Id(parent.0)),
        length: record.length,
        kept: record.kept(),
        headers: record.headers(),
        carried: carried(&record.carried, streams),
        cause: match &record.cause {
            FrameCause::Routed => CauseRow::Routed,
            FrameCause::Tagged { vlan } => CauseRow::Tagged { vlan: *vlan },
            FrameCause::Untagged { vlan } => CauseRow::Untagged { vlan: *vlan },
            FrameCause::Stack { cause, repeats } => why(*cause, *repeats),
            FrameCause::Captured { seen } => captured(*seen),
        },
    }
}

fn carried(carried: &Carried, streams: &Streams) -> CarriedRow {
    match carried {
        Carried::Arp { request, target } => CarriedRow::Arp { request: *request, target: target.to_string() },
        Carried::Discovery { icmp_type, target } => {
            CarriedRow::Discovery { icmp_type: *icmp_type, target: target.map(|target| target.to_string()) }
        }
        Carried::Icmp { icmp_type, code, v6: false } => {
            CarriedRow::Icmp { icmp_type: *icmp_type, code: *code }
        }
        Carried::Icmp { icmp_type, code, v6: true } => {
            CarriedRow::Icmpv6 { icmp_type: *icmp_type, code: *code }
        }
        Carried::Igmp { igmp_type, group } => CarriedRow::Igmp {
            igmp_type: *igmp_type,
            group: (!group.is_unspecified()).then(|| group.to_string()),
        },
        Carried::Udp { message, src, dst } => {
            CarriedRow::Udp { message: message.map(|message| Id(message.0)), src: *src, dst: *dst }
        }
        Carried::Tcp { connection, direction, flags, stream, src, dst } => CarriedRow::Tcp {
            connection: connection.map_or(NO_CONNECTION, |connection| connection.0),
            flags: flag_names(*flags),
            start: Id(stream.start),
            end: Id(stream.end),
            messages: connection
                .map(|connection| streams.messages(connection, *direction, stream))
                .unwrap_or_default(),
            src: *src,
            dst: *dst,
        },
        Carried::Other => CarriedRow::Other,
    }
}

fn captured(seen: Seen) -> CauseRow {
    let (word, first) = match seen {
        Seen::Frame => ("frame", None),
        Seen::Repeats { first } => ("repeats", first),
        Seen::Early => ("early", None),
        Seen::DuplicateAck => ("duplicateAck", None),
        Seen::KeepAlive => ("keepAlive", None),
    };
    CauseRow::Captured { seen: word.into(), repeats: first.map(|frame| Id(frame.0)) }
}

/// The control bits by name (RFC 9293 section 3.1), ACK last as one says it.
fn flag_names(flags: u8) -> String {
    const NAMES: [(u8, &str); 8] = [
        (0x02, "SYN"),
        (0x08, "PSH"),
        (0x01, "FIN"),
        (0x04, "RST"),
        (0x20, "URG"),
        (0x40, "ECE"),
        (0x80, "CWR"),
        (0x10, "ACK"),
    ];
    let set: Vec<_> = NAMES.iter().filter(|(bit, _)| flags & bit != 0).map(|(_, name)| *name).collect();
    set.join(" ")
}

fn why(cause: Cause, repeats: Option<FrameId>) -> CauseRow {
    let repeats = repeats.map(|frame| Id(frame.0));
    match cause {
        Cause::Resolve { .. } => CauseRow::Resolve,
        Cause::ArpReply => CauseRow::ArpReply,
        Cause::NeighbourAnswer => CauseRow::NeighbourAnswer,
        Cause::Application => CauseRow::Application,
        Cause::Echo | Cause::EchoReply => CauseRow::Echo,
        Cause::PortUnreachable
        | Cause::ProtocolUnreachable
        | Cause::NetworkUnreachable
        | Cause::HostUnreachable
        | Cause::PacketTooBig
        | Cause::TimeExceeded
        | Cause::ReassemblyTimeout => CauseRow::IcmpError,
        Cause::GroupJoined => CauseRow::GroupJoined,
        Cause::GroupQueried => CauseRow::GroupQueried,
        Cause::GroupLeft => CauseRow::GroupLeft,
        Cause::MembershipQuery => CauseRow::MembershipQuery,
        Cause::LastMemberQuery => CauseRow::LastMemberQuery,
        Cause::Connect => CauseRow::Connect,
        Cause::AcceptSyn | Cause::Retransmit(RetransmitCause::DuplicateSyn) => CauseRow::AcceptSyn,
        Cause::HandshakeAck => CauseRow::HandshakeAck,
        Cause::Data => CauseRow::Data { because: "written".into() },
        Cause::CongestionWindowOpened => CauseRow::Data { because: "congestionWindow".into() },
        Cause::WindowOpened => CauseRow::Data { because: "window".into() },
        Cause::LimitedTransmit => CauseRow::Data { because: "limitedTransmit".into() },
        Cause::RecoveryData => CauseRow::Data { because: "recovery".into() },
        Cause::Ack(because) => CauseRow::Ack { because: acknowledged(because).into() },
        Cause::Retransmit(RetransmitCause::RtoExpired { rto, attempt }) => {
            CauseRow::Timeout { rto: span(rto), attempt, repeats }
        }
        Cause::Retransmit(RetransmitCause::AfterRto) => CauseRow::AfterTimeout { repeats },
        Cause::Retransmit(RetransmitCause::ThirdDuplicateAck) => CauseRow::FastRetransmit { repeats },
        Cause::Retransmit(RetransmitCause::PartialAck) => CauseRow::PartialAck { repeats },
        Cause::Retransmit(RetransmitCause::LostBySack) => CauseRow::LostBySack { repeats },
        Cause::Retransmit(RetransmitCause::SackHole { rule }) => CauseRow::SackHole { rule, repeats },
        Cause::Retransmit(RetransmitCause::Rescue) => CauseRow::Rescue { repeats },
        Cause::Retransmit(RetransmitCause::PathMtu) => CauseRow::PathMtu { repeats },
        Cause::ZeroWindowProbe { .. } => CauseRow::ZeroWindowProbe,
        Cause::Close => CauseRow::Close,
        Cause::Abort => CauseRow::Abort,
        Cause::RefusedPort => CauseRow::RefusedPort,
    }
}

/// Why an acknowledgement went out on its own, as the word that the page knows.
fn acknowledged(because: AckCause) -> &'static str {
    match because {
        AckCause::Delayed => "delayed",
        AckCause::EverySecondSegment => "everySecondSegment",
        AckCause::OutOfOrder => "outOfOrder",
        AckCause::GapFilled => "gapFilled",
        AckCause::Duplicate => "duplicate",
        AckCause::Unacceptable => "unacceptable",
        AckCause::Challenge => "challenge",
        AckCause::WindowUpdate => "windowUpdate",
        AckCause::Fin => "fin",
        AckCause::Immediate => "immediate",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_calls_causes_as_rows_do() {
        use simulator::stack::Cause::{self, *};
        use simulator::tape::FrameCause;
        let rto = std::time::Duration::from_millis(200);
        let all: [Cause; 21] = [
            Resolve { for_ip: std::net::Ipv4Addr::LOCALHOST.into(), attempt: 1 },
            ArpReply,
            NeighbourAnswer,
            Application,
            Echo,
            PortUnreachable,
            GroupJoined,
            MembershipQuery,
            Connect,
            AcceptSyn,
            HandshakeAck,
            LimitedTransmit,
            Ack(AckCause::Delayed),
            Retransmit(RetransmitCause::RtoExpired { rto, attempt: 1 }),
            Retransmit(RetransmitCause::ThirdDuplicateAck),
            Retransmit(RetransmitCause::SackHole { rule: 1 }),
            Retransmit(RetransmitCause::DuplicateSyn),
            ZeroWindowProbe { attempt: 1 },
            Close,
            Abort,
            RefusedPort,
        ];
        for cause in all {
            let row = serde_json::to_value(why(cause, None)).unwrap();
            let word = simulator::find::cause_word(&FrameCause::Stack { cause, repeats: None });
            assert_eq!(row["kind"], word);
        }
    }

    #[test]
    fn flags_read_as_one_says_them() {
        assert_eq!(flag_names(0x02), "SYN");
        assert_eq!(flag_names(0x12), "SYN ACK");
        assert_eq!(flag_names(0x18), "PSH ACK");
        assert_eq!(flag_names(0x11), "FIN ACK");
        assert_eq!(flag_names(0x14), "RST ACK");
    }
}
