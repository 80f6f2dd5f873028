//! The fifth step of SEGMENT ARRIVES: what the peer acknowledges and how much it can take.

use protocol::wire::tcp::TcpFlags;

use super::super::{CloseReason, StackEvent};
use super::arrives::Arriving;
use super::congestion::Acked;
use super::connection::{Connection, Context};
use super::{RetransmitCause, Seq, State, StateCause};

impl Connection {
    /// Takes acknowledgement and window of a segment in; `false` when it acknowledges what
    /// was never sent or lies too far back (RFC 5961 section 5.2).
    pub(super) fn take_ack(&mut self, cx: &mut Context<'_>, segment: &Arriving<'_>) -> bool {
        let ack = segment.ack;
        if ack.after(self.snd.max) || ack.before(self.snd.una - self.snd.max_wnd) {
            return false;
        }
        self.timers.unanswered_since = None;
        if ack.before(self.snd.una) {
            return true; // An old duplicate: "it can be ignored".
        }
        let told = self.take_sack(segment);
        let duplicate = ack == self.snd.una && self.is_duplicate(segment);
        if ack.after(self.snd.una) {
            self.advance(cx, segment);
        }
        let cause = match self.agreed.sack {
            // RFC 6675 section 2: a duplicate is what tells of octets that were not known.
            true if told > 0 && self.snd.max.after(self.snd.una) => {
                let una = self.offset_of(self.snd.una);
                let lost = una < self.scoreboard.lost_before(self.smss);
                self.congestion.duplicate_sack(self.snd.una, self.snd.max, self.flight(), lost)
            }
            false if duplicate => self.congestion.duplicate(self.snd.una, self.snd.max, self.flight()),
            _ => None,
        };
        if let Some(cause) = cause {
            self.ask_resend(cause);
        }
        let (wl1, wl2) = (self.snd.wl1, self.snd.wl2);
        if wl1.before(segment.seq) || (wl1 == segment.seq && wl2.up_to(ack)) {
            self.take_window(segment.seq, ack, segment.window);
        }
        if self.fin_seq().is_some_and(|fin| self.snd.una.after(fin)) {
            self.fin_acknowledged(cx);
        }
        true
    }

    /// SND.WND, SND.WL1 and SND.WL2 from a segment.
    pub(super) fn take_window(&mut self, seq: Seq, ack: Seq, window: usize) {
        self.snd.wnd = window;
        self.snd.wl1 = seq;
        self.snd.wl2 = ack;
        self.snd.max_wnd = self.snd.max_wnd.max(window);
        if window > 0 {
            self.timers.window_opened();
        }
    }

    /// Takes the blocks of a SACK option into the scoreboard, and answers how many octets
    /// were not known to have come.
    fn take_sack(&mut self, segment: &Arriving<'_>) -> usize {
        if !self.agreed.sack {
            return 0;
        }
        let floor = self.snd.una.max(segment.ack);
        let mut told = 0;
        for (start, end) in segment.options.sack.into_iter().flatten() {
            let (start, end) = (Seq(start), Seq(end));
            // What lies before the acknowledgement came twice (RFC 2883), and what lies
            // beyond all that was sent makes no sense.
            if start.before(end) && floor.before(end) && end.up_to(self.snd.max) {
                let start = start.max(floor);
                told += self.scoreboard.insert(self.offset_of(start)..self.offset_of(end));
            }
        }
        told
    }

    /// SND.UNA moves on.
    fn advance(&mut self, cx: &mut Context<'_>, segment: &Arriving<'_>) {
        let ack = segment.ack;
        let acked = ack.beyond(self.snd.una);
        let flight = self.flight();
        let echoed = self.echoed_round_trip(cx.now, segment);
        let upto = self.offset_of(ack);
        self.scoreboard.acknowledged(upto);
        if self.scoreboard.run_at(upto).is_some() {
            // It acknowledges less than it has told: that was thrown away.
            self.scoreboard.clear();
        }
        self.unreachable = None;
        self.tx.acknowledged(upto);
        self.snd.una = ack;
        self.snd.nxt = self.snd.nxt.max(ack);
        self.timers.acknowledged(cx.now, ack, echoed, &mut self.rtt);
        let left = self.snd.max.beyond(ack);
        let reaction = self.congestion.acked(&Acked {
            now: cx.now,
            octets: acked,
            una: ack,
            flight,
            left,
            srtt: self.rtt.srtt(),
        });
        if self.congestion.recovery().is_none() && !self.congestion.after_timeout() {
            self.scoreboard.high_rxt = 0;
            self.scoreboard.rescue_rxt = None;
        }
        // RFC 6298 rules 5.2 and 5.3.
        if left == 0 {
            self.timers.retransmit = None;
        } else if reaction.restart_timer && self.timers.retransmit.is_some() {
            self.timers.retransmit = Some(cx.now + self.rtt.rto());
        }
        self.resend = None;
        if let Some(cause) = reaction.resend
            && left > 0
        {
            self.ask_resend(cause);
        }
        if self.wants_room && self.tx.room() >= self.config.send_buffer / 4 {
            self.wants_room = false;
            if !self.closing {
                cx.events.push_back(StackEvent::Writable(self.handle));
            }
        }
    }

    fn ask_resend(&mut self, cause: RetransmitCause) {
        self.resend = Some(cause);
        self.timers.stop_timing();
    }

    /// Whether an acknowledgement for SND.UNA is a duplicate (RFC 5681 section 2).
    fn is_duplicate(&self, segment: &Arriving<'_>) -> bool {
        let outstanding = self.snd.max.after(self.snd.una);
        outstanding
            && segment.payload.is_empty()
            && !segment.has(TcpFlags::FIN)
            && segment.window == self.snd.wnd
            // With a closed window only probes are outstanding, and these are their answers.
            && self.snd.wnd > 0
    }

    /// Our FIN is acknowledged.
    fn fin_acknowledged(&mut self, cx: &mut Context<'_>) {
        match self.state {
            State::FinWait1 => self.enter(cx, State::FinWait2, StateCause::AckOfFin),
            State::Closing => self.enter_time_wait(cx, StateCause::AckOfFin),
            State::LastAck => self.end(cx, CloseReason::Finished, StateCause::AckOfFin),
            _ => {}
        }
    }
}
