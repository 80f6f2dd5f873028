//! Running a program within a time, and reading what it prints.

use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Runs a program that must succeed; what it prints goes straight through.
pub fn must(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", name(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", name(command));
    }
    Ok(())
}

/// What a program printed and how it ended.
pub struct Heard {
    /// Everything it printed, standard output and standard error line by line.
    pub text: String,
    /// How it ended; `None` when it did not in the time given and was ended.
    pub status: Option<ExitStatus>,
}

impl Heard {
    /// Whether it ended by itself and with success.
    pub fn success(&self) -> bool {
        self.status.is_some_and(|status| status.success())
    }
}

/// Runs a program for at most `limit`, shows what it prints and keeps it.
pub fn listen(command: &mut Command, limit: Duration) -> Result<Heard> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("cannot start {}", name(command)))?;
    let out = child.stdout.take().context("a piped program has an output")?;
    let err = child.stderr.take().context("a piped program has an error output")?;
    let out = std::thread::spawn(move || echo(out, false));
    let err = std::thread::spawn(move || echo(err, true));
    let status = wait(&mut child, limit)?;
    if status.is_none() {
        // Its children may hold the pipes open; what was read until now must do.
        println!("xtask: {} did not end within {} s and was ended", name(command), limit.as_secs());
        return Ok(Heard { text: String::new(), status });
    }
    let mut text = out.join().unwrap_or_default();
    text.push_str(&err.join().unwrap_or_default());
    Ok(Heard { text, status })
}

/// Waits for the end of `child`; at the limit ends it and answers `None`.
fn wait(child: &mut Child, limit: Duration) -> Result<Option<ExitStatus>> {
    let begin = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if begin.elapsed() > limit {
            child.kill().ok();
            child.wait().ok();
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Copies lines to this program's own output and keeps them.
fn echo(from: impl Read, error: bool) -> String {
    let mut kept = String::new();
    let mut lines = BufReader::new(from);
    let mut line = Vec::new();
    while matches!(lines.read_until(b'\n', &mut line), Ok(1..)) {
        let text = String::from_utf8_lossy(&line);
        if error {
            eprint!("{text}");
        } else {
            print!("{text}");
        }
        kept.push_str(&text);
        line.clear();
    }
    kept
}

/// A command's program, for messages.
fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}
