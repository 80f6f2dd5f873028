//! The page, compiled into the program; without it, a page that says how to build it.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::fmt::Write as _;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Files;

/// What is shown when the program was compiled before the page was built.
const NOT_BUILT: &str = include_str!("not_built.html");

/// Whether the page was there when the program was compiled.
pub fn is_built() -> bool {
    Files::get("index.html").is_some()
}

/// Answers a GET for `path` (with its leading slash). `headers` are the request's.
pub fn answer(path: &str, headers: &HeaderMap) -> Response<Body> {
    let name = match path.trim_start_matches('/') {
        "" => "index.html",
        name => name,
    };
    // The build puts a compressed copy beside each file of text.
    if takes_gzip(headers)
        && let Some(file) = Files::get(&format!("{name}.gz"))
    {
        let mut response = send(name, file, headers);
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        return response;
    }
    match Files::get(name) {
        Some(file) => send(name, file, headers),
        None if name == "index.html" => html(NOT_BUILT),
        None => with(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", "There is nothing here.\n"),
    }
}

/// Whether the browser takes gzip (RFC 9110 section 12.5.3): named, and not with a weight of nothing.
fn takes_gzip(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| {
            let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
            let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.trim().parse() == Ok(0.0));
            name.trim().eq_ignore_ascii_case("gzip") && !refused
        })
}

/// Sends a file by the name that was asked for, or says that the browser's copy is still good.
fn send(name: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response<Body> {
    let tag = tag(&file.metadata.sha256_hash());
    let fresh = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let kind = Files::get(name)
        .map_or_else(|| file.metadata.mimetype().to_owned(), |plain| plain.metadata.mimetype().to_owned());
    let mut response = if fresh {
        with(StatusCode::NOT_MODIFIED, &kind, Body::empty())
    } else {
        with(StatusCode::OK, &kind, Body::from(file.data.into_owned()))
    };
    // Names under assets/ change with their content; the rest is asked for again each time.
    let cache = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let to = response.headers_mut();
    to.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    to.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        to.insert(header::ETAG, tag);
    }
    response
}

fn html(text: &'static str) -> Response<Body> {
    let mut response = with(StatusCode::OK, "text/html; charset=utf-8", text);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn with(status: StatusCode, content_type: &str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    if let Ok(value) = HeaderValue::from_str(content_type) {
        response.headers_mut().insert(header::CONTENT_TYPE, value);
    }
    response
}

/// A strong entity tag (RFC 9110 section 8.8.3): half of the content's hash.
fn tag(hash: &[u8; 32]) -> String {
    let mut tag = String::from("\"");
    for octet in &hash[..16] {
        write!(tag, "{octet:02x}").expect("a string takes all");
    }
    tag.push('"');
    tag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_always_a_first_page_and_nothing_outside() {
        let first = answer("/", &HeaderMap::new());
        assert_eq!(first.status(), StatusCode::OK);
        assert!(first.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
        for path in ["/no-such-file", "/../Cargo.toml", "/assets/../../package.json"] {
            assert_eq!(answer(path, &HeaderMap::new()).status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[test]
    fn who_takes_gzip_gets_the_compressed_copy_of_the_same_kind() {
        if !is_built() {
            return;
        }
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("br, gzip;q=0.8"));
        let (plain, packed) = (answer("/", &HeaderMap::new()), answer("/", &headers));
        assert_eq!(packed.status(), StatusCode::OK);
        assert_eq!(packed.headers()[header::CONTENT_ENCODING], "gzip");
        assert!(!plain.headers().contains_key(header::CONTENT_ENCODING));
        assert_eq!(packed.headers()[header::CONTENT_TYPE], plain.headers()[header::CONTENT_TYPE]);
        assert_ne!(packed.headers()[header::ETAG], plain.headers()[header::ETAG], "another representation");
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip;q=0, identity"));
        assert!(!answer("/", &headers).headers().contains_key(header::CONTENT_ENCODING));
    }

    #[test]
    fn a_copy_that_is_still_good_is_not_sent_again() {
        if !is_built() {
            return;
        }
        let first = answer("/", &HeaderMap::new());
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_NONE_MATCH, first.headers()[header::ETAG].clone());
        assert_eq!(answer("/", &headers).status(), StatusCode::NOT_MODIFIED);
    }
}
