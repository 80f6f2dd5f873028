//! Real multicast groups: what the simulated server sends to a group goes out once on the
//! loopback interface, and the reports of those who listen come back.

use super::{Datagrams, Lane};
use crate::room::{Room, Via};
use bytes::Bytes;
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// TTL of what goes out: no router passes it on.
pub const TTL: u32 = 1;

/// Groups whose reports are listened to at a time, each by a thread; of further ones none come.
pub const MAX_LISTENED: usize = 32;

/// The longest report that is taken.
const MAX_REPORT: usize = 2048;

/// How long a thread waits for a report before it looks whether it is still needed.
const LOOK_UP: Duration = Duration::from_millis(500);

/// The groups that real clients are in.
#[derive(Debug)]
pub struct Groups {
    room: Room,
    /// The server's own ports: what comes from them was sent here.
    own: [u16; 2],
    listened: BTreeMap<(Ipv4Addr, u16), Listened>,
}

#[derive(Debug)]
struct Listened {
    users: usize,
    is_over: Arc<AtomicBool>,
}

impl Groups {
    /// Lets `datagrams` send to groups on the loopback interface.
    ///
    /// # Errors
    /// When the system does not.
    pub fn open(datagrams: &Datagrams, room: Room) -> io::Result<Groups> {
        datagrams.each(|socket| {
            let socket = SockRef::from(socket);
            socket.set_multicast_if_v4(&Ipv4Addr::LOCALHOST)?;
            socket.set_multicast_ttl_v4(TTL)?;
            socket.set_multicast_loop_v4(true)
        })?;
        let own = [datagrams.port(), datagrams.port() + 1];
        Ok(Groups { room, own, listened: BTreeMap::new() })
    }

    /// A real client has joined a group: its reports are awaited.
    pub fn join(&mut self, group: Ipv4Addr, port: u16) {
        if let Some(listened) = self.listened.get_mut(&(group, port)) {
            listened.users += 1;
            return;
        }
        if self.listened.len() >= MAX_LISTENED {
            return;
        }
        let is_over = Arc::new(AtomicBool::new(false));
        // Without reports a client lives by its requests.
        if let Ok(socket) = listen(group, port) {
            let (room, own, over) = (self.room.clone(), self.own, is_over.clone());
            let task = move || take(&socket, group, port, own, &room, &over);
            if std::thread::Builder::new().name("group".into()).spawn(task).is_ok() {
                self.listened.insert((group, port), Listened { users: 1, is_over });
            }
        }
    }

    /// A real client has left a group.
    pub fn leave(&mut self, group: Ipv4Addr, port: u16) {
        if let Some(listened) = self.listened.get_mut(&(group, port)) {
            listened.users -= 1;
            if listened.users == 0 {
                listened.is_over.store(true, Ordering::Relaxed);
                self.listened.remove(&(group, port));
            }
        }
    }
}

impl Drop for Groups {
    fn drop(&mut self) {
        for listened in self.listened.values() {
            listened.is_over.store(true, Ordering::Relaxed);
        }
    }
}

/// A socket that takes what is sent to the group on the loopback interface. Clients on this
/// machine have the same port, so it must be shared.
fn listen(group: Ipv4Addr, port: u16) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_reuse_address(true)?;
    // Windows binds no socket to a group.
    let ip = if cfg!(windows) { Ipv4Addr::UNSPECIFIED } else { group };
    socket.bind(&SocketAddrV4::new(ip, port).into())?;
    socket.join_multicast_v4(&group, &Ipv4Addr::LOCALHOST)?;
    socket.set_read_timeout(Some(LOOK_UP))?;
    Ok(socket.into())
}

fn take(socket: &UdpSocket, group: Ipv4Addr, port: u16, own: [u16; 2], room: &Room, is_over: &AtomicBool) {
    let mut buffer = [0; MAX_REPORT];
    while !is_over.load(Ordering::Relaxed) && !room.is_over() {
        match socket.recv_from(&mut buffer) {
            Ok((octets, from)) if !own.contains(&from.port()) => {
                room.datagram(
                    (Via::Group(group, port), Lane::Rtcp),
                    from,
                    Bytes::copy_from_slice(&buffer[..octets]),
                );
            }
            Ok(_) => {}
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
            Err(_) => std::thread::sleep(Duration::from_millis(1)),
        }
    }
}
