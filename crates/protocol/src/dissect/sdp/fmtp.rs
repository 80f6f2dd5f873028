//! `a=fmtp:` the settings of a format (RFC 8866 6.15), those of H.264 by name (RFC 6184 8.1).

use super::super::build::Fields;
use super::super::h264;
use super::super::model::{Field, Raw};
use super::super::text;
use super::table::{FMTP, FMTP_MODE, FMTP_UNIT, FMTP_UNIT_1, FMTP_UNIT_2};
use super::word;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The settings from `from` to `end`, apart by `;`.
pub(super) fn settings(inner: &mut Fields<'_>, from: usize, end: usize) {
    let octets = inner.place().octets();
    let mut at = from;
    while at < end {
        let stop = octets[at..end].iter().position(|octet| *octet == b';').map_or(end, |len| at + len);
        let begin = at + octets[at..stop].iter().position(|octet| *octet != b' ').unwrap_or(stop - at);
        if stop > begin {
            one(inner, begin, stop);
        }
        at = stop + 1;
    }
}

/// One setting.
fn one(inner: &mut Fields<'_>, from: usize, end: usize) {
    let place = inner.place();
    let octets = place.octets();
    let value = octets[from..end].iter().position(|octet| *octet == b'=').map_or(end, |at| from + at + 1);
    let mut children = Fields::new(place, 2);
    match &octets[from..value] {
        b"packetization-mode=" if value < end => word(&mut children, &FMTP_MODE, value, end - value),
        b"sprop-parameter-sets=" => {
            let mut at = value;
            for number in 0.. {
                if at >= end {
                    break;
                }
                let stop =
                    octets[at..end].iter().position(|octet| *octet == b',').map_or(end, |len| at + len);
                let spec = match number {
                    0 => &FMTP_UNIT_1,
                    1 => &FMTP_UNIT_2,
                    _ => &FMTP_UNIT,
                };
                children.text(spec, at, stop - at);
                at = stop + 1;
            }
        }
        _ => {}
    }
    let words = text::readable(&octets[from..end]);
    inner.push(&FMTP, place.span(from, end - from), Raw::Octets, words, children.done());
}

/// What a setting says.
pub(super) fn setting(field: &Field) -> String {
    let (name, value) = field.value.split_once('=').unwrap_or((&field.value, ""));
    match name {
        "sprop-parameter-sets" => {
            "The parameter sets that the decoder needs before the first picture, in Base64.".into()
        }
        "packetization-mode" => format!("How units of H.264 are put into packets: mode {value}."),
        "profile-level-id" => match value.get(..6).and_then(|digits| u32::from_str_radix(digits, 16).ok()) {
            // Of H.264; other formats have other numbers here.
            Some(number) if value.len() == 6 => {
                let (profile, level) = (u64::from(number >> 16), number & 0xff);
                format!("Profile {profile}, {}; level {}.{}.", h264::profile(profile), level / 10, level % 10)
            }
            _ => format!("Profile and level {value}."),
        },
        _ => format!("The setting {}.", field.value),
    }
}

/// What a parameter set says.
pub(super) fn parameter_set(field: &Field) -> String {
    match STANDARD.decode(field.value.as_bytes()).as_deref() {
        Ok([header, profile, _, level, ..]) if header & 31 == 7 => format!(
            "A {}: profile {profile}, {}; level {}.{}.",
            h264::unit_name(7),
            h264::profile(u64::from(*profile)),
            level / 10,
            level % 10
        ),
        Ok([header, ..]) => format!("A {}.", h264::unit_name(u64::from(header & 31))),
        _ => "This is no Base64, so nobody can read the parameter set.".into(),
    }
}
