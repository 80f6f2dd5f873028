//! Header fields with a structure, read from their values and written canonically.

mod error;
mod range;
mod rtp_info;
mod session;
mod transport;

pub use error::HeaderError;
pub use range::{NptTime, Range, pause_point, range_time};
pub use rtp_info::{RtpInfo, write_rtp_info};
pub use session::{SessionHeader, is_session_id};
pub use transport::{Delivery, Lower, Transport, TransportList};

/// The entries of a comma-separated list (RFC 2068 section 2.1), trimmed, empty ones left out.
/// Commas inside quotation marks do not separate.
pub fn list(value: &str) -> impl Iterator<Item = &str> {
    split_quoted(value, ',')
}

/// The parts of `value` between `separator`, trimmed, empty ones left out.
fn split_quoted(value: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    value
        .split(move |c: char| {
            quoted ^= c == '"';
            c == separator && !quoted
        })
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

/// `name=value` taken apart, the value without its quotation marks.
fn parameter(part: &str) -> (&str, Option<&str>) {
    match part.split_once('=') {
        Some((name, value)) => (name.trim(), Some(value.trim().trim_matches('"'))),
        None => (part, None),
    }
}
