//! OPTIONS and DESCRIBE: questions that change nothing.

use super::Server;
use super::date::{http_date, read_http_date};
use super::dispatch::{Answer, Asked, SERVED, methods};
use super::target::{TRACK, Target, without_track};
use crate::rtsp::Status;
use crate::rtsp::headers::{SessionHeader, list};
use crate::rtsp::message::Response;
use crate::rtsp::sdp::{Media, Sdp};
use crate::rtsp::url::{Url, content_base};
use crate::time::SimTime;

impl Server {
    /// RFC 2326 section 10.1.
    pub(super) fn options(&self) -> Answer {
        Response::new(Status::OK).header("Public", methods(&SERVED)).into()
    }

    /// RFC 2326 section 10.2.
    pub(super) fn describe(&self, asked: &Asked<'_>) -> Answer {
        let Target::Presentation { name, .. } = &asked.target else {
            return Response::new(Status::NOT_FOUND).into();
        };
        let Some(description) = self.description(name, &asked.request.uri) else {
            return Response::new(Status::NOT_FOUND).into();
        };
        if let Some(accept) = asked.request.headers.joined("Accept")
            && !accepts_sdp(&accept)
        {
            return Response::new(Status::NOT_ACCEPTABLE).because("application/sdp is what there is").into();
        }
        // A clip is as old as the server, a published stream as its announcement.
        let announced =
            self.publications.get(name).map_or(SimTime::ZERO, |publication| publication.announced);
        let modified = self.config.epoch.unix_nanos(announced);
        let since = asked.request.headers.get("If-Modified-Since").and_then(read_http_date);
        let last_modified = http_date(modified);
        if since.is_some_and(|since| since >= modified / 1_000_000_000) {
            return Response::new(Status::NOT_MODIFIED).header("Last-Modified", last_modified).into();
        }
        let base = match Url::parse(&asked.request.uri) {
            Ok(url) => url.without_user().to_string(),
            Err(_) => asked.request.uri.clone(),
        };
        let mut response = Response::new(Status::OK)
            .header("Content-Base", content_base(without_track(&base)))
            .header("Content-Type", "application/sdp")
            .header("Last-Modified", last_modified);
        response.body = description.write().into();
        let session = asked.session.and_then(|number| self.session_header(number));
        Answer { response, session }
    }

    /// The description of a clip or of a stream that is being published. It names no
    /// address: those of SETUP count, and behind a gateway the server's own would be of no use
    /// to the client. Of which family they are follows from the URL (RFC 4566 section 5.7).
    fn description(&self, name: &str, url: &str) -> Option<Sdp> {
        let is_ipv6 = Url::parse(url).is_ok_and(|url| url.host.starts_with('['));
        let address = if is_ipv6 { "IN IP6 ::" } else { "IN IP4 0.0.0.0" };
        let (duration, media) = match self.catalogue.get(name) {
            Some(clip) => {
                let tracks = clip.tracks().iter().enumerate();
                (
                    Some(clip.duration()),
                    tracks.map(|(number, track)| Media::of(track, format!("{TRACK}{number}"))).collect(),
                )
            }
            None => {
                let publication = self.publications.get(name).filter(|publication| publication.live)?;
                let tracks = publication.tracks.iter().enumerate();
                (None, tracks.map(|(number, track)| relayed(number, &track.media)).collect())
            }
        };
        let identifier = self.config.epoch.ntp(SimTime::ZERO).0 >> 32;
        Some(Sdp {
            origin: format!("- {identifier} 1 {address}"),
            name: name.to_owned(),
            connection: Some(address.to_owned()),
            tool: Some(self.config.server_name.clone()),
            control: Some("*".to_owned()),
            duration,
            media,
        })
    }

    /// The Session header of a response within a session.
    pub(super) fn session_header(&self, number: u64) -> Option<SessionHeader> {
        let session = self.sessions.get(&number)?;
        Some(SessionHeader { id: session.id.to_string(), timeout: None })
    }
}

/// A published track, under a URL of ours.
fn relayed(number: usize, media: &Media) -> Media {
    Media { port: 0, control: Some(format!("{TRACK}{number}")), ..media.clone() }
}

/// Whether an Accept header takes a session description (RFC 2068 section 14.1): of the entries
/// that are about it the most specific decides, and one with `q=0` is a refusal. A header without
/// an entry says nothing.
fn accepts_sdp(accept: &str) -> bool {
    let about_sdp = |entry: &str| {
        let entry = entry.to_ascii_lowercase();
        let mut parts = entry.split(';').map(str::trim);
        let rank = match parts.next().unwrap_or_default() {
            "application/sdp" => 3,
            "application/*" => 2,
            "*/*" | "*" => 1,
            _ => return None,
        };
        let is_refused = parts.any(|part| {
            part.strip_prefix("q=").and_then(|q| q.trim().parse::<f32>().ok()).is_some_and(|q| q <= 0.0)
        });
        Some((rank, !is_refused))
    };
    let strongest = list(accept).filter_map(about_sdp).max();
    strongest.map_or(list(accept).next().is_none(), |(_, is_taken)| is_taken)
}
