//! Pictures from RTP packets, for peers that hand out packets and decode nothing.

use crate::common::pictures::number_in_jpeg;
use protocol::rtp::RtpPacket;
use protocol::rtp::jpeg;

/// Takes packets apart that a script wrote one after the other, each with its length before it.
pub fn split(mut stream: &[u8]) -> Vec<&[u8]> {
    let mut packets = Vec::new();
    while let Some((length, rest)) = stream.split_first_chunk() {
        let (packet, rest) = rest.split_at(usize::from(u16::from_be_bytes(*length)));
        packets.push(packet);
        stream = rest;
    }
    packets
}

/// The numbers of the pictures that are whole: one for each timestamp of which the last packet
/// came; `None` where packets are missing.
pub fn numbers(packets: &[&[u8]]) -> Vec<Option<u16>> {
    let read = |packet: &&[u8]| RtpPacket::parse(packet).expect("an RTP packet").header;
    let pictures = packets.chunk_by(|a, b| read(a).timestamp == read(b).timestamp);
    let ended = pictures.filter(|packets| packets.last().is_some_and(|last| read(last).marker));
    ended
        .map(|packets| {
            let rebuilt = jpeg::rebuild(packets.iter().copied()).ok()?;
            rebuilt.is_complete().then(|| number_in_jpeg(&rebuilt.jpeg)).flatten()
        })
        .collect()
}
