//! Who is let in: Basic and Digest, for reading and for publishing.

use super::rig::{CONN, PEER, Rig};
use crate::rtsp::auth::hexadecimal;
use crate::rtsp::auth::{Algorithm, Challenge, Credentials};
use crate::rtsp::message::Response;
use crate::rtsp::server::{FreePublishing, MAX_WRONG_PROOFS, NONCE_LIFETIME};
use crate::rtsp::{ConnId, Server, ServerConfig, State};
use crate::time::{Epoch, SimTime};
use md5::{Digest as _, Md5};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

const DESCRIBE: &str = "DESCRIBE rtsp://h/demo RTSP/1.0\nCSeq: 1\n";

fn anna() -> Credentials {
    "anna:secret".parse().unwrap()
}

fn readers(config: &mut ServerConfig) {
    config.access.readers = vec![anna(), "otto:other".parse().unwrap()];
}

/// The challenges of an answer, and that it is 401.
fn challenges(answer: &Response) -> Vec<Challenge> {
    assert_eq!(answer.status.0, 401, "{answer:?}");
    let values = answer.headers.iter().filter(|(name, _)| *name == "WWW-Authenticate");
    values.map(|(_, value)| Challenge::read(value).expect("a challenge")).collect()
}

fn with(request: &str, authorization: &str) -> String {
    format!("{}\nAuthorization: {authorization}\n", request.trim_end())
}

/// One whose last parts differ from `challenge`'s.
fn is_stale(challenge: &Challenge) -> bool {
    matches!(challenge, Challenge::Digest { stale: true, .. })
}

#[test]
fn a_session_is_played_with_each_kind_of_proof() {
    for kind in 0..3 {
        let mut rig = Rig::connected(readers);
        assert_eq!(rig.ask("OPTIONS rtsp://h/demo RTSP/1.0\nCSeq: 1\n").status.0, 200, "OPTIONS is free");
        let offered = challenges(&rig.ask(DESCRIBE));
        let kinds: Vec<_> = offered
            .iter()
            .map(|challenge| match challenge {
                Challenge::Digest { algorithm, counts: true, stale: false, .. } => Some(*algorithm),
                _ => None,
            })
            .collect();
        assert_eq!(kinds, [Some(Algorithm::Sha256), Some(Algorithm::Md5), None]);
        let challenge = &offered[kind];
        let proof =
            |method: &str, uri: &str, count| challenge.answer(&anna(), method, uri, count, "0a4f113b");
        let described = rig.ask(&with(DESCRIBE, &proof("DESCRIBE", "rtsp://h/demo", 1)));
        assert_eq!(described.status.0, 200, "{described:?}");
        let setup = "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 2\nTransport: RTP/AVP/TCP;unicast\n";
        challenges(&rig.ask(setup));
        let answer = rig.ask(&with(setup, &proof("SETUP", "rtsp://h/demo/trackID=0", 2)));
        let session = answer.headers.get("Session").unwrap().split(';').next().unwrap().to_owned();
        let play = format!("PLAY rtsp://h/demo/ RTSP/1.0\nCSeq: 3\nSession: {session}\n");
        challenges(&rig.ask(&play));
        assert_eq!(rig.ask(&with(&play, &proof("PLAY", "rtsp://h/demo/", 3))).status.0, 200);
        // What happens within a session needs its identifier and, on another connection, a proof.
        let other = ConnId(77);
        rig.server.connected(rig.now, other, PEER).unwrap();
        for method in ["GET_PARAMETER", "SET_PARAMETER", "PAUSE", "TEARDOWN"] {
            let text = format!("{method} rtsp://h/demo/ RTSP/1.0\nCSeq: 4\nSession: {session}\n");
            challenges(&rig.ask_on(other, &text));
        }
        for method in ["GET_PARAMETER", "PAUSE", "TEARDOWN"] {
            let text = format!("{method} rtsp://h/demo/ RTSP/1.0\nCSeq: 4\nSession: {session}\n");
            assert_eq!(rig.ask(&text).status.0, 200, "{method}");
        }
        assert!(rig.out.closed.is_empty(), "the connection stays open over all of it");
    }
}

#[test]
fn what_is_no_proof_is_refused_and_says_nothing_of_what_is_there() {
    let mut rig = Rig::connected(readers);
    let digest = challenges(&rig.ask(DESCRIBE))[1].clone();
    let uri = "rtsp://h/demo";
    let stranger = Credentials::new("anna", "Secret").unwrap();
    let publisher = Credentials::new("paul", "secret").unwrap();
    let proofs = [
        digest.answer(&stranger, "DESCRIBE", uri, 1, "x"),
        digest.answer(&publisher, "DESCRIBE", uri, 1, "x"),
        digest.answer(&anna(), "PLAY", uri, 1, "x"),
        digest.answer(&anna(), "DESCRIBE", "rtsp://h/other", 1, "x"),
        "Basic YW5uYTp3cm9uZw==".to_owned(),
        "Basic ???".to_owned(),
        "Bearer token".to_owned(),
        "Digest".to_owned(),
        String::new(),
    ];
    for proof in &proofs {
        let offered = challenges(&rig.ask(&with(DESCRIBE, proof)));
        assert!(!offered.iter().any(is_stale), "{proof}: the user must be asked again");
    }
    let nothing = rig.ask("DESCRIBE rtsp://h/nothing RTSP/1.0\nCSeq: 1\n");
    assert_eq!(nothing.status.0, 401, "a stranger does not learn what there is");
    assert_eq!(rig.ask(&with(DESCRIBE, &digest.answer(&anna(), "DESCRIBE", uri, 1, "x"))).status.0, 200);
}

#[test]
fn the_server_proves_that_it_knows_the_password_too() {
    let mut rig = Rig::connected(readers);
    let offered = challenges(&rig.ask(DESCRIBE));
    // MD5 by hand: A1 = anna:Layercast:secret, A2 = :rtsp://h/demo (RFC 7616 section 3.5).
    let Challenge::Digest { nonce, .. } = &offered[1] else { panic!("MD5 is the second") };
    let sum = |text: &str| hexadecimal(&Md5::digest(text));
    let (a1, a2) = (sum("anna:Layercast:secret"), sum(":rtsp://h/demo"));
    let rspauth = sum(&format!("{a1}:{nonce}:00000001:0a4f113b:auth:{a2}"));
    let proof = offered[1].answer(&anna(), "DESCRIBE", "rtsp://h/demo", 1, "0a4f113b");
    let answer = rig.ask(&with(DESCRIBE, &proof));
    let expected = format!("rspauth=\"{rspauth}\", qop=auth, nc=00000001, cnonce=\"0a4f113b\"");
    assert_eq!(answer.headers.get("Authentication-Info"), Some(expected.as_str()));
    // Who was not let in, or came by Basic, gets none.
    assert_eq!(rig.ask(DESCRIBE).headers.get("Authentication-Info"), None);
    let basic = rig.ask(&with(DESCRIBE, &offered[2].answer(&anna(), "DESCRIBE", "rtsp://h/demo", 1, "")));
    assert_eq!((basic.status.0, basic.headers.get("Authentication-Info")), (200, None));
}

#[test]
fn who_guesses_has_to_connect_anew() {
    let mut rig = Rig::connected(readers);
    let wrong = with(DESCRIBE, "Basic YW5uYTp3cm9uZw==");
    for _ in 1..MAX_WRONG_PROOFS {
        assert_eq!(rig.ask(&wrong).headers.get("Connection"), None);
        // To ask without a proof is no guess.
        challenges(&rig.ask(DESCRIBE));
    }
    assert!(rig.out.closed.is_empty());
    assert_eq!(rig.ask(&wrong).headers.get("Connection"), Some("close"));
    assert_eq!(rig.out.closed, [(CONN, false)]);
}

#[test]
fn a_nonce_gets_too_old_and_a_new_one_is_given_without_asking_the_user() {
    let mut rig = Rig::connected(readers);
    let old = challenges(&rig.ask(DESCRIBE))[0].clone();
    let ask = |rig: &mut Rig, challenge: &Challenge, count: u32| {
        rig.ask(&with(DESCRIBE, &challenge.answer(&anna(), "DESCRIBE", "rtsp://h/demo", count, "x")))
    };
    for step in 1..=3 {
        rig.wait(NONCE_LIFETIME / 3 - Duration::from_secs(1));
        rig.ask("OPTIONS * RTSP/1.0\nCSeq: 1\n");
        assert_eq!(ask(&mut rig, &old, step).status.0, 200);
    }
    rig.wait(Duration::from_secs(4));
    let late = ask(&mut rig, &old, 4);
    let new = challenges(&late)[0].clone();
    assert!(is_stale(&new) && late.reason.contains("too old"), "{late:?}");
    assert_eq!(ask(&mut rig, &new, 1).status.0, 200);
    // With a wrong password an old nonce is no matter: the user must be asked.
    rig.wait(NONCE_LIFETIME / 3);
    let stranger = Credentials::new("anna", "wrong").unwrap();
    let wrong = rig.ask(&with(DESCRIBE, &old.answer(&stranger, "DESCRIBE", "rtsp://h/demo", 5, "x")));
    assert!(!challenges(&wrong).iter().any(is_stale));
}

#[test]
fn the_same_octets_prove_nothing_twice() {
    let mut rig = Rig::connected(readers);
    let first = challenges(&rig.ask(DESCRIBE))[1].clone();
    let proof = |challenge: &Challenge, count| {
        with(DESCRIBE, &challenge.answer(&anna(), "DESCRIBE", "rtsp://h/demo", count, "x"))
    };
    assert_eq!(rig.ask(&proof(&first, 1)).status.0, 200);
    let again = rig.ask(&proof(&first, 1));
    let second = challenges(&again)[1].clone();
    assert!(is_stale(&second), "a proof that is right, but not fresh");
    assert_eq!(rig.ask(&proof(&first, 7)).status.0, 200, "counts may jump");
    challenges(&rig.ask(&proof(&first, 6)));
    // Once the newer one is used, the older one is over.
    assert_eq!(rig.ask(&proof(&second, 1)).status.0, 200);
    assert!(is_stale(&challenges(&rig.ask(&proof(&first, 8)))[1]));

    // On another connection it is of no use, from the same address or another one.
    for (number, ip) in [(2, PEER), (3, IpAddr::V4(Ipv4Addr::new(10, 0, 0, 77)))] {
        rig.server.connected(rig.now, ConnId(number), ip).unwrap();
        let answer = rig.ask_on(ConnId(number), &proof(&second, 2));
        assert!(is_stale(&challenges(&answer)[0]), "{answer:?}");
    }
    // Nor is one that we never gave, nor one of another run.
    for made_up in ["0", "0123456789abcdef", "\u{e4}", &"f".repeat(56)] {
        let own = Challenge::Digest {
            realm: "Layercast".to_owned(),
            nonce: made_up.to_owned(),
            algorithm: Algorithm::Md5,
            counts: true,
            opaque: None,
            stale: false,
        };
        assert!(is_stale(&challenges(&rig.ask(&proof(&own, 1)))[0]), "{made_up}");
    }
}

#[test]
fn old_clients_that_do_not_count_are_let_in() {
    let mut rig = Rig::connected(readers);
    let Challenge::Digest { realm, nonce, .. } = challenges(&rig.ask(DESCRIBE))[1].clone() else { panic!() };
    let old = Challenge::Digest {
        realm,
        nonce,
        algorithm: Algorithm::Md5,
        counts: false,
        opaque: None,
        stale: false,
    };
    for _ in 0..2 {
        let proof = old.answer(&anna(), "DESCRIBE", "rtsp://h/demo", 1, "");
        let proof = proof.replace(", algorithm=MD5", "");
        assert_eq!(rig.ask(&with(DESCRIBE, &proof)).status.0, 200, "{proof}");
    }
}

#[test]
fn publishing_has_names_of_its_own() {
    let sdp = "v=0\r\nm=video 0 RTP/AVP 26\r\na=control:streamid=0\r\n";
    let paul = Credentials::new("paul", "press").unwrap();
    let mut rig = Rig::connected(|config| {
        readers(config);
        config.access.publishers = vec![paul.clone()];
    });
    let announce = |rig: &mut Rig, authorization: &str| {
        let head = format!(
            "ANNOUNCE rtsp://h/live RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\n{authorization}Content-Length: {}\r\n\r\n{sdp}",
            sdp.len()
        );
        let before = rig.out.responses.len();
        rig.send(head.as_bytes());
        rig.out.responses[before].1.clone()
    };
    let digest = challenges(&announce(&mut rig, ""))[0].clone();
    let mut count = 0;
    let mut proof = |who: &Credentials, method: &str, uri: &str| {
        count += 1;
        format!("Authorization: {}\r\n", digest.answer(who, method, uri, count, "x"))
    };
    let by_reader = announce(&mut rig, &proof(&anna(), "ANNOUNCE", "rtsp://h/live"));
    assert_eq!(by_reader.status.0, 401, "who may read may not publish");
    assert_eq!(announce(&mut rig, &proof(&paul, "ANNOUNCE", "rtsp://h/live")).status.0, 200);
    let setup =
        "SETUP rtsp://h/live/streamid=0 RTSP/1.0\nCSeq: 2\nTransport: RTP/AVP/TCP;unicast;mode=record\n";
    challenges(&rig.ask(setup));
    let text = format!("{setup}{}", proof(&paul, "SETUP", "rtsp://h/live/streamid=0").trim_end());
    let answer = rig.ask(&text);
    let session = answer.headers.get("Session").unwrap().split(';').next().unwrap().to_owned();
    let record = format!("RECORD rtsp://h/live RTSP/1.0\nCSeq: 3\nSession: {session}\n");
    challenges(&rig.ask(&record));
    let text = format!("{record}{}", proof(&paul, "RECORD", "rtsp://h/live").trim_end());
    assert_eq!(rig.ask(&text).status.0, 200);
    assert_eq!(rig.state(), Some(State::Recording));
    let read = "DESCRIBE rtsp://h/live RTSP/1.0\nCSeq: 4\n";
    let text = format!("{read}{}", proof(&paul, "DESCRIBE", "rtsp://h/live").trim_end());
    assert_eq!(rig.ask(&text).status.0, 401, "who may publish may not read");
}

#[test]
fn without_names_strangers_may_be_kept_from_publishing() {
    let announce = "ANNOUNCE rtsp://h/live RTSP/1.0\nCSeq: 1\nContent-Type: application/sdp\n";
    let insider = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 77));
    let mut rig =
        Rig::connected(|config| config.access.free_publishing = FreePublishing::Only(vec![insider]));
    let refused = rig.ask(announce);
    assert_eq!((refused.status.0, refused.headers.get("WWW-Authenticate")), (403, None));
    assert_eq!(rig.ask(DESCRIBE).status.0, 200, "reading is another matter");
    rig.server.connected(rig.now, ConnId(2), insider).unwrap();
    let answer = rig.ask_on(ConnId(2), announce);
    assert_ne!(answer.status.0, 403, "the built-in player is no stranger: {answer:?}");
}

#[test]
fn the_secret_of_nonces_shifts_no_other_dice() {
    let config = |nanos| {
        let mut config = ServerConfig { epoch: Epoch::from_unix_nanos(nanos), ..ServerConfig::default() };
        readers(&mut config);
        config
    };
    let nonce = |nanos| {
        let mut server =
            Server::new(config(nanos), super::rig::catalogue(), crate::random::Dice::new(7, "x"));
        server.connected(SimTime::ZERO, CONN, PEER).unwrap();
        server.receive(SimTime::ZERO, CONN, b"DESCRIBE rtsp://h/demo RTSP/1.0\r\nCSeq: 1\r\n\r\n");
        let mut found = None;
        while let Some(output) = server.poll_output(SimTime::ZERO) {
            if let crate::rtsp::ServerOutput::Stream { data, .. } = output {
                found = Some(String::from_utf8_lossy(&data.bytes).into_owned());
            }
        }
        found.unwrap().split("nonce=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    assert_eq!(nonce(5), nonce(5), "the same inputs, the same octets");
    assert_ne!(nonce(5), nonce(6), "a run at another time");
    let free = Rig::connected(|_| ()).setup_udp();
    let mut guarded = Rig::connected(readers);
    let basic = "Basic YW5uYTpzZWNyZXQ=";
    let setup = "SETUP rtsp://h/demo/trackID=0 RTSP/1.0\nCSeq: 1\nTransport: RTP/AVP/UDP;unicast;client_port=5004-5005\n";
    let answer = guarded.ask(&with(setup, basic));
    assert!(answer.headers.get("Session").unwrap().starts_with(&free));
}
