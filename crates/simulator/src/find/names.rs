//! What can be asked of an event, and what it is called.

use super::event::Kind;
use protocol::dissect;

/// Names that the same kinds of events have.
type Group = (&'static [&'static str], fn(Kind) -> bool);

/// Names of Layercast's own, and the kinds that have them.
const OWN: &[Group] = &[
    (&["time"], |_| true),
    (
        &[
            "message.kind",
            "message.method",
            "message.status",
            "message.cseq",
            "message.len",
            "message.picture",
            "message.packet",
            "message.packets",
            "message.transport",
            "message.text",
        ],
        Kind::has_message,
    ),
    (&["delivered.after"], |kind| kind == Kind::Delivered),
    (&["frame.len", "frame.layer", "frame.again", "frame.cause"], Kind::has_frame),
    (&["hop.direction", "hop.waited", "hop.held", "hop.copy", "hop.damaged"], Kind::has_link),
    (&["receipt.outcome", "receipt.learned", "receipt.layer", "receipt.ttl", "receipt.reason"], |kind| {
        kind == Kind::Receipt
    }),
    (&["drop.reason"], |kind| kind == Kind::Drop),
    (
        &[
            "picture.number",
            "picture.packets",
            "picture.missing",
            "picture.complete",
            "picture.shown",
            "picture.waited",
            "picture.received",
            "picture.expected",
            "picture.lost",
            "picture.late",
            "picture.jitter",
            "picture.buffered",
            "picture.delay",
        ],
        |kind| kind == Kind::Picture,
    ),
    (
        &[
            "state.kind",
            "state.value",
            "state.ip",
            "state.mac",
            "state.name",
            "state.text",
            "state.octets",
            "state.lasted",
        ],
        |kind| kind == Kind::State,
    ),
    (
        &[
            "variables.congestion",
            "variables.phase",
            "variables.cwnd",
            "variables.ssthresh",
            "variables.srtt",
            "variables.rttvar",
            "variables.rto",
            "variables.sndWnd",
            "variables.rcvWnd",
            "variables.inFlight",
            "variables.unsent",
            "variables.outOfOrder",
            "variables.duplicateAcks",
            "variables.mss",
            "variables.retransmissions",
        ],
        |kind| kind == Kind::Variables,
    ),
];

/// Names that stand for several fields.
const ALIASES: &[(&str, &[&str])] = &[
    ("eth.addr", &["eth.src", "eth.dst"]),
    ("ip.addr", &["ip.src", "ip.dst"]),
    ("ipv6.addr", &["ipv6.src", "ipv6.dst"]),
    ("arp.addr", &["arp.src.proto_ipv4", "arp.dst.proto_ipv4"]),
    ("tcp.port", &["tcp.srcport", "tcp.dstport"]),
    ("udp.port", &["udp.srcport", "udp.dstport"]),
];

/// Names of protocols, as [`dissect::Layer::name`] has them.
const PROTOCOLS: &[&str] = &[
    "eth",
    "vlan",
    "arp",
    "ip",
    "ipv6",
    "icmp",
    "icmpv6",
    "igmp",
    "udp",
    "tcp",
    "rtsp",
    "sdp",
    "rtp",
    "jpeg",
    "image-jfif",
    "h264",
    "rtcp",
    "data",
];

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// One of Layercast's own.
    Own(&'static str),
    /// Fields of frames and messages, by Wireshark's names.
    Fields(Vec<&'static str>),
    /// A protocol.
    Protocol(&'static str),
}

impl Name {
    /// The name that is written `word`, asked of events of this kind.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence without a full stop.
    pub fn read(word: &str, kind: Kind) -> Result<Name, String> {
        let own = OWN
            .iter()
            .find_map(|(names, has)| names.iter().find(|name| **name == word).map(|name| (*name, *has)));
        if let Some((name, has)) = own {
            return if has(kind) { Ok(Name::Own(name)) } else { Err(elsewhere(word, kind, has)) };
        }
        let known = match fields(word) {
            Some(fields) => Some(Name::Fields(fields)),
            None => PROTOCOLS.iter().find(|own| **own == word).map(|own| Name::Protocol(own)),
        };
        match known {
            Some(_) if !kind.has_message() => {
                Err(format!("'{word}' belongs to a packet, and '{kind}' is about none"))
            }
            Some(name) => Ok(name),
            None => Err(unknown(word)),
        }
    }
}

/// The fields that a name stands for.
fn fields(word: &str) -> Option<Vec<&'static str>> {
    if let Some((_, fields)) = ALIASES.iter().find(|(alias, _)| *alias == word) {
        return Some(fields.to_vec());
    }
    dissect::specs().filter_map(|spec| spec.name).find(|name| *name == word).map(|name| vec![name])
}

/// Whether the dissector names a field so, as Wireshark does.
pub fn is_field(word: &str) -> bool {
    dissect::specs().any(|spec| spec.name == Some(word))
}

fn elsewhere(word: &str, kind: Kind, has: fn(Kind) -> bool) -> String {
    let kinds: Vec<_> = Kind::ALL.iter().filter(|(_, kind)| has(*kind)).map(|(word, _)| *word).collect();
    format!("'{word}' is not known of '{kind}', but of {}", kinds.join(", "))
}

/// What to say of a name that is none: a sentence without a full stop.
pub fn unknown(word: &str) -> String {
    let all = OWN.iter().flat_map(|(names, _)| names.iter().copied());
    let all = all.chain(ALIASES.iter().map(|(name, _)| *name));
    let all = all.chain(PROTOCOLS.iter().copied()).chain(dissect::specs().filter_map(|spec| spec.name));
    match nearest(word, all) {
        Some(name) => format!("there is no field '{word}'; is '{name}' meant?"),
        None => format!("there is no field '{word}': write it as Wireshark does, as in ip.ttl"),
    }
}

/// The name that is most like `word`, if one is.
pub(crate) fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    /// What is less alike is no slip of the finger.
    const ALIKE: f64 = 0.75;
    names
        .map(|name| {
            (strsim::normalized_damerau_levenshtein(&word.to_lowercase(), &name.to_lowercase()), name)
        })
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, name)| name)
}
