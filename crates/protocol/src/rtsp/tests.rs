//! Server and client engines back to back, over a wire of a given grain.

use super::headers::NptTime;
use super::server::ConnId;
use super::*;
use crate::media::Catalogue;
use crate::message::{Outgoing, What};
use crate::random::Dice;
use crate::rtp::rtcp;
use crate::time::SimTime;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

const CONN: ConnId = ConnId(3);
const PEER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));
const DELAY: Duration = Duration::from_millis(2);

fn catalogue() -> Arc<Catalogue> {
    static CATALOGUE: OnceLock<Arc<Catalogue>> = OnceLock::new();
    CATALOGUE.get_or_init(|| Arc::new(Catalogue::with_demo())).clone()
}

/// The two, with a wire that passes `grain` octets at a time.
struct Pair {
    server: Server,
    client: Client,
    now: SimTime,
    grain: usize,
    events: Vec<ClientEvent>,
    server_events: Vec<ServerEvent>,
    media: Vec<Outgoing>,
}

impl Pair {
    fn new(transport: ClientTransport, grain: usize) -> Pair {
        let config = ServerConfig { rtp_port: 6970, ..ServerConfig::default() };
        let mut server = Server::new(config, catalogue(), Dice::new(5, "server"));
        let mut config = ClientConfig::new("rtsp://10.0.1.10:8554/demo");
        config.transport = transport;
        let mut client = Client::new(config, Dice::new(5, "client"));
        let now = SimTime::from_secs(1);
        server.connected(now, CONN, PEER).unwrap();
        client.connected(now);
        Pair { server, client, now, grain, events: vec![], server_events: vec![], media: vec![] }
    }

    fn exchange(&mut self) {
        loop {
            let mut is_quiet = true;
            while let Some(data) = self.client.poll_transmit() {
                is_quiet = false;
                for piece in data.bytes.chunks(self.grain) {
                    self.server.receive(self.now, CONN, piece);
                }
            }
            while let Some(output) = self.server.poll_output(self.now) {
                is_quiet = false;
                match output {
                    ServerOutput::Stream { data, .. } => {
                        for piece in data.bytes.chunks(self.grain) {
                            self.client.receive(self.now, piece);
                        }
                    }
                    ServerOutput::Datagram { data, .. } => {
                        let is_bye = |types: &[u8]| types.contains(&rtcp::BYE);
                        if matches!(&data.what, What::Rtcp { types } if is_bye(types)) {
                            self.client.track_ended(self.now, 0);
                        }
                        self.media.push(data);
                    }
                    ServerOutput::Close { .. } => self.client.disconnected(self.now),
                    ServerOutput::Event(event) => self.server_events.push(event),
                    ServerOutput::JoinGroup { .. } | ServerOutput::LeaveGroup { .. } => {
                        unreachable!("nobody asks for multicast here")
                    }
                }
            }
            while let Some(event) = self.client.poll_event() {
                self.events.push(event);
            }
            if is_quiet {
                return;
            }
            self.now += DELAY;
        }
    }

    fn ask(&mut self, request: ClientRequest) {
        self.client.request(self.now, request).unwrap();
        self.exchange();
    }

    fn wait(&mut self, span: Duration) {
        let end = self.now + span;
        loop {
            let next = [self.server.poll_timeout(), self.client.poll_timeout()].into_iter().flatten().min();
            let Some(at) = next.filter(|at| *at <= end) else { break };
            self.now = self.now.max(at);
            self.server.handle_timeout(self.now);
            self.client.handle_timeout(self.now);
            self.exchange();
        }
        self.now = self.now.max(end);
    }

    fn start(&mut self) {
        self.ask(ClientRequest::Options);
        self.ask(ClientRequest::Describe);
        self.ask(ClientRequest::Setup { track: 0 });
        self.ask(ClientRequest::Play { from: None, until: None });
    }

    /// Nothing went wrong, and nothing was odd.
    fn check_clean(&self) {
        assert!(
            !self
                .events
                .iter()
                .any(|event| { matches!(event, ClientEvent::Failed { .. } | ClientEvent::Deviation { .. }) }),
            "{:?}",
            self.events
        );
        assert!(
            !self.server_events.iter().any(|event| {
                matches!(event, ServerEvent::Deviation { .. } | ServerEvent::PictureDropped { .. })
            }),
            "{:?}",
            self.server_events
        );
    }
}

#[test]
fn a_whole_session_over_udp() {
    for grain in [1, 7, usize::MAX] {
        let mut pair = Pair::new(ClientTransport::Udp { rtp_port: 49152 }, grain);
        pair.start();
        assert_eq!(pair.client.state(), State::Playing);
        let described = pair.client.description().unwrap();
        assert_eq!(described.duration, Some(Duration::from_secs(24)));
        assert_eq!(described.media[0].framerate, Some(25.0));
        assert_eq!(described.media[0].first_map().unwrap().clock_rate, 90_000);
        pair.wait(Duration::from_secs(2));
        pair.ask(ClientRequest::Pause);
        assert_eq!(pair.client.state(), State::Ready);
        pair.ask(ClientRequest::Play { from: Some(Duration::from_secs(10)), until: None });
        pair.wait(Duration::from_millis(500));
        pair.ask(ClientRequest::GetParameter { names: Vec::new() });
        pair.ask(ClientRequest::Teardown);
        assert_eq!(pair.client.state(), State::Init);
        assert!(pair.server.sessions(pair.now).is_empty());
        pair.check_clean();
    }
}

#[test]
fn rtp_info_and_promised_source_are_those_of_the_first_packet() {
    let mut pair = Pair::new(ClientTransport::Udp { rtp_port: 49152 }, usize::MAX);
    pair.start();
    pair.wait(Duration::from_millis(100));
    let first = pair.media.iter().find_map(|data| match data.what {
        What::Rtp(rtp) => Some(rtp),
        _ => None,
    });
    let first = first.unwrap();
    let promised = pair.events.iter().find_map(|event| match event {
        ClientEvent::TransportSet { path, ssrc, .. } => Some((*path, *ssrc)),
        _ => None,
    });
    let path = super::client::MediaPath::Udp { rtp: 49152, rtcp: 49153, server: Some((6970, 6971)) };
    assert_eq!(promised, Some((path, Some(first.ssrc))));
    let told = pair.events.iter().find_map(|event| match event {
        ClientEvent::Playing { rtp_info, range } => Some((rtp_info.clone(), range.clone())),
        _ => None,
    });
    let (rtp_info, range) = told.unwrap();
    assert_eq!(rtp_info[0].url, "rtsp://10.0.1.10:8554/demo/trackID=0");
    assert_eq!((rtp_info[0].seq, rtp_info[0].rtptime), (Some(first.sequence), Some(first.timestamp)));
    let start = Some(NptTime::At(Duration::ZERO));
    assert_eq!(range, Some(headers::Range::Npt { start, end: Some(Duration::from_secs(24)) }));
}

#[test]
fn a_whole_session_over_tcp_brings_every_packet() {
    for grain in [1, 1000, usize::MAX] {
        let mut pair = Pair::new(ClientTransport::Tcp, grain);
        pair.start();
        pair.wait(Duration::from_secs(1));
        let mut next = None;
        let mut packets = 0;
        for event in &pair.events {
            if let ClientEvent::Interleaved { channel: 0, bytes, .. } = event {
                let sequence = u16::from_be_bytes([bytes[2], bytes[3]]);
                assert_eq!(next.unwrap_or(sequence), sequence);
                next = Some(sequence.wrapping_add(1));
                packets += 1;
            }
        }
        assert!(packets > 200, "{packets}");
        pair.ask(ClientRequest::Teardown);
        assert_eq!(pair.client.state(), State::Init);
        pair.check_clean();
    }
}

#[test]
fn keep_alives_keep_a_paused_session_for_an_hour() {
    let mut pair = Pair::new(ClientTransport::Udp { rtp_port: 49152 }, usize::MAX);
    pair.start();
    pair.ask(ClientRequest::Pause);
    pair.wait(Duration::from_secs(3600));
    assert_eq!(pair.client.state(), State::Ready);
    pair.ask(ClientRequest::Play { from: None, until: None });
    assert_eq!(pair.client.state(), State::Playing);
    pair.check_clean();
}

#[test]
fn a_clip_is_played_to_its_end_twice() {
    let mut pair = Pair::new(ClientTransport::Udp { rtp_port: 49152 }, usize::MAX);
    pair.start();
    for _ in 0..2 {
        pair.wait(Duration::from_secs(25));
        assert_eq!(pair.client.state(), State::Ready);
        let is_last = |data: &&Outgoing| matches!(data.what, What::Rtp(rtp) if rtp.marker);
        assert_eq!(pair.media.iter().filter(is_last).count(), 600, "every picture was sent");
        pair.media.clear();
        pair.ask(ClientRequest::Play { from: None, until: None });
        assert_eq!(pair.client.state(), State::Playing);
    }
    pair.check_clean();
}

#[test]
fn a_client_that_falls_silent_loses_its_session() {
    let mut pair = Pair::new(ClientTransport::Udp { rtp_port: 49152 }, usize::MAX);
    pair.start();
    // The client's clock stands still: it sends nothing.
    let end = pair.now + Duration::from_secs(70);
    while let Some(at) = pair.server.poll_timeout().filter(|at| *at <= end) {
        pair.now = pair.now.max(at);
        pair.server.handle_timeout(pair.now);
        while let Some(output) = pair.server.poll_output(pair.now) {
            if let ServerOutput::Event(event) = output {
                pair.server_events.push(event);
            }
        }
    }
    let reason = pair.server_events.iter().find_map(|event| match event {
        ServerEvent::SessionEnded { reason, .. } => Some(*reason),
        _ => None,
    });
    assert_eq!(reason, Some(EndReason::Timeout));
    pair.ask(ClientRequest::Pause);
    assert_eq!(pair.client.state(), State::Init, "454 tells it");
}
