//! How fast `layercast dissect` and `tshark -T ek` take the same capture apart, one after the
//! other in one run: `cargo bench -p server --bench dissect`.

use layercast::dissect::lines;
use protocol::dissect::Dissector;
use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How much of each scenario is captured: tens of thousands of frames.
const SIMULATED: &str = "60s";
/// Each side is measured as often, and its best time counts.
const ROUNDS: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir();
    for scenario in ["classroom", "classroom-tcp"] {
        let file = folder.join(format!("layercast-bench-{}-{scenario}.pcapng", std::process::id()));
        capture(scenario, &file)?;
        let octets = std::fs::metadata(&file)?.len();
        let mut frames = 0;
        let ours = best(|| {
            let mut written = Counted::default();
            frames = lines(File::open(&file)?, &mut written, Dissector::new(), false)?;
            Ok(written.octets)
        })?;
        let theirs = best(|| {
            let mut command = Command::new("tshark");
            command.args(["-n", "-r"]).arg(&file).args(["-T", "ek"]);
            let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
            let mut written = Counted::default();
            std::io::copy(&mut child.stdout.take().ok_or("no pipe")?, &mut written)?;
            if child.wait()?.success() { Ok(written.octets) } else { Err("tshark failed".into()) }
        })?;
        let rate = |time: Duration| frames as f64 / time.as_secs_f64();
        println!("{scenario}: {frames} frames, {octets} octets");
        for (name, (time, written)) in [("layercast dissect", ours), ("tshark -T ek", theirs)] {
            println!(
                "  {name}: {:.3} s, {:.0} frames/s, {written} octets of JSON",
                time.as_secs_f64(),
                rate(time)
            );
        }
        println!("  ratio: {:.1}", theirs.0.as_secs_f64() / ours.0.as_secs_f64());
        std::fs::remove_file(file)?;
    }
    Ok(())
}

/// Runs the program beside this one to write a capture.
fn capture(scenario: &str, file: &Path) -> Result<(), Box<dyn Error>> {
    let program = env!("CARGO_BIN_EXE_layercast");
    let status = Command::new(program)
        .args(["run", "--scenario", scenario, "--for", SIMULATED, "--capture"])
        .arg(file)
        .stderr(Stdio::null())
        .status()?;
    if status.success() { Ok(()) } else { Err("the capture could not be made".into()) }
}

/// The shortest time of several rounds, and what the last answered.
fn best(mut run: impl FnMut() -> Result<u64, Box<dyn Error>>) -> Result<(Duration, u64), Box<dyn Error>> {
    let mut best = (Duration::MAX, 0);
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        let written = run()?;
        best = (best.0.min(begin.elapsed()), written);
    }
    Ok(best)
}

/// Counts what is written, and forgets it.
#[derive(Default)]
struct Counted {
    octets: u64,
}

impl Write for Counted {
    fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
        self.octets += octets.len() as u64;
        Ok(octets.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
