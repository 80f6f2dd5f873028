//! What a message teaches about the packets to come: ports and channels from SETUP (RFC 2326
//! 12.39), payload types from descriptions.

use std::net::IpAddr;

use super::conversation::media::{self, Connection, Formats, MAX_CHANNELS, Role};
use super::sdp;
use super::tcp::Segment;
use super::walk::Walk;
use crate::rtsp::reader::{ItemKind, Kind, Oddity, Parsed};

/// The parts of a Transport header that matter here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Transport {
    client_port: Option<(u16, u16)>,
    server_port: Option<(u16, u16)>,
    /// The ports of a multicast group.
    port: Option<(u16, u16)>,
    interleaved: Option<(u16, u16)>,
    destination: Option<IpAddr>,
    source: Option<IpAddr>,
    /// Whether its protocol ends in `/TCP`.
    tcp: bool,
}

/// Learns from a whole request or response.
pub(super) fn learn(walk: &mut Walk<'_>, segment: Segment, octets: &[u8], parsed: &Parsed) {
    let link = media::link(segment.from, segment.to);
    let content_type = parsed.value(octets, "Content-Type").unwrap_or_default();
    if content_type.trim().to_ascii_lowercase().starts_with("application/sdp") {
        let body = octets.get(parsed.body.clone()).unwrap_or(&[]);
        walk.known.media.connection(link).formats = Formats::new(sdp::formats(body));
    }
    let is_lab = parsed.deviations.iter().any(|deviation| deviation.what == Oddity::NoEmptyLine);
    if is_lab {
        walk.known.media.connection(link).lab = true;
    }
    match parsed.kind {
        ItemKind::Request if parsed.method(octets) == Some("SETUP") => {
            let offered = transports(octets, parsed).into_iter().find_map(|entry| entry.client_port);
            let bare = parsed.tokens.iter().find(|token| token.kind == Kind::BarePort);
            let bare = bare.and_then(|token| octets.get(token.range.clone()));
            let offered = offered.or_else(|| pair(&String::from_utf8_lossy(bare?)));
            walk.known.media.connection(link).offered = offered;
            if let Some((rtp, _)) = offered.filter(|_| is_lab) {
                // The answer will name no transport, and there is no RTCP.
                walk.known.media.learn_port((segment.from.ip(), rtp), Role::Rtp, Formats::default());
            }
        }
        ItemKind::Response if parsed.status(octets).is_some_and(|status| (200..300).contains(&status)) => {
            if let Some(agreed) = transports(octets, parsed).into_iter().next() {
                setup(walk, segment, agreed);
            }
        }
        _ => {}
    }
}

/// A SETUP was agreed on; the response goes from server to client.
fn setup(walk: &mut Walk<'_>, segment: Segment, agreed: Transport) {
    let link = media::link(segment.from, segment.to);
    let connection = walk.known.media.connection(link);
    let formats = connection.formats.clone();
    if let Some(pair) = agreed.interleaved {
        channels(connection, pair);
        return;
    }
    if agreed.tcp {
        return;
    }
    let offered = connection.offered;
    // The answer may name addresses that only hold elsewhere, behind a gateway for example: what
    // comes on this connection's own hosts and ports is media as well.
    let clients = (segment.to.ip(), agreed.destination, agreed.client_port.or(agreed.port).or(offered));
    let servers = (segment.from.ip(), agreed.source, agreed.server_port);
    for (own, named, ports) in [clients, servers] {
        let Some((rtp, rtcp)) = ports else { continue };
        for address in [Some(own), named.filter(|named| *named != own)].into_iter().flatten() {
            walk.known.media.learn_port((address, rtp), Role::Rtp, formats.clone());
            walk.known.media.learn_port((address, rtcp), Role::Rtcp, formats.clone());
        }
    }
}

/// Two channels of a connection. Numbers over 255 fit no frame and are not learnt.
fn channels(connection: &mut Connection, (rtp, rtcp): (u16, u16)) {
    for (channel, role) in [(rtp, Role::Rtp), (rtcp, Role::Rtcp)] {
        if let Ok(channel) = u8::try_from(channel) {
            connection.channels.insert(channel, role);
        }
    }
    debug_assert!(connection.channels.len() <= MAX_CHANNELS, "a channel is one octet");
}

/// The entries of all Transport headers, in order of preference (RFC 2326 12.39).
fn transports(octets: &[u8], parsed: &Parsed) -> Vec<Transport> {
    let mut entries = Vec::new();
    for header in &parsed.headers {
        if !header.name(octets).eq_ignore_ascii_case(b"Transport") {
            continue;
        }
        let mut entry = Transport::default();
        let mut name = String::new();
        for token in parsed.tokens.get(header.tokens.clone()).unwrap_or(&[]) {
            let word = || String::from_utf8_lossy(octets.get(token.range.clone()).unwrap_or(&[]));
            match token.kind {
                Kind::Separator if word() == "," => entries.push(std::mem::take(&mut entry)),
                Kind::ParameterName => name = word().to_ascii_lowercase(),
                Kind::ParameterValue => parameter(&mut entry, &name, &word()),
                Kind::Element => entry.tcp |= word().to_ascii_uppercase().ends_with("/TCP"),
                _ => {}
            }
        }
        entries.push(entry);
    }
    entries
}

fn parameter(entry: &mut Transport, name: &str, value: &str) {
    match name {
        "client_port" => entry.client_port = pair(value),
        "server_port" => entry.server_port = pair(value),
        "port" => entry.port = pair(value),
        "interleaved" => entry.interleaved = pair(value),
        "destination" => entry.destination = value.parse().ok(),
        "source" => entry.source = value.parse().ok(),
        _ => {}
    }
}

/// `5004-5005`, or `5004`, which stands for itself and the next.
fn pair(value: &str) -> Option<(u16, u16)> {
    let (first, second) = value.split_once('-').unwrap_or((value, ""));
    let first: u16 = first.trim().parse().ok()?;
    let second = match second.trim() {
        "" => first.checked_add(1)?,
        second => second.parse().ok()?,
    };
    Some((first, second))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rtsp::reader::tokens;

    #[test]
    fn transport_headers_are_read_entry_by_entry() {
        let message = b"SETUP * RTSP/1.0\r\nTransport: RTP/AVP/TCP;interleaved=4-5, \
            RTP/AVP;unicast;client_port=5004-5005;source=10.0.2.2;destination=nowhere\r\n\
            Transport: RTP/AVP;client_port=7000\r\n\r\n";
        let entries = transports(message, &tokens(message));
        let tcp = Transport { interleaved: Some((4, 5)), tcp: true, ..Transport::default() };
        let udp = Transport {
            client_port: Some((5004, 5005)),
            source: Some(IpAddr::from([10, 0, 2, 2])),
            ..Transport::default()
        };
        let single = Transport { client_port: Some((7000, 7001)), ..Transport::default() };
        assert_eq!(entries, [tcp, udp, single]);
    }

    #[test]
    fn odd_pairs_are_none() {
        for value in ["", "x", "1-x", "65535", "70000-70001", "-5"] {
            assert_eq!(pair(value), None, "{value}");
        }
        assert_eq!(pair("5-5"), Some((5, 5)));
    }
}
