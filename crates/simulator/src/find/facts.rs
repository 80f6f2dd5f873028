//! What the tape says of an event by itself.

use super::Value;
use super::subject::{Record, Subject};
use crate::ids::MessageId;
use crate::link::Fate;
use crate::stack::{Cause, CongestionAlgorithm, CongestionPhase, NeighbourState, RetransmitCause, TcpInfo};
use crate::tape::{
    Carried, Change, FrameCause, FrameRecord, HopRecord, MessageRecord, MessageTransport, Outcome,
    PictureRecord, Seen, SourceState, StateRecord,
};
use protocol::message::What;
use std::time::Duration;

impl Subject<'_> {
    /// The values of one of Layercast's own names, none when it has none.
    pub fn facts(&self, name: &str) -> Vec<Value> {
        let (group, rest) = name.split_once('.').unwrap_or((name, ""));
        match group {
            "time" => vec![Value::Number(self.event.at.as_secs_f64())],
            "message" if rest == "text" => self.texts(),
            "message" => self.message_records().filter_map(|record| message(record, rest)).collect(),
            _ => self.fact(group, rest).into_iter().collect(),
        }
    }

    fn fact(&self, group: &str, name: &str) -> Option<Value> {
        match (group, self.record) {
            ("frame", _) => frame(self.frame()?, name),
            ("hop", Record::Hop(hop)) => self.hop_fact(hop, name),
            ("drop", Record::Hop(hop)) => hop.fate.map(|fate| text(fate_word(fate))),
            ("drop", Record::Receipt(receipt)) => match receipt.outcome {
                Outcome::Dropped { reason } => Some(text(reason)),
                _ => None,
            },
            ("receipt", Record::Receipt(receipt)) => outcome(&receipt.outcome, name),
            ("delivered", Record::Delivery(record)) => {
                let sent = self.run.tape.messages().get(record.message.0)?.at;
                Some(ms(record.at.since(sent)))
            }
            ("picture", Record::Picture(record)) => picture(record, name),
            ("state", Record::State(record)) => state(record, name),
            ("variables", Record::Tcp(record)) => variables(&record.info, name),
            _ => None,
        }
    }

    /// What its RTSP messages say, word for word.
    fn texts(&self) -> Vec<Value> {
        let tape = self.run.tape;
        let rtsp = |message: &MessageId| {
            let record = tape.messages().get(message.0);
            record.is_some_and(|record| matches!(record.what, What::Request { .. } | What::Response { .. }))
        };
        let messages = self.messages().into_iter().filter(rtsp);
        messages
            .filter_map(|message| tape.message_bytes(message))
            .map(|bytes| text(String::from_utf8_lossy(&bytes)))
            .collect()
    }

    fn hop_fact(&self, hop: &HopRecord, name: &str) -> Option<Value> {
        let mishap = hop.mishap.as_deref();
        match name {
            "direction" => {
                let forward = self.run.places.is_forward(hop.link, hop.from);
                Some(text(if forward { "forward" } else { "backward" }))
            }
            "waited" => Some(ms(hop.start.since(hop.queued))),
            "held" => mishap.and_then(|mishap| mishap.late).map(ms),
            "copy" => Some(flag(mishap.is_some_and(|mishap| mishap.copy))),
            "damaged" => Some(count(mishap.map_or(0, |mishap| mishap.flipped.len()))),
            _ => None,
        }
    }
}

fn text(word: impl Into<String>) -> Value {
    Value::Text(word.into())
}

fn flag(is: bool) -> Value {
    Value::Number(if is { 1.0 } else { 0.0 })
}

fn count(number: usize) -> Value {
    Value::Number(number as f64)
}

fn number(number: impl Into<f64>) -> Value {
    Value::Number(number.into())
}

/// A span in milliseconds.
pub(super) fn ms(span: Duration) -> Value {
    Value::Number(span.as_nanos() as f64 / 1e6)
}

fn message(record: &MessageRecord, name: &str) -> Option<Value> {
    let part = match &record.what {
        What::Rtp(rtp) => rtp.picture,
        _ => None,
    };
    match (name, &record.what) {
        ("kind", what) => Some(text(match what {
            What::Request { .. } => "request",
            What::Response { .. } => "response",
            What::Rtp(_) => "rtp",
            What::Rtcp { .. } => "rtcp",
            What::Unknown => "unknown",
        })),
        ("method", What::Request { method, .. }) => Some(text(method)),
        ("method", What::Response { method, .. }) => method.as_ref().map(text),
        ("status", What::Response { status, .. }) => Some(number(*status)),
        ("cseq", What::Request { cseq, .. } | What::Response { cseq, .. }) => cseq.map(number),
        ("len", _) => Some(number(record.length)),
        ("picture", _) => part.map(|part| number(part.picture)),
        ("packet", _) => part.map(|part| number(u32::from(part.index) + 1)),
        ("packets", _) => part.map(|part| number(part.of)),
        ("transport", _) => Some(text(match record.transport {
            MessageTransport::Udp { .. } => "udp",
            MessageTransport::Tcp { .. } => "tcp",
        })),
        _ => None,
    }
}

fn frame(record: &FrameRecord, name: &str) -> Option<Value> {
    match name {
        "len" => Some(number(record.length)),
        "layer" => layer(&record.carried).map(number),
        "again" => Some(flag(matches!(
            record.cause,
            FrameCause::Stack { repeats: Some(_), .. }
                | FrameCause::Captured { seen: Seen::Repeats { .. } }
                | FrameCause::Stack { cause: Cause::Retransmit(_), .. }
        ))),
        "cause" => Some(text(cause_word(&record.cause))),
        _ => None,
    }
}

/// The highest layer that a frame speaks.
fn layer(carried: &Carried) -> Option<u8> {
    match carried {
        Carried::Arp { .. } => Some(2),
        Carried::Discovery { .. } | Carried::Icmp { .. } | Carried::Igmp { .. } => Some(3),
        Carried::Udp { message: None, .. } => Some(4),
        Carried::Tcp { stream, .. } if stream.is_empty() => Some(4),
        Carried::Udp { .. } | Carried::Tcp { .. } => Some(7),
        Carried::Other => None,
    }
}

/// The word for a frame's cause, as in the rows of the page's protocol.
pub fn cause_word(cause: &FrameCause) -> &'static str {
    let cause = match cause {
        FrameCause::Stack { cause, .. } => cause,
        FrameCause::Routed => return "routed",
        FrameCause::Tagged { .. } => return "tagged",
        FrameCause::Untagged { .. } => return "untagged",
        FrameCause::Captured { .. } => return "captured",
    };
    match cause {
        Cause::Resolve { .. } => "resolve",
        Cause::ArpReply => "arpReply",
        Cause::NeighbourAnswer => "neighbourAnswer",
        Cause::Application => "application",
        Cause::Echo | Cause::EchoReply => "echo",
        Cause::PortUnreachable
        | Cause::ProtocolUnreachable
        | Cause::NetworkUnreachable
        | Cause::HostUnreachable
        | Cause::PacketTooBig
        | Cause::TimeExceeded
        | Cause::ReassemblyTimeout => "icmpError",
        Cause::GroupJoined => "groupJoined",
        Cause::GroupQueried => "groupQueried",
        Cause::GroupLeft => "groupLeft",
        Cause::MembershipQuery => "membershipQuery",
        Cause::LastMemberQuery => "lastMemberQuery",
        Cause::Connect => "connect",
        Cause::AcceptSyn | Cause::Retransmit(RetransmitCause::DuplicateSyn) => "acceptSyn",
        Cause::HandshakeAck => "handshakeAck",
        Cause::Data
        | Cause::CongestionWindowOpened
        | Cause::WindowOpened
        | Cause::LimitedTransmit
        | Cause::RecoveryData => "data",
        Cause::Ack(_) => "ack",
        Cause::Retransmit(RetransmitCause::RtoExpired { .. }) => "timeout",
        Cause::Retransmit(RetransmitCause::AfterRto) => "afterTimeout",
        Cause::Retransmit(RetransmitCause::ThirdDuplicateAck) => "fastRetransmit",
        Cause::Retransmit(RetransmitCause::PartialAck) => "partialAck",
        Cause::Retransmit(RetransmitCause::LostBySack) => "lostBySack",
        Cause::Retransmit(RetransmitCause::SackHole { .. }) => "sackHole",
        Cause::Retransmit(RetransmitCause::Rescue) => "rescue",
        Cause::Retransmit(RetransmitCause::PathMtu) => "pathMtu",
        Cause::ZeroWindowProbe { .. } => "zeroWindowProbe",
        Cause::Close => "close",
        Cause::Abort => "abort",
        Cause::RefusedPort => "refusedPort",
    }
}

fn fate_word(fate: Fate) -> &'static str {
    match fate {
        Fate::QueueFull { .. } => "queueFull",
        Fate::LinkDown => "linkDown",
        Fate::TooBig { .. } => "tooBig",
        Fate::Lost => "lost",
        Fate::LostInBurst => "lostInBurst",
        Fate::Ordered => "ordered",
    }
}

fn outcome(outcome: &Outcome, name: &str) -> Option<Value> {
    match (name, outcome) {
        ("outcome", _) => Some(text(match outcome {
            Outcome::Switched { .. } => "switched",
            Outcome::Flooded { .. } => "flooded",
            Outcome::Routed { .. } => "routed",
            Outcome::AwaitingArp => "awaitingArp",
            Outcome::Accepted { .. } => "accepted",
            Outcome::NotForMe => "notForMe",
            Outcome::Dropped { .. } => "dropped",
        })),
        ("learned", Outcome::Switched { learned, .. } | Outcome::Flooded { learned }) => Some(flag(*learned)),
        ("layer", Outcome::Accepted { layer }) => Some(number(*layer)),
        ("ttl", Outcome::Routed { ttl, .. }) => Some(number(*ttl)),
        ("reason", Outcome::Dropped { reason }) => Some(text(*reason)),
        _ => None,
    }
}

fn picture(record: &PictureRecord, name: &str) -> Option<Value> {
    let stats = &record.stats;
    match name {
        "number" => record.number.map(number),
        "packets" => Some(count(record.slots.len())),
        "missing" => Some(count(record.slots.iter().filter(|(_, message)| message.is_none()).count())),
        "complete" => Some(flag(record.complete)),
        "shown" => Some(flag(record.decodable)),
        "waited" => Some(ms(record.at.since(record.first))),
        "received" => Some(number(stats.received)),
        "expected" => Some(number(stats.expected)),
        "lost" => Some(number(stats.lost)),
        "late" => Some(number(stats.late)),
        "jitter" => Some(ms(stats.jitter)),
        "buffered" => Some(number(stats.buffered)),
        "delay" => Some(ms(stats.playout_delay)),
        _ => None,
    }
}

/// One fact of a change, by its name.
fn state(record: &StateRecord, name: &str) -> Option<Value> {
    let change = &record.change;
    match (name, change) {
        ("kind", _) => Some(text(kind_word(change))),
        ("value", _) => value(change),
        ("ip", Change::Neighbour { line, .. }) => Some(text(line.ip.to_string())),
        ("ip", Change::Group { group, .. }) => Some(text(group.to_string())),
        ("ip", Change::Nat { outside, .. }) => Some(text(outside.ip().to_string())),
        ("mac", Change::Neighbour { line, .. }) => line.mac.map(|mac| text(mac.to_string())),
        ("mac", Change::Mac { mac, .. }) => Some(text(mac.to_string())),
        ("name", Change::Parameter { name, .. } | Change::Client { name, .. }) => Some(text(name)),
        ("name", Change::Source { url, .. }) => Some(text(url)),
        ("text", Change::Note { text: own }) => Some(text(own)),
        ("text", Change::Source { state: SourceState::Failed { why }, .. }) => Some(text(why)),
        ("octets", Change::Stall { missing, .. }) => {
            Some(Value::Number((missing.end - missing.start) as f64))
        }
        ("octets", Change::StallOver { octets, .. }) => Some(Value::Number(*octets as f64)),
        ("lasted", Change::StallOver { since, .. }) => Some(ms(record.at.since(*since))),
        _ => None,
    }
}

fn kind_word(change: &Change) -> &'static str {
    match change {
        Change::Rtsp { .. } => "rtsp",
        Change::Session { .. } => "session",
        Change::Tcp { .. } => "tcp",
        Change::Neighbour { .. } => "neighbour",
        Change::Mac { .. } => "mac",
        Change::Nat { .. } => "nat",
        Change::Group { .. } => "group",
        Change::Media { .. } => "media",
        Change::Parameter { .. } => "parameter",
        Change::Client { .. } => "client",
        Change::Source { .. } => "source",
        Change::Weather { .. } => "weather",
        Change::Fault { .. } => "fault",
        Change::Stall { .. } => "stall",
        Change::StallOver { .. } => "stallOver",
        Change::Note { .. } => "note",
    }
}

fn value(change: &Change) -> Option<Value> {
    match change {
        Change::Rtsp { state, .. }
        | Change::Session { state, .. }
        | Change::Tcp { state, .. }
        | Change::Media { state, .. } => Some(text(*state)),
        Change::Neighbour { line, .. } => Some(text(line.state.map_or("gone", NeighbourState::name))),
        Change::Mac { link, .. } => Some(text(if link.is_some() { "learned" } else { "forgotten" })),
        Change::Nat { open, .. } => Some(text(if *open { "open" } else { "closed" })),
        Change::Group { member, .. } => Some(text(if *member { "joined" } else { "left" })),
        Change::Client { joined, .. } => Some(text(if *joined { "joined" } else { "left" })),
        Change::Parameter { value, .. } => Some(text(value)),
        Change::Source { state, .. } => Some(text(match state {
            SourceState::Open => "open",
            SourceState::Connected => "connected",
            SourceState::Failed { .. } => "failed",
            SourceState::Closed => "closed",
            SourceState::Left => "left",
        })),
        _ => None,
    }
}

fn variables(info: &TcpInfo, name: &str) -> Option<Value> {
    match name {
        "congestion" => Some(text(match info.congestion {
            CongestionAlgorithm::NewReno => "newreno",
            CongestionAlgorithm::Cubic => "cubic",
        })),
        "phase" => Some(text(match info.phase {
            CongestionPhase::SlowStart => "slowStart",
            CongestionPhase::CongestionAvoidance => "avoidance",
            CongestionPhase::FastRecovery => "recovery",
        })),
        "cwnd" => Some(count(info.cwnd)),
        "ssthresh" => (info.ssthresh != usize::MAX).then(|| count(info.ssthresh)),
        "srtt" => info.srtt.map(ms),
        "rttvar" => info.rttvar.map(ms),
        "rto" => Some(ms(info.rto)),
        "sndWnd" => Some(count(info.snd_wnd)),
        "rcvWnd" => Some(count(info.rcv_wnd)),
        "inFlight" => Some(count(info.in_flight)),
        "unsent" => Some(count(info.unsent)),
        "outOfOrder" => Some(count(info.out_of_order)),
        "duplicateAcks" => Some(number(info.duplicate_acks)),
        "mss" => Some(count(info.mss)),
        "retransmissions" => Some(Value::Number(info.retransmissions as f64)),
        _ => None,
    }
}
