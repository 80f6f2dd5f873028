//! Which multicast groups a real client joins and leaves, read from its requests and the
//! server's answers: it joins for real what the answer to SETUP names, and its host in the
//! simulation does the same.

use protocol::rtsp::headers::{Delivery, SessionHeader, TransportList};
use protocol::rtsp::reader::Item;
use std::collections::VecDeque;
use std::net::Ipv4Addr;

/// Tracks that one real client can have in groups; one more is not joined.
pub(super) const MAX_JOINED: usize = 8;

/// Requests without an answer that are remembered; the oldest is forgotten.
const MAX_ASKED: usize = 16;

/// A track that comes from a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Joined {
    /// What SETUP was about.
    uri: String,
    session: String,
    pub group: Ipv4Addr,
    pub rtp: u16,
    pub rtcp: u16,
    pub ttl: u8,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum News {
    Join(Joined),
    Leave(Joined),
    /// The client has [`MAX_JOINED`] already.
    Full,
}

#[derive(Clone, Debug)]
struct Asked {
    cseq: String,
    is_setup: bool,
    uri: String,
    session: String,
}

/// Reads both directions of one RTSP connection.
#[derive(Clone, Debug, Default)]
pub(super) struct GroupReader {
    asked: VecDeque<Asked>,
    joined: Vec<Joined>,
}

impl GroupReader {
    /// The client asked for something.
    pub fn request(&mut self, item: &Item) {
        let method = item.parsed.method(&item.bytes).unwrap_or_default();
        if !matches!(method, "SETUP" | "TEARDOWN") {
            return;
        }
        let Some(cseq) = item.value("CSeq").map(|text| text.trim().to_owned()) else { return };
        if self.asked.len() >= MAX_ASKED {
            self.asked.pop_front();
        }
        let uri = item.parsed.uri(&item.bytes).unwrap_or_default().trim_end_matches('/').to_owned();
        self.asked.push_back(Asked { cseq, is_setup: method == "SETUP", uri, session: session(item) });
    }

    /// An answer of the server.
    pub fn answer(&mut self, item: &Item) -> Vec<News> {
        let mut news = Vec::new();
        self.response(item, &mut news);
        news
    }

    /// The connection is over: all that is still joined.
    pub fn take_all(&mut self) -> Vec<Joined> {
        std::mem::take(&mut self.joined)
    }

    fn response(&mut self, item: &Item, news: &mut Vec<News>) {
        let Some(cseq) = item.value("CSeq") else { return };
        let Some(place) = self.asked.iter().position(|asked| asked.cseq == cseq.trim()) else { return };
        let Some(asked) = self.asked.remove(place) else { return };
        if !item.parsed.status(&item.bytes).is_some_and(|status| (200..300).contains(&status)) {
            return;
        }
        // A SETUP takes the place of the one before for the same track.
        let is_track = |joined: &Joined| joined.uri == asked.uri && joined.session == session(item);
        let names_track = self.joined.iter().any(is_track);
        let (gone, kept) = std::mem::take(&mut self.joined).into_iter().partition(|joined| {
            if asked.is_setup || names_track { is_track(joined) } else { joined.session == asked.session }
        });
        self.joined = kept;
        news.extend(Vec::into_iter(gone).map(News::Leave));
        if asked.is_setup
            && let Some(joined) = agreed(item, &asked)
        {
            if self.joined.len() < MAX_JOINED {
                self.joined.push(joined.clone());
                news.push(News::Join(joined));
            } else {
                news.push(News::Full);
            }
        }
    }
}

/// The group that the answer to a SETUP names.
fn agreed(item: &Item, asked: &Asked) -> Option<Joined> {
    let transport = TransportList::read(&item.value("Transport")?).0.into_iter().next()?.ok()?;
    if transport.delivery != Some(Delivery::Multicast) {
        return None;
    }
    let group: Ipv4Addr = transport.destination?.parse().ok()?;
    let (rtp, rtcp) = transport.port?;
    Some(Joined {
        uri: asked.uri.clone(),
        session: session(item),
        group,
        rtp,
        rtcp: rtcp.or_else(|| rtp.checked_add(1))?,
        ttl: transport.ttl.unwrap_or(1),
    })
    .filter(|joined| joined.group.is_multicast())
}

/// The session that a message names, without its timeout; empty when it names none.
fn session(item: &Item) -> String {
    let header = item.value("Session").and_then(|value| value.parse::<SessionHeader>().ok());
    header.map(|header| header.id).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::rtsp::reader::Reader;

    fn request(reader: &mut GroupReader, text: &str) {
        let mut items = Reader::new();
        items.push(text.replace('\n', "\r\n").as_bytes());
        while let Some(item) = items.next() {
            reader.request(&item);
        }
    }

    fn answer(reader: &mut GroupReader, text: &str) -> Vec<News> {
        let mut items = Reader::new();
        items.push(text.replace('\n', "\r\n").as_bytes());
        std::iter::from_fn(|| items.next()).flat_map(|item| reader.answer(&item)).collect()
    }

    fn set_up(reader: &mut GroupReader, track: usize) -> Vec<News> {
        request(reader, &format!("SETUP rtsp://h/x/t{track} RTSP/1.0\nCSeq: {track}\n\n"));
        let port = 5004 + 2 * track;
        answer(
            reader,
            &format!(
                "RTSP/1.0 200 OK\nCSeq: {track}\nSession: 7;timeout=60\nTransport: RTP/AVP;multicast;destination=239.255.0.1;port={port}-{};ttl=16\n\n",
                port + 1
            ),
        )
    }

    #[test]
    fn an_agreed_group_is_joined_and_left_with_its_track_or_session() {
        let mut reader = GroupReader::default();
        let [News::Join(first)] = &set_up(&mut reader, 1)[..] else { panic!("the answer names a group") };
        assert_eq!((first.group, first.rtp, first.rtcp), (Ipv4Addr::new(239, 255, 0, 1), 5006, 5007));
        set_up(&mut reader, 2);
        request(&mut reader, "TEARDOWN rtsp://h/x/t1/ RTSP/1.0\nCSeq: 8\nSession: 7\n\n");
        let left = answer(&mut reader, "RTSP/1.0 200 OK\nCSeq: 8\nSession: 7\n\n");
        assert_eq!(left, [News::Leave(first.clone())]);
        request(&mut reader, "TEARDOWN rtsp://h/x RTSP/1.0\nCSeq: 9\nSession: 7\n\n");
        assert_eq!(answer(&mut reader, "RTSP/1.0 200 OK\nCSeq: 9\n\n").len(), 1);
        assert!(reader.take_all().is_empty());
    }

    #[test]
    fn what_was_refused_or_is_unicast_is_not_joined() {
        let mut reader = GroupReader::default();
        request(&mut reader, "SETUP rtsp://h/x RTSP/1.0\nCSeq: 1\n\n");
        assert!(answer(&mut reader, "RTSP/1.0 461 no\nCSeq: 1\n\n").is_empty());
        request(&mut reader, "SETUP rtsp://h/x RTSP/1.0\nCSeq: 2\n\n");
        let unicast = "RTSP/1.0 200 OK\nCSeq: 2\nSession: 7\nTransport: RTP/AVP;unicast;client_port=2-3\n\n";
        assert!(answer(&mut reader, unicast).is_empty());
        let nonsense =
            "RTSP/1.0 200 OK\nCSeq: 9\nTransport: RTP/AVP;multicast;destination=1.2.3.4;port=2\n\n";
        assert!(answer(&mut reader, nonsense).is_empty());
    }

    #[test]
    fn a_new_transport_for_a_track_leaves_its_group_and_the_number_is_bounded() {
        let mut reader = GroupReader::default();
        set_up(&mut reader, 1);
        request(&mut reader, "SETUP rtsp://h/x/t1 RTSP/1.0\nCSeq: 20\nSession: 7\n\n");
        let changed = answer(
            &mut reader,
            "RTSP/1.0 200 OK\nCSeq: 20\nSession: 7\nTransport: RTP/AVP;unicast;client_port=2-3\n\n",
        );
        assert!(matches!(changed[..], [News::Leave(_)]));
        for track in 0..MAX_JOINED {
            assert!(matches!(set_up(&mut reader, track)[..], [News::Join(_)]));
        }
        assert_eq!(set_up(&mut reader, MAX_JOINED), [News::Full]);
        assert_eq!(reader.take_all().len(), MAX_JOINED);
    }
}
