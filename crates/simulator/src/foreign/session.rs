//! What a client's RTSP messages agree on: which answer belongs to which request, where its media
//! travel and what they are, and the states of RFC 2326 appendix A.

use super::paths::Path;
use protocol::rtsp::headers::{Delivery, Lower, Transport, TransportList};
use protocol::rtsp::reader::{Item, ItemKind};
use protocol::rtsp::sdp::{Media, RtpMap, Sdp, static_map};
use protocol::rtsp::url::{self, Url};
use protocol::rtsp::{Method, State};
use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;

/// Requests of one direction that may still be answered; the oldest goes first.
pub const MAX_ASKED: usize = 64;
/// Tracks of one client that are told apart.
pub const MAX_TRACKS: usize = 64;
/// The payload type of JPEG where nothing else says so (RFC 3551 section 6).
pub const STATIC_JPEG: u8 = 26;
/// The longest text that is taken over as a name or URL, in characters.
const MAX_TEXT: usize = 200;

/// What a message taught.
#[derive(Clone, Debug, PartialEq)]
pub enum Learnt {
    /// It answers this request (a message by its number), which had this method.
    Answers(usize, Method),
    /// The client's state.
    State(State),
    /// The stream at the client: `playing`, `paused`, ...
    Media(&'static str),
    /// UDP ports carry this track's media.
    Path(Path),
    /// How media travels: `udp`, `multicast`, `tcp`.
    Transport(&'static str),
    /// Pictures of this track are to be shown.
    Show { track: usize, map: RtpMap },
    /// What comes next begins another stretch of time.
    Restart,
    /// What is played.
    Url(String),
    /// The client's program.
    Name(String),
    /// A remark.
    Note(String),
}

#[derive(Clone, Debug)]
struct Asked {
    cseq: Option<u32>,
    method: Method,
    url: String,
    transport: Option<Transport>,
    message: usize,
}

/// One client's sessions, one after the other.
#[derive(Debug)]
pub struct Session {
    client: usize,
    lab: bool,
    /// From the client, from the server.
    asked: [VecDeque<Asked>; 2],
    description: Option<Sdp>,
    base: String,
    /// The URLs that SETUP named where no description tells their number.
    tracks: Vec<String>,
    state: State,
    /// The track whose pictures are shown.
    shown: Option<usize>,
    /// What the channels of the RTSP connection carry: the track, and whether RTCP.
    channels: BTreeMap<u8, (usize, bool)>,
    named: bool,
    remarked: bool,
}

fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX_TEXT).collect()
}

impl Session {
    /// A client of which nothing is known.
    pub fn new(client: usize, lab: bool) -> Self {
        Session {
            client,
            lab,
            asked: Default::default(),
            description: None,
            base: String::new(),
            tracks: Vec::new(),
            state: State::Init,
            shown: None,
            channels: BTreeMap::new(),
            named: false,
            remarked: false,
        }
    }

    /// Another connection begins: its channels are its own.
    pub fn connection(&mut self) {
        self.channels.clear();
        self.asked = Default::default();
    }

    /// What a channel carries: the track, and whether RTCP. Where SETUP was not seen, an even
    /// channel carries RTP and the next one its RTCP, as everybody numbers them.
    pub fn channel(&self, channel: u8) -> (usize, bool) {
        let usual = (usize::from(channel / 2), channel % 2 == 1);
        self.channels.get(&channel).copied().unwrap_or(usual)
    }

    /// The track whose pictures are shown, once there is one.
    pub fn shown(&self) -> Option<usize> {
        self.shown
    }

    /// A packet of a track of which nothing was agreed in this capture: only a static payload
    /// type says what it is.
    pub fn guess(&mut self, track: usize, payload_type: u8) -> Option<Learnt> {
        let unknown = self.description.is_none() && self.shown.is_none();
        let map = static_map(payload_type).filter(|_| unknown && payload_type == STATIC_JPEG)?;
        self.shown = Some(track);
        Some(Learnt::Show { track, map })
    }

    /// A message of its connection between `ends` (client, server).
    pub fn message(
        &mut self,
        item: &Item,
        from_client: bool,
        message: usize,
        ends: (IpAddr, IpAddr),
    ) -> Vec<Learnt> {
        let mut learnt = Vec::new();
        match item.parsed.kind {
            ItemKind::Request => self.request(item, from_client, message, &mut learnt),
            ItemKind::Response => self.response(item, from_client, ends, &mut learnt),
            _ => {}
        }
        learnt
    }

    fn request(&mut self, item: &Item, from_client: bool, message: usize, learnt: &mut Vec<Learnt>) {
        let method = Method::from_token(item.parsed.method(&item.bytes).unwrap_or_default());
        let url = item.parsed.uri(&item.bytes).unwrap_or_default().to_owned();
        if from_client && !self.named {
            let name = item.value("User-Agent").map(|name| short(&name)).filter(|name| !name.is_empty());
            self.named = name.is_some();
            learnt.extend(name.map(Learnt::Name));
        }
        let begins = matches!(method, Method::Describe | Method::Announce);
        if from_client && (begins || method == Method::Play && self.base.is_empty()) {
            let url = Url::parse(&url).map_or_else(|_| url.clone(), |url| url.without_user().to_string());
            learnt.push(Learnt::Url(short(&url)));
        }
        if method == Method::Announce && from_client {
            self.describe(item, &url, learnt);
        }
        if method == Method::Play && from_client {
            learnt.push(Learnt::Restart);
        }
        let transport = item.value("Transport").and_then(|value| best(&value));
        let cseq = item.value("CSeq").and_then(|value| value.trim().parse().ok());
        let asked = &mut self.asked[usize::from(!from_client)];
        if asked.len() >= MAX_ASKED {
            asked.pop_front();
        }
        asked.push_back(Asked { cseq, method, url, transport, message });
    }

    fn response(&mut self, item: &Item, from_client: bool, ends: (IpAddr, IpAddr), learnt: &mut Vec<Learnt>) {
        let cseq: Option<u32> = item.value("CSeq").and_then(|value| value.trim().parse().ok());
        let status = item.parsed.status(&item.bytes).unwrap_or_default();
        let waiting = &mut self.asked[usize::from(from_client)];
        let place = match cseq {
            Some(cseq) => waiting.iter().position(|asked| asked.cseq == Some(cseq)),
            None => (!waiting.is_empty()).then_some(0),
        };
        // "Continue" is no answer yet (RFC 2326 section 11).
        let asked = match place {
            Some(place) if status < 200 => waiting.get(place).cloned(),
            Some(place) => waiting.remove(place),
            None => None,
        };
        let Some(asked) = asked else { return };
        learnt.push(Learnt::Answers(asked.message, asked.method.clone()));
        if from_client || !(200..300).contains(&status) {
            return;
        }
        match asked.method {
            Method::Describe => {
                let base = ["Content-Base", "Content-Location"].iter().find_map(|name| item.value(name));
                let base = base.filter(|base| Url::parse(base).is_ok()).unwrap_or(asked.url);
                self.describe(item, &base, learnt);
            }
            Method::Setup => self.set_up(item, &asked, ends, learnt),
            Method::Play => self.enter(State::Playing, Some("playing"), learnt),
            Method::Record => self.enter(State::Recording, Some("recording"), learnt),
            Method::Pause => self.enter(State::Ready, Some("paused"), learnt),
            Method::Teardown => {
                self.shown = None;
                self.channels.clear();
                self.enter(State::Init, Some("torn down"), learnt);
            }
            _ => {}
        }
    }

    fn enter(&mut self, state: State, media: Option<&'static str>, learnt: &mut Vec<Learnt>) {
        if self.state != state {
            self.state = state;
            learnt.push(Learnt::State(state));
        }
        learnt.extend(media.map(Learnt::Media));
    }

    fn describe(&mut self, item: &Item, base: &str, learnt: &mut Vec<Learnt>) {
        self.base = base.to_owned();
        self.tracks.clear();
        match Sdp::read(&item.body()) {
            Ok(description) => self.description = Some(description),
            Err(error) => {
                self.description = None;
                learnt.push(Learnt::Note(format!("The description cannot be read: {error}.")));
            }
        }
    }

    /// The number of the track that a SETUP is about.
    fn track(&mut self, asked: &str) -> usize {
        let media = self.description.as_ref().map_or(&[][..], |description| &description.media);
        let controls =
            || media.iter().enumerate().filter_map(|(at, media)| Some((at, media.control.as_deref()?)));
        let exact = controls().find(|(_, control)| url::resolve(&self.base, control) == asked);
        let by_end = || {
            controls().find(|(_, control)| !control.is_empty() && *control != "*" && asked.ends_with(control))
        };
        if let Some((track, _)) = exact.or_else(by_end) {
            return track;
        }
        if let Some(known) = self.tracks.iter().position(|known| known == asked) {
            return known;
        }
        if self.tracks.len() < MAX_TRACKS {
            self.tracks.push(asked.to_owned());
        }
        self.tracks.len() - 1
    }

    fn set_up(&mut self, item: &Item, asked: &Asked, ends: (IpAddr, IpAddr), learnt: &mut Vec<Learnt>) {
        let track = self.track(&asked.url);
        let written = item.value("Transport").and_then(|value| best(&value));
        let Some(agreed) = written.or_else(|| asked.transport.clone()) else {
            learnt.push(Learnt::Note("The answer to SETUP names no transport that can be read.".to_owned()));
            return self.enter(State::Ready, None, learnt);
        };
        if agreed.lower() == Lower::Tcp || agreed.interleaved.is_some() {
            let offer = asked.transport.as_ref().and_then(|asked| asked.interleaved);
            let (rtp, rtcp) = agreed.interleaved.or(offer).unwrap_or((0, None));
            self.channels.insert(rtp, (track, false));
            self.channels.insert(rtcp.unwrap_or(rtp.wrapping_add(1)), (track, true));
            learnt.push(Learnt::Transport("tcp"));
        } else {
            let path = Path::agreed(self.client, track, ends, asked.transport.as_ref(), &agreed);
            let word = if agreed.delivery == Some(Delivery::Multicast) { "multicast" } else { "udp" };
            learnt.push(Learnt::Transport(word));
            match path {
                Some(path) => learnt.push(Learnt::Path(path)),
                None => learnt.push(Learnt::Note("SETUP and its answer name no ports.".to_owned())),
            }
        }
        let records = asked.transport.as_ref().is_some_and(|asked| asked.is_for("RECORD"));
        if !records {
            self.show(track, learnt);
        } else if !std::mem::replace(&mut self.remarked, true) {
            learnt.push(Learnt::Note(
                "This client publishes: its packets are shown; pictures are shown of who plays.".to_owned(),
            ));
        }
        self.enter(State::Ready, None, learnt);
    }

    /// Pictures of the first track of JPEG are shown.
    fn show(&mut self, track: usize, learnt: &mut Vec<Learnt>) {
        let described = self.description.as_ref().map(|description| description.media.get(track));
        let map = match described {
            // The student project describes nothing.
            None if self.lab => static_map(STATIC_JPEG),
            None => return,
            Some(media) => media.and_then(jpeg),
        };
        if let Some(map) = map.filter(|_| self.shown.is_none_or(|shown| shown == track)) {
            self.shown = Some(track);
            learnt.push(Learnt::Show { track, map });
        } else if let Some(media) = described.flatten().filter(|media| media.kind == "video")
            && self.shown.is_none()
            && !std::mem::replace(&mut self.remarked, true)
        {
            let encoding = media.first_map().map_or_else(|| media.protocol.clone(), |map| map.encoding);
            learnt.push(Learnt::Note(format!(
                "The video is {}: its packets are shown, its pictures are not; pictures are shown of JPEG.",
                short(&encoding)
            )));
        }
    }
}

/// The first entry of a Transport header that can be read.
fn best(value: &str) -> Option<Transport> {
    TransportList::read(value).0.into_iter().flatten().next()
}

/// What says that a track is JPEG, with its payload type.
fn jpeg(media: &Media) -> Option<RtpMap> {
    let is_jpeg = |map: &RtpMap| map.encoding.eq_ignore_ascii_case("JPEG");
    let offered = |map: &&RtpMap| media.formats.iter().any(|format| *format == map.payload_type.to_string());
    let named = media.rtpmap.iter().filter(offered).find(|map| is_jpeg(map)).cloned();
    named.or_else(|| media.first_map().filter(is_jpeg))
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::rtsp::reader::Reader;

    const ENDS: (IpAddr, IpAddr) =
        (IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 1, 2)), IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 2, 2)));

    fn item(text: &str) -> Item {
        let mut reader = Reader::new();
        reader.push(text.replace('\n', "\r\n").as_bytes());
        reader.next().unwrap()
    }

    fn ask(session: &mut Session, number: usize, text: &str) -> Vec<Learnt> {
        session.message(&item(text), true, number, ENDS)
    }

    fn answer(session: &mut Session, text: &str) -> Vec<Learnt> {
        session.message(&item(text), false, 99, ENDS)
    }

    #[test]
    fn setup_tells_ports_and_the_description_what_they_carry() {
        let mut session = Session::new(0, false);
        ask(&mut session, 1, "DESCRIBE rtsp://u:p@h/film RTSP/1.0\nCSeq: 1\nUser-Agent: Peer\n\n");
        let sdp = "v=0\nm=audio 0 RTP/AVP 0\na=control:a\nm=video 0 RTP/AVP 96 97\na=rtpmap:97 jpeg/90000\na=control:v\n";
        let length = sdp.len() + sdp.matches('\n').count();
        let text = format!(
            "RTSP/1.0 200 OK\nCSeq: 1\nContent-Base: rtsp://h/film/\nContent-Length: {length}\n\n{sdp}"
        );
        assert_eq!(answer(&mut session, &text), [Learnt::Answers(1, Method::Describe)]);
        let offer = "Transport: RTP/AVP;unicast;client_port=5000-5001";
        ask(&mut session, 2, &format!("SETUP rtsp://h/film/v RTSP/1.0\nCSeq: 2\n{offer}\n\n"));
        let learnt =
            answer(&mut session, "RTSP/1.0 200 OK\nCSeq: 2\nTransport: RTP/AVP;server_port=6970-6971\n\n");
        let map = RtpMap { payload_type: 97, encoding: "jpeg".into(), clock_rate: 90_000, parameters: None };
        assert!(learnt.contains(&Learnt::Show { track: 1, map }), "{learnt:?}");
        assert!(learnt.contains(&Learnt::State(State::Ready)));
        let path =
            learnt.iter().find_map(|l| if let Learnt::Path(path) = l { Some(path) } else { None }).unwrap();
        assert_eq!((path.client_ports, path.server_ports), (Some((5000, 5001)), Some((6970, 6971))));
        ask(&mut session, 3, "PLAY rtsp://h/film RTSP/1.0\nCSeq: 3\n\n");
        let learnt = answer(&mut session, "RTSP/1.0 200 OK\n\n");
        let expected =
            [Learnt::Answers(3, Method::Play), Learnt::State(State::Playing), Learnt::Media("playing")];
        assert_eq!(learnt, expected, "without a CSeq it is the oldest request's");
    }

    #[test]
    fn channels_are_the_connection_s_own() {
        let mut session = Session::new(0, false);
        assert_eq!((session.channel(0), session.channel(3)), ((0, false), (1, true)));
        ask(
            &mut session,
            1,
            "SETUP rtsp://h/film/v RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP/TCP;interleaved=0-1\n\n",
        );
        answer(&mut session, "RTSP/1.0 200 OK\nCSeq: 1\nTransport: RTP/AVP/TCP;interleaved=4-5\n\n");
        assert_eq!((session.channel(4), session.channel(5)), ((0, false), (0, true)));
        session.connection();
        assert_eq!(session.channel(4), (2, false));
        assert_eq!(session.guess(0, 96), None);
        assert!(matches!(session.guess(0, STATIC_JPEG), Some(Learnt::Show { track: 0, .. })));
    }

    #[test]
    fn what_waits_for_answers_is_bounded() {
        let mut session = Session::new(0, false);
        for number in 0..2 * MAX_ASKED {
            ask(&mut session, number, &format!("OPTIONS * RTSP/1.0\nCSeq: {number}\n\n"));
        }
        assert_eq!(session.asked[0].len(), MAX_ASKED);
        assert_eq!(answer(&mut session, "RTSP/1.0 200 OK\nCSeq: 0\n\n"), []);
        for track in 0..2 * MAX_TRACKS {
            let text = format!("SETUP rtsp://h/{track} RTSP/1.0\nCSeq: 7\nTransport: RTP/AVP/TCP\n\n");
            ask(&mut session, 0, &text);
            answer(&mut session, "RTSP/1.0 200 OK\nCSeq: 7\n\n");
        }
        assert_eq!(session.tracks.len(), MAX_TRACKS);
    }
}
