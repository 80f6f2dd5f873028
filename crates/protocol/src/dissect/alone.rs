//! A message without the packets that carry it.

use super::conversation::media::Formats;
use super::model::{Dissection, Source};
use super::tcp::Segment;
use super::walk::Walk;
use super::{Dissector, rtcp, rtp, rtsp};
use crate::rtsp::reader;
use crate::time::SimTime;
use std::net::{Ipv4Addr, SocketAddr};

/// What a message is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Alone {
    /// An RTSP request or response.
    Rtsp,
    /// An RTP packet, with the payload types of RFC 3551.
    Rtp,
    /// A compound RTCP packet.
    Rtcp,
}

impl Dissector {
    /// Dissects one whole message as what it is said to be, without words for people. Any octets
    /// are accepted; nothing is learnt.
    pub fn alone(&self, what: Alone, octets: &[u8], at: SimTime) -> Dissection {
        // Nobody's: what is learnt from it goes nowhere.
        let mut known = self.as_new().known;
        let mut walk = Walk { out: Dissection::default(), known: &mut known, at, cut: false, words: false };
        let place = walk.whole(Source::Frame, octets);
        match what {
            Alone::Rtsp => {
                let nobody = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
                let segment = Segment { from: nobody, to: nobody, sequence: 0, syn: false };
                let parsed = match reader::tokens(octets) {
                    parsed if parsed.complete && parsed.fault.is_none() => parsed,
                    parsed => reader::lab_tokens(octets).unwrap_or(parsed),
                };
                let place = place.part(0, parsed.len.min(place.len()));
                rtsp::dissect(&mut walk, segment, place, &parsed);
            }
            Alone::Rtp => rtp::dissect(&mut walk, place, &Formats::default()),
            Alone::Rtcp => rtcp::dissect(&mut walk, place),
        }
        walk.out
    }
}
