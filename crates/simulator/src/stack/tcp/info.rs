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
    /// Which algorithm moves `cwnd` now.
    pub phase: CongestionPhase,
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
}

/// Which algorithm moves the congestion window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CongestionPhase {
    /// RFC 5681 section 3.1, below `ssthresh`.
    SlowStart,
    /// RFC 5681 section 3.1, from `ssthresh` on.
    CongestionAvoidance,
    /// RFC 6582.
    FastRecovery,
}
