//! What a page sees of a player that plays the numbered clip from a real server.

use crate::common::{Heard, Layercast, PATIENCE, Page, pictures};
use serde_json::Value;
use std::time::Instant;

/// RTP ticks of one picture of the numbered clip (RFC 2435 section 3.1: 90 kHz).
const TICKS: u64 = 90_000 / pictures::RATE as u64;

/// Pictures that must be shown whole.
const WANTED: usize = 40;

/// Of these, so many percent must be whole on a machine with much else to do.
const WHOLE_PERCENT: usize = 70;

/// How a player's session was settled, and where it plays from.
pub struct Seen {
    /// `udp` or `tcp`.
    pub transport: String,
    /// The real server, as the room tells of it.
    pub source: Value,
    /// Everything the room said, as text: nothing in it may be secret.
    pub said: String,
}

/// Waits until the player has shown [`WANTED`] pictures from a real server, and checks that
/// each shows the number that its place in the stream asks for.
pub async fn pictures_are_right(server: &Layercast, peer: &str) -> Seen {
    let mut page = server.open().await;
    let hello = page.until_type("hello").await;
    pictures_of(&mut page, hello["room"].clone(), peer).await
}

/// The same for a page that is open; `room` is what it knows of the room.
pub async fn pictures_of(page: &mut Page, mut room: Value, peer: &str) -> Seen {
    let begin = Instant::now();
    let (mut said, mut whole, mut shown) = (room.to_string(), Vec::new(), 0);
    while whole.len() < WANTED {
        assert!(begin.elapsed() < PATIENCE, "{peer}: {} of {shown} pictures are whole; {room}", whole.len());
        let Heard::Text(text) = page.next().await else { continue };
        said.push_str(&text["rows"]["states"].to_string());
        if text["type"] == "room" {
            said.push_str(&text.to_string());
            room = text;
            continue;
        }
        for picture in text["rows"]["pictures"].as_array().into_iter().flatten() {
            shown += 1;
            if picture["complete"] == true && is_from_source(&room) {
                let number = |name: &str| picture[name].as_u64().expect("a number");
                whole.push((number("id"), number("timestamp")));
            }
        }
    }
    assert!(whole.len() * 100 >= shown * WHOLE_PERCENT, "{peer}: {} of {shown} are whole", whole.len());
    let mut first = None;
    for (id, timestamp) in &whole {
        let picture = page.picture(9, *id).await.unwrap_or_else(|why| panic!("{peer}: picture {id}: {why}"));
        let found = pictures::number_in_message(&picture);
        let found = u64::from(found.unwrap_or_else(|| panic!("{peer}: picture {id} shows no number")));
        let (begin, base) = *first.get_or_insert((*timestamp, found));
        // Timestamps are 32 bits wide and begin anywhere; half a picture is allowed for rounding.
        let steps = ((timestamp + (1 << 32) - begin) % (1 << 32) + TICKS / 2) / TICKS;
        let wanted = (base + steps) % u64::from(pictures::COUNT);
        assert_eq!(found, wanted, "{peer}: picture {id} at {timestamp}, the first showed {base}");
    }
    let transport = room["clients"][0]["transport"].as_str().unwrap_or_default().to_owned();
    Seen { transport, source: source(&room).clone(), said }
}

/// The real server that is played.
fn source(room: &Value) -> &Value {
    let mut sources = room["sources"].as_array().into_iter().flatten();
    sources.find(|source| source["state"] == "connected").unwrap_or(&Value::Null)
}

/// Whether a real connection stands, and the player plays.
fn is_from_source(room: &Value) -> bool {
    source(room)["left"].is_null() && !source(room).is_null() && room["clients"][0]["state"] == "Playing"
}
