//! A pair of real UDP ports: one serves all sessions of real players, and each real server has
//! one of its own.

use super::departing::{self, Departing};
use crate::fault::Fault;
use crate::room::{Room, Via};
use bytes::Bytes;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The first pair that is tried when the user names none.
const FIRST_PORT: u16 = 50_000;

/// How many pairs are tried.
const TRIES: u16 = 200;

/// The largest datagram.
const MAX_DATAGRAM: usize = 65_535;

/// How long a socket waits for a datagram before it looks whether the room still stands.
const LOOK_UP: Duration = Duration::from_millis(500);

/// How long a datagram may wait for the system to take it; a network would lose it, too.
const SEND_WITHIN: Duration = Duration::from_millis(1);

/// Which of the two ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// The even one.
    Rtp,
    /// The next one.
    Rtcp,
}

/// The two sockets. They are the system's own: in an event loop each datagram sent would wake
/// the loop, to tell that the next may be sent.
#[derive(Clone, Debug)]
pub struct Datagrams {
    rtp: Arc<UdpSocket>,
    rtcp: Arc<UdpSocket>,
    port: u16,
    /// Whether the system cuts one buffer into several datagrams.
    cuts: bool,
    closed: Arc<AtomicBool>,
}

impl Datagrams {
    /// Binds `port` and the next one on `ip`, or the first free pair.
    ///
    /// # Errors
    /// When the ports are not free.
    pub fn bind(ip: IpAddr, port: Option<u16>) -> Result<Self, Fault> {
        let (first, tries) = port.map_or((FIRST_PORT, TRIES), |port| (port, 1));
        let last = first + 2 * (tries - 1);
        for port in (first..=last).step_by(2) {
            match pair(ip, port) {
                Ok((rtp, rtcp)) => {
                    let closed = Arc::new(AtomicBool::new(false));
                    let cuts = departing::system_cuts(&rtp);
                    return Ok(Datagrams { rtp: rtp.into(), rtcp: rtcp.into(), port, cuts, closed });
                }
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                // Windows reserves ranges of ports and says so in this way.
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
                Err(error) => {
                    return Err(Fault::Listen {
                        option: "--rtsp",
                        address: SocketAddr::new(ip, port),
                        error,
                    });
                }
            }
        }
        Err(Fault::NoRtpPorts { from: first, to: last + 1, ip })
    }

    /// The RTP port; RTCP's is the next one.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Which socket has `port`.
    pub fn lane(&self, port: u16) -> Option<Lane> {
        match port.checked_sub(self.port) {
            Some(0) => Some(Lane::Rtp),
            Some(1) => Some(Lane::Rtcp),
            _ => None,
        }
    }

    /// The port of a lane.
    pub fn port_of(&self, lane: Lane) -> u16 {
        match lane {
            Lane::Rtp => self.port,
            Lane::Rtcp => self.port + 1,
        }
    }

    /// Changes both sockets.
    ///
    /// # Errors
    /// Those of the change.
    pub fn each(&self, change: impl Fn(&UdpSocket) -> io::Result<()>) -> io::Result<()> {
        change(&self.rtp)?;
        change(&self.rtcp)
    }

    /// Sends datagrams, those to one receiver in their order. With `together` those that may share a
    /// call of the system do. What the system does not take at once is lost, as with
    /// [`Datagrams::send`].
    pub fn send_all(&self, batch: &mut Vec<Departing>, together: bool) {
        departing::send(batch, |lane| (self.socket(lane), together && self.cuts));
        batch.clear();
    }

    /// Sends a datagram; false when the system does not take it at once. A network would lose
    /// it, too.
    pub fn send(&self, lane: Lane, to: SocketAddr, bytes: &[u8]) -> bool {
        self.socket(lane).send_to(bytes, to).is_ok()
    }

    /// Hands datagrams to the room, from a thread for each socket, until the
    /// room is gone or [`Datagrams::close`] is called.
    /// Those that come faster than the room takes them are lost, as in a socket's full buffer.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub fn receive(&self, via: Via, room: &Room) -> io::Result<()> {
        for (lane, name) in [(Lane::Rtp, "rtp"), (Lane::Rtcp, "rtcp")] {
            let (sockets, room) = (self.clone(), room.clone());
            std::thread::Builder::new().name(name.into()).spawn(move || sockets.listen(lane, via, &room))?;
        }
        Ok(())
    }

    /// Lets the receiving threads end, which gives the ports back shortly after.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    fn listen(&self, lane: Lane, via: Via, room: &Room) {
        let mut buffer = vec![0; MAX_DATAGRAM];
        while !room.is_over() && !self.closed.load(Ordering::Relaxed) {
            match self.socket(lane).recv_from(&mut buffer) {
                Ok((octets, from)) => {
                    room.datagram((via, lane), from, Bytes::copy_from_slice(&buffer[..octets]));
                }
                Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                }
                // It tells of a datagram that was sent (port unreachable); nothing came.
                Err(_) => std::thread::sleep(Duration::from_millis(1)),
            }
        }
    }

    fn socket(&self, lane: Lane) -> &UdpSocket {
        match lane {
            Lane::Rtp => &self.rtp,
            Lane::Rtcp => &self.rtcp,
        }
    }
}

fn pair(ip: IpAddr, port: u16) -> io::Result<(UdpSocket, UdpSocket)> {
    Ok((socket(ip, port)?, socket(ip, port + 1)?))
}

fn socket(ip: IpAddr, port: u16) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind((ip, port))?;
    socket.set_read_timeout(Some(LOOK_UP))?;
    socket.set_write_timeout(Some(SEND_WITHIN))?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn a_pair_that_is_in_use_is_passed_over() {
        let ip = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let first = Datagrams::bind(ip, None).unwrap();
        let second = Datagrams::bind(ip, None).unwrap();
        assert_ne!(first.port(), second.port());
        assert_eq!(first.port() % 2, 0);
        assert_eq!(second.lane(second.port() + 1), Some(Lane::Rtcp));
        assert_eq!(second.lane(second.port() - 1), None);
        let again = Datagrams::bind(ip, Some(first.port()));
        assert!(matches!(again, Err(Fault::NoRtpPorts { from, .. }) if from == first.port()));
    }
}
