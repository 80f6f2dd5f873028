//! The numbers that stand in the captions of `web/lessons`: each is asked of the run again, so that
//! a sentence does not outlive the run that it tells of. What questions ask is not here: there the
//! run itself gives the answer.

mod common;

use common::*;
use protocol::time::SimTime;
use simulator::find::{Context, Expression, Finder, From, Here, Places, Query, Run};
use simulator::script::{Script, Scripted};
use simulator::tape::{Knowledge, Streams};
use simulator::{Scenario, World, WorldOptions};

/// An event, what is asked there, and what the captions say.
type Fact = (&'static str, &'static str, &'static str);

/// Asks a run of a scenario with its script all that a lesson says of it.
fn holds(scenario: &str, seconds: u64, script: &str, facts: &[Fact]) {
    let scenario = Scenario::builtin(scenario).expect("a built-in scenario");
    let script = Script::parse(script, "script", &scenario).expect("a script");
    let world = World::new(&scenario, catalogue(), WorldOptions::default()).expect("a world");
    let mut scripted = Scripted::new(world, script);
    scripted.advance(SimTime::from_secs(seconds)).expect("all orders are carried out");
    let world = scripted.into_world();
    let tape = world.tape();
    let (mut streams, mut knowledge) = (Streams::default(), Knowledge::default());
    streams.follow(tape);
    knowledge.follow(tape, tape.frames().start()..tape.frames().end());
    let places = Places::of(world.nodes(), world.links());
    let run = Run { tape, places: &places, streams: &streams, knowledge: &knowledge, now: world.now() };
    let finder = Finder::new(run);
    for (at, asked, said) in facts {
        let query = Query::parse(at, &places).unwrap_or_else(|error| panic!("{at}: {error}"));
        let event = finder.first(&query, From::Start, &Context::default());
        let event = event.unwrap_or_else(|| panic!("{at}: nothing found"));
        let here = Here { event, context: finder.context(event, &Context::default()), look: None };
        let expression = Expression::parse(asked, &places, &query.kinds());
        let expression = expression.unwrap_or_else(|error| panic!("{asked}: {error}"));
        let answer = finder.ask(&expression, &here).unwrap_or_else(|error| panic!("{at}: {asked}: {error}"));
        assert!(answer.is(said), "{at}: {asked} is {answer}, and a caption says {said}");
    }
}

#[test]
fn of_one_message() {
    const OPTIONS: &str = "message Client where rtsp.method == \"OPTIONS\"";
    holds(
        "classroom",
        2,
        "",
        &[
            (OPTIONS, "message.len", "84"),
            (OPTIONS, "first(tcp.hdr_len, leaves Client of the same message)", "32"),
            (OPTIONS, "first(ip.hdr_len, leaves Client of the same message)", "20"),
            (OPTIONS, "first(ip.proto, leaves Client of the same message)", "6"),
            (OPTIONS, "first(tcp.dstport, leaves Client of the same message)", "8554"),
            (OPTIONS, "first(frame.len, leaves Client of the same message) * 8", "1232"),
            (OPTIONS, "round(ms(delivered of the same message), 0.1)", "2.4"),
            (OPTIONS, "first(frame.len, leaves Server of the answer)", "265"),
        ],
    );
}

#[test]
fn of_the_conversation() {
    const SETUP: &str = "message Client where rtsp.method == \"SETUP\"";
    const PAUSE: &str = "message Client where rtsp.method == \"PAUSE\"";
    const SCRIPT: &str =
        "order = [{ at = \"3s\", request = \"PAUSE\" }, { at = \"5s\", request = \"PLAY\" }]";
    holds(
        "classroom",
        6,
        SCRIPT,
        &[
            (
                SETUP,
                "count(message from here until message where message.text contains \"49152-49153\") > 0",
                "yes",
            ),
            (
                "message Server where message.kind == \"rtp\"",
                "first(udp.dstport, leaves Server of the same message)",
                "49152",
            ),
            (PAUSE, "count(message until here) - 1 - 8", "824"),
            (PAUSE, "count(message where message.kind == \"request\" until here)", "5"),
            (PAUSE, "round(ms(message where rtsp.method == \"PLAY\") / 1000)", "2"),
        ],
    );
}

#[test]
fn of_arp_and_the_switch() {
    const LATER: &str = "frame \"Client 2\" where arp";
    holds(
        "classroom-two",
        4,
        "",
        &[
            (
                "frame Client where arp",
                "round(ms(state Client where state.kind == \"neighbour\" and state.value == \"reachable\"), 0.1)",
                "2.4",
            ),
            (LATER, "count(arrives over client until here)", "562"),
            (LATER, "round(time)", "2"),
            (LATER, "count(receipt SW1 where receipt.outcome == \"flooded\" from here)", "1"),
        ],
    );
}

#[test]
fn of_a_picture_in_packets() {
    const FIRST: &str = "message Server where message.packet == 1";
    const MARKER: &str = "delivered Client with the marker bit";
    holds(
        "classroom",
        2,
        "",
        &[
            (FIRST, "jpeg.main_hdr.width", "640"),
            (FIRST, "jpeg.main_hdr.height", "360"),
            ("message Server where message.packet == 2", "jpeg.main_hdr.offset", "1138"),
            (FIRST, "distinct(rtp.timestamp, message of the same picture)", "1"),
            (
                FIRST,
                "round(ms(delivered Client of the same message then delivered Client with the marker bit))",
                "9",
            ),
            (MARKER, "message.len", "627"),
            ("picture of picture 0", "picture.waited", "60"),
            ("picture of picture 0", "sum(message.len, message of the same picture) + 11 * 46", "14101"),
        ],
    );
}

#[test]
fn of_the_router() {
    const AT_R1: &str = "arrives R1 with the marker bit";
    holds(
        "classroom",
        2,
        "",
        &[
            (AT_R1, "ip.ttl", "64"),
            (AT_R1, "ip.checksum", "0x59dd"),
            ("frame R1 with the marker bit", "ip.ttl", "63"),
            ("frame R1 with the marker bit", "ip.checksum", "0x5add"),
            (AT_R1, "eth.dst", "02:00:00:00:02:01"),
            ("leaves R1 with the marker bit", "eth.src", "02:00:00:00:01:01"),
            ("leaves R1 with the marker bit", "eth.dst", "02:00:00:00:00:c1"),
        ],
    );
}

#[test]
fn of_udp_that_loses() {
    const LOST: &str = "drop over sw1-r1";
    holds(
        "classroom-loss",
        5,
        "",
        &[
            (LOST, "rtp.seq", "5473"),
            (LOST, "message.packet", "9"),
            (LOST, "message.packets", "10"),
            ("picture with missing parts", "picture.number", "1"),
            ("picture with missing parts", "round(ms(picture))", "40"),
            ("2nd picture with missing parts", "time < 3", "yes"),
            ("drop over sw1-r1 where message.packet == 1", "message.packets", "11"),
            ("picture where picture.number == 100", "picture.lost", "13"),
            ("picture where picture.number == 100", "count(picture with missing parts until here)", "12"),
        ],
    );
}

#[test]
fn of_tcp_that_repeats() {
    const STALL: &str = "state Client where state.kind == \"stall\"";
    const LOST: &str = "drop over sw1-r1 where tcp";
    const AGAIN: &str = "2nd drop over sw1-r1 of picture 70";
    holds(
        "classroom-tcp-loss",
        6,
        "",
        &[
            (LOST, "ip.len - ip.hdr_len - tcp.hdr_len", "801"),
            (LOST, "round(ms(state Client where state.kind == \"stall\"))", "23"),
            (STALL, "round(ms(state Client where state.kind == \"stallOver\"))", "15"),
            ("state Client where state.kind == \"stallOver\"", "state.octets", "12960"),
            ("state Client where state.kind == \"stallOver\"", "round(ms(picture of picture 1))", "5"),
            (AGAIN, "ip.len - ip.hdr_len - tcp.hdr_len", "1448"),
            (AGAIN, "first(state.octets, state Client where state.kind == \"stallOver\" from here)", "64285"),
            (
                AGAIN,
                "round(ms(state Server where state.text contains \"Picture 93 was not sent\") / 1000, 0.1)",
                "0.8",
            ),
            (AGAIN, "last(picture.number, picture until here)", "70"),
            (AGAIN, "first(picture.number, picture from here)", "103"),
            (AGAIN, "count(picture where picture.complete == false)", "3"),
        ],
    );
    // What it is compared with.
    holds("classroom-loss", 6, "", &[("picture", "count(picture where picture.complete == false)", "15")]);
}

#[test]
fn of_jitter() {
    const FIRST: &str = "delivered Client where message.kind == \"rtp\"";
    const LATE: &str = "delivered Client where message.packet == 8";
    holds(
        "classroom-jitter",
        6,
        "",
        &[
            (FIRST, "round(ms(picture))", "20"),
            (FIRST, "round(ms(delivered Client where message.packet == 7), 0.1)", "0.7"),
            ("message where message.packet == 1", "round(ms(message where message.packet == 7), 0.1)", "5.5"),
            ("message where message.packet == 1", "round(ms(message with the marker bit))", "9"),
            ("picture", "count(delivered Client of the same picture until here)", "7"),
            (LATE, "round(ms(picture) - 40)", "-8"),
            (
                "picture of picture 2",
                "round(max(delivered.after, delivered Client of the same picture))",
                "28",
            ),
            (
                "picture of picture 2",
                "round(min(delivered.after, delivered Client of the same picture))",
                "10",
            ),
            ("delivered Client of picture 2 with the marker bit", "round(ms(picture))", "6"),
            ("picture of picture 3", "round(picture.jitter, 0.1)", "3.4"),
            ("picture where picture.number == 100", "100 - count(picture where picture.number < 100)", "1"),
        ],
    );
}

#[test]
fn of_fragments() {
    const PICTURE: &str = "message Server where message.kind == \"rtp\"";
    holds(
        "classroom-fragments",
        5,
        "",
        &[
            (PICTURE, "message.len", "13842"),
            (PICTURE, "first(ip.len, leaves Server of the same message) - 20", "1480"),
            (PICTURE, "last(ip.len, leaves Server of the same message) - 20", "530"),
            (PICTURE, "distinct(ip.id, leaves Server of the same message)", "1"),
            ("drop over sw1-r1", "ip.frag_offset", "370"),
            ("drop over sw1-r1", "message.picture", "2"),
            ("drop over sw1-r1", "message.len", "14131"),
            ("drop over sw1-r1", "count(arrives Client of the same message)", "9"),
        ],
    );
}

#[test]
fn of_reports() {
    const REPORT: &str = "message Server where message.kind == \"rtcp\"";
    const BACK: &str = "message Client where message.kind == \"rtcp\"";
    holds(
        "classroom-loss",
        8,
        "",
        &[
            (REPORT, "first(udp.dstport, leaves Server of the same message)", "49153"),
            (REPORT, "rtcp.sender.packetcount", "1"),
            (REPORT, "rtcp.sender.octetcount", "1282"),
            (BACK, "rtcp.ssrc.cum_nr", "6"),
            (BACK, "rtcp.ssrc.ext_high", "6143"),
            (BACK, "rtcp.ssrc.jitter", "125"),
            (BACK, "rtcp.ssrc.dlsr", "163078"),
            (BACK, "round(time, 0.1)", "2.5"),
            ("2nd message Server where message.kind == \"rtcp\"", "rtcp.sender.packetcount", "1368"),
            ("2nd message Server where message.kind == \"rtcp\"", "round(time)", "5"),
            ("2nd message Client where message.kind == \"rtcp\"", "rtcp.ssrc.cum_nr", "18"),
        ],
    );
}

#[test]
fn of_publishing() {
    const SCRIPT: &str = "order = [{ at = \"4s\", request = \"TEARDOWN\", client = \"Camera\" }]";
    const PASSED: &str = "message Server where message.kind == \"rtp\"";
    holds(
        "classroom-publish",
        7,
        SCRIPT,
        &[
            ("message Client where rtsp.method == \"OPTIONS\"", "round(time)", "1"),
            (PASSED, "rtp.seq", "22341"),
            ("message Camera where rtp.seq == 22341", "message.picture", "25"),
            ("message Camera where rtp.seq == 22341", "round(ms(picture Client))", "66"),
            ("message Server to Camera where message.kind == \"rtcp\"", "rtcp.ssrc.cum_nr", "0"),
            (
                "message Camera where rtsp.method == \"TEARDOWN\"",
                "round(ms(message Server to Client where message.kind == \"rtcp\"))",
                "2",
            ),
        ],
    );
}

#[test]
fn of_signs_of_life() {
    const SCRIPT: &str = "order = [
        { at = \"6s\", redirect = \"/demo\" },
        { at = \"12s\", weather = { down = true }, link = \"client\" },
        { at = \"26s\", weather = { down = false }, link = \"client\" },
    ]";
    const ALIVE: &str = "message Client where rtsp.method == \"GET_PARAMETER\"";
    holds(
        "classroom-keepalive",
        32,
        SCRIPT,
        &[
            (ALIVE, "round(time, 0.1)", "4.9"),
            ("state Client where state.kind == \"weather\"", "round(time)", "12"),
            (
                "2nd delivered Server where message.method == \"GET_PARAMETER\"",
                "round(12 - time, 0.1)",
                "1.4",
            ),
            (
                "2nd delivered Server where message.method == \"GET_PARAMETER\"",
                "round(ms(state Server where state.text contains \"sign of life\") / 1000)",
                "10",
            ),
            ("drop Client where message.method == \"GET_PARAMETER\"", "round(time, 0.1)", "15.5"),
            (
                "drop Client where message.method == \"GET_PARAMETER\"",
                "round(ms(drop Client where frame.cause == \"timeout\") / 1000)",
                "1",
            ),
            (
                "state Client where state.kind == \"media\" and state.value == \"ended\" and time > 12",
                "round(time)",
                "17",
            ),
            ("message Server where message.status == 454", "round(time, 0.1)", "30.5"),
        ],
    );
}
