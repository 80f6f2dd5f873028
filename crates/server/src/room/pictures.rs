//! Pictures as pages get them.

use crate::wire::{Id, picture_message};
use bytes::Bytes;
use protocol::rtp::jpeg;
use simulator::{PictureId, Tape};

/// The binary message of a picture of a run (see `docs/protocol.md`).
///
/// # Errors
/// A sentence when there is no such picture any more, or nothing of it can be shown.
pub fn message(run: u32, tape: &Tape, picture: PictureId) -> Result<Bytes, String> {
    let gone = || "This picture is no longer kept.".to_owned();
    let client = tape.pictures().get(picture.0).ok_or_else(gone)?.client;
    let packets = tape.picture_packets(picture).ok_or_else(gone)?;
    let rebuilt = jpeg::rebuild(packets.iter().map(|packet| &packet[..]))
        .map_err(|error| format!("Nothing of this picture can be shown: {error}."))?;
    Ok(picture_message(run, client.0, Id(picture.0), &rebuilt.missing, &rebuilt.jpeg))
}
