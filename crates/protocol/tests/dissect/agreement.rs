//! tshark, asked about the same frames: used by every crate that has frames to show.

use pcap_file::DataLink;
use pcap_file::pcapng::PcapNgWriter;
use pcap_file::pcapng::blocks::enhanced_packet::EnhancedPacketBlock;
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use protocol::dissect::proof::pdml::{self, Packet};
use protocol::dissect::proof::{self, PREFERENCES};
use protocol::dissect::{Dissection, Dissector, Fcs};
use protocol::time::SimTime;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

/// A frame with its FCS, and when it passed.
pub type Seen = (SimTime, Vec<u8>);

/// How many differences are told.
const MAX_DIFFERENCES: usize = 40;

/// tshark's answer to `arguments`, given `input`; `None` when it is not installed and need not be.
#[expect(clippy::disallowed_methods, reason = "both ends of a pipe need someone")]
pub fn tshark(arguments: &[&str], input: Vec<u8>) -> Option<String> {
    let mut command = Command::new("tshark");
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            let ci = std::env::var("CI").is_ok_and(|value| value == "true");
            assert!(!ci, "tshark is needed under CI=true: {error}");
            println!("skipped: tshark is not installed ({error})");
            return None;
        }
    };
    let mut stdin = child.stdin.take().expect("it was asked for");
    // It may answer before it has read everything, so both at the same time.
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("it runs");
    let written = writer.join().expect("writing does not panic");
    assert!(output.status.success() && written.is_ok(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The frames as a capture file that declares their FCS.
fn pcapng(frames: &[Seen]) -> Vec<u8> {
    let mut writer = PcapNgWriter::new(Vec::new()).expect("a vector takes everything");
    let interface = InterfaceDescriptionBlock {
        linktype: DataLink::ETHERNET,
        snaplen: 0,
        options: vec![InterfaceDescriptionOption::IfTsResol(9), InterfaceDescriptionOption::IfFcsLen(4)],
    };
    writer.write_pcapng_block(interface).expect("a vector takes everything");
    for (at, frame) in frames {
        let packet = EnhancedPacketBlock {
            interface_id: 0,
            timestamp: std::time::Duration::from_nanos(at.as_nanos()),
            original_len: frame.len() as u32,
            data: Cow::Borrowed(frame),
            options: vec![],
        };
        writer.write_pcapng_block(packet).expect("a vector takes everything");
    }
    writer.into_inner()
}

/// Everything that tshark says of `frames`.
fn ask(frames: &[Seen], told: &[&str]) -> Option<Vec<Packet>> {
    let preferences = [
        "eth.check_fcs:TRUE",
        "ip.check_checksum:TRUE",
        "udp.check_checksum:TRUE",
        "tcp.check_checksum:TRUE",
        "tcp.relative_sequence_numbers:FALSE",
    ];
    let mut arguments = vec!["-r", "-", "-T", "pdml"];
    arguments.extend(preferences.iter().chain(&PREFERENCES).flat_map(|preference| ["-o", preference]));
    arguments.extend(told);
    let packets = pdml::parse(&tshark(&arguments, pcapng(frames))?);
    assert_eq!(packets.len(), frames.len());
    Some(packets)
}

/// Compares a conversation frame by frame; answers how many fields were compared under which names.
#[allow(dead_code, reason = "not every crate with frames compares all of them")]
pub fn agree(name: &str, frames: &[Seen]) -> Option<(usize, BTreeSet<String>)> {
    agree_on(name, frames, &[], |_| true)
}

/// The same for the names that `wanted` picks; tshark is told what it cannot know, as further
/// arguments.
pub fn agree_on(
    name: &str,
    frames: &[Seen],
    told: &[&str],
    wanted: impl Fn(&str) -> bool,
) -> Option<(usize, BTreeSet<String>)> {
    let packets = ask(frames, told)?;
    let mut dissector = Dissector::new();
    let mut compared = (0, BTreeSet::new());
    let mut differences = Vec::new();
    for (index, ((at, frame), packet)) in frames.iter().zip(&packets).enumerate() {
        let dissection = dissector.dissect(frame, *at, Fcs::Present);
        let number = index + 1;
        let mut ours = proof::named(frame, &dissection);
        ours.retain(|field| wanted(field.name));
        for field in &ours {
            // Where a gap is filled, the data of the segment cannot be compared.
            let filled = field.name == "tcp.segment_data" && packet.contains_key("tcp.segments");
            if !filled && !packet.contains_key(field.name) {
                differences.push(format!("{number} {}: only we have it", field.name));
            }
        }
        for one in proof::compare(&ours, packet) {
            compared.0 += 1;
            if !compared.1.contains(one.name) {
                compared.1.insert(one.name.to_owned());
            }
            if let Some(difference) = one.difference {
                differences.push(format!("{number} {}: {difference}", one.name));
            }
        }
        verdicts(number, &dissection, packet, &mut differences);
        if packet.contains_key("_ws.malformed") {
            differences.push(format!("{number}: they find it malformed"));
        }
    }
    differences.truncate(MAX_DIFFERENCES);
    assert!(differences.is_empty(), "{name}:\n{}", differences.join("\n"));
    Some(compared)
}

/// Compares what both say of checksums.
fn verdicts(number: usize, dissection: &Dissection, packet: &Packet, differences: &mut Vec<String>) {
    for name in ["eth.fcs", "ip.checksum", "icmp.checksum", "igmp.checksum", "udp.checksum", "tcp.checksum"] {
        let ours = dissection.field(name).map(|field| field.value.starts_with("correct"));
        let theirs = packet.get(&format!("{name}.status")).and_then(|fields| fields.first());
        // 0 is bad, 1 good; 2 and more were not checked.
        let theirs = theirs.and_then(|field| field.show.parse::<u8>().ok()).filter(|status| *status < 2);
        if let (Some(ours), Some(theirs)) = (ours, theirs)
            && ours != (theirs == 1)
        {
            differences.push(format!("{number} {name}: we say {ours}, they {theirs}"));
        }
    }
}
