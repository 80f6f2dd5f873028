//! Octets to layers and fields, each with its place, value, meaning and source.
//!
//! A [`Dissector`] reads one Ethernet frame at a time and never fails: what cannot be read
//! becomes a `data` layer and a [`Note`]. Between frames it keeps what the conversation
//! taught it, and only that, within the limits named in [`limits`].
//!
//! | file | what it does |
//! |---|---|
//! | `model` | what is answered: layers, fields, ranges, notes |
//! | `build`, `walk`, `text`, `checksum`, `ntp_date` | how the protocols' files make it |
//! | `show` | how Wireshark writes a field's value |
//! | `link` `ethernet` `vlan` `arp` | what a packet begins with |
//! | `ip` `ipv4` `ipv6` `ipv6_ext` | packets, and the pieces of packets |
//! | `icmp` `icmpv6` `nd` `igmp` `udp` `tcp` | what they carry |
//! | `gre` `tunnel` | packets and frames in packets |
//! | `stream` | the messages in a TCP stream, put together where segments cut them |
//! | `rtsp` `sdp` `rtp` `jpeg` `jpeg_file` `h264` `rtcp` `rtcp_more` | what the applications say |
//! | `data` | what nobody claims |
//! | `conversation` | what is remembered between frames |
//! | `alone` | a message without the packets that carry it |
//! | `proof` | how a dissection is compared with tshark's |
//! | `rewind` | how a frame is dissected that is older than what was seen |
//!
//! Each protocol's file begins with its table: for every field Wireshark's display-filter
//! name, the label, the strip's short label, the section that defines it, and its sentence.
#![deny(missing_docs)]

mod alone;
mod arp;
mod build;
mod checksum;
mod conversation;
mod data;
mod ethernet;
mod gre;
mod h264;
mod icmp;
mod icmpv6;
mod igmp;
mod ip;
mod ipv4;
mod ipv4_options;
mod ipv6;
mod ipv6_ext;
mod jpeg;
mod jpeg_file;
mod link;
mod model;
mod nd;
mod ntp_date;
pub mod proof;
mod rewind;
mod rtcp;
mod rtcp_more;
mod rtp;
mod rtsp;
mod rtsp_headers;
mod rtsp_learn;
mod sdp;
pub mod show;
mod stream;
mod tcp;
mod tcp_options;
mod text;
mod tunnel;
mod udp;
mod vlan;
mod walk;

pub use alone::Alone;
pub use link::LinkType;
pub use model::{BitRange, Dissection, Fcs, Field, Layer, Note, NoteKind, Raw, Say, Show, Source, Spec};
pub use rewind::{Backlog, is_fragment, sequence_number};

use conversation::Conversation;
use walk::Walk;

use crate::time::SimTime;

/// How much a [`Dissector`] remembers at most.
pub mod limits {
    pub use super::conversation::fragments::{MAX_HELD, MAX_PACKETS, MAX_PAYLOAD, MAX_PIECES, PATIENCE};
    pub use super::conversation::media::{MAX_CHANNELS, MAX_CONNECTIONS, MAX_FORMATS, MAX_PORTS};
    pub use super::conversation::streams::{
        MAX_ANCHORS, MAX_EARLY, MAX_EARLY_SEGMENTS, MAX_PARTIAL, MAX_RECENT, MAX_STREAMS, MAX_WAITING,
    };
    pub use super::conversation::{MAX_RTSP_PORTS, RTSP_PORTS};
    pub use super::igmp::MAX_RECORDS;
    pub use super::ipv6::MAX_EXTENSIONS;
    pub use super::nd::MAX_PARTS;
    pub use super::tunnel::MAX_LABELS;
    pub use super::vlan::MAX_TAGS;
    pub use super::walk::MAX_LAYERS;
}

/// Reads frames, and remembers of them what later frames need.
///
/// Feed one dissector the frames of one place in the order in which they passed there: a frame
/// seen on two cables looks to TCP like a repeated one. A clone stands where its original stands
/// and goes its own way from there.
#[derive(Clone, Debug, Default)]
pub struct Dissector {
    known: Conversation,
}

impl Dissector {
    /// A dissector that knows nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A dissector that was told the same ports, and has seen nothing.
    pub fn as_new(&self) -> Self {
        Dissector { known: self.known.as_new() }
    }

    /// Expects RTSP on one more TCP port than 554 and 8554; `false` when there are
    /// [`limits::MAX_RTSP_PORTS`] already, and then nothing changes.
    pub fn expect_rtsp(&mut self, port: u16) -> bool {
        self.known.expect_rtsp(port)
    }

    /// The TCP ports on which RTSP is expected.
    pub fn rtsp_ports(&self) -> impl Iterator<Item = u16> + '_ {
        self.known.rtsp_ports()
    }

    /// Dissects one Ethernet frame seen `at` this time, and learns from it. Any octets are
    /// accepted.
    pub fn dissect(&mut self, frame: &[u8], at: SimTime, fcs: Fcs) -> Dissection {
        self.captured(&Captured { octets: frame, link: LinkType::Ethernet, fcs, cut: false, words: true }, at)
    }

    /// Dissects one packet of a capture seen `at` this time, and learns from it. Any octets are
    /// accepted.
    pub fn captured(&mut self, packet: &Captured<'_>, at: SimTime) -> Dissection {
        let Captured { cut, words, .. } = *packet;
        let mut walk = Walk { out: Dissection::default(), known: &mut self.known, at, cut, words };
        let place = walk.whole(Source::Frame, packet.octets);
        link::dissect(&mut walk, place, packet.link, packet.fcs);
        walk.out
    }
}

/// One packet as a capture file has it.
#[derive(Clone, Copy, Debug)]
pub struct Captured<'a> {
    /// Its octets.
    pub octets: &'a [u8],
    /// What they begin with.
    pub link: LinkType,
    /// Whether they end with an FCS.
    pub fcs: Fcs,
    /// Whether the capture kept only the packet's beginning.
    pub cut: bool,
    /// Whether [`Field::value`], titles and summaries are wanted. Without them it takes half the
    /// time; what [`Field::show`] writes is the same, sentences and remarks on checksums are not.
    pub words: bool,
}

/// All fields that dissection can name, protocol by protocol: a glossary.
pub fn specs() -> impl Iterator<Item = &'static Spec> {
    let tables = [
        link::TABLE,
        ethernet::TABLE,
        gre::TABLE,
        vlan::TABLE,
        tunnel::TABLE,
        arp::TABLE,
        ipv4::TABLE,
        ipv4_options::TABLE,
        ipv6::TABLE,
        ipv6_ext::TABLE,
        icmp::TABLE,
        icmpv6::TABLE,
        nd::TABLE,
        igmp::TABLE,
        udp::TABLE,
        tcp::TABLE,
        tcp_options::TABLE,
        rtsp::TABLE,
        rtsp_headers::TABLE,
        sdp::TABLE,
        rtp::TABLE,
        jpeg::TABLE,
        jpeg_file::TABLE,
        h264::TABLE,
        rtcp::TABLE,
        rtcp_more::TABLE,
        data::TABLE,
    ];
    tables.into_iter().flatten().copied()
}
