//! Who may read and who may publish (RFC 2326 sections 12.5 and 16, RFC 7616, RFC 7617).

use super::target::Target;
use super::{ConnId, Server, SessionId};
use crate::random::Dice;
use crate::rtsp::auth::{Algorithm, Authorization, Challenge, Credentials, DigestAnswer, hexadecimal};
use crate::rtsp::headers::{SessionHeader, TransportList};
use crate::rtsp::message::{Request, Response};
use crate::rtsp::url::{Url, percent_decode};
use crate::rtsp::{Method, Status};
use crate::time::SimTime;
use sha2::{Digest as _, Sha256};
use std::net::IpAddr;
use std::time::Duration;
use subtle::ConstantTimeEq as _;

/// How long a nonce can be used. Then the answer is 401 with `stale=true` and a new one, and
/// the client need not ask its user again.
pub const NONCE_LIFETIME: Duration = Duration::from_secs(300);

/// So many wrong proofs end a connection: who guesses has to connect anew for further ones.
pub const MAX_WRONG_PROOFS: u32 = 10;

/// The most names of one kind that are taken.
pub const MAX_USERS: usize = 64;

/// Who may do what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// What the passwords are for, as clients show it to their users.
    pub realm: String,
    /// Who may read, [`MAX_USERS`] at most, further ones are not let in; everybody when empty.
    pub readers: Vec<Credentials>,
    /// Who may publish, likewise; when empty, [`free_publishing`](Self::free_publishing) says.
    pub publishers: Vec<Credentials>,
    /// Who may publish without a name, as long as there are no publishers' names.
    pub free_publishing: FreePublishing,
}

/// Who may publish without a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FreePublishing {
    /// Everybody.
    #[default]
    Everybody,
    /// Clients at these addresses; others are answered 403.
    Only(Vec<IpAddr>),
}

impl Default for Access {
    fn default() -> Self {
        Access {
            realm: "Layercast".to_owned(),
            readers: Vec::new(),
            publishers: Vec::new(),
            free_publishing: FreePublishing::default(),
        }
    }
}

/// What a request needs a right for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Reading,
    Publishing,
}

/// A nonce of ours, taken apart: when it was made, and its number on its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Nonce {
    unix_nanos: u64,
    number: u32,
}

/// What a connection keeps of its client's authentication.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// How many nonces it was given.
    challenges: u32,
    /// How many proofs of it were wrong.
    wrong: u32,
    /// The newest nonce that was used, and the highest count with it (RFC 7616 section 3.4:
    /// `nc`). Older nonces are not taken any more, so that one pair is enough.
    used: Option<(Nonce, u32)>,
}

/// What follows from a right proof.
#[derive(Clone, Debug, Default)]
struct Proven {
    /// With a count: what is to be remembered so that the same octets prove it only once.
    used: Option<(Nonce, u32)>,
    /// With Digest and a count: the server's own proof.
    info: Option<String>,
}

/// What is wrong with a request's authorisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Refusal {
    /// For the reason phrase; empty where nothing was tried.
    why: &'static str,
    /// Whether the proof was right, and only its nonce was not.
    stale: bool,
}

/// Makes nonces that need not be remembered: each carries its time and a sum over that, the
/// connection and a secret.
#[derive(Clone, Debug)]
pub(super) struct Nonces {
    secret: [u8; 32],
}

impl Nonces {
    /// With this secret or, where there is none, one from the server's dice, which are not
    /// touched.
    pub fn new(secret: Option<[u8; 32]>, dice: &Dice) -> Nonces {
        if let Some(secret) = secret {
            return Nonces { secret };
        }
        let mut dice = Dice::new(dice.clone().u64(), "nonces");
        let mut secret = [0; 32];
        for chunk in secret.chunks_mut(8) {
            chunk.copy_from_slice(&dice.u64().to_be_bytes());
        }
        Nonces { secret }
    }

    fn write(&self, nonce: Nonce, conn: ConnId, peer: IpAddr) -> String {
        let text = format!("{:016x}{:08x}", nonce.unix_nanos, nonce.number);
        let sum = Sha256::new()
            .chain_update(self.secret)
            .chain_update(format!("{text} {} {peer}", conn.0))
            .finalize();
        // Half of the sum is as hard to guess as any password.
        format!("{text}{}", hexadecimal(&sum[..16]))
    }

    /// Reads a nonce that was given to this connection.
    fn read(&self, text: &str, conn: ConnId, peer: IpAddr) -> Option<Nonce> {
        let nanos = u64::from_str_radix(text.get(..16)?, 16).ok()?;
        let number = u32::from_str_radix(text.get(16..24)?, 16).ok()?;
        let nonce = Nonce { unix_nanos: nanos, number };
        let is_own: bool = self.write(nonce, conn, peer).as_bytes().ct_eq(text.as_bytes()).into();
        is_own.then_some(nonce)
    }
}

impl Server {
    /// Whether the client may do what it asks for; with what the answer proves to a client that
    /// has proven itself by Digest.
    ///
    /// # Errors
    /// 401 with what the server would take as a proof, or 403 where there is none.
    pub(super) fn check_access(
        &mut self,
        now: SimTime,
        conn: ConnId,
        request: &Request,
        target: &Target,
    ) -> Result<Option<String>, Response> {
        let Some(purpose) = self.purpose(conn, request, target) else { return Ok(None) };
        let Some(peer) = self.connections.get(&conn).map(|connection| connection.peer) else {
            return Ok(None);
        };
        let access = &self.config.access;
        let users = match purpose {
            Purpose::Reading => &access.readers,
            Purpose::Publishing => &access.publishers,
        };
        if users.is_empty() {
            return match (purpose, &access.free_publishing) {
                (Purpose::Publishing, FreePublishing::Only(peers)) if !peers.contains(&peer) => {
                    Err(Response::new(Status::FORBIDDEN).because("nobody may publish here without a name"))
                }
                _ => Ok(None),
            };
        }
        match self.verify(now, conn, peer, request, &users[..users.len().min(MAX_USERS)]) {
            Ok(Proven { used, info }) => {
                if let Some(connection) = self.connections.get_mut(&conn) {
                    connection.auth.used = used.or(connection.auth.used);
                    connection.auth.wrong = 0;
                }
                Ok(info)
            }
            Err(refusal) => Err(self.challenge(now, conn, peer, refusal)),
        }
    }

    /// What a request needs a right for. OPTIONS is free, so that a client can find out how to
    /// ask; what happens within a session is free, since its identifier is known only to who
    /// was allowed to make it.
    fn purpose(&self, conn: ConnId, request: &Request, target: &Target) -> Option<Purpose> {
        match request.method {
            Method::Describe | Method::Play => Some(Purpose::Reading),
            Method::Announce | Method::Record => Some(Purpose::Publishing),
            Method::Setup => {
                let offers = TransportList::read(&request.headers.joined("Transport").unwrap_or_default());
                let publishes = self.is_for_recording(target, &offers);
                Some(if publishes { Purpose::Publishing } else { Purpose::Reading })
            }
            // On the session's own connection its identifier will do. On another it is no proof:
            // whoever has seen it could end what others play or publish.
            Method::Pause | Method::Teardown | Method::GetParameter | Method::SetParameter => {
                let header: SessionHeader = request.headers.get("Session")?.parse().ok()?;
                let number = self.numbers.get(&SessionId(header.id.into()))?;
                let session = self.sessions.get(number).filter(|session| session.conn != conn)?;
                Some(if session.is_publisher() { Purpose::Publishing } else { Purpose::Reading })
            }
            _ => None,
        }
    }

    /// Whether the request proves that a user sent it.
    fn verify(
        &self,
        now: SimTime,
        conn: ConnId,
        peer: IpAddr,
        request: &Request,
        users: &[Credentials],
    ) -> Result<Proven, Refusal> {
        let refused = |why| Refusal { why, stale: false };
        let Some(value) = request.headers.get("Authorization") else { return Err(refused("")) };
        match Authorization::read(value) {
            None => Err(refused("the Authorization is none of those that are asked for")),
            Some(Authorization::Basic { name, password }) => {
                // All are tried, so that the time does not tell which name is known.
                let is_known = users.iter().fold(false, |known, user| known | user.is_same(&name, &password));
                is_known.then_some(Proven::default()).ok_or(refused("name or password is wrong"))
            }
            Some(Authorization::Digest(answer)) => {
                let method = request.method.as_str();
                // All are tried here, too.
                let prover = users.iter().fold(None, |prover, user| {
                    let is_proof = answer.is_proof(user, method);
                    prover.or(is_proof.then_some(user))
                });
                let Some(user) = prover else { return Err(refused("name or password is wrong")) };
                if answer.realm != self.config.access.realm {
                    return Err(refused("name or password is wrong"));
                }
                if !covers(&answer.uri, &request.uri) {
                    return Err(refused("the Authorization is for another URL"));
                }
                let used = self.check_nonce(now, conn, peer, &answer)?;
                Ok(Proven { used, info: answer.authentication_info(user) })
            }
        }
    }

    fn check_nonce(
        &self,
        now: SimTime,
        conn: ConnId,
        peer: IpAddr,
        answer: &DigestAnswer,
    ) -> Result<Option<(Nonce, u32)>, Refusal> {
        let stale = |why| Refusal { why, stale: true };
        let Some(nonce) = self.nonces.read(&answer.nonce, conn, peer) else {
            return Err(stale("the nonce is not of this connection"));
        };
        let age = self.config.epoch.unix_nanos(now).saturating_sub(nonce.unix_nanos);
        if u128::from(age) > NONCE_LIFETIME.as_nanos() {
            return Err(stale("the nonce is too old"));
        }
        if answer.counted.is_none() {
            // As RFC 2069 had it: nothing to count, and within its lifetime it can be repeated.
            return Ok(None);
        }
        let Some(count) = answer.count() else { return Err(stale("nc is no count")) };
        match self.connections.get(&conn).and_then(|connection| connection.auth.used) {
            Some((used, _)) if nonce < used => Err(stale("there is a newer nonce")),
            Some((used, last)) if nonce == used && count <= last => {
                Err(stale("this nonce count was used before"))
            }
            _ => Ok(Some((nonce, count))),
        }
    }

    /// 401, and what would be taken. The strongest comes first, and MD5 behind SHA-256: of
    /// several Digest challenges ffmpeg and GStreamer take the last, and know MD5 alone.
    fn challenge(&mut self, now: SimTime, conn: ConnId, peer: IpAddr, refusal: Refusal) -> Response {
        let is_wrong = !refusal.why.is_empty() && !refusal.stale;
        let (number, wrong) = self.connections.get_mut(&conn).map_or((0, 0), |connection| {
            connection.auth.challenges = connection.auth.challenges.wrapping_add(1);
            connection.auth.wrong += u32::from(is_wrong);
            (connection.auth.challenges, connection.auth.wrong)
        });
        let nonce = Nonce { unix_nanos: self.config.epoch.unix_nanos(now), number };
        let nonce = self.nonces.write(nonce, conn, peer);
        let realm = &self.config.access.realm;
        let digest = |algorithm| Challenge::Digest {
            realm: realm.clone(),
            nonce: nonce.clone(),
            algorithm,
            counts: true,
            opaque: None,
            stale: refusal.stale,
        };
        let challenges =
            [digest(Algorithm::Sha256), digest(Algorithm::Md5), Challenge::Basic { realm: realm.clone() }];
        let mut response = Response::new(Status::UNAUTHORIZED);
        if !refusal.why.is_empty() {
            response = response.because(refusal.why);
        }
        for challenge in challenges {
            response.headers.push("WWW-Authenticate", challenge.to_string());
        }
        if wrong >= MAX_WRONG_PROOFS {
            response.headers.push("Connection", "close");
        }
        response
    }
}

/// Whether a proof for the URI `named` counts for a request for `asked`. Clients write it
/// absolute or relative, with or without the closing slash or the query, and some prove the
/// URL of the whole presentation when they ask for a track of it.
fn covers(named: &str, asked: &str) -> bool {
    let (named, asked) = (path_of(named), path_of(asked));
    let behind = asked.strip_prefix(&named);
    behind.is_some_and(|rest| rest.is_empty() || (!named.is_empty() && rest.starts_with('/')))
}

fn path_of(uri: &str) -> String {
    let path = Url::parse(uri).map_or_else(
        |_| uri.to_owned(),
        |url| {
            // A track behind a query belongs to the path.
            let track = url.query.as_deref().and_then(|query| query.split_once('/')).map(|(_, track)| track);
            match track {
                Some(track) if !track.is_empty() => format!("{}/{track}", url.path.trim_end_matches('/')),
                _ => url.path,
            }
        },
    );
    let path = path.split('?').next().unwrap_or_default();
    percent_decode(path).unwrap_or_default().trim_matches(['/', '*']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_proof_counts_for_the_url_however_it_is_written() {
        for (named, asked) in [
            ("rtsp://h/demo", "rtsp://h/demo"),
            ("rtsp://h/demo/", "rtsp://h/demo"),
            ("rtsp://h/demo", "rtsp://h:8554/demo/"),
            ("/demo", "rtsp://h/demo/"),
            ("demo", "rtsp://h/demo"),
            ("rtsp://h/demo", "rtsp://h/demo/trackID=0"),
            ("rtsp://h/demo?x=1", "rtsp://h/demo?x=1/trackID=0"),
            ("rtsp://h/demo", "rtsp://h/demo?x=1"),
            ("rtsp://h/my%20film", "rtsp://h/my film"),
            ("*", "*"),
        ] {
            assert!(covers(named, asked), "{named} {asked}");
        }
        for (named, asked) in [
            ("rtsp://h/demo", "rtsp://h/other"),
            ("rtsp://h/dem", "rtsp://h/demo"),
            ("rtsp://h/", "rtsp://h/demo"),
            ("*", "rtsp://h/demo"),
            ("", "rtsp://h/demo"),
            ("rtsp://h/demo/trackID=0", "rtsp://h/demo"),
        ] {
            assert!(!covers(named, asked), "{named} {asked}");
        }
    }
}
