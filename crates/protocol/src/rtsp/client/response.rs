//! What the server's answers do.

use super::parameters;
use super::{Client, ClientEvent, ClientTransport, MediaPath, Pending};
use crate::rtsp::headers::{Delivery, Lower, RtpInfo, SessionHeader, Transport, TransportList, list};
use crate::rtsp::message::Response;
use crate::rtsp::reader::Item;
use crate::rtsp::sdp::{self, Sdp};
use crate::rtsp::url::Url;
use crate::rtsp::{Method, State, Status};
use crate::time::SimTime;

impl Client {
    pub(super) fn response(&mut self, now: SimTime, item: &Item, response: &Response) {
        let Some((cseq, pending)) = self.answered(item, response) else { return };
        let mut unproven = None;
        if Self::asks_for_proof(response) {
            match self.log_in(now, response, &pending) {
                Ok(()) => return,
                Err(reason) => unproven = Some(reason),
            }
        }
        self.events.push_back(ClientEvent::Response {
            method: pending.message.method.clone(),
            cseq,
            status: response.status.0,
            reason: response.reason.clone(),
            round_trip: now.since(pending.sent),
            offset: item.offset,
            len: item.bytes.len(),
        });
        if response.status.0 < 200 {
            // "Continue": the answer itself is still to come (RFC 2326 section 11).
            self.pending.insert(cseq, pending);
            return;
        }
        if response.status.is_success() {
            self.succeeded(now, item, response, &pending);
        } else {
            self.refused(now, item, response, pending, unproven);
        }
    }

    /// The request that a response answers. Without a CSeq it is the oldest one.
    fn answered(&mut self, item: &Item, response: &Response) -> Option<(u32, Pending)> {
        let written = response.headers.get("CSeq").map(str::trim);
        let cseq = match written {
            Some(text) => text.parse().ok(),
            None => {
                self.deviation(
                    item,
                    "RFC 2326 12.17",
                    "The response has no CSeq; it is taken for the oldest request's.",
                );
                self.pending.keys().next().copied()
            }
        };
        let found = cseq.and_then(|cseq: u32| Some((cseq, self.pending.remove(&cseq)?)));
        if found.is_none() {
            self.deviation(
                item,
                "RFC 2326 12.17",
                "The response's CSeq is that of no request without an answer.",
            );
        }
        found
    }

    /// Tells something odd, once in the client's life.
    pub(super) fn deviation(&mut self, item: &Item, rule: &'static str, text: &'static str) {
        if self.remarked.insert(text) {
            self.events.push_back(ClientEvent::Deviation {
                rule,
                text: text.to_owned(),
                offset: item.offset,
            });
        }
    }

    fn succeeded(&mut self, now: SimTime, item: &Item, response: &Response, pending: &Pending) {
        match pending.message.method {
            Method::Options => {
                if let Some(public) = response.headers.joined("Public") {
                    self.public = Some(list(&public).map(Method::from_token).collect());
                }
            }
            Method::Describe => self.described(item, response),
            Method::Setup => self.set_up(now, item, response, pending.track.unwrap_or(0)),
            Method::Play => self.playing(response),
            Method::Announce => self.announced(&pending.message),
            Method::Record => self.recording(),
            Method::Pause => self.enter(State::Ready),
            Method::Teardown => self.lose_session(),
            Method::GetParameter => self.told(item, response),
            Method::SetParameter => {
                let values = parameters::read(&pending.message.body);
                self.events.push_back(ClientEvent::Parameters { values });
            }
            _ => {}
        }
    }

    fn described(&mut self, item: &Item, response: &Response) {
        // RFC 2326 appendix C.1.1: Content-Base, Content-Location, or the request's URL.
        let named = ["Content-Base", "Content-Location"].iter().find_map(|name| response.headers.get(name));
        let own = self.url.clone().unwrap_or_default();
        self.base = match named {
            Some(base) if Url::parse(base).is_ok() => base.to_owned(),
            Some(_) => {
                let text =
                    "Content-Base is no absolute RTSP URL; the URL that was asked for takes its place.";
                self.deviation(item, "RFC 2326 12.11", text);
                own
            }
            None => own,
        };
        for deviation in sdp::tokens(&response.body).deviations {
            self.deviation(item, deviation.what.rule(), deviation.what.text());
        }
        let kind = response
            .headers
            .get("Content-Type")
            .map(|kind| kind.split(';').next().unwrap_or_default().trim());
        if let Some(kind) = kind.filter(|kind| !kind.eq_ignore_ascii_case("application/sdp")) {
            let kind: String = kind.chars().filter(|c| !c.is_control()).take(64).collect();
            return self.fail(
                Some(Method::Describe),
                format!("the description is of the type {kind}, not application/sdp"),
            );
        }
        match Sdp::read(&response.body) {
            Ok(sdp) => {
                if let Some(url) = self.led_elsewhere(&sdp) {
                    let reason =
                        format!("the description leads to another host ({url}); open that URL to go there");
                    return self.fail(Some(Method::Describe), reason);
                }
                self.sdp = Some(sdp.clone());
                self.events.push_back(ClientEvent::Described(sdp));
            }
            Err(error) => self.fail(Some(Method::Describe), error.to_string()),
        }
    }

    fn set_up(&mut self, now: SimTime, item: &Item, response: &Response, track: usize) {
        match response.headers.get("Session").map(str::parse::<SessionHeader>) {
            Some(Ok(session)) => self.session = Some(session),
            // Without a session nothing can be played (RFC 2326 section 12.37).
            Some(Err(error)) => return self.fail(Some(Method::Setup), error.to_string()),
            None if self.session.is_none() => {
                return self.fail(Some(Method::Setup), "the answer names no session");
            }
            None => {}
        }
        self.plan_keep_alive(now);
        let offer = self.offer(track);
        let written = response.headers.get("Transport").map(TransportList::read);
        let agreed = match written.and_then(|list| list.0.into_iter().next()) {
            Some(Ok(transport)) => transport,
            Some(Err(error)) => return self.fail(Some(Method::Setup), error.to_string()),
            None => {
                let text = "The answer names no transport; the one that was asked for is taken.";
                self.deviation(item, "RFC 2326 12.39", text);
                offer.clone()
            }
        };
        let path = match agreed.lower() {
            _ if agreed.delivery == Some(Delivery::Multicast) => match group(&agreed) {
                Some(path) => path,
                None => return self.fail(Some(Method::Setup), "the answer names no group and ports"),
            },
            Lower::Tcp => {
                // The answer counts, whatever was asked for.
                let channels = agreed.interleaved.or(offer.interleaved).unwrap_or((0, None));
                let rtcp = channels.1.unwrap_or(channels.0.wrapping_add(1));
                MediaPath::Tcp { rtp: channels.0, rtcp }
            }
            _ => {
                let Some((rtp, rtcp)) = offer.client_port.or(agreed.client_port) else {
                    return self
                        .fail(Some(Method::Setup), "the server offers UDP where it was not asked for");
                };
                let server = agreed.server_port.map(|(rtp, rtcp)| (rtp, rtcp.unwrap_or(rtp.wrapping_add(1))));
                if self.publishes && server.is_none() {
                    return self.fail(Some(Method::Setup), "the answer names no port to send to");
                }
                MediaPath::Udp { rtp, rtcp: rtcp.unwrap_or(rtp.wrapping_add(1)), server }
            }
        };
        self.tracks.insert(track, (path, false));
        self.events.push_back(ClientEvent::TransportSet { track, path, ssrc: agreed.ssrc });
        self.enter(State::Ready);
    }

    fn playing(&mut self, response: &Response) {
        for (_, is_over) in self.tracks.values_mut() {
            *is_over = false;
        }
        let rtp_info =
            response.headers.joined("RTP-Info").map(|value| RtpInfo::read(&value)).unwrap_or_default();
        let range = response.headers.get("Range").and_then(|value| value.parse().ok());
        self.had_media = true;
        self.enter(State::Playing);
        self.events.push_back(ClientEvent::Playing { rtp_info, range });
    }

    fn refused(
        &mut self,
        now: SimTime,
        item: &Item,
        response: &Response,
        pending: Pending,
        unproven: Option<&str>,
    ) {
        if self.moved(item, response, &pending.message.method) {
            return;
        }
        let next = match self.transport {
            ClientTransport::Multicast { rtp_port } => Some(ClientTransport::Udp { rtp_port }),
            ClientTransport::Udp { .. } => Some(ClientTransport::Tcp),
            ClientTransport::Tcp => None,
        };
        if let (Some(track), Status::UNSUPPORTED_TRANSPORT, Some(to)) =
            (pending.track, response.status, next.filter(|_| self.config.fall_back))
        {
            self.transport = to;
            self.events.push_back(ClientEvent::FallingBack { track, to });
            return self.send_setup(now, track);
        }
        if pending.is_keep_alive && pending.message.method == Method::GetParameter {
            // It was offered, but does not work: the next sign of life is OPTIONS.
            if let Some(public) = &mut self.public {
                public.retain(|method| *method != Method::GetParameter);
            }
        }
        let reason = if response.reason.is_empty() { response.status.reason() } else { &response.reason };
        let mut reason = format!("{} {reason}", response.status.0);
        if response.status == Status::PARAMETER_NOT_UNDERSTOOD && !response.body.is_empty() {
            let names = parameters::read(&response.body).into_iter().map(|(name, _)| name);
            reason = format!("{reason}: {}", names.collect::<Vec<_>>().join(", "));
        }
        if let Some(unproven) = unproven {
            reason = format!("{reason}: {unproven}");
        }
        let is_lost =
            response.status == Status::SESSION_NOT_FOUND || pending.message.method == Method::Teardown;
        let is_known = self.session.is_some();
        self.fail(Some(pending.message.method), reason);
        if is_lost && is_known {
            self.lose_session();
        }
    }
}

/// The group that the answer names; RFC 2326 section 12.39 leaves the TTL open, and 1 stays on
/// the network.
fn group(agreed: &Transport) -> Option<MediaPath> {
    let group: std::net::Ipv4Addr = agreed.destination.as_ref()?.parse().ok()?;
    let (rtp, rtcp) = agreed.port?;
    let rtcp = rtcp.or_else(|| rtp.checked_add(1))?;
    let ttl = agreed.ttl.unwrap_or(1);
    group.is_multicast().then_some(MediaPath::Multicast { group, rtp, rtcp, ttl })
}
