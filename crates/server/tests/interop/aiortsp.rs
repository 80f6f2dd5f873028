//! aiortsp, a client in Python.

use crate::common::pictures::{self, KernelDrops, PATH, consecutive};
use crate::packets;
use crate::peers::{LIMIT, Lower, Running, Said, from_pypi, script, system_python};
use std::process::Command;

/// Reads 200 packets; they are on standard output. `None` when it is not here.
pub fn read(url: &str, lower: Lower) -> Option<Said> {
    let package = from_pypi("aiortsp")?;
    let scheme = if lower == Lower::Tcp { "rtspt://" } else { "rtsp://" };
    let mut command = Command::new(system_python()?);
    command.env("PYTHONPATH", package.parent().expect("a package lies in a folder"));
    command.args([&script("aiortsp_read.py"), &url.replace("rtsp://", scheme), "200"]);
    Some(Running::start(&mut command).end(LIMIT))
}

fn reads(lower: Lower) {
    let server = pictures::serve(&[]);
    let drops = KernelDrops::from_now();
    let Some(said) = read(&server.url(PATH), lower) else { return };
    assert!(said.success, "{}", said.err);
    let packets = packets::split(&said.out);
    assert_eq!(packets.len(), 200, "{}", said.err);
    let numbers = packets::numbers(&packets);
    assert!(numbers.len() >= 20, "{numbers:?}");
    assert_eq!(consecutive(&numbers, "aiortsp", &drops), 0);
}

#[test]
fn aiortsp_reads_over_udp() {
    reads(Lower::Udp);
}

#[test]
fn aiortsp_reads_over_tcp() {
    reads(Lower::Tcp);
}
