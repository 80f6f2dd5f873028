//! Rows in words.

use super::paint::{Ink, plain};
use crate::wire::{
    CarriedRow, CauseRow, FateRow, FaultOn, FaultWhat, LinkDirection, Loss, MessageRow, MishapRow, Nanos,
    OutcomeRow, StateKind, Weather, WhatRow,
};

/// A message's protocol and what it says, in one line.
pub fn message(message: &MessageRow) -> (Ink, &'static str, String) {
    match &message.what {
        WhatRow::Request { method, cseq } => {
            (Ink::Rtsp, "RTSP", format!("{}{}", plain(method), numbered(*cseq)))
        }
        WhatRow::Response { status, reason, method, cseq } => {
            let to = method.as_deref().map(|method| format!(" to {}", plain(method))).unwrap_or_default();
            (Ink::Rtsp, "RTSP", format!("{status} {}{to}{}", plain(reason), numbered(*cseq)))
        }
        WhatRow::Rtp { sequence, timestamp, ssrc, marker, payload_type, picture, index, of } => {
            let part = match (picture, index, of) {
                (Some(picture), Some(index), Some(of)) => {
                    format!("picture {picture}, packet {} of {of}; ", u32::from(*index) + 1)
                }
                _ => String::new(),
            };
            let marker = if *marker { ", marker" } else { "" };
            let rest = format!("timestamp {timestamp}, SSRC {ssrc:08x}, payload type {payload_type}{marker}");
            (Ink::Rtp, "RTP", format!("{part}sequence {sequence}, {rest}"))
        }
        WhatRow::Rtcp { types } => (Ink::Rtcp, "RTCP", plain(&types.join(" + "))),
        WhatRow::Unknown => (Ink::Remark, "data", "octets that no reader understood".into()),
    }
}

fn numbered(cseq: Option<u32>) -> String {
    cseq.map(|cseq| format!(", CSeq {cseq}")).unwrap_or_default()
}

/// What a frame carries besides messages.
pub fn carried(carried: &CarriedRow) -> (Ink, &'static str, String) {
    match carried {
        CarriedRow::Arp { request: true, target } => {
            (Ink::Link, "ARP", format!("who has {}?", plain(target)))
        }
        CarriedRow::Arp { request: false, target } => {
            (Ink::Link, "ARP", format!("{} is here", plain(target)))
        }
        CarriedRow::Discovery { icmp_type, target } => {
            (Ink::Link, "ND", discovery(*icmp_type, target.as_deref().unwrap_or_default()))
        }
        CarriedRow::Icmpv6 { icmp_type, code } => {
            (Ink::Network, "ICMPv6", format!("type {icmp_type}, code {code}"))
        }
        CarriedRow::Icmp { icmp_type, code } => {
            (Ink::Network, "ICMP", format!("type {icmp_type}, code {code}"))
        }
        CarriedRow::Igmp { igmp_type, group } => (Ink::Network, "IGMP", igmp(*igmp_type, group.as_deref())),
        CarriedRow::Udp { src, dst, .. } => (Ink::Transport, "UDP", format!("{src} → {dst}")),
        CarriedRow::Tcp { flags, start, end, src, dst, .. } => {
            let octets = if start == end {
                String::new()
            } else {
                format!(", octets {} to {} of the stream", start.0, end.0.saturating_sub(1))
            };
            (Ink::Transport, "TCP", format!("{src} → {dst}  {}{octets}", plain(flags)))
        }
        CarriedRow::Other => (Ink::Remark, "data", "a packet that is not taken apart".into()),
    }
}

fn discovery(kind: u8, target: &str) -> String {
    match kind {
        133 => "which routers are there?".to_owned(),
        134 => "a router is here".to_owned(),
        135 => format!("who has {}?", plain(target)),
        _ => format!("{} is here", plain(target)),
    }
}

fn igmp(kind: u8, group: Option<&str>) -> String {
    let group = plain(group.unwrap_or("any group"));
    match kind {
        0x11 => format!("who is in {group}?"),
        0x12 | 0x16 => format!("in {group}"),
        0x17 => format!("leaves {group}"),
        other => format!("type {other}, {group}"),
    }
}

/// Why a frame was sent; with true when it repeats another.
pub fn cause(cause: &CauseRow) -> (String, bool) {
    let repeats = |why: String, frame: &Option<crate::wire::Id>| {
        let frame = frame.map(|frame| format!("; frame {} again", frame.0)).unwrap_or_default();
        (format!("repeated: {why}{frame}"), true)
    };
    let plainly = |why: &str| (why.to_owned(), false);
    match cause {
        CauseRow::Resolve => plainly("a packet waits for this hardware address"),
        CauseRow::ArpReply | CauseRow::NeighbourAnswer => plainly("somebody asked for this host's address"),
        CauseRow::Application => plainly("the application sent it"),
        CauseRow::Connect => plainly("the application opens a connection"),
        CauseRow::AcceptSyn => plainly("a SYN came to a port where somebody listens"),
        CauseRow::HandshakeAck => plainly("the third part of the handshake"),
        CauseRow::Data { because } => (let_go(because), false),
        CauseRow::Ack { because } => (format!("acknowledges: {}", acknowledged(because)), false),
        CauseRow::Timeout { rto, attempt, repeats: frame } => {
            let after = span(*rto);
            repeats(format!("no acknowledgement came within {after} (attempt {attempt})"), frame)
        }
        CauseRow::FastRetransmit { repeats: frame } => {
            repeats("three duplicate acknowledgements came".into(), frame)
        }
        CauseRow::AfterTimeout { repeats: frame } => {
            repeats("it was sent behind a segment whose timeout ran out".into(), frame)
        }
        CauseRow::PartialAck { repeats: frame } => {
            repeats("an acknowledgement in fast recovery covered only a part".into(), frame)
        }
        CauseRow::LostBySack { repeats: frame } => {
            repeats("by what the other side has selectively acknowledged, it is lost".into(), frame)
        }
        CauseRow::SackHole { rule, repeats: frame } => {
            let lost = if *rule == 1 { "is lost" } else { "may be lost" };
            repeats(format!("a hole in what was acknowledged, which {lost} (NextSeg rule {rule})"), frame)
        }
        CauseRow::Rescue { repeats: frame } => {
            repeats("the end of the flight, in case it is lost, too (NextSeg rule 4)".into(), frame)
        }
        CauseRow::PathMtu { repeats: frame } => {
            repeats("it was too long for the way, and goes again in parts".into(), frame)
        }
        CauseRow::ZeroWindowProbe => plainly("the other's window is closed: has it opened?"),
        CauseRow::Close => plainly("the application closes"),
        CauseRow::Abort => plainly("the connection is given up"),
        CauseRow::RefusedPort => plainly("nobody listens on this port"),
        CauseRow::Echo => plainly("echo"),
        CauseRow::IcmpError => plainly("an error is reported"),
        CauseRow::GroupJoined => plainly("the application joined a group"),
        CauseRow::GroupQueried => plainly("a router asked who is in the group"),
        CauseRow::GroupLeft => plainly("the application left a group"),
        CauseRow::MembershipQuery => plainly("the router asks from time to time who is in a group"),
        CauseRow::LastMemberQuery => plainly("somebody left: is anybody still in the group?"),
        CauseRow::Routed => plainly("routed"),
        CauseRow::Tagged { vlan } => (format!("the tag of VLAN {vlan} is put on"), false),
        CauseRow::Untagged { vlan } => (format!("the tag of VLAN {vlan} is taken off"), false),
        CauseRow::Captured { seen, repeats: frame } => match seen.as_str() {
            "repeats" => repeats("its octets were seen before".into(), frame),
            "early" => plainly("captured; octets before its own were not seen"),
            "duplicateAck" => plainly("captured; it acknowledges what the one before it did"),
            "keepAlive" => plainly("captured; it asks whether the other is still there"),
            _ => plainly("captured"),
        },
    }
}

fn let_go(because: &str) -> String {
    match because {
        "written" => "the application wrote, and the window lets it go".into(),
        "congestionWindow" => "an acknowledgement opened the congestion window".into(),
        "window" => "the other side opened its window".into(),
        "limitedTransmit" => "a duplicate acknowledgement lets a new segment go".into(),
        "recovery" => "in recovery, with nothing left that is known to be lost (NextSeg rule 2)".into(),
        other => plain(other),
    }
}

fn acknowledged(because: &str) -> String {
    match because {
        "delayed" => "no data came in time to carry it along".into(),
        "everySecondSegment" => "two segments have come".into(),
        "outOfOrder" => "a segment before this one is missing".into(),
        "gapFilled" => "a gap is filled".into(),
        "duplicate" => "what came was here already".into(),
        "unacceptable" => "what came lies outside the window".into(),
        "challenge" => "is the peer still of this connection?".into(),
        "windowUpdate" => "the window is open again".into(),
        "fin" => "the other side closes".into(),
        "immediate" => "at once".into(),
        other => plain(other),
    }
}

/// Why a frame did not arrive.
pub fn fate(fate: &FateRow) -> String {
    match fate {
        FateRow::QueueFull { limit } => {
            format!("dropped: the queue of the sending port is full ({limit} octets)")
        }
        FateRow::LinkDown => "dropped: the cable is down".into(),
        FateRow::TooBig { mtu } => {
            format!("dropped: its packet is longer than the {mtu} octets that the cable carries")
        }
        FateRow::Lost => "lost on the cable, by its loss setting".into(),
        FateRow::LostInBurst => "lost on the cable, in a bad time of its bursty loss".into(),
        FateRow::Ordered => "lost on the cable, because somebody ordered it".into(),
    }
}

/// What else happened to a frame on a cable; empty when there is nothing to tell.
pub fn mishap(mishap: &MishapRow) -> String {
    let mut told = Vec::new();
    if mishap.copy {
        told.push("sent a second time".to_owned());
    }
    if let Some(late) = mishap.late {
        told.push(format!("held back by {}", span(late)));
    }
    match mishap.flipped[..] {
        [] => {}
        [bit] => told.push(format!("bit {bit} turned over")),
        [first, ..] => told.push(format!("{} bits turned over, the first is {first}", mishap.flipped.len())),
    }
    if mishap.ordered.is_some() {
        told.push("as somebody ordered".to_owned());
    }
    told.join(", ")
}

fn fault(on: FaultOn, what: FaultWhat) -> String {
    let frame = match on {
        FaultOn::Next => "the next frame".to_owned(),
        FaultOn::NextMarker => "the next frame with a marker bit".to_owned(),
        FaultOn::Frame { frame } => format!("frame {}", frame.0),
    };
    match what {
        FaultWhat::Drop => format!("{frame} will be lost"),
        FaultWhat::Corrupt { bit } => format!("bit {bit} of {frame} will be turned over"),
        FaultWhat::Delay { by } => format!("{frame} will be held back by {}", span(by)),
        FaultWhat::Duplicate => format!("{frame} will be sent twice"),
    }
}

/// Weather in one line: rate, delay, and what is not as on a good cable.
fn weather(weather: &Weather) -> String {
    let percent = |p: f64| format!("{} %", (p * 1e6).round() / 1e4);
    let mut told = vec![format!("{} bit/s, delay {}", weather.rate, span(weather.delay))];
    if weather.down {
        told.push("down".into());
    }
    if weather.jitter.0 > 0 {
        told.push(format!("jitter {}", span(weather.jitter)));
    }
    match weather.loss {
        Loss::Random { p: 0.0 } => {}
        Loss::Random { p } => told.push(format!("loss {}", percent(p))),
        Loss::Bursty { p, r, loss_good, loss_bad } => told.push(format!(
            "bursty loss (p {}, r {}, {} in good times, {} in bad ones)",
            percent(p),
            percent(r),
            percent(loss_good),
            percent(loss_bad),
        )),
    }
    if weather.reorder.p > 0.0 {
        told.push(format!("reordering {} by {}", percent(weather.reorder.p), span(weather.reorder.by)));
    }
    if weather.duplicate > 0.0 {
        told.push(format!("duplicates {}", percent(weather.duplicate)));
    }
    if weather.bit_errors > 0.0 {
        told.push(format!("bit errors {:e}", weather.bit_errors));
    }
    told.push(format!("queue {} octets, MTU {}", weather.queue, weather.mtu));
    told.join(", ")
}

/// What a device did with a frame; true when that was to throw it away.
pub fn outcome(outcome: &OutcomeRow, link: impl Fn(u32) -> String) -> (String, bool) {
    let learns = |learned: &bool| if *learned { ", and learns the sender's port" } else { "" };
    match outcome {
        OutcomeRow::Switched { link: to, learned } => {
            (format!("passes it on to {} by its table{}", link(*to), learns(learned)), false)
        }
        OutcomeRow::Flooded { learned } => (format!("sends it to all other ports{}", learns(learned)), false),
        OutcomeRow::Routed { frame, ttl } => {
            (format!("routes it, TTL {ttl} → {}, as frame {}", ttl.saturating_sub(1), frame.0), false)
        }
        OutcomeRow::AwaitingArp => ("holds it until ARP has found the next hop".into(), false),
        OutcomeRow::Accepted { layer } => (format!("takes it up to layer {layer}"), false),
        OutcomeRow::NotForMe => ("sees another's address and leaves it".into(), false),
        OutcomeRow::Dropped { reason } => (format!("drops it: {}", dropped(reason)), true),
    }
}

fn dropped(reason: &str) -> String {
    match reason {
        "badFcs" => "the frame check sequence is wrong".into(),
        "badIpChecksum" => "the IP header checksum is wrong".into(),
        "badTransportChecksum" => "the transport checksum is wrong".into(),
        "ttl" => "its time to live has run out".into(),
        "noRoute" => "there is no route".into(),
        "portClosed" => "nobody listens on this port".into(),
        "noMembers" => "nobody on its other networks is in the group".into(),
        "localGroup" => "packets for this group stay on their network".into(),
        "wrongSide" => "its source is not on the network where it came from".into(),
        "duplicate" => "it was here already".into(),
        "sameSide" => "the receiver is on the side where it came from".into(),
        other => plain(other),
    }
}

/// A change of state.
pub fn change(change: &StateKind, name: impl Fn(u32) -> String, link: impl Fn(u32) -> String) -> String {
    match change {
        StateKind::Rtsp { client, state } => format!("RTSP: {} is in {}", name(*client), plain(state)),
        StateKind::Session { client, state } => {
            format!("RTSP: the session of {} is in {}", name(*client), plain(state))
        }
        StateKind::Tcp { connection, state } => format!("TCP: connection {connection} is {}", plain(state)),
        StateKind::Neighbour { ip, mac, state, .. } => {
            let card = mac.as_deref().map(|mac| format!(" has {}", plain(mac))).unwrap_or_default();
            format!("neighbour {}{card}: {}", plain(ip), plain(state))
        }
        StateKind::Nat { inside, outside, open, .. } => {
            let (inside, outside) = (plain(inside), plain(outside));
            if *open {
                format!("NAT: {inside} is {outside} outside")
            } else {
                format!("NAT: {inside} is {outside} no more")
            }
        }
        StateKind::Mac { mac, link: at, vlan } => {
            let vlan = vlan.map(|vlan| format!(" of VLAN {vlan}")).unwrap_or_default();
            let where_now = at.map_or_else(|| "is forgotten".into(), |at| format!("is on {}", link(at)));
            format!("table{vlan}: {} {where_now}", plain(mac))
        }
        StateKind::Group { group, link: None, member } => {
            format!("group: {} {}", if *member { "joins" } else { "leaves" }, plain(group))
        }
        StateKind::Group { group, link: Some(at), member } => {
            let members = if *member { "has members" } else { "has no more members" };
            format!("groups: {} {members} on {}", plain(group), link(*at))
        }
        StateKind::Media { client, state } => format!("media of {}: {}", name(*client), plain(state)),
        StateKind::Parameter { client, name: parameter, value } => {
            format!("RTSP: {} has {} = {}", name(*client), plain(parameter), plain(value))
        }
        StateKind::Client { joined, name, .. } => {
            format!("{} {}", plain(name), if *joined { "comes" } else { "leaves" })
        }
        StateKind::Source { url, state, reason } => {
            let reason = reason.as_ref().map(|reason| format!(": {}", plain(reason))).unwrap_or_default();
            format!("real server {}: {}{reason}", plain(url), plain(state))
        }
        StateKind::Weather { link: at, direction, weather: now, .. } => {
            format!("weather on {} {}: {}", link(*at), way(*direction), weather(now))
        }
        StateKind::Fault { link: at, direction, on, what } => {
            format!("ordered on {} {}: {}", link(*at), way(*direction), fault(*on, *what))
        }
        StateKind::Stall { connection, start, end, lost, link: at, .. } => {
            let octets = format!("octets {} to {}", start.0, end.0.saturating_sub(1));
            let why = match (lost, at) {
                (Some(frame), Some(at)) => format!("frame {} was lost on {}", frame.0, link(*at)),
                _ => "their frame is late".into(),
            };
            format!("TCP: connection {connection} stalls: {octets} are missing, {why}")
        }
        StateKind::StallOver { connection, frame, octets, .. } => {
            format!(
                "TCP: connection {connection} goes on: frame {} filled the gap, {octets} octets go up",
                frame.0
            )
        }
        StateKind::Note { text } => format!("note: {}", plain(text)),
    }
}

fn way(direction: LinkDirection) -> &'static str {
    match direction {
        LinkDirection::Forward => "forward",
        LinkDirection::Backward => "backward",
    }
}

/// A span of time for people.
pub fn span(span: Nanos) -> String {
    match span.0 {
        0..1_000_000 => format!("{:.3} us", span.0 as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.3} ms", span.0 as f64 / 1e6),
        _ => format!("{:.3} s", span.0 as f64 / 1e9),
    }
}

/// A moment of simulated time, to the microsecond.
pub fn moment(at: Nanos) -> String {
    format!("{}.{:06} s", at.0 / 1_000_000_000, at.0 % 1_000_000_000 / 1000)
}

/// A number with commas.
pub fn count(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
