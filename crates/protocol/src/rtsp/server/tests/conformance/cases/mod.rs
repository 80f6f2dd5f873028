//! What is sent, and what must be answered: data alone, so that the same cases can be run
//! against the engine and, over real connections, against the program.

mod describe;
mod grammar;
mod methods;
mod parameters;
mod pause;
mod play;
mod publish;
mod setup;
mod teardown;
mod unreadable;

/// What the connection has been through before the case's octets.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Given {
    Nothing,
    /// SETUP over UDP.
    Ready,
    /// SETUP and PLAY over UDP.
    Playing,
    /// SETUP and PLAY interleaved on channels 0 and 1.
    Interleaved,
    /// The dialect of the student project is switched on.
    Lab,
}

/// Open afterwards, or closed?
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Then {
    Open,
    Closed,
}

/// Name; what was before; what is sent (lines between `\n` become a message, what begins
/// with `raw:` is sent as it is; `{s}` is the session, `{long}` more than a URI may have); the answers in order; the rules that
/// must be noted; what becomes of the connection.
///
/// An answer is its status, then, behind `;`, what its headers must hold (`Name: part`),
/// have (`Name`) or not have (`!Name`).
pub type Case = (&'static str, Given, &'static str, &'static [&'static str], &'static [&'static str], Then);

/// How many octets `{long}` stands for.
pub const LONG: usize = 2100;

/// All cases.
pub fn all() -> impl Iterator<Item = &'static Case> {
    [
        grammar::CASES,
        unreadable::CASES,
        methods::CASES,
        describe::CASES,
        setup::CASES,
        play::CASES,
        pause::CASES,
        teardown::CASES,
        parameters::CASES,
        publish::CASES,
    ]
    .into_iter()
    .flatten()
}

/// The octets of a case's text.
pub fn octets(text: &str, session: &str) -> Vec<u8> {
    let text = text.replace("{s}", session).replace("{long}", &"x".repeat(LONG));
    match text.strip_prefix("raw:") {
        // Characters up to U+00FF stand for one octet each, so that any can be written.
        Some(raw) => raw.chars().map(|c| c as u8).collect(),
        None => format!("{}\r\n\r\n", text.trim_end_matches('\n').replace('\n', "\r\n")).into_bytes(),
    }
}

/// Checks an answer's status and headers against what a case expects. `played`: for how many seconds
/// media may have been played by now; `{now}` is a place up to there.
pub fn check(
    name: &str,
    expected: &str,
    (session, played): (&str, f64),
    status: u16,
    header: impl Fn(&str) -> Option<String>,
) {
    let expected = expected.replace("{s}", session);
    let mut parts = expected.split("; ");
    let wanted: u16 = parts.next().unwrap_or_default().parse().expect("a status begins it");
    assert_eq!(status, wanted, "{name}");
    for part in parts {
        match (part.strip_prefix('!'), part.split_once(": ")) {
            (Some(unwanted), _) => assert_eq!(header(unwanted), None, "{name}: {unwanted}"),
            (None, Some((field, wanted))) => {
                let found = header(field).unwrap_or_else(|| panic!("{name}: {field} is missing"));
                match (wanted.strip_prefix('!'), wanted.split_once("{now}")) {
                    (Some(unwanted), _) => assert!(!found.contains(unwanted), "{name}: {field}: {found}"),
                    (None, Some((before, after))) => {
                        let rest = found.split_once(before).map(|(_, rest)| rest);
                        let now = rest.and_then(|rest| rest.split_once(after)).map(|(now, _)| now.parse());
                        let fits = matches!(now, Some(Ok(now)) if (0.0..=played).contains(&now));
                        assert!(fits, "{name}: {field}: {found}, not {wanted} up to {played} s");
                    }
                    (None, None) => assert!(found.contains(wanted), "{name}: {field}: {found}, not {wanted}"),
                }
            }
            (None, None) => assert!(header(part).is_some(), "{name}: {part} is missing"),
        }
    }
}
