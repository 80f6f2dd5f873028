//! The page and the program: built, and started.

use crate::process;
use crate::programs::{cargo, need_npm, npm, root, target};
use anyhow::{Context, Result};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// Builds everything, and starts `layercast` with `arguments`.
pub fn run(arguments: &[OsString]) -> Result<ExitCode> {
    let program = build()?;
    let status = Command::new(&program)
        .args(arguments)
        .status()
        .with_context(|| format!("cannot start {}", program.display()))?;
    // A program ended by a signal has no code; that is how Ctrl-C may end it.
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Builds the page, then the program that carries it.
pub fn build() -> Result<PathBuf> {
    page()?;
    process::must(cargo().args(["build", "--release", "--package", "server"]))?;
    Ok(program("release"))
}

/// Where cargo puts the program in `profile`.
pub fn program(profile: &str) -> PathBuf {
    target().join(profile).join(format!("layercast{}", std::env::consts::EXE_SUFFIX))
}

/// Builds the page into `web/dist`.
pub fn page() -> Result<()> {
    packages()?;
    process::must(npm().args(["run", "--silent", "build"])).context("the page could not be built")
}

/// Fetches the page's packages, unless those here are the ones that the lock file names.
pub fn packages() -> Result<()> {
    need_npm()?;
    let web = root().join("web");
    let lock = std::fs::read(web.join("package-lock.json")).context("web/package-lock.json")?;
    // A copy of the lock file that the packages were fetched by: file times say nothing
    // after a checkout.
    let stamp = web.join("node_modules/.layercast-lock.json");
    if std::fs::read(&stamp).is_ok_and(|fetched| fetched == lock) {
        return Ok(());
    }
    process::must(npm().args(["ci", "--no-audit", "--no-fund"])).context("the page's packages")?;
    std::fs::write(&stamp, lock).with_context(|| format!("cannot write {}", stamp.display()))
}
