//! A look into a connection.

use std::time::Duration;

use protocol::time::SimTime;

use super::State;

/// The variables of a connection at one moment, under the RFCs' names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpInfo {
    /// State.
    pub state: State,
    /// Sender maximum segment size, in octets (SMSS).
    pub mss: usize,
    /// Congestion window, in octets (RFC 5681).
    pub cwnd: usize,
    /// Slow start threshold, in octets; `usize::MAX` before the first loss.
    pub ssthresh: usize,
    /// Which congestion control is in force.
    pub congestion: CongestionAlgorithm,
    /// Which part of it moves `cwnd` now.
    pub phase: CongestionPhase,
    /// The sequence number whose acknowledgement ends the recovery from losses: "recover" of
    /// RFC 6582, RecoveryPoint of RFC 6675; `None` outside of it.
    pub recovery_point: Option<u32>,
    /// Smoothed round-trip time (RFC 6298), once measured.
    pub srtt: Option<Duration>,
    /// Its variation, once measured.
    pub rttvar: Option<Duration>,
    /// Retransmission timeout, backoff included.
    pub rto: Duration,
    /// When the retransmission timer expires, if it runs.
    pub rto_at: Option<SimTime>,
    /// Oldest unacknowledged sequence number.
    pub snd_una: u32,
    /// Next sequence number to send.
    pub snd_nxt: u32,
    /// The window that the peer offers, in octets.
    pub snd_wnd: usize,
    /// Next sequence number expected.
    pub rcv_nxt: u32,
    /// The window that we last offered, in octets.
    pub rcv_wnd: usize,
    /// Octets sent and not acknowledged.
    pub in_flight: usize,
    /// Octets thought to be in the network: with SACK the pipe of RFC 6675, else those from
    /// SND.UNA to SND.NXT.
    pub pipe: usize,
    /// Octets beyond SND.UNA that the peer has told by SACK.
    pub sacked: usize,
    /// Octets that wait to be sent for the first time.
    pub unsent: usize,
    /// Octets that wait for the application.
    pub readable: usize,
    /// Octets that came out of order and wait for the gap before them.
    pub out_of_order: usize,
    /// Duplicate acknowledgements in a row.
    pub duplicate_acks: u32,
    /// Segments sent again so far.
    pub retransmissions: u64,
    /// Octets of our stream acknowledged so far.
    pub acknowledged: u64,
    /// Octets of the peer's stream in order so far.
    pub delivered: u64,
    /// The shift that makes the peer's window of the number in its header (RFC 7323 section 2).
    pub snd_scale: u8,
    /// The shift of ours.
    pub rcv_scale: u8,
    /// Both sides take selective acknowledgements (RFC 2018).
    pub sack: bool,
    /// Both sides send timestamps (RFC 7323 section 3).
    pub timestamps: bool,
    /// The code of the last ICMP "destination unreachable" for this connection, since
    /// something was acknowledged (RFC 1122 section 4.2.3.9).
    pub unreachable: Option<u8>,
}

/// Which congestion control a host's connections use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CongestionAlgorithm {
    /// RFC 5681 with RFC 6582 or, where the peer has SACK, RFC 6675.
    #[default]
    NewReno,
    /// RFC 9438, with the same recovery from losses.
    Cubic,
}

/// What lets the window of NewReno grow in congestion avoidance (RFC 5681 section 3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum WindowGrowth {
    /// A segment more once a whole window of octets was acknowledged: what the RFC recommends.
    /// With delayed acknowledgements, too, the window grows by a segment in each round trip.
    #[default]
    Octets,
    /// SMSS * SMSS / cwnd octets more with each acknowledgement, however many segments it counts
    /// (equation 3). With delayed acknowledgements the window grows half as fast.
    Acks,
}

/// Which algorithm moves the congestion window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CongestionPhase {
    /// RFC 5681 section 3.1, below `ssthresh`.
    SlowStart,
    /// RFC 5681 section 3.1, from `ssthresh` on.
    CongestionAvoidance,
    /// RFC 6582, or RFC 6675 with SACK.
    FastRecovery,
}
