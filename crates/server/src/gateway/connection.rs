//! One player's TCP connection.

use super::{AFTER_CLOSE, CHUNK, FIRST_WORD, HALF_OPEN, MAX_WAITING, SILENCE, ToPlayer, full};
use crate::room::Room;
use bytes::{Bytes, BytesMut};
use simulator::GatewayId;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// How a connection came to its end.
enum End {
    /// Both sides have closed.
    Finished,
    /// The player reset it, vanished, or was silent for too long.
    Lost,
    /// The simulation reset it.
    Reset,
}

/// Carries a player's octets both ways until the connection ends.
pub async fn serve(socket: TcpStream, address: SocketAddr, room: Room) {
    let (link, from_room) = mpsc::channel(MAX_WAITING);
    let Some(id) = room.player(address, link).await else {
        full::refuse(socket).await;
        return;
    };
    let (read, write) = socket.into_split();
    let mut connection = Connection { id, room: room.clone(), from_room, write };
    let end = connection.run(read).await;
    if !matches!(end, End::Finished) {
        // RST rather than FIN: the player shall not take this for an orderly end.
        connection.write.as_ref().set_zero_linger().ok();
    }
    if matches!(end, End::Lost) {
        room.player_lost(id).await;
    }
}

struct Connection {
    id: GatewayId,
    room: Room,
    from_room: mpsc::Receiver<ToPlayer>,
    write: OwnedWriteHalf,
}

impl Connection {
    async fn run(&mut self, mut read: OwnedReadHalf) -> End {
        let mut buffer = BytesMut::with_capacity(CHUNK);
        // Reads only while the simulation has taken everything read before.
        let (mut may_read, mut player_done, mut room_done) = (true, false, false);
        let mut deadline = Instant::now() + FIRST_WORD;
        let mut writing = Bytes::new();
        // Octets that came after the simulated server had closed.
        let mut ignored = 0;
        while !(player_done && room_done && writing.is_empty()) {
            tokio::select! {
                said = read.read_buf(&mut buffer), if may_read && !player_done => match said {
                    Ok(0) => {
                        player_done = true;
                        deadline = Instant::now() + HALF_OPEN;
                        if !self.room.player_closed(self.id).await { return End::Reset }
                    }
                    Ok(octets) => {
                        may_read = false;
                        if room_done {
                            // Nobody listens any more, and the end stays when it is.
                            ignored += octets;
                            if ignored > AFTER_CLOSE { return End::Lost }
                        } else {
                            deadline = Instant::now() + SILENCE;
                        }
                        let bytes = buffer.split().freeze();
                        buffer.reserve(CHUNK);
                        if !self.room.player_said(self.id, bytes).await { return End::Reset }
                    }
                    Err(_) => return End::Lost,
                },
                message = self.from_room.recv(), if writing.is_empty() => match message {
                    Some(ToPlayer::Bytes(bytes)) => writing = bytes,
                    Some(ToPlayer::ReadOn) => may_read = true,
                    Some(ToPlayer::Alive) if !player_done && !room_done => deadline = Instant::now() + SILENCE,
                    Some(ToPlayer::Alive) => {}
                    Some(ToPlayer::Finish) => {
                        room_done = true;
                        deadline = deadline.min(Instant::now() + HALF_OPEN);
                        if self.write.shutdown().await.is_err() { return End::Lost }
                    }
                    Some(ToPlayer::Reset) | None => return End::Reset,
                },
                written = self.write.write(&writing), if !writing.is_empty() => match written {
                    Ok(0) | Err(_) => return End::Lost,
                    Ok(octets) => {
                        writing = writing.slice(octets..);
                        if !self.room.player_accepted(self.id, octets).await { return End::Reset }
                    }
                },
                () = sleep_until(deadline) => return End::Lost,
            }
        }
        End::Finished
    }
}
