//! Kept captures: of real peers, and made by hand to be difficult. How each was made stands in
//! `recorded/README.md`.

use crate::common::peer;
use crate::compare::{Compared, compare};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// What tshark must be told of a file: it does not learn from a description in RTSP what a payload
/// type is.
const TOLD: [(&str, &[&str]); 1] = [("gst-ffmpeg-ipv6-udp.pcapng", &["-o", "h264.dynamic.payload.type:96"])];

/// Compares every kept capture, once for all tests.
pub fn compared() -> &'static Compared {
    static ALL: OnceLock<Compared> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all = Compared::default();
        for file in files() {
            let told = TOLD.iter().find(|(name, _)| file.ends_with(name)).map_or(&[][..], |(_, told)| told);
            let compared = compare(&file, &[], told);
            assert!(compared.fields > 5, "{}: {compared:?}", file.display());
            all.add(compared);
        }
        all
    })
}

/// The kept captures.
pub fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dissect/recorded");
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    files.retain(|file| file.extension().is_some_and(|kind| kind == "pcap" || kind == "pcapng"));
    files.sort();
    files
}

#[test]
fn tshark_agrees_on_every_kept_capture() {
    if !peer("tshark") {
        return;
    }
    assert!(files().len() >= 20, "{:?}", files());
    let names = &compared().names;
    for name in [
        "ipv6.nxt",
        "ipv6.fraghdr.offset",
        "ipv6.routing.src.addr",
        "icmpv6.nd.ra.flag.prf",
        "icmpv6.opt.linkaddr",
        "icmp.mtu",
        "vlan.id",
        "sll.etype",
        "null.family",
        "tcp.options.timestamp.tsval",
        "rtp.payload",
        "rtcp.sdes.text",
        "jpeg.main_hdr.type",
        "sdp.media.format",
        "h264.nal_nri",
        "gre.proto",
        "gre.checksum",
        "ip.src_rt",
        "ip.cur_rt",
        "igmp.max_resp",
        "tcp.option_kind",
        "rtsp.content-length",
        "sdp.connection_info.ttl",
    ] {
        assert!(names.contains(name), "{name} was not compared");
    }
}
