//! The header fields of RTSP (RFC 2326 12), and the parameters inside them.

use super::build::{Fields, Place, specs};
use super::model::{Raw, Say::Text, Say::With, Spec};
use super::text;
use crate::rtsp::reader::{Header, Kind, Parsed};

specs! {
    CSEQ: "", "CSeq", "CSeq", "RFC 2326 12.17", Text("Request number {}; the answer carries the same number, so that both ends match them.");
    SESSION: "rtsp.session" AfterColon, "Session", "Session", "RFC 2326 12.37", Text("The session that SETUP opened at the server: {}.");
    TRANSPORT: "rtsp.transport" AfterColon, "Transport", "Transport", "RFC 2326 12.39", Text("How the media will be carried: {}.");
    CONTENT_TYPE: "rtsp.content-type" AfterColon, "Content-Type", "Content-Type", "RFC 2326 12.16", Text("What the body is: {}.");
    CONTENT_LENGTH: "rtsp.content-length", "Content-Length", "Length", "RFC 2326 12.14", Text("The body has {} bytes; the next message begins behind them.");
    CONTENT_BASE: "", "Content-Base", "Content-Base", "RFC 2326 12.11", Text("Relative addresses in the body count from {}.");
    CONTENT_LOCATION: "", "Content-Location", "Location", "RFC 2326 12.15", Text("The body belongs to {}.");
    CONTENT_LANGUAGE: "", "Content-Language", "Language", "RFC 2326 12.13", Text("The body is written in {}.");
    CONTENT_ENCODING: "", "Content-Encoding", "Encoding", "RFC 2326 12.12", Text("The body is packed as {}.");
    RANGE: "", "Range", "Range", "RFC 2326 12.29", Text("Which part of the presentation is meant: {}.");
    RTP_INFO: "", "RTP-Info", "RTP-Info", "RFC 2326 12.33", Text("With which RTP packet each track begins, so that the client knows what belongs to this PLAY.");
    PUBLIC: "", "Public", "Public", "RFC 2326 12.28", Text("The methods that the server knows: {}.");
    ALLOW: "", "Allow", "Allow", "RFC 2326 12.4", Text("The methods that are allowed here: {}.");
    ACCEPT: "", "Accept", "Accept", "RFC 2326 12.1", Text("The client understands a description written as {}.");
    USER_AGENT: "", "User-Agent", "User-Agent", "RFC 2326 12.41", Text("The client's program calls itself {}.");
    SERVER: "", "Server", "Server", "RFC 2326 12.36", Text("The server's program calls itself {}.");
    DATE: "", "Date", "Date", "RFC 2326 12.18", Text("The message was made at {}.");
    REQUIRE: "", "Require", "Require", "RFC 2326 12.32", Text("The request is void unless the server knows {}.");
    PROXY_REQUIRE: "", "Proxy-Require", "Proxy-Req.", "RFC 2326 12.27", Text("The request is void unless every proxy knows {}.");
    UNSUPPORTED: "", "Unsupported", "Unsupported", "RFC 2326 12.40", Text("The server does not know {}.");
    LOCATION: "", "Location", "Location", "RFC 2326 12.25", Text("Ask {} instead.");
    SCALE: "", "Scale", "Scale", "RFC 2326 12.34", Text("The presentation plays at {} times its own speed.");
    SPEED: "", "Speed", "Speed", "RFC 2326 12.35", Text("The data are sent at {} times the usual rate.");
    WWW_AUTHENTICATE: "", "WWW-Authenticate", "Authenticate", "RFC 2326 12.44", Text("Who are you? Answer in this way: {}.");
    AUTHORIZATION: "", "Authorization", "Authorized", "RFC 2326 12.5", Text("The client proves who it is.");
    CONNECTION: "", "Connection", "Connection", "RFC 2326 12.10", Text("What happens to the connection afterwards: {}.");
    CACHE_CONTROL: "", "Cache-Control", "Cache", "RFC 2326 12.8", Text("What may be kept for later: {}.");
    EXPIRES: "", "Expires", "Expires", "RFC 2326 12.19", Text("The description holds until {}.");
    LAST_MODIFIED: "", "Last-Modified", "Modified", "RFC 2326 12.24", Text("The presentation was changed at {}.");
    BANDWIDTH: "", "Bandwidth", "Bandwidth", "RFC 2326 12.6", Text("The client can take {} bits in a second.");
    BLOCKSIZE: "", "Blocksize", "Blocksize", "RFC 2326 12.7", Text("The client wants packets of {} bytes at most.");
    TIMESTAMP: "", "Timestamp", "Timestamp", "RFC 2326 12.38", Text("The sender's time, {}, which the answer repeats.");
    FOLDED: "", "Header in several lines", "Header", "RFC 2068 4.2", Text("A header that goes on in the next line: {}.");
    OTHER: "", "Header", "Header", "RFC 2326 12", Text("A header that is not explained here: {}.");

    PROFILE: "", "Transport protocol", "Protocol", "RFC 2326 12.39", With(|f| match f.value.to_ascii_uppercase().as_str() {
        "RTP/AVP" | "RTP/AVP/UDP" => "The media come as RTP packets in UDP datagrams.".into(),
        "RTP/AVP/TCP" => "The media come as RTP packets inside this TCP connection.".into(),
        _ => format!("The media come as {}.", f.value),
    });
    UNICAST: "", "Unicast", "Unicast", "RFC 2326 12.39", Text("The media are for this client alone.");
    MULTICAST: "", "Multicast", "Multicast", "RFC 2326 12.39", Text("The media are for everybody who joins the group.");
    CLIENT_PORT: "", "Client ports", "Client ports", "RFC 2326 12.39", Text("The client takes RTP and RTCP on its UDP ports {}.");
    SERVER_PORT: "", "Server ports", "Server ports", "RFC 2326 12.39", Text("The server sends RTP and RTCP from its UDP ports {}.");
    INTERLEAVED: "", "Interleaved channels", "Channels", "RFC 2326 10.12, 12.39", Text("RTP and RTCP travel inside this TCP connection on the channels {}.");
    SSRC: "", "SSRC", "SSRC", "RFC 2326 12.39", Text("The server's RTP packets will carry the source number {}.");
    MODE: "", "Mode", "Mode", "RFC 2326 12.39", Text("The session is there to {}.");
    TIMEOUT: "", "Timeout", "Timeout", "RFC 2326 12.37", Text("A client that is silent for {} seconds loses its session.");
    NPT: "", "Normal play time", "Seconds", "RFC 2326 3.6", Text("From and to, in seconds of the presentation: {}.");
    TRACK_URL: "", "Track", "Track", "RFC 2326 12.33", Text("What follows is about the track {}.");
    FIRST_SEQUENCE: "", "First sequence number", "First seq", "RFC 2326 12.33", Text("The first packet of this PLAY has the RTP sequence number {}.");
    FIRST_TIME: "", "First timestamp", "First time", "RFC 2326 12.33", Text("The start of the range corresponds to the RTP timestamp {}.");
    DESTINATION: "", "Destination", "Destination", "RFC 2326 12.39", Text("The media are sent to {}.");
    SOURCE: "", "Source", "Source", "RFC 2326 12.39", Text("The media are sent from {}.");
    GROUP_PORT: "", "Group's ports", "Group ports", "RFC 2326 12.39", Text("RTP and RTCP of the group go to the UDP ports {}.");
    GROUP_TTL: "", "Time to live", "TTL", "RFC 2326 12.39", Text("Packets to the group start with a time to live of {}: so many routers they may meet.");
    PARAMETER: "", "Parameter", "Parameter", "RFC 2326 12", Text("A parameter that is not explained here: {}.");
    ELEMENT: "", "Value", "Value", "RFC 2326 12.39", Text("One more word about the transport: {}.");
}

/// The rows for whole header fields, by the name in lower case.
fn header_spec(name: &str) -> Option<&'static Spec> {
    Some(match name {
        "cseq" => &CSEQ,
        "session" => &SESSION,
        "transport" => &TRANSPORT,
        "content-type" => &CONTENT_TYPE,
        "content-length" => &CONTENT_LENGTH,
        "content-base" => &CONTENT_BASE,
        "content-location" => &CONTENT_LOCATION,
        "content-language" => &CONTENT_LANGUAGE,
        "content-encoding" => &CONTENT_ENCODING,
        "range" => &RANGE,
        "rtp-info" => &RTP_INFO,
        "public" => &PUBLIC,
        "allow" => &ALLOW,
        "accept" => &ACCEPT,
        "user-agent" => &USER_AGENT,
        "server" => &SERVER,
        "date" => &DATE,
        "require" => &REQUIRE,
        "proxy-require" => &PROXY_REQUIRE,
        "unsupported" => &UNSUPPORTED,
        "location" => &LOCATION,
        "scale" => &SCALE,
        "speed" => &SPEED,
        "www-authenticate" => &WWW_AUTHENTICATE,
        "authorization" => &AUTHORIZATION,
        "connection" => &CONNECTION,
        "cache-control" => &CACHE_CONTROL,
        "expires" => &EXPIRES,
        "last-modified" => &LAST_MODIFIED,
        "bandwidth" => &BANDWIDTH,
        "blocksize" => &BLOCKSIZE,
        "timestamp" => &TIMESTAMP,
        _ => return None,
    })
}

/// The rows for parameters with a value, by the name in lower case.
fn parameter_spec(name: &str) -> &'static Spec {
    match name {
        "client_port" => &CLIENT_PORT,
        "server_port" => &SERVER_PORT,
        "interleaved" => &INTERLEAVED,
        "ssrc" => &SSRC,
        "mode" => &MODE,
        "timeout" => &TIMEOUT,
        "npt" => &NPT,
        "url" => &TRACK_URL,
        "seq" => &FIRST_SEQUENCE,
        "rtptime" => &FIRST_TIME,
        "destination" => &DESTINATION,
        "source" => &SOURCE,
        "port" => &GROUP_PORT,
        "ttl" => &GROUP_TTL,
        _ => &PARAMETER,
    }
}

/// The rows for words without a value.
fn element_spec(header: &Spec, word: &str) -> Option<&'static Spec> {
    if !std::ptr::eq(header, &TRANSPORT) {
        return None;
    }
    match word {
        "unicast" => Some(&UNICAST),
        "multicast" => Some(&MULTICAST),
        word if word.contains('/') => Some(&PROFILE),
        _ => Some(&ELEMENT),
    }
}

/// Adds one header field, without its line end.
pub(super) fn header(fields: &mut Fields<'_>, place: Place<'_>, parsed: &Parsed, header: &Header) {
    let octets = place.octets();
    let name = String::from_utf8_lossy(header.name(octets)).to_ascii_lowercase();
    // Spaces at the end of the line are no part of the value, but Wireshark counts them to it.
    let text_end = octets[header.line.clone()].iter().position(|octet| matches!(octet, b'\r' | b'\n'));
    let line_end = header.line.start + text_end.unwrap_or(header.line.len());
    let folded = header.value.end > line_end;
    let end = header.value.end.max(line_end);
    let bits = place.span(header.line.start, end - header.line.start);
    let (spec, value) = match header_spec(&name) {
        Some(spec) => (spec, text::readable(header.text(octets).as_bytes())),
        None => (&OTHER, text::readable(place.part(header.line.start, end).octets())),
    };
    let raw = if std::ptr::eq(spec, &CONTENT_LENGTH) {
        value.parse().map_or(Raw::Octets, Raw::Number)
    } else {
        Raw::Octets
    };
    let mut inner = Fields::new(place, 4);
    parameters(&mut inner, place, parsed, header, spec);
    // Of a folded line Wireshark names the first part alone.
    let shown = if folded && spec.name.is_some() { &FOLDED } else { spec };
    fields.push(shown, bits, raw, value, inner.done());
}

/// Adds what stands inside a header's value.
fn parameters(inner: &mut Fields<'_>, place: Place<'_>, parsed: &Parsed, header: &Header, spec: &Spec) {
    let octets = place.octets();
    let word = |range: &std::ops::Range<usize>| octets.get(range.clone()).unwrap_or(&[]);
    let mut name: Option<std::ops::Range<usize>> = None;
    for token in parsed.tokens.get(header.tokens.clone()).unwrap_or(&[]) {
        match token.kind {
            Kind::ParameterName => name = Some(token.range.clone()),
            Kind::ParameterValue => {
                let Some(name) = name.take() else { continue };
                let key = String::from_utf8_lossy(word(&name)).to_ascii_lowercase();
                let spec = parameter_spec(&key);
                let bits = place.span(name.start, token.range.end - name.start);
                let value = if std::ptr::eq(spec, &PARAMETER) {
                    text::readable(word(&(name.start..token.range.end)))
                } else {
                    text::readable(word(&token.range)).trim_matches('"').to_owned()
                };
                inner.push(spec, bits, Raw::Octets, value, Vec::new());
            }
            Kind::Element => {
                let key = String::from_utf8_lossy(word(&token.range)).to_ascii_lowercase();
                if let Some(spec) = element_spec(spec, &key) {
                    inner.text(spec, token.range.start, token.range.len());
                }
            }
            _ => {}
        }
    }
}
