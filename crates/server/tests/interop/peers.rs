//! Where each peer is found, which version it is, and how it is run.

use crate::common::peer;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a peer may take for a few seconds of video on a machine with much to do.
pub const LIMIT: Duration = Duration::from_secs(60);

/// Which lower transport a peer is told to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lower {
    Udp,
    Tcp,
}

impl Lower {
    /// As most programs name it.
    pub fn name(self) -> &'static str {
        match self {
            Lower::Udp => "udp",
            Lower::Tcp => "tcp",
        }
    }
}

/// What a peer said, and how it ended.
pub struct Said {
    /// Standard output: pictures, mostly.
    pub out: Vec<u8>,
    /// Standard error.
    pub err: String,
    /// Whether it ended by itself, and with success.
    pub success: bool,
}

/// A peer that runs until it is dropped.
pub struct Running {
    child: Child,
    out: Option<std::thread::JoinHandle<Vec<u8>>>,
    err: Option<std::thread::JoinHandle<Vec<u8>>>,
}

impl Running {
    /// Starts it; its outputs are kept.
    pub fn start(command: &mut Command) -> Self {
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the peer can be started");
        fn keep(mut from: impl Read + Send + 'static) -> Option<std::thread::JoinHandle<Vec<u8>>> {
            Some(std::thread::spawn(move || {
                let mut kept = Vec::new();
                from.read_to_end(&mut kept).ok();
                kept
            }))
        }
        let out = keep(child.stdout.take().expect("standard output is a pipe"));
        let err = keep(child.stderr.take().expect("standard error is a pipe"));
        Running { child, out, err }
    }

    /// Waits for its end, at most for `limit`; then it is killed.
    pub fn end(mut self, limit: Duration) -> Said {
        let begin = Instant::now();
        let success = loop {
            if let Some(status) = self.child.try_wait().expect("the peer can be asked") {
                break status.success();
            }
            if begin.elapsed() > limit {
                self.child.kill().ok();
                self.child.wait().ok();
                break false;
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        let out = self.out.take().and_then(|out| out.join().ok()).unwrap_or_default();
        let err = self.err.take().and_then(|err| err.join().ok()).unwrap_or_default();
        Said { out, err: String::from_utf8_lossy(&err).into_owned(), success }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Runs a peer to its end, at most for [`LIMIT`].
pub fn run(program: &str, arguments: &[&str]) -> Said {
    Running::start(Command::new(program).args(arguments)).end(LIMIT)
}

/// Debian's ffmpeg, or whatever the system has.
pub fn ffmpeg() -> Option<String> {
    peer("ffmpeg").then(|| "ffmpeg".to_owned())
}

/// The newest ffmpeg, from the Python package `imageio-ffmpeg`, which carries one file that
/// needs nothing else. `LAYERCAST_FFMPEG` says where it is.
pub fn newest_ffmpeg() -> Option<String> {
    let found = std::env::var_os("LAYERCAST_FFMPEG").map(PathBuf::from).filter(|path| path.is_file());
    if found.is_none() {
        eprintln!("skipped: LAYERCAST_FFMPEG names no newest ffmpeg");
    }
    found.map(|path| path.to_string_lossy().into_owned())
}
