//! Our TCP against that of the kernel, over a TAP device in a network namespace of the
//! test's own, in every weather; and tshark's opinion of our segments.
//!
//! It needs the right to make a namespace and the device, as root has it. Where that is
//! refused the test says so and is skipped, also under `CI=true`, whose machines may forbid it.
#![cfg(target_os = "linux")]
// The kernel lives in real time, and its side of the line are sockets.
#![allow(clippy::disallowed_types, clippy::disallowed_methods)]

mod pair;

use pair::{Line, Transfer, Weather, config, octets};
use pcap_file::DataLink;
use pcap_file::pcap::{PcapHeader, PcapPacket, PcapWriter};
use protocol::random::Dice;
use protocol::time::SimTime;
use protocol::wire::ethernet;
use simulator::stack::{CloseReason, CongestionAlgorithm, Stack, StackEvent, TcpConfig};
use smoltcp::phy::{Device, Medium, RxToken, TunTapInterface, TxToken, wait};
use smoltcp::time::{Duration as Wait, Instant as Stamp};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddrV4, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::process::Command;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const INSIDE: &str = "LAYERCAST_TEST_INSIDE_NAMESPACE";
const TEST: &str = "the_kernel_and_we_exchange_the_same_octets_in_every_weather";
/// Ours is 10.0.0.1, on the far end of the device; the kernel's is 10.0.0.2.
const KERNEL: Ipv4Addr = pair::B;
const OURS: Ipv4Addr = pair::A;
/// The longest that one exchange may take.
const PATIENCE: Duration = Duration::from_secs(60);
const OCTETS: usize = 200_000;

#[test]
fn the_kernel_and_we_exchange_the_same_octets_in_every_weather() {
    if std::env::var_os(INSIDE).is_some() {
        return inside();
    }
    let tap = "ip tuntap add dev probe0 mode tap && ip link del probe0";
    let allowed = Command::new("unshare").args(["--net", "sh", "-c", tap]).output();
    match allowed {
        Ok(output) if output.status.success() => {}
        Ok(output) => {
            let why = String::from_utf8_lossy(&output.stderr);
            return println!("skipped: no network namespace with a TAP device: {}", why.trim());
        }
        Err(error) => return println!("skipped: unshare cannot be run: {error}"),
    }
    let program = std::env::current_exe().expect("this program has a path");
    let status = Command::new("unshare")
        .arg("--net")
        .arg(program)
        .args(["--exact", TEST, "--nocapture"])
        .env(INSIDE, "1")
        .status()
        .expect("it could be run a moment ago");
    assert!(status.success(), "inside the namespace: {status}");
}

/// In the namespace.
fn inside() {
    let setup = "ip link set lo up && ip tuntap add dev tap0 mode tap \
        && ip addr add 10.0.0.2/24 dev tap0 && ip link set tap0 up";
    assert!(Command::new("sh").args(["-c", setup]).status().is_ok_and(|status| status.success()));
    let mut tap = TunTapInterface::new("tap0", Medium::Ethernet).expect("it was just made");

    let calm = Weather::CALM;
    let weathers = [
        ("perfect", calm),
        ("lossy", Weather::lossy(0.02)),
        ("bursty", Weather { bursts: Some((0.005, 0.5)), ..calm }),
        ("reordering", Weather { jitter: Duration::from_millis(6), ..calm }),
        ("duplicating", Weather { duplication: 0.1, ..calm }),
        ("corrupting", Weather { corruption: 0.02, ..calm }),
    ];
    let modern = TcpConfig { min_rto: Duration::from_millis(200), ..TcpConfig::default() };
    let plain = TcpConfig { sack: false, timestamps: false, window_scale: false, ..modern.clone() };
    let cubic = TcpConfig { congestion: CongestionAlgorithm::Cubic, ..modern.clone() };
    let mut seed = 0;
    for (name, weather) in weathers {
        for (how, tcp) in [("modern", &modern), ("plain", &plain), ("cubic", &cubic)] {
            for we_open in [true, false] {
                seed += 1;
                let name = format!("{name}, {how}, {}", if we_open { "we open" } else { "the kernel opens" });
                let begin = Instant::now();
                let seen = exchange(&mut tap, weather, tcp, we_open, seed, &name);
                println!("{name}: {:?}, {} frames seen", begin.elapsed(), seen.len());
                judge(&name, &seen);
            }
        }
    }
}

/// What the kernel's side of an exchange has read.
type Peer = JoinHandle<std::io::Result<Vec<u8>>>;

/// The kernel's side: sends, closes its half, and reads to the end.
fn talk(mut stream: TcpStream) -> std::io::Result<Vec<u8>> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut writer = stream.try_clone()?;
    let writes = std::thread::spawn(move || {
        writer.write_all(&octets(OCTETS))?;
        writer.shutdown(Shutdown::Write)
    });
    let mut got = Vec::new();
    stream.read_to_end(&mut got)?;
    writes.join().expect("it does not panic")?;
    Ok(got)
}

/// Both ways at once; answers every frame that our host has sent or taken.
fn exchange(
    tap: &mut TunTapInterface,
    weather: Weather,
    tcp: &TcpConfig,
    we_open: bool,
    seed: u64,
    name: &str,
) -> Vec<(SimTime, Vec<u8>)> {
    let mut config = config(0);
    config.tcp = tcp.clone();
    let mut stack = Stack::new(config, Dice::new(seed, "kernel"));
    let mut line = Line::new(weather, seed);
    let begin = Instant::now();
    let now = || SimTime::from_nanos(begin.elapsed().as_nanos() as u64);
    let port = 20_000 + seed as u16;
    let (mut handle, peer): (_, Peer) = if we_open {
        let listener = TcpListener::bind((KERNEL, port)).expect("the address is ours");
        let to = SocketAddrV4::new(KERNEL, port);
        let handle = stack.tcp_connect(now(), to, None).expect("there is a route");
        (Some(handle), std::thread::spawn(move || talk(listener.accept()?.0)))
    } else {
        stack.tcp_listen(port).expect("nobody else listens");
        (None, std::thread::spawn(move || talk(TcpStream::connect((OURS, port))?)))
    };
    let mut end = handle.map(|handle| Transfer::new(handle, octets(OCTETS)));
    let mut seen = Vec::new();
    let mut closed = None;
    while closed.is_none() || stack.tcp_recv_len(handle.expect("it stood")) > 0 {
        assert!(begin.elapsed() < PATIENCE, "{name}: {:?}", handle.and_then(|h| stack.tcp_info(h)));
        while let Some((frame, _)) = tap.receive(Stamp::now()) {
            let mut frame = frame.consume(<[u8]>::to_vec);
            ethernet::seal(&mut frame);
            line.carry(now(), 0, frame);
        }
        while let Some((side, frame)) = line.arrived(now()) {
            // What a bit error has hit ends at the next card.
            if !ethernet::fcs_ok(&frame) {
                continue;
            }
            if side == 0 {
                seen.push((now(), frame.clone()));
                stack.receive(now(), &frame);
            } else {
                let frame = &frame[..frame.len() - ethernet::FCS];
                let token = tap.transmit(Stamp::now()).expect("a TAP device always takes a frame");
                token.consume(frame.len(), |room| room.copy_from_slice(frame));
            }
        }
        if stack.poll_timeout().is_some_and(|at| at <= now()) {
            stack.handle_timeout(now());
        }
        while let Some(event) = stack.poll_event() {
            match event {
                StackEvent::Accepted { handle: accepted, .. } => {
                    handle = Some(accepted);
                    end = Some(Transfer::new(accepted, octets(OCTETS)));
                }
                StackEvent::Closed { why, .. } => {
                    assert_eq!(why, CloseReason::Finished, "{name}");
                    closed = Some(why);
                }
                // Our TIME-WAIT is long; the peer has all by then.
                StackEvent::TcpState { to: simulator::stack::State::TimeWait, .. } => {
                    closed = Some(CloseReason::Finished);
                }
                _ => {}
            }
        }
        if let Some(end) = &mut end {
            end.work(now(), &mut stack);
        }
        while let Some(transmit) = stack.poll_transmit(now()) {
            seen.push((now(), transmit.frame.clone()));
            line.carry(now(), 1, transmit.frame);
        }
        let next = stack.poll_timeout().into_iter().chain(line.next_at()).min();
        let pause = next.map_or(Duration::from_millis(5), |at| at.since(now()));
        let pause = pause.clamp(Duration::from_micros(50), Duration::from_millis(5));
        wait(tap.as_raw_fd(), Some(Wait::from_micros(pause.as_micros() as u64)))
            .expect("the device is there");
    }
    // Our last acknowledgement may be lost on its way: the peer gets it until it is content.
    while !peer.is_finished() {
        assert!(begin.elapsed() < PATIENCE, "{name}: the kernel does not end");
        while let Some((frame, _)) = tap.receive(Stamp::now()) {
            let mut frame = frame.consume(<[u8]>::to_vec);
            ethernet::seal(&mut frame);
            stack.receive(now(), &frame);
        }
        if stack.poll_timeout().is_some_and(|at| at <= now()) {
            stack.handle_timeout(now());
        }
        while let Some(transmit) = stack.poll_transmit(now()) {
            let frame = &transmit.frame[..transmit.frame.len() - ethernet::FCS];
            let token = tap.transmit(Stamp::now()).expect("a TAP device always takes a frame");
            token.consume(frame.len(), |room| room.copy_from_slice(frame));
        }
        wait(tap.as_raw_fd(), Some(Wait::from_millis(1))).expect("the device is there");
    }
    let end = end.expect("it stood");
    let got = peer.join().expect("it does not panic").expect("the kernel's side ends well");
    assert!(got == octets(OCTETS), "{name}: what the kernel got differs: {} octets", got.len());
    assert!(end.got == octets(OCTETS), "{name}: what we got differs: {} octets", end.got.len());
    seen
}

/// tshark must find nothing in our segments that is a fault of ours. What is sent again
/// because it was lost is none, unless our host knew that it had arrived.
fn judge(name: &str, seen: &[(SimTime, Vec<u8>)]) {
    let path = std::env::temp_dir().join(format!("layercast-kernel-{}.pcap", std::process::id()));
    let file = std::fs::File::create(&path).expect("the temporary folder takes files");
    let header = PcapHeader { datalink: DataLink::ETHERNET, ..PcapHeader::default() };
    let mut writer = PcapWriter::with_header(file, header).expect("the file takes octets");
    for (at, frame) in seen {
        let frame = &frame[..frame.len() - ethernet::FCS];
        let packet = PcapPacket::new(Duration::from_nanos(at.as_nanos()), frame.len() as u32, frame);
        writer.write_packet(&packet).expect("the file takes octets");
    }
    drop(writer);
    let faults = "ip.src == 10.0.0.1 && (tcp.analysis.ack_lost_segment || tcp.analysis.lost_segment \
        || tcp.analysis.spurious_retransmission || tcp.analysis.keep_alive || tcp.analysis.reused_ports \
        || tcp.checksum.status == \"Bad\" || ip.checksum.status == \"Bad\" || _ws.malformed \
        || _ws.expert.severity == error)";
    let output = Command::new("tshark")
        .arg("-r")
        .arg(&path)
        .args(["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-Y", faults])
        .output();
    let _ = std::fs::remove_file(&path); // A temporary file; the system clears the rest.
    match output {
        Ok(output) if output.status.success() => {
            let found = String::from_utf8_lossy(&output.stdout);
            assert!(found.trim().is_empty(), "{name}: tshark finds\n{found}");
        }
        Ok(output) => panic!("tshark: {}", String::from_utf8_lossy(&output.stderr)),
        Err(error) => {
            assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "tshark is missing: {error}");
            println!("skipped: tshark is missing, so nobody judges the segments");
        }
    }
}
