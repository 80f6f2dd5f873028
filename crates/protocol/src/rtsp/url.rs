//! RTSP URLs (RFC 2326 section 3.2), `Content-Base` and `a=control` (appendix C.1.1).

use std::fmt;

/// The port of `rtsp:` URLs that name none (RFC 2326 section 9.2).
pub const DEFAULT_PORT: u16 = 554;

/// An absolute RTSP URL, taken apart but not changed: put together it is what was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// `rtsp`, `rtspu` or `rtsps`, in lower case.
    pub scheme: String,
    /// What stands before `@`, where there is one.
    pub user: Option<String>,
    /// The host, with the brackets of an IPv6 address.
    pub host: String,
    /// The port, where one is written.
    pub port: Option<u16>,
    /// The path, with its leading slash; may be empty.
    pub path: String,
    /// What stands behind `?`, where there is one.
    pub query: Option<String>,
}

/// What is wrong with a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// It is not absolute, or not of RTSP.
    #[error("the URL does not begin with rtsp://")]
    Scheme,
    /// It names no host.
    #[error("the URL names no host")]
    NoHost,
    /// The port is no number from 1 to 65535.
    #[error("the URL's port is no number from 1 to 65535")]
    Port,
}

impl Url {
    /// Takes a URL apart. A fragment is dropped.
    pub fn parse(text: &str) -> Result<Url, UrlError> {
        let (scheme, rest) = text.split_once("://").ok_or(UrlError::Scheme)?;
        let scheme = scheme.to_ascii_lowercase();
        if !matches!(scheme.as_str(), "rtsp" | "rtspu" | "rtsps") {
            return Err(UrlError::Scheme);
        }
        let rest = rest.split('#').next().unwrap_or_default();
        let authority_end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(authority_end);
        let (user, place) = match authority.rsplit_once('@') {
            Some((user, place)) => (Some(user.to_owned()), place),
            None => (None, authority),
        };
        // The colons of an IPv6 address stand between brackets (RFC 3986 section 3.2.2).
        let host_end = place.rfind(']').map_or_else(|| place.find(':').unwrap_or(place.len()), |at| at + 1);
        let (host, port) = place.split_at(host_end);
        if host.is_empty() {
            return Err(UrlError::NoHost);
        }
        let port = match port.strip_prefix(':') {
            None if port.is_empty() => None,
            Some("") => None,
            Some(digits) => Some(digits.parse().ok().filter(|port| *port != 0).ok_or(UrlError::Port)?),
            None => return Err(UrlError::Port),
        };
        let (path, query) = match rest.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (rest, None),
        };
        Ok(Url { scheme, user, host: host.to_owned(), port, path: path.to_owned(), query })
    }

    /// The port to connect to.
    pub fn port_or_default(&self) -> u16 {
        self.port.unwrap_or(DEFAULT_PORT)
    }

    /// The URL without user and password, as it goes into a request line.
    #[must_use]
    pub fn without_user(&self) -> Url {
        Url { user: None, ..self.clone() }
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://", self.scheme)?;
        if let Some(user) = &self.user {
            write!(f, "{user}@")?;
        }
        f.write_str(&self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        f.write_str(&self.path)?;
        self.query.as_ref().map_or(Ok(()), |query| write!(f, "?{query}"))
    }
}

/// `url` with a slash at its very end, as Content-Base has it: clients put a track's
/// control behind it, query or not.
pub fn content_base(url: &str) -> String {
    if url.ends_with('/') { url.to_owned() } else { format!("{url}/") }
}

/// The URL that `control` means under `base`, which is Content-Base, Content-Location or
/// the request's URL (RFC 2326 appendix C.1.1).
///
/// `*` and an empty control are the base itself; an absolute one is itself; one that
/// begins with `/` takes the place of the path (RFC 3986 section 5.2.2). Any other is put
/// behind the base with one slash between: by the letter of RFC 3986 it would take the
/// place of the base's last segment, but servers that leave the closing slash out mean this.
/// One that begins with `?` needs no slash.
pub fn resolve(base: &str, control: &str) -> String {
    let control = control.trim();
    if control.is_empty() || control == "*" {
        return base.to_owned();
    }
    if Url::parse(control).is_ok() {
        return control.to_owned();
    }
    if control.starts_with('/')
        && let Ok(url) = Url::parse(base)
    {
        let (path, query) = match control.split_once('?') {
            Some((path, query)) => (path.to_owned(), Some(query.to_owned())),
            None => (control.to_owned(), None),
        };
        return Url { path, query, ..url }.to_string();
    }
    if control.starts_with('?') {
        return format!("{}{control}", base.trim_end_matches('/'));
    }
    format!("{}{control}", content_base(base))
}

/// `text` with `%41` and the like replaced by what they mean (RFC 3986 section 2.1);
/// `None` where the result is not UTF-8. A `%` that begins no such group stays.
pub fn percent_decode(text: &str) -> Option<String> {
    let octets = text.as_bytes();
    let mut decoded = Vec::with_capacity(octets.len());
    let mut at = 0;
    while at < octets.len() {
        let group = octets.get(at + 1..at + 3).filter(|_| octets[at] == b'%');
        let hex = group.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        match hex.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()) {
            Some(octet) => {
                decoded.push(octet);
                at += 3;
            }
            None => {
                decoded.push(octets[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).ok()
}

/// `text` with what a URL's path cannot hold written as `%41` and the like.
pub fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for octet in text.bytes() {
        if octet.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/".contains(&octet) {
            encoded.push(char::from(octet));
        } else {
            encoded.push_str(&format!("%{octet:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_taken_apart_and_put_together() {
        let texts = [
            "rtsp://h",
            "rtsp://h/",
            "rtsp://h:8554/a/b?c=d/e",
            "rtsps://u:p@[2001:db8::1]:322/a",
            "rtsp://[::1]/a",
            "rtspu://h?x",
            "rtsp://10.0.1.10/demo/trackID=0",
        ];
        for text in texts {
            assert_eq!(Url::parse(text).unwrap().to_string(), text);
        }
        let url = Url::parse("RTSP://u:p@[::1]:8554/a?b#c").unwrap();
        assert_eq!((url.host.as_str(), url.port, url.path.as_str()), ("[::1]", Some(8554), "/a"));
        assert_eq!(url.without_user().to_string(), "rtsp://[::1]:8554/a?b");
        assert_eq!(Url::parse("rtsp://h/").unwrap().port_or_default(), DEFAULT_PORT);
    }

    #[test]
    fn what_is_no_url_is_refused() {
        let cases = [
            ("movie.Mjpeg", UrlError::Scheme),
            ("http://h/", UrlError::Scheme),
            ("*", UrlError::Scheme),
            ("rtsp:///a", UrlError::NoHost),
            ("rtsp://:554/a", UrlError::NoHost),
            ("rtsp://h:0/a", UrlError::Port),
            ("rtsp://h:70000/a", UrlError::Port),
            ("rtsp://h:x/a", UrlError::Port),
        ];
        for (text, error) in cases {
            assert_eq!(Url::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn controls_are_resolved() {
        let cases = [
            ("rtsp://h/demo/", "trackID=0", "rtsp://h/demo/trackID=0"),
            ("rtsp://h/demo", "trackID=0", "rtsp://h/demo/trackID=0"),
            ("rtsp://h/demo/", "*", "rtsp://h/demo/"),
            ("rtsp://h/demo/", "", "rtsp://h/demo/"),
            ("rtsp://h/demo/", "rtsp://other/x", "rtsp://other/x"),
            ("rtsp://h/demo/", "/live/track1", "rtsp://h/live/track1"),
            ("rtsp://h/demo?a=1/", "trackID=0", "rtsp://h/demo?a=1/trackID=0"),
            ("rtsp://h/demo/", "?ctype=video", "rtsp://h/demo?ctype=video"),
            ("rtsp://h/demo/", "a/b", "rtsp://h/demo/a/b"),
        ];
        for (base, control, whole) in cases {
            assert_eq!(resolve(base, control), whole);
        }
        assert_eq!(content_base("rtsp://h/demo"), "rtsp://h/demo/");
        assert_eq!(content_base("rtsp://h/demo/"), "rtsp://h/demo/");
    }

    #[test]
    fn percent_groups() {
        assert_eq!(percent_decode("a%20b%2Fc").as_deref(), Some("a b/c"));
        assert_eq!(percent_decode("100%").as_deref(), Some("100%"));
        assert_eq!(percent_decode("%zz").as_deref(), Some("%zz"));
        assert_eq!(percent_decode("%ff"), None);
        assert_eq!(percent_encode("my file\u{e9}.mjpeg"), "my%20file%C3%A9.mjpeg");
        assert_eq!(percent_decode(&percent_encode("my file\u{e9}")).as_deref(), Some("my file\u{e9}"));
    }
}
