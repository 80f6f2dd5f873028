//! Every test there is, one runner after another, and one line at the end.

use crate::peers;
use crate::process::{self, Heard};
use crate::product;
use crate::programs::{cargo, chromium, npm, root, target};
use crate::tally::{self, Tally};
use anyhow::{Context, Result};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

/// The profile of all tests: optimised, and still checked for overflow. One profile, so that
/// everything is compiled once.
const PROFILE: &str = "checked";

/// The longest that one runner may take, compilation included.
const LIMIT: Duration = Duration::from_secs(40 * 60);

/// One line of the summary.
struct Part {
    name: &'static str,
    tally: Tally,
    took: Duration,
}

/// Runs everything; success only when nothing failed.
pub fn run() -> Result<ExitCode> {
    peers::provide();
    let mut parts = Vec::new();
    let mut part = |name: &'static str, run: &mut dyn FnMut() -> Result<Tally>| {
        println!("\n=== {name}");
        let begin = Instant::now();
        let tally = run().unwrap_or_else(|error| {
            println!("xtask: {error:#}");
            Tally::of(false)
        });
        parts.push(Part { name, tally, took: begin.elapsed() });
        tally
    };

    // The page first: the program carries it.
    let page = part("page: build", &mut || product::page().map(|()| Tally::of(true)));
    if page.failed == 0 {
        part("page: types", &mut || check(npm().args(["run", "--silent", "check"])));
        part("page: first load within 150 kB", &mut || check(npm().args(["run", "--silent", "budget"])));
        part("page: unit tests", &mut unit);
    }
    part("rust: format", &mut || check(cargo().args(["fmt", "--all", "--check"])));
    part("rust: clippy", &mut || {
        check(cargo().args(["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]))
    });
    part("rust: tests and interop", &mut rust);
    if page.failed == 0 {
        part("page: browser tests", &mut browser);
    }

    let mut all = Tally::default();
    println!("\n=== summary");
    for Part { name, tally, took } in &parts {
        println!("{name}: {} passed, {} failed ({} s)", tally.passed, tally.failed, took.as_secs());
        all += *tally;
    }
    println!("{} passed, {} failed", all.passed, all.failed);
    Ok(if all.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A command that is one check.
fn check(command: &mut Command) -> Result<Tally> {
    Ok(Tally::of(process::listen(command, LIMIT)?.success()))
}

/// All tests of all crates. Interop tests are among them; a missing peer fails them when
/// `CI=true`, else they say that they are skipped.
fn rust() -> Result<Tally> {
    let mut command = cargo();
    command.args(["test", "--workspace", "--no-fail-fast", "--profile", PROFILE]);
    let Heard { text, status } = process::listen(&mut command, LIMIT)?;
    Ok(tally::cargo(&text).settled(status.is_some_and(|status| status.success())))
}

/// The page's tests without a browser.
fn unit() -> Result<Tally> {
    let report = report("vitest.json")?;
    let mut command = npm();
    command.args(["run", "--silent", "test:unit", "--", "--reporter=default", "--reporter=json"]);
    command.arg(format!("--outputFile.json={}", report.display()));
    let heard = process::listen(&mut command, LIMIT)?;
    let text = std::fs::read_to_string(report).unwrap_or_default();
    Ok(tally::vitest(&text).settled(heard.success()))
}

/// The page's journeys, in a browser, against the program.
fn browser() -> Result<Tally> {
    // The Rust tests have left the program there; only without them it must be built.
    if !root().join(product::program(PROFILE)).exists() {
        process::must(cargo().args(["build", "--package", "server", "--profile", PROFILE]))?;
    }
    let chromium = chromium().context("no Chromium or Chrome was found; CHROMIUM can name one")?;
    let report = report("playwright.json")?;
    let mut command = npm();
    command.args(["run", "--silent", "test:browser", "--", "--reporter=list,json"]);
    command
        .env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report)
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .env("CHROMIUM", chromium)
        .env("LAYERCAST_BIN", root().join(product::program(PROFILE)));
    let heard = process::listen(&mut command, LIMIT)?;
    let text = std::fs::read_to_string(report).unwrap_or_default();
    Ok(tally::playwright(&text).settled(heard.success()))
}

/// Where a runner puts its report; an old one is removed.
fn report(name: &str) -> Result<std::path::PathBuf> {
    let dir = root().join(target());
    std::fs::create_dir_all(&dir)?;
    let file = dir.join(name);
    std::fs::remove_file(&file).ok();
    Ok(file)
}
