//! User and password, when the server asks for them (RFC 2326 section 14, RFC 7616, RFC 7617).

use super::{Client, ClientEvent, Pending};
use crate::rtsp::auth::{Challenge, Credentials};
use crate::rtsp::message::Response;
use crate::rtsp::url::{Url, percent_decode};
use crate::rtsp::{Method, Status};
use crate::time::SimTime;

/// What the client knows of logging in.
#[derive(Clone, Debug, Default)]
pub(super) struct Login {
    credentials: Option<Credentials>,
    /// What the server asks for, once it has.
    challenge: Option<Challenge>,
    /// How often the challenge was answered.
    answers: u32,
}

impl Login {
    /// With what stands before the `@` of a URL, `user:password`, each with `%` groups;
    /// without that, with what is given.
    pub(super) fn new(url: &str, given: Option<&Credentials>) -> Self {
        let user = Url::parse(url).ok().and_then(|url| url.user).unwrap_or_default();
        let (name, password) = user.split_once(':').unwrap_or((&user, ""));
        let credentials = match (percent_decode(name), percent_decode(password)) {
            (Some(name), Some(password)) => Credentials::new(name, password).ok(),
            _ => None,
        };
        Login { credentials: credentials.or_else(|| given.cloned()), ..Login::default() }
    }
}

impl Client {
    /// Uses these from now on, when the server asks.
    pub fn log_in_as(&mut self, credentials: Credentials) {
        self.login = Login { credentials: Some(credentials), ..Login::default() };
    }

    /// The proof for a request, once the server has asked for one.
    pub(super) fn authorization(&mut self, method: &Method, uri: &str) -> Option<String> {
        let Login { credentials: Some(credentials), challenge: Some(challenge), answers } = &mut self.login
        else {
            return None;
        };
        *answers = answers.saturating_add(1);
        let own_nonce = format!("{:016x}", self.dice.u64());
        Some(challenge.answer(credentials, &method.to_string(), uri, *answers, &own_nonce))
    }

    /// A request was answered 401: it goes out once more, with a proof, when there can be one.
    /// Otherwise the reason why not.
    pub(super) fn log_in(
        &mut self,
        now: SimTime,
        response: &Response,
        pending: &Pending,
    ) -> Result<(), &'static str> {
        let asked = response.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("WWW-Authenticate"));
        let Some(challenge) = Challenge::strongest(asked.flat_map(|(_, value)| apart(value))) else {
            return Err("it asks for a proof of a kind that is not known here");
        };
        if self.login.credentials.is_none() {
            return Err("it asks for a user and a password: write rtsp://user:password@host/...");
        }
        // A proof that was not taken will not be taken the next time, unless its nonce was too old.
        let is_stale = matches!(challenge, Challenge::Digest { stale: true, .. });
        if pending.proven && (!is_stale || pending.proven_anew) {
            return Err("user or password are not right");
        }
        let is_open = matches!(challenge, Challenge::Basic { .. });
        self.events.push_back(ClientEvent::LoggingIn { is_open });
        self.login.challenge = Some(challenge);
        self.login.answers = 0;
        let anew = pending.proven;
        self.send(now, pending.message.clone(), pending.track, pending.is_keep_alive);
        if let Some(again) = self.pending.get_mut(&self.next_cseq.wrapping_sub(1)) {
            again.proven_anew = anew;
        }
        Ok(())
    }

    /// Whether a response asks for a proof.
    pub(super) fn asks_for_proof(response: &Response) -> bool {
        response.status == Status::UNAUTHORIZED
    }
}

/// The challenges of one header: it may hold several, with commas between them that also stand
/// between the parameters of one (RFC 7235 section 4.1).
fn apart(value: &str) -> Vec<&str> {
    let mut begins = vec![0];
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (at, octet) in value.bytes().enumerate() {
        match octet {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_quoted => is_escaped = true,
            b'"' => is_quoted = !is_quoted,
            b',' if !is_quoted && begins_challenge(&value[at + 1..]) => begins.push(at + 1),
            _ => {}
        }
    }
    let ends = begins.iter().skip(1).map(|at| at - 1).chain([value.len()]);
    begins.iter().zip(ends).map(|(begin, end)| value[*begin..end].trim()).collect()
}

/// Whether a scheme and a space stand in front, not a parameter's name and `=`.
fn begins_challenge(text: &str) -> bool {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    !word.is_empty() && rest.starts_with(' ') && !rest.trim_start().starts_with('=')
}
