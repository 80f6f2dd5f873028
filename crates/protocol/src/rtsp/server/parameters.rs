//! GET_PARAMETER and SET_PARAMETER (RFC 2326 sections 10.8 and 10.9).

use super::dispatch::{Answer, Asked};
use super::session::Source;
use super::target::Target;
use super::{Server, ServerEvent};
use crate::rtp::rtcp::ReportBlock;
use crate::rtsp::Status;
use crate::rtsp::message::Response;
use std::fmt::Write as _;
use std::time::Duration;

/// The one type of body that carries parameters here.
const TEXT_PARAMETERS: &str = "text/parameters";

/// The most parameters of one request.
pub const MAX_PARAMETERS: usize = 32;

/// The loudest volume; 0 is silence.
pub const MAX_VOLUME: u8 = 100;

/// What can be asked for. All belong to a session; a request whose URL names a track is about
/// that track, any other about all tracks of the session together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Parameter {
    /// Where the presentation is, in seconds of normal play time.
    Position,
    /// RTP packets sent.
    PacketsSent,
    /// RTP packets lost by the receiver's last report; 0 before any.
    PacketsLost,
    /// Interarrival jitter by the receiver's last report, in seconds, the largest of all
    /// tracks; 0 before any.
    Jitter,
    /// How fast it plays.
    Scale,
    /// How loud it shall be played, 0 to [`MAX_VOLUME`]. The session keeps it; it changes
    /// nothing about what is sent.
    Volume,
}

const NAMES: [(&str, Parameter); 6] = [
    ("position", Parameter::Position),
    ("packets_sent", Parameter::PacketsSent),
    ("packets_lost", Parameter::PacketsLost),
    ("jitter", Parameter::Jitter),
    ("scale", Parameter::Scale),
    ("volume", Parameter::Volume),
];

fn known(name: &str) -> Option<(&'static str, Parameter)> {
    NAMES.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name))
}

impl Server {
    /// RFC 2326 section 10.8. Without a body it is a sign of life and nothing else.
    pub(super) fn get_parameter(&self, asked: &Asked<'_>) -> Answer {
        let response = self.try_get(asked).unwrap_or_else(|response| response);
        Answer { response, session: asked.session.and_then(|number| self.session_header(number)) }
    }

    /// RFC 2326 section 10.9: all parameters are set, or none is.
    pub(super) fn set_parameter(&mut self, asked: &Asked<'_>) -> Answer {
        let response = self.try_set(asked).unwrap_or_else(|response| response);
        Answer { response, session: asked.session.and_then(|number| self.session_header(number)) }
    }

    fn try_get(&self, asked: &Asked<'_>) -> Result<Response, Response> {
        let lines = lines(asked)?;
        let asked_for: Vec<(&str, Option<(&str, Parameter)>)> = lines
            .iter()
            .map(|line| line.split_once(':').map_or(*line, |(name, _)| name.trim()))
            .map(|name| (name, known(name)))
            .collect();
        let unknown: Vec<&str> =
            asked_for.iter().filter(|(_, known)| known.is_none()).map(|(name, _)| *name).collect();
        if !unknown.is_empty() {
            return Err(naming(Status::PARAMETER_NOT_UNDERSTOOD, &unknown));
        }
        if asked_for.is_empty() {
            return Ok(Response::new(Status::OK));
        }
        let mut body = String::new();
        for (name, parameter) in asked_for.into_iter().filter_map(|(_, known)| known) {
            let value = self.value(asked, parameter)?;
            let _ = write!(body, "{name}: {value}\r\n");
        }
        let mut response = Response::new(Status::OK).header("Content-Type", TEXT_PARAMETERS);
        response.body = body.into();
        Ok(response)
    }

    fn value(&self, asked: &Asked<'_>, parameter: Parameter) -> Result<String, Response> {
        let session = asked.session.and_then(|number| self.sessions.get(&number));
        let Some(session) = session else {
            return Err(Response::new(Status::SESSION_NOT_FOUND).because("the parameter is of a session"));
        };
        let track = match &asked.target {
            Target::Presentation { track, .. } => *track,
            _ => None,
        };
        let streams: Vec<_> = session
            .streams
            .iter()
            .filter(|(number, _)| track.is_none_or(|track| track == **number))
            .map(|(number, stream)| (*number, stream))
            .collect();
        let reports =
            || streams.iter().filter_map(|(n, s)| Some((s.clock_rate, self.stats_of(*n, s).last_report?)));
        let seconds = |(clock_rate, report): (u32, ReportBlock)| {
            f64::from(report.jitter) / f64::from(clock_rate.max(1))
        };
        Ok(match parameter {
            // What is live is always now (section 3.6).
            Parameter::Position if !matches!(session.source, Source::Clip(_)) => "now".to_owned(),
            Parameter::Position => {
                let playing = streams.iter().filter(|(_, stream)| stream.playing);
                let at = playing.map(|(track, stream)| self.position_of(asked.now, *track, stream)).min();
                write_seconds(at.unwrap_or(session.position))
            }
            Parameter::PacketsSent => {
                streams.iter().map(|(n, s)| u64::from(self.stats_of(*n, s).packets)).sum::<u64>().to_string()
            }
            Parameter::PacketsLost => {
                reports().map(|(_, report)| i64::from(report.cumulative_lost)).sum::<i64>().to_string()
            }
            Parameter::Jitter => format!("{:.6}", reports().map(seconds).fold(0.0, f64::max)),
            Parameter::Scale => session.scale.to_string(),
            Parameter::Volume => session.volume.to_string(),
        })
    }

    fn try_set(&mut self, asked: &Asked<'_>) -> Result<Response, Response> {
        let lines = lines(asked)?;
        let (mut wrong, mut fixed, mut volume) = (Vec::new(), Vec::new(), None);
        for line in lines {
            let (name, value) = line.split_once(':').map_or((line, ""), |(n, v)| (n.trim(), v.trim()));
            match known(name) {
                Some((_, Parameter::Volume)) => match value.parse().ok().filter(|v| *v <= MAX_VOLUME) {
                    Some(value) => volume = Some(value),
                    // The RFC's own example answers a value that cannot be with 451, too.
                    None => wrong.push(name),
                },
                Some(_) => fixed.push(name),
                None => wrong.push(name),
            }
        }
        if !wrong.is_empty() {
            return Err(naming(Status::PARAMETER_NOT_UNDERSTOOD, &wrong));
        }
        if !fixed.is_empty() {
            return Err(naming(Status::PARAMETER_READ_ONLY, &fixed));
        }
        let Some(volume) = volume else { return Ok(Response::new(Status::OK)) };
        let session = asked.session.and_then(|number| self.sessions.get_mut(&number));
        let Some(session) = session else {
            return Err(Response::new(Status::SESSION_NOT_FOUND).because("the parameter is of a session"));
        };
        session.volume = volume;
        let session = session.id.clone();
        self.event(ServerEvent::ParameterSet { session, name: "volume", value: volume.to_string() });
        Ok(Response::new(Status::OK))
    }
}

/// The lines of the request's body; none where it is a sign of life.
fn lines<'a>(asked: &'a Asked<'_>) -> Result<Vec<&'a str>, Response> {
    if asked.target == Target::Unknown {
        return Err(Response::new(Status::NOT_FOUND));
    }
    let body = &asked.request.body;
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Vec::new());
    }
    // Some clients leave the type out; there is only one that it could be.
    if let Some(kind) = asked.request.headers.get("Content-Type")
        && !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(TEXT_PARAMETERS)
    {
        return Err(Response::new(Status::UNSUPPORTED_MEDIA_TYPE).because(TEXT_PARAMETERS));
    }
    let Ok(text) = std::str::from_utf8(body) else {
        return Err(Response::new(Status::BAD_REQUEST).because("the body is not UTF-8, RFC 2326 4.3"));
    };
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.len() > MAX_PARAMETERS {
        let because = format!("at most {MAX_PARAMETERS} parameters in a request");
        return Err(Response::new(Status::ENTITY_TOO_LARGE).because(because));
    }
    Ok(lines)
}

/// An error whose body names the parameters that it is about (section 11.3.1).
fn naming(status: Status, names: &[&str]) -> Response {
    let mut response = Response::new(status).header("Content-Type", TEXT_PARAMETERS);
    response.body = (names.join("\r\n") + "\r\n").into();
    response
}

fn write_seconds(time: Duration) -> String {
    format!("{}.{:03}", time.as_secs(), time.subsec_millis())
}
