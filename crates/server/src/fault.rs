//! What can be wrong with the way the program was started: one clear line each.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the program cannot start. The text is one line for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// Somebody else listens there.
    #[error(
        "{option} {address}: the port is in use by another program; choose another one, or port 0 for a free one"
    )]
    PortInUse {
        /// The option that named the address.
        option: &'static str,
        /// The address.
        address: SocketAddr,
    },
    /// The address cannot be listened on for another reason.
    #[error("{option} {address}: cannot listen there ({error})")]
    Listen {
        /// The option that named the address.
        option: &'static str,
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        error: io::Error,
    },
    /// No two neighbouring UDP ports were free.
    #[error("no free pair of UDP ports for RTP from {from} to {to} on {ip}; name one with --rtp-port")]
    NoRtpPorts {
        /// The first port tried.
        from: u16,
        /// The last port tried.
        to: u16,
        /// On which address.
        ip: std::net::IpAddr,
    },
    /// The system sends no multicast on the loopback interface.
    #[error("--multicast: groups cannot be sent to on the loopback interface ({error})")]
    Multicast {
        /// The system's reason.
        error: io::Error,
    },
    /// A file cannot be read.
    #[error("{option} {}: {error}", path.display())]
    File {
        /// The option that named it.
        option: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
    /// No device has this name.
    #[error("--host {name}: there is no such device; there are {known}")]
    NoHost {
        /// The name given.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// A file that is no capture, or a broken one.
    #[error("dissect {}: {error}", path.display())]
    Capture {
        /// The file.
        path: PathBuf,
        /// What is wrong, with the octet's number.
        error: protocol::capture::CaptureError,
    },
    /// More ports than the dissector watches.
    #[error(
        "--rtsp-port: at most {} ports can be watched, 554 and 8554 among them",
        protocol::dissect::limits::MAX_RTSP_PORTS
    )]
    RtspPorts,
    /// A media folder without a single clip.
    #[error("--media {}: no Motion JPEG file ({}) is in this folder", path.display(), crate::start::EXTENSIONS.map(|extension| format!(".{extension}")).join(", "))]
    NoClips {
        /// The folder.
        path: PathBuf,
    },
    /// A media folder with too many clips.
    #[error("--media {}: {count} files are more than the {} that can be served", path.display(), crate::start::MAX_FILES)]
    ManyClips {
        /// The folder.
        path: PathBuf,
        /// How many files it holds.
        count: usize,
    },
    /// A media file that cannot be served.
    #[error("--media {}: {reason}", path.display())]
    Media {
        /// The file.
        path: PathBuf,
        /// What is wrong, with the byte offset.
        reason: String,
    },
    /// A line of the users' file that cannot be read. It is not repeated: it holds a password.
    #[error("--users {}, line {line}: {reason}", path.display())]
    Users {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// Too many users.
    #[error(
        "{option}: {count} users are more than the {} that are possible",
        protocol::rtsp::server::MAX_USERS
    )]
    ManyUsers {
        /// The option.
        option: &'static str,
        /// How many there are.
        count: usize,
    },
    /// Neither a built-in scenario nor a file.
    #[error("--scenario {name}: no such scenario or file; built in: {known}")]
    NoScenario {
        /// What was asked for.
        name: String,
        /// The names of the built-in ones.
        known: String,
    },
    /// A scenario file that cannot be used.
    #[error("--scenario {reason}")]
    Scenario {
        /// What is wrong, with file and line.
        reason: String,
    },
    /// The lesson of `--lesson` cannot be begun with.
    #[error("--lesson: {reason}")]
    Lesson {
        /// Why, in a sentence.
        reason: String,
    },
    /// A script that cannot be followed.
    #[error("--script {reason}")]
    Script {
        /// What is wrong, with file and line.
        reason: String,
    },
    /// The scenario has no such cable.
    #[error("{option} {name}: no such link; there are {known}")]
    NoLink {
        /// The option that named it.
        option: &'static str,
        /// What was asked for.
        name: String,
        /// The names of those there are.
        known: String,
    },
    /// The file of `--capture` cannot be shown.
    #[error("--capture {}: {error}", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Why.
        error: crate::capture::OpenError,
    },
    /// The URL of `--source` cannot be played.
    #[error("--source: {reason}")]
    Source {
        /// Why, in a sentence.
        reason: String,
    },
    /// `tail` found no Layercast.
    #[error("{url}: {reason}")]
    NoServer {
        /// Where it looked.
        url: String,
        /// What it found there.
        reason: String,
    },
}

/// The exit code for a [`Fault`], the same as for a wrong option.
pub const EXIT_CODE: u8 = 2;
