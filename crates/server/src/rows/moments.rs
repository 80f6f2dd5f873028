//! What happens to frames and messages: hops, receipts, deliveries; states and pictures.

use super::{Streams, nanos, weather};
use crate::wire::{
    DeliveryRow, HopRow, Id, OutcomeRow, PictureRow, PictureStats, ReceiptRow, SlotRow, StateKind, StateRow,
};
use simulator::stack::NeighbourState;
use simulator::tape::{
    Change, DeliveryRecord, HopRecord, Outcome, PictureRecord, ReceiptRecord, SourceState, StateRecord,
};

/// A hop's row.
pub fn hop(record: &HopRecord) -> HopRow {
    HopRow {
        frame: Id(record.frame.0),
        link: record.link.0,
        from: record.from.0,
        queued: nanos(record.queued),
        start: nanos(record.start),
        end: nanos(record.end),
        arrive: nanos(record.arrive),
        fate: record.fate.map(weather::fate),
        mishap: record.mishap.as_deref().map(|mishap| Box::new(weather::mishap(mishap))),
    }
}

/// A receipt's row.
pub fn receipt(record: &ReceiptRecord) -> ReceiptRow {
    ReceiptRow {
        frame: Id(record.frame.0),
        node: record.node.0,
        arrive: nanos(record.arrive),
        at: nanos(record.at),
        outcome: match &record.outcome {
            Outcome::Switched { link, learned } => OutcomeRow::Switched { link: link.0, learned: *learned },
            Outcome::Flooded { learned } => OutcomeRow::Flooded { learned: *learned },
            Outcome::Routed { frame, ttl } => OutcomeRow::Routed { frame: Id(frame.0), ttl: *ttl },
            Outcome::AwaitingArp => OutcomeRow::AwaitingArp,
            Outcome::Accepted { layer } => OutcomeRow::Accepted { layer: *layer },
            Outcome::NotForMe => OutcomeRow::NotForMe,
            Outcome::Dropped { reason } => OutcomeRow::Dropped { reason: (*reason).into() },
        },
    }
}

/// A delivery's row.
pub fn delivery(record: &DeliveryRecord) -> DeliveryRow {
    DeliveryRow {
        message: Id(record.message.0),
        node: record.node.0,
        at: nanos(record.at),
        frame: record.frame.map(|frame| Id(frame.0)),
    }
}

/// A change of state's row.
pub fn state(record: &StateRecord, streams: &Streams) -> StateRow {
    StateRow {
        at: nanos(record.at),
        node: record.node.0,
        change: match &record.change {
            Change::Rtsp { client, state } => StateKind::Rtsp { client: client.0, state: (*state).into() },
            // What a real client thinks is not known; the server's view stands for it.
            Change::Session { client, state } if streams.is_real(*client) => {
                StateKind::Rtsp { client: client.0, state: (*state).into() }
            }
            Change::Session { client, state } => {
                StateKind::Session { client: client.0, state: (*state).into() }
            }
            Change::Tcp { connection, state } => {
                StateKind::Tcp { connection: connection.0, state: (*state).into() }
            }
            Change::Neighbour { link, line } => StateKind::Neighbour {
                link: link.0,
                ip: line.ip.to_string(),
                mac: line.mac.map(|mac| mac.to_string()),
                state: line.state.map_or("gone", NeighbourState::name).into(),
            },
            Change::Mac { mac, link, vlan } => {
                StateKind::Mac { mac: mac.to_string(), link: link.map(|link| link.0), vlan: *vlan }
            }
            Change::Nat { protocol, inside, outside, open } => StateKind::Nat {
                protocol: *protocol,
                inside: inside.to_string(),
                outside: outside.to_string(),
                open: *open,
            },
            Change::Group { group, link, member } => {
                StateKind::Group { group: group.to_string(), link: link.map(|link| link.0), member: *member }
            }
            Change::Media { client, state } => StateKind::Media { client: client.0, state: (*state).into() },
            Change::Parameter { client, name, value } => {
                StateKind::Parameter { client: client.0, name: name.clone(), value: value.clone() }
            }
            Change::Client { client, joined, name } => {
                StateKind::Client { client: client.0, joined: *joined, name: name.clone() }
            }
            Change::Source { url, state } => {
                let (state, reason) = source_state(state);
                StateKind::Source { url: url.clone(), state, reason }
            }
            Change::Weather { link, direction, weather: both } => StateKind::Weather {
                link: link.0,
                direction: weather::direction(*direction),
                before: Box::new(weather::weather(&both.0)),
                weather: Box::new(weather::weather(&both.1)),
            },
            Change::Fault { link, direction, fault } => StateKind::Fault {
                link: link.0,
                direction: weather::direction(*direction),
                on: weather::on(fault.on),
                what: weather::what(fault.what),
            },
            Change::Stall { connection, missing, sent, lost, .. } => StateKind::Stall {
                connection: connection.0,
                start: Id(missing.start),
                end: Id(missing.end),
                sent: sent.map(|frame| Id(frame.0)),
                lost: lost.map(|(frame, _)| Id(frame.0)),
                link: lost.map(|(_, link)| link.0),
            },
            Change::StallOver { connection, frame, since, octets, .. } => StateKind::StallOver {
                connection: connection.0,
                frame: Id(frame.0),
                since: nanos(*since),
                octets: u32::try_from(*octets).unwrap_or(u32::MAX),
            },
            Change::Note { text } => StateKind::Note { text: text.clone() },
        },
    }
}

/// How things stand with a real server: the word for it, and the reason, if there is one.
pub fn source_state(state: &SourceState) -> (String, Option<String>) {
    let word = match state {
        SourceState::Open => "open",
        SourceState::Connected => "connected",
        SourceState::Failed { why } => return ("failed".into(), Some(why.clone())),
        SourceState::Closed => "closed",
        SourceState::Left => "left",
    };
    (word.into(), None)
}

/// The row of picture `id`.
pub fn picture(id: u64, record: &PictureRecord) -> PictureRow {
    PictureRow {
        id: Id(id),
        at: nanos(record.at),
        client: record.client.0,
        number: record.number,
        timestamp: record.timestamp,
        slots: record
            .slots
            .iter()
            .map(|(sequence, message)| SlotRow {
                sequence: *sequence,
                message: message.map(|message| Id(message.0)),
            })
            .collect(),
        complete: record.complete,
        decodable: record.decodable,
        first: nanos(record.first),
        last: nanos(record.last),
        stats: PictureStats {
            received: record.stats.received,
            expected: record.stats.expected,
            lost: record.stats.lost,
            late: record.stats.late,
            jitter: record.stats.jitter.as_nanos() as f64,
            buffered: record.stats.buffered,
            playout_delay: record.stats.playout_delay.as_nanos() as f64,
        },
    }
}
