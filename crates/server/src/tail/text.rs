//! One block of lines for each frame from a host: its layers down, its way, its layers up.

use super::journeys::{Event, Journey};
use super::network::Network;
use super::paint::{Ink, Paint, plain};
use super::words;
use crate::wire::{CarriedRow, FrameRow, HopRow, MessageRow, Nanos, PictureRow, StateRow, TransportRow};
use std::collections::BTreeMap;

/// The most TCP connections whose ends are remembered.
pub const MAX_CONNECTIONS: usize = 1000;

/// Writes blocks.
#[derive(Debug)]
pub struct Writer {
    paint: Paint,
    /// The two hosts of a connection, from its messages.
    ends: BTreeMap<u32, (u32, u32)>,
}

impl Writer {
    /// Writes in colours or without.
    pub fn new(paint: Paint) -> Self {
        Writer { paint, ends: BTreeMap::new() }
    }

    /// A frame and all that became of it.
    pub fn journey(&mut self, journey: &Journey, network: &Network) -> String {
        journey.messages.iter().for_each(|message| self.learn(message));
        let root = journey.root();
        let to = self.receiver(journey);
        let mut block = Block { paint: self.paint, begin: root.at, text: String::new() };
        let name = |node: u32| plain(network.name(node));
        let (ink, protocol, _) =
            journey.messages.first().map_or_else(|| words::carried(&root.carried), words::message);
        block.text.push_str(&format!(
            "{}  {}  {} → {}  {} octets  frame {}\n",
            words::moment(root.at),
            self.paint.paint(ink, protocol),
            name(root.node),
            to.map_or_else(|| "?".to_owned(), name),
            words::count(root.length),
            root.id.0,
        ));
        self.down(&mut block, journey, to, network);
        for event in &journey.events {
            match event {
                Event::Hop(hop) => {
                    let frame = journey.frames.iter().find(|frame| frame.id == hop.frame);
                    if let Some(frame) = frame.filter(|frame| frame.node == hop.from) {
                        let macs = macs(frame, hop, to, network);
                        block.line("▼", "2", Ink::Link, "Ethernet", &macs);
                    }
                    block.hop(hop, network);
                }
                Event::Receipt(receipt) => {
                    let link = |link: u32| plain(network.link_name(link));
                    let (text, dropped) = words::outcome(&receipt.outcome, link);
                    let ink = if dropped { Ink::Drop } else { Ink::Way };
                    let text = format!("{text}  {}", block.since(receipt.at));
                    let mark = match receipt.outcome {
                        crate::wire::OutcomeRow::Accepted { .. } => "▲",
                        _ if dropped => "✗",
                        _ => " ",
                    };
                    block.line(mark, " ", ink, &name(receipt.node), &text);
                }
                Event::Delivery(delivery) => {
                    let what = journey.messages.iter().find(|message| message.id == delivery.message);
                    let (ink, protocol) =
                        what.map(words::message).map_or((Ink::Remark, "data"), |(i, p, _)| (i, p));
                    let text =
                        format!("message {} is whole  {}", delivery.message.0, block.since(delivery.at));
                    block.line("▲", "7", ink, &format!("{protocol} {}", name(delivery.node)), &text);
                }
            }
        }
        block.text.push('\n');
        block.text
    }

    /// A change of state, on a line of its own.
    pub fn state(&self, row: &StateRow, network: &Network) -> String {
        let name = |node: u32| plain(network.name(node));
        let text = words::change(&row.change, name, |link| plain(network.link_name(link)));
        let text = self.paint.paint(Ink::Remark, &text);
        format!("{}  {}  {text}\n\n", words::moment(row.at), name(row.node))
    }

    /// A picture shown, on a line of its own.
    pub fn picture(&self, row: &PictureRow, network: &Network) -> String {
        let came = row.slots.iter().filter(|slot| slot.message.is_some()).count();
        let number = row.number.map(|number| format!(" {number}")).unwrap_or_default();
        let text = format!("shows picture{number}: {came} of {} packets came in time", row.slots.len());
        let ink = if row.complete { Ink::Remark } else { Ink::Drop };
        format!(
            "{}  {}  {}\n\n",
            words::moment(row.at),
            plain(network.name(row.client)),
            self.paint.paint(ink, &text)
        )
    }

    /// Something about the conversation with the server itself.
    pub fn remark(&self, text: &str) -> String {
        format!("{}\n\n", self.paint.paint(Ink::Repeat, text))
    }

    /// The layers from the application down to IP.
    fn down(&self, block: &mut Block, journey: &Journey, to: Option<u32>, network: &Network) {
        let root = journey.root();
        for message in &journey.messages {
            let (ink, protocol, text) = words::message(message);
            let length = words::count(message.length);
            let answers = message.cause.map(|cause| format!(", answers {}", cause.0)).unwrap_or_default();
            let text = format!("{text}  ({length} octets, message {}{answers})", message.id.0);
            block.line("▼", "7", ink, protocol, &text);
        }
        let (ink, protocol, text) = words::carried(&root.carried);
        let layer = match protocol {
            "ARP" => "2",
            "ICMP" => "3",
            _ => "4",
        };
        block.line("▼", layer, ink, protocol, &text);
        let (why, repeated) = words::cause(&root.cause);
        if repeated {
            block.line("!", " ", Ink::Repeat, "", &why);
        } else {
            block.line(" ", " ", Ink::Way, "", &why);
        }
        if !matches!(root.carried, CarriedRow::Arp { .. }) {
            let ip = |node: Option<u32>| node.and_then(|node| network.ip(node)).unwrap_or("?").to_owned();
            block.line("▼", "3", Ink::Network, "IP", &format!("{} → {}", ip(Some(root.node)), ip(to)));
        }
    }

    /// The host for which a frame is: its message's, its connection's, or the one that took it.
    fn receiver(&self, journey: &Journey) -> Option<u32> {
        let root = journey.root();
        let of_message = journey.messages.iter().find_map(|message| message.to);
        let of_connection = || match root.carried {
            CarriedRow::Tcp { connection, .. } => {
                self.ends.get(&connection).map(|(a, b)| if *a == root.node { *b } else { *a })
            }
            _ => None,
        };
        let taken = || {
            journey.events.iter().find_map(|event| match event {
                Event::Receipt(receipt) => {
                    matches!(receipt.outcome, crate::wire::OutcomeRow::Accepted { .. })
                        .then_some(receipt.node)
                }
                _ => None,
            })
        };
        of_message.or_else(of_connection).or_else(taken)
    }

    fn learn(&mut self, message: &MessageRow) {
        if let (TransportRow::Tcp { connection, .. }, Some(to)) = (&message.transport, message.to) {
            self.ends.insert(*connection, (message.from, to));
            while self.ends.len() > MAX_CONNECTIONS {
                self.ends.pop_first();
            }
        }
    }
}

/// Hardware addresses of a frame, by the network's plan.
fn macs(frame: &FrameRow, hop: &HopRow, to: Option<u32>, network: &Network) -> String {
    let from = network.card(frame.node, hop.link).and_then(|card| card.mac.as_deref());
    let next = match &frame.carried {
        CarriedRow::Arp { request: true, .. } => Some("ff:ff:ff:ff:ff:ff"),
        _ => to
            .and_then(|to| network.ip(to))
            .and_then(|ip| network.next_card(frame.node, hop.link, ip))
            .and_then(|card| card.mac.as_deref()),
    };
    format!("{} → {}", plain(from.unwrap_or("?")), plain(next.unwrap_or("?")))
}

/// The lines of one frame.
struct Block {
    paint: Paint,
    begin: Nanos,
    text: String,
}

impl Block {
    fn line(&mut self, mark: &str, layer: &str, ink: Ink, label: &str, text: &str) {
        let line = format!("{mark} {layer} {label:<9} {text}");
        self.text.push_str("  ");
        self.text.push_str(&self.paint.paint(ink, line.trim_end()));
        self.text.push('\n');
    }

    fn hop(&mut self, hop: &HopRow, network: &Network) {
        let to = network.other_end(hop.link, hop.from).map_or("?", |node| network.name(node));
        let way = format!("{} → {}", plain(network.name(hop.from)), plain(to));
        let waited = hop.start.0.saturating_sub(hop.queued.0);
        let waited =
            if waited > 0 { format!(", {} in the queue", words::span(Nanos(waited))) } else { "".into() };
        let label = plain(network.link_name(hop.link));
        match &hop.fate {
            None => {
                let mishap = hop.mishap.as_deref().map(words::mishap).filter(|told| !told.is_empty());
                let mishap = mishap.map(|told| format!(", {told}")).unwrap_or_default();
                let times = format!("{} to {}", self.since(hop.start), self.since(hop.arrive));
                self.line("–", "1", Ink::Way, &label, &format!("{way}  {times}{waited}{mishap}"));
            }
            Some(fate) => {
                let text = format!("{way}  {}  {}", words::fate(fate), self.since(hop.queued));
                self.line("✗", "1", Ink::Drop, &label, &text);
            }
        }
    }

    /// A moment, counted from the frame's beginning.
    fn since(&self, at: Nanos) -> String {
        format!("+{:.3} ms", at.0.saturating_sub(self.begin.0) as f64 / 1e6)
    }
}
