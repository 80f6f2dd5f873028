//! What can be wrong with a picture, where, and which section says so.

use thiserror::Error;

/// Why a JPEG cannot travel by RFC 2435, or why packets do not make a picture.
///
/// Every `offset` counts octets from the start of the bytes that were given: the file's for
/// [`probe`](super::probe()), the RTP payload's for packets.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum JpegError {
    /// The bytes do not begin with a start-of-image marker.
    #[error("offset {offset}: no JPEG begins here (FF D8 expected)")]
    NotJpeg {
        /// Where the marker was expected.
        offset: usize,
    },
    /// The bytes end before the picture does.
    #[error("offset {offset}: the picture is cut short")]
    Truncated {
        /// Where the bytes end.
        offset: usize,
    },
    /// A marker segment is too short, too long or holds a value that its syntax forbids.
    #[error("offset {offset}: broken {segment} segment")]
    BadSegment {
        /// Where the segment's marker or the bad value is.
        offset: usize,
        /// The segment's name in ITU-T T.81.
        segment: &'static str,
    },
    /// The coding process is not baseline: progressive, lossless, arithmetic, 12 bits.
    #[error("offset {offset}: {process} coding; RTP carries baseline JPEG only")]
    NotBaseline {
        /// Where the frame header's marker is.
        offset: usize,
        /// The process in words.
        process: &'static str,
    },
    /// Not the three components of a colour picture (grey has one, CMYK four).
    #[error("offset {offset}: {components} component(s); RTP carries colour pictures of three")]
    Components {
        /// Where their number stands.
        offset: usize,
        /// Their number.
        components: u8,
    },
    /// Sampling factors that are neither type 0 (4:2:2) nor type 1 (4:2:0).
    #[error(
        "offset {offset}: sampling {factors}; RTP types 0 and 1 are 2x1,1x1,1x1 (4:2:2) and 2x2,1x1,1x1 (4:2:0)"
    )]
    Sampling {
        /// Where the factors stand.
        offset: usize,
        /// The factors as written: `HxV` of each component.
        factors: String,
    },
    /// The picture is larger than the header can say, or empty.
    #[error("offset {offset}: {width} x {height} pixels; RTP carries 1 to 2040 each way")]
    Size {
        /// Where the size stands.
        offset: usize,
        /// Width in pixels.
        width: u16,
        /// Height in pixels.
        height: u16,
    },
    /// A quantisation table that is used but never defined, or the two chrominance
    /// components use different ones, or its elements have 16 bits.
    #[error("offset {offset}: quantisation tables: {fault}")]
    Quantisation {
        /// Where the fault stands.
        offset: usize,
        /// The fault in words.
        fault: &'static str,
    },
    /// The picture brings Huffman tables of its own; they never travel.
    #[error(
        "offset {offset}: {table} Huffman table is not the standard one (T.81 {annex}), and tables do not travel"
    )]
    Huffman {
        /// Where the table is defined, or the scan header that needs it.
        offset: usize,
        /// Which table: luminance or chrominance, DC or AC.
        table: &'static str,
        /// The standard table's place in T.81 annex K.
        annex: &'static str,
    },
    /// The components come in several scans, or the scan is not the whole baseline one.
    #[error("offset {offset}: {fault}; RTP carries one scan with all components")]
    Scan {
        /// Where the scan header or second scan is.
        offset: usize,
        /// The fault in words.
        fault: &'static str,
    },
    /// The restart markers do not match the restart interval.
    #[error("offset {offset}: {fault}")]
    Restart {
        /// Where the marker is, or where the scan ends.
        offset: usize,
        /// The fault in words.
        fault: &'static str,
    },
    /// A packet of the picture is no RTP packet.
    #[error("RTP: {0}")]
    Rtp(#[from] crate::rtp::packet::RtpError),
    /// An RTP payload ends inside its RTP/JPEG headers.
    #[error("offset {offset}: the {header} header is cut short")]
    ShortPayload {
        /// Where the payload ends.
        offset: usize,
        /// Which header.
        header: &'static str,
    },
    /// A field of the RTP/JPEG headers has a value that is reserved or impossible.
    #[error("offset {offset}: {field} = {value}: {fault}")]
    BadField {
        /// Where the field stands.
        offset: usize,
        /// The field's name.
        field: &'static str,
        /// Its value.
        value: u32,
        /// The fault in words.
        fault: &'static str,
    },
    /// The packet that carries the picture's quantisation tables did not come.
    #[error("the quantisation tables (Q = {q}) did not come: they travel in the picture's first packet")]
    TablesMissing {
        /// The Q field.
        q: u8,
    },
    /// Packets of one picture contradict one another.
    #[error("the packets disagree on {field}")]
    Disagreement {
        /// The field.
        field: &'static str,
    },
    /// Nothing of the picture can be decoded.
    #[error("no decodable part of the picture came")]
    NothingDecodable,
    /// More than a named limit allows.
    #[error("{what} exceeds the limit of {limit}")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
}

impl JpegError {
    /// The section that decides, such as `RFC 2435 section 4.1`.
    pub fn section(&self) -> &'static str {
        match self {
            Self::NotJpeg { .. } | Self::Truncated { .. } => "T.81 section B.2.1",
            Self::BadSegment { .. } => "T.81 section B.2",
            Self::NotBaseline { .. } => "RFC 2435 section 3.1.3",
            Self::Components { .. } | Self::Sampling { .. } => "RFC 2435 section 4.1",
            Self::Size { .. } => "RFC 2435 sections 3.1.5 and 3.1.6",
            Self::Quantisation { .. } => "RFC 2435 sections 3.1.8 and 4.1",
            Self::Huffman { .. } => "RFC 2435 section 4.1",
            Self::Scan { .. } => "RFC 2435 sections 3.1.9 and 4.1",
            Self::Restart { .. } => "RFC 2435 sections 3.1.7 and 3.1.9",
            Self::Rtp(_) => "RFC 3550 section 5.1",
            Self::ShortPayload { .. } => "RFC 2435 section 3.1",
            Self::BadField { .. } => "RFC 2435 section 3.1",
            Self::TablesMissing { .. } => "RFC 2435 section 3.1.8",
            Self::Disagreement { .. } | Self::NothingDecodable => "RFC 2435 section 3.1",
            Self::TooLarge { .. } => "RFC 2435 section 3.1.2",
        }
    }

    /// Where the fault lies, in octets from the start of what was given, where it has a place.
    pub fn offset(&self) -> Option<usize> {
        match *self {
            Self::NotJpeg { offset }
            | Self::Truncated { offset }
            | Self::BadSegment { offset, .. }
            | Self::NotBaseline { offset, .. }
            | Self::Components { offset, .. }
            | Self::Sampling { offset, .. }
            | Self::Size { offset, .. }
            | Self::Quantisation { offset, .. }
            | Self::Huffman { offset, .. }
            | Self::Scan { offset, .. }
            | Self::Restart { offset, .. }
            | Self::ShortPayload { offset, .. }
            | Self::BadField { offset, .. } => Some(offset),
            Self::Rtp(_)
            | Self::TablesMissing { .. }
            | Self::Disagreement { .. }
            | Self::NothingDecodable
            | Self::TooLarge { .. } => None,
        }
    }
}
