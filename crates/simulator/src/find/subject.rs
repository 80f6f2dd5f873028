//! An event with all that it is about.

use super::event::{Event, Kind, Source};
use super::finder::Run;
use crate::ids::{FrameId, LinkId, MessageId, NodeId, PictureId};
use crate::peek::{self, Net};
use crate::tape::{
    Carried, DeliveryRecord, FrameRecord, HopRecord, MessageRecord, PictureRecord, ReceiptRecord,
    StateRecord, Tape, TcpRecord,
};
use protocol::message::What;
use std::net::IpAddr;

/// What the tape has of an event.
#[derive(Clone, Copy, Debug)]
pub(super) enum Record<'a> {
    Message(&'a MessageRecord),
    Frame(&'a FrameRecord),
    Hop(&'a HopRecord),
    Receipt(&'a ReceiptRecord),
    Delivery(&'a DeliveryRecord),
    Picture(&'a PictureRecord),
    State(&'a StateRecord),
    Tcp(&'a TcpRecord),
}

/// An event with its record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'a> {
    pub run: Run<'a>,
    pub event: Event,
    pub record: Record<'a>,
}

/// A picture, by who plays it and its RTP timestamp: what its packets and its showing share.
pub(super) type PictureKey = (Option<NodeId>, u32);

impl<'a> Subject<'a> {
    /// `None` when the tape has let it go.
    pub fn of(run: Run<'a>, event: Event) -> Option<Self> {
        let (tape, number) = (run.tape, event.number);
        let record = match event.source {
            Source::Messages => Record::Message(tape.messages().get(number)?),
            Source::Frames => Record::Frame(tape.frames().get(number)?),
            Source::Hops => Record::Hop(tape.hops().get(number)?),
            Source::Receipts => Record::Receipt(tape.receipts().get(number)?),
            Source::Deliveries => Record::Delivery(tape.deliveries().get(number)?),
            Source::Pictures => Record::Picture(tape.pictures().get(number)?),
            Source::States => Record::State(tape.states().get(number)?),
            Source::Tcp => Record::Tcp(tape.tcp().get(number)?),
        };
        Some(Subject { run, event, record })
    }

    /// The device where it happens.
    pub fn node(&self) -> NodeId {
        match self.record {
            Record::Message(record) => record.from,
            Record::Frame(record) => record.node,
            Record::Hop(record) if self.event.kind == Kind::Arrives => {
                self.run.places.other_end(record.link, record.from).unwrap_or(record.from)
            }
            Record::Hop(record) => record.from,
            Record::Receipt(record) => record.node,
            Record::Delivery(record) => record.node,
            Record::Picture(record) => record.client,
            Record::State(record) => record.node,
            Record::Tcp(record) => record.node,
        }
    }

    /// The cable where it happens.
    pub fn link(&self) -> Option<LinkId> {
        self.hop().map(|hop| hop.link)
    }

    pub fn hop(&self) -> Option<&'a HopRecord> {
        match self.record {
            Record::Hop(hop) => Some(hop),
            _ => None,
        }
    }

    /// The frame that it is about.
    pub fn frame_id(&self) -> Option<FrameId> {
        match self.record {
            Record::Frame(_) => Some(FrameId(self.event.number)),
            Record::Hop(hop) => Some(hop.frame),
            Record::Receipt(receipt) => Some(receipt.frame),
            _ => None,
        }
    }

    pub fn frame(&self) -> Option<&'a FrameRecord> {
        match self.record {
            Record::Frame(frame) => Some(frame),
            _ => self.run.tape.frames().get(self.frame_id()?.0),
        }
    }

    /// The message that it is about, when it is about a whole one.
    pub fn whole_message(&self) -> Option<MessageId> {
        match self.record {
            Record::Message(_) => Some(MessageId(self.event.number)),
            Record::Delivery(delivery) => Some(delivery.message),
            _ => None,
        }
    }

    /// The messages that it is about: one, or those with octets in its frame.
    pub fn messages(&self) -> Vec<MessageId> {
        match self.whole_message() {
            Some(message) => vec![message],
            None => self.frame().map(|frame| self.run.streams.carried(frame)).unwrap_or_default(),
        }
    }

    /// The records of its messages.
    pub fn message_records(&self) -> impl Iterator<Item = &'a MessageRecord> {
        let tape = self.run.tape;
        self.messages().into_iter().filter_map(|message| tape.messages().get(message.0))
    }

    pub fn picture(&self) -> Option<(PictureId, &'a PictureRecord)> {
        match self.record {
            Record::Picture(record) => Some((PictureId(self.event.number), record)),
            _ => None,
        }
    }

    /// The pictures that it is about.
    pub fn picture_keys(&self) -> Vec<PictureKey> {
        match self.record {
            Record::Picture(record) => vec![(Some(record.client), record.timestamp)],
            _ => self.message_records().filter_map(picture_key).collect(),
        }
    }

    /// The client whose conversation it belongs to.
    pub fn is_of(&self, client: NodeId) -> bool {
        match self.record {
            Record::Picture(record) => record.client == client,
            Record::State(record) => record.node == client || state_client(record) == Some(client),
            Record::Tcp(record) => record.node == client,
            _ => {
                let mut told = self.message_records().filter_map(|message| message.client).peekable();
                match told.peek() {
                    Some(_) => told.any(|own| own == client),
                    // ACKs and ARP belong to who sends or gets them.
                    None => self.comes_from(client) || self.goes_to(client),
                }
            }
        }
    }

    /// Whether the packet comes from this host.
    pub fn comes_from(&self, node: NodeId) -> bool {
        let mut from = self.message_records().map(|message| message.from).peekable();
        match from.peek() {
            Some(_) => from.any(|own| own == node),
            None => self
                .frame_id()
                .and_then(|frame| root(self.run.tape, frame))
                .is_some_and(|(_, record)| record.node == node),
        }
    }

    /// Whether the packet goes to this host.
    pub fn goes_to(&self, node: NodeId) -> bool {
        let mut to = self.message_records().filter_map(|message| message.to).peekable();
        match to.peek() {
            Some(_) => to.any(|own| own == node),
            None => self.destination().and_then(|ip| self.run.places.owner(ip)) == Some(node),
        }
    }

    /// The address that a frame's packet, as its host made it, goes to; of ARP the one asked.
    fn destination(&self) -> Option<IpAddr> {
        let (_, record) = root(self.run.tape, self.frame_id()?)?;
        if let Carried::Arp { target, request: true } = record.carried {
            return Some(target.into());
        }
        let (frame, _) = root(self.run.tape, self.frame_id()?)?;
        destination(&self.run.tape.frame_bytes(frame)?)
    }
}

/// The picture that a message belongs to.
pub(super) fn picture_key(record: &MessageRecord) -> Option<PictureKey> {
    match &record.what {
        What::Rtp(rtp) => Some((record.client, rtp.timestamp)),
        _ => None,
    }
}

/// Whether both are one picture; a message to a group belongs to all who play it.
pub(super) fn is_same_picture(one: PictureKey, other: PictureKey) -> bool {
    let same_client = match (one.0, other.0) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    };
    same_client && one.1 == other.1
}

fn state_client(record: &StateRecord) -> Option<NodeId> {
    use crate::tape::Change;
    match &record.change {
        Change::Rtsp { client, .. }
        | Change::Session { client, .. }
        | Change::Media { client, .. }
        | Change::Parameter { client, .. }
        | Change::Client { client, .. } => Some(*client),
        _ => None,
    }
}

/// The frame as its host made it, before routers and switches wrote it anew.
pub(super) fn root(tape: &Tape, frame: FrameId) -> Option<(FrameId, &FrameRecord)> {
    let mut frame = frame;
    let mut record = tape.frames().get(frame.0)?;
    // A parent is older than its child, so this ends.
    while let Some((parent, older)) =
        record.parent.and_then(|parent| Some((parent, tape.frames().get(parent.0)?)))
    {
        (frame, record) = (parent, older);
    }
    Some((frame, record))
}

/// Where a frame's IP packet goes; of an ARP reply the address that it tells it to.
fn destination(bytes: &[u8]) -> Option<IpAddr> {
    match peek::frame(bytes)?.net {
        Net::Ip(packet) => Some(packet.to),
        Net::Arp { target, .. } => Some(target.into()),
        Net::Other => None,
    }
}
