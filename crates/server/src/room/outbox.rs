//! What waits for one page to be read: bounded, and never waited for.

use crate::wire::ServerMessage;
use axum::extract::ws::{Message, Utf8Bytes};
use bytes::Bytes;
use tokio::sync::mpsc;

/// How many text messages may wait for a page: 2.5 s of batches. At this bound the page lags.
pub const MAX_WAITING: usize = 64;

/// How many pushed pictures may wait for a page; at this bound pictures are left out.
pub const MAX_PICTURES: usize = 3;

/// The room's end: puts messages in.
#[derive(Clone, Debug)]
pub struct Outbox {
    messages: mpsc::Sender<Message>,
    pictures: mpsc::Sender<Bytes>,
}

/// The WebSocket's end: takes messages out.
#[derive(Debug)]
pub struct Inbox {
    messages: mpsc::Receiver<Message>,
    pictures: mpsc::Receiver<Bytes>,
}

impl Outbox {
    /// An empty outbox and its other end.
    pub fn new() -> (Outbox, Inbox) {
        let (messages, to_messages) = mpsc::channel(MAX_WAITING);
        let (pictures, to_pictures) = mpsc::channel(MAX_PICTURES);
        (Outbox { messages, pictures }, Inbox { messages: to_messages, pictures: to_pictures })
    }

    /// Puts a message in; false when it is full or nobody reads any more.
    pub fn say(&self, message: &ServerMessage) -> bool {
        self.put(text_of(message))
    }

    /// The same for a text made once for many pages.
    pub fn put(&self, text: Utf8Bytes) -> bool {
        self.messages.try_send(Message::Text(text)).is_ok()
    }

    /// Puts in a picture that was asked for; false as with [`Outbox::say`].
    pub fn answer_picture(&self, picture: Bytes) -> bool {
        self.messages.try_send(Message::Binary(picture)).is_ok()
    }

    /// Puts in a picture that is pushed; it is left out when others still wait.
    pub fn push_picture(&self, picture: Bytes) {
        self.pictures.try_send(picture).ok();
    }

    /// Whether everything was taken out.
    pub fn is_empty(&self) -> bool {
        self.messages.capacity() == MAX_WAITING
    }
}

impl Inbox {
    /// The next message, text first; `None` when the room has closed it.
    pub async fn next(&mut self) -> Option<Message> {
        tokio::select! {
            biased;
            message = self.messages.recv() => message,
            Some(picture) = self.pictures.recv() => Some(Message::Binary(picture)),
        }
    }
}

/// A message as the text that goes over the wire.
pub fn text_of(message: &ServerMessage) -> Utf8Bytes {
    serde_json::to_string(message).expect("the wire's types hold nothing that JSON cannot").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn both_bounds_hold() {
        let (outbox, mut inbox) = Outbox::new();
        let lagged = ServerMessage::Lagged { missed: 1 };
        for _ in 0..MAX_WAITING {
            assert!(outbox.say(&lagged));
        }
        assert!(!outbox.say(&lagged));
        for number in 0..10u8 {
            outbox.push_picture(Bytes::from(vec![number]));
        }
        for _ in 0..MAX_WAITING {
            assert!(matches!(inbox.next().await, Some(Message::Text(_))));
        }
        assert!(outbox.is_empty());
        for number in 0..MAX_PICTURES as u8 {
            assert!(matches!(inbox.next().await, Some(Message::Binary(bytes)) if bytes[..] == [number]));
        }
        drop(outbox);
        assert!(inbox.next().await.is_none());
    }
}
