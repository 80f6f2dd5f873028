//! Finds the pictures of a file and checks each.

use super::{ClipError, Form, MAX_PICTURE, MAX_PICTURES, Place};
use crate::rtp::jpeg::{JpegError, JpegInfo, probe};
use std::sync::Arc;

/// What a file holds.
#[derive(Debug)]
pub(super) struct Found {
    pub places: Vec<Place>,
    /// What RTP must know of each picture.
    pub pictures: Vec<Arc<JpegInfo>>,
    /// Width and height of every picture, in pixels.
    pub size: (u16, u16),
    pub notes: Vec<String>,
}

/// Where the next picture's octets may lie, and how it went.
enum Next {
    /// A whole picture.
    Picture { place: Place, info: JpegInfo },
    /// The file ends inside this picture, which begins (with its length) here.
    CutShort { start: usize },
    /// The file is over.
    End,
}

/// Octets of the length in the lab format.
const DIGITS: usize = 5;

/// Reads all pictures of `file`; `name` is for the notes.
pub(super) fn read(name: &str, file: &[u8], form: Form) -> Result<Found, ClipError> {
    let mut reader = Reader { file, at: 0, picture: 0, filled: None };
    let mut places = Vec::new();
    let mut pictures = Vec::new();
    let mut notes = Vec::new();
    let mut size = None;
    loop {
        let next = if form == Form::Lab { reader.lab()? } else { reader.plain()? };
        match next {
            Next::Picture { place, info } => {
                let found = (info.width, info.height);
                let first = *size.get_or_insert(found);
                if found != first {
                    let (picture, offset) = (reader.picture, place.start);
                    return Err(ClipError::SizeChange { picture, offset, size: found, first });
                }
                places.push(place);
                pictures.push(Arc::new(info));
                reader.picture += 1;
            }
            Next::CutShort { .. } if places.is_empty() => {
                return Err(ClipError::NoPicture { offset: file.len() });
            }
            Next::CutShort { start } => {
                notes.push(format!(
                    "{name} is cut short: it ends at byte {}, inside picture {}, which begins at byte {}; \
                     it is played up to there",
                    grouped(file.len()),
                    places.len(),
                    grouped(start),
                ));
                break;
            }
            Next::End => break,
        }
    }
    let size = size.ok_or(ClipError::NoPicture { offset: file.len() })?;
    if let Some(offset) = reader.filled {
        notes.push(format!(
            "{name} has fill (octets of value 0) between or after its pictures, the first at byte {}; \
             it is left out",
            grouped(offset),
        ));
    }
    notes.extend(size_note(name, size));
    Ok(Found { places, pictures, size, notes })
}

/// What is to be said of a size that is not in whole blocks.
pub(super) fn size_note(name: &str, size: (u16, u16)) -> Option<String> {
    let (width, height) = size;
    let whole = |side: u16| side.next_multiple_of(8);
    if (whole(width), whole(height)) == size {
        return None;
    }
    Some(format!(
        "{name} is {width} x {height} pixels; RTP counts in blocks of 8 (RFC 2435 sections 3.1.5 and \
         3.1.6), so receivers show {} x {}",
        whole(width),
        whole(height),
    ))
}

struct Reader<'a> {
    file: &'a [u8],
    /// The first octet not read.
    at: usize,
    /// The picture that comes next.
    picture: usize,
    /// Where the first fill octet was.
    filled: Option<usize>,
}

impl Reader<'_> {
    fn plain(&mut self) -> Result<Next, ClipError> {
        self.skip_fill(self.file.len());
        let (start, rest) = (self.at, &self.file[self.at..]);
        match rest {
            [] => return Ok(Next::End),
            [0xff] => return Ok(Next::CutShort { start }),
            [0xff, 0xd8, ..] => {}
            _ => {
                let found = hexadecimal(&rest[..rest.len().min(4)]);
                return Err(ClipError::Stray { picture: self.picture, offset: start, found });
            }
        }
        self.check_count(start)?;
        let window = &rest[..rest.len().min(MAX_PICTURE)];
        match probe(window) {
            Ok(info) => Ok(self.take(start, info)),
            Err(JpegError::Truncated { .. }) if window.len() < rest.len() => {
                Err(ClipError::PictureTooLarge { picture: self.picture, offset: start, limit: MAX_PICTURE })
            }
            Err(JpegError::Truncated { .. }) => Ok(Next::CutShort { start }),
            Err(fault) => Err(self.faulty(start, fault)),
        }
    }

    fn lab(&mut self) -> Result<Next, ClipError> {
        let (start, rest) = (self.at, &self.file[self.at..]);
        let digits = &rest[..rest.len().min(DIGITS)];
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(self.bad_length(start, digits));
        }
        match digits.len() {
            0 => return Ok(Next::End),
            DIGITS => {}
            _ => return Ok(Next::CutShort { start }),
        }
        let length = digits.iter().fold(0, |sum, digit| sum * 10 + usize::from(digit - b'0'));
        if length == 0 {
            return Err(self.bad_length(start, digits));
        }
        self.check_count(start)?;
        let picture_at = start + DIGITS;
        let rest = &rest[DIGITS..];
        if rest.len() < length {
            return self.last_of_lab(start, length, rest);
        }
        match probe(&rest[..length]) {
            Ok(info) => {
                let next = self.take(picture_at, info);
                self.skip_fill(picture_at + length);
                if self.at < picture_at + length {
                    return Err(self.mismatch(start, length, "the picture ends before that"));
                }
                Ok(next)
            }
            // Five digits of a length that is too small: the picture goes on behind it.
            Err(JpegError::Truncated { .. }) => {
                Err(self.mismatch(start, length, "the picture is not over by then"))
            }
            Err(fault) => Err(self.faulty(picture_at, fault)),
        }
    }

    /// A length that reaches behind the end of the file: cut short, or wrong?
    fn last_of_lab(&self, start: usize, length: usize, rest: &[u8]) -> Result<Next, ClipError> {
        match probe(rest) {
            _ if rest.is_empty() || rest == [0xff] => Ok(Next::CutShort { start }),
            Err(JpegError::Truncated { .. }) => Ok(Next::CutShort { start }),
            // The picture is whole: fill of it may be missing, or the length is wrong.
            Ok(info) if info.end == rest.len() || rest[info.end..].iter().any(|&octet| octet != 0) => {
                Err(self.mismatch(start, length, "the picture ends before that"))
            }
            Ok(_) => Ok(Next::CutShort { start }),
            Err(fault) => Err(self.faulty(start + DIGITS, fault)),
        }
    }

    fn take(&mut self, start: usize, info: JpegInfo) -> Next {
        let end = start + info.end;
        self.at = end;
        Next::Picture { place: Place { start, end }, info }
    }

    /// Skips octets of value 0, up to `limit`.
    fn skip_fill(&mut self, limit: usize) {
        let fill = self.file[self.at..limit].iter().take_while(|&&octet| octet == 0).count();
        if fill > 0 {
            self.filled.get_or_insert(self.at);
            self.at += fill;
        }
    }

    fn check_count(&self, offset: usize) -> Result<(), ClipError> {
        if self.picture < MAX_PICTURES {
            return Ok(());
        }
        Err(ClipError::TooManyPictures { offset, limit: MAX_PICTURES })
    }

    fn faulty(&self, start: usize, fault: JpegError) -> ClipError {
        let offset = start + fault.offset().unwrap_or(0);
        ClipError::Picture { picture: self.picture, offset, fault }
    }

    fn bad_length(&self, offset: usize, found: &[u8]) -> ClipError {
        let found = found.escape_ascii().to_string();
        ClipError::Length { picture: self.picture, offset, found }
    }

    fn mismatch(&self, offset: usize, length: usize, fault: &'static str) -> ClipError {
        ClipError::LengthMismatch { picture: self.picture, offset, length, fault }
    }
}

/// A number with a comma after every three digits.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Octets as `FF D8`.
fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02X}")).collect::<Vec<_>>().join(" ")
}
