//! AVI: RIFF chunks ("AVI RIFF File Reference", Microsoft) and the further segments of
//! OpenDML 1.02. The pictures are found by walking the chunks; indexes are not needed, and may
//! be missing or wrong.

use super::contained::{Video, letters};
use super::{ClipError, FrameRate, Place};

/// Whether a file begins as AVI does.
pub(super) fn is_avi(file: &[u8]) -> bool {
    file.starts_with(b"RIFF") && file.get(8..12) == Some(b"AVI ")
}

/// What the headers say of a stream.
struct Stream {
    /// Its number, in the order of the headers.
    number: usize,
    rate: FrameRate,
}

/// A chunk: its four letters and where its octets lie. The end may lie behind the file's.
struct Chunk<'a> {
    id: &'a [u8],
    start: usize,
    end: usize,
}

/// Octets of a chunk's letters and length.
const HEAD: usize = 8;

/// Finds the video's pictures.
///
/// # Errors
/// When there is no Motion JPEG stream, or its headers make no sense.
pub(super) fn read(file: &[u8]) -> Result<Video, ClipError> {
    let mut walk = Walk { file, stream: None, other: None, samples: Vec::new(), streams: 0 };
    // Some writers put the length of the first segment only, or none at all.
    let mut at = 0;
    while let Some(riff) = chunk(file, at, file.len()) {
        if riff.id != b"RIFF" || riff.start + 4 > file.len() {
            break;
        }
        let end = if riff.end <= riff.start + 4 { file.len() } else { riff.end };
        walk.list(riff.start + 4, end.min(file.len()))?;
        at = end.saturating_add(end % 2);
    }
    match (walk.stream, walk.other) {
        (Some(stream), _) => Ok(Video { samples: walk.samples, rate: stream.rate, notes: Vec::new() }),
        (None, Some((offset, found))) => Err(ClipError::Encoding { offset, found }),
        (None, None) => Err(ClipError::Container {
            offset: file.len(),
            fault: "the AVI file ends here without a video".into(),
        }),
    }
}

struct Walk<'a> {
    file: &'a [u8],
    /// The Motion JPEG stream.
    stream: Option<Stream>,
    /// Where the first video stream says that it is something else, and what.
    other: Option<(usize, String)>,
    samples: Vec<Place>,
    /// Streams seen in the headers.
    streams: usize,
}

impl Walk<'_> {
    /// Goes through the chunks of a list. Lists in it are gone into without recursion: their
    /// chunks simply follow.
    fn list(&mut self, start: usize, end: usize) -> Result<(), ClipError> {
        let mut at = start;
        while let Some(chunk) = chunk(self.file, at, end) {
            match chunk.id {
                b"LIST" if self.is_wanted(&chunk) => {
                    at = chunk.start + 4;
                    continue;
                }
                b"strh" => self.header(&chunk, end)?,
                [tens, ones, b'd', b'c' | b'b'] if tens.is_ascii_digit() && ones.is_ascii_digit() => {
                    self.picture(usize::from(tens - b'0') * 10 + usize::from(ones - b'0'), &chunk)?;
                }
                _ => {}
            }
            // Chunks begin at even places.
            at = chunk.end.saturating_add(chunk.end % 2);
        }
        Ok(())
    }

    /// Whether a list holds headers or pictures; others are skipped.
    fn is_wanted(&self, list: &Chunk<'_>) -> bool {
        let kind = self.file.get(list.start..list.start + 4);
        kind.is_some_and(|kind| matches!(kind, b"hdrl" | b"strl" | b"movi" | b"rec "))
    }

    /// `strh`, and `strf` behind it: what the stream is, how fast, and how encoded.
    fn header(&mut self, chunk: &Chunk<'_>, end: usize) -> Result<(), ClipError> {
        let number = self.streams;
        self.streams += 1;
        let body = self.file.get(chunk.start..chunk.end).unwrap_or_default();
        if !body.starts_with(b"vids") || self.stream.is_some() {
            return Ok(());
        }
        let short = |offset: usize, what: &str| ClipError::Container {
            offset,
            fault: format!("the header of AVI stream {number} is too short for its {what}"),
        };
        let (scale, rate) = (number_at(body, 20), number_at(body, 24));
        let (Some(scale), Some(rate)) = (scale, rate) else { return Err(short(chunk.start, "rate")) };
        let format_at = chunk.end.saturating_add(chunk.end % 2);
        let format = self::chunk(self.file, format_at, end).filter(|format| format.id == b"strf");
        let format = format.ok_or_else(|| short(chunk.end, "format"))?;
        let at = format.start + 16;
        let encoding = self.file.get(at..at + 4).ok_or_else(|| short(format.start, "format"))?;
        if matches!(encoding.to_ascii_uppercase().as_slice(), b"MJPG" | b"JPEG") {
            self.stream = Some(Stream { number, rate: FrameRate::new(rate, scale)? });
        } else if self.other.is_none() {
            self.other = Some((at, letters(encoding)));
        }
        Ok(())
    }

    fn picture(&mut self, number: usize, chunk: &Chunk<'_>) -> Result<(), ClipError> {
        if self.stream.as_ref().is_none_or(|stream| stream.number != number) {
            return Ok(());
        }
        let place = if chunk.start == chunk.end {
            // An empty chunk: the picture before is shown once more.
            match self.samples.last() {
                Some(last) => *last,
                None => return Ok(()),
            }
        } else {
            Place { start: chunk.start, end: chunk.end }
        };
        Video::push(&mut self.samples, place)
    }
}

/// The chunk at `at`, when its head lies before `end`.
fn chunk(file: &[u8], at: usize, end: usize) -> Option<Chunk<'_>> {
    let start = at.checked_add(HEAD).filter(|start| *start <= end.min(file.len()))?;
    let length = number_at(file, at + 4)?;
    let length = usize::try_from(length).ok()?;
    Some(Chunk { id: &file[at..at + 4], start, end: start.saturating_add(length) })
}

/// A little-endian number.
fn number_at(octets: &[u8], at: usize) -> Option<u32> {
    let octets = octets.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(octets.try_into().ok()?))
}
