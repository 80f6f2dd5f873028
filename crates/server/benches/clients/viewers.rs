//! Many RTSP clients over UDP in one thread: they count what comes and show nothing.

use anyhow::{Context, Result, bail, ensure};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::sync::watch;

/// Clients that come at a time while the load grows.
const RAMP: usize = 5;

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The longest answer that is read, octets.
const LONGEST: usize = 16 * 1024;

/// The clock of RTP/JPEG, Hz (RFC 2435 section 3).
const CLOCK: f64 = 90_000.0;

/// What one client saw in the measured time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// RTP packets that came.
    pub packets: u64,
    /// RTP packets that were missing between the first and the last.
    pub missing: u64,
    /// RTP packets for which its socket had no room, since it was made.
    pub dropped: u64,
    /// Octets of RTP.
    pub octets: u64,
    /// How far the media went, seconds of its own clock.
    pub media: f64,
}

/// The connected clients.
pub struct Viewers {
    phase: watch::Sender<Phase>,
    clients: Vec<tokio::task::JoinHandle<Result<Seen>>>,
}

/// What clients do with packets: the ramp is drained, and only the middle is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Drain,
    Count,
    Leave,
}

impl Viewers {
    /// Connects `count` clients to `path` of the server, a few at a time.
    pub async fn connect(server: SocketAddr, path: &str, count: usize) -> Result<Self> {
        let (phase, seen_phase) = watch::channel(Phase::Drain);
        let mut clients = Vec::with_capacity(count);
        while clients.len() < count {
            let together = RAMP.min(count - clients.len());
            let mut coming = Vec::with_capacity(together);
            for _ in 0..together {
                let url = format!("rtsp://{server}{path}");
                coming.push(tokio::spawn(Viewer::join(server, url)));
            }
            for client in coming {
                let viewer = client.await?.context("a client could not play")?;
                clients.push(tokio::spawn(viewer.watch(seen_phase.clone())));
            }
        }
        Ok(Viewers { phase, clients })
    }

    /// Counts for `time`, then tells how long it really was; `then` is called at both ends.
    pub async fn count(&self, time: Duration, mut then: impl FnMut()) -> Duration {
        then();
        let begin = Instant::now();
        self.phase.send_replace(Phase::Count);
        tokio::time::sleep(time).await;
        self.phase.send_replace(Phase::Leave);
        then();
        begin.elapsed()
    }

    /// Waits for all to have left.
    pub async fn leave(self) -> Result<Vec<Seen>> {
        let mut seen = Vec::with_capacity(self.clients.len());
        for client in self.clients {
            seen.push(client.await??);
        }
        Ok(seen)
    }
}

/// One client with its sockets.
struct Viewer {
    control: TcpStream,
    rtp: UdpSocket,
    rtcp: UdpSocket,
    session: String,
    url: String,
    cseq: u32,
}

impl Viewer {
    async fn join(server: SocketAddr, url: String) -> Result<Self> {
        let (rtp, rtcp) = pair().await?;
        let control = TcpStream::connect(server).await.context("no connection")?;
        let ports = (rtp.local_addr()?.port(), rtcp.local_addr()?.port());
        let mut viewer = Viewer { control, rtp, rtcp, session: String::new(), url, cseq: 0 };
        let described = viewer.ask("DESCRIBE", &viewer.url.clone(), "Accept: application/sdp\r\n").await?;
        let track = described
            .lines()
            .filter_map(|line| line.strip_prefix("a=control:"))
            .next_back()
            .context("the description names no track")?;
        let track = if track.starts_with("rtsp://") {
            track.to_owned()
        } else {
            format!("{}/{track}", viewer.url.trim_end_matches('/'))
        };
        let transport = format!("Transport: RTP/AVP;unicast;client_port={}-{}\r\n", ports.0, ports.1);
        let set_up = viewer.ask("SETUP", &track, &transport).await?;
        let session = set_up
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("session"));
        let (_, session) = session.context("SETUP made no session")?;
        viewer.session = session.split(';').next().unwrap_or_default().trim().to_owned();
        viewer.ask("PLAY", &viewer.url.clone(), "Range: npt=0-\r\n").await?;
        Ok(viewer)
    }

    /// Sends a request and reads its answer; only 200 will do.
    async fn ask(&mut self, method: &str, url: &str, more: &str) -> Result<String> {
        self.cseq += 1;
        let session = match &*self.session {
            "" => String::new(),
            session => format!("Session: {session}\r\n"),
        };
        let request = format!("{method} {url} RTSP/1.0\r\nCSeq: {}\r\n{session}{more}\r\n", self.cseq);
        self.control.write_all(request.as_bytes()).await?;
        let answer = tokio::time::timeout(PATIENCE, self.answer());
        let answer = answer.await.with_context(|| format!("no answer to {method}"))??;
        let status = answer.split(' ').nth(1).unwrap_or_default();
        ensure!(status == "200", "{method} was answered {}", answer.lines().next().unwrap_or_default());
        Ok(answer)
    }

    async fn answer(&mut self) -> Result<String> {
        let mut text = Vec::new();
        loop {
            if let Some(head) = text.windows(4).position(|end| end == b"\r\n\r\n") {
                let lines = String::from_utf8_lossy(&text[..head]).into_owned();
                let length = lines
                    .lines()
                    .filter_map(|line| line.split_once(':'))
                    .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                    .map_or(Ok(0), |(_, value)| value.trim().parse::<usize>())?;
                if text.len() >= head + 4 + length {
                    return Ok(String::from_utf8_lossy(&text).into_owned());
                }
            }
            ensure!(text.len() < LONGEST, "an answer has no end");
            if self.control.read_buf(&mut text).await? == 0 {
                bail!("the server closed the connection");
            }
        }
    }

    /// Takes packets until it is told to leave. RTCP is drained, and not answered: its
    /// requests keep the session alive.
    async fn watch(mut self, mut phase: watch::Receiver<Phase>) -> Result<Seen> {
        let mut seen = Seen::default();
        let mut first: Option<(u16, u32)> = None;
        let mut last: Option<(u64, u32)> = None;
        let (mut packet, mut report) = ([0; 2048], [0; 2048]);
        let mut counting = false;
        let mut alive = tokio::time::interval(Duration::from_secs(20));
        alive.tick().await;
        loop {
            tokio::select! {
                biased;
                _ = phase.changed() => {
                    let now = *phase.borrow_and_update();
                    counting = now == Phase::Count;
                    if now == Phase::Leave {
                        break;
                    }
                }
                octets = self.rtp.recv(&mut packet) => {
                    let octets = octets?;
                    if !counting || octets < 12 {
                        continue;
                    }
                    let sequence = u16::from_be_bytes([packet[2], packet[3]]);
                    let timestamp = u32::from_be_bytes([packet[4], packet[5], packet[6], packet[7]]);
                    let begin = *first.get_or_insert((sequence, timestamp));
                    // Extended by the last one, since the measured time has many rounds.
                    let extended = last.map_or(0, |(before, _)| {
                        let step = sequence.wrapping_sub(begin.0.wrapping_add(before as u16));
                        before.wrapping_add_signed(i64::from(step as i16))
                    });
                    last = Some((extended.max(last.map_or(0, |(before, _)| before)), timestamp));
                    seen.packets += 1;
                    seen.octets += octets as u64;
                }
                _ = self.rtcp.recv(&mut report) => {}
                _ = alive.tick() => { self.ask("OPTIONS", &self.url.clone(), "").await?; }
            }
        }
        seen.dropped = dropped(self.rtp.local_addr()?.port())?;
        if let (Some((_, begin)), Some((highest, end))) = (first, last) {
            seen.missing = (highest + 1).saturating_sub(seen.packets);
            seen.media = f64::from(end.wrapping_sub(begin)) / CLOCK;
        }
        self.ask("TEARDOWN", &self.url.clone(), "").await?;
        Ok(seen)
    }
}

/// What the system has dropped for want of room in the socket with this port (`drops` in
/// `/proc/net/udp`; 0 where there is no such file).
fn dropped(port: u16) -> Result<u64> {
    let Ok(table) = std::fs::read_to_string("/proc/net/udp") else { return Ok(0) };
    let end = format!(":{port:04X}");
    let line = table.lines().find(|line| line.split_whitespace().nth(1).is_some_and(|at| at.ends_with(&end)));
    let drops = line.and_then(|line| line.split_whitespace().next_back());
    drops.map_or(Ok(0), |drops| drops.parse().context("the count of drops"))
}

/// An even port and the next one.
async fn pair() -> Result<(UdpSocket, UdpSocket)> {
    for _ in 0..200 {
        let rtp = UdpSocket::bind("127.0.0.1:0").await?;
        let port = rtp.local_addr()?.port();
        if port % 2 == 0
            && let Ok(rtcp) = UdpSocket::bind(("127.0.0.1", port + 1)).await
        {
            return Ok((rtp, rtcp));
        }
    }
    bail!("no pair of ports is free")
}
