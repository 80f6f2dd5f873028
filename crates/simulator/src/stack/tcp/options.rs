//! What both ends agreed on in the handshake: window scale and timestamps (RFC 7323),
//! selective acknowledgements (RFC 2018).

use std::time::Duration;

use protocol::time::SimTime;
use protocol::wire::tcp::{Options, TcpFlags};

use super::super::TcpConfig;
use super::Seq;
use super::arrives::Arriving;
use super::connection::Connection;

/// The largest shift of a window (RFC 7323 section 2.3).
pub const MAX_SHIFT: u8 = 14;
/// One tick of the timestamp clock (RFC 7323 section 5.4: 1 ms to 1 s).
pub const TIMESTAMP_TICK: Duration = Duration::from_millis(1);
/// A timestamp that was not renewed for so long says nothing any more (RFC 7323 section 5.5).
pub const TIMESTAMP_LIFETIME: Duration = Duration::from_secs(24 * 24 * 60 * 60);

/// The agreement. Before the peer's SYN came: nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::stack) struct Agreed {
    /// Snd.Wind.Shift: of the windows that the peer tells.
    pub snd_shift: u8,
    /// Rcv.Wind.Shift: of ours.
    pub rcv_shift: u8,
    /// Both scale their windows.
    pub scaled: bool,
    /// Both take SACK.
    pub sack: bool,
    pub timestamps: Option<Timestamps>,
}

/// The variables of RFC 7323 sections 3 to 5.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::stack) struct Timestamps {
    /// TS.Recent: what to echo.
    pub recent: u32,
    /// When it was renewed.
    pub renewed: SimTime,
    /// Last.ACK.sent.
    pub last_ack: Seq,
}

/// The least shift with which a window of so many octets can be told.
pub(super) fn shift_for(buffer: usize) -> u8 {
    let fits = |shift: &u8| buffer >> shift <= usize::from(u16::MAX);
    (0..MAX_SHIFT).find(fits).unwrap_or(MAX_SHIFT)
}

impl Agreed {
    /// The peer's SYN came, with these options, and so did or will ours: an option counts
    /// when both have it.
    pub fn new(config: &TcpConfig, options: &Options, syn: Seq, now: SimTime) -> Self {
        let shift = options.window_scale.filter(|_| config.window_scale);
        Agreed {
            // RFC 7323 section 2.3: more than 14 is taken for 14.
            snd_shift: shift.unwrap_or(0).min(MAX_SHIFT),
            rcv_shift: if shift.is_some() { shift_for(config.recv_buffer) } else { 0 },
            scaled: shift.is_some(),
            sack: options.sack_permitted && config.sack,
            timestamps: options.timestamps.filter(|_| config.timestamps).map(|(value, _)| Timestamps {
                recent: value,
                renewed: now,
                last_ack: syn + 1,
            }),
        }
    }

    /// Octets that options take in every segment with data: 12 for timestamps, with filling.
    pub fn always(&self) -> usize {
        if self.timestamps.is_some() { 12 } else { 0 }
    }
}

impl Connection {
    /// The timestamp clock. It begins elsewhere for each connection (RFC 7323 section 7.1).
    pub(super) fn timestamp(&self, now: SimTime) -> u32 {
        let ticks = now.as_nanos() / TIMESTAMP_TICK.as_nanos() as u64;
        (ticks as u32).wrapping_add(self.snd.iss.0.wrapping_mul(0x9e37_79b9))
    }

    /// The options of a segment that leaves now.
    pub(super) fn options(&mut self, now: SimTime, flags: TcpFlags) -> Options {
        let is_syn = flags.has(TcpFlags::SYN);
        let answers = flags.has(TcpFlags::ACK);
        let value = self.timestamp(now);
        if is_syn {
            // An answer offers only what the peer has offered.
            let offer = |setting: bool, agreed: bool| if answers { agreed } else { setting };
            let timestamps = offer(self.config.timestamps, self.agreed.timestamps.is_some());
            let echo = self.agreed.timestamps.as_ref().map_or(0, |timestamps| timestamps.recent);
            return Options {
                mss: Some(u16::try_from(self.rmss).unwrap_or(u16::MAX)),
                window_scale: offer(self.config.window_scale, self.agreed.scaled)
                    .then(|| shift_for(self.config.recv_buffer)),
                sack_permitted: offer(self.config.sack, self.agreed.sack),
                timestamps: timestamps.then_some((value, if answers { echo } else { 0 })),
                sack: [None; 4],
            };
        }
        let timestamps = self.agreed.timestamps.as_mut().map(|timestamps| {
            if answers {
                timestamps.last_ack = self.rcv.nxt;
            }
            (value, timestamps.recent)
        });
        let sack = if self.agreed.sack && answers { self.sack_blocks() } else { [None; 4] };
        Options { timestamps, sack, ..Options::default() }
    }

    /// The octets of data that fit beside the options which a segment must have now (RFC
    /// 9293 section 3.7.1: Eff.snd.MSS).
    pub(super) fn segment_room(&self) -> usize {
        let always = self.agreed.always();
        let blocks = if self.agreed.sack { self.rx.blocks().flatten().count() } else { 0 };
        let room = if always > 0 { 3 } else { 4 };
        let sack = if blocks > 0 { 4 + 8 * blocks.min(room) } else { 0 };
        self.smss.saturating_sub(sack).max(1)
    }

    /// The blocks to tell the peer, as sequence numbers; what is told of a segment that came
    /// twice is told once (RFC 2883 section 4).
    fn sack_blocks(&mut self) -> [Option<(u32, u32)>; 4] {
        let first = self.rcv.irs + 1;
        let seq = |offset: u64| (first + (offset & u64::from(u32::MAX)) as usize).0;
        let mut blocks = [None; 4];
        for (place, block) in blocks.iter_mut().zip(self.rx.blocks().flatten()) {
            *place = Some((seq(block.start), seq(block.end)));
        }
        self.rx.duplicate_told();
        blocks
    }

    /// PAWS (RFC 7323 section 5.3 R1): whether the segment is an old one that comes late.
    pub(super) fn is_stale(&self, now: SimTime, segment: &Arriving<'_>) -> bool {
        let (Some(ours), Some((value, _))) = (&self.agreed.timestamps, segment.options.timestamps) else {
            return false;
        };
        !segment.has(TcpFlags::RST)
            && now.since(ours.renewed) < TIMESTAMP_LIFETIME
            && Seq(value).before(Seq(ours.recent))
    }

    /// Whether the segment lacks the timestamps that were agreed on (RFC 7323 section 3.2).
    pub(super) fn lacks_timestamps(&self, segment: &Arriving<'_>) -> bool {
        self.agreed.timestamps.is_some()
            && segment.options.timestamps.is_none()
            && !segment.has(TcpFlags::RST)
    }

    /// RFC 7323 section 4.3 rule 2: the timestamp of the earliest segment that was not
    /// acknowledged is the one to echo.
    pub(super) fn renew_timestamp(&mut self, now: SimTime, segment: &Arriving<'_>) {
        let (Some(ours), Some((value, _))) = (&mut self.agreed.timestamps, segment.options.timestamps) else {
            return;
        };
        if segment.seq.up_to(ours.last_ack) && Seq(ours.recent).up_to(Seq(value)) {
            ours.recent = value;
            ours.renewed = now;
        }
    }

    /// The round trip that a segment's echo tells (RFC 7323 section 4.1).
    pub(super) fn echoed_round_trip(&self, now: SimTime, segment: &Arriving<'_>) -> Option<Duration> {
        self.agreed.timestamps.as_ref()?;
        let (_, echo) = segment.options.timestamps?;
        let ticks = self.timestamp(now).wrapping_sub(echo);
        // What lies in the future was never said by us.
        (echo != 0 && ticks < u32::MAX / 2).then(|| TIMESTAMP_TICK * ticks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shift_is_just_enough_for_the_buffer() {
        for (buffer, shift) in
            [(1000, 0), (65_535, 0), (65_536, 1), (262_144, 3), (6 << 20, 7), (usize::MAX, MAX_SHIFT)]
        {
            assert_eq!(shift_for(buffer), shift, "{buffer}");
        }
    }

    #[test]
    fn an_option_counts_when_both_have_it() {
        let offered = Options {
            window_scale: Some(200),
            sack_permitted: true,
            timestamps: Some((7, 0)),
            ..Options::default()
        };
        let all = Agreed::new(&TcpConfig::default(), &offered, Seq(1), SimTime::ZERO);
        assert!(all.scaled && all.sack && all.timestamps.is_some());
        assert_eq!((all.snd_shift, all.always()), (MAX_SHIFT, 12));
        let plain = TcpConfig { window_scale: false, sack: false, timestamps: false, ..TcpConfig::default() };
        assert_eq!(Agreed::new(&plain, &offered, Seq(1), SimTime::ZERO), Agreed::default());
        let none = Agreed::new(&TcpConfig::default(), &Options::default(), Seq(1), SimTime::ZERO);
        assert_eq!(none, Agreed::default());
    }
}
