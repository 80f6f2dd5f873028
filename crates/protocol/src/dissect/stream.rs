//! A TCP segment's data: the messages that end in it, from the frame or put together.

use bytes::Bytes;

use super::build::Place;
use super::conversation::media;
use super::conversation::streams::{MAX_PARTIAL, Offer, Stream};
use super::model::{NoteKind, Source, Spec};
use super::tcp::Segment;
use super::walk::{MAX_LAYERS, Walk};
use super::{data, rtsp, text};
use crate::rtsp::reader::{self, ItemKind, Kind, Parsed};

/// Reads a segment's data, and remembers what is not whole.
pub(super) fn dissect(walk: &mut Walk<'_>, segment: Segment, payload: Place<'_>) {
    if !walk.known.is_rtsp(segment.from.port(), segment.to.port()) {
        data::dissect(walk, payload, &data::UNFOLLOWED, 7);
        return;
    }
    if walk.is_cut(payload) && !payload.is_empty() {
        // Half a segment would put the stream's later octets into wrong places.
        data::dissect(walk, payload, &data::UNFOLLOWED, 7);
        walk.note(NoteKind::Limit, payload, "The capture has only the segment's beginning.");
        return;
    }
    let way = (segment.from, segment.to);
    let mut stream = walk.known.streams.take(way);
    if segment.syn {
        stream.open(segment.sequence);
    }
    if !payload.is_empty() {
        let first = segment.sequence.wrapping_add(segment.syn.into());
        let at = stream.position(first);
        Reading { walk, segment, payload, at, shown: 0, unshown: 0, rest: &data::SEGMENT }
            .segment(&mut stream);
    }
    walk.known.streams.put(way, stream);
}

/// One message of the stream.
struct Message<'m> {
    /// Where it begins, as a position in the stream.
    from: u64,
    /// Where it ends.
    to: u64,
    octets: &'m [u8],
    parsed: &'m Parsed,
}

/// One segment being read.
struct Reading<'w, 'a, 'p> {
    walk: &'w mut Walk<'a>,
    segment: Segment,
    payload: Place<'p>,
    /// The position of its first octet.
    at: u64,
    /// How many of its octets have a layer already.
    shown: usize,
    /// How many messages were too many to show.
    unshown: usize,
    /// What the octets are that no message has here.
    rest: &'static Spec,
}

impl Reading<'_, '_, '_> {
    fn segment(&mut self, stream: &mut Stream) {
        let mut offer = stream.offer(self.at, self.payload.octets());
        if offer == Offer::Adrift && self.begins_message() {
            stream.synced = true;
            offer = Offer::Run { start: self.at, joined: None, together: false };
        }
        let told = match offer {
            Offer::Run { start, joined: None, .. } => {
                let octets = self.payload.octets();
                self.run(stream, start, octets, None);
                None
            }
            Offer::Run { start, joined: Some(joined), together: false } => {
                self.run(stream, start, &joined, Some(&joined));
                None
            }
            Offer::Run { start, joined: Some(joined), together: true } => {
                self.together(stream, start, &joined);
                None
            }
            Offer::Repeat => {
                self.repeat(stream);
                Some((
                    NoteKind::Reassembly,
                    "These bytes of the stream were seen before: the segment was sent again.",
                ))
            }
            Offer::Early => Some((
                NoteKind::Reassembly,
                "Bytes before these are missing; these wait until the gap is filled.",
            )),
            Offer::GaveUp => Some((
                NoteKind::Limit,
                "Too much waited behind a gap in the stream, so the gap was given up.",
            )),
            Offer::Adrift => Some((
                NoteKind::Reassembly,
                "Where the message begins that these bytes belong to was not seen.",
            )),
        };
        self.show_up_to(self.payload.len());
        if self.unshown > 0 {
            let count = text::count(self.unshown as u64, "more message ends", "more messages end");
            let text = format!("{count} in this segment, too many to show.");
            self.walk.note(NoteKind::Limit, self.payload, text);
        }
        if let Some((kind, text)) = told {
            self.walk.note(kind, self.payload, text);
        }
    }

    /// Whether the segment looks like the beginning of a message, for streams joined midway.
    fn begins_message(&mut self) -> bool {
        let parsed = self.tokens(self.payload.octets());
        match parsed.kind {
            ItemKind::Request | ItemKind::Response => true,
            ItemKind::Frame => {
                let channel = self.payload.number(1, 1) as u8;
                let link = media::link(self.segment.from, self.segment.to);
                self.walk.known.media.connection(link).channels.contains_key(&channel)
            }
            ItemKind::Blank | ItemKind::Garbage => false,
        }
    }

    /// Takes the item at the front of `octets` apart. What makes no RTSP may be a message of the
    /// student project: nothing ends it but the end of what was sent together.
    fn tokens(&mut self, octets: &[u8]) -> Parsed {
        let parsed = reader::tokens(octets);
        if parsed.complete && parsed.fault.is_none() {
            return parsed;
        }
        let link = media::link(self.segment.from, self.segment.to);
        match reader::lab_tokens(octets) {
            // Any answer could go on; the project's server writes three lines.
            Some(lab) if lab.kind == ItemKind::Request || self.walk.known.media.connection(link).lab => lab,
            _ => parsed,
        }
    }

    /// Shows the octets up to `end` of the segment that have no layer yet, as part of the stream.
    fn show_up_to(&mut self, end: usize) {
        if end > self.shown {
            data::dissect(self.walk, self.payload.part(self.shown, end), self.rest, 4);
            self.shown = end;
        }
    }

    /// The segment's octets from `from` to `to`, positions in the stream, if it has all of them.
    fn own(&self, from: u64, to: u64) -> Option<(usize, usize)> {
        let end = self.at + self.payload.len() as u64;
        (from >= self.at && to <= end).then(|| ((from - self.at) as usize, (to - self.at) as usize))
    }

    /// Reads the messages in `octets`, the first of which has position `start`. `joined` holds them
    /// when they are more than the segment's own.
    fn run(&mut self, stream: &mut Stream, start: u64, octets: &[u8], joined: Option<&Bytes>) {
        let mut at = 0;
        while at < octets.len() {
            let rest = &octets[at..];
            let parsed = self.tokens(rest);
            let too_much = !parsed.complete && rest.len() > MAX_PARTIAL;
            if parsed.fault.is_some() || too_much {
                self.unreadable(stream, start + at as u64, octets.len() - at);
                return;
            }
            if !parsed.complete {
                break;
            }
            let (from, to) = (start + at as u64, start + (at + parsed.len) as u64);
            stream.read(from, to);
            let message = Message { from, to, octets: &octets[at..at + parsed.len], parsed: &parsed };
            self.message(message, joined.map(|joined| joined.slice(at..at + parsed.len)));
            at += parsed.len;
        }
        self.keep(stream, &octets[at..]);
    }

    /// Reads the messages in `joined`, the first of which has position `start`, and shows all of
    /// them in one buffer, as Wireshark does where it had to wait without knowing for how much.
    fn together(&mut self, stream: &mut Stream, start: u64, joined: &Bytes) {
        let mut at = 0;
        let mut buffer = None;
        let mut shown = 0;
        let mut readable = true;
        while at < joined.len() {
            let rest = &joined[at..];
            let parsed = self.tokens(rest);
            readable = parsed.fault.is_none() && (parsed.complete || rest.len() <= MAX_PARTIAL);
            if !readable || !parsed.complete {
                break;
            }
            let next = at + parsed.len;
            stream.read(start + at as u64, start + next as u64);
            if self.walk.out.layers.len() < MAX_LAYERS {
                let index = *buffer.get_or_insert_with(|| {
                    self.show_up_to(self.payload.len());
                    self.walk.buffer(joined.clone())
                });
                let whole = self.walk.whole(Source::Buffer(index), joined);
                rtsp::dissect(self.walk, self.segment, whole.part(at, next), &parsed);
                shown = next;
            } else {
                rtsp::learn(self.walk, self.segment, &joined[at..next], &parsed);
                self.unshown += 1;
            }
            at = next;
        }
        if !readable {
            self.unreadable(stream, start + at as u64, joined.len() - at);
        } else {
            self.keep(stream, &joined[at..]);
        }
        if let Some(index) = buffer {
            let rest = self.walk.whole(Source::Buffer(index), joined).rest(shown);
            data::dissect(self.walk, rest, &data::WAITING, 7);
        }
    }

    /// Keeps the beginning of a message for the next segment.
    fn keep(&mut self, stream: &mut Stream, partial: &[u8]) {
        let parsed = self.tokens(partial);
        let told = match parsed.kind {
            ItemKind::Frame => parsed.len >= rtsp::FRAME_HEADER,
            _ => parsed.tokens.iter().any(|token| token.kind == Kind::HeaderEnd),
        };
        stream.keep(partial, !told);
    }

    /// Shows one message: in the frame if the segment has all of it, else from a buffer.
    fn message(&mut self, message: Message<'_>, joined: Option<Bytes>) {
        if self.walk.out.layers.len() >= MAX_LAYERS {
            rtsp::learn(self.walk, self.segment, message.octets, message.parsed);
            self.unshown += 1;
            return;
        }
        let own = self.own(message.from, message.to);
        if let Some((start, end)) = own {
            let place = self.payload.part(start, end);
            // A segment sent again with other content is not what was read.
            if start >= self.shown && place.octets() == message.octets {
                self.show_up_to(start);
                self.shown = end;
                rtsp::dissect(self.walk, self.segment, place, message.parsed);
                return;
            }
        }
        let Some(joined) = joined else { return };
        // The segment's part of it, before what it helped to complete.
        let end = (message.to.saturating_sub(self.at) as usize).min(self.payload.len());
        self.show_up_to(end);
        let index = self.walk.buffer(joined.clone());
        let place = self.walk.whole(Source::Buffer(index), &joined);
        rtsp::dissect(self.walk, self.segment, place, message.parsed);
    }

    /// Shows the messages that a repeated segment has in whole; none when it goes on with one that
    /// was put together before, of which it is a part then, as Wireshark has it.
    fn repeat(&mut self, stream: &Stream) {
        if stream.is_inside(self.at) {
            return;
        }
        let end = self.at + self.payload.len() as u64;
        let messages = stream.messages(self.at, end);
        if !messages.is_empty() {
            // To Wireshark all of the segment may be one repetition.
            self.rest = &data::REPEATED;
        }
        for (from, to) in messages {
            let Some((start, end)) = self.own(from, to) else { continue };
            if start < self.shown {
                continue;
            }
            self.show_up_to(start);
            self.shown = end;
            let place = self.payload.part(start, end);
            let parsed = self.tokens(place.octets());
            if parsed.complete && parsed.len == place.len() {
                rtsp::dissect(self.walk, self.segment, place, &parsed);
            } else {
                data::dissect(self.walk, place, &data::SEGMENT, 4);
            }
        }
    }

    /// Octets from position `from` on that are no message: what comes behind cannot be trusted.
    fn unreadable(&mut self, stream: &mut Stream, from: u64, len: usize) {
        let end = from + len as u64;
        stream.lose_track(stream.next().unwrap_or(end));
        self.show_up_to(self.payload.len());
        let text = format!(
            "{} make no RTSP message; reading goes on where one clearly begins.",
            text::bytes(len as u64)
        );
        self.walk.note(NoteKind::Malformed, self.payload, text);
    }
}
