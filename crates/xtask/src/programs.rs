//! Finding programs: npm, cargo, the browser.

use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").components().collect()
}

/// The cargo that runs this task.
pub fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    cargo
}

/// Cargo's target folder, which the user may have moved.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// npm, in the page's folder. On Windows it is a script with an ending of its own.
pub fn npm() -> Command {
    let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.current_dir(root().join("web"));
    npm
}

/// Says how to get npm when it is missing.
pub fn need_npm() -> Result<()> {
    if npm().arg("--version").output().is_ok_and(|output| output.status.success()) {
        return Ok(());
    }
    bail!("npm was not found: install Node.js 20.19 or newer (https://nodejs.org), then try again")
}

/// Where `program` is, by the `PATH`.
pub fn find(program: &str) -> Option<PathBuf> {
    let endings: &[&str] = if cfg!(windows) { &[".exe", ".cmd", ""] } else { &[""] };
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|dir| endings.iter().map(move |ending| dir.join(format!("{program}{ending}"))))
        .find(|file| file.is_file())
}

/// Chromium or Chrome, wherever systems keep it; `CHROMIUM` names another one.
pub fn chromium() -> Option<PathBuf> {
    const PLACES: [&str; 4] = [
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "C:/Program Files/Google/Chrome/Application/chrome.exe",
        "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
    ];
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    named
        .or_else(|| ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| find(name)))
        .or_else(|| PLACES.iter().map(PathBuf::from).find(|file| file.is_file()))
}
