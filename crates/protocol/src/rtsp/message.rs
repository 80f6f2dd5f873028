//! Requests and responses as values, and their canonical writing.

use super::reader::{Item, ItemKind, Oddity};
use super::{Method, Status};
use bytes::Bytes;
use std::fmt::Write as _;

/// The names of RFC 2326's headers as they are written.
const CANONICAL: [&str; 44] = [
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Allow",
    "Authorization",
    "Bandwidth",
    "Blocksize",
    "Cache-Control",
    "Conference",
    "Connection",
    "Content-Base",
    "Content-Encoding",
    "Content-Language",
    "Content-Length",
    "Content-Location",
    "Content-Type",
    "CSeq",
    "Date",
    "Expires",
    "From",
    "Host",
    "If-Match",
    "If-Modified-Since",
    "Last-Modified",
    "Location",
    "Proxy-Authenticate",
    "Proxy-Require",
    "Public",
    "Range",
    "Referer",
    "Require",
    "Retry-After",
    "RTP-Info",
    "Scale",
    "Server",
    "Session",
    "Speed",
    "Timestamp",
    "Transport",
    "Unsupported",
    "User-Agent",
    "Vary",
    "Via",
    "WWW-Authenticate",
];

/// The name as RFC 2326 writes it; a name that it does not know stays as it is.
pub fn canonical_name(name: &str) -> &str {
    CANONICAL.iter().copied().find(|known| known.eq_ignore_ascii_case(name)).unwrap_or(name)
}

/// Header fields, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// No header.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a header at the end. Line ends in the value become spaces, so that a value
    /// cannot become a header of its own.
    pub fn push(&mut self, name: &str, value: impl Into<String>) {
        let mut value = value.into();
        if value.contains(['\r', '\n']) {
            value = value.replace(['\r', '\n'], " ");
        }
        self.0.push((canonical_name(name).to_owned(), value));
    }

    /// The value of the first header with this name; case does not matter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The values of all headers with this name as one list (RFC 2068 section 4.2).
    pub fn joined(&self, name: &str) -> Option<String> {
        let mut values =
            self.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        let first = values.next()?.to_owned();
        Some(values.fold(first, |all, value| all + ", " + value))
    }

    /// All headers, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    fn read(item: &Item) -> Headers {
        let mut headers = Headers::new();
        for header in &item.parsed.headers {
            let name = String::from_utf8_lossy(header.name(&item.bytes));
            headers.push(&name, header.text(&item.bytes));
        }
        for (name, value) in item.parsed.bare(&item.bytes) {
            headers.push(name, value);
        }
        headers
    }

    fn write(&self, text: &mut String, body: &Bytes) {
        for (name, value) in self.iter().filter(|(name, _)| *name != "Content-Length") {
            let _ = write!(text, "{name}: {value}\r\n");
        }
        if !body.is_empty() {
            let _ = write!(text, "Content-Length: {}\r\n", body.len());
        }
        text.push_str("\r\n");
    }
}

/// A request (RFC 2326 section 6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The Request-URI as written; octets that are not UTF-8 are replaced.
    pub uri: String,
    /// Protocol and version as written.
    pub version: String,
    /// Header fields.
    pub headers: Headers,
    /// The body; Content-Length is written from it.
    pub body: Bytes,
}

impl Request {
    /// A request without headers.
    pub fn new(method: Method, uri: impl Into<String>) -> Self {
        let headers = Headers::new();
        Request { method, uri: uri.into(), version: "RTSP/1.0".to_owned(), headers, body: Bytes::new() }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push(name, value);
        self
    }

    /// The request in an item; `None` when it is none.
    pub fn read(item: &Item) -> Option<Request> {
        let parsed = &item.parsed;
        if parsed.kind != ItemKind::Request {
            return None;
        }
        let uri = parsed.uri(&item.bytes).map(str::to_owned);
        let lacks = |what| parsed.deviations.iter().any(|deviation| deviation.what == what);
        let unreadable = if lacks(Oddity::NoUri) { "" } else { "\u{fffd}" };
        let version = match parsed.version(&item.bytes) {
            Some(version) => version,
            // In the lab's dialect; it knows one version.
            None if lacks(Oddity::NoVersion) => "RTSP/1.0",
            None => return None,
        };
        Some(Request {
            method: Method::from_token(parsed.method(&item.bytes)?),
            uri: uri.unwrap_or_else(|| unreadable.to_owned()),
            version: version.to_owned(),
            headers: Headers::read(item),
            body: item.body(),
        })
    }

    /// Its octets.
    pub fn write(&self) -> Bytes {
        let mut text = format!("{} {} {}\r\n", self.method, self.uri, self.version);
        self.headers.write(&mut text, &self.body);
        join(text, &self.body)
    }
}

/// A response (RFC 2326 section 7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: Status,
    /// The reason phrase; may be empty.
    pub reason: String,
    /// Header fields.
    pub headers: Headers,
    /// The body; Content-Length is written from it.
    pub body: Bytes,
}

impl Response {
    /// A response without headers, with the usual reason phrase.
    pub fn new(status: Status) -> Self {
        Response { status, reason: status.reason().to_owned(), headers: Headers::new(), body: Bytes::new() }
    }

    /// Adds what is wrong in particular to the reason phrase.
    #[must_use]
    pub fn because(mut self, detail: impl AsRef<str>) -> Self {
        let detail = detail.as_ref().replace(['\r', '\n'], " ");
        self.reason = format!("{} ({detail})", self.status.reason());
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push(name, value);
        self
    }

    /// The response in an item; `None` when it is none.
    pub fn read(item: &Item) -> Option<Response> {
        let parsed = &item.parsed;
        if parsed.kind != ItemKind::Response {
            return None;
        }
        Some(Response {
            status: Status(parsed.status(&item.bytes)?),
            reason: parsed.reason(&item.bytes).unwrap_or_default().trim_end().to_owned(),
            headers: Headers::read(item),
            body: item.body(),
        })
    }

    /// Its octets.
    pub fn write(&self) -> Bytes {
        let mut text = format!("RTSP/1.0 {} {}\r\n", self.status.0, self.reason);
        self.headers.write(&mut text, &self.body);
        join(text, &self.body)
    }
}

fn join(head: String, body: &Bytes) -> Bytes {
    let mut octets = head.into_bytes();
    octets.extend_from_slice(body);
    octets.into()
}

#[cfg(test)]
mod tests {
    use super::super::reader::Reader;
    use super::*;
    use proptest::prelude::*;

    fn item(octets: &[u8]) -> Item {
        let mut reader = Reader::new();
        reader.push(octets);
        reader.next().expect("a whole item")
    }

    #[test]
    fn names_are_written_canonically() {
        let request = Request::new(Method::Play, "rtsp://h/a").header("cseq", "1").header("X-own", "2");
        let octets = request.write();
        assert_eq!(&octets[..], b"PLAY rtsp://h/a RTSP/1.0\r\nCSeq: 1\r\nX-own: 2\r\n\r\n");
        assert_eq!(Request::read(&item(&octets)).unwrap(), request);
    }

    #[test]
    fn a_value_cannot_become_a_header() {
        let response = Response::new(Status::OK).header("Server", "a\r\nSession: 1");
        assert_eq!(&response.write()[..], b"RTSP/1.0 200 OK\r\nServer: a  Session: 1\r\n\r\n");
    }

    #[test]
    fn a_body_brings_its_length() {
        let mut response = Response::new(Status::OK).header("CSeq", "2");
        response.body = Bytes::from_static(b"v=0\r\n");
        let octets = response.write();
        assert_eq!(&octets[..], b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 5\r\n\r\nv=0\r\n");
        let read = Response::read(&item(&octets)).unwrap();
        assert_eq!(read.body, response.body);
        assert_eq!(read.headers.get("content-length"), Some("5"));
    }

    #[test]
    fn rtsp_types_reads_what_is_written() {
        let request = Request::new(Method::Setup, "rtsp://h/a/trackID=0")
            .header("CSeq", "3")
            .header("Transport", "RTP/AVP/UDP;unicast;client_port=5004-5005");
        let octets = request.write();
        let (message, used) = rtsp_types::Message::<Vec<u8>>::parse(&octets).expect("the oracle reads it");
        assert_eq!(used, octets.len());
        let rtsp_types::Message::Request(oracle) = message else { panic!("a request") };
        assert_eq!(oracle.method(), rtsp_types::Method::Setup);
        assert_eq!(oracle.request_uri().map(|uri| uri.as_str()), Some("rtsp://h/a/trackID=0"));
        let cseq = oracle.header(&rtsp_types::headers::CSEQ).map(|value| value.as_str());
        assert_eq!(cseq, Some("3"));
    }

    proptest! {
        #[test]
        fn written_messages_read_back(
            names in proptest::collection::vec("X-[A-Za-z]{1,8}", 0..6),
            value in "[!-~]([ -~]{0,30}[!-~])?",
            uri in "rtsp://[a-z]{1,8}/[!#-;=?-Z_a-z~]{0,20}",
            body in proptest::collection::vec(any::<u8>(), 0..100),
        ) {
            let mut request = Request::new(Method::SetParameter, uri);
            for name in names {
                request.headers.push(&name, value.clone());
            }
            request.body = body.into();
            let octets = request.write();
            let read = item(&octets);
            prop_assert!(read.parsed.deviations.is_empty());
            let again = Request::read(&read).expect("a request");
            prop_assert_eq!(&again.uri, &request.uri);
            prop_assert_eq!(&again.body, &request.body);
            prop_assert_eq!(again.write(), octets);
        }
    }
}
