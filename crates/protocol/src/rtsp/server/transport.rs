//! Which of the transports that a client offers is taken (RFC 2326 section 12.39).

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
}

/// What the choice depends on.
pub(super) struct Circumstances<'a> {
    pub peer: IpAddr,
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
            Ok(offer) => usable(offer, around).map_err(str::to_owned),
            Err(error) => Err(error.to_string()),
        };
        match outcome {
            Ok(choice) => return Ok(choice),
            Err(reason) => first = first.or(Some(reason)),
        }
    }
    Err(first.unwrap_or_else(|| "no transport is named".to_owned()))
}

fn usable(offer: &Transport, around: &Circumstances<'_>) -> Result<Choice, &'static str> {
    let mut offer = offer.clone();
    let mut remarks = Vec::new();
    if around.lab_dialect && offer.protocol == "RTP" && offer.profile == "UDP" && offer.lower.is_none() {
        remarks
            .push(("RFC 2326 12.39", "The transport RTP/UDP names no profile; it is taken for RTP/AVP/UDP."));
        offer.profile = "AVP".to_owned();
        offer.lower = Some(Lower::Udp);
    }
    if offer.protocol != "RTP" || offer.profile != "AVP" {
        return Err("only RTP/AVP is served");
    }
    if !offer.is_for(around.mode) {
        let is_record = around.mode == "RECORD";
        return Err(if is_record { "only mode=RECORD is served" } else { "only mode=PLAY is served" });
    }
    if offer.delivery == Some(Delivery::Multicast) {
        return Err("multicast is not served");
    }
    // To send a stream to a third party who did not ask for it would make the server a
    // weapon (RFC 2326 section 16).
    if let Some(destination) = &offer.destination
        && destination.trim_matches(['[', ']']).parse() != Ok(around.peer)
    {
        return Err("destination must be the client itself");
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
        Lower::Other(_) => return Err("the lower transport is neither UDP nor TCP"),
    };
    offer.mode.retain(|mode| mode == around.mode);
    Ok(Choice { offer, kind, remarks })
}

fn udp(
    offer: &Transport,
    remarks: &mut Vec<(&'static str, &'static str)>,
) -> Result<ChoiceKind, &'static str> {
    let (rtp, rtcp) = match offer.client_port {
        None => return Err("client_port is missing"),
        Some((0, _) | (_, Some(0))) => return Err("client_port cannot be 0"),
        Some((rtp, Some(rtcp))) if rtp != rtcp => (rtp, rtcp),
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
    /// The Transport header of the answer. It names no address: behind a gateway the
    /// server's own would be of no use to the client.
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
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const PEER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));

    fn offer(text: &str, lab_dialect: bool) -> Result<Choice, String> {
        let taken = |channel| channel == 0;
        choose(
            &TransportList::read(text),
            &Circumstances { peer: PEER, lab_dialect, mode: "PLAY", is_taken: &taken },
        )
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
            ("RTP/AVP;multicast", "multicast is not served"),
            ("RTP/AVP;unicast", "client_port is missing"),
            ("RTP/AVP;unicast;client_port=0-1", "client_port cannot be 0"),
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
        let around = Circumstances { peer: PEER, lab_dialect: false, mode: "PLAY", is_taken: &all };
        let list = TransportList::read("RTP/AVP/TCP;unicast");
        assert_eq!(choose(&list, &around).unwrap_err(), "no channel of the connection is free");
    }
}
