//! The one pair of real UDP ports that serves all sessions over UDP.

use crate::fault::Fault;
use crate::room::Room;
use bytes::Bytes;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::UdpSocket;

/// The first pair that is tried when the user names none.
const FIRST_PORT: u16 = 50_000;

/// How many pairs are tried.
const TRIES: u16 = 200;

/// The largest datagram.
const MAX_DATAGRAM: usize = 65_535;

/// Which of the two ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// The even one.
    Rtp,
    /// The next one.
    Rtcp,
}

/// The two sockets.
#[derive(Clone, Debug)]
pub struct Datagrams {
    rtp: Arc<UdpSocket>,
    rtcp: Arc<UdpSocket>,
    port: u16,
}

impl Datagrams {
    /// Binds `port` and the next one on `ip`, or the first free pair.
    ///
    /// # Errors
    /// When the ports are not free.
    pub async fn bind(ip: IpAddr, port: Option<u16>) -> Result<Self, Fault> {
        let (first, tries) = port.map_or((FIRST_PORT, TRIES), |port| (port, 1));
        let last = first + 2 * (tries - 1);
        for port in (first..=last).step_by(2) {
            match pair(ip, port).await {
                Ok((rtp, rtcp)) => return Ok(Datagrams { rtp: rtp.into(), rtcp: rtcp.into(), port }),
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

    /// Sends a datagram, without waiting; false when the system does not take it now. A
    /// network would lose it, too.
    pub fn send(&self, lane: Lane, to: SocketAddr, bytes: &[u8]) -> bool {
        self.socket(lane).try_send_to(bytes, to).is_ok()
    }

    /// Hands datagrams to the room until it is gone. Those that come faster than the room
    /// takes them are lost, as in a socket's full buffer.
    pub async fn receive(self, lane: Lane, room: Room) {
        let mut buffer = vec![0; MAX_DATAGRAM];
        loop {
            match self.socket(lane).recv_from(&mut buffer).await {
                Ok((octets, from)) => {
                    if !room.datagram(lane, from, Bytes::copy_from_slice(&buffer[..octets])) {
                        return;
                    }
                }
                // It tells of a datagram that was sent (port unreachable); nothing came.
                Err(_) => tokio::time::sleep(Duration::from_millis(1)).await,
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

async fn pair(ip: IpAddr, port: u16) -> io::Result<(UdpSocket, UdpSocket)> {
    Ok((UdpSocket::bind((ip, port)).await?, UdpSocket::bind((ip, port + 1)).await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[tokio::test]
    async fn a_pair_that_is_in_use_is_passed_over() {
        let ip = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let first = Datagrams::bind(ip, None).await.unwrap();
        let second = Datagrams::bind(ip, None).await.unwrap();
        assert_ne!(first.port(), second.port());
        assert_eq!(first.port() % 2, 0);
        assert_eq!(second.lane(second.port() + 1), Some(Lane::Rtcp));
        assert_eq!(second.lane(second.port() - 1), None);
        let again = Datagrams::bind(ip, Some(first.port())).await;
        assert!(matches!(again, Err(Fault::NoRtpPorts { from, .. }) if from == first.port()));
    }
}
