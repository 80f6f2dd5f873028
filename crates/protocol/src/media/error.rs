//! Why a file is refused.

use super::{FrameRate, MAX_FILE};
use crate::rtp::jpeg::JpegError;
use thiserror::Error;

/// Why a file cannot be a clip. Pictures are counted from 0, as on the demo clip; every
/// `offset` counts octets from the start of the file.
///
/// The text names all that is known and, where ffmpeg can make a good file of it,
/// [`ClipError::remedy`] gives the command.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ClipError {
    /// The file is no form of Motion JPEG.
    #[error(
        "byte 0: neither a JPEG (FF D8) nor a length in five digits, an AVI or an MP4 file begins here{}",
        .looks_like.map(|what| format!("; it looks like {what}")).unwrap_or_default()
    )]
    NotMotionJpeg {
        /// What the first octets say it is, when they are known.
        looks_like: Option<&'static str>,
    },
    /// Not one whole picture.
    #[error("byte {offset}: the file ends here, before its first picture does")]
    NoPicture {
        /// The length of the file.
        offset: usize,
    },
    /// Lab format: where a length must stand, something else does.
    #[error(
        "picture {picture}, byte {offset}: five digits, at least 00001, must stand here, not \"{found}\""
    )]
    Length {
        /// The picture whose length it is.
        picture: usize,
        /// Where the five octets begin.
        offset: usize,
        /// What stands there, escaped.
        found: String,
    },
    /// Lab format: the length is not the picture's.
    #[error("picture {picture}, byte {offset}: the length says {length} bytes, but {fault}")]
    LengthMismatch {
        /// The picture.
        picture: usize,
        /// Where the five digits of the length begin.
        offset: usize,
        /// What they say.
        length: usize,
        /// How the picture contradicts them.
        fault: &'static str,
    },
    /// Plain form: after a picture comes something that is not a picture.
    #[error("picture {picture}, byte {offset}: a JPEG must begin here (FF D8), but there is {found}")]
    Stray {
        /// The picture that was expected.
        picture: usize,
        /// Where it should begin.
        offset: usize,
        /// The octets there, in hexadecimal.
        found: String,
    },
    /// A picture that RFC 2435 cannot carry, or that is no proper JPEG.
    #[error("picture {picture}, byte {offset}: {} ({})", without_offset(.fault), .fault.section())]
    Picture {
        /// The picture.
        picture: usize,
        /// Where in the file the fault lies.
        offset: usize,
        /// The fault; its own offset counts from the start of the picture.
        fault: JpegError,
    },
    /// A picture of another size than the first. RFC 2435 could say so in every packet, but
    /// players keep the first size, and SDP announces one.
    #[error(
        "picture {picture}, byte {offset}: {} x {} pixels, but the clip began with {} x {}",
        .size.0, .size.1, .first.0, .first.1
    )]
    SizeChange {
        /// The picture.
        picture: usize,
        /// Where it begins.
        offset: usize,
        /// Its width and height in pixels.
        size: (u16, u16),
        /// Width and height of the first picture.
        first: (u16, u16),
    },
    /// A picture of more octets than [`MAX_PICTURE`](super::mjpeg::MAX_PICTURE).
    #[error("picture {picture}, byte {offset}: more than {limit} bytes long, which is the limit")]
    PictureTooLarge {
        /// The picture.
        picture: usize,
        /// Where it begins.
        offset: usize,
        /// The limit.
        limit: usize,
    },
    /// More pictures than [`MAX_PICTURES`](super::mjpeg::MAX_PICTURES).
    #[error("byte {offset}: another picture begins here, after {limit}, which is the limit")]
    TooManyPictures {
        /// Where the first picture too many begins.
        offset: usize,
        /// The limit.
        limit: usize,
    },
    /// A file of more octets than [`MAX_FILE`].
    #[error("byte {MAX_FILE}: the file goes on ({size} bytes in all), and this is the limit")]
    FileTooLarge {
        /// The size of the file in octets.
        size: usize,
    },
    /// A container whose structure cannot be followed.
    #[error("byte {offset}: {fault}")]
    Container {
        /// Where in the file the fault lies.
        offset: usize,
        /// What is wrong there.
        fault: String,
    },
    /// A container without a Motion JPEG track.
    #[error("byte {offset}: the video is encoded as \"{found}\"; only Motion JPEG can be served")]
    Encoding {
        /// Where the file says so.
        offset: usize,
        /// Its four letters, escaped.
        found: String,
    },
    /// A frame rate that is none.
    #[error(
        "{frames}/{seconds} pictures a second: more than 0.1 and at most {} are possible",
        FrameRate::MAX
    )]
    Rate {
        /// Pictures.
        frames: u32,
        /// In so many seconds.
        seconds: u32,
    },
}

/// What a JPEG's fault says without its offset, which counts from the picture's start and
/// would be mistaken for the file's.
fn without_offset(fault: &JpegError) -> String {
    let text = fault.to_string();
    let prefix = fault.offset().map(|offset| format!("offset {offset}: ")).unwrap_or_default();
    text.strip_prefix(&prefix).unwrap_or(&text).to_owned()
}

impl ClipError {
    /// The ffmpeg command that makes a good file of the file `name`, where one can: all of it
    /// is needed, since RFC 2435 wants the standard Huffman tables and two quantisation tables.
    pub fn remedy(&self, name: &str) -> Option<String> {
        // ffmpeg must be told what bare pictures are; a container says it itself.
        let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        let contained = matches!(extension.as_deref(), Some("avi" | "mov" | "mp4" | "m4v" | "qt"));
        let pictures = if contained { "" } else { "-f mjpeg -framerate 25 " };
        let (input, filter) = match self {
            Self::NotMotionJpeg { .. } | Self::Container { .. } | Self::Encoding { .. } => ("", "-an "),
            Self::Picture { fault: JpegError::Size { .. }, .. } => (pictures, "-vf scale=1280:-8 "),
            Self::SizeChange { .. } => (pictures, "-vf scale=640:360 "),
            Self::Picture { .. } | Self::PictureTooLarge { .. } => (pictures, ""),
            _ => return None,
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
        let name = if name.chars().all(plain) { name.to_owned() } else { format!("\"{name}\"") };
        Some(format!(
            "ffmpeg {input}-i {name} {filter}-c:v mjpeg -huffman default -force_duplicated_matrix 1 \
             -pix_fmt yuvj420p -q:v 5 -f mjpeg good.mjpeg"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remedy_fits_the_fault() {
        let size = JpegError::Size { offset: 4, width: 4000, height: 3000 };
        let picture = ClipError::Picture { picture: 0, offset: 4, fault: size };
        assert_eq!(
            picture.remedy("a.mjpeg").unwrap(),
            "ffmpeg -f mjpeg -framerate 25 -i a.mjpeg -vf scale=1280:-8 -c:v mjpeg -huffman default \
             -force_duplicated_matrix 1 -pix_fmt yuvj420p -q:v 5 -f mjpeg good.mjpeg"
        );
        let film = ClipError::Encoding { offset: 9, found: "avc1".into() };
        assert!(film.remedy("my film.mp4").unwrap().starts_with("ffmpeg -i \"my film.mp4\" -an -c:v mjpeg "));
        let huffman = ClipError::PictureTooLarge { picture: 0, offset: 0, limit: 0 };
        assert!(huffman.remedy("a.AVI").unwrap().starts_with("ffmpeg -i a.AVI -c:v mjpeg "));
        // ffmpeg cannot guess what a damaged length meant.
        assert_eq!(ClipError::NoPicture { offset: 0 }.remedy("a"), None);
    }
}
