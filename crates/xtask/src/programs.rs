//! Finding programs: npm, cargo, the browser, and the peers that interop tests talk to.

use crate::process;
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

/// A peer that tests talk to, and the Debian packages that bring it.
struct Peer {
    /// What it is called in messages.
    name: &'static str,
    /// Whether it is here.
    here: fn() -> bool,
    /// Debian's packages.
    packages: &'static [&'static str],
}

const PEERS: [Peer; 4] = [
    Peer { name: "Chromium", here: || chromium().is_some(), packages: &["chromium", "fonts-liberation"] },
    Peer {
        name: "ffmpeg and ffprobe",
        here: || find("ffmpeg").is_some() && find("ffprobe").is_some(),
        packages: &["ffmpeg"],
    },
    Peer { name: "tshark", here: || find("tshark").is_some(), packages: &["tshark"] },
    Peer {
        name: "GStreamer (gst-launch-1.0)",
        here: || find("gst-launch-1.0").is_some(),
        packages: &["gstreamer1.0-tools", "gstreamer1.0-plugins-base", "gstreamer1.0-plugins-good"],
    },
];

/// Installs the missing peers where that is possible without asking (Debian, as root);
/// elsewhere says what to install. Tests say themselves what they miss.
pub fn provide_peers() {
    let missing: Vec<&Peer> = PEERS.iter().filter(|peer| !(peer.here)()).collect();
    if missing.is_empty() {
        return;
    }
    let packages: Vec<&str> = missing.iter().flat_map(|peer| peer.packages).copied().collect();
    if find("apt-get").is_some() && is_root() {
        println!("xtask: installing {}", packages.join(" "));
        let apt = || {
            let mut apt = Command::new("apt-get");
            apt.env("DEBIAN_FRONTEND", "noninteractive");
            apt
        };
        // An old package list names files that are gone; a failed update may still do.
        process::must(apt().args(["update", "-qq"])).ok();
        let install =
            process::must(apt().args(["install", "-y", "-qq", "--no-install-recommends"]).args(&packages));
        if let Err(error) = install {
            println!("xtask: {error:#}");
        }
    }
    for peer in missing.iter().filter(|peer| !(peer.here)()) {
        println!("xtask: {} is missing (Debian: apt-get install {})", peer.name, peer.packages.join(" "));
    }
}

/// Whether this process may install packages.
fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.starts_with(b"0\n"))
}
