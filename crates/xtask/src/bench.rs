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
    let mut page = Command::new("node");
    page.current_dir(root().join("web")).arg("test/bench/page.mjs").arg("60");
    page.env("CHROMIUM", chromium).env("LAYERCAST_BIN", root().join(program));
    process::must(&mut page)?;
    Ok(ExitCode::SUCCESS)
}
