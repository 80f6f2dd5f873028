//! What is different when the server is a real one, or when a router stands between that
//! translates addresses.

use super::PlayerApp;
use super::journey::OpenTarget;
use crate::app::HostIo;
use crate::scenario::PlayerTransport;
use protocol::message::{Outgoing, RtpSummary, What};
use protocol::rtp::rtcp::{Compound, ReceiverReport, RtcpPacket, SourceDescription};
use protocol::rtsp::client::{ClientTransport, MediaPath};
use protocol::rtsp::url::Url;
use protocol::rtsp::{Method, State};
use protocol::time::SimTime;
use std::net::SocketAddr;
use std::time::Duration;

/// How long media may take to come over UDP after PLAY; then the player asks for TCP.
pub const UDP_PATIENCE: Duration = Duration::from_secs(5);

/// How a real server is played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outside {
    /// The RTP port that is reserved outside; RTCP's is the next one. SETUP may name no other.
    pub(crate) rtp_port: u16,
    /// Other names of its host.
    pub(crate) other_names: Vec<String>,
    /// UDP has given nothing: media travels in the RTSP connection, whatever the scenario says.
    pub(crate) over_tcp: bool,
}

impl PlayerApp {
    /// Whether media shall travel in the RTSP connection.
    pub(super) fn is_interleaved(&self) -> bool {
        self.config.transport == PlayerTransport::Tcp
            || self.outside.as_ref().is_some_and(|outside| outside.over_tcp)
    }

    /// What SETUP offers.
    pub(super) fn client_transport(&self) -> ClientTransport {
        let rtp_port = self.rtp_port();
        match self.config.transport {
            _ if self.is_interleaved() => ClientTransport::Tcp,
            // A real server's groups do not reach into the simulation.
            PlayerTransport::Multicast if self.outside.is_none() => ClientTransport::Multicast { rtp_port },
            _ => ClientTransport::Udp { rtp_port },
        }
    }

    /// Lets media travel otherwise than the scenario says, in this session and all later ones.
    pub(crate) fn set_transport(&mut self, transport: PlayerTransport) -> Result<(), String> {
        if self.config.lab_dialect && transport != PlayerTransport::Udp {
            return Err("The student project's dialect knows UDP only.".to_owned());
        }
        let before = std::mem::replace(&mut self.config.transport, transport);
        let offered = self.client_transport();
        self.client.set_transport(offered).map_err(|reason| {
            self.config.transport = before;
            reason.to_string()
        })
    }

    /// The first track's RTP port. A real server's media has one pair of ports, whichever track
    /// is played.
    pub(super) fn rtp_port(&self) -> u16 {
        self.outside.as_ref().map_or(self.next_rtp_port, |outside| outside.rtp_port)
    }

    /// A server whose methods are known need not be asked for a description that it does not
    /// give: it may take streams, and end the connection of whoever asks for one.
    pub(super) fn serves_nothing(&self) -> bool {
        let describes = self.client.offers(&Method::Describe);
        self.outside.is_some() && describes == Some(false)
    }

    /// PLAY was accepted: media of a real server has its time to come.
    pub(super) fn await_media(&mut self, now: SimTime) {
        let is_udp = matches!(self.paths.get(&self.track), Some(MediaPath::Udp { .. }));
        self.silence_due =
            (is_udp && (self.outside.is_some() || self.config.falls_back)).then(|| now + UDP_PATIENCE);
    }

    /// No media has come over UDP: the same over TCP.
    pub(super) fn handle_silence(&mut self, io: &mut HostIo<'_>) {
        if self.silence_due.is_none_or(|at| at > io.now) {
            return;
        }
        self.silence_due = None;
        if self.client.state() != State::Playing {
            return;
        }
        io.note(format!(
            "No media came over UDP within {} s: the player asks for TCP.",
            UDP_PATIENCE.as_secs()
        ));
        if self.outside.is_none() {
            self.config.transport = PlayerTransport::Tcp;
        }
        let target = OpenTarget {
            outside: self.outside.clone().map(|outside| Outside { over_tcp: true, ..outside }),
            ..OpenTarget::new(self.config.server, self.config.url.clone())
        };
        self.open(io, target);
    }

    /// Opens the way for the server's datagrams through routers that let in only answers: one
    /// RTP packet without media, and one report of nothing.
    pub(super) fn punch(&mut self, io: &mut HostIo<'_>, track: usize) {
        if self.outside.is_none() && !self.config.punch {
            return;
        }
        let (Some(MediaPath::Udp { server: Some((rtp, rtcp)), .. }), Some((from_rtp, from_rtcp))) =
            (self.paths.get(&track), self.sockets.get(&track))
        else {
            return;
        };
        let (rtp, rtcp, from_rtp, from_rtcp) = (*rtp, *rtcp, *from_rtp, *from_rtcp);
        let to = |port| SocketAddr::from((self.config.server.ip(), port));
        // Version 2 and nothing else (RFC 3550 section 5.1).
        let mut packet = [0; 12];
        packet[0] = 0x80;
        let what = What::Rtp(RtpSummary {
            sequence: 0,
            timestamp: 0,
            ssrc: 0,
            marker: false,
            payload_type: 0,
            picture: None,
        });
        let report = Compound {
            packets: vec![
                RtcpPacket::ReceiverReport(ReceiverReport { ssrc: 0, blocks: Vec::new() }),
                RtcpPacket::SourceDescription(SourceDescription::cname(0, &self.config.cname)),
            ],
        };
        let report = Outgoing { bytes: report.to_bytes(), what: What::Rtcp { types: report.types() } };
        io.send_datagram(from_rtp, to(rtp), Outgoing { bytes: packet.to_vec().into(), what });
        io.send_datagram(from_rtcp, to(rtcp), report);
    }

    /// The server as URLs name it: `rtsp://host:port`.
    pub(super) fn place(&self) -> String {
        let real = self.outside.as_ref().and_then(|_| Url::parse(&self.config.url).ok());
        real.map_or_else(
            || format!("rtsp://{}", self.config.server),
            |url| Url { path: String::new(), query: None, ..url.without_user() }.to_string(),
        )
    }

    /// A URL of the same real server, with the user and password that this one was opened with.
    pub(super) fn with_login(&self, url: &str) -> String {
        let user = Url::parse(&self.config.url).ok().and_then(|own| own.user);
        Url::parse(url).map_or_else(|_| url.to_owned(), |url| Url { user, ..url }.to_string())
    }

    /// Where a real server sends the player: to the same server, or nowhere.
    ///
    /// # Errors
    /// What to do instead, for the person who has the key.
    pub(super) fn sent_by_real_server(&self, url: &str) -> Result<SocketAddr, String> {
        let port = |url: &str| Url::parse(url).map(|url| url.port_or_default()).ok();
        if self.client.may_use(url) && port(url) == port(&self.config.url) {
            return Ok(self.config.server);
        }
        let shown = Url::parse(url).map_or_else(|_| url.to_owned(), |url| url.without_user().to_string());
        Err(format!("{shown} is another server; open that URL to go there"))
    }
}
