//! The page and the WebSocket over HTTP.

mod capture;
mod download;
mod guard;
mod limit;

pub use capture::KEY_HEADER;
pub use download::MAX_DOWNLOADS;
pub use guard::{Guard, Verdict};
pub use limit::{Limited, MAX_CONNECTIONS};

use crate::page;
use crate::room::Room;
use crate::ws;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What the handlers share.
#[derive(Clone, Debug)]
pub struct Site {
    /// Who may come in.
    pub guard: Arc<Guard>,
    /// The room that the page shows.
    pub room: Room,
    /// The place of the one capture that is being opened.
    opening: Arc<Semaphore>,
}

impl Site {
    /// The page of `room`, for those whom `guard` lets in.
    pub fn new(guard: Guard, room: Room) -> Self {
        Site { guard: guard.into(), room, opening: Arc::new(Semaphore::new(1)) }
    }
}

/// What the page may load and whom it may talk to: only this server.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data: blob:; font-src 'self'; media-src 'self' blob:; connect-src 'self'; \
     worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The routes: `/ws`, `/pcapng`, `/capture`, and the page's files.
pub fn router(site: Site) -> Router {
    Router::new()
        .route("/ws", any(ws::open))
        .route("/pcapng", get(download::pcapng))
        .route("/capture", post(capture::open))
        .fallback(file)
        .layer(from_fn_with_state(site.clone(), watch))
        .with_state(site)
}

/// Lets only requests in that name this server, and gives every answer its security headers.
async fn watch(State(site): State<Site>, request: Request, next: Next) -> Response {
    let mut response = match site.guard.check(request.headers(), request.uri()) {
        Verdict::Welcome => next.run(request).await,
        Verdict::WrongHost => {
            (StatusCode::MISDIRECTED_REQUEST, "This server is not known by that name (see --allow-host).\n")
                .into_response()
        }
        Verdict::WrongOrigin => {
            (StatusCode::FORBIDDEN, "Another site's page may not talk to this server.\n").into_response()
        }
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    response
}

async fn file(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    page::answer(uri.path(), &headers)
}
