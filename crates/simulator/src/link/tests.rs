//! The lane, one frame after another.

use super::*;
use crate::ids::FrameId;
use protocol::time::SimTime;
use std::time::Duration;

fn fair() -> Weather {
    Weather::fair(BitRate(100_000_000), Duration::from_millis(1))
}

fn lane(weather: Weather) -> Lane {
    weather.check().unwrap();
    Lane::new(weather, 7, "lane")
}

fn p(value: f64) -> Probability {
    Probability::new(value).unwrap()
}

fn frame(queued: SimTime, octets: usize) -> Offered {
    Offered { queued, frame: FrameId(0), octets, tags: 0, marker: false }
}

fn send(lane: &mut Lane, queued: SimTime, octets: usize) -> Crossing {
    lane.send(&frame(queued, octets)).first
}

#[test]
fn a_frame_takes_its_bits_and_the_delay() {
    let crossing = send(&mut lane(fair()), SimTime::from_micros(5), 1250);
    assert_eq!(crossing.start, SimTime::from_micros(5));
    assert_eq!(crossing.end, SimTime::from_micros(105));
    assert_eq!(crossing.arrive, SimTime::from_micros(1105));
    assert_eq!((crossing.fate, crossing.mishap), (None, None));
}

#[test]
fn the_second_frame_waits_for_the_first_and_its_gap() {
    let mut lane = lane(fair());
    let first = send(&mut lane, SimTime::ZERO, 1250);
    let second = send(&mut lane, SimTime::ZERO, 1250);
    // Preamble, start delimiter and inter-frame gap are 20 octets: 1.6 us at 100 Mbit/s.
    assert_eq!(second.start, first.end + Duration::from_nanos(1600));
    assert_eq!(second.arrive, second.end + Duration::from_millis(1));
}

#[test]
fn a_full_queue_drops_and_an_emptied_one_takes_again() {
    let mut lane = lane(Weather { queue: 2500, ..fair() });
    for _ in 0..3 {
        assert_eq!(send(&mut lane, SimTime::ZERO, 1250).fate, None);
    }
    assert_eq!(lane.waiting(SimTime::ZERO), 2500);
    assert_eq!(send(&mut lane, SimTime::ZERO, 1250).fate, Some(Fate::QueueFull { limit: 2500 }));
    assert_eq!(send(&mut lane, SimTime::from_millis(1), 1250).fate, None);
    assert_eq!(lane.waiting(SimTime::from_millis(1)), 0);
}

#[test]
fn a_cable_that_is_down_and_a_packet_that_is_too_long_are_told_apart() {
    let mut lane = lane(Weather { mtu: 1400, ..fair() });
    assert_eq!(send(&mut lane, SimTime::ZERO, 14 + 1400 + 4).fate, None);
    let long = frame(SimTime::from_millis(1), 14 + 1401 + 4);
    assert_eq!(lane.send(&long).first.fate, Some(Fate::TooBig { mtu: 1400 }));
    // A VLAN tag is no part of the packet.
    assert_eq!(lane.send(&Offered { tags: 4, ..long }).first.fate, None);
    lane.set_weather(Weather { down: true, ..fair() });
    let refused = send(&mut lane, SimTime::from_millis(2), 100);
    assert_eq!(refused.fate, Some(Fate::LinkDown));
    assert!(!Fate::LinkDown.entered() && refused.start == refused.arrive);
}

/// The fates of 20,000 frames in this weather.
fn fates(weather: Weather) -> Vec<Crossing> {
    let mut lane = lane(weather);
    (0..20_000).map(|i| send(&mut lane, SimTime::from_millis(i), 125)).collect()
}

#[test]
fn random_loss_follows_its_probability_and_its_seed() {
    let weather = Weather { loss: Loss::Random(p(0.1)), ..fair() };
    let first = fates(weather.clone());
    let lost = first.iter().filter(|c| c.fate == Some(Fate::Lost)).count();
    assert!((1_850..2_150).contains(&lost), "{lost} of 20,000 lost at 10 %");
    assert_eq!(first, fates(weather));
    assert!(fates(fair()).iter().all(|c| c.fate.is_none()));
}

#[test]
fn bursty_loss_has_its_mean_and_its_bursts() {
    let model = GilbertElliott { p: p(0.02), r: p(0.2), loss_good: p(0.0), loss_bad: p(1.0) };
    let crossings = fates(Weather { loss: Loss::Bursty(model), ..fair() });
    let lost: Vec<bool> = crossings.iter().map(|c| c.fate == Some(Fate::LostInBurst)).collect();
    let count = lost.iter().filter(|lost| **lost).count() as f64;
    let bursts = lost.windows(2).filter(|pair| !pair[0] && pair[1]).count() as f64;
    let expected = 20_000.0 * model.mean_loss();
    assert!((count / expected - 1.0).abs() < 0.15, "{count} lost, {expected} expected");
    assert!((count / bursts - 5.0).abs() < 0.6, "bursts of {} frames, 5 expected", count / bursts);
    // Lost in a good time is told apart from lost in a bad one.
    let thin = GilbertElliott { p: p(0.0), loss_good: p(0.05), ..model };
    let crossings = fates(Weather { loss: Loss::Bursty(thin), ..fair() });
    assert!(crossings.iter().all(|c| c.fate != Some(Fate::LostInBurst)));
    assert!(crossings.iter().any(|c| c.fate == Some(Fate::Lost)));
}

#[test]
fn calm_times_shift_no_chance_of_later_frames() {
    let model = GilbertElliott { p: p(0.02), r: p(0.2), loss_good: p(0.01), loss_bad: p(0.9) };
    let jitter = Duration::from_micros(5);
    let reorder = Reorder { p: p(0.1), by: jitter };
    let weather = Weather { jitter, reorder, duplicate: p(0.1), bit_errors: p(1e-4), ..fair() };
    for weather in [Weather { loss: Loss::Bursty(model), ..weather.clone() }, weather] {
        let calm = Weather { loss: Loss::Random(p(0.0)), ..fair() };
        let never_lost = Weather { bit_errors: p(1e-7), ..calm.clone() };
        let later = |before: &Weather| {
            let mut lane = lane(before.clone());
            let mut send = |i| lane.send(&frame(SimTime::from_millis(i), 125));
            (0..1_000).for_each(|i| drop(send(i)));
            lane.set_weather(weather.clone());
            (1_000..3_000).map(|i| lane.send(&frame(SimTime::from_millis(i), 125))).collect::<Vec<_>>()
        };
        assert_eq!(later(&calm), later(&never_lost), "the first left all to nobody, the second threw");
    }
}

#[test]
fn jitter_is_exponential_and_keeps_the_order() {
    let jitter = Duration::from_micros(200);
    // Frames a millisecond apart seldom hold one another up.
    let crossings = fates(Weather { jitter, ..fair() });
    let extra: Vec<f64> =
        crossings.iter().map(|c| c.arrive.since(c.end).as_secs_f64() * 1e6 - 1000.0).collect();
    let mean = extra.iter().sum::<f64>() / extra.len() as f64;
    let above = extra.iter().filter(|extra| **extra > 200.0).count() as f64 / extra.len() as f64;
    assert!((190.0..215.0).contains(&mean), "mean {mean} us");
    // One in e is above the mean.
    assert!((0.35..0.39).contains(&above), "{above} above the mean");
    assert!(crossings.windows(2).all(|pair| pair[0].arrive < pair[1].arrive));
}

#[test]
fn a_reordered_frame_is_overtaken_and_says_by_how_much_it_is_late() {
    let by = Duration::from_millis(5);
    let crossings = fates(Weather { reorder: Reorder { p: p(0.1), by }, ..fair() });
    let late: Vec<_> = crossings.iter().filter(|c| c.mishap.is_some()).collect();
    assert!((1_850..2_150).contains(&late.len()), "{}", late.len());
    assert!(late.iter().all(|c| c.mishap.as_ref().unwrap().late == Some(by)));
    assert!(crossings.windows(2).any(|pair| pair[0].arrive > pair[1].arrive));
    let rest: Vec<_> = crossings.iter().filter(|c| c.mishap.is_none()).collect();
    assert!(rest.windows(2).all(|pair| pair[0].arrive < pair[1].arrive));
}

#[test]
fn bit_errors_come_as_often_as_they_should_and_anywhere() {
    let crossings = fates(Weather { bit_errors: p(1e-4), ..fair() });
    let flipped: Vec<u32> =
        crossings.iter().filter_map(|c| c.mishap.as_ref()).flat_map(|m| m.flipped.clone()).collect();
    // 20,000 frames of 1000 bits: 2000 errors expected.
    assert!((1_850..2_150).contains(&flipped.len()), "{}", flipped.len());
    assert!(flipped.iter().all(|bit| *bit < 1000));
    let early = flipped.iter().filter(|bit| **bit < 500).count();
    assert!((900..1_100).contains(&early), "{early} in the first half");
    let all = fates(Weather { bit_errors: p(MAX_BIT_ERRORS), ..fair() });
    let ordered = all.iter().filter_map(|c| c.mishap.as_ref()).all(|m| m.flipped.is_sorted());
    assert!(ordered);
}

#[test]
fn a_duplicate_follows_its_frame_and_takes_the_cable_for_itself() {
    let mut lane = lane(Weather { duplicate: Probability::ALWAYS, queue: 2000, ..fair() });
    let passage = lane.send(&frame(SimTime::ZERO, 1250));
    let copy = passage.copy.unwrap();
    assert_eq!(copy.start, passage.first.end + Duration::from_nanos(1600));
    assert!(copy.mishap.unwrap().copy && passage.first.mishap.is_none());
    // The queue may have no room for the copy: here the first copy waits, so the next frame does not fit.
    let next = lane.send(&frame(SimTime::ZERO, 1250));
    assert_eq!(next.first.fate, Some(Fate::QueueFull { limit: 2000 }));
    assert_eq!(next.copy, None);
}

#[test]
fn orders_act_once_and_on_the_frame_that_they_name() {
    let mut lane = lane(Weather { loss: Loss::Random(Probability::ALWAYS), ..fair() });
    let by = Duration::from_millis(30);
    for (on, what) in [
        (FaultTrigger::NextMarker, FaultKind::Drop),
        (FaultTrigger::Frame(FrameId(3)), FaultKind::Corrupt { bit: 9_999 }),
        (FaultTrigger::Next, FaultKind::Delay { by }),
        (FaultTrigger::Next, FaultKind::Duplicate),
    ] {
        assert!(lane.order(Fault { on, what }));
    }
    assert!(lane.awaits_marker());
    let mut passages = Vec::new();
    for number in 0..6 {
        let queued = SimTime::from_millis(number);
        let offered = Offered { queued, frame: FrameId(number), octets: 100, tags: 0, marker: number >= 4 };
        passages.push(lane.send(&offered));
    }
    let first = |n: usize| passages[n].first.clone();
    let ordered = |n: usize| *first(n).mishap.unwrap();
    // What is ordered is not left to chance, though all else is lost here.
    assert_eq!((first(0).fate, ordered(0).late), (None, Some(by)));
    assert_eq!((first(1).fate, ordered(1).ordered), (None, Some(FaultKind::Duplicate)));
    assert!(passages[1].copy.as_ref().unwrap().mishap.as_ref().unwrap().copy);
    assert_eq!((first(2).fate, first(2).mishap), (Some(Fate::Lost), None));
    // A bit that the frame does not have is its last.
    assert_eq!(ordered(3).flipped, [799]);
    assert_eq!((first(4).fate, ordered(4).ordered), (Some(Fate::Ordered), Some(FaultKind::Drop)));
    assert_eq!(first(5).fate, Some(Fate::Lost));
    assert!(lane.orders().is_empty());
}

#[test]
fn an_order_waits_while_nothing_can_cross_and_only_so_many_wait() {
    let mut lane = lane(Weather { down: true, ..fair() });
    let drop = Fault { on: FaultTrigger::Next, what: FaultKind::Drop };
    assert!(lane.order(drop));
    assert_eq!(send(&mut lane, SimTime::ZERO, 100).fate, Some(Fate::LinkDown));
    assert_eq!(lane.orders(), [drop]);
    for _ in 1..MAX_FAULTS {
        assert!(lane.order(drop));
    }
    assert!(!lane.order(drop));
    let fault = |what| Fault { on: FaultTrigger::Next, what }.check();
    assert!(fault(FaultKind::Corrupt { bit: MAX_FRAME_BITS }).unwrap_err().contains("12143"));
    assert!(fault(FaultKind::Corrupt { bit: MAX_FRAME_BITS - 1 }).is_ok());
    assert!(fault(FaultKind::Delay { by: MAX_FAULT_DELAY * 2 }).unwrap_err().contains("10s"));
}

#[test]
fn what_cannot_be_is_refused_with_its_range() {
    let reorder = |by| Reorder { p: p(0.5), by };
    for (weather, says) in [
        (Weather { rate: BitRate(999), ..fair() }, "1 kbit/s"),
        (Weather { delay: MAX_DELAY * 2, ..fair() }, "10s"),
        (Weather { jitter: MAX_JITTER * 2, ..fair() }, "1s"),
        (Weather { queue: 1_517, ..fair() }, "1518"),
        (Weather { reorder: reorder(MAX_REORDER * 2), ..fair() }, "10s"),
        (Weather { bit_errors: p(0.02), ..fair() }, "0.01"),
        (Weather { mtu: 67, ..fair() }, "68"),
        (Weather { mtu: 1501, ..fair() }, "1500"),
    ] {
        let error = weather.check().unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
    assert_eq!(Probability::new(1.1), None);
    assert_eq!(Probability::new(f64::NAN), None);
}

#[test]
fn presets_can_be_and_say_where_they_come_from() {
    for preset in PRESETS {
        preset.up.check().unwrap();
        preset.down.check().unwrap();
        assert!(preset.source.len() > 40, "{}", preset.name);
        assert_eq!(Preset::named(preset.name), Some(preset));
    }
    assert_eq!(Preset::named("carrier-pigeon"), None);
}
