//! Tokens: the pieces of a message, each with its range.

use std::ops::Range;

/// A piece of a message. The tokens of a [`Parsed`](super::Parsed) are contiguous: put
/// together they are the input, octet for octet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The octets, counted from the start of the item.
    pub range: Range<usize>,
    /// What they are.
    pub kind: Kind,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A line end before a message (RFC 2326 section 4.1 lets a receiver skip it).
    Blank,
    /// The method of a request line (section 6.1).
    Method,
    /// The Request-URI (section 6.1).
    RequestUri,
    /// The protocol and its version, `RTSP/1.0` (section 3.1).
    Version,
    /// The status code (section 7.1.1).
    StatusCode,
    /// The reason phrase (section 7.1.1).
    Reason,
    /// Space between parts.
    Space,
    /// The end of a line.
    LineEnd,
    /// A header field's name (section 4.2).
    HeaderName,
    /// The colon after a header field's name.
    Colon,
    /// A line end inside a header field's value, with the white space that follows: the
    /// value goes on in the next line (RFC 2068 section 4.2).
    Fold,
    /// A header field's value, or a part of it, without a finer structure.
    Text,
    /// A word that is not a parameter: `RTP/AVP/UDP`, `unicast`, a session identifier, a method.
    Element,
    /// A parameter's name: `client_port`.
    ParameterName,
    /// The sign between a parameter's name and value.
    Equals,
    /// A parameter's value: `5004-5005`.
    ParameterValue,
    /// `;` or `,` between parts of a value.
    Separator,
    /// The empty line that ends the header section.
    HeaderEnd,
    /// The body, as long as Content-Length says (section 12.14).
    Body,
    /// The `$` of a binary frame (section 10.12).
    Dollar,
    /// The frame's channel.
    Channel,
    /// The frame's length, two octets.
    FrameLength,
    /// The frame's data.
    FrameData,
    /// A CSeq without its header's name, in the lab's dialect.
    BareCSeq,
    /// The client's RTP port without a Transport header, in the lab's dialect.
    BarePort,
    /// Octets that fit nothing.
    Junk,
}
