//! The answer to a player for whom there is no room.

use super::places::Seat;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a player may take to send its first request, and to read the answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Octets of a first request that are read; its CSeq stands in the first lines.
const ENOUGH: usize = 4096;

/// Reads the first request and answers 503 (RFC 2326 section 11): a player shows that to its
/// user, while a closed connection tells nothing. When too many are refused at a time, the
/// answer does not wait for the request.
pub async fn refuse(mut socket: TcpStream, seat: Seat) {
    let mut request = Vec::with_capacity(ENOUGH);
    let read = async {
        let mut part = [0; 512];
        while request.len() < ENOUGH && !request.windows(4).any(|end| end == b"\r\n\r\n") {
            match socket.read(&mut part).await {
                Ok(0) | Err(_) => return,
                Ok(octets) => request.extend_from_slice(&part[..octets]),
            }
        }
    };
    let hurried = tokio::select! {
        _ = timeout(PATIENCE, read) => false,
        () = seat.dismissed() => true,
    };
    let answer = answer(&request);
    let write = async {
        socket.write_all(answer.as_bytes()).await.ok();
        socket.shutdown().await.ok();
        if hurried {
            // What has come by now is read below, so that it does not turn the FIN into a RST.
            return;
        }
        // Until the player closes: octets left unread would turn the FIN into a RST, and the
        // RST could overtake the answer.
        let mut rest = [0; 512];
        for _ in 0..ENOUGH / rest.len() {
            if matches!(socket.read(&mut rest).await, Ok(0) | Err(_)) {
                break;
            }
        }
    };
    tokio::select! {
        _ = timeout(PATIENCE, write) => {}
        () = seat.dismissed(), if !hurried => {}
    }
    socket.try_read(&mut [0; ENOUGH]).ok();
}

/// The response, with the request's CSeq where it has a readable one (RFC 2326 section 12.17).
fn answer(request: &[u8]) -> String {
    let text = String::from_utf8_lossy(request);
    let cseq = text.lines().filter_map(|line| line.split_once(':')).find_map(|(name, value)| {
        let value = value.trim();
        let readable = !value.is_empty() && value.len() <= 10 && value.bytes().all(|b| b.is_ascii_digit());
        (name.trim().eq_ignore_ascii_case("cseq") && readable).then_some(value)
    });
    let cseq = cseq.map(|cseq| format!("CSeq: {cseq}\r\n")).unwrap_or_default();
    format!("RTSP/1.0 503 Service Unavailable\r\n{cseq}Connection: close\r\nRetry-After: 30\r\n\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_belongs_to_the_request() {
        let request = b"OPTIONS rtsp://x/demo RTSP/1.0\r\ncseq : 17\r\n\r\n";
        assert!(answer(request).starts_with("RTSP/1.0 503 Service Unavailable\r\nCSeq: 17\r\n"));
        for odd in [&b"CSeq: 1\x002\r\n"[..], b"CSeq: 12345678901", b"CSeq:", b"\xff\xfe", b""] {
            assert!(!answer(odd).contains("CSeq"), "{odd:?}");
        }
    }
}
