//! Challenges of all kinds.

use super::*;
use crate::rtsp::auth::{Authorization, Credentials};

fn credentials() -> Credentials {
    "u:p".parse().unwrap()
}

/// What a DESCRIBE says after it was answered 401 with these headers.
fn again(rig: &mut Rig, challenges: &[&str]) -> Option<(String, Authorization)> {
    rig.ask(ClientRequest::Describe);
    let lines: String = challenges.iter().map(|value| format!("\nWWW-Authenticate: {value}")).collect();
    rig.answer("401 Unauthorized", &format!("CSeq: 1{lines}"), "");
    let sent = rig.sent()?;
    let value = sent.lines().find_map(|line| line.strip_prefix("Authorization: "))?;
    Some((value.to_owned(), Authorization::read(value).unwrap()))
}

fn proves(authorization: &Authorization) -> bool {
    match authorization {
        Authorization::Basic { name, password } => credentials().is_same(name, password),
        Authorization::Digest(answer) => {
            answer.uri == "rtsp://h:8554/demo" && answer.is_proof(&credentials(), "DESCRIBE")
        }
    }
}

#[test]
fn every_kind_of_challenge_is_answered_and_the_strongest_first() {
    let basic = "Basic realm=\"r\"";
    let md5 = "Digest realm=\"r\", nonce=\"n1\"";
    let sha = "Digest realm=\"a, b\", nonce=\"n2\", algorithm=SHA-256, qop=\"auth,auth-int\", opaque=\"o\"";
    let unknown = "Negotiate";
    for (challenges, has) in [
        (vec![basic], "Basic dTpw"),
        (vec![md5], "nonce=\"n1\""),
        (vec![basic, md5], "nonce=\"n1\""),
        (vec![md5, sha, basic], "nonce=\"n2\""),
        (vec![sha], "qop=auth, nc=00000001, cnonce="),
        (vec![unknown, basic], "Basic"),
        (vec!["Basic realm=\"r\", Digest realm=\"x\\\"y\", nonce=\"n3\", algorithm=SHA-256"], "nonce=\"n3\""),
        (vec!["Digest realm=\"r\", nonce=\"n4\" , Basic realm=\"z, Digest nonce=1\""], "nonce=\"n4\""),
    ] {
        let mut rig = Rig::new(|_| ());
        let (value, authorization) = again(&mut rig, &challenges).unwrap_or_else(|| panic!("{challenges:?}"));
        assert!(value.contains(has) && proves(&authorization), "{challenges:?}: {value}");
        rig.answer("200 OK", "CSeq: 2", SDP);
        assert!(rig.failures().is_empty());
        assert!(
            rig.ask(ClientRequest::Options).contains("Authorization: "),
            "who has asked once is answered"
        );
    }
}

#[test]
fn nobody_is_told_who_does_not_ask() {
    let mut rig = Rig::new(|_| ());
    for request in [ClientRequest::Options, ClientRequest::Describe] {
        let sent = rig.ask(request);
        assert!(!sent.contains("Authorization") && !sent.contains("u:p"), "{sent}");
        rig.client.pending.clear();
    }
}

#[test]
fn a_wrong_password_is_tried_once() {
    let mut rig = Rig::new(|_| ());
    assert!(again(&mut rig, &["Digest realm=\"r\", nonce=\"1\""]).is_some());
    rig.answer("401 Unauthorized", "CSeq: 2\nWWW-Authenticate: Digest realm=\"r\", nonce=\"2\"", "");
    assert_eq!(rig.sent(), None);
    assert_eq!(rig.failures(), ["401 Unauthorized: user or password are not right"]);
}

#[test]
fn a_nonce_that_is_too_old_is_renewed_but_not_for_ever() {
    let mut rig = Rig::new(|_| ());
    assert!(again(&mut rig, &["Digest realm=\"r\", nonce=\"1\""]).is_some());
    let stale = |nonce: u32| format!("WWW-Authenticate: Digest realm=\"r\", nonce=\"{nonce}\", stale=true");
    rig.answer("401", &format!("CSeq: 2\n{}", stale(2)), "");
    assert!(rig.sent().unwrap().contains("nonce=\"2\""));
    rig.answer("401", &format!("CSeq: 3\n{}", stale(3)), "");
    assert_eq!((rig.sent(), rig.failures().len()), (None, 1));
    // Long afterwards: the challenge that is known is too old, and one more answer helps.
    let mut rig = Rig::new(|_| ());
    assert!(again(&mut rig, &["Digest realm=\"r\", nonce=\"1\", qop=\"auth\""]).is_some());
    rig.answer("200 OK", "CSeq: 2", SDP);
    assert!(rig.ask(ClientRequest::Options).contains("nc=00000002"));
    rig.answer("401", &format!("CSeq: 3\n{}", stale(2)), "");
    assert!(rig.sent().unwrap().contains("nonce=\"2\""));
}

#[test]
fn what_cannot_be_answered_is_said() {
    let mut rig = Rig::new(|config| config.url = "rtsp://h/demo".into());
    assert!(again(&mut rig, &["Basic realm=\"r\""]).is_none());
    let asks = "401 Unauthorized: it asks for a user and a password: write rtsp://user:password@host/...";
    assert_eq!(rig.failures(), [asks]);
    for challenges in [&["Digest realm=\"r\", nonce=\"1\", algorithm=SHA-512"][..], &["Negotiate"], &[]] {
        let mut rig = Rig::new(|_| ());
        assert!(again(&mut rig, challenges).is_none());
        assert_eq!(rig.failures().len(), 1, "{challenges:?}");
    }
}

#[test]
fn given_ones_and_those_of_the_url() {
    for (url, given, works) in [
        ("rtsp://h:8554/demo", Some("u:p"), true),
        ("rtsp://%75:%70@h:8554/demo", Some("x:y"), true),
        ("rtsp://u@h:8554/demo", Some("u:p"), true),
        ("rtsp://u@h:8554/demo", None, false),
    ] {
        let mut rig = Rig::new(|config| {
            config.url = url.into();
            config.credentials = given.map(|text| text.parse().unwrap());
        });
        let sent = again(&mut rig, &["Digest realm=\"r\", nonce=\"1\""]);
        assert_eq!(sent.is_some_and(|(_, authorization)| proves(&authorization)), works, "{url}");
    }
}
