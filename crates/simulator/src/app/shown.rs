//! What a receiver shows, as the tape keeps it.

use super::HostIo;
use crate::ids::MessageId;
use crate::tape::{Counts, PictureRecord};
use protocol::message::What;
use protocol::rtp::{PictureOut, Receiver, Slot};
use std::time::Duration;

/// The record of a picture that `receiver`, on this host, shows now.
pub(super) fn picture_record(
    io: &HostIo<'_>,
    receiver: &Receiver<MessageId>,
    playout_delay: Duration,
    picture: PictureOut<MessageId>,
) -> PictureRecord {
    let stats = receiver.stats(io.now);
    let slots: Vec<(u16, Option<MessageId>)> = picture
        .slots
        .iter()
        .map(|slot| match slot {
            Slot::Received { sequence, tag, .. } => (*sequence, Some(*tag)),
            Slot::Missing { sequence } => (*sequence, None),
        })
        .collect();
    let number = slots.iter().filter_map(|(_, message)| *message).find_map(|message| {
        match &io.recorder.tape.messages().get(message.0)?.what {
            What::Rtp(rtp) => rtp.picture.map(|p| p.picture),
            _ => None,
        }
    });
    PictureRecord {
        at: picture.shown_at,
        client: io.node,
        number,
        timestamp: picture.timestamp,
        slots,
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
