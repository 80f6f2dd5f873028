//! What a person at the remote orders, as an input.

use crate::ids::NodeId;
use crate::world::Input;
use protocol::rtsp::{ClientRequest, Method};
use std::time::Duration;

/// What lets a built-in player send a request: PLAY begins at `from` seconds; ANNOUNCE publishes
/// under `path`; `parameters` are the lines of GET_PARAMETER (names) and SET_PARAMETER
/// (`name: value`).
///
/// # Errors
/// A sentence when what stands beside the method makes no sense, or people do not order it.
pub fn request(
    client: NodeId,
    method: &Method,
    from: Option<f64>,
    path: Option<String>,
    parameters: &str,
) -> Result<Input, String> {
    let lines = || parameters.lines().map(str::trim).filter(|line| !line.is_empty());
    let request = match method {
        Method::Options => ClientRequest::Options,
        Method::Describe => ClientRequest::Describe,
        Method::Setup => ClientRequest::Setup { track: 0 },
        Method::Play => {
            let from = from.map(Duration::try_from_secs_f64).transpose();
            let from = from.map_err(|_| "PLAY must begin at a time that is not negative.".to_owned())?;
            ClientRequest::Play { from, until: None }
        }
        Method::Pause => ClientRequest::Pause,
        Method::Teardown => ClientRequest::Teardown,
        Method::Announce => return Ok(Input::Announce { client, name: path }),
        Method::Record => ClientRequest::Record,
        Method::GetParameter => ClientRequest::GetParameter { names: lines().map(str::to_owned).collect() },
        Method::SetParameter => {
            let parameters = lines().map(set).collect::<Result<Vec<_>, String>>()?;
            if parameters.is_empty() {
                return Err("SET_PARAMETER needs at least one line, as in volume: 50".to_owned());
            }
            ClientRequest::SetParameter { parameters }
        }
        Method::Redirect | Method::Extension(_) => return Err("A player sends no such request.".to_owned()),
    };
    Ok(Input::Request { client, request: Box::new(request) })
}

fn set(line: &str) -> Result<(String, String), String> {
    let (name, value) = line
        .split_once(':')
        .ok_or_else(|| format!("'{line}' sets nothing: write name and value, as in volume: 50"))?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}
