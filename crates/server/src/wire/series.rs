//! What a client's conversation was like over time: numbers for charts.

use super::Nanos;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The numbers of one client's conversation in cells of equal length. Each list has one entry for
/// each cell; `null` where nothing is known.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Series {
    /// The client (a node).
    pub client: u32,
    /// When the first cell begins.
    pub from: Nanos,
    /// How long a cell is.
    pub cell: Nanos,
    /// How many there are.
    pub cells: u32,
    /// Octets of the frames that hosts sent in both directions, by what is in them.
    pub what: SeriesWhat,
    /// The same octets, by the layer that put them there.
    pub layers: SeriesLayers,
    /// Frames that were lost on a cable or dropped.
    pub lost: Vec<u32>,
    /// TCP segments that were sent again.
    pub again: Vec<u32>,
    /// What the player's receiver counted, as of the last picture shown in a cell.
    pub receiver: SeriesReceiver,
    /// The variables of its connections' ends, as of the end of each cell.
    pub tcp: Vec<SeriesTcp>,
}

/// Octets of whole frames, by what is in them.
#[derive(Clone, Debug, Default, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SeriesWhat {
    /// RTP packets.
    pub rtp: Vec<u32>,
    /// RTCP packets.
    pub rtcp: Vec<u32>,
    /// RTSP messages.
    pub rtsp: Vec<u32>,
    /// Segments that carry no message: SYN, acknowledgements, FIN.
    pub tcp: Vec<u32>,
    /// All other frames of the client's host: ARP, ICMP, ...
    pub other: Vec<u32>,
}

/// Octets by layer.
#[derive(Clone, Debug, Default, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SeriesLayers {
    /// What the application gave: RTSP, RTP with its header, RTCP.
    pub application: Vec<u32>,
    /// Headers of TCP and UDP.
    pub transport: Vec<u32>,
    /// Headers of IP, and all of ICMP and IGMP.
    pub network: Vec<u32>,
    /// Ethernet's header, tags, padding and FCS, and all of ARP.
    pub link: Vec<u32>,
}

/// What a receiver counted (RFC 3550 section 6.4.1).
#[derive(Clone, Debug, Default, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SeriesReceiver {
    /// Interarrival jitter.
    pub jitter: Vec<Option<Nanos>>,
    /// Packets expected since the beginning.
    pub expected: Vec<Option<u32>>,
    /// Packets lost since the beginning; less than none when duplicates came.
    pub lost: Vec<Option<i32>>,
    /// Packets that came after their picture was due, since the beginning.
    pub late: Vec<Option<u32>>,
    /// Pictures that wait to be shown.
    pub buffered: Vec<Option<u32>>,
    /// How long a picture waits at least.
    pub playout_delay: Vec<Option<Nanos>>,
}

/// The variables of one end of a TCP connection; sizes are octets.
#[derive(Clone, Debug, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SeriesTcp {
    /// The host.
    pub node: u32,
    /// The connection.
    pub connection: u32,
    /// Congestion window.
    pub cwnd: Vec<Option<u32>>,
    /// Slow start threshold; `null` also before the first loss.
    pub ssthresh: Vec<Option<u32>>,
    /// Sent and not acknowledged.
    pub in_flight: Vec<Option<u32>>,
    /// Smoothed round-trip time.
    pub srtt: Vec<Option<Nanos>>,
    /// Retransmission timeout.
    pub rto: Vec<Option<Nanos>>,
}
