//! ANNOUNCE and RECORD (RFC 2326 sections 10.3 and 10.11): this client's media goes to the
//! server.

use super::{Client, ClientEvent, NotAllowed};
use crate::rtsp::message::Request;
use crate::rtsp::sdp::Sdp;
use crate::rtsp::url::Url;
use crate::rtsp::{Method, State};
use crate::time::SimTime;

impl Client {
    /// Whether ANNOUNCE may be sent now.
    pub(super) fn check_announce(&self, url: &str, sdp: &Sdp) -> Result<(), NotAllowed> {
        let no = |reason| Err(NotAllowed(reason));
        if self.session.is_some() {
            return no("There is a session already: TEARDOWN comes first.");
        }
        if self.offers(&Method::Announce) == Some(false) {
            return no("The server has not named ANNOUNCE among its methods.");
        }
        if Url::parse(url).is_err() {
            return no("The URL to publish under cannot be read: it must look like rtsp://host/path.");
        }
        if sdp.media.is_empty() { no("A description without a track publishes nothing.") } else { Ok(()) }
    }

    /// Whether RECORD may be sent now.
    pub(super) fn check_record(&self) -> Result<(), NotAllowed> {
        let no = |reason| Err(NotAllowed(reason));
        match self.state {
            State::Recording => no("It is recording already."),
            _ if !self.publishes => no("ANNOUNCE first: this client publishes nothing yet."),
            State::Ready => Ok(()),
            _ => no("SETUP first: without a transport nothing can be sent."),
        }
    }

    pub(super) fn send_announce(&mut self, now: SimTime, url: &str, sdp: &Sdp) {
        let url = Url::parse(url).map_or_else(|_| url.to_owned(), |url| url.without_user().to_string());
        let mut message = Request::new(Method::Announce, url).header("Content-Type", "application/sdp");
        message.body = sdp.write().into();
        self.send(now, message, None, false);
    }

    /// The server has taken the description: what was announced is what is set up.
    pub(super) fn announced(&mut self, message: &Request) {
        match Sdp::read(&message.body) {
            Ok(sdp) => {
                self.sdp = Some(sdp);
                self.base.clone_from(&message.uri);
                self.url = Some(message.uri.clone());
                self.publishes = true;
            }
            // The reader and the writer of descriptions are the same module's.
            Err(error) => self.fail(Some(Method::Announce), error.to_string()),
        }
    }

    pub(super) fn recording(&mut self) {
        self.had_media = true;
        self.enter(State::Recording);
        self.events.push_back(ClientEvent::Recording);
    }
}
