//! Methods.

use std::fmt;

/// A request's method (RFC 2326 section 10). Methods are case-sensitive (section 6.1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// What can you do? (section 10.1)
    Options,
    /// What is at this URL? Answered with an SDP. (section 10.2)
    Describe,
    /// Here is a description. (section 10.3)
    Announce,
    /// Agree on how one track travels. (section 10.4)
    Setup,
    /// Start sending. (section 10.5)
    Play,
    /// Stop sending, keep the session. (section 10.6)
    Pause,
    /// End the session. (section 10.7)
    Teardown,
    /// Ask for values; without a body, a keep-alive. (section 10.8)
    GetParameter,
    /// Set values. (section 10.9)
    SetParameter,
    /// Go there instead. (section 10.10)
    Redirect,
    /// Start receiving. (section 10.11)
    Record,
    /// A method that RFC 2326 does not know.
    Extension(String),
}

impl Method {
    /// All methods of RFC 2326, in its order.
    pub const KNOWN: [Method; 11] = [
        Method::Options,
        Method::Describe,
        Method::Announce,
        Method::Setup,
        Method::Play,
        Method::Pause,
        Method::Teardown,
        Method::GetParameter,
        Method::SetParameter,
        Method::Redirect,
        Method::Record,
    ];

    /// The method that `token` names.
    pub fn from_token(token: &str) -> Method {
        Method::KNOWN
            .iter()
            .find(|method| method.as_str() == token)
            .cloned()
            .unwrap_or_else(|| Method::Extension(token.to_owned()))
    }

    /// The token as it stands in a request line.
    pub fn as_str(&self) -> &str {
        match self {
            Method::Options => "OPTIONS",
            Method::Describe => "DESCRIBE",
            Method::Announce => "ANNOUNCE",
            Method::Setup => "SETUP",
            Method::Play => "PLAY",
            Method::Pause => "PAUSE",
            Method::Teardown => "TEARDOWN",
            Method::GetParameter => "GET_PARAMETER",
            Method::SetParameter => "SET_PARAMETER",
            Method::Redirect => "REDIRECT",
            Method::Record => "RECORD",
            Method::Extension(token) => token,
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_reads_back_and_case_matters() {
        for method in Method::KNOWN {
            assert_eq!(Method::from_token(method.as_str()), method);
        }
        assert_eq!(Method::from_token("play"), Method::Extension("play".into()));
    }
}
