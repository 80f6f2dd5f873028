//! An item read from a connection becomes an answer.

use super::connection::StreamKey;
use super::date::http_date;
use super::lab;
use super::publication::Names;
use super::session::{Feed, Session};
use super::target::{self, Target};
use super::{ConnId, Server, ServerEvent, SessionId};
use crate::message::{Outgoing, What};
use crate::rtsp::headers::{SessionHeader, list};
use crate::rtsp::message::{Request, Response};
use crate::rtsp::reader::{Fault, Item, ItemKind, Oddity};
use crate::rtsp::{Method, State, Status};
use crate::time::SimTime;

/// The longest URI that is looked at, in octets; a longer one is answered 414.
pub const MAX_URI: usize = 2048;

/// The methods that are carried out, as Public and Allow list them.
pub(super) const SERVED: [Method; 10] = [
    Method::Options,
    Method::Describe,
    Method::Setup,
    Method::Play,
    Method::Pause,
    Method::Teardown,
    Method::GetParameter,
    Method::SetParameter,
    Method::Announce,
    Method::Record,
];

/// The methods that can be used on a clip.
pub(super) fn readable() -> Vec<Method> {
    SERVED.into_iter().filter(|method| !matches!(method, Method::Announce | Method::Record)).collect()
}

/// A request that has passed the first checks, and what it is about.
pub(super) struct Asked<'a> {
    pub now: SimTime,
    pub conn: ConnId,
    pub request: &'a Request,
    /// The octets received on the connection before it.
    pub offset: u64,
    /// What its URL names.
    pub target: Target,
    /// The number of the session that it names, when there is such a session.
    pub session: Option<u64>,
    /// Whether it is written in the dialect of the student project.
    pub is_lab: bool,
}

/// What a method's handler gives back.
pub(super) struct Answer {
    pub response: Response,
    /// What to write into Session, where the response has one.
    pub session: Option<SessionHeader>,
}

impl From<Response> for Answer {
    fn from(response: Response) -> Answer {
        Answer { response, session: None }
    }
}

impl Server {
    /// Reads the next octets of a connection and answers what is whole.
    pub(super) fn read(&mut self, now: SimTime, conn: ConnId, bytes: &[u8]) {
        let Some(connection) = self.connections.get_mut(&conn) else { return };
        if connection.closing_since.is_some() {
            return;
        }
        connection.reader.push(bytes);
        while let Some(connection) = self.connections.get_mut(&conn)
            && connection.closing_since.is_none()
            && let Some(item) = connection.reader.next()
        {
            connection.heard = now;
            connection.message_since = None;
            self.item(now, conn, &item);
        }
        if let Some(connection) = self.connections.get_mut(&conn) {
            let is_partial = connection.reader.waiting() > 0;
            connection.message_since = is_partial.then(|| connection.message_since.unwrap_or(now));
            connection.lab_due = connection.reader.is_open().then_some(now + lab::LAB_PAUSE);
            self.watch_connection(conn);
        }
    }

    pub(super) fn item(&mut self, now: SimTime, conn: ConnId, item: &Item) {
        self.tell_deviations(conn, item);
        if let Some(fault) = item.parsed.fault {
            return self.refuse_fault(now, conn, item, fault);
        }
        match item.parsed.kind {
            ItemKind::Request => {
                if let Some(request) = Request::read(item) {
                    self.request(now, conn, item, &request);
                }
            }
            ItemKind::Response => self.response(conn, item),
            ItemKind::Frame => self.frame(now, conn, item),
            ItemKind::Blank | ItemKind::Garbage => {}
        }
    }

    fn frame(&mut self, now: SimTime, conn: ConnId, item: &Item) {
        let Some((channel, data)) = item.frame() else { return };
        let known = self.connections.get(&conn).and_then(|connection| connection.channels.get(&channel));
        match known.copied() {
            Some((key, is_rtcp)) if self.is_published(key) => self.published(now, key, is_rtcp, &data),
            Some((key, true)) => self.rtcp(now, key, &data),
            Some((_, false)) => {}
            None => {
                let text = "A binary frame came on a channel that no SETUP has agreed on; it is skipped.";
                self.remark(conn, item.offset, "RFC 2326 10.12", text);
            }
        }
    }

    /// Whether a track's packets come from its client.
    fn is_published(&self, key: StreamKey) -> bool {
        let stream = self.sessions.get(&key.0).and_then(|session| session.streams.get(&key.1));
        stream.is_some_and(|stream| matches!(stream.feed, Feed::Incoming(_)))
    }

    /// What cannot be read is answered, and then the connection ends: nobody knows where
    /// the next message begins.
    fn refuse_fault(&mut self, now: SimTime, conn: ConnId, item: &Item, fault: Fault) {
        let status = fault.status();
        let mut response = Response::new(status).because(fault.to_string());
        let cseq = item.value("CSeq").filter(|text| is_cseq(text));
        if let Some(cseq) = &cseq {
            response.headers.push("CSeq", cseq.clone());
        }
        let response = self.signed(now, response.header("Connection", "close"));
        let method = item.parsed.method(&item.bytes).map(str::to_owned);
        self.respond(now, conn, response, method, cseq.as_deref());
        self.close(now, conn);
    }

    fn request(&mut self, now: SimTime, conn: ConnId, item: &Item, request: &Request) {
        let Some(connection) = self.connections.get_mut(&conn) else { return };
        connection.has_asked = true;
        self.event(ServerEvent::Request {
            conn,
            method: request.method.clone(),
            uri: request.uri.clone(),
            offset: item.offset,
            len: item.bytes.len(),
        });
        let cseq = request.headers.get("CSeq").filter(|text| is_cseq(text)).map(str::to_owned);
        self.check_cseq(conn, item.offset, cseq.as_deref());
        let bare_session = self.bare_session(conn, item);
        let answer = match self.first_checks(item, request, cseq.as_deref()) {
            Err(response) => response.into(),
            Ok(()) => self.carry_out(now, conn, item, request),
        };
        // A description needs the empty line before it.
        if lab::is_bare(item) && request.method != Method::Describe {
            let session = answer.session.map(|session| session.id).or(bare_session);
            let method = request.method.to_string();
            return self.respond_bare(now, conn, &answer.response, session, method, cseq.as_deref());
        }
        let response = self.finish(now, request, cseq.as_deref(), answer);
        let asked = request.headers.joined("Connection").unwrap_or_default();
        let connection = format!("{asked},{}", response.headers.get("Connection").unwrap_or_default());
        self.respond(now, conn, response, Some(request.method.to_string()), cseq.as_deref());
        let closes = list(&connection).any(|token| token.eq_ignore_ascii_case("close"));
        if closes {
            self.close(now, conn);
        }
    }

    /// What is checked of every request, whatever its method.
    fn first_checks(&self, item: &Item, request: &Request, cseq: Option<&str>) -> Result<(), Response> {
        if !request.version.eq_ignore_ascii_case("RTSP/1.0") {
            return Err(Response::new(Status::VERSION_NOT_SUPPORTED).because("RTSP/1.0 is spoken here"));
        }
        if cseq.is_none() {
            return Err(
                Response::new(Status::BAD_REQUEST).because("CSeq is missing or no number, RFC 2326 12.17")
            );
        }
        if request.uri.len() > MAX_URI {
            return Err(Response::new(Status::URI_TOO_LARGE).because(format!("at most {MAX_URI} octets")));
        }
        if item.parsed.deviations.iter().any(|deviation| deviation.what == Oddity::BadHeaderLine) {
            return Err(Response::new(Status::BAD_REQUEST).because("a header line has no name and colon"));
        }
        if let Method::Extension(_) = request.method {
            return Err(Response::new(Status::NOT_IMPLEMENTED).header("Public", methods(&SERVED)));
        }
        // RFC 2326 section 12.11: nothing is decoded here. What a body is ignored in may be coded.
        let reads_body =
            matches!(request.method, Method::Announce | Method::GetParameter | Method::SetParameter);
        if reads_body
            && !request.body.is_empty()
            && let Some(coding) = request.headers.get("Content-Encoding")
            && !coding.eq_ignore_ascii_case("identity")
        {
            return Err(Response::new(Status::UNSUPPORTED_MEDIA_TYPE).because("no Content-Encoding is read"));
        }
        // No option is known here, so none can be required (RFC 2326 section 12.32).
        let required: Vec<String> =
            ["Require", "Proxy-Require"].iter().filter_map(|name| request.headers.joined(name)).collect();
        let required: Vec<&str> = required.iter().flat_map(|value| list(value)).collect();
        if !required.is_empty() {
            return Err(
                Response::new(Status::OPTION_NOT_SUPPORTED).header("Unsupported", required.join(", "))
            );
        }
        Ok(())
    }

    fn carry_out(&mut self, now: SimTime, conn: ConnId, item: &Item, request: &Request) -> Answer {
        let is_lab = self.config.lab_dialect && lab::has_bare_url(item);
        let names = self.names(request);
        let mut target = target::find(&request.uri, &names, is_lab);
        if is_lab && target == Target::Unknown {
            target = lab::find(&request.uri, &names);
        }
        if let Target::NoUrl(reason) = target {
            return Response::new(Status::BAD_REQUEST).because(reason).into();
        }
        let proven = match self.check_access(now, conn, request, &target) {
            Ok(proven) => proven,
            Err(response) => return response.into(),
        };
        let mut answer = self.carry_out_allowed(now, conn, item, request, target);
        if let Some(info) = proven {
            answer.response.headers.push("Authentication-Info", info);
        }
        answer
    }

    fn carry_out_allowed(
        &mut self,
        now: SimTime,
        conn: ConnId,
        item: &Item,
        request: &Request,
        mut target: Target,
    ) -> Answer {
        let is_lab = self.config.lab_dialect && lab::has_bare_url(item);
        let session = match self.session_of(now, request) {
            Ok(session) => session.or_else(|| self.session_meant(conn, item, &request.method)),
            Err(response) => return response.into(),
        };
        if is_lab && request.uri.is_empty() {
            target = self.target_meant(session);
        }
        let asked = Asked { now, conn, request, offset: item.offset, target, session, is_lab };
        let mut answer = self.carry_out_method(&asked);
        // RFC 7826 section 18.49: whoever names its session finds it in every answer.
        if answer.session.is_none() && !is_lab {
            answer.session = session.and_then(|number| self.session_header(number));
        }
        answer
    }

    fn carry_out_method(&mut self, asked: &Asked<'_>) -> Answer {
        match asked.request.method {
            Method::Options => self.options(),
            Method::Describe => self.describe(asked),
            Method::Setup => self.setup(asked),
            Method::Play => self.play(asked),
            Method::Pause => self.pause(asked),
            Method::Teardown => self.teardown(asked),
            Method::GetParameter => self.get_parameter(asked),
            Method::SetParameter => self.set_parameter(asked),
            Method::Announce => self.announce(asked),
            Method::Record => self.record(asked),
            // Known, but not for what is served here (RFC 2326 section 11.3: Allow).
            Method::Redirect => {
                Response::new(Status::METHOD_NOT_ALLOWED).header("Allow", methods(&SERVED)).into()
            }
            Method::Extension(_) => Response::new(Status::NOT_IMPLEMENTED).into(),
        }
    }

    /// All that the request's URL can name. The session that it names may be of a stream that
    /// is not published any more, and must still be found by its URL.
    fn names(&self, request: &Request) -> Names<'_> {
        let header = request.headers.get("Session").and_then(|value| value.parse().ok());
        let number = header.and_then(|h: SessionHeader| self.numbers.get(&SessionId(h.id.into())));
        let session = number.and_then(|number| self.sessions.get(number));
        let tracks = |session: &Session| session.streams.keys().next_back().map_or(0, |last| last + 1);
        Names {
            catalogue: &self.catalogue,
            publications: &self.publications,
            session: session.map(|session| (session.name.as_str(), tracks(session))),
        }
    }

    /// The session that the request names; to name it is a sign of its life.
    fn session_of(&mut self, now: SimTime, request: &Request) -> Result<Option<u64>, Response> {
        let Some(value) = request.headers.get("Session") else { return Ok(None) };
        let missing = || Response::new(Status::SESSION_NOT_FOUND);
        // Some clients repeat the timeout; the reader of the header takes it off.
        let header: SessionHeader = value.parse().map_err(|_| missing())?;
        let id = SessionId(header.id.into());
        let number = *self.numbers.get(&id).ok_or_else(missing)?;
        self.mark_alive(now, number);
        Ok(Some(number))
    }

    /// A CSeq grows by one with each request (RFC 2326 section 12.17); one that does not is
    /// answered all the same.
    fn check_cseq(&mut self, conn: ConnId, offset: u64, cseq: Option<&str>) {
        let Some(cseq) = cseq.and_then(|text| text.parse::<u32>().ok()) else { return };
        let Some(connection) = self.connections.get_mut(&conn) else { return };
        let before = connection.cseq.replace(cseq);
        if before.is_some_and(|before| before.checked_add(1) != Some(cseq)) {
            let text = "The CSeq is not one more than that of the request before.";
            self.remark(conn, offset, "RFC 2326 12.17", text);
        }
    }

    /// Puts what every response has around what this one says.
    fn finish(&self, now: SimTime, request: &Request, cseq: Option<&str>, answer: Answer) -> Response {
        let mut response = Response { headers: Default::default(), ..answer.response.clone() };
        if let Some(cseq) = cseq {
            response.headers.push("CSeq", cseq);
        }
        if let Some(session) = answer.session {
            response.headers.push("Session", session.to_string());
        }
        for (name, value) in answer.response.headers.iter() {
            response.headers.push(name, value);
        }
        // RFC 2326 section 12.38: the client measures the round trip by it.
        if let Some(timestamp) = request.headers.get("Timestamp") {
            response.headers.push("Timestamp", timestamp);
        }
        self.signed(now, response)
    }

    /// Puts server and date at the end (RFC 2326 sections 12.36 and 12.18).
    pub(super) fn signed(&self, now: SimTime, response: Response) -> Response {
        response
            .header("Server", self.config.server_name.clone())
            .header("Date", http_date(self.config.epoch.unix_nanos(now)))
    }

    /// Queues a response.
    pub(super) fn respond(
        &mut self,
        now: SimTime,
        conn: ConnId,
        response: Response,
        method: Option<String>,
        cseq: Option<&str>,
    ) {
        let what = What::Response {
            status: response.status.0,
            reason: response.reason.clone(),
            method,
            cseq: cseq.and_then(|text| text.parse().ok()),
        };
        self.send_message(now, conn, Outgoing { bytes: response.write(), what });
    }

    /// Queues a response or request.
    pub(super) fn send_message(&mut self, now: SimTime, conn: ConnId, data: Outgoing) {
        let limit = self.config.limits.waiting_responses;
        if let Some(connection) = self.connections.get_mut(&conn) {
            connection.send(data, false, &mut self.outputs);
            if connection.waiting_responses() > limit {
                self.abort(now, conn);
            }
        }
    }

    /// Tells what is odd about an item: each kind once in a connection.
    fn tell_deviations(&mut self, conn: ConnId, item: &Item) {
        for deviation in &item.parsed.deviations {
            let Some(connection) = self.connections.get_mut(&conn) else { return };
            if connection.told.insert(deviation.what) {
                self.event(ServerEvent::Deviation {
                    conn,
                    rule: deviation.rule(),
                    text: deviation.text().to_owned(),
                    offset: item.offset + deviation.range.start as u64,
                });
            }
        }
    }

    /// Tells something odd, once in a connection.
    pub(super) fn remark(&mut self, conn: ConnId, offset: u64, rule: &'static str, text: &'static str) {
        let Some(connection) = self.connections.get_mut(&conn) else { return };
        if connection.remarked.insert(text) {
            self.event(ServerEvent::Deviation { conn, rule, text: text.to_owned(), offset });
        }
    }
}

/// The methods as Public and Allow list them.
pub(super) fn methods(methods: &[Method]) -> String {
    methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ")
}

/// 455 with what the state allows (RFC 2326 section 11.3.5).
pub(super) fn not_valid_in(state: State, is_publisher: bool) -> Response {
    let flows = matches!(state, State::Playing | State::Recording);
    let allowed: Vec<Method> = SERVED
        .into_iter()
        .filter(|method| match method {
            Method::Setup => !flows,
            Method::Pause => flows,
            Method::Play => state != State::Init && !is_publisher,
            Method::Record => state != State::Init && is_publisher,
            Method::Announce => false,
            _ => true,
        })
        .collect();
    Response::new(Status::METHOD_NOT_VALID).header("Allow", methods(&allowed))
}

/// CSeq has digits only (RFC 2326 section 12.17); how many is not said, so a limit is set.
fn is_cseq(text: &str) -> bool {
    !text.is_empty() && text.len() <= 32 && text.bytes().all(|octet| octet.is_ascii_digit())
}
