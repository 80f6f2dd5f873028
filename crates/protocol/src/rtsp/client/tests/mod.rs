//! The client engine against servers of all kinds, played from text.

mod answers;
mod challenges;
mod conformance;
mod elsewhere;
mod life;
mod login;
mod parameters;
mod publish;
mod redirect;
mod requests;

use super::*;

const SDP: &str = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=demo\r\nt=0 0\r\na=control:*\r\n\
    m=video 0 RTP/AVP 26\r\na=control:trackID=0\r\nm=video 0 RTP/AVP 26\r\na=control:rtsp://other/cam/b\r\n";

struct Rig {
    client: Client,
    now: SimTime,
    events: Vec<ClientEvent>,
}

impl Rig {
    fn new(change: impl FnOnce(&mut ClientConfig)) -> Rig {
        let mut config = ClientConfig::new("rtsp://u:p@h:8554/demo");
        change(&mut config);
        let mut client = Client::new(config, Dice::new(1, "client"));
        client.connected(SimTime::ZERO);
        Rig { client, now: SimTime::from_secs(1), events: Vec::new() }
    }

    fn ask(&mut self, request: ClientRequest) -> String {
        self.client.request(self.now, request).unwrap();
        self.sent().expect("a request goes out")
    }

    fn sent(&mut self) -> Option<String> {
        self.client.poll_transmit().map(|data| String::from_utf8(data.bytes.to_vec()).unwrap())
    }

    fn receive(&mut self, octets: impl AsRef<[u8]>) {
        self.now += Duration::from_millis(10);
        self.client.receive(self.now, octets.as_ref());
        while let Some(event) = self.client.poll_event() {
            self.events.push(event);
        }
    }

    /// An answer with these header lines (between `\n`) and this body.
    fn answer(&mut self, status: &str, lines: &str, body: &str) {
        let mut text = format!("RTSP/1.0 {status}\r\n");
        for line in lines.lines() {
            text += &format!("{line}\r\n");
        }
        if !body.is_empty() {
            text += &format!("Content-Length: {}\r\n", body.len());
        }
        self.receive(text + "\r\n" + body);
    }

    fn described(change: impl FnOnce(&mut ClientConfig)) -> Rig {
        let mut rig = Rig::new(change);
        rig.ask(ClientRequest::Describe);
        rig.answer("200 OK", "CSeq: 1\nContent-Base: rtsp://h:8554/demo/", SDP);
        rig
    }

    fn ready() -> Rig {
        let mut rig = Rig::described(|_| ());
        rig.ask(ClientRequest::Setup { track: 0 });
        let lines = "CSeq: 2\nSession: 12345678;timeout=30\n\
            Transport: RTP/AVP/UDP;unicast;client_port=49152-49153;server_port=6970-6971;ssrc=0000002A";
        rig.answer("200 OK", lines, "");
        assert_eq!(rig.client.state(), State::Ready);
        rig
    }

    fn playing() -> Rig {
        let mut rig = Rig::ready();
        rig.ask(ClientRequest::Play { from: None, until: None });
        rig.answer("200 OK", "CSeq: 3\nSession: 12345678", "");
        assert_eq!(rig.client.state(), State::Playing);
        rig
    }

    fn failures(&self) -> Vec<&str> {
        self.events
            .iter()
            .filter_map(|event| match event {
                ClientEvent::Failed { reason, .. } => Some(reason.as_str()),
                _ => None,
            })
            .collect()
    }

    fn wait(&mut self, span: Duration) {
        let end = self.now + span;
        while let Some(at) = self.client.poll_timeout().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.client.handle_timeout(self.now);
            while let Some(event) = self.client.poll_event() {
                self.events.push(event);
            }
            if self.client.poll_timeout().is_some_and(|next| next <= self.now) {
                panic!("a deadline that has been handled must move");
            }
        }
        self.now = end;
    }
}
