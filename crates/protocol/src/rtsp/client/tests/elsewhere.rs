//! Servers that name other hosts.

use super::*;

fn described(base: &str, control: &str, only_host: Option<&[&str]>) -> Rig {
    let only_host = only_host.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
    let mut rig = Rig::new(|config| config.only_host = only_host);
    rig.ask(ClientRequest::Describe);
    let sdp = format!(
        "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP 26\r\na=control:{control}\r\n"
    );
    rig.answer("200 OK", &format!("CSeq: 1\nContent-Base: {base}"), &sdp);
    rig
}

#[test]
fn a_description_that_leads_to_another_host_is_refused_in_words() {
    for (base, control) in [
        ("rtsp://other/demo/", "trackID=0"),
        ("rtsp://h:8554/demo/", "rtsp://other/demo/trackID=0"),
        ("rtsp://h.evil.example:8554/demo/", "trackID=0"),
        ("rtsp://h@other/demo/", "trackID=0"),
        ("rtsp://10.0.0.70/demo/", "*"),
    ] {
        let mut rig = described(base, control, Some(&["10.0.0.7"]));
        let [reason] = rig.failures()[..] else { panic!("{base} {control}: {:?}", rig.events) };
        assert!(reason.contains("leads to another host (rtsp://"), "{reason}");
        assert!(!rig.events.iter().any(|event| matches!(event, ClientEvent::Described(_))));
        assert!(rig.client.request(rig.now, ClientRequest::Setup { track: 0 }).is_err());
        assert_eq!(rig.sent(), None, "nothing goes out by itself");
    }
}

#[test]
fn other_names_of_the_same_host_are_good_and_without_the_rule_all_are() {
    for (base, only_host) in [
        ("rtsp://h:8554/demo/", Some(&["10.0.0.7"][..])),
        ("rtsp://H/demo/", Some(&[][..])),
        ("rtsp://10.0.0.7:8554/demo/", Some(&["10.0.0.7"][..])),
        ("rtsp://[2001:DB8::7]/demo/", Some(&["2001:db8::7"][..])),
        ("rtsp://other/demo/", None),
    ] {
        let rig = described(base, "trackID=0", only_host);
        assert_eq!(rig.failures(), [] as [&str; 0], "{base}");
        assert!(rig.events.iter().any(|event| matches!(event, ClientEvent::Described(_))), "{base}");
    }
}
