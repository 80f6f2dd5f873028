//! What a receiver shows, as the tape keeps it.

use super::HostIo;
use crate::ids::{MessageId, NodeId};
use crate::tape::{Counts, PictureRecord};
use protocol::message::What;
use protocol::rtp::{PictureOut, Receiver, ReceiverStats, Slot};
use std::time::Duration;

/// The record of a picture that `receiver`, on this host, shows now.
pub(super) fn picture_record(
    io: &HostIo<'_>,
    receiver: &Receiver<MessageId>,
    playout_delay: Duration,
    picture: PictureOut<MessageId>,
) -> PictureRecord {
    let mut record = record_of(io.node, &receiver.stats(io.now), playout_delay, &picture);
    let mut messages = record.slots.iter().filter_map(|(_, message)| *message);
    record.number = messages.find_map(|message| match &io.recorder.tape.messages().get(message.0)?.what {
        What::Rtp(rtp) => rtp.picture.map(|p| p.picture),
        _ => None,
    });
    record
}

/// The record of a picture that a client shows, with the counts of its receiver; which of its clip
/// it is, is still to be said.
pub(crate) fn record_of(
    client: NodeId,
    stats: &ReceiverStats,
    playout_delay: Duration,
    picture: &PictureOut<MessageId>,
) -> PictureRecord {
    let slot = |slot: &Slot<MessageId>| match slot {
        Slot::Received { sequence, tag, .. } => (*sequence, Some(*tag)),
        Slot::Missing { sequence } => (*sequence, None),
    };
    PictureRecord {
        at: picture.shown_at,
        client,
        number: None,
        timestamp: picture.timestamp,
        slots: picture.slots.iter().map(slot).collect(),
        complete: picture.complete,
        decodable: picture.decodable,
        first: picture.first_packet_at,
        last: picture.last_packet_at,
        stats: Counts {
            received: stats.received as u32,
            expected: stats.expected as u32,
            lost: stats.lost as i32,
            late: stats.late as u32,
            jitter: stats.jitter_time,
            buffered: stats.buffered_pictures as u32,
            playout_delay,
        },
    }
}
