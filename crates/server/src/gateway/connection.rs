//! One real peer's TCP connection.

use super::places::Seat;
use super::{AFTER_CLOSE, CHUNK, FIRST_WORD, HALF_OPEN, MAX_WAITING, SILENCE, ToPeer, full};
use crate::room::Room;
use bytes::{Bytes, BytesMut};
use simulator::GatewayId;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// How a connection came to its end.
enum End {
    /// Both sides have closed.
    Finished,
    /// The real peer reset it, vanished, was silent for too long, or had to give way.
    Lost,
    /// The simulation reset it.
    Reset,
}

/// How long a real peer may be silent.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Until it is heard of: a player by a whole request, a server by its first octet.
    pub first_word: Duration,
    /// Later.
    pub silence: Duration,
}

/// Carries a player's octets both ways until the connection ends.
pub async fn serve(socket: TcpStream, address: SocketAddr, room: Room, seat: Seat) {
    let (link, from_room) = mpsc::channel(MAX_WAITING);
    let Some(id) = room.player(address, link).await else {
        return full::refuse(socket, seat).await;
    };
    let patience = Patience { first_word: FIRST_WORD, silence: SILENCE };
    carry_seated(id, socket, room, from_room, patience, Some(seat)).await;
}

/// Carries a real server's octets both ways until the connection ends, as `id`.
pub async fn carry(
    id: GatewayId,
    socket: TcpStream,
    room: Room,
    from_room: mpsc::Receiver<ToPeer>,
    patience: Patience,
) {
    carry_seated(id, socket, room, from_room, patience, None).await;
}

async fn carry_seated(
    id: GatewayId,
    socket: TcpStream,
    room: Room,
    from_room: mpsc::Receiver<ToPeer>,
    patience: Patience,
    seat: Option<Seat>,
) {
    let (read, write) = socket.into_split();
    let mut connection = Connection { id, room: room.clone(), from_room, write, patience, seat };
    let end = connection.run(read).await;
    if !matches!(end, End::Finished) {
        // RST rather than FIN: the peer shall not take this for an orderly end.
        connection.write.as_ref().set_zero_linger().ok();
        // Dropped, this half would say FIN before the socket can say RST.
        connection.write.forget();
    }
    if matches!(end, End::Lost) {
        room.peer_lost(id).await;
    }
}

struct Connection {
    id: GatewayId,
    room: Room,
    from_room: mpsc::Receiver<ToPeer>,
    write: OwnedWriteHalf,
    patience: Patience,
    /// A player's place; servers need none.
    seat: Option<Seat>,
}

impl Connection {
    /// Waits until it has to give way to another player.
    async fn dismissed(seat: Option<&Seat>) {
        match seat {
            Some(seat) => seat.dismissed().await,
            None => std::future::pending().await,
        }
    }

    async fn run(&mut self, mut read: OwnedReadHalf) -> End {
        let mut buffer = BytesMut::with_capacity(CHUNK);
        // Reads only while the simulation has taken everything read before.
        let (mut may_read, mut peer_done, mut room_done) = (true, false, false);
        let mut heard = self.seat.is_none();
        let mut deadline = Instant::now() + self.patience.first_word;
        let mut writing = Bytes::new();
        // Octets that came after the simulated peer had closed.
        let mut ignored = 0;
        while !(peer_done && room_done && writing.is_empty()) {
            tokio::select! {
                said = read.read_buf(&mut buffer), if may_read && !peer_done => match said {
                    Ok(0) => {
                        peer_done = true;
                        deadline = Instant::now() + HALF_OPEN;
                        if !self.room.peer_closed(self.id).await { return End::Reset }
                    }
                    Ok(octets) => {
                        may_read = false;
                        if room_done {
                            // Nobody listens any more, and the end stays when it is.
                            ignored += octets;
                            if ignored > AFTER_CLOSE { return End::Lost }
                        } else if heard {
                            deadline = Instant::now() + self.patience.silence;
                        }
                        let bytes = buffer.split().freeze();
                        buffer.reserve(CHUNK);
                        if !self.room.peer_said(self.id, bytes).await { return End::Reset }
                    }
                    Err(_) => return End::Lost,
                },
                message = self.from_room.recv(), if writing.is_empty() => match message {
                    Some(ToPeer::Bytes(bytes)) => writing = bytes,
                    Some(ToPeer::ReadOn) => may_read = true,
                    Some(ToPeer::Heard) => {
                        heard = true;
                        if let Some(seat) = &self.seat { seat.heard() }
                        if !peer_done && !room_done {
                            deadline = Instant::now() + self.patience.silence;
                        }
                    }
                    Some(ToPeer::Alive) if !peer_done && !room_done => {
                        deadline = Instant::now() + self.patience.silence;
                    }
                    Some(ToPeer::Alive) => {}
                    Some(ToPeer::Finish) => {
                        room_done = true;
                        deadline = deadline.min(Instant::now() + HALF_OPEN);
                        if self.write.shutdown().await.is_err() { return End::Lost }
                    }
                    Some(ToPeer::Reset) | None => return End::Reset,
                },
                written = self.write.write(&writing), if !writing.is_empty() => match written {
                    Ok(0) | Err(_) => return End::Lost,
                    Ok(octets) => {
                        writing = writing.slice(octets..);
                        if !self.room.peer_accepted(self.id, octets).await { return End::Reset }
                    }
                },
                () = Self::dismissed(self.seat.as_ref()) => return End::Lost,
                () = sleep_until(deadline) => return End::Lost,
            }
        }
        End::Finished
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::places::{Admission, MAX_PLAYERS, Places};
    use crate::room::{Doors, Inbound, Key};
    use tokio::net::TcpListener;

    /// A connection's two ends, and the room's doors with nobody behind them.
    async fn connected() -> (TcpStream, Doors, GatewayId, mpsc::Sender<ToPeer>) {
        connected_to(&Places::default()).await
    }

    async fn connected_to(places: &Places) -> (TcpStream, Doors, GatewayId, mpsc::Sender<ToPeer>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let player = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (socket, address) = listener.accept().await.unwrap();
        let (room, mut doors) = Room::new(Key::Implicit);
        let Admission::Placed(seat, None) = places.ask(address.ip()) else { panic!("there is room") };
        tokio::spawn(serve(socket, address, room, seat));
        let id = GatewayId(7);
        let Some(Inbound::Player { link, answer, .. }) = doors.inbox.recv().await else {
            panic!("a player is announced")
        };
        answer.send(Some(id)).unwrap();
        (player, doors, id, link)
    }

    /// Waits, in time that passes by itself when nothing else happens, for the player's loss.
    async fn lost(doors: &mut Doors, id: GatewayId) -> Duration {
        let begin = Instant::now();
        loop {
            match doors.inbox.recv().await {
                Some(Inbound::PeerLost { id: lost }) => {
                    assert_eq!(lost, id);
                    return begin.elapsed();
                }
                Some(_) => {}
                None => panic!("the connection ended without a word"),
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_player_is_gone_after_its_time() {
        let (mut player, mut doors, id, _link) = connected().await;
        let took = lost(&mut doors, id).await;
        assert!((FIRST_WORD..FIRST_WORD + Duration::from_secs(1)).contains(&took), "{took:?}");
        assert!(player.read(&mut [0]).await.is_err(), "its connection is reset");
    }

    #[tokio::test(start_paused = true)]
    async fn a_player_that_falls_silent_has_longer_and_datagrams_count() {
        let (mut player, mut doors, id, link) = connected().await;
        player.write_all(b"OPTIONS").await.unwrap();
        let Some(Inbound::PeerSaid { bytes, .. }) = doors.inbox.recv().await else {
            panic!("its octets arrive")
        };
        assert_eq!(bytes, "OPTIONS");
        link.send(ToPeer::Heard).await.unwrap();
        tokio::time::sleep(SILENCE / 2).await;
        link.send(ToPeer::Alive).await.unwrap();
        let took = lost(&mut doors, id).await;
        assert!((SILENCE..SILENCE + Duration::from_secs(1)).contains(&took), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_never_ends_is_no_word() {
        let (mut player, mut doors, id, link) = connected().await;
        let begin = Instant::now();
        player.write_all(b"OPTIONS").await.unwrap();
        let Some(Inbound::PeerSaid { .. }) = doors.inbox.recv().await else { panic!("its octets arrive") };
        link.send(ToPeer::ReadOn).await.unwrap();
        lost(&mut doors, id).await;
        let took = begin.elapsed();
        assert!((FIRST_WORD..FIRST_WORD + Duration::from_secs(1)).contains(&took), "{took:?}");
    }

    #[tokio::test]
    async fn a_silent_player_gives_way_and_its_place_is_free_after_its_loss_is_told() {
        let places = Places::default();
        let (mut player, mut doors, id, _link) = connected_to(&places).await;
        let mut others = Vec::new();
        let leaving = loop {
            assert!(others.len() < MAX_PLAYERS, "nobody gives way");
            let from = [192, 0, 2, (others.len() % 64) as u8];
            let Admission::Placed(seat, leaving) = places.ask(from.into()) else { panic!("there is room") };
            seat.heard();
            others.push(seat);
            if let Some(leaving) = leaving {
                break leaving;
            }
        };
        leaving.await.ok();
        lost(&mut doors, id).await;
        assert!(player.read(&mut [0]).await.is_err(), "its connection is reset");
    }

    #[tokio::test]
    async fn nothing_is_read_before_the_room_has_taken_the_last() {
        let (mut player, mut doors, _, link) = connected().await;
        player.write_all(&vec![b'x'; 4 * CHUNK]).await.unwrap();
        let next = |message| match message {
            Some(Inbound::PeerSaid { bytes, .. }) => bytes.len(),
            other => panic!("{other:?}"),
        };
        let first = next(doors.inbox.recv().await);
        assert!(first <= CHUNK);
        let more = tokio::time::timeout(Duration::from_millis(200), doors.inbox.recv()).await;
        assert!(more.is_err(), "more was read than the room has taken");
        link.send(ToPeer::ReadOn).await.unwrap();
        assert!(next(doors.inbox.recv().await) <= CHUNK);
    }

    #[tokio::test]
    async fn ends_cross_as_they_are() {
        // FIN, after the octets before it.
        let (mut player, mut doors, _, link) = connected().await;
        link.send(ToPeer::Bytes(Bytes::from_static(b"bye"))).await.unwrap();
        link.send(ToPeer::Finish).await.unwrap();
        let mut said = Vec::new();
        player.read_to_end(&mut said).await.unwrap();
        assert_eq!(said, b"bye");
        assert!(matches!(doors.inbox.recv().await, Some(Inbound::PeerAccepted { octets: 3, .. })));
        drop(player);
        assert!(matches!(doors.inbox.recv().await, Some(Inbound::PeerClosed { .. })));
        // RST.
        let (mut player, _doors, _, link) = connected().await;
        link.send(ToPeer::Reset).await.unwrap();
        assert!(player.read(&mut [0]).await.is_err());
    }
}
