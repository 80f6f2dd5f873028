//! The picture under way: its packets, and when each is due.

use super::pace::{self, Scale, Speed};
use crate::media::Clip;
use crate::message::Fragment;
use crate::rtp::jpeg::{Cut, Form, JpegError, JpegInfo, MAX_WHOLE, Packetizer, probe};
use crate::rtp::packet::RtpHeader;
use crate::time::SimTime;
use bytes::{Bytes, BytesMut};
use std::sync::Arc;
use std::time::Duration;

/// A picture's packets are spread over this part of the time that it stands: a fourth. A burst would
/// fill the queues on the way, an even spread over the whole interval would delay the picture.
const SPREAD: u32 = 4;

/// A picture of which packets are still to be sent.
#[derive(Clone, Debug)]
pub struct Picture {
    number: u32,
    timestamp: u32,
    form: Form,
    /// What is cut: the scan, or the whole file.
    octets: Bytes,
    info: Arc<JpegInfo>,
    cuts: Vec<Cut>,
    sent: usize,
    start: SimTime,
    /// The time over which the packets are spread.
    spread: Duration,
}

/// How a picture is to be cut and sent.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'a> {
    pub packetizer: &'a Packetizer,
    pub form: Form,
    /// When its first packet is due.
    pub start: SimTime,
    pub timestamp: u32,
}

impl Picture {
    /// Reads and cuts sample `index`. `cuts` is space of an earlier picture to use again.
    /// `None` past the clip's end.
    pub fn load(
        clip: &dyn Clip,
        track: usize,
        index: usize,
        plan: Plan<'_>,
        mut cuts: Vec<Cut>,
    ) -> Option<Result<Self, JpegError>> {
        let sample = clip.sample(track, index)?;
        let info = match clip.jpeg(track, index) {
            Some(info) => info,
            None => match probe(&sample.bytes) {
                Ok(info) => Arc::new(info),
                Err(error) => return Some(Err(error)),
            },
        };
        let octets = match plan.form {
            Form::Rfc2435 => {
                plan.packetizer.plan(&info, &mut cuts);
                sample.bytes.slice(info.scan.clone())
            }
            Form::WholeFile if sample.bytes.len() > MAX_WHOLE => {
                let what = "a file in one packet";
                return Some(Err(JpegError::TooLarge { what, limit: MAX_WHOLE }));
            }
            Form::WholeFile => {
                cuts.clear();
                cuts.push(Cut { range: 0..sample.bytes.len() as u32, restart: None });
                sample.bytes
            }
        };
        let interval = clip.tracks().get(track).map_or(Duration::ZERO, |t| t.interval);
        Some(Ok(Self {
            number: u32::try_from(index).unwrap_or(u32::MAX),
            timestamp: plan.timestamp,
            form: plan.form,
            octets,
            info,
            cuts,
            sent: 0,
            start: plan.start,
            spread: interval / SPREAD,
        }))
    }

    /// The picture delivered at `speed`: its packets lie closer together or further apart.
    pub fn at_speed(mut self, speed: Speed) -> Self {
        self.spread = pace::wire_time(self.spread, Scale::NORMAL, speed);
        self
    }

    /// When the next packet is due.
    pub fn due(&self) -> SimTime {
        let count = u32::try_from(self.cuts.len()).unwrap_or(u32::MAX).max(1);
        self.start + self.spread * u32::try_from(self.sent).unwrap_or(u32::MAX) / count
    }

    /// How many packets are still to be sent.
    pub fn left(&self) -> usize {
        self.cuts.len() - self.sent
    }

    /// Makes all that is left due at `now` at the latest.
    pub fn hurry(&mut self, now: SimTime) {
        self.start = self.start.min(now);
        self.spread = Duration::ZERO;
    }

    /// The next packet, with the header that it got and its payload's length, written in `room`.
    /// Call while [`left`](Self::left) is more than 0.
    pub fn next(
        &mut self,
        (packetizer, room): (&Packetizer, &mut BytesMut),
        sequence: u16,
        ssrc: u32,
        payload_type: u8,
    ) -> (Bytes, RtpHeader, Fragment) {
        let cut = &self.cuts[self.sent];
        let marker = self.sent + 1 == self.cuts.len();
        let header = RtpHeader { marker, payload_type, sequence, timestamp: self.timestamp, ssrc };
        let bytes = match self.form {
            Form::Rfc2435 => packetizer.write_in(room, header, &self.info, cut, &self.octets),
            Form::WholeFile => [&header.to_bytes(), &self.octets[..]].concat().into(),
        };
        let number = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        let fragment =
            Fragment { picture: self.number, index: number(self.sent), of: number(self.cuts.len()) };
        self.sent += 1;
        (bytes, header, fragment)
    }

    /// Its space, for the next picture.
    pub fn into_cuts(self) -> Vec<Cut> {
        self.cuts
    }
}
