//! Datagrams on their way out, those of a picture together.
//!
//! A picture's packets leave the simulation one by one, as the wire would bring them, and each
//! that is sent alone wakes its player, which costs more than all the rest of its way. No
//! player can show a picture before its last packet has come, so the packets of a picture wait
//! for the one with the marker bit, at most [`MAX_HOLD`], and then go out in one go, as most
//! servers send them. The times of the simulation stay what they are.

use super::datagrams::{Datagrams, Lane};
use bytes::Bytes;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long a packet waits at most for the rest of its picture.
pub const MAX_HOLD: Duration = Duration::from_millis(15);

/// Packets that wait for one address; at the limit they go.
pub const MAX_IN_BURST: usize = 64;

/// Packets for one address that go out together.
#[derive(Debug)]
struct Burst {
    packets: Vec<Bytes>,
    due: Instant,
}

/// All datagrams that wait to go out.
#[derive(Debug)]
pub struct Bursts {
    sockets: Datagrams,
    waiting: BTreeMap<SocketAddr, Burst>,
}

impl Bursts {
    /// Nothing waits yet; all go out by `sockets`.
    pub fn new(sockets: Datagrams) -> Self {
        Bursts { sockets, waiting: BTreeMap::new() }
    }

    /// The sockets.
    pub fn sockets(&self) -> &Datagrams {
        &self.sockets
    }

    /// A datagram for `to`. RTP may wait for the rest of its picture; RTCP goes at once, behind
    /// the RTP that waits for the same host.
    pub fn put(&mut self, now: Instant, lane: Lane, to: SocketAddr, bytes: &Bytes) {
        if lane == Lane::Rtcp {
            self.flush_to(to);
            self.sockets.send(lane, to, bytes);
            return;
        }
        // The marker bit ends a picture (RFC 2435 section 3.1).
        let is_last = bytes.get(1).is_some_and(|octet| octet & 0x80 != 0);
        let burst = self.waiting.entry(to).or_insert(Burst { packets: Vec::new(), due: now + MAX_HOLD });
        burst.packets.push(bytes.clone());
        if is_last || burst.packets.len() >= MAX_IN_BURST {
            self.release(|other, _| *other == to);
        }
    }

    /// When something that waits must go; `None` when nothing does.
    pub fn due(&self) -> Option<Instant> {
        self.waiting.values().map(|burst| burst.due).min()
    }

    /// Sends what has waited long enough.
    pub fn flush(&mut self, now: Instant) {
        self.release(|_, burst| burst.due <= now);
    }

    /// Sends all that waits for a host.
    pub fn flush_to(&mut self, host: SocketAddr) {
        self.release(|to, _| to.ip() == host.ip());
    }

    fn release(&mut self, goes: impl Fn(&SocketAddr, &Burst) -> bool) {
        let sockets = &self.sockets;
        self.waiting.retain(|to, burst| {
            let goes = goes(to, burst);
            if goes {
                for packet in &burst.packets {
                    sockets.send(Lane::Rtp, *to, packet);
                }
            }
            !goes
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{IpAddr, Ipv4Addr, UdpSocket};

    fn sender() -> Bursts {
        Bursts::new(Datagrams::bind(IpAddr::V4(Ipv4Addr::LOCALHOST), None).unwrap())
    }

    fn receiver() -> (UdpSocket, SocketAddr) {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
        let address = socket.local_addr().unwrap();
        (socket, address)
    }

    /// A packet whose octets tell its number.
    fn packet(number: u8, octets: usize, marker: bool) -> Bytes {
        let mut bytes = vec![number; octets];
        bytes[0] = 0x80;
        bytes[1] = 26 | u8::from(marker) << 7;
        bytes.into()
    }

    fn heard(socket: &UdpSocket) -> Vec<(u8, usize)> {
        let mut buffer = [0; 70_000];
        std::iter::from_fn(|| socket.recv(&mut buffer).ok().map(|octets| (buffer[2], octets))).collect()
    }

    #[test]
    fn a_picture_goes_out_with_its_last_packet_and_arrives_as_datagrams() {
        let (mut bursts, (socket, to), now) = (sender(), receiver(), Instant::now());
        for number in 0..10 {
            bursts.put(now, Lane::Rtp, to, &packet(number, 1200, false));
        }
        assert_eq!((bursts.due(), heard(&socket).len()), (Some(now + MAX_HOLD), 0));
        bursts.put(now, Lane::Rtp, to, &packet(10, 300, true));
        assert_eq!(bursts.due(), None);
        let expected: Vec<_> = (0..10).map(|n| (n, 1200)).chain([(10, 300)]).collect();
        assert_eq!(heard(&socket), expected);
    }

    #[test]
    fn nothing_waits_longer_than_the_limit_and_reports_overtake_nothing() {
        let (mut bursts, (socket, to), now) = (sender(), receiver(), Instant::now());
        bursts.put(now, Lane::Rtp, to, &packet(1, 500, false));
        bursts.flush(now + MAX_HOLD / 2);
        bursts.put(now + MAX_HOLD / 2, Lane::Rtp, to, &packet(2, 500, false));
        bursts.flush(now + MAX_HOLD);
        assert_eq!(heard(&socket), [(1, 500), (2, 500)]);
        bursts.put(now, Lane::Rtp, to, &packet(3, 500, false));
        bursts.put(now, Lane::Rtcp, to, &packet(4, 60, false));
        assert_eq!(heard(&socket), [(3, 500), (4, 60)]);
        bursts.put(now, Lane::Rtp, to, &packet(5, 500, false));
        bursts.flush_to(to);
        assert_eq!(heard(&socket), [(5, 500)]);
    }

    #[test]
    fn a_burst_that_is_full_goes() {
        let (mut bursts, (socket, to), now) = (sender(), receiver(), Instant::now());
        for number in 0..=MAX_IN_BURST as u8 {
            bursts.put(now, Lane::Rtp, to, &packet(number, 40, false));
        }
        assert_eq!(heard(&socket).len(), MAX_IN_BURST);
        bursts.flush(now + MAX_HOLD);
        assert_eq!(heard(&socket), [(MAX_IN_BURST as u8, 40)]);
    }
}
