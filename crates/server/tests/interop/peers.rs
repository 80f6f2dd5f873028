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

impl Said {
    /// Both outputs as text.
    pub fn text(&self) -> String {
        format!("{}{}", String::from_utf8_lossy(&self.out), self.err)
    }
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

    /// Its process, for signals.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("the peer can be asked").is_some()
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

    /// Ends it now: as a user does with Ctrl-C.
    pub fn interrupt(self) -> Said {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-INT", &id]).status().ok();
        self.end(Duration::from_secs(10))
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
/// needs nothing else.
pub fn newest_ffmpeg() -> Option<String> {
    let folder = from_pypi("imageio_ffmpeg")?.join("binaries");
    let files = std::fs::read_dir(folder).expect("a folder that can be read");
    let mut names = files.map(|file| file.expect("a file").path().to_string_lossy().into_owned());
    names.find(|path| path.contains("/ffmpeg-"))
}

/// A package from PyPI, where `cargo xtask test` (or `cargo xtask peers`) has put it. A missing
/// one fails under `CI=true`; elsewhere the test is skipped with a line that says so.
pub fn from_pypi(package: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../peers/python").join(package);
    let here = folder.is_dir();
    assert!(here || std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{package} is missing");
    if !here {
        eprintln!("skipped: {package} is not here (cargo xtask peers fetches it)");
    }
    here.then_some(folder)
}

/// Debian's own Python, which sees Debian's libraries (GStreamer's among them).
pub fn system_python() -> Option<String> {
    let names = ["/usr/bin/python3", "python3"];
    let found = names.into_iter().find(|name| Command::new(name).arg("--version").output().is_ok());
    found.map(str::to_owned).or_else(|| peer("python3").then(|| "python3".to_owned()))
}

/// One of our scripts that drive peers.
pub fn script(name: &str) -> String {
    format!("{}/tests/interop/scripts/{name}", env!("CARGO_MANIFEST_DIR"))
}
