//! What holds for a lane in every weather.

use proptest::prelude::*;
use protocol::time::SimTime;
use simulator::FrameId;
use simulator::link::*;
use std::time::Duration;

fn probability() -> impl Strategy<Value = Probability> {
    let some = (0.0..=1.0f64).prop_map(|p| Probability::new(p).expect("in range"));
    prop_oneof![Just(Probability::NEVER), some]
}

fn weather() -> impl Strategy<Value = Weather> {
    let loss = prop_oneof![
        probability().prop_map(Loss::Random),
        (probability(), probability(), probability(), probability()).prop_map(
            |(p, r, loss_good, loss_bad)| Loss::Bursty(GilbertElliott { p, r, loss_good, loss_bad })
        ),
    ];
    let times =
        (0u64..50_000, 0u64..5_000, 0u64..50_000).prop_map(|(a, b, c)| [a, b, c].map(Duration::from_micros));
    let bits = (0.0..=MAX_BIT_ERRORS).prop_map(|p| Probability::new(p).expect("in range"));
    let sizes = (1_000_000u64..1_000_000_000, 1_518usize..20_000, 600usize..=1500);
    (sizes, times, loss, probability(), probability(), bits, prop::bool::weighted(0.05)).prop_map(
        |((rate, queue, mtu), [delay, jitter, by], loss, p, duplicate, bit_errors, down)| Weather {
            rate: BitRate(rate),
            delay,
            jitter,
            queue,
            loss,
            reorder: Reorder { p, by },
            duplicate,
            bit_errors,
            mtu,
            down,
        },
    )
}

/// When frames come, and how long they are.
fn frames() -> impl Strategy<Value = Vec<Offered>> {
    prop::collection::vec((0u64..400, 64usize..=1518), 1..200).prop_map(|steps| {
        let mut queued = SimTime::ZERO;
        let offered = |(number, (step, octets)): (usize, (u64, usize))| {
            queued += Duration::from_micros(step);
            Offered { queued, frame: FrameId(number as u64), octets, tags: 0, marker: number % 10 == 9 }
        };
        steps.into_iter().enumerate().map(offered).collect()
    })
}

fn cross(weather: &Weather, seed: u64, frames: &[Offered]) -> Vec<Passage> {
    let mut lane = Lane::new(weather.clone(), seed, "lane");
    frames.iter().map(|frame| lane.send(frame)).collect()
}

fn crossings(passages: &[Passage]) -> impl Iterator<Item = &Crossing> {
    passages.iter().flat_map(|passage| [Some(&passage.first), passage.copy.as_ref()]).flatten()
}

fn late(crossing: &Crossing) -> bool {
    crossing.mishap.as_ref().is_some_and(|mishap| mishap.late.is_some())
}

/// A weather that differs from another in one setting, and says which.
fn changed(weather: &Weather, which: usize, other: &Weather) -> Weather {
    let mut new = weather.clone();
    match which {
        0 => new.loss = other.loss,
        1 => new.jitter = other.jitter,
        2 => new.reorder = other.reorder,
        3 => new.bit_errors = other.bit_errors,
        4 => new.queue = other.queue,
        _ => new.rate = other.rate,
    }
    new
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn nothing_comes_sooner_than_it_can_or_before_what_was_sent_before(
        weather in weather(), seed in any::<u64>(), frames in frames(),
    ) {
        prop_assert_eq!(weather.check(), Ok(()));
        let passages = cross(&weather, seed, &frames);
        let mut port_free = SimTime::ZERO;
        let mut last = SimTime::ZERO;
        for (frame, passage) in frames.iter().zip(&passages) {
            for crossing in [Some(&passage.first), passage.copy.as_ref()].into_iter().flatten() {
                if crossing.fate.is_some_and(|fate| !fate.entered()) {
                    prop_assert_eq!((crossing.start, crossing.arrive), (frame.queued, frame.queued));
                    continue;
                }
                prop_assert!(crossing.start >= frame.queued && crossing.start >= port_free);
                prop_assert_eq!(crossing.end, crossing.start + weather.rate.time(frame.octets));
                prop_assert!(crossing.arrive >= crossing.end + weather.delay);
                port_free = crossing.end;
                if crossing.fate.is_none() && !late(crossing) {
                    prop_assert!(crossing.arrive > last, "order is kept");
                    last = crossing.arrive;
                }
            }
        }
    }

    #[test]
    fn each_frame_arrives_or_is_told_why_not_and_copies_are_marked(
        weather in weather(), seed in any::<u64>(), frames in frames(),
    ) {
        let passages = cross(&weather, seed, &frames);
        prop_assert_eq!(passages.len(), frames.len());
        let copies = passages.iter().filter_map(|passage| passage.copy.as_ref()).count();
        let (came, gone): (Vec<_>, Vec<_>) = crossings(&passages).partition(|c| c.fate.is_none());
        prop_assert_eq!(came.len() + gone.len(), frames.len() + copies);
        for passage in &passages {
            let marked = |c: &Crossing| c.mishap.as_ref().is_some_and(|mishap| mishap.copy);
            prop_assert!(!marked(&passage.first));
            prop_assert!(passage.copy.as_ref().is_none_or(marked));
            // What never entered the cable cannot come twice.
            prop_assert!(passage.first.fate.is_none_or(Fate::entered) || passage.copy.is_none());
        }
        for crossing in &gone {
            let damage = crossing.mishap.as_ref().map_or(0, |mishap| mishap.flipped.len());
            prop_assert_eq!(damage, 0, "what is lost is not also damaged");
        }
        for crossing in &came {
            let flipped = crossing.mishap.as_ref().map(|mishap| mishap.flipped.clone()).unwrap_or_default();
            prop_assert!(flipped.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }

    #[test]
    fn the_queue_never_holds_more_than_its_limit(
        weather in weather(), seed in any::<u64>(), frames in frames(),
    ) {
        let mut lane = Lane::new(weather.clone(), seed, "lane");
        for frame in &frames {
            let passage = lane.send(frame);
            prop_assert!(lane.waiting(frame.queued) <= weather.queue);
            if let Some(Fate::QueueFull { limit }) = passage.first.fate {
                prop_assert_eq!(limit, weather.queue);
                prop_assert!(lane.waiting(frame.queued) + frame.octets > weather.queue);
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_and_a_change_of_weather_in_mid_run_keeps_the_order(
        before in weather(), after in weather(), seed in any::<u64>(), frames in frames(),
    ) {
        let run = || {
            let mut lane = Lane::new(before.clone(), seed, "lane");
            let half = frames.len() / 2;
            let mut passages: Vec<_> = frames[..half].iter().map(|frame| lane.send(frame)).collect();
            lane.set_weather(after.clone());
            passages.extend(frames[half..].iter().map(|frame| lane.send(frame)));
            passages
        };
        let passages = run();
        prop_assert_eq!(&passages, &run());
        let in_order: Vec<_> =
            crossings(&passages).filter(|c| c.fate.is_none() && !late(c)).map(|c| c.arrive).collect();
        prop_assert!(in_order.windows(2).all(|pair| pair[0] < pair[1]));
        // What had entered before keeps its fate.
        let half = frames.len() / 2;
        prop_assert_eq!(&passages[..half], &cross(&before, seed, &frames)[..half]);
    }

    /// Only frames that enter the cable in both runs are compared: a queue that is fuller
    /// refuses others, and that is no matter of dice.
    #[test]
    fn changing_one_setting_leaves_the_dice_of_the_others_alone(
        weather in weather(), other in weather(), which in 0usize..6, seed in any::<u64>(), frames in frames(),
    ) {
        let changed = changed(&weather, which, &other);
        let (one, two) = (cross(&weather, seed, &frames), cross(&changed, seed, &frames));
        for (a, b) in one.iter().zip(&two) {
            let entered = |p: &Passage| p.first.fate.is_none_or(Fate::entered);
            if !entered(a) || !entered(b) {
                continue;
            }
            prop_assert_eq!(a.copy.is_some(), b.copy.is_some(), "duplication");
            if which != 0 {
                prop_assert_eq!(a.first.fate, b.first.fate, "loss");
            }
            let lost = a.first.fate.is_some() || b.first.fate.is_some();
            if which != 2 && !lost {
                prop_assert_eq!(late(&a.first), late(&b.first), "reordering");
            }
            let flipped = |p: &Passage| p.first.mishap.as_ref().map(|m| m.flipped.clone()).unwrap_or_default();
            if which != 3 && !lost {
                prop_assert_eq!(flipped(a), flipped(b), "bit errors");
            }
        }
    }
}
