//! The programs that tests talk to: which are here, in which version, and how to get the others.

use crate::process;
use crate::programs::{chromium, find, root, target};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// A peer that tests talk to, and the Debian packages that bring it.
struct Peer {
    /// What it is called in messages.
    name: &'static str,
    /// What says its version, when it is here.
    version: fn() -> Option<Command>,
    /// Debian's packages.
    packages: &'static [&'static str],
}

const PEERS: [Peer; 11] = [
    Peer {
        name: "Chromium",
        version: || asked(chromium()?.to_str()?, &["--version"]),
        packages: &["chromium", "fonts-liberation"],
    },
    Peer { name: "ffmpeg", version: || asked("ffmpeg", &["-version"]), packages: &["ffmpeg"] },
    Peer { name: "ffprobe", version: || asked("ffprobe", &["-version"]), packages: &["ffmpeg"] },
    Peer { name: "tshark", version: || asked("tshark", &["--version"]), packages: &["tshark"] },
    Peer {
        name: "GStreamer",
        version: || asked("gst-launch-1.0", &["--version"]),
        packages: &["gstreamer1.0-tools", "gstreamer1.0-plugins-base", "gstreamer1.0-plugins-good"],
    },
    Peer {
        name: "GStreamer's publisher (rtspclientsink)",
        version: || element("rtspclientsink"),
        packages: &["gstreamer1.0-rtsp"],
    },
    Peer {
        name: "GStreamer's H.264 encoder (openh264enc)",
        version: || element("openh264enc"),
        packages: &["gstreamer1.0-plugins-bad"],
    },
    Peer {
        name: "GStreamer for Python, with its RTSP server",
        version: || asked("/usr/bin/python3", &["-c", BINDINGS]),
        packages: &["python3-gi", "gir1.2-gst-plugins-base-1.0", "gir1.2-gst-rtsp-server-1.0"],
    },
    Peer { name: "VLC", version: vlc, packages: &["vlc-bin", "vlc-plugin-base"] },
    Peer { name: "mpv", version: || asked("mpv", &["--version"]), packages: &["mpv"] },
    Peer { name: "curl", version: || asked("curl", &["--version"]), packages: &["curl"] },
];

/// Fails where Debian's Python lacks a binding.
const BINDINGS: &str = "import gi; gi.require_version('Gst', '1.0'); gi.require_version('GstApp', '1.0'); gi.require_version('GstRtspServer', '1.0'); \
    from gi.repository import Gst; print(Gst.version_string())";

/// Peers that Python's package index carries, in the versions that were tried.
const FROM_PYPI: [&str; 2] = ["imageio-ffmpeg==0.8.1", "aiortsp==1.4.0"];

/// Installs the missing peers where that is possible without asking (Debian, as root);
/// elsewhere says what to install. Tests say themselves what they miss.
pub fn provide() {
    let missing: Vec<&Peer> = PEERS.iter().filter(|peer| !peer.is_here()).collect();
    if !missing.is_empty() {
        install(missing.iter().flat_map(|peer| peer.packages).copied());
        for peer in missing.iter().filter(|peer| !peer.is_here()) {
            println!("xtask: {} is missing (Debian: apt-get install {})", peer.name, peer.packages.join(" "));
        }
    }
    if let Err(error) = fetch() {
        println!("xtask: {error:#}");
    }
}

/// `cargo xtask peers`: provides them, and prints the version of each.
pub fn list() -> Result<ExitCode> {
    provide();
    for peer in &PEERS {
        println!("{}: {}", peer.name, peer.version().unwrap_or_else(|| "missing".to_owned()));
    }
    let newest = newest_ffmpeg().and_then(|path| first_line(Command::new(path).arg("-version")));
    println!("ffmpeg from PyPI: {}", newest.unwrap_or_else(|| "missing".to_owned()));
    println!("from PyPI: {}", FROM_PYPI.join(" "));
    Ok(ExitCode::SUCCESS)
}

impl Peer {
    fn is_here(&self) -> bool {
        self.version().is_some()
    }

    /// What it says of itself, in its first line.
    fn version(&self) -> Option<String> {
        first_line(&mut (self.version)()?)
    }
}

/// `program` with `arguments`, if it is on the `PATH`.
fn asked(program: &str, arguments: &[&str]) -> Option<Command> {
    find(program).or_else(|| Some(PathBuf::from(program)).filter(|path| path.is_file()))?;
    let mut command = Command::new(program);
    command.args(arguments);
    Some(command)
}

/// VLC says its version to anybody but root.
fn vlc() -> Option<Command> {
    let vlc = asked("cvlc", &["--version"])?;
    if !is_root() {
        return Some(vlc);
    }
    asked("setpriv", &["--reuid=nobody", "--regid=nogroup", "--clear-groups", "cvlc", "--version"])
}

/// A question after an element of GStreamer: it fails where there is none.
fn element(name: &str) -> Option<Command> {
    asked("gst-inspect-1.0", &["--exists", name])
}

/// The first line that a program prints before it ends with success.
fn first_line(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8_lossy(&output.stdout);
    Some(text.lines().next().unwrap_or("here").to_owned())
}

/// Installs Debian's `packages` where this process may.
fn install<'a>(packages: impl Iterator<Item = &'a str>) {
    if find("apt-get").is_none() || !is_root() {
        return;
    }
    let packages: Vec<&str> = packages.collect();
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

/// Fetches the peers that PyPI carries into the target folder, unless they are there.
fn fetch() -> Result<()> {
    let folder = from_pypi();
    // What the folder was filled from: another version is fetched anew.
    let stamp = folder.join("fetched.txt");
    let wanted = FROM_PYPI.join("\n");
    if std::fs::read_to_string(&stamp).is_ok_and(|fetched| fetched == wanted) {
        return Ok(());
    }
    std::fs::remove_dir_all(&folder).ok();
    if python().is_none() {
        install(["python3-pip"].into_iter());
    }
    let python = python().context("pip is missing (Debian: apt-get install python3-pip)")?;
    println!("xtask: fetching {}", FROM_PYPI.join(" "));
    let mut pip = Command::new(python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]);
    pip.args(["--root-user-action=ignore", "--target"]).arg(&folder).args(FROM_PYPI);
    process::must(&mut pip).context("peers from PyPI")?;
    if newest_ffmpeg().is_none() {
        bail!("imageio-ffmpeg carries no ffmpeg for this system");
    }
    std::fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
}

/// A Python with pip.
fn python() -> Option<&'static str> {
    let has_pip = |python: &&str| {
        let version = Command::new(python).args(["-m", "pip", "--version"]).output();
        version.is_ok_and(|output| output.status.success())
    };
    ["python3", "/usr/bin/python3", "python"].into_iter().find(has_pip)
}

/// Where the peers from PyPI are: tests look there, too.
fn from_pypi() -> PathBuf {
    root().join(target()).join("peers/python")
}

/// The newest ffmpeg, which the package `imageio-ffmpeg` carries as one file.
fn newest_ffmpeg() -> Option<PathBuf> {
    let folder: &Path = &from_pypi().join("imageio_ffmpeg/binaries");
    let files = std::fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    files
        .into_iter()
        .find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("ffmpeg-")))
}

/// Whether this process may install packages.
fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.starts_with(b"0\n"))
}
