//! RTP-Info (RFC 2326 section 12.33).

use std::fmt;

/// One entry of an RTP-Info header (RFC 2326 section 12.33).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RtpInfo {
    /// The track's URL, as written.
    pub url: String,
    /// The first packet's sequence number.
    pub seq: Option<u16>,
    /// The RTP timestamp that corresponds to the range's start.
    pub rtptime: Option<u32>,
}

impl RtpInfo {
    /// The entries of a header's value. Parts that cannot be read are left out: a guess
    /// would be worse than nothing. A URL may hold `,` and `;` of its own.
    pub fn read(value: &str) -> Vec<RtpInfo> {
        let mut entries: Vec<RtpInfo> = Vec::new();
        let mut rest = value.trim();
        while !rest.is_empty() {
            let part = &rest[..part_end(rest)];
            rest = rest[part.len()..].trim_start_matches([',', ';', ' ', '\t']);
            let Some((name, value)) = part.split_once('=') else { continue };
            let value = value.trim().trim_matches('"');
            match name.trim().to_ascii_lowercase().as_str() {
                "url" => entries.push(RtpInfo { url: value.to_owned(), seq: None, rtptime: None }),
                "seq" => set(&mut entries, |entry| entry.seq = value.parse().ok()),
                "rtptime" => set(&mut entries, |entry| entry.rtptime = value.parse().ok()),
                _ => {}
            }
        }
        entries
    }
}

fn set(entries: &mut [RtpInfo], change: impl FnOnce(&mut RtpInfo)) {
    if let Some(entry) = entries.last_mut() {
        change(entry);
    }
}

/// Where the part ends that `text` begins with: at `;` or `,`, of which a URL may hold
/// some unless a part of this header begins behind it.
fn part_end(text: &str) -> usize {
    let is_url = text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("url="));
    text.char_indices()
        .find(|(at, c)| matches!(c, ';' | ',') && (!is_url || begins_part(text[at + 1..].trim_start())))
        .map_or(text.len(), |(at, _)| at)
}

fn begins_part(text: &str) -> bool {
    ["url=", "seq=", "rtptime=", "ssrc="]
        .iter()
        .any(|name| text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))
}

impl fmt::Display for RtpInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "url={}", self.url)?;
        if let Some(seq) = self.seq {
            write!(f, ";seq={seq}")?;
        }
        self.rtptime.map_or(Ok(()), |rtptime| write!(f, ";rtptime={rtptime}"))
    }
}

/// The header's value for these entries.
pub fn write_rtp_info(entries: &[RtpInfo]) -> String {
    entries.iter().map(RtpInfo::to_string).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_and_written() {
        let text =
            "url=rtsp://h/a/trackID=0;seq=65535;rtptime=4294967295,url=rtsp://h/a/trackID=1;seq=0;rtptime=0";
        let entries = RtpInfo::read(text);
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0].seq, Some(65535));
        assert_eq!(entries[1].rtptime, Some(0));
        assert_eq!(write_rtp_info(&entries), text);
    }

    #[test]
    fn odd_writings_are_read() {
        let spaced = RtpInfo::read("url=trackID=1; seq=9 ; rtptime=8, url=\"rtsp://h/b\"");
        assert_eq!(spaced.len(), 2);
        assert_eq!(
            (spaced[0].url.as_str(), spaced[0].seq, spaced[0].rtptime),
            ("trackID=1", Some(9), Some(8))
        );
        assert_eq!((spaced[1].url.as_str(), spaced[1].seq), ("rtsp://h/b", None));
        let separators = RtpInfo::read("url=rtsp://h/a;x=1,2;seq=7");
        assert_eq!((separators[0].url.as_str(), separators[0].seq), ("rtsp://h/a;x=1,2", Some(7)));
        assert_eq!(RtpInfo::read("url=a;seq=70000;rtptime=-1")[0].seq, None);
        assert!(RtpInfo::read("seq=1").is_empty());
        assert!(RtpInfo::read(",;,").is_empty());
    }
}
