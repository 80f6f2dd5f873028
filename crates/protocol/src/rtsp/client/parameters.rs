//! Bodies of `text/parameters` (RFC 2326 sections 10.8 and 10.9), written and read.

use super::{Client, ClientEvent, NotAllowed};
use crate::rtsp::message::{Request, Response};
use crate::rtsp::reader::Item;

/// The one type of body that carries parameters here.
const TEXT_PARAMETERS: &str = "text/parameters";

/// The most parameters in one request or answer; what an answer has beyond it is left out.
pub const MAX_PARAMETERS: usize = 32;

/// The most characters of a name or value that are read; the rest is cut off.
pub const MAX_PARAMETER: usize = 256;

/// Whether these can be written so that they are read as they were meant.
pub(super) fn check<'a>(
    parameters: impl ExactSizeIterator<Item = (&'a String, Option<&'a String>)>,
) -> Result<(), NotAllowed> {
    if parameters.len() > MAX_PARAMETERS {
        return Err(NotAllowed("At most 32 parameters go into one request."));
    }
    for (name, value) in parameters {
        let is_name = |c: char| c.is_ascii_graphic() && c != ':';
        if name.is_empty() || !name.chars().all(is_name) {
            return Err(NotAllowed(
                "A parameter's name is one word of letters, digits and signs, without a colon.",
            ));
        }
        if value.is_some_and(|value| value.contains(char::is_control)) {
            return Err(NotAllowed("A parameter's value is one line."));
        }
    }
    Ok(())
}

/// The request with a body that asks for these; without any it has none.
pub(super) fn asking(message: Request, names: &[String]) -> Request {
    with_body(message, names.iter().map(|name| format!("{name}\r\n")).collect())
}

/// The request with a body that sets these.
pub(super) fn setting(message: Request, parameters: &[(String, String)]) -> Request {
    with_body(message, parameters.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect())
}

fn with_body(message: Request, body: String) -> Request {
    if body.is_empty() {
        return message;
    }
    Request { body: body.into(), ..message.header("Content-Type", TEXT_PARAMETERS) }
}

/// Names and values of a body; a line without a colon is a name alone.
pub(super) fn read(body: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(body);
    let short = |text: &str| text.trim().chars().filter(|c| !c.is_control()).take(MAX_PARAMETER).collect();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .take(MAX_PARAMETERS)
        .map(|line| line.split_once(':').unwrap_or((line, "")))
        .map(|(n, v)| (short(n), short(v)))
        .collect()
}

impl Client {
    /// The answer to GET_PARAMETER.
    pub(super) fn told(&mut self, item: &Item, response: &Response) {
        if response.body.is_empty() {
            return;
        }
        let kind = response
            .headers
            .get("Content-Type")
            .map(|kind| kind.split(';').next().unwrap_or_default().trim());
        if kind.is_some_and(|kind| !kind.eq_ignore_ascii_case(TEXT_PARAMETERS)) {
            let text = "The answer's body is not of the type text/parameters; it is passed over.";
            return self.deviation(item, "RFC 2326 10.8", text);
        }
        let values = read(&response.body);
        self.events.push_back(ClientEvent::Parameters { values });
    }
}
