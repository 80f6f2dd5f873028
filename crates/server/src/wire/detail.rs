//! A frame opened: its bytes, layers and fields.

use super::{Id, Nanos};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A frame, or a buffer reassembled from several, dissected.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Detail {
    /// The frame.
    pub frame: Id,
    /// When it was made.
    pub at: Nanos,
    /// Source 0 is the frame with its FCS; further ones are buffers reassembled from
    /// several frames. Each as lower-case hexadecimal digits.
    pub sources: Vec<String>,
    /// The layers, outermost first.
    pub layers: Vec<DetailLayer>,
    /// The program and version that the tests compare dissections with: `TShark 4.0.17`.
    pub checker: String,
    /// What the dissector remarked.
    pub notes: Vec<String>,
}

/// One protocol's part.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DetailLayer {
    /// Wireshark's protocol name: `eth`, `arp`, `ip`, `icmp`, `udp`, `tcp`, `rtsp`, `sdp`, `rtp`, `jpeg`, `rtcp`, `data`.
    pub name: String,
    /// For people: `TCP header`, `RTP/JPEG header`.
    pub title: String,
    /// What it says, in one line: `port 8554 to 49152, PSH ACK, 1,327 bytes of data`.
    pub summary: String,
    /// OSI layer, 1 to 7.
    pub osi: u8,
    /// Which source its bits lie in.
    pub source: u32,
    /// First bit.
    pub start: u32,
    /// Number of bits.
    pub length: u32,
    /// Where it is defined: `RFC 9293`.
    pub rfc: String,
    /// Its fields, in the order of their bits.
    pub fields: Vec<DetailField>,
}

/// One field.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DetailField {
    /// Wireshark's display-filter name, where there is one.
    pub name: Option<String>,
    /// For people: `Destination port`.
    pub label: String,
    /// At most twelve letters, for the strip: `Destin.`
    pub short: String,
    /// First bit in the layer's source.
    pub start: u32,
    /// Number of bits.
    pub length: u32,
    /// The value in words or digits: `8554`, `correct`, `2 set`.
    pub value: String,
    /// One sentence for a student.
    pub meaning: String,
    /// The section that defines it.
    pub rfc: String,
    /// A display filter of Wireshark's that finds frames with the same value here, such as
    /// `ip.ttl == 64`; absent where Wireshark has no name for it.
    pub filter: Option<String>,
    /// Whether the tests compare fields of this name with [`Detail::checker`]'s.
    pub checked: bool,
    /// Parts of it.
    pub children: Vec<DetailField>,
}
