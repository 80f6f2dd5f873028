//! The reader of capture files, and the dissector behind it.

use super::frames::invariants::check;
use protocol::capture::{CaptureError, MAX_INTERFACES, MAX_PACKET, Reader};
use protocol::dissect::{Captured, Dissector};
use protocol::time::SimTime;

/// What a file's packets were, each with its number, time, interface and octets.
type Told = Vec<(u64, Option<u64>, u32, Vec<u8>)>;

/// A file of any octets: it does not matter in which pieces it comes, packets are counted one by
/// one, and what is wrong is said again and again, with its place.
pub fn file(input: &[u8]) {
    let whole = read(input, input.len());
    assert_eq!(whole, read(input, 7), "pieces make no difference");
    if let Err(error) = whole.1 {
        assert!(error.offset <= input.len() as u64, "{error}");
    }
}

fn read(input: &[u8], step: usize) -> (Told, Result<(), CaptureError>) {
    let (mut reader, mut dissector) = (Reader::new(), Dissector::new());
    let mut told = Told::new();
    for piece in input.chunks(step.max(1)) {
        reader.feed(piece);
        loop {
            match reader.packet() {
                Ok(Some(packet)) => {
                    assert!(
                        packet.octets.len() <= MAX_PACKET && (packet.interface as usize) < MAX_INTERFACES
                    );
                    assert_eq!(packet.number, told.len() as u64 + 1);
                    let captured = Captured {
                        octets: packet.octets,
                        link: packet.link,
                        fcs: packet.fcs,
                        cut: packet.is_cut(),
                        words: true,
                    };
                    let at = SimTime::from_nanos(packet.at.unwrap_or(0));
                    check(packet.octets, &dissector.captured(&captured, at));
                    told.push((packet.number, packet.at, packet.interface, packet.octets.to_vec()));
                }
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(reader.packet().err(), Some(error.clone()), "it does not recover");
                    return (told, Err(error));
                }
            }
        }
    }
    let end = reader.finish();
    (told, end)
}
