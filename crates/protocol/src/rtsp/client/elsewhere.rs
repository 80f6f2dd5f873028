//! Keeping to the host that a person has chosen: a server may name URLs of others, and whoever
//! follows them goes where nobody wanted to go.

use super::Client;
use crate::rtsp::sdp::Sdp;
use crate::rtsp::url::{Url, resolve};

impl Client {
    /// The first URL that the server's description leads to on a host that is not to be used:
    /// the base of the controls, the presentation's control, or a track's (RFC 2326 appendix C.1.1).
    pub(super) fn led_elsewhere(&self, sdp: &Sdp) -> Option<String> {
        let controls = sdp.media.iter().map(|media| media.control.as_deref());
        let urls = controls.chain([sdp.control.as_deref(), None]);
        urls.map(|control| resolve(&self.base, control.unwrap_or("*"))).find(|url| !self.may_use(url))
    }

    /// Whether a URL's host is the one that was chosen, by this name or another.
    pub fn may_use(&self, url: &str) -> bool {
        let Some(others) = &self.config.only_host else { return true };
        let Ok(url) = Url::parse(url) else { return false };
        let own = self.url.as_deref().and_then(|own| Url::parse(own).ok());
        let names = own.iter().map(|own| own.host.as_str()).chain(others.iter().map(String::as_str));
        names.into_iter().any(|name| bare(name).eq_ignore_ascii_case(bare(&url.host)))
    }
}

/// A host without the brackets of an IPv6 address.
fn bare(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}
