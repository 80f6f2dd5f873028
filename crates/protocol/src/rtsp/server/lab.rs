//! The dialect of the well-known student project (see `reader::lab`), where
//! [`ServerConfig::lab_dialect`](super::ServerConfig::lab_dialect) lets it be served.
//!
//! What its clients expect beside it: a session that is one number of at most nine digits, an
//! answer of three lines (status, CSeq, Session), sequence numbers that begin with 1 and count
//! pictures, no RTCP, and a session that lives as long as its connection without any sign of
//! life.

use super::dispatch::Asked;
use super::publication::Names;
use super::session::Source;
use super::target::Target;
use super::{ConnId, Server, SessionId};
use crate::media::Catalogue;
use crate::message::{Outgoing, What};
use crate::rtp::jpeg::MAX_WHOLE;
use crate::rtsp::message::Response;
use crate::rtsp::reader::{Item, Oddity};
use crate::rtsp::url::percent_decode;
use crate::rtsp::{Method, Status};
use crate::time::SimTime;
use std::time::Duration;

/// How long after its last octet a request without an end of its own is taken for whole.
pub const LAB_PAUSE: Duration = Duration::from_millis(20);

/// The file that the project brings along; it stands for the demo where no clip has the name.
const PROJECT_FILE: &str = "movie.Mjpeg";

/// Whether an item ends without an empty line.
pub(super) fn is_bare(item: &Item) -> bool {
    item.parsed.deviations.iter().any(|deviation| deviation.what == Oddity::NoEmptyLine)
}

/// Whether an item's URL is written as the project's clients write it: a bare name, or none.
pub(super) fn has_bare_url(item: &Item) -> bool {
    let is_it = |what| matches!(what, Oddity::RelativeUri | Oddity::NoUri);
    item.parsed.deviations.iter().any(|deviation| is_it(deviation.what))
}

/// The clip that a bare name means where no clip has exactly this name: one whose name differs
/// in case or in its extension, or for the project's own file the demo.
pub(super) fn find(uri: &str, names: &Names<'_>) -> Target {
    let name = percent_decode(uri.trim_matches('/')).unwrap_or_default();
    let stem = |name: &str| name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_ascii_lowercase();
    let clips = || names.catalogue.iter().map(|(known, _)| known);
    let found = clips()
        .find(|known| known.eq_ignore_ascii_case(&name))
        .or_else(|| clips().find(|known| stem(known) == stem(&name)))
        .or_else(|| {
            let is_project = name.eq_ignore_ascii_case(PROJECT_FILE);
            clips().find(|known| is_project && *known == Catalogue::DEMO)
        });
    match found {
        Some(name) => Target::Presentation { name: name.to_owned(), track: None },
        None => Target::Unknown,
    }
}

impl Server {
    /// Nothing has come for [`LAB_PAUSE`]: a request without an end is whole.
    pub(super) fn settle(&mut self, now: SimTime, conn: ConnId) {
        let Some(connection) = self.connections.get_mut(&conn) else { return };
        connection.lab_due = None;
        if let Some(item) = connection.reader.settle() {
            connection.heard = now;
            connection.message_since = None;
            self.item(now, conn, &item);
        }
        self.read(now, conn, &[]);
    }

    /// The session that is meant where a request of the dialect names none.
    pub(super) fn session_meant(&mut self, conn: ConnId, item: &Item, method: &Method) -> Option<u64> {
        if !is_bare(item) || *method == Method::Setup {
            return None;
        }
        let number = *self.connections.get(&conn)?.sessions.last()?;
        let text = "The request names no session; that of its connection is taken.";
        self.remark(conn, item.offset, "RFC 2326 12.37", text);
        Some(number)
    }

    /// The session that the answer to a request without an empty line names, even when the
    /// request has ended it: the connection's.
    pub(super) fn bare_session(&self, conn: ConnId, item: &Item) -> Option<String> {
        let number = self.connections.get(&conn).filter(|_| is_bare(item))?.sessions.last()?;
        Some(self.sessions.get(number)?.id.to_string())
    }

    /// What the request is about where it names nothing: its session's presentation.
    pub(super) fn target_meant(&self, session: Option<u64>) -> Target {
        match session.and_then(|number| self.sessions.get(&number)) {
            Some(session) => Target::Presentation { name: session.name.clone(), track: None },
            None => Target::Unknown,
        }
    }

    /// Whether all pictures of the track fit into one packet each, and what to know of them.
    ///
    /// # Errors
    /// The answer, when one does not, or when nobody knows.
    pub(super) fn check_lab(
        &mut self,
        asked: &Asked<'_>,
        source: &Source,
        track: usize,
    ) -> Result<(), Response> {
        let refuse = |why: String| Err(Response::new(Status::UNSUPPORTED_MEDIA_TYPE).because(why));
        let Source::Clip(clip) = source else {
            return refuse("only clips are served in the lab's dialect".to_owned());
        };
        let sizes = (0..).map_while(|index| clip.sample(track, index)).map(|sample| sample.bytes.len());
        if let Some((number, size)) = sizes.enumerate().find(|(_, size)| *size > MAX_WHOLE) {
            return refuse(format!(
                "picture {number} has {size} octets, and a datagram carries one of at most {MAX_WHOLE}"
            ));
        }
        let text = "Each picture is sent as a whole file in one RTP packet, as the lab's clients expect it; RTP/JPEG cuts pictures itself and has headers of its own.";
        self.remark(asked.conn, asked.offset, "RFC 2435 3.1", text);
        Ok(())
    }

    /// A session identifier that the project's clients can take for a number: nine digits, so
    /// that a signed 32-bit integer holds it, and no zero in front that a number would lose.
    pub(super) fn lab_session_id(&mut self) -> SessionId {
        SessionId((100_000_000 + self.dice.u64() % 900_000_000).to_string().into())
    }

    /// The answer to a request that ends without an empty line: three lines, without an empty
    /// one behind, since the project's clients take what follows for the next answer.
    pub(super) fn respond_bare(
        &mut self,
        now: SimTime,
        conn: ConnId,
        response: &Response,
        session: Option<String>,
        method: String,
        cseq: Option<&str>,
    ) {
        let id = session.as_deref().unwrap_or("0");
        let text = format!(
            "RTSP/1.0 {} {}\r\nCSeq: {}\r\nSession: {id}\r\n",
            response.status.0,
            response.reason,
            cseq.unwrap_or("0"),
        );
        let what = What::Response {
            status: response.status.0,
            reason: response.reason.clone(),
            method: Some(method),
            cseq: cseq.and_then(|text| text.parse().ok()),
        };
        self.send_message(now, conn, Outgoing { bytes: text.into(), what });
    }
}
