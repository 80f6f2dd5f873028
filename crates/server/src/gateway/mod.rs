//! Real RTSP players: their sockets, carried into and out of the simulation.
//!
//! Each real TCP connection has one simulated host, which outlives it as long as its client has a
//! session over UDP. What the player sends is read only as
//! fast as that host's simulated socket takes it, and what the simulated server sends is
//! taken from the simulated socket only as fast as the player accepts it, so that windows
//! close where they would. FIN and RST cross as FIN and RST. UDP datagrams cross one by one.

mod connection;
mod datagrams;
mod departing;
mod full;
mod groups;
mod places;

pub use connection::{Patience, carry};
pub use datagrams::{Datagrams, Lane};
pub use departing::{Departing, MAX_DEPARTING};
pub use groups::{Groups, MAX_LISTENED};
pub use places::{LAST_PER_ADDRESS, LAST_PLACES, MAX_PLAYERS, MAX_REFUSALS};

use crate::room::Room;
use bytes::Bytes;
use places::{Admission, Places};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// Octets read from a player before the simulation has taken the last ones.
pub const CHUNK: usize = 16 * 1024;

/// Octets on their way from the simulation to a player's socket.
pub const CREDIT: usize = 64 * 1024;

/// Messages on their way from the room to one connection.
pub const MAX_WAITING: usize = 64;

/// A player that has sent no whole request since it connected is gone after this time.
pub const FIRST_WORD: Duration = Duration::from_secs(30);

/// A player that was not heard of for this long is gone: two session timeouts. Its UDP
/// datagrams count as words.
pub const SILENCE: Duration = Duration::from_secs(120);

/// How long one side may leave its half of a connection open after the other has closed.
pub const HALF_OPEN: Duration = Duration::from_secs(30);

/// How many octets a player may still send after the simulated server has closed; one that
/// sends on is reset, as RFC 9293 section 3.6.1 has it for a closed receiver.
pub const AFTER_CLOSE: usize = 64 * 1024;

/// What the room tells a connection.
#[derive(Debug)]
pub enum ToPeer {
    /// Octets for the real peer.
    Bytes(Bytes),
    /// The simulation has taken all octets read so far; more may be read.
    ReadOn,
    /// A datagram of the real peer came in: it is there.
    Alive,
    /// The first whole request of a player has come.
    Heard,
    /// The simulated peer has closed: FIN, after the octets before.
    Finish,
    /// The simulated connection was reset: RST.
    Reset,
}

/// The room's end of a connection.
pub type PeerLink = mpsc::Sender<ToPeer>;

/// Accepts players until the listener fails for good.
pub async fn accept(listener: TcpListener, room: Room) {
    let places = Places::default();
    loop {
        match listener.accept().await {
            Ok((socket, address)) => {
                socket.set_nodelay(true).ok();
                match places.ask(address.ip()) {
                    Admission::Refused(seat) => drop(tokio::spawn(full::refuse(socket, seat))),
                    Admission::Placed(seat, leaving) => {
                        let room = room.clone();
                        tokio::spawn(async move {
                            if let Some(leaving) = leaving {
                                // It ends when who gave way is gone, whether that says so or not.
                                leaving.await.ok();
                            }
                            connection::serve(socket, address, room, seat).await;
                        });
                    }
                }
            }
            // No file handle free, or a connection that ended before it was accepted.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}
