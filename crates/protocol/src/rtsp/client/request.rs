//! What the state allows, and the requests themselves.

use super::parameters;
use super::{
    AllowedRequests, Client, ClientRequest, ClientTransport, DEFAULT_TIMEOUT, NotAllowed, Pending, lab,
};
use crate::message::{Outgoing, What};
use crate::rtsp::headers::{Delivery, Lower, NptTime, Range, Transport};
use crate::rtsp::message::Request;
use crate::rtsp::sdp::{Media, Sdp};
use crate::rtsp::url::resolve;
use crate::rtsp::{Method, State};
use crate::time::SimTime;

/// A client asks one thing at a time.
const BUSY: NotAllowed = NotAllowed("The answer to the request before has not come yet.");

/// A description that stands for any.
fn any_track() -> Sdp {
    Sdp { media: vec![Media::default()], ..Sdp::default() }
}

impl Client {
    /// Sends a request.
    ///
    /// # Errors
    /// When the state does not allow it; the reason is for the person who asked.
    pub fn request(&mut self, now: SimTime, request: ClientRequest) -> Result<(), NotAllowed> {
        self.check(&request)?;
        match request {
            ClientRequest::Options => {
                let message = Request::new(Method::Options, self.own_url());
                self.send(now, message, None, false);
            }
            ClientRequest::Describe => {
                let message =
                    Request::new(Method::Describe, self.own_url()).header("Accept", "application/sdp");
                self.send(now, message, None, false);
            }
            ClientRequest::Setup { track } => self.send_setup(now, track),
            ClientRequest::Play { from, until } => {
                // After its end a session goes on nowhere: it starts anew.
                let from = from.or((self.is_over() || until.is_some()).then_some(Default::default()));
                let mut message = Request::new(Method::Play, self.aggregate_url());
                if let Some(from) = from {
                    let range = Range::Npt { start: Some(NptTime::At(from)), end: until };
                    message.headers.push("Range", range.to_string());
                }
                self.send(now, message, None, false);
            }
            ClientRequest::Announce { url, sdp } => self.send_announce(now, &url, &sdp),
            ClientRequest::Record => {
                self.send(now, Request::new(Method::Record, self.aggregate_url()), None, false);
            }
            ClientRequest::Pause => {
                self.send(now, Request::new(Method::Pause, self.aggregate_url()), None, false);
            }
            ClientRequest::Teardown => {
                self.send(now, Request::new(Method::Teardown, self.aggregate_url()), None, false);
            }
            ClientRequest::GetParameter { names } => {
                let message = Request::new(Method::GetParameter, self.aggregate_url());
                self.send(now, parameters::asking(message, &names), None, false);
            }
            ClientRequest::SetParameter { parameters } => {
                let message = Request::new(Method::SetParameter, self.aggregate_url());
                self.send(now, parameters::setting(message, &parameters), None, false);
            }
        }
        Ok(())
    }

    /// Which requests the state allows now.
    pub fn allowed(&self) -> AllowedRequests {
        AllowedRequests {
            options: self.check(&ClientRequest::Options),
            describe: self.check(&ClientRequest::Describe),
            setup: self.check(&ClientRequest::Setup { track: 0 }),
            play: self.check(&ClientRequest::Play { from: None, until: None }),
            pause: self.check(&ClientRequest::Pause),
            teardown: self.check(&ClientRequest::Teardown),
            get_parameter: self.check(&ClientRequest::GetParameter { names: Vec::new() }),
            set_parameter: self.check(&ClientRequest::SetParameter { parameters: Vec::new() }),
            announce: self
                .check_connection()
                .and_then(|()| self.check_announce(&self.own_url(), &any_track())),
            record: self.check(&ClientRequest::Record),
        }
    }

    /// Whether the state allows a request, and it can be written as it is meant.
    ///
    /// # Errors
    /// The reason why not, for the person who asked.
    pub fn check(&self, request: &ClientRequest) -> Result<(), NotAllowed> {
        let no = |reason| Err(NotAllowed(reason));
        if self.config.lab_dialect {
            lab::check(request)?;
        }
        // To leave is possible at any time; anything else waits for its turn.
        let leaves = matches!(request, ClientRequest::Teardown) && !self.is_leaving();
        match self.check_connection() {
            Err(BUSY) if leaves => {}
            other => other?,
        }
        match (request, self.state) {
            (ClientRequest::Options, _) => Ok(()),
            (ClientRequest::Describe, _) if self.publishes => {
                no("This session publishes what it has described itself: TEARDOWN comes first.")
            }
            (ClientRequest::Describe, _) => Ok(()),
            (ClientRequest::Announce { url, sdp }, _) => self.check_announce(url, sdp),
            (ClientRequest::Record, _) => self.check_record(),
            (ClientRequest::Play { .. }, _) if self.publishes => {
                no("This session publishes: RECORD takes the place of PLAY.")
            }
            (ClientRequest::Setup { .. }, State::Playing | State::Recording) => {
                no("While media flows, its transport cannot be changed: PAUSE first.")
            }
            (ClientRequest::Setup { track }, _) => match &self.sdp {
                None if self.config.lab_dialect => Ok(()),
                None => no("DESCRIBE first, or ANNOUNCE: the description names the tracks."),
                Some(sdp) if *track >= sdp.media.len() => no("The description has no such track."),
                Some(_) => Ok(()),
            },
            (ClientRequest::Play { .. }, State::Ready | State::Playing) => Ok(()),
            (ClientRequest::Play { .. }, _) => no("SETUP first: without a transport nothing can be played."),
            (ClientRequest::Pause, State::Playing | State::Recording) => Ok(()),
            (ClientRequest::Pause, _) => no("No media flows."),
            (ClientRequest::Teardown, State::Init) => no("There is no session to end."),
            (ClientRequest::Teardown, _) => Ok(()),
            (ClientRequest::GetParameter { .. }, _) if self.offers(&Method::GetParameter) == Some(false) => {
                no("The server has not named GET_PARAMETER among its methods.")
            }
            (ClientRequest::GetParameter { names }, _) => parameters::check(names.iter().map(|n| (n, None))),
            (ClientRequest::SetParameter { .. }, State::Init) => {
                no("SETUP first: parameters are set in a session.")
            }
            (ClientRequest::SetParameter { .. }, _) if self.offers(&Method::SetParameter) == Some(false) => {
                no("The server has not named SET_PARAMETER among its methods.")
            }
            (ClientRequest::SetParameter { parameters }, _) => {
                parameters::check(parameters.iter().map(|(name, value)| (name, Some(value))))
            }
        }
    }

    /// Whether a request can be sent at all now.
    fn check_connection(&self) -> Result<(), NotAllowed> {
        if self.url.is_none() {
            return Err(NotAllowed("The URL cannot be read: it must look like rtsp://host/path."));
        }
        if !self.is_connected {
            return Err(NotAllowed("There is no connection to the server."));
        }
        if self.pending.values().any(|pending| !pending.is_keep_alive) { Err(BUSY) } else { Ok(()) }
    }

    /// Whether the server offers a method, where it has said so.
    pub fn offers(&self, method: &Method) -> Option<bool> {
        self.public.as_ref().map(|public| public.contains(method))
    }

    fn own_url(&self) -> String {
        self.url.clone().unwrap_or_default()
    }

    /// What controls the whole session (RFC 2326 appendix C.3).
    fn aggregate_url(&self) -> String {
        let control = self.sdp.as_ref().and_then(|sdp| sdp.control.as_deref());
        resolve(&self.base, control.unwrap_or("*"))
    }

    /// SETUP of a track over what is to be used now.
    pub(super) fn send_setup(&mut self, now: SimTime, track: usize) {
        let control = self.sdp.as_ref().and_then(|sdp| sdp.media.get(track)?.control.clone());
        let uri = resolve(&self.base, control.as_deref().unwrap_or("*"));
        let transport = self.offer(track).to_string();
        let message = Request::new(Method::Setup, uri).header("Transport", transport);
        self.send(now, message, Some(track), false);
    }

    /// What a SETUP of a track offers.
    pub(super) fn offer(&self, track: usize) -> Transport {
        let mut offer = Transport {
            protocol: "RTP".to_owned(),
            profile: "AVP".to_owned(),
            delivery: Some(Delivery::Unicast),
            // In the form that publishers use: ffmpeg as a server reads no quotes and no capitals.
            other: if self.publishes { vec!["mode=record".to_owned()] } else { Vec::new() },
            ..Transport::default()
        };
        // A description has at most 64 tracks, so the sums stay small.
        let step = 2 * track.min(64);
        match self.transport {
            ClientTransport::Udp { rtp_port } => {
                let step = if self.config.one_pair { 0 } else { step as u16 };
                let rtp = rtp_port.saturating_add(step).min(u16::MAX - 1);
                offer.lower = Some(Lower::Udp);
                offer.client_port = Some((rtp, Some(rtp + 1)));
            }
            ClientTransport::Multicast { .. } => {
                offer.lower = Some(Lower::Udp);
                offer.delivery = Some(Delivery::Multicast);
            }
            ClientTransport::Tcp => {
                offer.lower = Some(Lower::Tcp);
                offer.interleaved = Some((step as u8, Some(step as u8 + 1)));
            }
        }
        offer
    }

    /// A sign of life: GET_PARAMETER if the server offers it, else OPTIONS.
    pub(super) fn send_keep_alive(&mut self, now: SimTime) {
        let method = match self.offers(&Method::GetParameter) {
            Some(true) => Method::GetParameter,
            _ => Method::Options,
        };
        self.send(now, Request::new(method, self.aggregate_url()), None, true);
    }

    pub(super) fn send(&mut self, now: SimTime, message: Request, track: Option<usize>, is_keep_alive: bool) {
        let cseq = self.next_cseq;
        self.next_cseq = self.next_cseq.wrapping_add(1);
        let method = message.method.clone();
        let proof = self.authorization(&method, &message.uri);
        let pending = Pending {
            message: message.clone(),
            track,
            is_keep_alive,
            proven: proof.is_some(),
            proven_anew: false,
            sent: now,
        };
        let mut headers = crate::rtsp::message::Headers::new();
        headers.push("CSeq", cseq.to_string());
        headers.push("User-Agent", self.config.user_agent.clone());
        if let Some(session) = &self.session {
            headers.push("Session", session.id.clone());
        }
        if let Some(proof) = proof {
            headers.push("Authorization", proof);
        }
        for (name, value) in message.headers.iter() {
            headers.push(name, value);
        }
        let message = Request { headers, ..message };
        let bytes = match self.transport {
            ClientTransport::Udp { rtp_port } if self.config.lab_dialect => {
                lab::write(&method, &self.own_url(), cseq, rtp_port)
            }
            _ => message.write(),
        };
        let what = What::Request { method: method.to_string(), cseq: Some(cseq) };
        self.transmits.push_back(Outgoing { bytes, what });
        self.pending.insert(cseq, pending);
        self.plan_keep_alive(now);
    }

    /// The next sign of life is due before half of the session's timeout is over. Dice keep
    /// clients that began together from knocking together.
    pub(super) fn plan_keep_alive(&mut self, now: SimTime) {
        if self.config.lab_dialect {
            return;
        }
        let Some(session) = &self.session else { return };
        let half = session.timeout.unwrap_or(DEFAULT_TIMEOUT).max(std::time::Duration::from_secs(2)) / 2;
        self.keep_alive = Some(now + half.mul_f64(0.9 + 0.1 * self.dice.unit()));
    }
}
