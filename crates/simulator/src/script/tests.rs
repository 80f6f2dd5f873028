//! Scripts: what they may say, and that their orders land where they were meant to.

use super::*;
use crate::fork::{Fork, ForkChange, Moments};
use crate::link::{LinkDirection, Loss, Preset};
use crate::tape::Change;
use crate::world::{Input, WorldOptions};
use crate::{NodeId, World};
use protocol::media::Catalogue;
use std::sync::Arc;

const ALL: &str = r#"
[[order]]
at = "2 s"
request = "PAUSE"

[[order]]
at = "2500 ms"
request = "PLAY"
from = 1.0

[[order]]
at = "3 s"
weather = { loss = 0.05 }
link = "client"
direction = "backward"

[[order]]
at = "3 s"
fault = "drop"
link = "client"
direction = "backward"
on = "nextMarker"

[[order]]
at = "4s"
request = "SET_PARAMETER"
parameters = "volume: 50"

[[order]]
at = "5s"
redirect = "/demo"
"#;

fn classroom() -> Scenario {
    Scenario::builtin("classroom").unwrap()
}

fn world(seed: u64) -> World {
    let options = WorldOptions { seed, ..WorldOptions::default() };
    World::new(&classroom(), Arc::new(Catalogue::with_demo()), options).unwrap()
}

fn script(text: &str) -> Script {
    Script::parse(text, "orders.toml", &classroom()).unwrap()
}

/// A run of seven seconds in legs of so many milliseconds.
fn run(seed: u64, text: &str, leg: u64) -> World {
    let mut run = Scripted::new(world(seed), script(text));
    let mut now = 0;
    while now < 7000 {
        now = (now + leg).min(7000);
        run.advance(SimTime::from_millis(now)).unwrap();
    }
    run.into_world()
}

/// All octets of all frames, with their times.
fn octets(world: &World) -> Vec<(SimTime, Vec<u8>)> {
    let tape = world.tape();
    let octets = |id: u64| tape.frame_bytes(crate::FrameId(id)).unwrap_or_default().to_vec();
    (0..tape.frames().end()).map(|id| (tape.frames().get(id).unwrap().at, octets(id))).collect()
}

#[test]
fn orders_act_at_their_times() {
    let world = run(3, ALL, 100);
    let inputs: Vec<_> = world.inputs().entries().iter().map(|i| (i.at, i.input.clone())).collect();
    let at: Vec<_> = inputs.iter().map(|(at, _)| at.as_nanos() / 1_000_000).collect();
    assert_eq!(at, [2000, 2500, 3000, 3000, 4000, 5000]);
    assert!(
        matches!(&inputs[0].1, Input::Request { client: NodeId(0), request } if request.method().to_string() == "PAUSE")
    );
    let Input::Weather { weather, direction: LinkDirection::Backward, .. } = &inputs[2].1 else {
        panic!("{:?}", inputs[2]);
    };
    // Only the named key is another; the rest is the scenario's.
    assert!(matches!(weather.loss, Loss::Random(p) if p.get() == 0.05));
    assert_eq!(weather.rate, classroom().links[0].weather[1].rate);
    let changes = |kind: fn(&Change) -> bool| {
        world
            .tape()
            .states()
            .iter()
            .filter(|state| kind(&state.change))
            .map(|state| state.at)
            .collect::<Vec<_>>()
    };
    assert_eq!(changes(|change| matches!(change, Change::Weather { .. })), [SimTime::from_secs(3)]);
    assert_eq!(changes(|change| matches!(change, Change::Fault { .. })), [SimTime::from_secs(3)]);
}

#[test]
fn scenario_seed_and_script_make_all_bytes_however_long_the_legs_are() {
    let once = octets(&run(3, ALL, 7000));
    assert!(once.len() > 1000);
    assert_eq!(once, octets(&run(3, ALL, 37)));
    assert_ne!(once, octets(&run(4, ALL, 7000)));
    assert_ne!(once, octets(&run(3, &ALL.replacen("2 s", "1999 ms", 1), 7000)));
}

#[test]
fn a_fork_gets_the_scripts_orders_too() {
    let mut run = Scripted::new(world(3), script(ALL));
    let mut moments = Moments::new(run.world());
    for second in 1..=7 {
        run.advance(SimTime::from_secs(second)).unwrap();
        moments.keep(run.world());
    }
    let world = run.into_world();
    let same = |change: Option<&ForkChange>| {
        let mut fork = Fork::begin(&moments, &world, SimTime::from_millis(1500), change).unwrap();
        fork.advance(world.inputs(), world.now()).unwrap();
        fork.compare(world.tape(), world.now());
        (octets(fork.world()) == octets(&world), fork.first_difference())
    };
    assert_eq!(same(None), (true, None));
    let lossy = Preset::named("cafe-wifi").unwrap();
    let change = ForkChange::Inputs(vec![Input::Weather {
        link: crate::LinkId(0),
        direction: LinkDirection::Backward,
        weather: Box::new(lossy.down.clone()),
    }]);
    let (equal, difference) = same(Some(&change));
    assert!(!equal && difference.is_some());
}

#[test]
fn an_order_that_is_refused_says_which_and_when() {
    let text = "[[order]]\nat = \"1s\"\nrequest = \"RECORD\"";
    let mut run = Scripted::new(world(1), script(text));
    assert_eq!(run.advance(SimTime::from_millis(900)), Ok(()));
    let refused = run.advance(SimTime::from_secs(3)).unwrap_err();
    assert_eq!((refused.at, &*refused.words), (SimTime::from_secs(1), "RECORD"));
    assert!(refused.to_string().contains("RECORD was refused: "), "{refused}");
    assert_eq!(run.world().now(), SimTime::from_secs(1));
}

#[test]
fn weather_builds_on_what_earlier_orders_left() {
    let text = "[[order]]\nat = \"2s\"\nlink = \"client\"\nweather = { mtu = 600 }\n\
                [[order]]\nat = \"1s\"\nlink = \"client\"\nweather = \"dsl\"";
    let orders = script(text).orders;
    let weather = |order: &Order, place: usize| match &order.inputs[place].input {
        Input::Weather { weather, .. } => (**weather).clone(),
        other => panic!("{other:?}"),
    };
    let dsl = Preset::named("dsl").unwrap();
    assert_eq!((weather(&orders[0], 0), weather(&orders[0], 1)), (dsl.up.clone(), dsl.down.clone()));
    assert_eq!(weather(&orders[1], 1), crate::link::Weather { mtu: 600, ..dsl.down.clone() });
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    for (bad, says) in [
        ("at = \"301 s\"\nrequest = \"PLAY\"", "at most 300 s"),
        ("at = \"\"\nrequest = \"PLAY\"", "at most 300 s"),
        ("at = 5\nrequest = \"PLAY\"", "string"),
        ("request = \"PLAY\"", "at"),
        ("at = \"1s\"", "one of request, open"),
        ("at = \"1s\"\nrequest = \"PLAY\"\nopen = \"/demo\"", "one of request, open"),
        ("at = \"1s\"\nrequest = \"DANCE\"", "GET_PARAMETER"),
        ("at = \"1s\"\nrequest = \"PAUSE\"\nfrom = 1", "only PLAY"),
        ("at = \"1s\"\nrequest = \"PLAY\"\nfrom = -1.0", "not negative"),
        ("at = \"1s\"\nrequest = \"PAUSE\"\npath = \"a\"", "only ANNOUNCE"),
        ("at = \"1s\"\nrequest = \"PAUSE\"\nparameters = \"a\"", "GET_PARAMETER"),
        ("at = \"1s\"\nrequest = \"SET_PARAMETER\"\nparameters = \"loud\"", "volume: 50"),
        ("at = \"1s\"\nopen = \"/demo\"\nfrom = 1.0", "belong to a request"),
        ("at = \"1s\"\nopen = \"/demo\"\nlink = \"client\"", "belong to weather"),
        ("at = \"1s\"\nopen = \"/demo\"\nby = \"1 s\"", "belong to a fault"),
        ("at = \"1s\"\nopen = \"/demo\"\nclient = \"Tim\"", "there are Client"),
        ("at = \"1s\"\nweather = \"dsl\"\nlink = \"rope\"", "there are client"),
        ("at = \"1s\"\nweather = \"dsl\"", "need a link"),
        ("at = \"1s\"\nweather = \"pigeon\"\nlink = \"client\"", "cafe-wifi"),
        ("at = \"1s\"\nweather = 3\nlink = \"client\"", "a preset's name"),
        ("at = \"1s\"\nweather = { mtu = 1 }\nlink = \"client\"", "between 68 and 1500"),
        ("at = \"1s\"\nweather = { wind = 1 }\nlink = \"client\"", "wind"),
        ("at = \"1s\"\nfault = \"corrupt\"\nlink = \"client\"", "bit = 400"),
        ("at = \"1s\"\nfault = \"drop\"\nlink = \"client\"\nbit = 1", "neither"),
        ("at = \"1s\"\nfault = \"drop\"\nlink = \"client\"\nclient = \"Client\"", "no client"),
        ("at = \"1s\"\nplayout = \"5 s\"", "2000 ms"),
        ("at = \"1s\"\nplayout = \"80 ms\"\nopen = \"/demo\"", "one of"),
        ("at = \"1s\"\ncolour = 1", "colour"),
    ] {
        let text = format!("\n[[order]]\nat = \"1s\"\nredirect = \"/demo\"\n\n[[order]]\n{bad}\n");
        let error = Script::parse(&text, "orders.toml", &classroom()).expect_err(bad);
        assert!(error.to_string().contains(says), "{bad}: {error}");
        assert!(error.line.is_some_and(|line| line >= 6), "{bad}: {error}");
    }
    let many = "[[order]]\nat = \"1s\"\nredirect = \"/demo\"\n".repeat(MAX_ORDERS + 1);
    let error = Script::parse(&many, "orders.toml", &classroom()).unwrap_err();
    assert!(error.to_string().contains("200"), "{error}");
}

#[test]
fn times_are_read_as_people_write_them() {
    for (text, millis) in
        [("5s", 5000), ("1m30s", 90_000), ("500 ms", 500), ("1.5 s", 1500), ("5 min", 300_000)]
    {
        assert_eq!(moment(text), Ok(Duration::from_millis(millis)), "{text}");
    }
    for bad in ["", "5", "s", "5 s later", "-1s", "1h", "5m1s", "1..2s"] {
        assert!(moment(bad).is_err(), "{bad}");
    }
}
