//! The states of a connection (RFC 9293 section 3.3.2) and what moves it between them.

use std::fmt;

/// The state of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// No connection.
    Closed,
    /// Waiting for anybody's SYN.
    Listen,
    /// Our SYN is out.
    SynSent,
    /// Both SYNs have been seen; ours is not yet acknowledged.
    SynReceived,
    /// Data flows both ways.
    Established,
    /// We closed; our FIN is not yet acknowledged.
    FinWait1,
    /// We closed and the peer knows; it may still send.
    FinWait2,
    /// The peer closed; we may still send.
    CloseWait,
    /// Both closed at once; our FIN is not yet acknowledged.
    Closing,
    /// The peer closed, then we; our FIN is not yet acknowledged.
    LastAck,
    /// Both closed; old segments may die away.
    TimeWait,
}

impl State {
    /// The name as the RFC writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            State::Closed => "CLOSED",
            State::Listen => "LISTEN",
            State::SynSent => "SYN-SENT",
            State::SynReceived => "SYN-RECEIVED",
            State::Established => "ESTABLISHED",
            State::FinWait1 => "FIN-WAIT-1",
            State::FinWait2 => "FIN-WAIT-2",
            State::CloseWait => "CLOSE-WAIT",
            State::Closing => "CLOSING",
            State::LastAck => "LAST-ACK",
            State::TimeWait => "TIME-WAIT",
        }
    }

    /// Whether both sides know each other's sequence numbers.
    #[must_use]
    pub const fn is_synchronized(self) -> bool {
        !matches!(self, State::Closed | State::Listen | State::SynSent | State::SynReceived)
    }

    /// Whether the peer may still send data (RFC 9293 section 3.10.7.4, seventh step).
    #[must_use]
    pub const fn can_receive(self) -> bool {
        matches!(self, State::Established | State::FinWait1 | State::FinWait2)
    }

    /// Whether data may leave now (data given earlier waits for ESTABLISHED; after `close`
    /// what is left still goes).
    #[must_use]
    pub const fn can_transmit(self) -> bool {
        matches!(
            self,
            State::Established | State::CloseWait | State::FinWait1 | State::Closing | State::LastAck
        )
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What moved a connection to another state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StateCause {
    /// The application opened it.
    ActiveOpen,
    /// A SYN came for a listening port.
    SynForListener,
    /// The peer's SYN came while ours was out: both open at once (RFC 9293 figure 8).
    SimultaneousOpen,
    /// The peer's SYN-ACK came.
    SynAck,
    /// Our SYN was acknowledged.
    AckOfSyn,
    /// The application closed.
    ApplicationClosed,
    /// The peer's FIN came.
    FinReceived,
    /// Our FIN was acknowledged.
    AckOfFin,
    /// The peer's FIN came, and it acknowledges ours.
    FinAndAckOfFin,
    /// Twice the maximum segment lifetime has passed.
    TimeWaitOver,
    /// A new SYN for the same pair of sockets ended TIME-WAIT early (RFC 9293 section 3.6.1).
    NewSynInTimeWait,
    /// The peer's RST came.
    ResetReceived,
    /// The application aborted.
    ApplicationAborted,
    /// The peer did not acknowledge for too long.
    GaveUp,
    /// An ICMP error said that nobody is there.
    Unreachable,
}

impl StateCause {
    /// A short sentence.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            StateCause::ActiveOpen => "the application connects",
            StateCause::SynForListener => "a SYN came for a listening port",
            StateCause::SimultaneousOpen => "the peer's SYN crossed ours",
            StateCause::SynAck => "the peer's SYN-ACK came",
            StateCause::AckOfSyn => "our SYN was acknowledged",
            StateCause::ApplicationClosed => "the application closed",
            StateCause::FinReceived => "the peer's FIN came",
            StateCause::AckOfFin => "our FIN was acknowledged",
            StateCause::FinAndAckOfFin => "the peer's FIN came and acknowledged ours",
            StateCause::TimeWaitOver => "twice the maximum segment lifetime has passed",
            StateCause::NewSynInTimeWait => "a new connection takes over the same ports",
            StateCause::ResetReceived => "the peer's RST came",
            StateCause::ApplicationAborted => "the application aborted",
            StateCause::Unreachable => "the network said that the peer cannot be reached",
            StateCause::GaveUp => "the peer did not acknowledge for too long",
        }
    }
}

impl fmt::Display for StateCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}
