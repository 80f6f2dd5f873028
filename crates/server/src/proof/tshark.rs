//! tshark at work: octets in, its reading of one frame out, within a time and a size.

use protocol::dissect::limits::RTSP_PORTS;
use protocol::dissect::proof::PREFERENCES;
use protocol::dissect::proof::pdml::{self, Packet};
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// The program that is sought on the path when no other is named.
pub const TSHARK: &str = "tshark";

/// How long it may take. It needs a second to begin, on a busy machine a few.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The longest answer that is read, octets.
pub const MAX_ANSWER: usize = 8 << 20;

/// Octets of what it complains about.
const MAX_COMPLAINT: usize = 4096;

/// How often it is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(10);

/// Why a frame was not checked.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// There is no such program.
    #[error("there is no tshark")]
    Missing,
    /// It is there and cannot be run.
    #[error("tshark could not be started ({0})")]
    Start(io::Error),
    /// It did not end.
    #[error("tshark did not answer within {} s", .0.as_secs())]
    Slow(Duration),
    /// It said too much.
    #[error("tshark's answer is longer than {} MB", MAX_ANSWER >> 20)]
    Long,
    /// It ended badly.
    #[error("tshark could not read the frame: {0}")]
    Failed(String),
    /// What it said is no dissection of one frame.
    #[error("tshark did not answer with one frame in PDML")]
    Unreadable,
}

/// What it said.
#[derive(Debug)]
pub struct Answer {
    /// Its name and version: `TShark 4.0.17`.
    pub checker: String,
    /// The frame's fields.
    pub packet: Packet,
}

/// Asks `program` about frame `number` (from 1) of a capture file.
///
/// # Errors
/// When it cannot be started, does not end within `patience`, or says nothing of use.
pub fn ask(
    program: &Path,
    file: Vec<u8>,
    number: usize,
    rtsp_ports: &[u16],
    patience: Duration,
) -> Result<Answer, AskError> {
    let mut command = Command::new(program);
    command.args(["-n", "-r", "-", "-T", "pdml", "-Y"]).arg(format!("frame.number=={number}"));
    command.args(PREFERENCES.iter().flat_map(|preference| ["-o", preference]));
    for port in rtsp_ports.iter().filter(|port| !RTSP_PORTS.contains(port)) {
        command.arg("-d").arg(format!("tcp.port=={port},rtsp"));
    }
    let text = run(command, file, patience)?;
    let checker = pdml::creator(&text).and_then(|creator| {
        let version = creator.strip_prefix("wireshark/")?;
        Some(format!("TShark {version}"))
    });
    let packet = pdml::parse(&text).pop().filter(|packet| !packet.is_empty());
    checker.zip(packet).map(|(checker, packet)| Answer { checker, packet }).ok_or(AskError::Unreadable)
}

/// Runs a program to its end and answers what it wrote.
fn run(mut command: Command, input: Vec<u8>, patience: Duration) -> Result<String, AskError> {
    let until = Instant::now() + patience;
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => AskError::Missing,
        _ => AskError::Start(error),
    })?;
    let mut child = Ended(child);
    let Ended(process) = &mut child;
    let (Some(mut stdin), Some(stdout), Some(stderr)) =
        (process.stdin.take(), process.stdout.take(), process.stderr.take())
    else {
        return Err(AskError::Start(io::ErrorKind::BrokenPipe.into()));
    };
    // It may answer before it has read everything. Nobody waits for these threads: they end with
    // the last process that holds the pipe's other end.
    thread::spawn(move || stdin.write_all(&input).ok());
    let answer = reader(stdout, MAX_ANSWER);
    let complaint = reader(stderr, MAX_COMPLAINT);
    let answer = answer.recv_timeout(until - Instant::now()).map_err(|error| match error {
        RecvTimeoutError::Timeout => AskError::Slow(patience),
        RecvTimeoutError::Disconnected => AskError::Unreadable,
    })?;
    if answer.len() > MAX_ANSWER {
        return Err(AskError::Long);
    }
    let status = loop {
        match child.0.try_wait().map_err(AskError::Start)? {
            Some(status) => break status,
            None if Instant::now() >= until => return Err(AskError::Slow(patience)),
            None => thread::sleep(LOOK),
        }
    };
    if !status.success() {
        let words = complaint.recv_timeout(LOOK).unwrap_or_default();
        let words = String::from_utf8_lossy(&words);
        let last = words.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it gave no reason");
        return Err(AskError::Failed(last.trim().to_owned()));
    }
    String::from_utf8(answer).map_err(|_| AskError::Unreadable)
}

/// Reads a pipe to its end, or to one octet behind `limit`.
fn reader(pipe: impl Read + Send + 'static, limit: usize) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut octets = Vec::new();
        pipe.take(limit as u64 + 1).read_to_end(&mut octets).ok();
        sender.send(octets).ok();
    });
    receiver
}

/// A process that does not outlive its use.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(script);
        command
    }

    fn ran(script: &str, patience: Duration) -> Result<String, AskError> {
        run(shell(script), vec![7; 1 << 20], patience)
    }

    #[test]
    fn a_program_that_is_not_there_is_missed() {
        let error = ask(Path::new("/no/such/tshark"), Vec::new(), 1, &[], PATIENCE).unwrap_err();
        assert!(matches!(error, AskError::Missing), "{error}");
    }

    #[test]
    fn a_program_that_does_not_end_is_ended() {
        let begin = Instant::now();
        // Also when a child of its own holds the pipe.
        for script in ["exec sleep 60", "sleep 60", "exec >&-; exec sleep 60"] {
            let error = ran(script, Duration::from_millis(200)).unwrap_err();
            assert!(matches!(error, AskError::Slow(_)), "{error}");
        }
        assert!(begin.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn what_is_too_long_failed_or_no_pdml_is_told() {
        let long = ran("exec yes", PATIENCE).unwrap_err();
        assert!(matches!(long, AskError::Long), "{long}");
        let failed = ran("echo 'no such frame' >&2; exit 3", PATIENCE).unwrap_err();
        assert_eq!(failed.to_string(), "tshark could not read the frame: no such frame");
        assert_eq!(ran("echo text", PATIENCE).unwrap(), "text\n");
        let error = ask(Path::new("/bin/true"), Vec::new(), 1, &[9554], PATIENCE).unwrap_err();
        assert!(matches!(error, AskError::Unreadable | AskError::Missing), "{error}");
    }
}
