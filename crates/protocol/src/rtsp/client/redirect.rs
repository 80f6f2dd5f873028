//! Requests of the server, REDIRECT among them (RFC 2326 section 10.10), and answers that
//! send the client elsewhere (section 11.2).

use super::{Client, ClientEvent, MAX_WAITING, Redirection};
use crate::message::{Outgoing, What};
use crate::rtsp::headers::Range;
use crate::rtsp::message::{Request, Response};
use crate::rtsp::reader::Item;
use crate::rtsp::url::{Url, resolve};
use crate::rtsp::{Method, Status};

/// How often a client is sent on before any media has come, at most.
pub const MAX_REDIRECTS: usize = 5;

/// The longest address that is followed, in octets.
pub const MAX_LOCATION: usize = 1024;

impl Client {
    /// Answers a request of the server.
    pub(super) fn asked(&mut self, item: &Item, request: &Request) {
        let status = match request.method {
            _ if !self.is_own(request) => Status::SESSION_NOT_FOUND,
            Method::Options | Method::GetParameter => Status::OK,
            Method::Redirect => self.redirected(item, request),
            _ => Status::NOT_IMPLEMENTED,
        };
        let mut response = Response::new(status);
        let cseq = request.headers.get("CSeq").unwrap_or_default().to_owned();
        response.headers.push("CSeq", cseq.clone());
        if let Some(session) = &self.session {
            response.headers.push("Session", session.id.clone());
        }
        if request.method == Method::Options {
            response.headers.push("Public", "OPTIONS, GET_PARAMETER, REDIRECT");
        }
        response.headers.push("User-Agent", self.config.user_agent.clone());
        let what = What::Response {
            status: status.0,
            reason: response.reason.clone(),
            method: Some(request.method.to_string()),
            cseq: cseq.parse().ok(),
        };
        // A server that asks without end and does not read the answers gets no more of them.
        if self.transmits.len() < MAX_WAITING {
            self.transmits.push_back(Outgoing { bytes: response.write(), what });
        }
    }

    /// Whether a request is about this client's session, or about none.
    fn is_own(&self, request: &Request) -> bool {
        let named = request.headers.get("Session").map(|text| text.split(';').next().unwrap_or_default());
        named.is_none_or(|named| self.session().is_some_and(|own| own == named.trim()))
    }

    fn redirected(&mut self, item: &Item, request: &Request) -> Status {
        let Some(location) = request.headers.get("Location") else {
            let text = "REDIRECT without Location says not where to go; it is answered 400.";
            self.deviation(item, "RFC 2326 10.10", text);
            return Status::BAD_REQUEST;
        };
        let range = request.headers.get("Range").and_then(|value| value.parse().ok());
        match self.place(item, location).and_then(|url| self.sent_on(url, None, range)) {
            Ok(()) => Status::OK,
            Err(reason) => {
                self.fail(Some(Method::Redirect), reason);
                Status::BAD_REQUEST
            }
        }
    }

    /// A request was answered by a status of the 300s; `false` when the answer says nowhere
    /// to go to.
    pub(super) fn moved(&mut self, item: &Item, response: &Response, method: &Method) -> bool {
        let is_known =
            [Status::MOVED_PERMANENTLY, Status::MOVED_TEMPORARILY, Status::SEE_OTHER, Status::USE_PROXY]
                .contains(&response.status);
        let Some(location) = response.headers.get("Location").filter(|_| is_known) else { return false };
        let place = self.place(item, location);
        let followed = place.and_then(|place| {
            if response.status == Status::USE_PROXY {
                let own = self.url.clone().unwrap_or_default();
                self.sent_on(own, Some(place), None)
            } else {
                self.sent_on(place, None, None)
            }
        });
        if let Err(reason) = followed {
            self.fail(Some(method.clone()), format!("{}: {reason}", response.status.0));
        }
        true
    }

    /// The URL that a Location means.
    fn place(&mut self, item: &Item, location: &str) -> Result<String, String> {
        let location = location.trim();
        if location.len() > MAX_LOCATION {
            return Err(format!("the new address has more than {MAX_LOCATION} octets"));
        }
        match Url::parse(location) {
            Ok(_) => Ok(location.to_owned()),
            Err(_) if location.starts_with('/') => {
                let text = "Location is no absolute URL; it is taken for a path on the same server.";
                self.deviation(item, "RFC 2326 12.25", text);
                Ok(resolve(&self.url.clone().unwrap_or_default(), location))
            }
            Err(error) => Err(format!("it leads to \"{location}\", but {error}")),
        }
    }

    /// Tells where to go, unless the way there has no end.
    fn sent_on(&mut self, url: String, proxy: Option<String>, range: Option<Range>) -> Result<(), String> {
        let own = self.url.clone().unwrap_or_default();
        // Who has seen a film may be sent back to where it was before.
        let mut visited = if self.had_media { Vec::new() } else { self.config.visited.clone() };
        if !self.had_media {
            visited.push(match &proxy {
                Some(proxy) => proxy.clone(),
                None => own,
            });
        }
        let target = proxy.as_ref().unwrap_or(&url);
        let is_known = visited.iter().rev().skip(usize::from(proxy.is_some())).any(|place| place == target);
        if is_known {
            return Err(format!("the way to {} leads in a circle", shown(target)));
        }
        if !self.may_use(target) {
            return Err(format!("{} is on another host, where nobody wanted to go", shown(target)));
        }
        if visited.len() > MAX_REDIRECTS {
            return Err(format!("it has been sent on more than {MAX_REDIRECTS} times"));
        }
        self.events.push_back(ClientEvent::Redirected(Redirection { url, proxy, range, visited }));
        Ok(())
    }
}

/// An address for people, without user and password.
fn shown(url: &str) -> String {
    Url::parse(url).map_or_else(|_| url.to_owned(), |url| url.without_user().to_string())
}
