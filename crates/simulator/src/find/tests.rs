//! The language: what is read, what is refused and where, and that nothing breaks it.

use super::*;
use crate::scenario::Scenario;
use proptest::prelude::*;

fn places() -> Places {
    Places::of_scenario(&Scenario::builtin("classroom").expect("a built-in scenario"))
}

#[test]
fn what_the_guide_shows_can_be_read() {
    for text in [
        "message where rtsp.method == \"SETUP\"",
        "arrives R1 from Client where rtp.marker == 1",
        "3rd leaves Server with the marker bit",
        "drop over r1-sw2 of picture 12",
        "picture with missing parts",
        "frame R1 where ip.ttl == 63 and not icmp",
        "state Client where state.kind == \"rtsp\" and state.value == \"Ready\"",
        "variables Server where variables.retransmissions > 0",
        "drop, picture with missing parts",
        "message where rtsp.method == \"PLAY\" then picture",
        "arrives at \"R1\" over \"sw1-r1\" to client where (ip.src == 10.0.0.0/8 || ip.addr eq 10.0.1.2) && !tcp",
        "message of the answer of Client where message.text contains \"Public\"",
        "arrives where tcp.port in { 554, 8554, 40000..50000 } and eth.src != 02:00:00:00:00:c1",
        "leaves where frame.len >= 0x5ee and hop.copy == false",
        "frame of the same frame where ip.id ne -1",
    ] {
        Query::parse(text, &places()).unwrap_or_else(|error| panic!("{text}: {error}"));
    }
    let kinds = [Kind::Message, Kind::Arrives];
    for text in [
        "ip.ttl",
        "count(message of the same picture)",
        "first(ip.ttl, arrives Client of the same frame) - ip.ttl",
        "sum(frame.len, leaves Server of the same picture)",
        "round(ms(delivered of the same message))",
        "count(picture with missing parts) > 0",
        "max(picture.jitter, picture from here)",
        "count(drop from here) + count(drop until here) / 2 * -3",
        "count(message of the same picture until here)",
        "count(frame from here until picture, drop)",
        "ms(message where rtsp.method == \"PLAY\" then picture)",
        "distinct(rtp.timestamp, message where rtp)",
        "rtsp.method == \"PLAY\"",
        "round(ms(picture), 10)",
    ] {
        Expression::parse(text, &places(), &kinds).unwrap_or_else(|error| panic!("{text}: {error}"));
    }
}

#[test]
fn what_cannot_be_read_is_named_with_its_column() {
    for (text, column, says) in [
        ("", 1, "a kind of event is expected"),
        ("mesage", 1, "'mesage' is no kind of event: there are message, delivered,"),
        ("hop R1", 1, "'leaves'"),
        ("arrives Servr", 9, "there is no device 'Servr'; is 'Server' meant?"),
        ("arrives Nowhere", 9, "there are Client, SW1, R1, SW2, Server"),
        ("arrives sw1-r1", 9, "'sw1-r1' is a cable: write 'over sw1-r1'"),
        ("arrives over R1", 14, "there is no cable 'R1'"),
        ("message over client", 9, "nothing of the kind 'message' lies on a cable"),
        ("picture from Client", 9, "nothing of the kind 'picture' goes from one host to another"),
        ("arrives R1 R1", 12, "this is said twice"),
        ("arrives with the maker bit", 18, "'the marker bit' or 'missing parts' is expected, not 'maker'"),
        ("message with missing parts", 14, "nothing of the kind 'message' has parts"),
        (
            "message of the same cake",
            21,
            "'same message', 'same frame', 'same picture' or 'answer' is expected, not 'cake'",
        ),
        ("message of the same frame", 21, "nothing of the kind 'message' has that"),
        ("message of picture x", 20, "the picture's number is expected, not 'x'"),
        ("0th drop", 1, "1st to 1000000th"),
        ("message where rtp.makrer == 1", 15, "is 'rtp.marker' meant?"),
        ("message where no.such == 1", 15, "there is no field 'no.such': write it as Wireshark does"),
        (
            "message where picture.number == 1",
            15,
            "'picture.number' is not known of 'message', but of picture",
        ),
        ("picture where rtp.marker == 1", 15, "belongs to a packet, and 'picture' is about none"),
        ("message where rtsp.method == SETUP", 30, "words stand in double quotes"),
        ("message where rtsp.method \"SETUP\"", 27, "a comparison is expected"),
        ("message where rtsp.method < \"SETUP\"", 29, "only numbers are smaller or larger"),
        ("message where rtsp.method matches \"S.*\"", 27, "'contains'"),
        ("message where rtsp.method contains 5", 36, "words in double quotes are expected"),
        ("message where (rtp", 19, "')' is missing"),
        ("message where rtp)", 18, "is expected, not ')'"),
        ("message where rtp and", 22, "a field's name is expected"),
        ("message where rtp.seq in { 1, }", 31, "a value is expected"),
        ("message where rtp.seq in { 1..x }", 28, "a number at each end"),
        ("message where ip.src == 10.0.1.0/40", 34, "a prefix of 0 to 32 bits"),
        ("message where rtsp.method == \"SETUP", 30, "this quote has no end"),
        ("message ; picture", 9, "';' means nothing here"),
        ("drop then", 10, "a kind of event is expected"),
        ("drop from here", 6, "is expected, not 'from'"),
    ] {
        let error = Query::parse(text, &places()).expect_err(text);
        assert!(error.reason.contains(says), "{text}: {error}");
        assert_eq!(error.column, column, "{text}: {error}");
    }
    for (text, column, says) in [
        ("", 1, "a field, a number or a function is expected"),
        ("picture.missing", 1, "'picture.missing' is not known of 'message', but of picture"),
        ("count(drop", 11, "')' is missing"),
        ("sum(drop)", 9, "',' is missing"),
        ("sum(picture.number, drop)", 5, "'picture.number' is not known of 'drop'"),
        ("count(2nd drop)", 7, "none has a number"),
        ("average(frame.len, frame)", 1, "there is no function 'average'"),
        ("round(1, 0)", 10, "to the nearest of what?"),
        ("1 +", 4, "is expected"),
        ("1 2", 3, "the end is expected, not '2'"),
        ("count(drop from there)", 17, "there is no device 'there'"),
    ] {
        let error = Expression::parse(text, &places(), &[Kind::Message]).expect_err(text);
        assert!(error.reason.contains(says), "{text}: {error}");
        assert_eq!(error.column, column, "{text}: {error}");
    }
}

#[test]
fn what_is_too_long_or_too_deep_is_refused() {
    let deep = |depth: usize| format!("drop where {}ip{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Query::parse(&deep(MAX_DEPTH), &places()).is_ok());
    let error = Query::parse(&deep(MAX_DEPTH + 1), &places()).expect_err("too deep");
    assert!(error.reason.contains("deeper than 16"), "{error}");
    let nots = format!("drop where {}ip", "!".repeat(MAX_DEPTH + 1));
    assert!(Query::parse(&nots, &places()).expect_err("too deep").reason.contains("deeper"));
    for deep in ["(", "-", "round("] {
        let error = Expression::parse(&deep.repeat(100), &places(), &[Kind::Drop]).expect_err("too deep");
        assert!(error.reason.contains("deeper"), "{deep}: {error}");
    }
    let long = format!("drop where {}ip", " ".repeat(MAX_TEXT));
    let error = Query::parse(&long, &places()).expect_err("too long");
    assert_eq!((error.column, error.reason.contains("longer than 1000")), (MAX_TEXT + 1, true));
    let many = vec!["drop"; MAX_PATTERNS + 1].join(", ");
    assert!(Query::parse(&many, &places()).expect_err("too many").reason.contains("more than 24"));
}

#[test]
fn values_are_written_as_people_do() {
    for (number, written) in
        [(3.0, "3"), (-0.0, "0"), (0.5, "0.5"), (1.0 / 3.0, "0.333"), (1e9, "1000000000"), (-2.25, "-2.25")]
    {
        assert_eq!(Value::Number(number).to_string(), written);
        assert!(Value::Number(number).is(written));
    }
    assert!(
        Value::Number(8.0).is("0x08") && Value::Number(8.0).is(" 8.0 ") && !Value::Number(8.0).is("8.01")
    );
    assert!(Value::Text("yes".into()).is("yes") && !Value::Text("yes".into()).is("Yes"));
    assert!(Value::Text("64".into()).is("64") && !Value::Text("64".into()).is("64.0"));
}

/// Words of the language, so that random texts get far.
fn words() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        prop::sample::select(vec![
            "message",
            "arrives",
            "drop",
            "picture",
            "state",
            "frame",
            "R1",
            "Client",
            "over",
            "from",
            "to",
            "of",
            "the",
            "same",
            "answer",
            "with",
            "marker",
            "bit",
            "missing",
            "parts",
            "where",
            "and",
            "or",
            "not",
            "rtp.marker",
            "ip.ttl",
            "ip.src",
            "rtp",
            "time",
            "frame.len",
            "==",
            "!=",
            "<",
            "(",
            ")",
            "{",
            "}",
            ",",
            "in",
            "contains",
            "\"x\"",
            "1",
            "2nd",
            "5..9",
            "10.0.1.0/24",
            "then",
            "until",
            "here",
            "count",
            "sum",
            "ms",
            "round",
            "+",
            "-",
            "*",
            "/",
            "at",
            "::1",
            "0x1f",
            "\"",
            "3rd",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,6}",
    ];
    prop::collection::vec(word, 0..24).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn no_text_breaks_the_parser(text in prop_oneof![words(), "\\PC{0,80}"]) {
        let places = places();
        let all: Vec<_> = Kind::ALL.iter().map(|(_, kind)| *kind).collect();
        for result in [
            Query::parse(&text, &places).err(),
            Expression::parse(&text, &places, &all).err(),
        ].into_iter().flatten() {
            prop_assert!((1..=text.chars().count() + 1).contains(&result.column), "{}", result);
            prop_assert!(!result.reason.is_empty());
        }
    }
}
