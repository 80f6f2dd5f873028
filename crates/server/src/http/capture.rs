//! A capture file handed in by a page: `POST /capture?name=FILE`, the file as the body.

use super::Site;
use crate::capture::{OpenError, Opening};
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::time::timeout;

/// The header in which the page says the room's key.
pub const KEY_HEADER: &str = "x-layercast-key";

/// How long nothing of a file may come before it is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// What stands in the address.
#[derive(Debug, Deserialize)]
pub struct Address {
    /// The file's name.
    #[serde(default)]
    name: String,
}

/// The capture is shown.
#[derive(Debug, Serialize)]
struct Opened {
    /// The number of its run.
    run: u32,
}

/// Why it is not.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("Only who holds the room's key can open a capture.")]
    NoKey,
    #[error("Another capture is being opened; try again when that is done.")]
    Busy,
    #[error("Nothing of the file came for {} s.", PATIENCE.as_secs())]
    Silence,
    #[error("The file did not come whole.")]
    Broken,
    #[error("This file cannot be shown: {0}.")]
    File(#[from] OpenError),
    #[error("Layercast ends.")]
    Over,
}

impl Refused {
    fn status(&self) -> StatusCode {
        match self {
            Refused::NoKey => StatusCode::FORBIDDEN,
            Refused::Busy | Refused::Over => StatusCode::SERVICE_UNAVAILABLE,
            Refused::Silence => StatusCode::REQUEST_TIMEOUT,
            Refused::Broken => StatusCode::BAD_REQUEST,
            Refused::File(OpenError::TooLong) => StatusCode::PAYLOAD_TOO_LARGE,
            Refused::File(_) => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}

/// Answers the request: the number of the run as JSON, or a sentence that says why not.
pub async fn open(
    State(site): State<Site>,
    Query(address): Query<Address>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match take(&site, &address.name, &headers, body).await {
        Ok(run) => {
            let opened = serde_json::to_string(&Opened { run }).expect("a number is JSON");
            ([(header::CONTENT_TYPE, "application/json")], opened).into_response()
        }
        Err(refused) => (refused.status(), format!("{refused}\n")).into_response(),
    }
}

async fn take(site: &Site, name: &str, headers: &HeaderMap, body: Body) -> Result<u32, Refused> {
    let key = headers.get(KEY_HEADER).and_then(|key| key.to_str().ok());
    if !site.room.key().opens(key) {
        return Err(Refused::NoKey);
    }
    let _place = site.opening.try_acquire().map_err(|_| Refused::Busy)?;
    let mut opening = Opening::default();
    let mut octets = body.into_data_stream();
    while let Some(chunk) = timeout(PATIENCE, octets.next()).await.map_err(|_| Refused::Silence)? {
        opening.feed(&chunk.map_err(|_| Refused::Broken)?)?;
    }
    let name = if name.is_empty() { "capture".to_owned() } else { name.to_owned() };
    // Putting streams and pictures together takes a while.
    let made = tokio::task::spawn_blocking(move || opening.finish(&name)).await;
    let foreign = made.map_err(|_| Refused::Over)??;
    site.room.show_capture(foreign).await.ok_or(Refused::Over)
}
