//! What can be wrong with a capture file, and where.

use super::{MAX_BLOCK, MAX_INTERFACES, MAX_PACKET};

/// A capture file cannot be read further.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("octet {offset}: {fault}")]
pub struct CaptureError {
    /// The place in the file where the block or record begins, counted from 0.
    pub offset: u64,
    /// What is wrong there.
    pub fault: CaptureFault,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaptureFault {
    /// The first octets are those of no capture.
    #[error("this is neither pcapng nor pcap: it begins with {:02x} {:02x} {:02x} {:02x}", magic[0], magic[1], magic[2], magic[3])]
    NoCapture {
        /// The first four octets.
        magic: [u8; 4],
    },
    /// The file is packed.
    #[error("the file is compressed; unpack it first (gunzip, unzstd, unlz4)")]
    Compressed,
    /// There is too little to tell what it is.
    #[error("the file ends after {there} octets, before it tells what it is")]
    Short {
        /// How many octets there are.
        there: usize,
    },
    /// The file ends inside a block or record.
    #[error(
        "the file ends inside a block or record, {there} octets after it began; what came before was read"
    )]
    Cut {
        /// How many octets of it are there.
        there: usize,
    },
    /// A block's length is none.
    #[error("a block says that it is {len} octets long; it must be at least 12 and a multiple of 4")]
    BlockLength {
        /// What it says.
        len: u32,
    },
    /// A block is too long.
    #[error("a block of {len} octets is longer than the {MAX_BLOCK} that are read")]
    BlockTooLong {
        /// Its length.
        len: u32,
    },
    /// A block breaks the format.
    #[error("a block of type {kind:#010x} does not hold what its lengths say")]
    BadBlock {
        /// The block's type.
        kind: u32,
    },
    /// The section's order of octets cannot be told.
    #[error("the section's byte-order mark is {mark:#010x}, neither 0x1a2b3c4d nor 0x4d3c2b1a")]
    ByteOrder {
        /// What stands there.
        mark: u32,
    },
    /// The format's version is another one.
    #[error("version {major}.{minor} of the format is not known; 1.x of pcapng and 2.x of pcap are")]
    Version {
        /// The major version.
        major: u16,
        /// The minor version.
        minor: u16,
    },
    /// There are too many interfaces.
    #[error("the section describes more than the {MAX_INTERFACES} interfaces that are kept")]
    TooManyInterfaces,
    /// A packet names an interface that was not described.
    #[error("a packet names interface {interface}, but the section describes {known}")]
    NoInterface {
        /// The number in the packet.
        interface: u32,
        /// How many there are.
        known: usize,
    },
    /// A packet is too long.
    #[error("a packet of {len} octets is longer than the {MAX_PACKET} that are read")]
    PacketTooLong {
        /// Its length.
        len: u32,
    },
}
