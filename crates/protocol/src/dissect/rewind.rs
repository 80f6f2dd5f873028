//! Dissecting a frame that is older than what was seen.

use std::net::{Ipv4Addr, SocketAddrV4};

use super::build::Place;
use super::model::{Fcs, Source};
use super::{Dissector, ipv4, tcp};

/// What must be fed to a rewound dissector before the frame for which it was rewound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backlog {
    /// Every segment of this direction of a connection whose data reach past `sequence`, up to the
    /// frame itself, in the order in which they passed.
    Segments {
        /// The sending end of the TCP stream.
        from: SocketAddrV4,
        /// The receiving end.
        to: SocketAddrV4,
        /// The sequence number at which a message begins.
        sequence: u32,
    },
    /// The fragments of this packet that passed before the frame.
    Fragments {
        /// The packet's source.
        from: Ipv4Addr,
        /// Its destination.
        to: Ipv4Addr,
        /// Its protocol number.
        protocol: u8,
        /// Its identification.
        identification: u16,
    },
}

impl Dissector {
    /// A cheap copy that can dissect `frame`, which may be older than what this dissector has
    /// seen: it knows the conversation (ports, payload types, channels) but stands at an earlier
    /// place of the frame's TCP stream. With a [`Backlog`], feed that first; without, the frame
    /// can be dissected at once.
    pub fn rewound_for(&self, frame: &[u8], fcs: Fcs) -> (Dissector, Option<Backlog>) {
        let mut copy = self.clone();
        let backlog = copy.rewind(frame, fcs);
        (copy, backlog)
    }

    fn rewind(&mut self, frame: &[u8], fcs: Fcs) -> Option<Backlog> {
        let (packet, header) = packet(frame, fcs)?;
        if header.more || header.offset > 0 {
            return Some(Backlog::Fragments {
                from: header.ends.src,
                to: header.ends.dst,
                protocol: header.protocol,
                identification: header.id,
            });
        }
        let (segment, data) = segment(packet, &header)?;
        if data.is_empty() || !self.known.is_rtsp(segment.from.port(), segment.to.port()) {
            return None;
        }
        let way = (segment.from, segment.to);
        let mut stream = self.known.streams.take(way);
        let at = stream.position(segment.sequence.wrapping_add(segment.syn.into()));
        // Ahead of what was seen, the stream can go on as it stands.
        let ahead = stream.next().is_none_or(|next| at >= next);
        let needed = if ahead {
            stream.next().filter(|next| at > *next)
        } else {
            let boundary = stream.boundary(at);
            stream.rewind(boundary.unwrap_or(at), boundary.is_some());
            boundary.filter(|boundary| *boundary < at)
        };
        self.known.streams.put(way, stream);
        needed.map(|position| Backlog::Segments {
            from: segment.from,
            to: segment.to,
            sequence: position as u32,
        })
    }
}

impl Backlog {
    /// Whether this frame, one that passed earlier, belongs to what must be fed.
    pub fn wants(&self, frame: &[u8], fcs: Fcs) -> bool {
        let Some((packet, header)) = packet(frame, fcs) else { return false };
        match *self {
            Backlog::Segments { from, to, sequence } => {
                segment(packet, &header).is_some_and(|(segment, data)| {
                    let end =
                        segment.sequence.wrapping_add(segment.syn.into()).wrapping_add(data.len() as u32);
                    // Numbers turn over: what is less than half the circle ahead comes later.
                    segment.from == from && segment.to == to && end.wrapping_sub(sequence) as i32 > 0
                })
            }
            Backlog::Fragments { from, to, protocol, identification } => {
                let fragment = header.more || header.offset > 0;
                let its = (header.ends.src, header.ends.dst, header.protocol, header.id);
                fragment && its == (from, to, protocol, identification)
            }
        }
    }
}

/// The IPv4 packet in a frame, and its header.
fn packet(frame: &[u8], fcs: Fcs) -> Option<(Place<'_>, ipv4::Header)> {
    /// Addresses and type before the packet, the check sequence behind it.
    const HEADER: usize = 14;
    const FCS: usize = 4;
    let end = frame.len().checked_sub(if fcs == Fcs::Present { FCS } else { 0 })?;
    let whole = Place::whole(Source::Frame, frame);
    if whole.number(12, 2) != 0x0800 {
        return None;
    }
    let packet = whole.part(HEADER, end);
    Some((packet, ipv4::header(packet)?))
}

/// The TCP segment in a packet, and its data.
fn segment<'p>(packet: Place<'p>, header: &ipv4::Header) -> Option<(tcp::Segment, Place<'p>)> {
    /// TCP's protocol number.
    const TCP: u8 = 6;
    if header.protocol != TCP {
        return None;
    }
    tcp::segment(packet.part(header.len, header.total), header.ends)
}
