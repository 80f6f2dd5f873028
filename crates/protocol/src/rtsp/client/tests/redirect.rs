//! REDIRECT and the answers of the 300s.

use super::*;

fn redirections(rig: &mut Rig) -> Vec<Redirection> {
    let told = rig.events.drain(..).filter_map(|event| match event {
        ClientEvent::Redirected(to) => Some(to),
        _ => None,
    });
    told.collect()
}

fn redirect(rig: &mut Rig, lines: &str) -> String {
    rig.receive(format!("REDIRECT rtsp://h:8554/demo RTSP/1.0\r\nCSeq: 7\r\n{lines}\r\n\r\n"));
    rig.sent().expect("the server gets an answer")
}

#[test]
fn a_redirect_is_answered_and_told() {
    let mut rig = Rig::playing();
    let answer = redirect(&mut rig, "Session: 12345678\r\nLocation: rtsp://10.0.0.9/other\r\nRange: npt=5-");
    assert!(answer.starts_with("RTSP/1.0 200 OK\r\nCSeq: 7\r\nSession: 12345678\r\n"), "{answer}");
    let range = "npt=5-".parse().ok();
    let told = redirections(&mut rig);
    // Who has seen something may be sent anywhere, also back.
    let other = Redirection { url: "rtsp://10.0.0.9/other".into(), proxy: None, range, visited: Vec::new() };
    assert_eq!(told, [other]);
    assert_eq!(rig.client.state(), State::Playing, "to end the session is the caller's");
    assert!(redirect(&mut rig, "Location: rtsp://h:8554/demo").starts_with("RTSP/1.0 200"));
    assert_eq!(redirections(&mut rig).len(), 1);
}

#[test]
fn a_redirect_to_nowhere_is_refused() {
    for (lines, status) in [
        ("Session: 12345678", "400"),
        ("Location: ftp://h/x", "400"),
        ("Location: x", "400"),
        ("Session: other\r\nLocation: rtsp://h/x", "454"),
    ] {
        let mut rig = Rig::playing();
        let answer = redirect(&mut rig, lines);
        assert!(answer.starts_with(&format!("RTSP/1.0 {status} ")), "{lines}: {answer}");
        assert_eq!(redirections(&mut rig), []);
    }
    let mut rig = Rig::playing();
    let long = format!("Location: rtsp://h/{}", "x".repeat(MAX_LOCATION));
    assert!(redirect(&mut rig, &long).starts_with("RTSP/1.0 400"));
    assert_eq!(rig.failures(), ["the new address has more than 1024 octets"]);
}

#[test]
fn a_path_alone_is_on_the_same_server() {
    let mut rig = Rig::playing();
    assert!(redirect(&mut rig, "Location: /other?x=1").starts_with("RTSP/1.0 200"));
    assert_eq!(redirections(&mut rig)[0].url, "rtsp://h:8554/other?x=1");
}

#[test]
fn answers_of_the_300s_lead_on() {
    for (status, url, proxy) in [
        ("301 Moved Permanently", "rtsp://new/x", None),
        ("302 Moved Temporarily", "rtsp://new/x", None),
        ("303", "rtsp://new/x", None),
        ("305 Use Proxy", "rtsp://h:8554/demo", Some("rtsp://new/x".to_owned())),
    ] {
        let mut rig = Rig::new(|_| ());
        rig.ask(ClientRequest::Describe);
        rig.answer(status, "CSeq: 1\nLocation: rtsp://new/x", "");
        let told = redirections(&mut rig);
        assert_eq!((told[0].url.as_str(), &told[0].proxy), (url, &proxy), "{status}");
        assert!(rig.failures().is_empty());
    }
    // Without an address, or with a status that asks for something else, it is a failure.
    for (status, lines) in [("301 Moved", "CSeq: 1"), ("304 Not Modified", "CSeq: 1\nLocation: rtsp://new/x")]
    {
        let mut rig = Rig::new(|_| ());
        rig.ask(ClientRequest::Describe);
        rig.answer(status, lines, "");
        assert_eq!(rig.failures(), [status]);
        assert_eq!(redirections(&mut rig), []);
    }
}

/// Follows a redirection as a caller does: a new client, which knows where it has been.
fn follow(visited: Vec<String>, url: &str, location: &str) -> (Vec<Redirection>, Vec<String>) {
    let mut rig = Rig::new(|config| {
        config.url = url.to_owned();
        config.visited = visited;
    });
    rig.ask(ClientRequest::Describe);
    rig.answer("302 Moved", &format!("CSeq: 1\nLocation: {location}"), "");
    let failures = rig.failures().into_iter().map(str::to_owned).collect();
    (redirections(&mut rig), failures)
}

#[test]
fn circles_and_ways_without_end_are_not_gone() {
    let (told, _) = follow(Vec::new(), "rtsp://a/x", "rtsp://b/x");
    assert_eq!(told[0].visited, ["rtsp://a/x"]);
    let (told, failures) = follow(told[0].visited.clone(), "rtsp://b/x", "rtsp://a/x");
    assert_eq!((told.len(), failures), (0, vec!["302: the way to rtsp://a/x leads in a circle".to_owned()]));
    let (told, failures) = follow(Vec::new(), "rtsp://a/x", "rtsp://a/x");
    assert_eq!((told.len(), failures.len()), (0, 1), "to itself");

    let mut visited = Vec::new();
    for hop in 0..MAX_REDIRECTS {
        let (told, _) = follow(visited, &format!("rtsp://{hop}/x"), &format!("rtsp://{}/x", hop + 1));
        visited = told[0].visited.clone();
    }
    let (told, failures) = follow(visited, &format!("rtsp://{MAX_REDIRECTS}/x"), "rtsp://end/x");
    assert_eq!((told.len(), failures), (0, vec!["302: it has been sent on more than 5 times".to_owned()]));
}
