//! One open page: a WebSocket between a viewer and the room.
//!
//! The room never waits for a viewer. What it says goes through a bounded [`Outbox`]; when
//! that is full the room leaves batches out and says so (see `docs/protocol.md`).

mod pace;

use crate::http::Site;
use crate::room::{Outbox, Room, text_of};
use crate::wire::{Outcome, ServerMessage};
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::response::Response;
use futures_util::stream::SplitSink;
use futures_util::{SinkExt, StreamExt};
use pace::Bucket;
use serde::Deserialize;
use std::time::Duration;
use tokio::time::{Instant, interval_at, timeout};

/// The longest message that a page may send, octets; a longer one ends the connection.
pub const MAX_PAGE_MESSAGE: usize = 4096;

/// How often a silent page is asked whether it is still there.
const PING: Duration = Duration::from_secs(15);

/// A page that was not heard of for this long is gone, and a write that takes longer has failed.
const SILENCE: Duration = Duration::from_secs(45);

/// RFC 6455 section 7.4.1: the server goes away.
const GOING_AWAY: u16 = 1001;
/// The room is full ("try again later", IANA's registry of close codes).
const TRY_LATER: u16 = 1013;

/// What stands in the WebSocket's address.
#[derive(Debug, Deserialize)]
pub struct Address {
    /// The room's key, if the page has it.
    key: Option<String>,
}

/// Answers `GET /ws`.
pub async fn open(
    State(site): State<Site>,
    Query(address): Query<Address>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let holds_key = site.room.key().opens(address.key.as_deref());
    upgrade
        .max_message_size(MAX_PAGE_MESSAGE)
        .max_frame_size(MAX_PAGE_MESSAGE)
        .on_upgrade(move |socket| serve(socket, site.room, holds_key))
}

/// Carries messages both ways until one side leaves.
async fn serve(mut socket: WebSocket, room: Room, holds_key: bool) {
    let (outbox, mut inbox) = Outbox::new();
    let viewer = match room.join(holds_key, outbox).await {
        Ok(viewer) => viewer,
        Err(refusal) => {
            let code = if refusal.is_full() { TRY_LATER } else { GOING_AWAY };
            let frame = CloseFrame { code, reason: refusal.to_string().into() };
            socket.send(Message::Close(Some(frame))).await.ok();
            return;
        }
    };
    let (mut sink, mut stream) = socket.split();
    let mut pings = interval_at(Instant::now() + PING, PING);
    let mut heard = Instant::now();
    let mut bucket = Bucket::new();
    loop {
        tokio::select! {
            biased;
            message = inbox.next() => match message {
                Some(message) => if !send(&mut sink, message).await { break },
                None => {
                    let frame = CloseFrame { code: GOING_AWAY, reason: "Layercast ends.".into() };
                    send(&mut sink, Message::Close(Some(frame))).await;
                    break;
                }
            },
            _ = pings.tick() => {
                if heard.elapsed() > SILENCE || !send(&mut sink, Message::Ping(Default::default())).await {
                    break;
                }
            }
            message = stream.next(), if bucket.may_take() => {
                heard = Instant::now();
                bucket.take();
                match message {
                    Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                        Ok(message) => if !room.said(viewer, message).await { break },
                        Err(error) => if !send(&mut sink, unreadable(&text, &error)).await { break },
                    },
                    Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                    Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_))) => {}
                }
            }
            () = bucket.refilled(), if !bucket.may_take() => bucket.refill(),
        }
    }
    room.leave(viewer).await;
}

/// The answer to a message that is not one of the protocol's, with its number if it has a
/// readable one.
fn unreadable(text: &str, error: &serde_json::Error) -> Message {
    let id = serde_json::from_str::<serde_json::Value>(text)
        .ok()
        .and_then(|value| value["id"].as_u64())
        .and_then(|id| u32::try_from(id).ok())
        .unwrap_or(0);
    let reason = format!("This message could not be read: {error}.");
    Message::Text(text_of(&ServerMessage::Answer { id, outcome: Outcome::Refused { reason } }))
}

/// Sends one message; false when it cannot be sent in time.
async fn send(sink: &mut SplitSink<WebSocket, Message>, message: Message) -> bool {
    matches!(timeout(SILENCE, sink.send(message)).await, Ok(Ok(())))
}
