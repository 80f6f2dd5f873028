//! Session descriptions (RFC 8866), as DESCRIBE brings them.

use super::build::{Fields, Place, specs};
use super::conversation::media::Format;
use super::model::{NoteKind, Raw, Say::Text, Say::With, Spec};
use super::text;
use super::walk::{Kind, Walk, Words};

specs! {
    VERSION: "sdp.version", "Version (v)", "Version", "RFC 8866 5.1", Text("The description follows version {} of SDP.");
    OWNER: "sdp.owner", "Origin (o)", "Origin", "RFC 8866 5.2", Text("Who made the description, and which one it is: {}.");
    OWNER_USER: "sdp.owner.username", "User name", "User", "RFC 8866 5.2", With(|f| if f.value == "-" {
        "A hyphen: the maker has no user name here.".into()
    } else {
        format!("The maker's user name is {}.", f.value)
    });
    OWNER_SESSION: "sdp.owner.sessionid", "Session id", "Session", "RFC 8866 5.2", Text("The description's own number: {}.");
    OWNER_VERSION: "sdp.owner.version", "Session version", "Version", "RFC 8866 5.2", Text("It grows when the description changes: {}.");
    OWNER_NET: "sdp.owner.network_type", "Network type", "Network", "RFC 8866 5.2", Text("The network is of type {}; IN is the Internet.");
    OWNER_KIND: "sdp.owner.address_type", "Address type", "Addr. type", "RFC 8866 5.2", Text("The address below is of type {}.");
    OWNER_ADDRESS: "sdp.owner.address", "Address", "Address", "RFC 8866 5.2", Text("The description was made at {}.");
    NAME: "sdp.session_name", "Session name (s)", "Name", "RFC 8866 5.3", Text("The presentation is called {}.");
    INFO: "sdp.session_info", "Information (i)", "Information", "RFC 8866 5.4", Text("About the presentation: {}.");
    TITLE: "sdp.media_title", "Media title (i)", "Title", "RFC 8866 5.4", Text("About this track: {}.");
    URI: "sdp.uri", "Web page (u)", "URI", "RFC 8866 5.5", Text("More about it stands at {}.");
    EMAIL: "sdp.email", "E-mail (e)", "E-mail", "RFC 8866 5.6", Text("Write to {}.");
    PHONE: "sdp.phone", "Phone (p)", "Phone", "RFC 8866 5.6", Text("Call {}.");
    CONNECTION: "sdp.connection_info", "Connection (c)", "Connection", "RFC 8866 5.7", Text("Where the media are sent: {}; all zero leaves it to SETUP.");
    CONNECTION_NET: "sdp.connection_info.network_type", "Network type", "Network", "RFC 8866 5.7", Text("The network is of type {}; IN is the Internet.");
    CONNECTION_KIND: "sdp.connection_info.address_type", "Address type", "Addr. type", "RFC 8866 5.7", Text("The address is of type {}.");
    CONNECTION_ADDRESS: "sdp.connection_info.address", "Address", "Address", "RFC 8866 5.7", With(|f| if f.value == "0.0.0.0" {
        "All zero: where the media go is agreed on in SETUP (RFC 2326 C.1.7).".into()
    } else {
        format!("The media are sent to {}.", f.value)
    });
    BANDWIDTH: "sdp.bandwidth", "Bandwidth (b)", "Bandwidth", "RFC 8866 5.8", Text("What the media need of the network: {}.");
    BANDWIDTH_KIND: "sdp.bandwidth.modifier", "Modifier", "Modifier", "RFC 8866 5.8", With(|f| match &*f.value {
        "AS" => "AS: for one track, as the application sees it.".into(),
        "CT" => "CT: for the whole conference.".into(),
        other => format!("{other} says what the number counts."),
    });
    BANDWIDTH_VALUE: "sdp.bandwidth.value", "Value", "Value", "RFC 8866 5.8", Text("At most about {} kilobits in a second.");
    TIME: "sdp.time", "Time (t)", "Time", "RFC 8866 5.9", With(|f| if f.value == "0 0" {
        "The presentation is there at any time.".into()
    } else {
        format!("From when to when the presentation takes place: {}.", f.value)
    });
    TIME_START: "sdp.time.start", "Start time", "Start", "RFC 8866 5.9", With(|f| if f.number() == 0 {
        "It has no fixed start.".into()
    } else {
        format!("It starts {} seconds after 1900 began.", f.value)
    });
    TIME_STOP: "sdp.time.stop", "Stop time", "Stop", "RFC 8866 5.9", With(|f| if f.number() == 0 {
        "It has no fixed end.".into()
    } else {
        format!("It ends {} seconds after 1900 began.", f.value)
    });
    REPEAT: "sdp.repeat_time", "Repeat (r)", "Repeat", "RFC 8866 5.10", Text("How it repeats: {}.");
    ZONE: "sdp.timezone", "Time zones (z)", "Zones", "RFC 8866 5.11", Text("Changes of the clock: {}.");
    KEY: "sdp.encryption_key", "Key (k)", "Key", "RFC 8866 5.12", Text("Out of use: {}.");
    SESSION_ATTRIBUTE: "sdp.session_attr", "Attribute (a)", "Attribute", "RFC 8866 5.13", With(attribute);
    SESSION_ATTRIBUTE_NAME: "sdp.session_attr.field", "Name", "Name", "RFC 8866 5.13", Text("The attribute {}.");
    SESSION_ATTRIBUTE_VALUE: "sdp.session_attr.value", "Value", "Value", "RFC 8866 5.13", Text("Its value is {}.");
    MEDIA_ATTRIBUTE: "sdp.media_attr", "Attribute (a)", "Attribute", "RFC 8866 5.13", With(attribute);
    MEDIA_ATTRIBUTE_NAME: "sdp.media_attribute.field", "Name", "Name", "RFC 8866 5.13", Text("The attribute {}.");
    MEDIA_ATTRIBUTE_VALUE: "sdp.media_attribute.value", "Value", "Value", "RFC 8866 5.13", Text("Its value is {}.");
    MIME_TYPE: "sdp.mime.type", "Encoding", "Encoding", "RFC 8866 6.6", Text("Packets with this payload type carry {}.");
    CLOCK: "sdp.sample_rate", "Clock rate", "Clock", "RFC 8866 6.6", Text("The RTP timestamps count {} ticks in a second.");
    MEDIA: "sdp.media", "Media (m)", "Media", "RFC 8866 5.14", Text("One track: its kind, port, protocol and payload types are {}.");
    MEDIA_KIND: "sdp.media.media", "Media type", "Media", "RFC 8866 5.14", Text("The track is {}.");
    MEDIA_PORT: "sdp.media.port", "Port", "Port", "RFC 8866 5.14", With(|f| if f.value == "0" {
        "Zero: the port is agreed on in SETUP (RFC 2326 C.1.2).".into()
    } else {
        format!("The media are sent to port {}.", f.value)
    });
    MEDIA_PROTOCOL: "sdp.media.proto", "Protocol", "Protocol", "RFC 8866 5.14", Text("The media are carried as {}.");
    MEDIA_FORMAT: "sdp.media.format", "Format", "Format", "RFC 8866 5.14", Text("Their RTP packets have the payload type {}.");
    UNKNOWN: "sdp.unknown", "Line", "Line", "RFC 8866 5", Text("A line of a type that is not explained here: {}.");
    INVALID: "sdp.invalid", "Invalid line", "Invalid", "RFC 8866 5", Text("Not a line of the form letter, equals sign, value: {}.");
}

fn attribute(field: &super::Field) -> String {
    let (name, value) = field.value.split_once(':').unwrap_or((&field.value, ""));
    match name {
        "control" if value == "*" => {
            "The whole presentation is controlled at the address of the description.".into()
        }
        "control" => format!("Requests about this track go to the address {value}."),
        "range" => match value.strip_prefix("npt=") {
            Some(seconds) => format!("The presentation plays from and to, in seconds: {seconds}."),
            None => format!("The presentation plays over {value}."),
        },
        "rtpmap" => format!("What a payload type means: {value}."),
        "fmtp" => format!("Settings of a format: {value}."),
        "framerate" => format!("{value} pictures come in a second."),
        "framesize" => format!("The size of the pictures: {value}."),
        "tool" => format!("The description was written by {value}."),
        "sendonly" => "The server only sends.".into(),
        "recvonly" => "The receiver of this description only receives.".into(),
        "type" => format!("The kind of session: {value}."),
        _ => format!("The attribute {}.", field.value),
    }
}

const KIND: Kind = Kind { name: "sdp", osi: 7, rfc: "RFC 8866" };

/// One line: where its text begins and ends.
struct Line {
    start: usize,
    end: usize,
}

/// The lines of a description. They end in CR LF; LF or CR alone are read too (RFC 8866 5).
fn lines(octets: &[u8]) -> impl Iterator<Item = Line> + '_ {
    let mut start = 0;
    std::iter::from_fn(move || {
        while matches!(octets.get(start), Some(b'\r' | b'\n')) {
            start += 1;
        }
        let rest = octets.get(start..).filter(|rest| !rest.is_empty())?;
        let len = rest.iter().position(|octet| matches!(octet, b'\r' | b'\n')).unwrap_or(rest.len());
        let line = Line { start, end: start + len };
        start += len;
        Some(line)
    })
}

/// What a description says of payload types (`a=rtpmap`, RFC 8866 6.6).
pub(super) fn formats(octets: &[u8]) -> impl Iterator<Item = (u8, Format)> + '_ {
    lines(octets).filter_map(|line| {
        let text = std::str::from_utf8(&octets[line.start..line.end]).ok()?;
        let (number, encoding) = text.strip_prefix("a=rtpmap:")?.trim().split_once(' ')?;
        let mut parts = encoding.trim().split('/');
        let encoding = parts.next()?.to_ascii_uppercase();
        let clock_rate = parts.next()?.trim().parse().ok()?;
        Some((number.parse().ok()?, Format { encoding, clock_rate }))
    })
}

/// Dissects one description.
pub(super) fn dissect(walk: &mut Walk<'_>, place: Place<'_>) {
    let octets = place.octets();
    let mut fields = Fields::new(place, 12);
    let mut odd = Vec::new();
    let mut in_media = false;
    let mut media = Vec::new();
    for line in lines(octets) {
        let text = &octets[line.start..line.end];
        let [letter, b'=', value @ ..] = text else {
            fields.text(&INVALID, line.start, text.len());
            odd.push(place.part(line.start, line.end));
            continue;
        };
        if *letter == b'm' {
            in_media = true;
            media.push(text::readable(value));
        }
        one_line(&mut fields, place, &line, *letter, in_media);
    }
    let summary = if media.is_empty() { "no media".into() } else { media.join("; ") };
    walk.layer(&KIND, place, Words::new("SDP description", place.len(), summary), fields.done());
    for bits in odd {
        walk.note(
            NoteKind::Malformed,
            bits,
            "A line of the description is not of the form letter, equals sign, value.",
        );
    }
}

/// Adds one line of the form `letter=value`.
fn one_line(fields: &mut Fields<'_>, place: Place<'_>, line: &Line, letter: u8, in_media: bool) {
    let spec = match (letter, in_media) {
        (b'v', _) => &VERSION,
        (b'o', _) => &OWNER,
        (b's', _) => &NAME,
        (b'i', false) => &INFO,
        (b'i', true) => &TITLE,
        (b'u', _) => &URI,
        (b'e', _) => &EMAIL,
        (b'p', _) => &PHONE,
        (b'c', _) => &CONNECTION,
        (b'b', _) => &BANDWIDTH,
        (b't', _) => &TIME,
        (b'r', _) => &REPEAT,
        (b'z', _) => &ZONE,
        (b'k', _) => &KEY,
        (b'a', false) => &SESSION_ATTRIBUTE,
        (b'a', true) => &MEDIA_ATTRIBUTE,
        (b'm', _) => &MEDIA,
        _ => &UNKNOWN,
    };
    let mut inner = Fields::new(place, 4);
    let from = line.start + 2;
    match letter {
        b'o' => words(
            &mut inner,
            from,
            line.end,
            &[&OWNER_USER, &OWNER_SESSION, &OWNER_VERSION, &OWNER_NET, &OWNER_KIND, &OWNER_ADDRESS],
        ),
        b'c' => words(&mut inner, from, line.end, &[&CONNECTION_NET, &CONNECTION_KIND, &CONNECTION_ADDRESS]),
        b't' => words(&mut inner, from, line.end, &[&TIME_START, &TIME_STOP]),
        b'm' => {
            words(&mut inner, from, line.end, &[&MEDIA_KIND, &MEDIA_PORT, &MEDIA_PROTOCOL, &MEDIA_FORMAT])
        }
        b'b' => halves(&mut inner, from, line.end, &BANDWIDTH_KIND, &BANDWIDTH_VALUE),
        b'a' if !in_media => {
            halves(&mut inner, from, line.end, &SESSION_ATTRIBUTE_NAME, &SESSION_ATTRIBUTE_VALUE);
        }
        b'a' => media_attribute(&mut inner, from, line.end),
        _ => {}
    }
    let value = text::readable(place.part(from, line.end).octets());
    let bits = place.span(line.start, line.end - line.start);
    fields.push(spec, bits, Raw::Octets, value, inner.done());
}

/// The words between `from` and `end`, one for each row; the last row takes all that remain, one by
/// one. A number keeps its value.
fn words(inner: &mut Fields<'_>, from: usize, end: usize, specs: &[&'static Spec]) {
    let octets = inner.place().octets();
    let mut at = from;
    let mut index = 0;
    while at < end {
        if octets[at] == b' ' {
            at += 1;
            continue;
        }
        let len = octets[at..end].iter().position(|octet| *octet == b' ').unwrap_or(end - at);
        word(inner, specs[index.min(specs.len() - 1)], at, len);
        at += len;
        index += 1;
    }
}

/// One word: a number when it is one.
fn word(inner: &mut Fields<'_>, spec: &'static Spec, at: usize, len: usize) {
    let place = inner.place();
    let value = text::readable(place.part(at, at + len).octets());
    let raw = value.parse().map_or(Raw::Octets, Raw::Number);
    inner.push(spec, place.span(at, len), raw, value, Vec::new());
}

/// What stands before and behind the first colon.
fn halves(inner: &mut Fields<'_>, from: usize, end: usize, name: &'static Spec, value: &'static Spec) {
    let octets = inner.place().octets();
    let colon = octets[from..end].iter().position(|octet| *octet == b':').map(|at| from + at);
    word(inner, name, from, colon.unwrap_or(end) - from);
    if let Some(colon) = colon.filter(|colon| colon + 1 < end) {
        word(inner, value, colon + 1, end - colon - 1);
    }
}

/// An attribute of a track; `rtpmap` is taken apart further.
fn media_attribute(inner: &mut Fields<'_>, from: usize, end: usize) {
    let place = inner.place();
    let octets = place.octets();
    let map = octets[from..end].starts_with(b"rtpmap:").then(|| from + b"rtpmap:".len());
    let Some(start) = map else {
        halves(inner, from, end, &MEDIA_ATTRIBUTE_NAME, &MEDIA_ATTRIBUTE_VALUE);
        return;
    };
    word(inner, &MEDIA_ATTRIBUTE_NAME, from, start - 1 - from);
    // number SP encoding "/" clock ["/" parameters]
    let find = |from: usize, what: u8| {
        octets[from..end].iter().position(|octet| *octet == what).map_or(end, |at| from + at)
    };
    let space = find(start, b' ');
    let slash = find(space, b'/');
    let behind = find((slash + 1).min(end), b'/');
    for (spec, from, to) in [
        (&MEDIA_FORMAT, start, space),
        (&MIME_TYPE, (space + 1).min(slash), slash),
        (&CLOCK, (slash + 1).min(behind), behind),
    ] {
        if from < to {
            word(inner, spec, from, to - from);
        }
    }
}
