//! Datagrams on their way to the system. Those to one receiver whose lengths allow it leave in one
//! buffer, and the system cuts them apart at the other end of its own work (`UDP_SEGMENT`): half of
//! what a datagram costs is that work.

use super::datagrams::Lane;
use bytes::Bytes;
use std::net::{SocketAddr, UdpSocket};

/// How many datagrams are collected before they are sent.
pub const MAX_DEPARTING: usize = 256;

/// How many datagrams the system makes of one buffer at most (Linux: `UDP_MAX_SEGMENTS`, which
/// newer systems have doubled).
const MAX_RUN: usize = 64;

/// Octets of such a buffer at most: those of the largest datagram over IPv4.
const MAX_RUN_OCTETS: usize = 65_507;

/// A datagram that is to be sent.
#[derive(Clone, Debug)]
pub struct Departing {
    /// By which port.
    pub lane: Lane,
    /// To whom.
    pub to: SocketAddr,
    /// What is in it.
    pub bytes: Bytes,
}

/// Sends datagrams, those to one receiver one after the other in their order: while it wakes up
/// for the first, the others come. `by` tells the socket of a lane, and whether the system cuts
/// there. What the system does not take at once is lost; a network would lose it, too.
pub fn send<'a>(batch: &mut [Departing], by: impl Fn(Lane) -> (&'a UdpSocket, bool)) {
    batch.sort_by_key(|departing| (departing.lane, departing.to));
    let mut rest = &*batch;
    while let Some(first) = rest.first() {
        let (socket, cuts) = by(first.lane);
        let (run, others) = rest.split_at(if cuts { run(rest) } else { 1 });
        if run.len() == 1 || !send_run(socket, run) {
            for departing in run {
                socket.send_to(&departing.bytes, departing.to).ok();
            }
        }
        rest = others;
    }
}

/// How many datagrams from the first on may leave in one buffer: all to one receiver and of one
/// length, but for the last, which may be shorter.
fn run(batch: &[Departing]) -> usize {
    let [first, others @ ..] = batch else { return 0 };
    let (mut count, mut octets) = (1, first.bytes.len());
    for next in others {
        let length = next.bytes.len();
        let is_alike = (next.lane, next.to) == (first.lane, first.to);
        let fits = count < MAX_RUN && octets + length <= MAX_RUN_OCTETS;
        // Of an empty datagram nothing would be left in the buffer.
        if !is_alike || !fits || length == 0 || length > first.bytes.len() {
            break;
        }
        count += 1;
        octets += length;
        if length < first.bytes.len() {
            break;
        }
    }
    count
}

/// Whether the system makes several datagrams of one buffer (`UDP_SEGMENT`, Linux from 4.18 on).
#[cfg(target_os = "linux")]
pub fn system_cuts(socket: &UdpSocket) -> bool {
    use nix::sys::socket::{getsockopt, sockopt};
    getsockopt(socket, sockopt::UdpGsoSegment).is_ok()
}

/// The same: no other system does.
#[cfg(not(target_os = "linux"))]
pub fn system_cuts(_socket: &UdpSocket) -> bool {
    false
}

/// Sends a [`run`]; false when the system takes none of it in this way, as where a cable on the
/// way takes less than one of them.
#[cfg(target_os = "linux")]
fn send_run(socket: &UdpSocket, run: &[Departing]) -> bool {
    use nix::sys::socket::{ControlMessage, MsgFlags, SockaddrStorage, sendmsg};
    use std::io::IoSlice;
    use std::os::fd::AsRawFd;
    let Some(first) = run.first() else { return true };
    let Ok(length) = u16::try_from(first.bytes.len()) else { return false };
    let octets: Vec<IoSlice<'_>> = run.iter().map(|departing| IoSlice::new(&departing.bytes)).collect();
    let to = SockaddrStorage::from(first.to);
    let cut = [ControlMessage::UdpGsoSegments(&length)];
    sendmsg(socket.as_raw_fd(), &octets, &cut, MsgFlags::empty(), Some(&to)).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn send_run(_socket: &UdpSocket, _run: &[Departing]) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{IpAddr, Ipv4Addr};
    use std::time::Duration;

    const IP: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn departing(to: SocketAddr, length: usize, number: u8) -> Departing {
        Departing { lane: Lane::Rtp, to, bytes: Bytes::from(vec![number; length]) }
    }

    #[test]
    fn a_run_ends_with_a_shorter_one_and_before_a_longer_one_another_receiver_or_a_limit() {
        let (one, other) = (SocketAddr::new(IP, 4000), SocketAddr::new(IP, 4002));
        let lengths = |lengths: &[usize]| -> Vec<Departing> {
            lengths.iter().map(|length| departing(one, *length, 0)).collect()
        };
        for (given, expected) in [
            (&[][..], 0),
            (&[9], 1),
            (&[9, 9, 9], 3),
            (&[9, 9, 8, 8], 3),
            (&[9, 10], 1),
            (&[9, 0, 9], 1),
            (&[0, 0], 1),
            (&[MAX_RUN_OCTETS - 5, 5, 1], 2),
            (&[MAX_RUN_OCTETS - 4, 5], 1),
            (&[5; 2 * MAX_RUN], MAX_RUN),
        ] {
            assert_eq!(run(&lengths(given)), expected, "{given:?}");
        }
        assert_eq!(run(&[departing(one, 9, 0), departing(other, 9, 0)]), 1);
        let report = Departing { lane: Lane::Rtcp, ..departing(one, 9, 0) };
        assert_eq!(run(&[departing(one, 9, 0), report]), 1);
    }

    #[test]
    fn each_receiver_gets_its_own_in_order_and_one_that_cannot_go_stops_no_other() {
        let lanes = [(); 2].map(|()| UdpSocket::bind((IP, 0)).unwrap());
        let receivers = [(); 3].map(|()| UdpSocket::bind((IP, 0)).unwrap());
        let their_lanes = [Lane::Rtp, Lane::Rtcp, Lane::Rtp];
        let at = |socket: &UdpSocket| socket.local_addr().unwrap();
        // Longer, equal and shorter ones follow each other; one is longer than any datagram can be.
        let lengths = [1200, 1300, 1300, 1250, 40, 1, 1, 1388, 66_000, 1000, 0, 1000, 900];
        for together in [false, system_cuts(&lanes[0])] {
            let mut batch = Vec::new();
            for (number, length) in lengths.into_iter().enumerate() {
                for (receiver, lane) in receivers.iter().zip(their_lanes) {
                    batch.push(Departing { lane, ..departing(at(receiver), length, number as u8) });
                }
            }
            send(&mut batch, |lane| (if lane == Lane::Rtp { &lanes[0] } else { &lanes[1] }, together));
            for (receiver, lane) in receivers.iter().zip(their_lanes) {
                receiver.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
                let sender = at(if lane == Lane::Rtp { &lanes[0] } else { &lanes[1] });
                for (number, length) in lengths.into_iter().enumerate().filter(|(_, length)| *length < 65_536)
                {
                    let mut buffer = [0; 2048];
                    let (octets, from) = receiver.recv_from(&mut buffer).unwrap();
                    assert_eq!(buffer[..octets], vec![number as u8; length], "packet {number}, {together}");
                    assert_eq!(from, sender);
                }
            }
        }
    }
}
