//! Conversations made by hand, with headers by `etherparse` and payloads by this file alone.

use etherparse::{IpNumber, Ipv4Header, TcpHeader, TcpOptions, UdpHeader};
use protocol::time::SimTime;

pub const CLIENT: [u8; 4] = [10, 0, 1, 2];
pub const SERVER: [u8; 4] = [10, 0, 2, 2];
pub const CLIENT_MAC: [u8; 6] = [2, 0, 0, 0, 0, 0xc1];
pub const SERVER_MAC: [u8; 6] = [2, 0, 0, 0, 0, 0x5e];
pub const CLIENT_PORT: u16 = 49_152;
pub const SERVER_PORT: u16 = 8_554;

/// An Ethernet frame with padding and FCS.
pub fn ethernet(to: [u8; 6], from: [u8; 6], kind: u16, payload: &[u8]) -> Vec<u8> {
    let mut frame = [&to[..], &from[..], &kind.to_be_bytes()[..], payload].concat();
    frame.resize(frame.len().max(60), 0);
    let fcs = crc32fast::hash(&frame);
    frame.extend(fcs.to_le_bytes());
    frame
}

/// An IPv4 packet in a frame; `change` may alter the header before its checksum is made.
pub fn ip(
    from: [u8; 4],
    to: [u8; 4],
    protocol: IpNumber,
    payload: &[u8],
    change: impl FnOnce(&mut Ipv4Header),
) -> Vec<u8> {
    let mut header = Ipv4Header::new(payload.len() as u16, 64, protocol, from, to).expect("a short payload");
    header.identification = 6_702;
    change(&mut header);
    header.total_len = (header.header_len() + payload.len()) as u16;
    header.header_checksum = header.calc_header_checksum();
    let mut packet = Vec::new();
    header.write(&mut packet).expect("a vector takes everything");
    packet.extend(payload);
    let macs = if from == CLIENT { (SERVER_MAC, CLIENT_MAC) } else { (CLIENT_MAC, SERVER_MAC) };
    ethernet(macs.0, macs.1, 0x0800, &packet)
}

fn header_only(from: [u8; 4], to: [u8; 4], protocol: IpNumber) -> Ipv4Header {
    Ipv4Header::new(0, 64, protocol, from, to).expect("no payload")
}

/// A UDP datagram, without the packet around it.
pub fn datagram(from: ([u8; 4], u16), to: ([u8; 4], u16), payload: &[u8]) -> Vec<u8> {
    let ip = header_only(from.0, to.0, IpNumber::UDP);
    let header = UdpHeader::with_ipv4_checksum(from.1, to.1, &ip, payload).expect("a short payload");
    let mut bytes = Vec::new();
    header.write(&mut bytes).expect("a vector takes everything");
    bytes.extend(payload);
    bytes
}

/// A UDP datagram in a frame.
pub fn udp(from: ([u8; 4], u16), to: ([u8; 4], u16), payload: &[u8]) -> Vec<u8> {
    ip(from.0, to.0, IpNumber::UDP, &datagram(from, to, payload), |_| ())
}

/// An ICMP message in a frame; its checksum is made here.
pub fn icmp(from: [u8; 4], to: [u8; 4], mut message: Vec<u8>) -> Vec<u8> {
    let mut sum = 0u32;
    for pair in message.chunks(2) {
        sum += u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0));
    }
    let sum = !((sum & 0xffff) + (sum >> 16)) as u16;
    message[2..4].copy_from_slice(&sum.to_be_bytes());
    ip(from, to, IpNumber::ICMP, &message, |_| ())
}

/// The group of the conversation about groups.
pub const GROUP: [u8; 4] = [239, 255, 0, 1];

/// An IGMP message in a frame, with TTL 1 and Router Alert; its checksum is made here.
pub fn igmp(from: [u8; 4], to: [u8; 4], kind: u8, max_response: u8, group: [u8; 4]) -> Vec<u8> {
    let mut message = [&[kind, max_response, 0, 0], &group[..]].concat();
    let words = message.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1]));
    let sum = words.sum::<u32>();
    let sum = !((sum & 0xffff) + (sum >> 16)) as u16;
    message[2..4].copy_from_slice(&sum.to_be_bytes());
    let mut frame = ip(from, to, IpNumber::IGMP, &message, |header| {
        header.time_to_live = 1;
        header.options = (&[0x94, 4, 0, 0][..]).try_into().expect("at most 40 octets");
    });
    to_group(&mut frame, to);
    frame
}

/// Gives a frame the hardware address of an IPv4 group.
pub fn to_group(frame: &mut [u8], group: [u8; 4]) {
    frame[..6].copy_from_slice(&[1, 0, 0x5e, group[1] & 0x7f, group[2], group[3]]);
    let body = frame.len() - 4;
    let fcs = crc32fast::hash(&frame[..body]).to_le_bytes();
    frame[body..].copy_from_slice(&fcs);
}

/// A router asks, a host joins, is sent a datagram, is asked again and leaves; version 1 too.
pub fn groups() -> Conversation {
    let mut all = Conversation::new();
    let (hosts, routers) = ([224, 0, 0, 1], [224, 0, 0, 2]);
    all.push(igmp(SERVER, hosts, 0x11, 100, [0; 4]));
    all.push(igmp(CLIENT, GROUP, 0x16, 0, GROUP));
    let mut media = udp((SERVER, 49_160), (GROUP, 49_170), &[b'x'; 40]);
    to_group(&mut media, GROUP);
    all.push(media);
    all.push(igmp(CLIENT, routers, 0x17, 0, GROUP));
    all.push(igmp(SERVER, GROUP, 0x11, 10, GROUP));
    all.push(igmp(SERVER, hosts, 0x11, 0, [0; 4]));
    all.push(igmp(CLIENT, GROUP, 0x12, 0, GROUP));
    let mut wrong = igmp(CLIENT, GROUP, 0x16, 0, GROUP);
    wrong[45] ^= 1;
    to_group(&mut wrong, GROUP);
    all.push(wrong);
    all
}

/// An ARP message in a frame.
pub fn arp(operation: u16, target_mac: [u8; 6]) -> Vec<u8> {
    let mut message = vec![0, 1, 8, 0, 6, 4];
    message.extend(operation.to_be_bytes());
    message.extend(CLIENT_MAC);
    message.extend(CLIENT);
    message.extend(target_mac);
    message.extend([10, 0, 1, 1]);
    let to = if operation == 1 { [0xff; 6] } else { SERVER_MAC };
    ethernet(to, CLIENT_MAC, 0x0806, &message)
}

/// One end's sequence number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Client,
    Server,
}

/// A row of frames, one millisecond apart, with one RTSP connection among them.
#[derive(Clone, Debug)]
pub struct Conversation {
    pub frames: Vec<Vec<u8>>,
    client: u32,
    server: u32,
    port: u16,
}

impl Conversation {
    /// No frames yet; the sequence numbers turn over early on.
    pub fn new() -> Self {
        Conversation { frames: Vec::new(), client: 478_020_000, server: u32::MAX - 20, port: CLIENT_PORT }
    }

    /// When frame `index` passes.
    pub fn at(index: usize) -> SimTime {
        SimTime::from_millis(index as u64)
    }

    /// The frames and when they pass.
    pub fn seen(self) -> Vec<(SimTime, Vec<u8>)> {
        self.frames.into_iter().enumerate().map(|(index, frame)| (Self::at(index), frame)).collect()
    }

    pub fn push(&mut self, frame: Vec<u8>) {
        self.frames.push(frame);
    }

    /// A segment without moving the stream on.
    pub fn segment(&self, side: Side, payload: &[u8], change: impl FnOnce(&mut TcpHeader)) -> Vec<u8> {
        let (from, to) = if side == Side::Client { (CLIENT, SERVER) } else { (SERVER, CLIENT) };
        let mut header = match side {
            Side::Client => TcpHeader::new(self.port, SERVER_PORT, self.client, 65_535),
            Side::Server => TcpHeader::new(SERVER_PORT, self.port, self.server, 65_535),
        };
        header.acknowledgment_number = if side == Side::Client { self.server } else { self.client };
        header.ack = true;
        header.psh = !payload.is_empty();
        change(&mut header);
        let ip_header = header_only(from, to, IpNumber::TCP);
        header.checksum = header.calc_checksum_ipv4(&ip_header, payload).expect("a short payload");
        let mut segment = Vec::new();
        header.write(&mut segment).expect("a vector takes everything");
        segment.extend(payload);
        ip(from, to, IpNumber::TCP, &segment, |_| ())
    }

    /// Moves one end's stream on.
    pub fn advance(&mut self, side: Side, by: usize) {
        let number = if side == Side::Client { &mut self.client } else { &mut self.server };
        *number = number.wrapping_add(by as u32);
    }

    /// One segment of data.
    pub fn send(&mut self, side: Side, payload: &[u8]) {
        let frame = self.segment(side, payload, |_| ());
        self.push(frame);
        self.advance(side, payload.len());
    }

    /// The handshake, with options on both sides.
    pub fn open(&mut self) {
        let options = |bytes: &[u8]| TcpOptions::try_from_slice(bytes).expect("at most 40 octets");
        let offer = [2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 3, 0xe8, 0, 0, 0, 0, 1, 3, 3, 7];
        let frame = self.segment(Side::Client, &[], |header| {
            (header.syn, header.ack, header.acknowledgment_number) = (true, false, 0);
            header.options = options(&offer);
        });
        self.push(frame);
        self.advance(Side::Client, 1);
        let frame = self.segment(Side::Server, &[], |header| {
            header.syn = true;
            header.options = options(&[2, 4, 5, 0xb4]);
        });
        self.push(frame);
        self.advance(Side::Server, 1);
        let frame = self.segment(Side::Client, &[], |_| ());
        self.push(frame);
    }

    /// FIN with timestamps, and an answer with selective acknowledgments.
    pub fn close(&mut self) {
        let options = |bytes: &[u8]| TcpOptions::try_from_slice(bytes).expect("at most 40 octets");
        let frame = self.segment(Side::Client, &[], |header| {
            header.fin = true;
            header.options = options(&[1, 1, 8, 10, 0, 0, 0, 5, 0, 0, 0, 6]);
        });
        self.push(frame);
        self.advance(Side::Client, 1);
        let sack = [1, 1, 5, 18, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0];
        let frame = self.segment(Side::Server, &[], |header| header.options = options(&sack));
        self.push(frame);
        let frame = self.segment(Side::Server, &[], |header| {
            (header.rst, header.window_size) = (true, 0);
        });
        self.push(frame);
    }
}

/// An RTP packet of payload type 26.
pub fn rtp(marker: bool, sequence: u16, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x80, 26 | u8::from(marker) << 7];
    packet.extend(sequence.to_be_bytes());
    packet.extend(90_000u32.to_be_bytes());
    packet.extend(0x1a2b_3c4du32.to_be_bytes());
    packet.extend(payload);
    packet
}

/// The first piece of a picture with restart markers and tables; `tables` says whether it has them.
pub fn jpeg_first() -> Vec<u8> {
    let mut payload = vec![0, 0, 0, 0, 65, 255, 80, 45, 0, 4, 0xc0, 0, 0, 0, 0, 128];
    payload.extend(1..=128);
    payload.extend([0x5a; 400]);
    payload
}

/// A later piece.
pub fn jpeg_later() -> Vec<u8> {
    let mut payload = vec![0, 0, 1, 0x90, 65, 255, 80, 45, 0, 4, 0xff, 0xff];
    payload.extend([0xa5; 300]);
    payload
}

fn words(packet: &mut Vec<u8>, numbers: &[u32]) {
    packet.extend(numbers.iter().flat_map(|number| number.to_be_bytes()));
}

/// A sender report without blocks.
pub fn sender_report() -> Vec<u8> {
    let mut packet = vec![0x80, 200, 0, 6];
    words(&mut packet, &[0x1a2b_3c4d, 3_976_214_400, 1 << 31, 90_000, 2, 1_000]);
    packet
}

/// A receiver report with one block that lost packets, or got too many.
pub fn receiver_report() -> Vec<u8> {
    let mut packet = vec![0x81, 201, 0, 7];
    words(&mut packet, &[0x5566_7788, 0x1a2b_3c4d, 12 << 24 | 0xff_fffe, 70_248, 33, 0x1234_8000, 65_536]);
    packet
}

/// A source description with a CNAME.
pub fn description() -> Vec<u8> {
    let mut packet = vec![0x81, 202, 0, 5];
    words(&mut packet, &[0x1a2b_3c4d]);
    packet.extend(b"\x01\x0bserver@home\0\0\0");
    packet
}

/// A goodbye with a reason.
pub fn goodbye() -> Vec<u8> {
    let mut packet = vec![0x81, 203, 0, 3];
    words(&mut packet, &[0x5566_7788]);
    packet.extend(b"\x06bye :)\0");
    packet
}

/// A packet of an application's own.
pub fn application() -> Vec<u8> {
    let mut packet = vec![0x81, 204, 0, 3];
    words(&mut packet, &[0x5566_7788]);
    packet.extend(b"testdata");
    packet
}

/// A `$` frame.
pub fn interleaved(channel: u8, packet: &[u8]) -> Vec<u8> {
    let mut frame = vec![b'$', channel];
    frame.extend((packet.len() as u16).to_be_bytes());
    frame.extend(packet);
    frame
}

pub const SDP: &str = "v=0\r\no=- 1 1 IN IP4 10.0.2.2\r\ns=Layercast demo\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n\
    a=control:*\r\na=range:npt=0-20.000\r\nm=video 0 RTP/AVP 26\r\nb=AS:3000\r\na=rtpmap:26 JPEG/90000\r\n\
    a=framerate:25\r\na=control:track1\r\n";

fn described() -> Vec<u8> {
    let head = "RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Base: rtsp://10.0.2.2:8554/demo/\r\n\
        Content-Type: application/sdp\r\n";
    format!("{head}Content-Length: {}\r\n\r\n{SDP}", SDP.len()).into_bytes()
}

/// ARP, echoes, errors, options, fragments: what needs no connection.
pub fn lower_layers() -> Conversation {
    let mut all = Conversation::new();
    all.push(arp(1, [0; 6]));
    all.push(arp(2, SERVER_MAC));
    let mut echo = vec![8, 0, 0, 0, 0x12, 0x34, 0, 1];
    echo.extend(0..40);
    all.push(icmp(CLIENT, SERVER, echo.clone()));
    echo[0] = 0;
    all.push(icmp(SERVER, CLIENT, echo));
    let failed = udp((CLIENT, 49_154), (SERVER, 33_434), &[b'x'; 20]);
    let quoted = &failed[14..14 + 28];
    all.push(icmp(SERVER, CLIENT, [&[11, 0, 0, 0, 0, 0, 0, 0], quoted].concat()));
    all.push(icmp(SERVER, CLIENT, [&[3, 3, 0, 0, 0, 0, 0, 0], quoted].concat()));
    all.push(icmp(SERVER, CLIENT, [&[3, 4, 0, 0, 0, 0, 5, 0x78], quoted].concat()));
    all.push(icmp(SERVER, CLIENT, [&[5, 1, 0, 0, 10, 0, 1, 9], quoted].concat()));
    let routed = datagram((CLIENT, 49_156), (SERVER, 49_157), b"opt");
    all.push(ip(CLIENT, SERVER, IpNumber::UDP, &routed, |header| {
        let options = [7, 11, 8, 10, 0, 1, 1, 0, 0, 0, 0, 0];
        header.options = (&options[..]).try_into().expect("at most 40 octets");
        (header.dscp, header.ecn) = (46.try_into().expect("six bits"), 3.try_into().expect("two bits"));
    }));
    // Three fragments, the last one early.
    let big: Vec<u8> = (0..=255).cycle().take(3_200).collect();
    let whole = datagram((CLIENT, 49_160), (SERVER, 49_170), &big);
    for (from, to) in [(0, 1480), (2960, whole.len()), (1480, 2960)] {
        all.push(ip(CLIENT, SERVER, IpNumber::UDP, &whole[from..to], |header| {
            header.identification = 77;
            header.dont_fragment = false;
            header.more_fragments = to < whole.len();
            header.fragment_offset = ((from / 8) as u16).try_into().expect("13 bits");
        }));
    }
    // Wrong checksums, one in each layer.
    for at in [24, 40, 60] {
        let mut frame = udp((CLIENT, 49_160), (SERVER, 49_170), &[b'x'; 20]);
        frame[at] ^= 0x40;
        let body = frame.len() - 4;
        let fcs = crc32fast::hash(&frame[..body]).to_le_bytes();
        frame[body..].copy_from_slice(&fcs);
        if at == 60 {
            frame[body] ^= 1;
        }
        all.push(frame);
    }
    all
}

/// OPTIONS and DESCRIBE, with the description cut by a segment.
fn begin(all: &mut Conversation) {
    all.open();
    all.send(
        Side::Client,
        b"OPTIONS rtsp://10.0.2.2:8554/demo RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: Layercast\r\n\r\n",
    );
    all.send(Side::Server, b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS, DESCRIBE, SETUP\r\n\r\n");
    all.send(
        Side::Client,
        b"DESCRIBE rtsp://10.0.2.2:8554/demo RTSP/1.0\r\nCSeq: 2\r\nAccept: application/sdp\r\n\r\n",
    );
    let answer = described();
    all.send(Side::Server, &answer[..200]);
    all.send(Side::Server, &answer[200..]);
}

/// A whole session over UDP.
pub fn over_udp() -> Conversation {
    let mut all = Conversation::new();
    begin(&mut all);
    all.send(
        Side::Client,
        b"SETUP rtsp://10.0.2.2:8554/demo/track1 RTSP/1.0\r\nCSeq: 3\r\n\
        Transport: RTP/AVP;unicast;client_port=49154-49155\r\n\r\n",
    );
    all.send(
        Side::Server,
        b"RTSP/1.0 200 OK\r\nCSeq: 3\r\nSession: 1234abcd;timeout=60\r\n\
        Transport: RTP/AVP;unicast;client_port=49154-49155;server_port=6970-6971;ssrc=1A2B3C4D\r\n\r\n",
    );
    all.send(
        Side::Client,
        b"PLAY rtsp://10.0.2.2:8554/demo/ RTSP/1.0\r\nCSeq: 4\r\nSession: 1234abcd\r\n\
        Range: npt=0.000-\r\n\r\n",
    );
    all.send(
        Side::Server,
        b"RTSP/1.0 200 OK\r\nCSeq: 4\r\nSession: 1234abcd\r\nRange: npt=0.000-20.000\r\n\
        RTP-Info: url=rtsp://10.0.2.2:8554/demo/track1;seq=4711;rtptime=90000\r\n\r\n",
    );
    let media = ((SERVER, 6_970), (CLIENT, 49_154));
    let control = ((SERVER, 6_971), (CLIENT, 49_155));
    all.push(udp(control.0, control.1, &[sender_report(), description()].concat()));
    all.push(udp(media.0, media.1, &rtp(false, 4_711, &jpeg_first())));
    all.push(udp(media.0, media.1, &rtp(true, 4_712, &jpeg_later())));
    // A contributing source, an extension and padding, which the player never sends.
    let mut odd = rtp(true, 4_713, &[]);
    odd[0] = 0xb1;
    odd.extend([9, 9, 9, 9, 0xbe, 0xde, 0, 1, 0x10, 7, 0, 0]);
    odd.extend(jpeg_later());
    odd.extend([0, 0, 3]);
    all.push(udp(media.0, media.1, &odd));
    let report = [receiver_report(), description(), application(), goodbye()].concat();
    all.push(udp(control.1, control.0, &report));
    let mut padded = description();
    (padded[0], padded[3]) = (0xa1, 7);
    padded.extend([0, 0, 0, 0, 0, 0, 0, 8]);
    all.push(udp(control.1, control.0, &[receiver_report(), padded].concat()));
    all.send(
        Side::Client,
        b"TEARDOWN rtsp://10.0.2.2:8554/demo/ RTSP/1.0\r\nCSeq: 5\r\nSession: 1234abcd\r\n\r\n",
    );
    all.send(Side::Server, b"RTSP/1.0 454 Session Not Found\r\nCSeq: 5\r\n\r\n");
    all.close();
    all
}

/// A session inside its TCP connection, with packets cut anywhere.
pub fn over_tcp() -> Conversation {
    let mut all = Conversation::new();
    begin(&mut all);
    all.send(
        Side::Client,
        b"SETUP rtsp://10.0.2.2:8554/demo/track1 RTSP/1.0\r\nCSeq: 3\r\n\
        Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n",
    );
    all.send(
        Side::Server,
        b"RTSP/1.0 200 OK\r\nCSeq: 3\r\nSession: 1234abcd;timeout=60\r\n\
        Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n",
    );
    let stream = [
        interleaved(0, &rtp(false, 4_711, &jpeg_first())),
        interleaved(0, &rtp(true, 4_712, &jpeg_later())),
        interleaved(1, &[sender_report(), description()].concat()),
        interleaved(0, &rtp(false, 4_713, &jpeg_first())),
        interleaved(0, &rtp(true, 4_714, &jpeg_later())),
    ]
    .concat();
    for chunk in [&stream[..500], &stream[500..1_300], &stream[1_300..1_302], &stream[1_302..]] {
        all.send(Side::Server, chunk);
    }
    let report = interleaved(1, &[receiver_report(), description()].concat());
    let end = b"TEARDOWN rtsp://10.0.2.2:8554/demo/ RTSP/1.0\r\nCSeq: 6\r\nSession: 1234abcd\r\n\r\n";
    all.send(Side::Client, &[&report[..], end].concat());
    all.close();
    all
}
