//! One connection: its variables (RFC 9293 section 3.3.1) and what the application may ask
//! of it (sections 3.10.1 to 3.10.6).

use std::collections::VecDeque;
use std::net::SocketAddr;

use bytes::Bytes;
use protocol::time::SimTime;

use super::super::{CloseReason, SocketError, StackEvent, TcpConfig, TcpHandle};
use super::arrives::Arriving;
use super::congestion::Congestion;
use super::options::Agreed;
use super::recv_buffer::RecvBuffer;
use super::rtt::RttEstimator;
use super::scoreboard::Scoreboard;
use super::send_buffer::SendBuffer;
use super::text::AckSchedule;
use super::timers::Timers;
use super::{RetransmitCause, Seq, State, StateCause, TcpInfo};

/// The segment size to assume of a peer that names none (RFC 9293 section 3.7.1, MUST-15).
pub(super) const DEFAULT_MSS: usize = 536;

/// What every step needs: the time, and where to tell what happened.
pub(in crate::stack) struct Context<'a> {
    pub now: SimTime,
    pub events: &'a mut VecDeque<StackEvent>,
}

/// The send sequence variables (RFC 9293 table 2).
#[derive(Clone, Debug)]
pub(super) struct SendSpace {
    /// Initial send sequence number.
    pub iss: Seq,
    /// Oldest unacknowledged.
    pub una: Seq,
    /// Next to be sent. After a timeout it goes back to `una`.
    pub nxt: Seq,
    /// The highest `nxt` so far: nothing from here on was ever sent.
    pub max: Seq,
    /// The peer's window, in octets.
    pub wnd: usize,
    /// The segment of the last window update: its sequence number.
    pub wl1: Seq,
    /// Its acknowledgement number.
    pub wl2: Seq,
    /// The largest window so far: Max(SND.WND) of section 3.8.6.2.1.
    pub max_wnd: usize,
}

/// The receive sequence variables (RFC 9293 table 3).
#[derive(Clone, Debug)]
pub(super) struct ReceiveSpace {
    /// Initial receive sequence number.
    pub irs: Seq,
    /// Next expected.
    pub nxt: Seq,
    /// RCV.NXT + RCV.WND as last told to the peer: it never goes back.
    pub edge: Seq,
    /// Where the peer's FIN lies, once it came.
    pub fin: Option<Seq>,
}

/// One connection.
#[derive(Clone, Debug)]
pub(in crate::stack) struct Connection {
    pub handle: TcpHandle,
    pub local: SocketAddr,
    pub remote: SocketAddr,
    /// The listening port, when the peer opened.
    pub listener: Option<u16>,
    pub(super) config: TcpConfig,
    pub(super) state: State,
    pub(super) snd: SendSpace,
    pub(super) rcv: ReceiveSpace,
    pub(super) tx: SendBuffer,
    pub(super) rx: RecvBuffer,
    /// The largest segment to send (SMSS) and to receive (RMSS), in octets of data.
    pub(super) smss: usize,
    pub(super) rmss: usize,
    /// The application closed: FIN follows the last octet given.
    pub(super) closing: bool,
    /// The application was told that the connection stands.
    pub(super) announced: bool,
    /// The application found the send buffer full, and waits for room.
    pub(super) wants_room: bool,
    /// Both sides closed in good order.
    pub(super) finished: bool,
    pub(super) rtt: RttEstimator,
    pub(super) congestion: Congestion,
    pub(super) timers: Timers,
    pub(super) acks: AckSchedule,
    /// What both ends agreed on in the handshake.
    pub(super) agreed: Agreed,
    /// What the peer has told by SACK.
    pub(super) scoreboard: Scoreboard,
    /// What keeps data from being sent.
    pub(super) held: Option<Hold>,
    /// What was sent before this was too long for the way, and goes again.
    pub(super) too_long: Option<Seq>,
    /// The code of the last ICMP error, since something was acknowledged.
    pub(super) unreachable: Option<u8>,
    /// The segment at SND.UNA is to be sent again now.
    pub(super) resend: Option<RetransmitCause>,
    pub(super) retransmissions: u64,
    /// Where [`Table`](super::Table) has filed it.
    pub(in crate::stack) filed: Filed,
}

/// What keeps data that waits from being sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hold {
    /// The peer's window.
    Window,
    /// The congestion window.
    Congestion,
}

/// Which connection, and between whom.
#[derive(Clone, Copy, Debug)]
pub(in crate::stack) struct Pair {
    pub handle: TcpHandle,
    pub local: SocketAddr,
    pub remote: SocketAddr,
}

/// How the table knows the connection.
#[derive(Clone, Debug, Default)]
pub(in crate::stack) struct Filed {
    pub timeout: Option<SimTime>,
    pub half_open: bool,
    pub touched: bool,
}

impl Connection {
    /// A connection without any state yet.
    pub fn new(pair: Pair, config: &TcpConfig, rmss: usize, iss: Seq) -> Self {
        Connection {
            handle: pair.handle,
            local: pair.local,
            remote: pair.remote,
            listener: None,
            config: config.clone(),
            state: State::Closed,
            snd: SendSpace { iss, una: iss, nxt: iss, max: iss, wnd: 0, wl1: iss, wl2: iss, max_wnd: 0 },
            rcv: ReceiveSpace { irs: Seq(0), nxt: Seq(0), edge: Seq(0), fin: None },
            tx: SendBuffer::new(config.send_buffer),
            rx: RecvBuffer::new(receive_limit(config)),
            smss: rmss,
            rmss,
            closing: false,
            announced: false,
            wants_room: false,
            finished: false,
            rtt: RttEstimator::new(config),
            congestion: Congestion::new(config.congestion, rmss, iss).growing_by(config.growth),
            timers: Timers::default(),
            acks: AckSchedule::default(),
            agreed: Agreed::default(),
            scoreboard: Scoreboard::default(),
            held: None,
            too_long: None,
            unreachable: None,
            resend: None,
            retransmissions: 0,
            filed: Filed::default(),
        }
    }

    /// Active OPEN (section 3.10.1): it is about to send its SYN.
    pub fn open(&mut self, cx: &mut Context<'_>) {
        self.enter(cx, State::SynSent, StateCause::ActiveOpen);
    }

    /// A SYN came for the listening `port` (section 3.10.7.2): it is about to send its
    /// SYN-ACK.
    pub fn answer(&mut self, cx: &mut Context<'_>, port: u16, syn: &Arriving<'_>) {
        self.listener = Some(port);
        self.synchronize(cx.now, syn);
        self.take_window(syn.seq, self.snd.iss, syn.window);
        self.state = State::Listen;
        self.enter(cx, State::SynReceived, StateCause::SynForListener);
    }

    /// Takes the peer's SYN in.
    pub(super) fn synchronize(&mut self, now: SimTime, syn: &Arriving<'_>) {
        self.rcv.irs = syn.seq;
        self.rcv.nxt = syn.seq + 1;
        self.agreed = Agreed::new(&self.config, &syn.options, syn.seq, now);
        if !self.agreed.scaled {
            self.rx.set_limit(self.rx.limit().min(usize::from(u16::MAX)));
        }
        // The window of a SYN is never scaled (RFC 7323 section 2.2).
        self.rcv.edge = self.rcv.nxt + self.rx.limit().min(usize::from(u16::MAX));
        // SendMSS of section 3.7.1; a peer that says 0 gets the least that makes progress.
        let offered = syn.options.mss.map_or(DEFAULT_MSS, |mss| usize::from(mss).max(1));
        self.smss = offered.min(self.smss).saturating_sub(self.agreed.always()).max(1);
    }

    /// Moves to another state, and tells.
    pub(super) fn enter(&mut self, cx: &mut Context<'_>, to: State, because: StateCause) {
        let from = std::mem::replace(&mut self.state, to);
        cx.events.push_back(StackEvent::TcpState { handle: self.handle, from, to, because });
    }

    /// The connection is gone. A passive one that never stood goes quietly: the
    /// application does not know of it.
    pub fn end(&mut self, cx: &mut Context<'_>, why: CloseReason, because: StateCause) {
        self.enter(cx, State::Closed, because);
        self.finished = why == CloseReason::Finished;
        self.timers = Timers::default();
        self.acks = AckSchedule::default();
        self.resend = None;
        if self.announced || self.listener.is_none() {
            cx.events.push_back(StackEvent::Closed { handle: self.handle, why });
        }
    }

    /// SEND (section 3.10.2): takes as many octets as there is room for.
    pub fn send(&mut self, octets: &[u8]) -> Result<usize, SocketError> {
        if self.closing || matches!(self.state, State::Closed | State::TimeWait) {
            return Err(SocketError::WrongState(self.state));
        }
        let taken = self.tx.push(octets);
        self.wants_room |= taken < octets.len();
        Ok(taken)
    }

    /// The application wants to know when there is room.
    pub fn tell_room(&mut self) {
        self.wants_room = true;
    }

    /// Octets that [`send`](Self::send) would take.
    pub fn send_room(&self) -> usize {
        if self.closing { 0 } else { self.tx.room() }
    }

    /// Octets given so far.
    pub fn queued(&self) -> u64 {
        self.tx.end()
    }

    /// RECEIVE (section 3.10.3): up to `max` octets in order.
    pub fn receive(&mut self, max: usize) -> Bytes {
        let octets = self.rx.read(max);
        if !octets.is_empty() {
            self.room_was_made();
        }
        octets
    }

    pub fn readable(&self) -> usize {
        self.rx.readable()
    }

    /// Both sides closed in good order, and octets still wait for the application.
    pub fn finished_unread(&self) -> bool {
        self.finished && self.readable() > 0
    }

    pub fn delivered(&self) -> u64 {
        self.rx.delivered()
    }

    /// CLOSE (section 3.10.4): FIN after all octets given.
    pub fn close(&mut self, cx: &mut Context<'_>) -> Result<(), SocketError> {
        if self.closing || self.state == State::Closed {
            return Err(SocketError::WrongState(self.state));
        }
        match self.state {
            State::SynSent => self.end(cx, CloseReason::Aborted, StateCause::ApplicationClosed),
            // Section 3.10.4: SYN-RECEIVED waits for ESTABLISHED first.
            State::SynReceived => self.closing = true,
            _ => {
                self.closing = true;
                self.close_our_half(cx);
            }
        }
        Ok(())
    }

    /// The application has closed and the connection stands: the state that follows.
    pub(super) fn close_our_half(&mut self, cx: &mut Context<'_>) {
        let to = if self.state == State::CloseWait { State::LastAck } else { State::FinWait1 };
        self.enter(cx, to, StateCause::ApplicationClosed);
    }

    pub fn state(&self) -> State {
        self.state
    }

    /// The sequence number of an octet of our stream.
    pub(super) fn seq_of(&self, offset: u64) -> Seq {
        self.snd.iss + 1 + (offset & u64::from(u32::MAX)) as usize
    }

    /// The stream offset of a sequence number from SND.UNA on.
    pub(super) fn offset_of(&self, seq: Seq) -> u64 {
        self.tx.start() + seq.beyond(self.seq_of(self.tx.start())) as u64
    }

    /// The sequence number of our FIN, once the application has closed.
    pub(super) fn fin_seq(&self) -> Option<Seq> {
        self.closing.then(|| self.seq_of(self.tx.end()))
    }

    /// Octets, SYN and FIN sent and not acknowledged.
    pub(super) fn flight(&self) -> usize {
        self.snd.nxt.beyond(self.snd.una)
    }

    /// Octets thought to be in the network. With SACK this is the pipe of RFC 6675; after a
    /// timeout, when all that went before is taken for lost, what went since.
    pub(super) fn pipe(&self) -> usize {
        if !self.agreed.sack {
            return self.flight();
        }
        let (una, nxt) = (self.offset_of(self.snd.una), self.offset_of(self.snd.nxt));
        if self.congestion.after_timeout() || self.snd.nxt != self.snd.max {
            self.scoreboard.missing(una..nxt)
        } else {
            self.scoreboard.pipe(una, nxt, self.smss)
        }
    }

    pub fn info(&self) -> TcpInfo {
        let sent = self.offset_of(self.snd.max).min(self.tx.end());
        TcpInfo {
            state: self.state,
            mss: self.smss,
            cwnd: self.congestion.cwnd(),
            ssthresh: self.congestion.ssthresh(),
            congestion: self.congestion.algorithm(),
            phase: self.congestion.phase(),
            recovery_point: self.congestion.recovery_point().map(|seq| seq.0),
            srtt: self.rtt.srtt(),
            rttvar: self.rtt.rttvar(),
            rto: self.rtt.rto(),
            rto_at: self.timers.retransmit,
            snd_una: self.snd.una.0,
            snd_nxt: self.snd.nxt.0,
            snd_wnd: self.snd.wnd,
            rcv_nxt: self.rcv.nxt.0,
            rcv_wnd: self.rcv.edge.beyond(self.rcv.nxt),
            in_flight: self.snd.max.beyond(self.snd.una),
            pipe: self.pipe(),
            sacked: self.scoreboard.octets(),
            unsent: (self.tx.end() - sent) as usize,
            readable: self.rx.readable(),
            out_of_order: self.rx.out_of_order(),
            duplicate_acks: self.congestion.duplicate_acks(),
            retransmissions: self.retransmissions,
            acknowledged: self.tx.start(),
            delivered: self.rx.delivered(),
            snd_scale: self.agreed.snd_shift,
            rcv_scale: self.agreed.rcv_shift,
            sack: self.agreed.sack,
            timestamps: self.agreed.timestamps.is_some(),
            unreachable: self.unreachable,
        }
    }
}

/// The receive buffer that is asked for, as far as the windows of this end can tell of it.
fn receive_limit(config: &TcpConfig) -> usize {
    // RFC 7323 section 2.3.
    let most = if config.window_scale { 1 << 30 } else { usize::from(u16::MAX) };
    config.recv_buffer.min(most)
}
