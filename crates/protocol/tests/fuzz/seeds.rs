//! The corpus' seeds: what our own engines say to one another.

use super::targets::records::write;
use protocol::media::{self, Catalogue};
use protocol::random::Dice;
use protocol::rtp::jpeg::Form;
use protocol::rtp::{Sender, SenderConfig, sender::PAYLOAD_TYPE_JPEG};
use protocol::rtsp::{
    Client, ClientConfig, ClientEvent, ClientRequest, ClientTransport, ConnId, Server, ServerConfig,
    ServerOutput,
};
use protocol::time::{Epoch, SimTime};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

const CONN: ConnId = ConnId(0);

/// The seeds of each target.
pub fn all() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let sessions = [
        session(ClientTransport::Udp { rtp_port: 5_004 }, false),
        session(ClientTransport::Tcp, false),
        session(ClientTransport::Udp { rtp_port: 5_004 }, true),
    ];
    let joined = |parts: &[Vec<u8>]| parts.concat();
    let [udp, tcp, lab] = &sessions;
    let rtsp = vec![joined(&udp.asked), joined(&udp.answered), joined(&tcp.asked), joined(&tcp.answered)];
    let (packets, reports) = packets();
    let steps =
        |kind: u8, parts: &[Vec<u8>]| write(&parts.iter().map(|part| (kind, &part[..])).collect::<Vec<_>>());
    let said = |first: u8, parts: &Session| {
        let mut input = vec![first];
        for part in &parts.asked {
            let text = String::from_utf8_lossy(part);
            // Which session it was is known only when it is made.
            let text = text.replace(parts.session.as_deref().unwrap_or("\0"), "{s}");
            input.extend(write(&[(0, text.as_bytes()), (4, &[0; 4])]));
        }
        input
    };
    let heard = |first: u8, parts: &Session| {
        let requests: &[u8] =
            if first & 1 == 1 { &[0x14, 0x34, 0x24, 0x2c] } else { &[0x04, 0x0c, 0x14, 0x34, 0x24, 0x2c] };
        let mut input = vec![first];
        for (request, answer) in requests.iter().zip(&parts.answered) {
            input.extend(write(&[(*request, &[]), (0, answer)]));
        }
        input
    };
    let descriptions = udp.answered.iter().filter_map(|answer| {
        let at = answer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
        (at < answer.len()).then(|| answer[at..].to_vec())
    });
    let published = b"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=live\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1;profile-level-id=42C00B;sprop-parameter-sets=Z0LAC9kBQfsB,aMuDyyA=\r\na=control:streamid=0\r\nm=audio 0 RTP/AVP 97\r\na=rtpmap:97 MPEG4-GENERIC/48000/2\r\n";
    let values = [
        "RTP/AVP/UDP;unicast;client_port=5004-5005;server_port=6970-6971;ssrc=1A2B3C4D;mode=\"PLAY\"",
        "RTP/AVP/TCP;unicast;interleaved=0-1,RTP/AVP;multicast;destination=239.1.2.3;port=5000-5001;ttl=4",
        "npt=1.500-20",
        "npt=0:01:02.5-now",
        "clock=19961108T143720.25Z-",
        "1234abcd;timeout=60",
        "url=rtsp://h/demo/trackID=0;seq=4711;rtptime=90000,url=rtsp://h/x;seq=1",
        "Basic dXNlcjpwYXNz",
        "Digest realm=\"a \\\"b\\\"\", nonce=\"0123\", opaque=\"x\", algorithm=SHA-256, qop=\"auth\", stale=true",
        "Digest username=\"user\", realm=\"Layercast\", nonce=\"0123\", uri=\"rtsp://h/demo\", response=\"0123456789abcdef\", algorithm=MD5, qop=auth, nc=00000001, cnonce=\"7\"",
        "rtsp://user:pass@h:8554/a%20b/trackID=0?x=1/",
    ];
    let mut receiver = vec![0];
    receiver.extend(steps(0x20, &packets));
    receiver.extend(steps(5, &reports));
    let mut whole = vec![1];
    whole.extend(steps(0x28, &[whole_file()]));
    let h264 = [
        &b"\x67\x42\xc0\x0b\xd9\x01\x41\xfb"[..],
        b"\x78\x00\x04\x68\xcb\x83\xcb\x00\x02\x09\xf0",
        b"\x7c\x85\x88\x84\x00\x01",
        b"\x7c\x45\x02\x03",
    ];
    let h264: Vec<Vec<u8>> = h264
        .iter()
        .map(|unit| [b"\x80\xe0\x00\x01\x00\x00\x03\xe8\x00\x00\x00\x07", *unit].concat())
        .collect();
    let mut conversation = steps(1, &tcp.asked[..2]);
    conversation.extend(steps(2, &tcp.answered[..2]));
    vec![
        ("rtsp_reader", rtsp.clone()),
        ("lab_reader", vec![joined(&lab.asked), joined(&lab.answered), lab.asked[0].clone(), b"PLAY movie.Mjpeg RTSP/1.0\nCSeq: 2\nSession: 123456".to_vec()]),
        ("headers", values.iter().map(|text| text.as_bytes().to_vec()).collect()),
        ("sdp", descriptions.chain([published.to_vec()]).collect()),
        ("rtp", vec![packets[0].clone(), packets[1].clone(), steps(0, &packets), h264[1].clone()]),
        ("jpeg", vec![small_jpeg()]),
        ("rtcp", reports.clone()),
        ("receiver", vec![receiver, whole]),
        ("frames", vec![b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\x06\0\x01\x08\0\x06\x04\0\x01\x02\0\0\0\0\x02\x0a\0\x01\x02\0\0\0\0\0\0\x0a\0\x01\x01".to_vec()]),
        ("conversation", vec![conversation, steps(1, &lab.asked), steps(4, &h264), steps(4, &packets[..2]), steps(6, &reports), steps(7, &packets[..1])]),
        ("server", vec![said(0, udp), said(0, tcp), said(1, lab)]),
        ("client", vec![heard(0, udp), heard(2, tcp), heard(1, lab)]),
    ]
}

/// What was said in one session.
struct Session {
    asked: Vec<Vec<u8>>,
    answered: Vec<Vec<u8>>,
    session: Option<String>,
}

/// Client and server side by side: from OPTIONS to TEARDOWN.
fn session(transport: ClientTransport, lab_dialect: bool) -> Session {
    let config = ServerConfig { rtp_port: 6_970, lab_dialect, ..ServerConfig::default() };
    let mut server = Server::new(config, Arc::new(Catalogue::with_demo()), Dice::new(7, "seeds"));
    let mut config = ClientConfig::new("rtsp://10.0.2.2:8554/demo");
    config.transport = transport;
    config.lab_dialect = lab_dialect;
    let mut client = Client::new(config, Dice::new(7, "seeds"));
    let mut now = SimTime::from_secs(1);
    server.connected(now, CONN, IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2))).expect("there is room");
    client.connected(now);
    let mut said = Session { asked: Vec::new(), answered: Vec::new(), session: None };
    let questions = [ClientRequest::Options, ClientRequest::Describe];
    let requests = [
        ClientRequest::Setup { track: 0 },
        ClientRequest::Play { from: None, until: None },
        ClientRequest::Pause,
        ClientRequest::Teardown,
    ];
    for request in questions.into_iter().skip(if lab_dialect { 2 } else { 0 }).chain(requests) {
        client.request(now, request).expect("the state allows it");
        while let Some(data) = client.poll_transmit() {
            said.asked.push(data.bytes.to_vec());
            server.receive(now, CONN, &data.bytes);
        }
        now += Duration::from_millis(25);
        if server.poll_timeout().is_some_and(|at| at <= now) {
            server.handle_timeout(now);
        }
        while let Some(output) = server.poll_output(now) {
            if let ServerOutput::Stream { data, .. } = output {
                // Pictures would make the seeds large.
                if !data.bytes.starts_with(b"$") {
                    said.answered.push(data.bytes.to_vec());
                }
                client.receive(now, &data.bytes);
            }
        }
        while let Some(event) = client.poll_event() {
            if let ClientEvent::TransportSet { .. } = event {
                said.session = server.sessions(now).first().map(|session| session.id.to_string());
            }
        }
    }
    said
}

/// The packets of a picture of the demo, and RTCP.
fn packets() -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let mut sender = sender(Form::Rfc2435);
    let start = SimTime::from_secs(1);
    sender.play(start, Duration::ZERO, None);
    let (mut media, mut reports) = (Vec::new(), Vec::new());
    let later = start + Duration::from_millis(39);
    while let Some(data) = sender.poll_transmit(later) {
        let is_report = matches!(data.what, protocol::message::What::Rtcp { .. });
        if is_report { &mut reports } else { &mut media }.push(data.bytes.to_vec());
    }
    reports.extend(sender.bye(later).map(|data| data.bytes.to_vec()));
    media.truncate(5);
    (media, reports)
}

/// A picture as the lab's dialect sends it, its beginning.
fn whole_file() -> Vec<u8> {
    let mut sender = sender(Form::WholeFile);
    let start = SimTime::from_secs(1);
    sender.play(start, Duration::ZERO, None);
    let packet = sender.poll_transmit(start).expect("a picture is due");
    packet.bytes[..1_200].to_vec()
}

fn sender(form: Form) -> Sender {
    Sender::new(SenderConfig {
        clip: media::demo(),
        track: 0,
        ssrc: 7,
        payload_type: PAYLOAD_TYPE_JPEG,
        form,
        first_sequence: 1,
        first_timestamp: 1_000,
        cname: "seed@layercast".to_owned(),
        max_packet: 1_388,
        epoch: Epoch::FIXED,
        dice: Dice::new(7, "seeds"),
    })
}

/// A small picture of its own.
fn small_jpeg() -> Vec<u8> {
    let mut octets = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut octets, 60);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
    encoder.set_restart_interval(2);
    let pixels: Vec<u8> = (0..32 * 16 * 3).map(|at| (at * 7 % 251) as u8).collect();
    encoder.encode(&pixels, 32, 16, jpeg_encoder::ColorType::Rgb).expect("a picture");
    octets
}
