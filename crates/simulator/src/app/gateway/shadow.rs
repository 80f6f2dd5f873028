//! A real client's pictures, put together again from the packets that it gets.
//!
//! Nobody outside a program sees what it shows. Its packets are here, though, and so is the
//! receiver of the built-in player: what that makes of them, with its own playout delay, is
//! what the tape keeps as the real client's pictures.

use super::super::{HostIo, shown::picture_record};
use crate::ids::MessageId;
use protocol::random::Dice;
use protocol::rtp::jpeg::{Form, is_whole_file};
use protocol::rtp::packet::RtpPacket;
use protocol::rtp::receiver::DEFAULT_PLAYOUT_DELAY;
use protocol::rtp::{Receiver, ReceiverConfig, ReceiverEvent};
use protocol::rtsp::reader::Item;
use protocol::rtsp::sdp::{RtpMap, Sdp, static_map};
use protocol::time::{Epoch, SimTime};
use std::collections::VecDeque;

/// How many of the real clients that are connected have their pictures put together; what
/// the others get is carried and kept all the same, but not shown as pictures.
pub const MAX_SHADOWS: usize = 8;

/// Messages of the stream to a real client that it has not taken yet and whose names are
/// remembered; at the limit the oldest goes, and its picture lacks it.
const MAX_NAMES: usize = 4096;

/// JPEG's payload type where no description says another (RFC 3551 section 6).
const JPEG: u8 = 26;

/// The receiver of one real client.
#[derive(Clone, Debug)]
pub(super) struct Shadow {
    /// What the last description says of its first track of JPEG.
    map: RtpMap,
    receiver: Option<Receiver<MessageId>>,
    /// Messages that have come for the client, each with its place in the stream. It takes them
    /// later, when the recorder has forgotten them.
    names: VecDeque<(u64, MessageId)>,
}

impl Shadow {
    /// Has seen nothing yet.
    pub(super) fn new() -> Option<Self> {
        Some(Shadow { map: static_map(JPEG)?, receiver: None, names: VecDeque::new() })
    }

    /// A request of the client, on its way to the server.
    pub(super) fn request(&mut self, item: &Item) {
        match item.parsed.method(&item.bytes) {
            // What comes now begins anew, wherever the last range ended.
            Some("PLAY") => {
                if let Some(receiver) = &mut self.receiver {
                    receiver.restart_playout();
                }
            }
            Some("SETUP" | "TEARDOWN") => self.receiver = None,
            _ => {}
        }
    }

    /// An answer of the server: a description tells which payload type is JPEG.
    pub(super) fn answer(&mut self, item: &Item) {
        if !item.value("Content-Type").is_some_and(|kind| kind.trim().starts_with("application/sdp")) {
            return;
        }
        let Ok(sdp) = Sdp::read(&item.body()) else { return };
        let mut maps = sdp.media.iter().filter_map(|media| media.first_map());
        if let Some(map) = maps.find(|map| map.encoding.eq_ignore_ascii_case("JPEG")) {
            self.map = map;
        }
    }

    /// A frame has brought these messages of the stream.
    pub(super) fn brought(&mut self, places: impl Iterator<Item = (u64, MessageId)>) {
        for place in places {
            if self.names.back().is_none_or(|last| last.0 < place.0) {
                self.names.push_back(place);
            }
            if self.names.len() > MAX_NAMES {
                self.names.pop_front();
            }
        }
    }

    /// The message that begins at `offset` in the stream; those before it are forgotten.
    pub(super) fn message_at(&mut self, offset: u64) -> Option<MessageId> {
        while self.names.front().is_some_and(|first| first.0 < offset) {
            self.names.pop_front();
        }
        self.names.front().filter(|first| first.0 == offset).map(|first| first.1)
    }

    /// A datagram or `$` frame for the client, whose record on the tape is `message`.
    pub(super) fn packet(&mut self, io: &mut HostIo<'_>, bytes: &[u8], message: MessageId) {
        // RTP and RTCP are told apart by their second octet (RFC 5761 section 4), so that it
        // does not matter which ports or channels were agreed.
        let Some(kind) = bytes.get(1) else { return };
        if (192..=223).contains(kind) {
            if let Some(receiver) = &mut self.receiver {
                receiver.receive_rtcp(io.now, bytes, message);
            }
        } else if kind & 0x7f == self.map.payload_type {
            let map = &self.map;
            self.receiver.get_or_insert_with(|| receiver(map, bytes)).receive_rtp(io.now, bytes, message);
        }
        self.show(io);
    }

    /// When the next picture is due.
    pub(super) fn poll_timeout(&self) -> Option<SimTime> {
        self.receiver.as_ref().and_then(Receiver::poll_timeout)
    }

    /// Shows what is due.
    pub(super) fn handle_timeout(&mut self, io: &mut HostIo<'_>) {
        if let Some(receiver) = &mut self.receiver
            && receiver.poll_timeout().is_some_and(|at| at <= io.now)
        {
            receiver.handle_timeout(io.now);
        }
        self.show(io);
    }

    fn show(&mut self, io: &mut HostIo<'_>) {
        let Some(receiver) = &mut self.receiver else { return };
        // The real client sends its own reports; these are for nobody.
        while receiver.poll_transmit(io.now).is_some() {}
        while let Some(event) = receiver.poll_event() {
            if let ReceiverEvent::Picture(picture) = event {
                let record = picture_record(io, receiver, DEFAULT_PLAYOUT_DELAY, picture);
                io.recorder.tape.push_picture(record);
            }
        }
    }
}

/// A receiver for what begins with this packet. It throws no dice that matter: they are for
/// the times of reports, and it sends none.
fn receiver(map: &RtpMap, first: &[u8]) -> Receiver<MessageId> {
    let is_whole = RtpPacket::parse(first).is_ok_and(|packet| is_whole_file(packet.payload));
    Receiver::new(ReceiverConfig {
        clock_rate: map.clock_rate,
        payload_type: map.payload_type,
        form: if is_whole { Form::WholeFile } else { Form::Rfc2435 },
        cname: String::new(),
        ssrc: 0,
        playout_delay: DEFAULT_PLAYOUT_DELAY,
        epoch: Epoch::FIXED,
        dice: Dice::new(0, "shadow"),
    })
}
