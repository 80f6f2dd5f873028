//! GET_PARAMETER and SET_PARAMETER with bodies.

use super::*;

fn get(names: &[&str]) -> ClientRequest {
    ClientRequest::GetParameter { names: names.iter().map(|name| (*name).to_owned()).collect() }
}

fn set(parameters: &[(&str, &str)]) -> ClientRequest {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    ClientRequest::SetParameter { parameters: parameters.iter().map(owned).collect() }
}

fn values(rig: &mut Rig) -> Vec<(String, String)> {
    let told = rig.events.drain(..).filter_map(|event| match event {
        ClientEvent::Parameters { values } => Some(values),
        _ => None,
    });
    told.flatten().collect()
}

#[test]
fn values_are_asked_for_and_told() {
    let mut rig = Rig::playing();
    let asked = rig.ask(get(&["position", "volume"]));
    assert!(asked.starts_with("GET_PARAMETER rtsp://h:8554/demo/ RTSP/1.0\r\n"), "{asked}");
    assert!(asked.contains("Content-Type: text/parameters\r\n"), "{asked}");
    assert!(asked.ends_with("\r\n\r\nposition\r\nvolume\r\n"), "{asked}");
    rig.answer("200 OK", "CSeq: 4\nContent-Type: text/parameters", "position: 1.25\r\nvolume:50\nalone\n");
    let told = [("position", "1.25"), ("volume", "50"), ("alone", "")].map(|(n, v)| (n.into(), v.into()));
    assert_eq!(values(&mut rig), told);
    // A body that is no list of parameters tells nothing, and nor does none.
    rig.ask(get(&["position"]));
    rig.answer("200 OK", "CSeq: 5\nContent-Type: text/html", "position: 1");
    rig.ask(get(&["position"]));
    rig.answer("200 OK", "CSeq: 6", "");
    assert_eq!(values(&mut rig), []);
}

#[test]
fn values_are_set_once_the_server_has_taken_them() {
    let mut rig = Rig::playing();
    let asked = rig.ask(set(&[("volume", "50")]));
    assert!(asked.starts_with("SET_PARAMETER ") && asked.ends_with("\r\n\r\nvolume: 50\r\n"), "{asked}");
    assert_eq!(values(&mut rig), []);
    rig.answer("200 OK", "CSeq: 4", "");
    assert_eq!(values(&mut rig), [("volume".to_owned(), "50".to_owned())]);
    rig.ask(set(&[("volume", "200"), ("mood", "good")]));
    rig.answer("451 Parameter Not Understood", "CSeq: 5", "volume\r\nmood\r\n");
    assert_eq!(rig.failures(), ["451 Parameter Not Understood: volume, mood"]);
    assert_eq!(values(&mut rig), []);
}

#[test]
fn what_would_be_read_as_something_else_is_not_written() {
    let mut rig = Rig::playing();
    let many = vec![("a".to_owned(), "b".to_owned()); MAX_PARAMETERS + 1];
    for wrong in [
        get(&["a b"]),
        get(&[""]),
        get(&["a:b"]),
        get(&["a\r\nb"]),
        set(&[("a", "b\r\nc: d")]),
        set(&[("", "b")]),
        ClientRequest::SetParameter { parameters: many },
    ] {
        assert!(rig.client.request(rig.now, wrong.clone()).is_err(), "{wrong:?}");
        assert_eq!(rig.sent(), None);
    }
    let mut rig = Rig::described(|_| ());
    assert!(rig.client.request(rig.now, set(&[("a", "b")])).is_err(), "there is no session");
}

#[test]
fn an_answer_without_end_is_cut_off() {
    let mut rig = Rig::playing();
    rig.ask(get(&["a"]));
    let long = "x".repeat(MAX_PARAMETER + 1);
    rig.answer("200 OK", "CSeq: 4", &format!("{long}: {long}\n").repeat(MAX_PARAMETERS + 1));
    let told = values(&mut rig);
    assert_eq!(told.len(), MAX_PARAMETERS);
    assert!(told.iter().all(|(name, value)| name.len() == MAX_PARAMETER && value.len() == MAX_PARAMETER));
}
