//! Which of the transports that a client offers is taken (RFC 2326 section 12.39).

use super::multicast::GroupPlan;
use crate::rtsp::headers::{Delivery, Lower, Transport, TransportList};
use std::net::IpAddr;

/// What has been chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    /// The entry, as the client wrote it.
    pub offer: Transport,
    /// What was agreed on.
    pub kind: ChoiceKind,
    /// What is odd about the offer: rule and sentence.
    pub remarks: Vec<(&'static str, &'static str)>,
}

/// What was agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChoiceKind {
    /// UDP to these ports of the client.
    Udp { rtp: u16, rtcp: u16 },
    /// These channels.
    Tcp { rtp: u8, rtcp: u8 },
    /// To this group.
    Multicast(GroupPlan),
}

/// What the choice depends on.
pub(super) struct Circumstances<'a> {
    /// Where the track goes by multicast, or why it does not.
    pub multicast: Result<GroupPlan, String>,
    pub peer: IpAddr,
    /// The client's address for itself, where that is another.
    pub own_address: Option<IpAddr>,
    /// Whether `RTP/UDP` is taken for `RTP/AVP/UDP`.
    pub lab_dialect: bool,
    /// What the transport must be for: `PLAY` or `RECORD`.
    pub mode: &'static str,
    /// Whether a channel of the connection is taken by another track.
    pub is_taken: &'a dyn Fn(u8) -> bool,
}

/// The first entry that can be served, or why the first one cannot.
pub(super) fn choose(list: &TransportList, around: &Circumstances<'_>) -> Result<Choice, String> {
    let mut first = None;
    for entry in &list.0 {
        let outcome = match entry {
            Ok(offer) => usable(offer, around),
            Err(error) => Err(error.to_string()),
        };
        match outcome {
            Ok(choice) => return Ok(choice),
            Err(reason) => first = first.or(Some(reason)),
        }
    }
    Err(first.unwrap_or_else(|| "no transport is named".to_owned()))
}

fn usable(offer: &Transport, around: &Circumstances<'_>) -> Result<Choice, String> {
    let mut offer = offer.clone();
    let mut remarks = Vec::new();
    if around.lab_dialect && offer.protocol == "RTP" && offer.profile == "UDP" && offer.lower.is_none() {
        remarks
            .push(("RFC 2326 12.39", "The transport RTP/UDP names no profile; it is taken for RTP/AVP/UDP."));
        offer.profile = "AVP".to_owned();
        offer.lower = Some(Lower::Udp);
    }
    if offer.protocol != "RTP" || offer.profile != "AVP" {
        return Err("only RTP/AVP is served".to_owned());
    }
    if !offer.is_for(around.mode) {
        let is_record = around.mode == "RECORD";
        let mode = if is_record { "only mode=RECORD is served" } else { "only mode=PLAY is served" };
        return Err(mode.to_owned());
    }
    if offer.delivery == Some(Delivery::Multicast) {
        let kind = multicast(&offer, around, &mut remarks)?;
        offer.mode.retain(|mode| mode == around.mode);
        return Ok(Choice { offer, kind, remarks });
    }
    // To send a stream to a third party who did not ask for it would make the server a
    // weapon (RFC 2326 section 16).
    if let Some(destination) = &offer.destination
        && let address = destination.trim_matches(['[', ']']).parse().ok()
        && address != Some(around.peer)
        && (address.is_none() || address != around.own_address)
    {
        return Err("destination must be the client itself".to_owned());
    }
    if offer.delivery.is_none() {
        remarks.push((
            "RFC 2326 12.39",
            "The transport says neither unicast nor multicast; it is taken for unicast.",
        ));
    }
    let kind = match offer.lower() {
        Lower::Udp => udp(&offer, &mut remarks)?,
        Lower::Tcp => tcp(&offer, around, &mut remarks)?,
        Lower::Other(_) => return Err("the lower transport is neither UDP nor TCP".to_owned()),
    };
    offer.mode.retain(|mode| mode == around.mode);
    Ok(Choice { offer, kind, remarks })
}

/// The server's own group. What the client proposes is not taken: it could make the server send
/// to others who did not ask (RFC 2326 section 16), and all who listen share one group.
fn multicast(
    offer: &Transport,
    around: &Circumstances<'_>,
    remarks: &mut Vec<(&'static str, &'static str)>,
) -> Result<ChoiceKind, String> {
    if offer.lower() != Lower::Udp {
        return Err("multicast needs UDP".to_owned());
    }
    let plan = around.multicast.clone()?;
    let address = offer.destination.as_ref().is_some_and(|own| own.parse() != Ok(plan.address));
    let ports = offer.port.is_some_and(|(rtp, _)| rtp != plan.rtp);
    let ttl = offer.ttl.is_some_and(|ttl| ttl != plan.ttl);
    if address || ports || ttl {
        remarks.push((
            "RFC 2326 12.39",
            "The client proposes a group, ports or time to live; the answer names the server's own.",
        ));
    }
    Ok(ChoiceKind::Multicast(plan))
}

fn udp(
    offer: &Transport,
    remarks: &mut Vec<(&'static str, &'static str)>,
) -> Result<ChoiceKind, &'static str> {
    let (rtp, rtcp) = match offer.client_port {
        None => return Err("client_port is missing"),
        Some((0, _) | (_, Some(0))) => return Err("client_port cannot be 0"),
        Some((rtp, Some(rtcp))) if rtp.checked_add(1) == Some(rtcp) => (rtp, rtcp),
        // RFC 3550 section 11: the control packets go to the next port.
        Some((rtp, Some(rtcp))) if rtp != rtcp => {
            return Err("client_port must name two ports in a row, the first for RTP");
        }
        Some((rtp, _)) => {
            remarks.push(("RFC 2326 12.39", "client_port names one port; RTCP goes to the next one."));
            (rtp, rtp.checked_add(1).ok_or("client_port has no port after it for RTCP")?)
        }
    };
    if rtp % 2 == 1 {
        remarks.push(("RFC 3550 11", "The RTP port is odd; an even one is asked for. It is kept."));
    }
    Ok(ChoiceKind::Udp { rtp, rtcp })
}

fn tcp(
    offer: &Transport,
    around: &Circumstances<'_>,
    remarks: &mut Vec<(&'static str, &'static str)>,
) -> Result<ChoiceKind, &'static str> {
    let (rtp, rtcp) = match offer.interleaved {
        Some((rtp, Some(rtcp))) if rtp == rtcp => return Err("the two channels must differ"),
        Some((rtp, Some(rtcp))) => (rtp, rtcp),
        Some((rtp, None)) => {
            remarks.push(("RFC 2326 12.39", "interleaved names one channel; RTCP goes on the next one."));
            (rtp, rtp.checked_add(1).ok_or("channel 255 has no channel after it for RTCP")?)
        }
        None => {
            let free =
                (0..=254u8).step_by(2).find(|rtp| !(around.is_taken)(*rtp) && !(around.is_taken)(rtp + 1));
            let rtp = free.ok_or("no channel of the connection is free")?;
            (rtp, rtp + 1)
        }
    };
    if (around.is_taken)(rtp) || (around.is_taken)(rtcp) {
        return Err("a channel is taken by another track");
    }
    Ok(ChoiceKind::Tcp { rtp, rtcp })
}

impl Choice {
    /// The Transport header of the answer. It names no address but a group's: behind a gateway
    /// the server's own would be of no use to the client.
    pub fn answer(&self, server_port: u16, ssrc: Option<u32>) -> Transport {
        let mut answer = Transport {
            protocol: self.offer.protocol.clone(),
            profile: self.offer.profile.clone(),
            lower: self.offer.lower.clone(),
            delivery: Some(Delivery::Unicast),
            ssrc,
            mode: self.offer.mode.clone(),
            ..Transport::default()
        };
        match self.kind {
            ChoiceKind::Udp { rtp, rtcp } => {
                answer.client_port = Some((rtp, Some(rtcp)));
                answer.server_port = Some((server_port, Some(server_port.wrapping_add(1))));
            }
            ChoiceKind::Tcp { rtp, rtcp } => answer.interleaved = Some((rtp, Some(rtcp))),
            ChoiceKind::Multicast(plan) => {
                answer.delivery = Some(Delivery::Multicast);
                answer.destination = Some(plan.address.to_string());
                answer.port = Some((plan.rtp, Some(plan.rtcp())));
                answer.ttl = Some(plan.ttl);
            }
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const PEER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));

    const PLAN: GroupPlan = GroupPlan { address: Ipv4Addr::new(239, 255, 0, 1), rtp: 5004, ttl: 16 };

    fn around<'a>(lab_dialect: bool, is_taken: &'a dyn Fn(u8) -> bool) -> Circumstances<'a> {
        let multicast = Err("multicast is not switched on here".to_owned());
        let own_address = "127.0.0.1".parse().ok();
        Circumstances { multicast, peer: PEER, own_address, lab_dialect, mode: "PLAY", is_taken }
    }

    fn offer(text: &str, lab_dialect: bool) -> Result<Choice, String> {
        let taken = |channel| channel == 0;
        choose(&TransportList::read(text), &around(lab_dialect, &taken))
    }

    #[test]
    fn multicast_is_answered_with_the_servers_group() {
        let taken = |_| false;
        let around = Circumstances { multicast: Ok(PLAN), ..around(false, &taken) };
        let answer = |text: &str| {
            let choice = choose(&TransportList::read(text), &around)?;
            Ok::<_, String>((choice.answer(6970, Some(31)).to_string(), choice.remarks.len()))
        };
        let group = ";multicast;destination=239.255.0.1;port=5004-5005;ttl=16;ssrc=0000001F";
        for (text, protocol, remarks) in [
            ("RTP/AVP;multicast", "RTP/AVP", 0),
            ("RTP/AVP/UDP;multicast", "RTP/AVP/UDP", 0),
            ("RTP/AVP;multicast;destination=239.255.0.1;port=5004-5005;ttl=16", "RTP/AVP", 0),
            ("RTP/AVP;multicast;destination=224.2.0.1;port=3456-3457;ttl=127", "RTP/AVP", 1),
            ("RTP/AVP;multicast;destination=192.0.2.9", "RTP/AVP", 1),
            ("RTP/AVP;multicast;client_port=3456-3457", "RTP/AVP", 0),
            ("RTP/AVP;multicast,RTP/AVP;unicast;client_port=2-3", "RTP/AVP", 0),
        ] {
            assert_eq!(answer(text), Ok((format!("{protocol}{group}"), remarks)), "{text}");
        }
        assert_eq!(answer("RTP/AVP/TCP;multicast").unwrap_err(), "multicast needs UDP");
        assert_eq!(answer("RTP/SAVP;multicast").unwrap_err(), "only RTP/AVP is served");
        assert_eq!(answer("RTP/AVP;multicast;mode=record").unwrap_err(), "only mode=PLAY is served");
        let unicast = answer("RTP/AVP;unicast;client_port=2-3,RTP/AVP;multicast").unwrap().0;
        assert!(unicast.contains("unicast"), "{unicast}");
    }

    #[test]
    fn the_first_usable_entry_is_taken() {
        let cases = [
            (
                "RTP/AVP;unicast;client_port=5004-5005",
                "RTP/AVP;unicast;client_port=5004-5005;server_port=6970-6971;ssrc=0000001F",
            ),
            (
                "RTP/AVP/UDP;unicast;client_port=5004",
                "RTP/AVP/UDP;unicast;client_port=5004-5005;server_port=6970-6971;ssrc=0000001F",
            ),
            (
                "RTP/AVP;unicast;client_port=5005-5006",
                "RTP/AVP;unicast;client_port=5005-5006;server_port=6970-6971;ssrc=0000001F",
            ),
            (
                "RTP/AVP;unicast;client_port=5004-5004",
                "RTP/AVP;unicast;client_port=5004-5005;server_port=6970-6971;ssrc=0000001F",
            ),
            ("RTP/AVP/TCP;unicast", "RTP/AVP/TCP;unicast;interleaved=2-3;ssrc=0000001F"),
            ("RTP/AVP/TCP;unicast;interleaved=7-8", "RTP/AVP/TCP;unicast;interleaved=7-8;ssrc=0000001F"),
            ("RTP/AVP/TCP;interleaved=9", "RTP/AVP/TCP;unicast;interleaved=9-10;ssrc=0000001F"),
            (
                "RTP/AVP/TCP;interleaved=8-7;mode=\"PLAY\"",
                "RTP/AVP/TCP;unicast;interleaved=8-7;ssrc=0000001F;mode=\"PLAY\"",
            ),
            (
                "RTP/SAVP;client_port=2-3,RTP/AVP;multicast, x, RTP/AVP/TCP;unicast",
                "RTP/AVP/TCP;unicast;interleaved=2-3;ssrc=0000001F",
            ),
            (
                "RTP/AVP;unicast;destination=10.0.0.2;client_port=2-3",
                "RTP/AVP;unicast;client_port=2-3;server_port=6970-6971;ssrc=0000001F",
            ),
            (
                "RTP/AVP;unicast;destination=127.0.0.1;client_port=2-3",
                "RTP/AVP;unicast;client_port=2-3;server_port=6970-6971;ssrc=0000001F",
            ),
        ];
        for (text, answer) in cases {
            assert_eq!(offer(text, false).unwrap().answer(6970, Some(31)).to_string(), answer);
        }
    }

    #[test]
    fn what_cannot_be_served_is_refused_with_the_reason() {
        let cases = [
            ("", "no transport is named"),
            ("nonsense", "\"nonsense\" is no transport (RFC 2326 12.39)"),
            ("RTP/SAVP;unicast;client_port=2-3", "only RTP/AVP is served"),
            ("RTP/UDP;client_port=2-3", "only RTP/AVP is served"),
            ("RAW/RAW/UDP;unicast;client_port=2-3", "only RTP/AVP is served"),
            ("RTP/AVP/SCTP;unicast", "the lower transport is neither UDP nor TCP"),
            ("RTP/AVP;multicast", "multicast is not switched on here"),
            ("RTP/AVP;unicast", "client_port is missing"),
            ("RTP/AVP;unicast;client_port=0-1", "client_port cannot be 0"),
            (
                "RTP/AVP;unicast;client_port=5002-5001",
                "client_port must name two ports in a row, the first for RTP",
            ),
            (
                "RTP/AVP;unicast;client_port=5000-5009",
                "client_port must name two ports in a row, the first for RTP",
            ),
            ("RTP/AVP;unicast;client_port=65535", "client_port has no port after it for RTCP"),
            ("RTP/AVP;unicast;client_port=2-3;mode=record", "only mode=PLAY is served"),
            ("RTP/AVP;unicast;client_port=2-3;destination=10.0.0.9", "destination must be the client itself"),
            ("RTP/AVP/TCP;interleaved=255", "channel 255 has no channel after it for RTCP"),
            ("RTP/AVP/TCP;interleaved=4-4", "the two channels must differ"),
            ("RTP/AVP/TCP;interleaved=0-1", "a channel is taken by another track"),
        ];
        for (text, reason) in cases {
            assert_eq!(offer(text, false).unwrap_err(), reason, "{text}");
        }
        // Without a value it asks for the default, which is the client.
        assert!(offer("RTP/AVP;unicast;client_port=2-3;destination", false).is_ok());
    }

    #[test]
    fn oddities_are_remarked_on() {
        let rules = |text: &str, lab: bool| -> Vec<&'static str> {
            offer(text, lab).unwrap().remarks.into_iter().map(|(rule, _)| rule).collect()
        };
        assert!(rules("RTP/AVP;unicast;client_port=5004-5005", false).is_empty());
        assert_eq!(rules("RTP/AVP;unicast;client_port=5005-5006", false), ["RFC 3550 11"]);
        assert_eq!(rules("RTP/AVP;client_port=5004", false), ["RFC 2326 12.39", "RFC 2326 12.39"]);
        assert_eq!(rules("RTP/UDP; client_port= 25000", true).len(), 3);
    }

    #[test]
    fn channels_run_out() {
        let all = |_| true;
        let around = around(false, &all);
        let list = TransportList::read("RTP/AVP/TCP;unicast");
        assert_eq!(choose(&list, &around).unwrap_err(), "no channel of the connection is free");
    }
}
