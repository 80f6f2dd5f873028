//! The servers that are measured, each pinned to the first core.

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Clock ticks of `/proc` a second; Linux has had this value on all machines for long.
const TICKS: f64 = 100.0;

/// A running server.
pub struct Subject {
    child: Child,
    /// Where it listens.
    pub at: SocketAddr,
    /// What to ask it for.
    pub path: &'static str,
}

impl Subject {
    /// Layercast with its whole network, in which every link can carry them all.
    pub fn layercast(media: &Path) -> Result<Self> {
        let mut command = pinned(env!("CARGO_BIN_EXE_layercast"));
        command.args(["serve", "--http", "127.0.0.1:0", "--rtsp", "127.0.0.1:0"]);
        command.args(["--scenario", "lecture-hall", "--history", "10s"]);
        command.arg("--media").arg(media);
        Self::start(command, "RTSP: rtsp://", "/long")
    }

    /// gst-rtsp-server with the same pictures, made into packets once for all clients.
    pub fn gstreamer(folder: &Path) -> Result<Self> {
        let mut command = pinned("/usr/bin/python3");
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/clients/gst_server.py"));
        command.arg(folder.join("long.avi"));
        Self::start(command, "RTSP: rtsp://", "/demo")
    }

    fn start(mut command: Command, marker: &str, path: &'static str) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {:?}", command.get_program()))?;
        let out = child.stdout.take().context("no standard output")?;
        let mut lines = BufReader::new(out).lines();
        for line in lines.by_ref() {
            if let Some(rest) = line?.strip_prefix(marker) {
                let at = rest.split('/').next().unwrap_or_default().parse()?;
                // Reads on, so that it never waits for its reader.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(Subject { child, at, path });
            }
        }
        bail!("{:?} ended before it listened", command.get_program())
    }

    /// Processor time used so far by all its threads.
    pub fn processor(&self) -> Result<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name, in parentheses, may have spaces; the fields behind it have none.
        let (_, fields) = stat.rsplit_once(')').context("no process")?;
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
        Ok(Duration::from_secs_f64(ticks as f64 / TICKS))
    }

    /// Memory in use, octets.
    pub fn memory(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no figure")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn pinned(program: &str) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", "0", program]);
    command
}
