//! The receiver against a real sender's packets, and against hostile ones.

mod limits;
mod pictures;
mod sources;
mod times;

use super::*;
use crate::media::{Clip, FrameRate, open};
use crate::rtp::jpeg::{rebuild, samples};
use crate::rtp::sender::{DEFAULT_MAX_PACKET, Sender, SenderConfig};
use crate::time::Epoch;
use bytes::Bytes;
use jpeg_encoder::SamplingFactor;
use proptest::prelude::*;
use std::sync::Arc;

/// Pictures of 40 ms and several packets each.
fn clip(pictures: u8) -> Arc<dyn Clip> {
    let file: Vec<u8> = (0..pictures)
        .flat_map(|n| samples::picture(64, 48, SamplingFactor::R_4_2_0, 2, 60 + n % 30))
        .collect();
    open("test.mjpeg", Bytes::from(file), FrameRate::DEFAULT).unwrap()
}

fn sender(pictures: u8) -> Sender {
    Sender::new(SenderConfig {
        clip: clip(pictures),
        track: 0,
        ssrc: 0xaaaa,
        payload_type: 26,
        first_sequence: 0xfff0,
        first_timestamp: 0xffff_fff0,
        cname: "server".to_owned(),
        form: Form::Rfc2435,
        max_packet: 300,
        epoch: Epoch::FIXED,
        dice: Dice::new(3, "sender"),
    })
}

fn receiver() -> Receiver<usize> {
    Receiver::new(ReceiverConfig {
        clock_rate: 90_000,
        payload_type: 26,
        cname: "client@layercast".to_owned(),
        ssrc: 0xbbbb,
        form: Form::Rfc2435,
        playout_delay: DEFAULT_PLAYOUT_DELAY,
        epoch: Epoch::FIXED,
        dice: Dice::new(3, "receiver"),
    })
}

const MS: fn(u64) -> SimTime = SimTime::from_millis;

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Datagrams with their times.
type Datagrams = Vec<(SimTime, Bytes)>;

/// All that a sender hands out: RTP and RTCP.
fn transcript(pictures: u8) -> (Datagrams, Datagrams) {
    let mut sender = sender(pictures);
    let _ = sender.play(MS(100), ms(0), None);
    let (mut rtp, mut rtcp) = (Vec::new(), Vec::new());
    while let Some(now) = sender.poll_timeout() {
        while let Some(out) = sender.poll_transmit(now) {
            match out.what {
                What::Rtp(_) => rtp.push((now, out.bytes)),
                _ => rtcp.push((now, out.bytes)),
            }
        }
    }
    (rtp, rtcp)
}

/// Packets to a receiver by time, timeouts between; tags are indices into `packets`.
fn drive(receiver: &mut Receiver<usize>, packets: &[(SimTime, Bytes)]) -> Vec<ReceiverEvent<usize>> {
    let mut events = Vec::new();
    let mut order: Vec<usize> = (0..packets.len()).collect();
    order.sort_by_key(|&n| packets[n].0);
    for n in order {
        let (at, bytes) = &packets[n];
        expire(receiver, *at, &mut events);
        receiver.receive_rtp(*at, bytes, n);
        events.extend(std::iter::from_fn(|| receiver.poll_event()));
    }
    let end = receiver.playout.depth().2.unwrap_or_default();
    expire(receiver, end, &mut events);
    events
}

fn expire(receiver: &mut Receiver<usize>, until: SimTime, events: &mut Vec<ReceiverEvent<usize>>) {
    while let Some(at) = receiver.poll_timeout().filter(|&at| at <= until) {
        receiver.handle_timeout(at);
        while receiver.poll_transmit(at).is_some() {}
        events.extend(std::iter::from_fn(|| receiver.poll_event()));
    }
}

fn pictures(events: &[ReceiverEvent<usize>]) -> Vec<&PictureOut<usize>> {
    events
        .iter()
        .filter_map(|event| match event {
            ReceiverEvent::Picture(picture) => Some(picture),
            _ => None,
        })
        .collect()
}

fn sequence(slot: &Slot<usize>) -> u16 {
    match *slot {
        Slot::Received { sequence, .. } | Slot::Missing { sequence } => sequence,
    }
}

fn missing(picture: &PictureOut<usize>) -> Vec<u16> {
    picture
        .slots
        .iter()
        .filter_map(|slot| match *slot {
            Slot::Missing { sequence } => Some(sequence),
            Slot::Received { .. } => None,
        })
        .collect()
}

/// Sequence number, timestamp and marker of a packet.
fn header(bytes: &[u8]) -> (u16, u32, bool) {
    let header = RtpPacket::parse(bytes).unwrap().header;
    (header.sequence, header.timestamp, header.marker)
}

/// A packet of one octet of scan: all of its picture.
fn single(ssrc: u32, sequence: u16, timestamp: u32) -> Vec<u8> {
    let header = crate::rtp::RtpHeader { marker: true, payload_type: 26, sequence, timestamp, ssrc };
    let mut bytes = header.to_bytes().to_vec();
    bytes.extend([0, 0, 0, 0, 1, 50, 1, 1, 0]);
    bytes
}

fn events(receiver: &mut Receiver<usize>) -> Vec<ReceiverEvent<usize>> {
    std::iter::from_fn(|| receiver.poll_event()).collect()
}

fn rebases(events: &[ReceiverEvent<usize>]) -> Vec<RebaseReason> {
    events
        .iter()
        .filter_map(|event| match event {
            ReceiverEvent::Rebased { reason, .. } => Some(*reason),
            _ => None,
        })
        .collect()
}

fn sequence_after(a: &Slot<usize>, b: &Slot<usize>) -> bool {
    sequence(b) == sequence(a).wrapping_add(1)
}
