//! A description as a value.

use super::reader::{SdpLine, tokens};
use crate::rtsp::headers::Range;
use std::fmt::Write as _;
use std::time::Duration;

/// The most `m=` sections that are read.
const MAX_MEDIA: usize = 64;

/// A session description (RFC 8866 section 5).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sdp {
    /// `o=`: who made it, which session and version, from where (section 5.2), as written.
    pub origin: String,
    /// `s=`: the session's name (section 5.3).
    pub name: String,
    /// `c=`: where media goes (section 5.7), as written.
    pub connection: Option<String>,
    /// `a=tool:` the program that made it (section 6.3).
    pub tool: Option<String>,
    /// `a=control:` of the session (RFC 2326 appendix C.1.1).
    pub control: Option<String>,
    /// The length of the presentation, from `a=range:` (RFC 2326 appendix C.1.5).
    pub duration: Option<Duration>,
    /// `m=` sections, in order.
    pub media: Vec<Media>,
}

/// One `m=` section (RFC 8866 section 5.14).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Media {
    /// `video`, `audio`, ...
    pub kind: String,
    /// The port; 0 when SETUP decides (RFC 2326 appendix C.1.2).
    pub port: u16,
    /// `RTP/AVP`
    pub protocol: String,
    /// The payload types.
    pub formats: Vec<String>,
    /// `a=control:` of the track.
    pub control: Option<String>,
    /// `a=rtpmap:` lines (RFC 8866 section 6.6).
    pub rtpmap: Vec<RtpMap>,
    /// `a=fmtp:` lines, as written (RFC 8866 section 6.15).
    pub fmtp: Vec<String>,
    /// `a=framerate:` in pictures per second (RFC 8866 section 6.13).
    pub framerate: Option<f64>,
}

/// What a payload type is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RtpMap {
    /// The payload type, 0 to 127.
    pub payload_type: u8,
    /// The encoding's name.
    pub encoding: String,
    /// The RTP clock, in ticks per second.
    pub clock_rate: u32,
    /// What stands after the clock rate: for audio, the number of channels.
    pub parameters: Option<String>,
}

/// Why octets are no description.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SdpError {
    /// There is no `m=` line that can be read.
    #[error("the description has no media")]
    NoMedia,
    /// An `m=` line that cannot be read.
    #[error("the media line at octet {offset} cannot be read (RFC 8866 5.14)")]
    BadMedia {
        /// Where it begins in the description.
        offset: usize,
    },
}

impl Sdp {
    /// Makes sense of a description. Lines that cannot be read are skipped, except for
    /// `m=` lines, on which the numbers of tracks hang.
    pub fn read(input: &[u8]) -> Result<Sdp, SdpError> {
        let parsed = tokens(input);
        let mut sdp = Sdp::default();
        for line in parsed.lines.iter().filter(|line| line.media.is_none_or(|media| media < MAX_MEDIA)) {
            let value = line.text(input).trim().to_owned();
            match (line.letter, line.media) {
                (Some(b'o'), None) => sdp.origin = value,
                (Some(b's'), None) => sdp.name = value,
                (Some(b'c'), None) => sdp.connection = Some(value),
                (Some(b'm'), _) => {
                    let media = media(&value).ok_or(SdpError::BadMedia { offset: line.line.start })?;
                    sdp.media.push(media);
                }
                (Some(b'a'), None) => sdp.attribute(input, line, value),
                (Some(b'a'), Some(number)) => sdp.media[number].attribute(input, line, value),
                _ => {}
            }
        }
        if sdp.media.is_empty() { Err(SdpError::NoMedia) } else { Ok(sdp) }
    }

    fn attribute(&mut self, input: &[u8], line: &SdpLine, value: String) {
        if line.is_attribute(input, "control") {
            self.control = Some(value);
        } else if line.is_attribute(input, "tool") {
            self.tool = Some(value);
        } else if line.is_attribute(input, "range")
            && let Ok(Range::Npt { end, .. }) = value.parse()
        {
            self.duration = end;
        }
    }

    /// The description's octets, lines in the order of RFC 8866 section 5.
    pub fn write(&self) -> Vec<u8> {
        let mut text = String::from("v=0\r\n");
        let mut line = |start: &str, value: &str| {
            let value = value.replace(['\r', '\n'], " ");
            let _ = write!(text, "{start}{value}\r\n");
        };
        line("o=", if self.origin.is_empty() { "- 0 0 IN IP4 0.0.0.0" } else { &self.origin });
        // A session without a name is written with one space or dash (RFC 8866 section 5.3).
        line("s=", if self.name.is_empty() { "-" } else { &self.name });
        if let Some(connection) = &self.connection {
            line("c=", connection);
        }
        line("t=", "0 0");
        if let Some(tool) = &self.tool {
            line("a=tool:", tool);
        }
        if let Some(control) = &self.control {
            line("a=control:", control);
        }
        if let Some(duration) = self.duration {
            line("a=range:", &Range::npt(Duration::ZERO, Some(duration)).to_string());
        }
        for media in &self.media {
            let formats = media.formats.join(" ");
            line("m=", &format!("{} {} {} {formats}", media.kind, media.port, media.protocol));
            for map in &media.rtpmap {
                let parameters = map.parameters.as_ref().map(|text| format!("/{text}")).unwrap_or_default();
                let text = format!("{} {}/{}{parameters}", map.payload_type, map.encoding, map.clock_rate);
                line("a=rtpmap:", &text);
            }
            for fmtp in &media.fmtp {
                line("a=fmtp:", fmtp);
            }
            if let Some(framerate) = media.framerate {
                line("a=framerate:", &framerate.to_string());
            }
            if let Some(control) = &media.control {
                line("a=control:", control);
            }
        }
        text.into_bytes()
    }
}

/// `video 0 RTP/AVP 26`; a number of ports behind the port is passed over.
fn media(value: &str) -> Option<Media> {
    let mut words = value.split_ascii_whitespace();
    let kind = words.next()?.to_owned();
    let port = words.next()?.split('/').next()?.parse().ok()?;
    let protocol = words.next()?.to_owned();
    let formats = words.map(str::to_owned).collect();
    Some(Media { kind, port, protocol, formats, ..Media::default() })
}

impl Media {
    fn attribute(&mut self, input: &[u8], line: &SdpLine, value: String) {
        if line.is_attribute(input, "control") {
            self.control = Some(value);
        } else if line.is_attribute(input, "rtpmap") {
            self.rtpmap.extend(RtpMap::read(&value));
        } else if line.is_attribute(input, "fmtp") {
            self.fmtp.push(value);
        } else if line.is_attribute(input, "framerate") {
            self.framerate = value.parse().ok().filter(|rate: &f64| rate.is_finite() && *rate > 0.0);
        }
    }

    /// What the first payload type is: from its `a=rtpmap:`, or from the table of
    /// RFC 3551 section 6 for the static types that have none here.
    pub fn first_map(&self) -> Option<RtpMap> {
        let payload_type: u8 = self.formats.first()?.parse().ok().filter(|number| *number < 128)?;
        let known = self.rtpmap.iter().find(|map| map.payload_type == payload_type);
        known.cloned().or_else(|| static_map(payload_type))
    }
}

impl RtpMap {
    /// Reads the value of an `a=rtpmap:` line, `26 JPEG/90000`; `None` when it is none.
    pub fn read(value: &str) -> Option<RtpMap> {
        let (payload_type, rest) = value.trim().split_once(' ')?;
        let mut parts = rest.trim().splitn(3, '/');
        let encoding = parts.next()?.to_owned();
        let clock_rate = parts.next()?.trim().parse().ok()?;
        let parameters = parts.next().map(str::to_owned);
        let payload_type = payload_type.parse().ok().filter(|number: &u8| *number < 128)?;
        Some(RtpMap { payload_type, encoding, clock_rate, parameters })
    }
}

/// What a static payload type is (RFC 3551 tables 4 and 5).
pub fn static_map(payload_type: u8) -> Option<RtpMap> {
    let (encoding, clock_rate) = match payload_type {
        0 => ("PCMU", 8_000),
        3 => ("GSM", 8_000),
        4 => ("G723", 8_000),
        8 => ("PCMA", 8_000),
        9 => ("G722", 8_000),
        10 | 11 => ("L16", 44_100),
        12 => ("QCELP", 8_000),
        13 => ("CN", 8_000),
        14 => ("MPA", 90_000),
        15 => ("G728", 8_000),
        18 => ("G729", 8_000),
        26 => ("JPEG", 90_000),
        31 => ("H261", 90_000),
        32 => ("MPV", 90_000),
        33 => ("MP2T", 90_000),
        34 => ("H263", 90_000),
        _ => return None,
    };
    Some(RtpMap { payload_type, encoding: encoding.to_owned(), clock_rate, parameters: None })
}
