//! What the tests share: the program running, and a page that talks to it.
#![allow(dead_code, reason = "every test file uses a part of it")]

pub mod pictures;

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// How long a test waits for anything before it fails.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The program.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_layercast");

/// `layercast serve` on free ports, ended when the test is over.
pub struct Layercast {
    child: Child,
    /// Where the page is.
    pub page: SocketAddr,
    /// Where real players connect.
    pub rtsp: SocketAddr,
    /// The room's key, when one was printed.
    pub key: Option<String>,
}

impl Layercast {
    /// Starts it with further arguments; returns when it has printed its addresses.
    pub fn start(arguments: &[&str]) -> Self {
        Self::start_at("127.0.0.1:0", arguments)
    }

    /// The same, bound to an address of the test's choice.
    pub fn start_at(http: &str, arguments: &[&str]) -> Self {
        let mut child = Command::new(PROGRAM)
            .args(["serve", "--http", http, "--history", "60s"])
            .args(if arguments.contains(&"--rtsp") { &[][..] } else { &["--rtsp", "127.0.0.1:0"] })
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program can be started");
        let out = child.stdout.take().expect("standard output is a pipe");
        let (lines, printed) = mpsc::channel();
        // Reads on to the end, so that the program never waits for its reader.
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                lines.send(line).ok();
            }
        });
        let (mut page, mut rtsp, mut key) = (None, None, None);
        while page.is_none() || rtsp.is_none() {
            let line = printed.recv_timeout(PATIENCE).expect("the program prints its addresses");
            if let Some(address) = line.strip_prefix("Page: http://") {
                let (address, fragment) = address.split_once('/').expect("an address has a path");
                page = Some(address.parse().expect("an address and a port"));
                key = fragment.strip_prefix("#key=").map(str::to_owned);
            } else if let Some(address) = line.strip_prefix("RTSP: rtsp://") {
                let (address, _) = address.split_once('/').expect("an address has a path");
                rtsp = rtsp.or(Some(address.parse().expect("an address and a port")));
            }
        }
        Layercast {
            child,
            page: page.expect("the page's address"),
            rtsp: rtsp.expect("the RTSP address"),
            key,
        }
    }

    /// The demo's address for real players.
    pub fn demo(&self) -> String {
        format!("rtsp://{}/demo", self.rtsp)
    }

    /// A stream's address for real players.
    pub fn url(&self, path: &str) -> String {
        format!("rtsp://{}{path}", self.rtsp)
    }

    /// Whether it still runs.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().expect("the program can be asked").is_none()
    }

    /// Its process, for signals.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> std::process::ExitStatus {
        let begin = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("the program can be asked") {
                return status;
            }
            assert!(begin.elapsed() < PATIENCE, "the program does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// A page opens, with the key if there is one.
    pub async fn open(&self) -> Page {
        let key = self.key.as_ref().map(|key| format!("?key={key}")).unwrap_or_default();
        Page::open(self.page, &key, &[]).await.expect("the page may connect")
    }

    /// Memory in use, octets, where the system tells.
    pub fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
    }
}

impl Drop for Layercast {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// What a page hears.
#[derive(Debug)]
pub enum Heard {
    Text(Value),
    Picture(Vec<u8>),
    Closed(Option<u16>),
}

/// A page without a browser.
pub struct Page {
    socket: WebSocketStream<TcpStream>,
}

impl Page {
    /// Connects to `/ws` with this query and these headers.
    pub async fn open(
        server: SocketAddr,
        query: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Page, tungstenite::Error> {
        let stream = TcpStream::connect(server).await.expect("the server listens");
        Self::over(stream, server, query, headers).await
    }

    /// A page behind a narrow door: the system keeps little for it.
    pub async fn open_narrow(server: SocketAddr) -> Page {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4096).expect("a small buffer");
        let stream = socket.connect(server).await.expect("the server listens");
        Self::over(stream, server, "", &[]).await.expect("the page may connect")
    }

    async fn over(
        stream: TcpStream,
        server: SocketAddr,
        query: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Page, tungstenite::Error> {
        let mut request = format!("ws://{server}/ws{query}").into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().expect("a header's value"));
        }
        let (socket, _) = client_async(request, stream).await?;
        Ok(Page { socket })
    }

    /// The next message.
    pub async fn next(&mut self) -> Heard {
        loop {
            let message =
                tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("the server says something");
            match message {
                Some(Ok(Message::Text(text))) => {
                    return Heard::Text(serde_json::from_str(&text).expect("the server speaks JSON"));
                }
                Some(Ok(Message::Binary(bytes))) => return Heard::Picture(bytes.to_vec()),
                Some(Ok(Message::Close(frame))) => {
                    return Heard::Closed(frame.map(|frame| frame.code.into()));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Heard::Closed(None),
            }
        }
    }

    /// The next text for which `wanted` holds; others are passed over.
    pub async fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        let begin = Instant::now();
        loop {
            assert!(begin.elapsed() < PATIENCE, "what was waited for did not come");
            match self.next().await {
                Heard::Text(text) if wanted(&text) => return text,
                Heard::Closed(code) => panic!("the server closed ({code:?})"),
                _ => {}
            }
        }
    }

    /// The next picture.
    pub async fn until_picture(&mut self) -> Vec<u8> {
        let begin = Instant::now();
        loop {
            assert!(begin.elapsed() < PATIENCE, "no picture came");
            match self.next().await {
                Heard::Picture(picture) => return picture,
                Heard::Text(_) => {}
                Heard::Closed(code) => panic!("the server closed ({code:?})"),
            }
        }
    }

    /// The picture of this number, or why there is nothing of it to be shown: of a picture
    /// whose beginning did not come in time there may be no packet that can be decoded.
    pub async fn picture(&mut self, id: u32, picture: u64) -> Result<Vec<u8>, String> {
        let get = serde_json::json!({"kind": "picture", "picture": picture});
        let question = serde_json::json!({"type": "get", "id": id, "get": get}).to_string();
        self.say(question.clone()).await;
        let begin = Instant::now();
        loop {
            assert!(begin.elapsed() < PATIENCE, "picture {picture} was not answered");
            match self.next().await {
                Heard::Picture(bytes) if bytes[8..16] == picture.to_le_bytes() => return Ok(bytes),
                Heard::Picture(_) => {}
                Heard::Text(text) if text["type"] == "answer" && text["id"] == id => {
                    return Err(text["outcome"]["reason"].to_string());
                }
                // What a page asked before it fell behind has no answer.
                Heard::Text(text) if text["type"] == "lagged" => self.say(question.clone()).await,
                Heard::Text(_) => {}
                Heard::Closed(code) => panic!("the server closed ({code:?})"),
            }
        }
    }

    /// The next text of this type.
    pub async fn until_type(&mut self, kind: &str) -> Value {
        self.until(|text| text["type"] == kind).await
    }

    /// Says something.
    pub async fn say(&mut self, text: impl Into<String>) {
        self.socket.send(Message::text(text.into())).await.expect("the server listens");
    }

    /// Gives an order and waits for how it went.
    pub async fn order(&mut self, id: u32, command: Value) -> Value {
        self.say(serde_json::json!({"type": "command", "id": id, "command": command}).to_string()).await;
        self.until(|text| text["type"] == "answer" && text["id"] == id).await["outcome"].clone()
    }

    /// The room as it is now: in a new snapshot.
    pub async fn ask_room(&mut self) -> Value {
        self.say(serde_json::json!({"type": "resync"}).to_string()).await;
        self.until_type("hello").await["room"].clone()
    }

    /// Asks and waits for the answer, whichever it is.
    pub async fn ask(&mut self, id: u32, get: Value) -> Value {
        self.say(serde_json::json!({"type": "get", "id": id, "get": get}).to_string()).await;
        self.until(|text| text["id"] == id).await
    }
}

/// Runs the program to its end.
pub fn run(arguments: &[&str]) -> Output {
    Command::new(PROGRAM).args(arguments).stdin(Stdio::null()).output().expect("the program can be started")
}

/// A file of this test run.
pub fn temporary(name: &str) -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    std::fs::create_dir_all(&dir).expect("a folder for temporary files");
    dir.join(format!("{}-{name}", std::process::id()))
}

/// A folder that all test programs of all runs share; what is in it is the same each time.
pub fn shared(name: &str) -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&dir).expect("a folder for temporary files");
    dir
}

/// Whether a peer program is here. A missing one fails under `CI=true`; elsewhere the test
/// is skipped with a line that says so.
pub fn peer(program: &str) -> bool {
    let here = Command::new(program).arg("-version").stdin(Stdio::null()).output().is_ok();
    assert!(here || std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{program} is missing");
    if !here {
        eprintln!("skipped: {program} is not installed");
    }
    here
}

/// Runs a peer for at most `limit`; what it printed on both outputs, and whether it succeeded.
pub fn listen_to(program: &str, arguments: &[&str], limit: Duration) -> (String, bool) {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the peer can be started");
    let read = |from: Option<Box<dyn std::io::Read + Send>>| {
        std::thread::spawn(move || {
            let mut text = Vec::new();
            if let Some(mut from) = from {
                from.read_to_end(&mut text).ok();
            }
            String::from_utf8_lossy(&text).into_owned()
        })
    };
    let out = read(child.stdout.take().map(|out| Box::new(out) as _));
    let err = read(child.stderr.take().map(|err| Box::new(err) as _));
    let begin = Instant::now();
    let success = loop {
        if let Some(status) = child.try_wait().expect("the peer can be asked") {
            break status.success();
        }
        if begin.elapsed() > limit {
            child.kill().ok();
            child.wait().ok();
            break false;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    (out.join().expect("a reader") + &err.join().expect("a reader"), success)
}

/// Head and body of what the page's server answers; HTTP/1.0 has no chunks in it.
pub fn get(server: &Layercast, path: &str) -> (String, Vec<u8>) {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(server.page).expect("the server listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {}\r\n\r\n", server.page).expect("it takes a request");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n").expect("a head") + 4;
    (String::from_utf8_lossy(&answer[..end]).into_owned(), answer[end..].to_vec())
}
