//! Benchmarks, on request only: they print figures and judge nothing.

use crate::process;
use crate::product;
use crate::programs::{cargo, chromium, root};
use anyhow::{Context, Result};
use std::process::{Command, ExitCode};

/// The simulator's speed, then the page's.
pub fn run() -> Result<ExitCode> {
    let program = product::build()?;
    println!("\n=== worlds: simulated against real time");
    process::must(cargo().args(["bench", "--package", "simulator", "--bench", "world"]))?;
    println!("\n=== page: first picture, frames, script, memory");
    let chromium = chromium().context("no Chromium or Chrome was found; CHROMIUM can name one")?;
    let script = |name: &str, arguments: &[&str]| {
        let mut node = Command::new("node");
        node.current_dir(root().join("web")).arg(format!("test/bench/{name}")).args(arguments);
        node.env("CHROMIUM", &chromium).env("LAYERCAST_BIN", root().join(&program));
        process::must(&mut node)
    };
    script("page.mjs", &["60"])?;
    println!("\n=== seek: from a press on the timeline to the picture, in a run of ten minutes");
    script("seek.mjs", &["600"])?;
    Ok(ExitCode::SUCCESS)
}
