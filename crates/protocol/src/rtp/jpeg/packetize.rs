//! A picture to packets.

use super::header::{
    MAIN_HEADER, MAX_OFFSET, Q_IN_BAND, QUANT_HEADER, RESTART_HEADER, RestartHeader, UNALIGNED,
};
use super::probe::JpegInfo;
use crate::rtp::packet::{HEADER, RtpHeader};
use bytes::{Bytes, BytesMut};
use std::ops::Range;

/// Octets that the quantisation tables take in a picture's first packet.
const TABLES: usize = QUANT_HEADER + 128;

/// Smallest RTP packet that a [`Packetizer`] makes room for; a smaller one is raised to it.
pub const MIN_PACKET: usize = 256;

/// What one packet carries of a picture's scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Octets of the scan, from its start.
    pub range: Range<u32>,
    /// The restart marker header, when the picture has restart markers.
    pub restart: Option<RestartHeader>,
}

/// Cuts pictures into packets of a largest size. Where a picture has restart markers, the cuts
/// keep to them, so that a receiver can decode what comes although something is lost: a packet
/// carries as many whole restart intervals as fit, or a part of one that is larger than a
/// packet (RFC 2435 section 3.1.7).
#[derive(Clone, Copy, Debug)]
pub struct Packetizer {
    max_packet: usize,
}

impl Packetizer {
    /// One for RTP packets of at most `max_packet` octets, at least [`MIN_PACKET`].
    pub fn new(max_packet: usize) -> Self {
        Self { max_packet: max_packet.max(MIN_PACKET) }
    }

    /// Puts the cuts of a picture into `cuts`, in order; at least one.
    pub fn plan(&self, info: &JpegInfo, cuts: &mut Vec<Cut>) {
        cuts.clear();
        // The probe admits no longer scan.
        let length = u32::try_from(info.scan.len()).unwrap_or(MAX_OFFSET);
        match info.restart_interval {
            None => self.cut(cuts, 0..length, |_, _| None),
            Some(interval) if info.intervals() > usize::from(UNALIGNED) => {
                let unaligned =
                    RestartHeader { interval: interval.get(), first: true, last: true, count: UNALIGNED };
                self.cut(cuts, 0..length, |_, _| Some(unaligned));
            }
            Some(interval) => self.plan_aligned(cuts, info, interval.get(), length),
        }
    }

    fn plan_aligned(&self, cuts: &mut Vec<Cut>, info: &JpegInfo, interval: u16, length: u32) {
        let end_of = |n: usize| info.restarts.get(n).copied().unwrap_or(length);
        let mut start = 0;
        let mut first = 0;
        while first < info.intervals() {
            let room = self.room(start, true);
            let mut next = first;
            while next < info.intervals() && end_of(next) - start <= room {
                next += 1;
            }
            // An interval larger than a packet is a chunk of its own.
            let end = end_of(next.max(first + 1) - 1);
            let count = first as u16;
            self.cut(cuts, start..end, |part, whole| {
                let (is_first, is_last) = (part.start == whole.start, part.end == whole.end);
                Some(RestartHeader { interval, first: is_first, last: is_last, count })
            });
            first = next.max(first + 1);
            start = end;
        }
    }

    /// Cuts `whole` into parts that fit, at least one.
    fn cut(
        &self,
        cuts: &mut Vec<Cut>,
        whole: Range<u32>,
        restart: impl Fn(&Range<u32>, &Range<u32>) -> Option<RestartHeader>,
    ) {
        let mut at = whole.start;
        loop {
            let with_restart = restart(&whole, &whole).is_some();
            let end = whole.end.min(at.saturating_add(self.room(at, with_restart)));
            let range = at..end;
            cuts.push(Cut { restart: restart(&range, &whole), range });
            at = end;
            if at >= whole.end {
                return;
            }
        }
    }

    /// Octets of scan that fit into a packet that begins at scan offset `at`.
    fn room(&self, at: u32, with_restart: bool) -> u32 {
        let restart = if with_restart { RESTART_HEADER } else { 0 };
        let tables = if at == 0 { TABLES } else { 0 };
        // At least 96 octets, since `max_packet` is at least MIN_PACKET.
        u32::try_from(self.max_packet - HEADER - MAIN_HEADER - restart - tables).unwrap_or(MAX_OFFSET)
    }

    /// Writes the packet of one cut. `scan` is the picture's scan; `header.marker` must be set
    /// for the picture's last packet (section 3).
    pub fn write(&self, header: RtpHeader, info: &JpegInfo, cut: &Cut, scan: &[u8]) -> Bytes {
        self.write_in(&mut BytesMut::new(), header, info, cut, scan)
    }

    /// The same in `room`, which is used again once earlier packets that lie in it are gone.
    pub fn write_in(
        &self,
        room: &mut BytesMut,
        header: RtpHeader,
        info: &JpegInfo,
        cut: &Cut,
        scan: &[u8],
    ) -> Bytes {
        let data = &scan[cut.range.start as usize..cut.range.end as usize];
        let restart = if cut.restart.is_some() { RESTART_HEADER } else { 0 };
        let tables = if cut.range.start == 0 { TABLES } else { 0 };
        let length = HEADER + MAIN_HEADER + restart + tables + data.len();
        if !room.try_reclaim(length) {
            *room = BytesMut::with_capacity(length.max(self.max_packet));
        }
        room.extend_from_slice(&header.to_bytes());
        let [_, high, middle, low] = cut.range.start.to_be_bytes();
        let jpeg_type = info.sampling.jpeg_type() + if cut.restart.is_some() { 64 } else { 0 };
        let blocks = |pixels: u16| pixels.div_ceil(8) as u8;
        room.extend_from_slice(&[0, high, middle, low, jpeg_type, Q_IN_BAND]);
        room.extend_from_slice(&[blocks(info.width), blocks(info.height)]);
        if let Some(restart) = cut.restart {
            room.extend_from_slice(&restart.to_bytes());
        }
        if cut.range.start == 0 {
            // Always two tables of 8 bits: some receivers misread one.
            room.extend_from_slice(&[0, 0, 0, 128]);
            room.extend_from_slice(&info.tables[0]);
            room.extend_from_slice(&info.tables[1]);
        }
        room.extend_from_slice(data);
        room.split().freeze()
    }
}
