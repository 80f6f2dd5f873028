//! Dissecting a frame that is older than what was seen.

use std::net::{IpAddr, SocketAddr};

use super::build::Place;
use super::ip::Ends;
use super::model::{Fcs, Source};
use super::{Dissector, ipv4, ipv6, tcp, vlan};

/// What must be fed to a rewound dissector before the frame for which it was rewound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backlog {
    /// Every segment of this direction of a connection whose data reach past `sequence`, up to the
    /// frame itself, in the order in which they passed.
    Segments {
        /// The sending end of the TCP stream.
        from: SocketAddr,
        /// The receiving end.
        to: SocketAddr,
        /// The sequence number at which a message begins.
        sequence: u32,
    },
    /// The fragments of this packet that passed before the frame.
    Fragments {
        /// The packet's source.
        from: IpAddr,
        /// Its destination.
        to: IpAddr,
        /// Its protocol number.
        protocol: u8,
        /// Its identification.
        identification: u32,
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
        let packet = packet(frame, fcs)?;
        if let Some(identification) = packet.fragment {
            let Ends { src: from, dst: to } = packet.ends;
            return Some(Backlog::Fragments { from, to, protocol: packet.protocol, identification });
        }
        let (segment, data) = segment(&packet)?;
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
        let Some(packet) = packet(frame, fcs) else { return false };
        match *self {
            Backlog::Segments { from, to, sequence } => segment(&packet).is_some_and(|(segment, data)| {
                let end = segment.sequence.wrapping_add(segment.syn.into()).wrapping_add(data.len() as u32);
                // Numbers turn over: what is less than half the circle ahead comes later.
                segment.from == from && segment.to == to && end.wrapping_sub(sequence) as i32 > 0
            }),
            Backlog::Fragments { from, to, protocol, identification } => {
                let its = (packet.ends.src, packet.ends.dst, packet.protocol, packet.fragment);
                its == (from, to, protocol, Some(identification))
            }
        }
    }
}

/// The sequence number of the TCP segment in an Ethernet frame (RFC 9293 3.1); `None` where there
/// is no whole header of one.
pub fn sequence_number(frame: &[u8], fcs: Fcs) -> Option<u32> {
    let packet = packet(frame, fcs)?;
    segment(&packet).map(|(segment, _)| segment.sequence)
}

/// Whether an Ethernet frame carries a piece of a packet that was cut (RFC 791 3.2, RFC 8200 4.5).
pub fn is_fragment(frame: &[u8], fcs: Fcs) -> bool {
    packet(frame, fcs).is_some_and(|packet| packet.fragment.is_some())
}

/// An IP packet in a frame, as far as it matters here.
struct Packet<'p> {
    ends: Ends,
    protocol: u8,
    /// Of a fragment, the packet's identification.
    fragment: Option<u32>,
    payload: Place<'p>,
}

/// The IP packet in an Ethernet frame.
fn packet(frame: &[u8], fcs: Fcs) -> Option<Packet<'_>> {
    /// Two addresses before the type, the check sequence behind the frame.
    const TYPE: usize = 12;
    const FCS: usize = 4;
    let end = frame.len().checked_sub(if fcs == Fcs::Present { FCS } else { 0 })?;
    let whole = Place::whole(Source::Frame, frame);
    let mut at = TYPE;
    for _ in 0..vlan::MAX_TAGS {
        if whole.number(at, 2) == vlan::TAGGED {
            at += vlan::TAG;
        }
    }
    let packet = whole.part(at + 2, end);
    match whole.number(at, 2) {
        0x0800 => {
            let header = ipv4::header(packet)?;
            let fragment = (header.more || header.offset > 0).then_some(header.id.into());
            let payload = packet.part(header.len, header.total);
            Some(Packet { ends: header.ends, protocol: header.protocol, fragment, payload })
        }
        0x86dd => version_six(packet),
        _ => None,
    }
}

fn version_six(packet: Place<'_>) -> Option<Packet<'_>> {
    let header = ipv6::header(packet)?;
    let mut payload = packet.part(ipv6::HEADER, ipv6::HEADER + header.payload);
    let mut protocol = header.next;
    for _ in 0..ipv6::MAX_EXTENSIONS {
        let len = match protocol {
            // Hop-by-hop options, routing, destination options (RFC 8200 4).
            0 | 43 | 60 => (payload.number(1, 1) as usize + 1) * 8,
            44 if payload.number(2, 2) & 0xfff9 != 0 => {
                let fragment = Some(payload.number(4, 4) as u32);
                protocol = payload.number(0, 1) as u8;
                return Some(Packet { ends: header.ends, protocol, fragment, payload: payload.rest(8) });
            }
            44 => 8,
            _ => break,
        };
        protocol = payload.number(0, 1) as u8;
        payload = payload.rest(len);
    }
    Some(Packet { ends: header.ends, protocol, fragment: None, payload })
}

/// The TCP segment in a packet, and its data.
fn segment<'p>(packet: &Packet<'p>) -> Option<(tcp::Segment, Place<'p>)> {
    /// TCP's protocol number.
    const TCP: u8 = 6;
    if packet.protocol != TCP || packet.fragment.is_some() {
        return None;
    }
    tcp::segment(packet.payload, packet.ends)
}
