//! Pictures whose places a container tells: AVI and MP4.

use super::reader::{Found, grouped, size_note};
use super::{ClipError, MAX_PICTURE, MAX_PICTURES, Place};
use crate::media::FrameRate;
use crate::rtp::jpeg::{JpegError, probe};
use std::sync::Arc;

/// The video track of a container.
#[derive(Debug)]
pub(super) struct Video {
    /// Where its samples should be; an end may lie behind the end of the file.
    pub samples: Vec<Place>,
    /// How fast they follow one another.
    pub rate: FrameRate,
    pub notes: Vec<String>,
}

impl Video {
    /// Adds a sample.
    pub fn push(samples: &mut Vec<Place>, place: Place) -> Result<(), ClipError> {
        if samples.len() >= MAX_PICTURES {
            return Err(ClipError::TooManyPictures { offset: place.start, limit: MAX_PICTURES });
        }
        samples.push(place);
        Ok(())
    }
}

/// Checks every picture of the track; `name` is for the notes.
pub(super) fn check(name: &str, file: &[u8], video: Video) -> Result<(Found, FrameRate), ClipError> {
    let (mut places, mut pictures, mut notes) = (Vec::new(), Vec::new(), video.notes);
    let mut first = None;
    // Octets looked at so far. A file that tells the same octets again and again, which only a
    // hostile one does, would cost more than its size.
    let mut seen = 0;
    let mut last = None;
    for (picture, sample) in video.samples.into_iter().enumerate() {
        let start = sample.start;
        if sample.end > file.len() {
            if places.is_empty() {
                return Err(ClipError::NoPicture { offset: file.len() });
            }
            notes.push(format!(
                "{name} is cut short: it ends at byte {}, before picture {picture} does, which begins at \
                 byte {}; it is played up to there",
                grouped(file.len()),
                grouped(start),
            ));
            break;
        }
        if sample.end - start > MAX_PICTURE {
            return Err(ClipError::PictureTooLarge { picture, offset: start, limit: MAX_PICTURE });
        }
        if last == Some((start, sample.end)) {
            // The picture before is shown once more.
            if let (Some(place), Some(info)) = (places.last().copied(), pictures.last().cloned()) {
                places.push(place);
                pictures.push(info);
            }
            continue;
        }
        last = Some((start, sample.end));
        seen += sample.end - start;
        if seen > file.len() {
            let fault = format!("picture {picture} lies where others do");
            return Err(ClipError::Container { offset: start, fault });
        }
        let info = probe(&file[start..sample.end]).map_err(|fault| faulty(picture, start, fault))?;
        let end = start + info.end;
        // What follows the picture in its sample is fill, whatever it is, unless it is one more
        // picture: the second field of an interlaced one.
        if second_picture(&file[end..sample.end]) {
            return Err(ClipError::Container {
                offset: end,
                fault: format!("picture {picture} has a second field; interlaced video cannot be served"),
            });
        }
        let size = (info.width, info.height);
        let expected = *first.get_or_insert(size);
        if size != expected {
            return Err(ClipError::SizeChange { picture, offset: start, size, first: expected });
        }
        places.push(Place { start, end });
        pictures.push(Arc::new(info));
    }
    let size = first.ok_or(ClipError::NoPicture { offset: file.len() })?;
    notes.extend(size_note(name, size));
    Ok((Found { places, pictures, size, notes }, video.rate))
}

fn second_picture(rest: &[u8]) -> bool {
    let fill = rest.iter().take_while(|&&octet| octet == 0).count();
    rest[fill..].starts_with(&[0xff, 0xd8])
}

fn faulty(picture: usize, start: usize, fault: JpegError) -> ClipError {
    ClipError::Picture { picture, offset: start + fault.offset().unwrap_or(0), fault }
}

/// Four letters of a container, fit to be printed.
pub(super) fn letters(code: &[u8]) -> String {
    code.escape_ascii().to_string()
}
