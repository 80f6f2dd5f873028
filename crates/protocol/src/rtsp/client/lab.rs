//! Requests in the dialect of the well-known student project, for lessons that put it beside
//! RTSP.

use super::{ClientRequest, NotAllowed};
use crate::rtsp::Method;
use crate::rtsp::url::Url;
use bytes::Bytes;

/// The octets of a request, as the project's clients write them: no header has a name, no
/// session is named, and nothing ends it. `url` is the presentation's, of which only the name
/// is written; `port` is the one for RTP.
pub(super) fn write(method: &Method, url: &str, cseq: u32, port: u16) -> Bytes {
    let path = Url::parse(url).map(|url| url.path).unwrap_or_default();
    let name = path.trim_matches('/');
    let text = match method {
        Method::Setup => format!("SETUP {name}\n {cseq} \n RTSP/1.0 RTP/UDP {port}"),
        method => format!("{method} \n {cseq}"),
    };
    text.into()
}

/// Whether the dialect has a request.
///
/// # Errors
/// Why it does not have it.
pub(super) fn check(request: &ClientRequest) -> Result<(), NotAllowed> {
    match request {
        ClientRequest::Setup { .. }
        | ClientRequest::Play { .. }
        | ClientRequest::Pause
        | ClientRequest::Teardown => Ok(()),
        _ => Err(NotAllowed("The student project's dialect knows SETUP, PLAY, PAUSE and TEARDOWN only.")),
    }
}
