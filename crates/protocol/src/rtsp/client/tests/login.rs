//! Servers that ask for user and password.

use super::*;
use crate::rtsp::auth::{Authorization, Credentials, DigestAnswer};

const DIGEST: &str = "WWW-Authenticate: Digest realm=\"cam\", nonce=\"abc\", qop=\"auth\"";

fn proof(request: &str) -> DigestAnswer {
    let line = request.lines().find_map(|line| line.strip_prefix("Authorization: "));
    match Authorization::read(line.expect("a proof")) {
        Some(Authorization::Digest(proof)) => proof,
        _ => panic!("no proof by Digest: {request}"),
    }
}

fn is_right(request: &str, method: &str) -> bool {
    proof(request).is_proof(&Credentials::new("u", "p").expect("a user"), method)
}

#[test]
fn a_request_that_is_not_let_in_goes_out_once_more_with_a_proof_and_later_ones_at_once() {
    let mut rig = Rig::new(|_| ());
    assert!(!rig.ask(ClientRequest::Describe).contains("Authorization"));
    rig.answer("401 Unauthorized", &format!("CSeq: 1\nWWW-Authenticate: Basic realm=\"cam\"\n{DIGEST}"), "");
    let again = rig.sent().expect("the same request");
    assert!(again.starts_with("DESCRIBE rtsp://h:8554/demo RTSP/1.0\r\nCSeq: 2\r\n"), "{again}");
    assert!(is_right(&again, "DESCRIBE") && again.contains("nc=00000001"), "{again}");
    assert_eq!(rig.events, [ClientEvent::LoggingIn { is_open: false }]);
    rig.answer("200 OK", "CSeq: 2\nContent-Base: rtsp://h:8554/demo/", SDP);
    assert_eq!(rig.failures(), [] as [&str; 0]);
    let setup = rig.ask(ClientRequest::Setup { track: 0 });
    assert!(is_right(&setup, "SETUP") && setup.contains("nc=00000002"), "{setup}");
    // Its nonce has become too old: once more.
    rig.answer("401 Unauthorized", &format!("CSeq: 3\n{DIGEST}, stale=true").replace("abc", "new"), "");
    let again = rig.sent().expect("the same request");
    assert!(is_right(&again, "SETUP") && again.contains("nonce=\"new\""), "{again}");
    // Again too old, at once: that is no honest answer, and there is an end of it.
    rig.answer("401 Unauthorized", &format!("CSeq: 4\n{DIGEST}, stale=true"), "");
    assert_eq!(rig.sent(), None);
    assert_eq!(rig.failures(), ["401 Unauthorized: user or password are not right"]);
}

#[test]
fn basic_is_answered_and_told_to_be_open() {
    let mut rig = Rig::new(|_| ());
    rig.ask(ClientRequest::Options);
    rig.answer("401 Unauthorized", "CSeq: 1\nWWW-Authenticate: Basic realm=\"cam\"", "");
    assert!(rig.sent().is_some_and(|again| again.contains("\r\nAuthorization: Basic dTpw\r\n")));
    assert_eq!(rig.events, [ClientEvent::LoggingIn { is_open: true }]);
}

#[test]
fn what_cannot_be_proven_is_said() {
    let cases = [
        ("rtsp://h/demo", DIGEST, "401 Unauthorized: it asks for a user and a password"),
        (
            "rtsp://u:p@h/demo",
            "WWW-Authenticate: Negotiate",
            "401 Unauthorized: it asks for a proof of a kind",
        ),
        ("rtsp://u:p@h/demo", "X: y", "401 Unauthorized: it asks for a proof of a kind"),
    ];
    for (url, line, says) in cases {
        let mut rig = Rig::new(|config| config.url = url.to_owned());
        rig.ask(ClientRequest::Describe);
        rig.answer("401 Unauthorized", &format!("CSeq: 1\n{line}"), "");
        assert_eq!(rig.sent(), None, "{url} {line}");
        let [reason] = rig.failures()[..] else { panic!("{:?}", rig.events) };
        assert!(reason.starts_with(says) && !reason.contains("u:p@"), "{reason}");
    }
    // A wrong password: one try, not more.
    let mut rig = Rig::new(|_| ());
    rig.ask(ClientRequest::Describe);
    rig.answer("401 Unauthorized", &format!("CSeq: 1\n{DIGEST}"), "");
    assert!(rig.sent().is_some());
    rig.answer("401 Unauthorized", &format!("CSeq: 2\n{DIGEST}"), "");
    assert_eq!(rig.sent(), None);
    assert_eq!(rig.failures(), ["401 Unauthorized: user or password are not right"]);
}
