//! What can be said of a packet's fields before it is taken apart.
//!
//! A hint may only rule out: what it says of values holds for every field of that name that taking
//! apart could show.

use super::Value;
use super::filter::{Check, Comparison, Test, Tri};
use super::names::Name;
use super::subject::Subject;
use crate::tape::Carried;
use protocol::message::What;

/// Protocols of which a frame has only some, by what it carries.
const ABOVE_IP: &[&str] = &[
    "arp",
    "icmp",
    "icmpv6",
    "igmp",
    "udp",
    "tcp",
    "rtsp",
    "sdp",
    "rtp",
    "rtcp",
    "jpeg",
    "image-jfif",
    "h264",
];

/// What fields of one name may be found.
enum Hint {
    /// None.
    None,
    /// Some with one of these values, or none.
    Of(Vec<Value>),
    /// Any.
    Any,
}

impl Subject<'_> {
    /// Whether a test of fields holds, as far as the tape knows.
    pub fn hint(&self, test: &Test) -> Tri {
        let hint = match &test.name {
            Name::Own(name) => return test.check.holds(&self.facts(name)).into(),
            _ if self.is_damaged() => return Tri::Maybe,
            Name::Protocol(protocol) => self.of_protocol(protocol),
            Name::Fields(fields) => {
                let mut hints = fields.iter().map(|field| self.of_field(field));
                match (hints.next(), hints.next()) {
                    (Some(only), None) => only,
                    (Some(Hint::None), Some(Hint::None)) => Hint::None,
                    _ => Hint::Any,
                }
            }
        };
        match (hint, &test.check) {
            (Hint::None, _) => Tri::No,
            // All that is there would have to differ.
            (Hint::Of(values), Check::Compare(Comparison::Unequal, _)) => {
                if values.iter().any(|value| test.check.holds(std::slice::from_ref(value))) {
                    Tri::Maybe
                } else {
                    Tri::No
                }
            }
            (Hint::Of(values), check) if !check.holds(&values) => Tri::No,
            _ => Tri::Maybe,
        }
    }

    fn of_field(&self, field: &str) -> Hint {
        let protocol = field.split('.').next().unwrap_or_default();
        if let Hint::None = self.of_protocol(protocol) {
            return Hint::None;
        }
        let rtp = |value: fn(&protocol::message::RtpSummary) -> u32| {
            let values = self.message_records().filter_map(|record| match &record.what {
                What::Rtp(rtp) => Some(Value::Number(value(rtp).into())),
                _ => None,
            });
            Hint::Of(values.collect())
        };
        match field {
            "rtp.marker" => rtp(|rtp| rtp.marker.into()),
            "rtp.seq" => rtp(|rtp| rtp.sequence.into()),
            "rtp.timestamp" => rtp(|rtp| rtp.timestamp),
            "rtp.ssrc" => rtp(|rtp| rtp.ssrc),
            "rtp.p_type" => rtp(|rtp| rtp.payload_type.into()),
            "rtsp.method" if self.message_records().all(|record| !is_request(&record.what)) => Hint::None,
            "rtsp.status" if self.message_records().all(|record| !is_response(&record.what)) => Hint::None,
            _ => Hint::Any,
        }
    }

    fn of_protocol(&self, protocol: &str) -> Hint {
        let speaks = |what: fn(&What) -> bool| {
            let may = |record: &What| what(record) || *record == What::Unknown;
            if self.message_records().any(|record| may(&record.what)) { Hint::Any } else { Hint::None }
        };
        if self.whole_message().is_none() {
            let Some(frame) = self.frame().filter(|_| ABOVE_IP.contains(&protocol)) else { return Hint::Any };
            let own: &[&str] = match &frame.carried {
                Carried::Arp { .. } => &["arp"],
                Carried::Udp { message: Some(_), .. } => {
                    &["udp", "rtp", "rtcp", "jpeg", "image-jfif", "h264"]
                }
                Carried::Tcp { stream, .. } if stream.is_empty() => &["tcp"],
                Carried::Tcp { .. } => &["tcp", "rtsp", "sdp", "rtp", "rtcp", "jpeg", "image-jfif", "h264"],
                _ => return Hint::Any,
            };
            if !own.contains(&protocol) {
                return Hint::None;
            }
        }
        match protocol {
            "rtp" | "jpeg" | "image-jfif" | "h264" => speaks(|what| matches!(what, What::Rtp(_))),
            "rtcp" => speaks(|what| matches!(what, What::Rtcp { .. })),
            "sdp" => speaks(|what| is_request(what) || is_response(what)),
            _ => Hint::Any,
        }
    }
}

fn is_request(what: &What) -> bool {
    matches!(what, What::Request { .. })
}

fn is_response(what: &What) -> bool {
    matches!(what, What::Response { .. })
}
