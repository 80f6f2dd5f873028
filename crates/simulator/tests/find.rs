//! Events and values of real runs.

mod common;

use common::*;
use protocol::time::SimTime;
use simulator::find::{Context, Event, Expression, Finder, From, Here, Kind, Places, Query, Run};
use simulator::tape::{Knowledge, Streams};
use simulator::{Tape, World};
use std::time::Duration;

/// A run with all that is known of it.
struct Finished {
    world: World,
    places: Places,
    streams: Streams,
    knowledge: Knowledge,
}

impl Finished {
    fn new(scenario: &str, seconds: u64) -> Self {
        let mut world = world(scenario);
        world.run_until(SimTime::from_secs(seconds));
        Self::of(world)
    }

    fn of(world: World) -> Self {
        let (mut streams, mut knowledge) = (Streams::default(), Knowledge::default());
        streams.follow(world.tape());
        knowledge.follow(world.tape(), world.tape().frames().start()..world.tape().frames().end());
        Finished { places: Places::of(world.nodes(), world.links()), world, streams, knowledge }
    }

    fn tape(&self) -> &Tape {
        self.world.tape()
    }

    fn finder(&self) -> Finder<'_> {
        Finder::new(Run {
            tape: self.tape(),
            places: &self.places,
            streams: &self.streams,
            knowledge: &self.knowledge,
            now: self.world.now(),
        })
    }

    fn query(&self, text: &str) -> Query {
        Query::parse(text, &self.places).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn find(&self, text: &str) -> Option<Event> {
        self.finder().first(&self.query(text), From::Start, &Context::default())
    }

    fn found(&self, text: &str) -> Event {
        self.find(text).unwrap_or_else(|| panic!("{text}: nothing found"))
    }

    /// The value of an expression at the first event that `at` describes.
    fn ask(&self, at: &str, text: &str) -> String {
        let finder = self.finder();
        let event = self.found(at);
        let here = Here { event, context: finder.context(event, &Context::default()), look: None };
        let kinds = self.query(at).kinds();
        let expression =
            Expression::parse(text, &self.places, &kinds).unwrap_or_else(|error| panic!("{text}: {error}"));
        match finder.ask(&expression, &here) {
            Ok(value) => value.to_string(),
            Err(error) => error.to_string(),
        }
    }
}

#[test]
fn one_message_is_followed_through_the_network() {
    let run = Finished::new("classroom", 5);
    let finder = run.finder();
    let mut context = Context::default();
    let mut from = From::Start;
    let mut last = None;
    for (text, node) in [
        ("message where rtsp.method == \"OPTIONS\"", "Client"),
        ("leaves Client of the same message", "Client"),
        ("arrives at R1 of the same message", "R1"),
        ("frame R1 of the same message where ip.ttl == 63", "R1"),
        ("arrives Server of the same message where ip.ttl < 64", "Server"),
        ("delivered at Server of the same message", "Server"),
        ("message from Server of the answer where rtsp.status == 200", "Server"),
        ("delivered Client of the same message where message.text contains \"public:\"", "Client"),
    ] {
        let event = finder.first(&run.query(text), from, &context).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(run.places.node_name(finder.node_of(event).unwrap()), Some(node), "{text}");
        assert!(last.is_none_or(|last: Event| last.at <= event.at), "{text}");
        context = finder.context(event, &context);
        assert!(context.message.is_some(), "{text}");
        from = From::Behind(event);
        last = Some(event);
    }
}

#[test]
fn each_kind_of_event_is_found() {
    let run = Finished::new("classroom-loss", 10);
    for (text, kind) in [
        ("message where rtp.marker == 1", Kind::Message),
        ("delivered Client with the marker bit", Kind::Delivered),
        ("frame where arp.opcode == 2", Kind::Frame),
        ("leaves over sw1-r1", Kind::Leaves),
        ("3rd arrives at R1 from Server with the marker bit", Kind::Arrives),
        ("receipt SW1 where receipt.outcome == \"flooded\"", Kind::Receipt),
        ("drop where drop.reason in { \"lost\", \"lostInBurst\" }", Kind::Drop),
        ("picture with missing parts", Kind::Picture),
        ("picture of picture 3", Kind::Picture),
        ("state Client where state.kind == \"rtsp\" and state.value == \"Ready\"", Kind::State),
        ("state R1 where state.kind == \"neighbour\" and state.ip == 10.0.1.2", Kind::State),
        ("variables Client where variables.phase == \"slowStart\"", Kind::Variables),
    ] {
        assert_eq!(run.found(text).kind, kind, "{text}");
    }
    assert_eq!(run.find("drop where drop.reason == \"nothing\""), None);
}

#[test]
fn a_search_finds_what_looking_at_everything_finds() {
    let run = Finished::new("classroom-loss", 10);
    let marked = run
        .tape()
        .messages()
        .iter()
        .filter(|record| matches!(&record.what, protocol::message::What::Rtp(rtp) if rtp.marker));
    let marked = marked.count().to_string();
    assert_eq!(run.ask("picture", "count(message with the marker bit)"), marked);
    assert_eq!(run.ask("picture", "count(message where rtp.marker == 1)"), marked);
    assert_eq!(run.ask("picture", "count(message where rtp and not rtp.marker == 0)"), marked);
    let drops = run.tape().hops().iter().filter(|hop| hop.fate.is_some()).count();
    let thrown = run.tape().receipts().iter();
    let thrown = thrown.filter(|r| matches!(r.outcome, simulator::tape::Outcome::Dropped { .. })).count();
    assert_eq!(run.ask("picture", "count(drop)"), (drops + thrown).to_string());
    assert_eq!(run.ask("3rd drop", "count(drop until here)"), "3");
    assert_eq!(run.ask("3rd drop", "count(drop from here) + 3 == count(drop)"), "yes");
    let octets: u64 = run.tape().frames().iter().map(|frame| u64::from(frame.length)).sum();
    assert_eq!(run.ask("picture", "sum(frame.len, frame)"), octets.to_string());
}

#[test]
fn values_are_those_of_the_octets() {
    let run = Finished::new("classroom", 6);
    let at = "frame Client where rtsp.method == \"SETUP\"";
    assert_eq!(run.ask(at, "ip.ttl"), "64");
    assert_eq!(run.ask(at, "ip.src"), "10.0.1.2");
    assert_eq!(run.ask(at, "rtsp.method"), "SETUP");
    assert_eq!(run.ask(at, "eth.src"), "02:00:00:00:00:c1");
    assert_eq!(run.ask(at, "first(ip.ttl, arrives Server of the same frame) - ip.ttl"), "-1");
    assert_eq!(run.ask(at, "rtsp.method == \"SETUP\""), "yes");
    assert_eq!(run.ask(at, "rtp.seq"), "there is no rtp.seq at this event");
    let packets = run.ask("picture", "count(message of the same picture)");
    assert_eq!(run.ask("picture", "picture.packets"), packets);
    assert_eq!(run.ask("picture", "distinct(rtp.timestamp, message of the same picture)"), "1");
    let whole: f64 = run.ask("message where rtsp.method == \"PLAY\"", "ms(picture)").parse().unwrap();
    let parts = "ms(message of the answer) + ms(message of the answer then picture)";
    let parts: f64 = run.ask("message where rtsp.method == \"PLAY\"", parts).parse().unwrap();
    assert!((whole - parts).abs() < 0.01, "{whole} {parts}");
    assert_eq!(run.ask("message where rtsp.method == \"PLAY\"", "round(ms(picture), 100000)"), "0");
}

#[test]
fn searching_back_finds_the_same_events_the_other_way_round() {
    let run = Finished::new("classroom-loss", 8);
    let finder = run.finder();
    for text in ["drop", "arrives Client with the marker bit", "picture with missing parts, state Client"] {
        let query = run.query(text);
        let mut forward = Vec::new();
        let mut from = From::Start;
        while let Some(event) = finder.first(&query, from, &Context::default()) {
            forward.push(event.at);
            from = From::After(event.at);
        }
        let mut backward = Vec::new();
        let mut before = run.world.now() + Duration::from_secs(1);
        while let Some(event) = finder.last_before(&query, before, &Context::default()) {
            backward.push(event.at);
            before = event.at;
        }
        backward.reverse();
        assert!(forward.len() > 5, "{text}");
        assert_eq!(forward, backward, "{text}");
    }
}

#[test]
fn interleaved_media_is_found_as_well() {
    let run = Finished::new("classroom-tcp", 6);
    let event = run.found("arrives Client with the marker bit where rtp.marker == 1 and tcp");
    assert_eq!(event.kind, Kind::Arrives);
    assert!(run.found("frame where rtsp.channel == 0").at <= event.at);
    let marked = run.ask("picture", "count(message with the marker bit until here)");
    assert!(marked.parse::<f64>().unwrap() >= 1.0);
}

#[test]
fn what_is_not_in_a_long_run_is_not_found() {
    let run = Finished::new("classroom", 120);
    for text in [
        "arrives Client where rtp.seq == 1 and rtp.marker == 1",
        "arrives R1 where ip.ttl == 17",
        "drop",
        "message where rtsp.method == \"NOTHING\"",
    ] {
        assert_eq!(run.find(text), None, "{text}");
    }
    assert!(run.ask("picture", "sum(ip.len, arrives Client)").parse::<f64>().unwrap() > 1e7);
}

/// What the tape knows rules out frames before they are taken apart: it may rule out none that fits.
#[test]
fn no_frame_is_ruled_out_that_fits() {
    for scenario in ["classroom-loss", "classroom-tcp", "classroom-storm", "classroom-ipv6", "classroom-vlan"]
    {
        let run = Finished::new(scenario, 2);
        let finder = run.finder();
        let (all, mut from, mut events) = (run.query("arrives"), From::Start, Vec::new());
        while let Some(event) = finder.first(&all, from, &Context::default()) {
            events.push(event);
            from = From::Behind(event);
        }
        for (name, value) in [
            ("rtp.marker", "1"),
            ("rtp.marker", "0"),
            ("rtp.p_type", "26"),
            ("jpeg.main_hdr.offset", "0"),
            ("rtcp.pt", "200"),
            ("rtsp.status", "200"),
            ("rtsp.method", "SETUP"),
            ("sdp.version", "0"),
            ("tcp.flags.syn", "1"),
            ("udp.srcport", "5000"),
            ("arp.opcode", "1"),
            ("icmpv6.type", "135"),
            ("ip.ttl", "63"),
        ] {
            let literal = if value == "SETUP" { "\"SETUP\"" } else { value };
            let found = run.ask("message", &format!("count(arrives where {name} == {literal})"));
            let present = run.ask("message", &format!("count(arrives where {name})"));
            let expression = Expression::parse(name, &run.places, &[Kind::Arrives]).unwrap();
            let (mut fits, mut has) = (0, 0);
            for event in &events {
                let here = Here { event: *event, context: Context::default(), look: None };
                if let Ok(first) = finder.ask(&expression, &here) {
                    has += 1;
                    fits += u32::from(first.is(value));
                }
            }
            assert_eq!(present, has.to_string(), "{scenario}: {name}");
            // Of several fields in a frame, not only the first one counts.
            assert!(
                found.parse::<u32>().unwrap() >= fits,
                "{scenario}: {name} == {value}: {found} of {fits}"
            );
        }
    }
}
