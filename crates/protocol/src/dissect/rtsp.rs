//! RTSP (RFC 2326): requests, responses, and the frames between them, as the engines' own reader
//! takes them apart.

use super::build::{Fields, Place, specs};
use super::conversation::media::{self, Role};
use super::model::{NoteKind, Say::Text, Say::With};
use super::tcp::Segment;
use super::walk::{Kind as LayerKind, Walk, Words};
use super::{data, rtcp, rtp, rtsp_headers, rtsp_learn, sdp, text};
use crate::rtsp::reader::{ItemKind, Kind, Parsed, Token};

specs! {
    REQUEST: "rtsp.request" Text, "Request line", "Request", "RFC 2326 6.1", Text("What is wanted, of which resource, in which version of RTSP.");
    METHOD: "rtsp.method" Upper, "Method", "Method", "RFC 2326 10", With(|f| match &*f.value {
        "OPTIONS" => "OPTIONS asks which methods the server knows.".into(),
        "DESCRIBE" => "DESCRIBE asks what there is to see and hear, and in which format.".into(),
        "SETUP" => "SETUP agrees on how one track will be carried, and opens a session.".into(),
        "PLAY" => "PLAY asks the server to start sending.".into(),
        "PAUSE" => "PAUSE asks the server to stop sending, but to keep the session.".into(),
        "TEARDOWN" => "TEARDOWN ends the session; nothing of it is kept.".into(),
        "GET_PARAMETER" => "GET_PARAMETER asks for a value; without one it only says: I am still here.".into(),
        "SET_PARAMETER" => "SET_PARAMETER sets a value at the other side.".into(),
        "ANNOUNCE" => "ANNOUNCE describes what the client is going to publish.".into(),
        "RECORD" => "RECORD asks the server to take what the client sends.".into(),
        "REDIRECT" => "REDIRECT sends the client to another server.".into(),
        other => format!("{other} is not a method of RTSP 1.0."),
    });
    SPACED_URL: "" Text, "URL with spaces", "URL", "RFC 2326 3.2", Text("The request is about {}; a URL should have no spaces.");
    URL: "rtsp.url" Text, "URL", "URL", "RFC 2326 3.2", With(|f| if f.value == "*" {
        "The request is about the server itself, not about one presentation.".into()
    } else {
        format!("The request is about {}.", f.value)
    });
    VERSION: "", "Version", "Version", "RFC 2326 3.1", Text("The message follows {}.");
    RESPONSE: "rtsp.response" Text, "Status line", "Response", "RFC 2326 7.1", Text("How the request went: {}.");
    STATUS: "rtsp.status", "Status code", "Status", "RFC 2326 7.1.1", With(|f| match f.number() {
        200 => "200: the request was understood and carried out.".into(),
        100..=199 => format!("{}: the request is being worked on.", f.value),
        201..=299 => format!("{}: the request was carried out.", f.value),
        300..=399 => format!("{}: the client should ask somewhere else.", f.value),
        400..=499 => format!("{}: the server says that the request is at fault.", f.value),
        _ => format!("{}: the server could not carry out the request.", f.value),
    });
    REASON: "", "Reason", "Reason", "RFC 2326 7.1.1", Text("The status in words, for people: {}.");
    EMPTY: "", "Empty line", "Empty line", "RFC 2326 4", Text("An empty line ends the header of the message.");
    BLANK: "", "Line end", "Line end", "RFC 2326 4.1", Text("A line end between messages, which readers skip.");
    JUNK: "", "Unreadable", "Unreadable", "RFC 2326 4", Text("This part of the message fits no rule: {}.");
    MAGIC: "rtsp.magic" Hex2, "Dollar sign", "$", "RFC 2326 10.12", Text("A dollar sign tells that a binary packet follows, not a message in words.");
    CHANNEL: "rtsp.channel" Hex2, "Channel", "Channel", "RFC 2326 10.12", Text("Channel {}: SETUP agreed on what each channel carries.");
    LENGTH: "rtsp.length", "Length", "Length", "RFC 2326 10.12", Text("{} of packet follow; after them the stream goes on.");
    BARE_CSEQ: "", "Number", "Number", "RFC 2326 12.17", Text("Request number {}: it should stand behind the name CSeq.");
    BARE_TRANSPORT: "", "Transport", "Transport", "RFC 2326 12.39", Text("How the media shall travel, {}: it should stand in a Transport header.");
    BARE_PORT: "", "Port", "Port", "RFC 2326 12.39", Text("The client waits for RTP on UDP port {}: it should be called client_port.");
    BODY: "data.data", "Body", "Body", "RFC 2326 4.3", Text("{} that the header's Content-Type describes.");
}

const KIND: LayerKind = LayerKind { name: "rtsp", osi: 7, rfc: "RFC 2326" };
/// Channels of one connection are the session's affair: SETUP has agreed on what each carries.
const FRAME_KIND: LayerKind = LayerKind { name: "rtsp", osi: 5, rfc: "RFC 2326 10.12" };
/// Dollar sign, channel, length (RFC 2326 10.12).
pub(super) const FRAME_HEADER: usize = 4;

/// Dissects one whole item of the stream, which `parsed` took apart, and learns from it.
pub(super) fn dissect(walk: &mut Walk<'_>, segment: Segment, place: Place<'_>, parsed: &Parsed) {
    match parsed.kind {
        ItemKind::Frame => frame(walk, segment, place),
        ItemKind::Request | ItemKind::Response => message(walk, segment, place, parsed),
        ItemKind::Blank | ItemKind::Garbage => {
            let mut fields = Fields::new(place, 1);
            fields.text(if parsed.kind == ItemKind::Blank { &BLANK } else { &JUNK }, 0, place.len());
            walk.layer(&KIND, place, Words::new("RTSP", place.len(), ""), fields.done());
        }
    }
    for deviation in &parsed.deviations {
        let bits = place.part(deviation.range.start, deviation.range.end);
        walk.note(NoteKind::Deviation, bits, format!("{} ({})", deviation.text(), deviation.rule()));
    }
}

/// Learns from an item without showing it.
pub(super) fn learn(walk: &mut Walk<'_>, segment: Segment, octets: &[u8], parsed: &Parsed) {
    if matches!(parsed.kind, ItemKind::Request | ItemKind::Response) {
        rtsp_learn::learn(walk, segment, octets, parsed);
    }
}

/// A binary frame and what it carries.
fn frame(walk: &mut Walk<'_>, segment: Segment, place: Place<'_>) {
    let mut fields = Fields::new(place, 3);
    fields.with(&MAGIC, 0, 1, |_| "$");
    let channel = fields.plain(&CHANNEL, 1, 1) as u8;
    let len = fields.with(&LENGTH, 2, 2, text::bytes);
    let words = walk.say(|| {
        let summary = format!("channel {channel}, {}", text::bytes(len));
        Words::new("RTSP frame header", FRAME_HEADER, summary)
    });
    walk.layer(&FRAME_KIND, place.part(0, FRAME_HEADER), words, fields.done());
    let payload = place.rest(FRAME_HEADER);
    let link = media::link(segment.from, segment.to);
    let connection = walk.known.media.connection(link);
    let formats = connection.formats.clone();
    match connection.channels.get(&channel).copied() {
        Some(Role::Rtp) => rtp::dissect(walk, payload, &formats),
        Some(Role::Rtcp) => rtcp::dissect(walk, payload),
        None => {
            data::dissect(walk, payload, &data::OTHER, 7);
            walk.note(NoteKind::Deviation, payload, "No SETUP said what this channel carries.");
        }
    }
}

/// A request or response, and its body.
fn message(walk: &mut Walk<'_>, segment: Segment, place: Place<'_>, parsed: &Parsed) {
    let octets = place.octets();
    let header_len = parsed.body.start.min(place.len());
    let mut fields = Fields::new(place, parsed.headers.len() + 2);
    let headers_at = start_line(&mut fields, place, parsed);
    let mut headers = parsed.headers.iter().peekable();
    for token in &parsed.tokens {
        if let Some(header) = headers.peek().filter(|header| header.line.start == token.range.start) {
            rtsp_headers::header(&mut fields, place, parsed, header);
            headers.next();
        } else if token.range.start >= headers_at {
            match token.kind {
                Kind::HeaderEnd => {
                    fields.octets(&EMPTY, token.range.start, token.range.len(), "end of header")
                }
                Kind::Junk => fields.text(&JUNK, token.range.start, token.range.len()),
                Kind::BareCSeq => fields.text(&BARE_CSEQ, token.range.start, token.range.len()),
                Kind::BarePort => fields.text(&BARE_PORT, token.range.start, token.range.len()),
                Kind::Element if parsed.headers.is_empty() => {
                    fields.text(&BARE_TRANSPORT, token.range.start, token.range.len());
                }
                Kind::Version => fields.text(&VERSION, token.range.start, token.range.len()),
                _ => {}
            }
        }
    }
    let summary = summary(octets, parsed);
    let what = if parsed.kind == ItemKind::Request { "RTSP request" } else { "RTSP response" };
    let words = Words::new(what, header_len, summary);
    walk.layer(&KIND, place.part(0, header_len), words, fields.done());
    learn(walk, segment, octets, parsed);
    let body = place.rest(header_len);
    if body.is_empty() {
        return;
    }
    let content_type = parsed.value(octets, "Content-Type").unwrap_or_default();
    if content_type.trim().to_ascii_lowercase().starts_with("application/sdp") {
        sdp::dissect(walk, body);
    } else {
        data::dissect(walk, body, &BODY, 7);
    }
}

/// The start line with its parts; answers where the line ends.
fn start_line(fields: &mut Fields<'_>, place: Place<'_>, parsed: &Parsed) -> usize {
    let line = parsed.tokens.iter().find(|token| token.kind == Kind::LineEnd);
    let end = line.map_or(place.len(), |token| token.range.end);
    let request = parsed.kind == ItemKind::Request;
    let spec = if request { &REQUEST } else { &RESPONSE };
    let words = text::readable(place.part(0, line.map_or(end, |token| token.range.start)).octets());
    let mut children = Fields::new(place, 3);
    for Token { range, kind } in parsed.tokens.iter().take_while(|token| token.range.end <= end) {
        let (from, len) = (range.start, range.len());
        match kind {
            Kind::Method => children.text(&METHOD, from, len),
            // To Wireshark the URL ends at the first space.
            Kind::RequestUri if place.part(from, from + len).octets().contains(&b' ') => {
                children.text(&SPACED_URL, from, len);
            }
            Kind::RequestUri => children.text(&URL, from, len),
            Kind::Version => children.text(&VERSION, from, len),
            Kind::StatusCode => {
                let words = text::readable(place.part(from, from + len).octets());
                let number = words.parse().unwrap_or(0);
                children.push(&STATUS, place.span(from, len), super::Raw::Number(number), words, Vec::new());
            }
            Kind::Reason => children.text(&REASON, from, len),
            _ => {}
        }
    }
    fields.push(spec, place.span(0, end), super::Raw::Octets, words, children.done());
    end
}

/// "SETUP rtsp://host/demo", "200 OK to number 3".
fn summary(octets: &[u8], parsed: &Parsed) -> String {
    if parsed.kind == ItemKind::Request {
        let method = parsed.method(octets).unwrap_or_default();
        return format!("{method} {}", parsed.uri(octets).unwrap_or_default());
    }
    let status = parsed.status(octets).unwrap_or(0);
    let mut summary = format!("{status} {}", parsed.reason(octets).unwrap_or_default());
    if let Some(number) = parsed.value(octets, "CSeq") {
        summary.push_str(" to request ");
        summary.push_str(&number);
    }
    summary
}
