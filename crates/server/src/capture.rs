//! Opening capture files: from octets, as they come, to a run.

use bytes::Bytes;
use protocol::capture::{CaptureError, CaptureFault, Reader};
use protocol::dissect::{Fcs, LinkType};
use simulator::foreign::{Captured, Foreign, ForeignError, MAX_FRAMES};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

/// The longest file that is opened, octets.
pub const MAX_FILE: usize = 256 << 20;

/// The longest name of a file that is told, in characters.
pub const MAX_NAME: usize = 120;

/// Octets that are read from a file at a time.
const CHUNK: usize = 1 << 20;

/// Why a file cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It is too long.
    #[error("the file is longer than the {} MB that can be opened; cut it with editcap, or capture with a filter", MAX_FILE >> 20)]
    TooLong,
    /// It cannot be read as a capture.
    #[error("{0}")]
    Capture(#[from] CaptureError),
    /// There is nothing in it that can be shown.
    #[error("{0}")]
    Foreign(#[from] ForeignError),
    /// Its frames are none of Ethernet.
    #[error(
        "the frames are not Ethernet's but of another kind ({kinds}); capture on one interface, such as eth0 or lo, \
         not on all at once"
    )]
    Links {
        /// The kinds.
        kinds: String,
    },
    /// The system gives no octets of it.
    #[error("{0}")]
    System(#[from] std::io::Error),
}

/// A file that is being read.
#[derive(Debug, Default)]
pub struct Opening {
    reader: Reader,
    octets: usize,
    frames: Vec<Captured>,
    /// Frames behind the limit of those that are looked at.
    beyond: u64,
    without_time: u64,
    others: u64,
    kinds: BTreeSet<String>,
}

impl Opening {
    /// Takes the file's next octets in.
    ///
    /// # Errors
    /// When it is too long or no capture; what comes after makes no difference then.
    pub fn feed(&mut self, octets: &[u8]) -> Result<(), OpenError> {
        self.octets += octets.len();
        if self.octets > MAX_FILE {
            return Err(OpenError::TooLong);
        }
        self.reader.feed(octets);
        while let Some(packet) = self.reader.packet()? {
            if packet.link == LinkType::Custom {
                // No packet, and nothing to be shown.
            } else if packet.link != LinkType::Ethernet {
                self.others += 1;
                if self.kinds.len() < 8 {
                    self.kinds.insert(format!("{:?}", packet.link));
                }
            } else if self.frames.len() >= MAX_FRAMES {
                self.beyond += 1;
            } else if let Some(unix_nanos) = packet.at {
                self.frames.push(Captured {
                    unix_nanos,
                    original: packet.original_len.max(packet.octets.len() as u32),
                    // The end of a frame that was cut is not its FCS.
                    fcs: packet.fcs == Fcs::Present && !packet.is_cut(),
                    bytes: Bytes::copy_from_slice(packet.octets),
                });
            } else {
                self.without_time += 1;
            }
        }
        Ok(())
    }

    /// The file has ended: makes a run of it.
    ///
    /// # Errors
    /// When there is nothing to show in it; the sentence says what was found instead.
    pub fn finish(self, name: &str) -> Result<Foreign, OpenError> {
        let mut notes = Vec::new();
        match self.reader.finish() {
            Ok(()) => {}
            // What tcpdump was writing when it was ended.
            Err(error) if matches!(error.fault, CaptureFault::Cut { .. }) => {
                notes.push(format!("The file is cut off: {error}."));
            }
            Err(error) => return Err(error.into()),
        }
        let mut left_out = |count: u64, why: &str| {
            if count > 0 {
                let s = if count == 1 { "" } else { "s" };
                notes.push(format!("Left out: {count} frame{s}; {why}."));
            }
        };
        left_out(self.beyond, &format!("only the first {MAX_FRAMES} are looked at"));
        left_out(self.without_time, "the file tells no time for them");
        left_out(self.others, "they were not captured from Ethernet");
        if self.frames.is_empty() && self.others > 0 {
            let kinds = self.kinds.into_iter().collect::<Vec<_>>().join(", ");
            return Err(OpenError::Links { kinds });
        }
        let name: String = name.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect();
        Ok(Foreign::open(&name, self.frames, notes)?)
    }
}

/// Opens the file at `path`.
///
/// # Errors
/// When it cannot be read or shown.
pub fn open(path: &Path) -> Result<Foreign, OpenError> {
    let mut file = std::fs::File::open(path)?;
    let mut opening = Opening::default();
    let mut chunk = vec![0; CHUNK];
    loop {
        match file.read(&mut chunk)? {
            0 => break,
            count => opening.feed(&chunk[..count])?,
        }
    }
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    opening.finish(&name)
}
