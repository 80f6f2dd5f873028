use super::*;
use std::net::{Ipv4Addr, Ipv6Addr};

const HOST: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));
const SIX: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, 0, 2));
const MAC: MacAddr = MacAddr(2, 0, 0, 0, 0, 2);
const OTHER: MacAddr = MacAddr(2, 0, 0, 0, 0, 9);

fn secs(secs: u64) -> SimTime {
    SimTime::from_secs(secs)
}

fn cache<P>() -> Cache<P> {
    Cache::new(NeighbourTimes::ARP, NeighbourTimes::DISCOVERY)
}

/// What is done now, and the states that were told.
fn act<P>(cache: &mut Cache<P>, now: SimTime) -> (Vec<Action<P>>, Vec<Option<NeighbourState>>) {
    let (mut done, mut told) = (Vec::new(), Vec::new());
    while let Some(action) = cache.poll_action(now) {
        match action {
            Action::Changed(line) => told.push(line.state),
            other => done.push(other),
        }
    }
    (done, told)
}

#[test]
fn it_asks_once_a_second_and_gives_up_after_three() {
    let mut cache = cache();
    assert_eq!(cache.resolve(secs(5), HOST, 1), Resolved::Waiting { pushed_out: None });
    assert_eq!(cache.resolve(secs(5), HOST, 2), Resolved::Waiting { pushed_out: None });
    for attempt in 1..=3u8 {
        let now = secs(4 + u64::from(attempt));
        assert_eq!(cache.poll_timeout(), Some(now));
        assert_eq!(act(&mut cache, now).0, [Action::Ask { ip: HOST, attempt, card: None }]);
    }
    let lost = VecDeque::from([1, 2]);
    let (done, told) = act(&mut cache, secs(8));
    assert_eq!(done, [Action::GiveUp { ip: HOST, lost }]);
    assert_eq!(told, [None]);
    assert_eq!((cache.poll_timeout(), cache.lines().count()), (None, 0));
}

#[test]
fn an_answer_is_believed_then_used_then_asked_for_again() {
    use NeighbourState::*;
    let mut cache = cache();
    let _ = cache.resolve(secs(0), HOST, 1);
    let _ = act(&mut cache, secs(0));
    let learned = cache.learn(secs(0), HOST, MAC, true);
    assert_eq!(learned, Learned { changed: true, released: VecDeque::from([1]) });
    assert_eq!(cache.resolve(secs(1), HOST, 3), Resolved::Known(MAC, 3));
    assert_eq!(act(&mut cache, secs(59)), (vec![], vec![Some(Reachable)]));
    assert_eq!(act(&mut cache, secs(60)), (vec![], vec![Some(Stale)]));
    assert_eq!(cache.resolve(secs(70), HOST, 4), Resolved::Known(MAC, 4), "it is used all the same");
    assert_eq!(act(&mut cache, secs(70)), (vec![], vec![Some(Delay)]));
    let ask = |attempt| Action::Ask { ip: HOST, attempt, card: Some(MAC) };
    assert_eq!(act(&mut cache, secs(75)), (vec![ask(1)], vec![Some(Probe)]));
    assert!(!cache.learn(secs(75), HOST, MAC, true).changed);
    assert_eq!(act(&mut cache, secs(76)), (vec![], vec![Some(Reachable)]));

    assert_eq!(act(&mut cache, secs(135)).1, [Some(Stale)]);
    let _ = cache.resolve(secs(140), HOST, 5);
    assert_eq!(act(&mut cache, secs(145)).0, [ask(1)]);
    assert_eq!(act(&mut cache, secs(146)).0, [ask(2)]);
    assert_eq!(act(&mut cache, secs(147)).0, [ask(3)]);
    let (done, told) = act(&mut cache, secs(148));
    assert_eq!((done.len(), told), (1, vec![None]), "given up: the next packet asks all");
    assert_eq!(cache.lookup(HOST), None);
}

#[test]
fn what_nobody_uses_is_forgotten() {
    let mut cache = cache::<()>();
    cache.learn(secs(0), HOST, MAC, true);
    let _ = act(&mut cache, secs(60));
    let end = secs(60) + NeighbourTimes::ARP.unused;
    assert_eq!(cache.poll_timeout(), Some(end));
    assert_eq!(act(&mut cache, end), (vec![], vec![None]));
    assert_eq!(cache.lines().count(), 0);
}

#[test]
fn what_others_say_to_others_is_not_kept_but_updates() {
    let mut cache = cache::<()>();
    assert!(!cache.learn(secs(0), HOST, MAC, false).changed);
    assert_eq!(cache.lookup(HOST), None);
    assert!(cache.learn(secs(0), HOST, MAC, true).changed);
    assert!(cache.learn(secs(0), HOST, OTHER, false).changed);
    assert_eq!(cache.lookup(HOST), Some(OTHER));
}

#[test]
fn an_advertisement_counts_as_its_flags_say() {
    use NeighbourState::*;
    let mut cache = cache();
    let state = |cache: &Cache<u8>| cache.lines().next().and_then(|line| line.state);
    assert!(!cache.advertised(secs(0), SIX, Some(MAC), (true, true)).changed, "nobody asked");
    assert_eq!(cache.lines().count(), 0);
    let _ = cache.resolve(secs(0), SIX, 1);
    assert!(cache.advertised(secs(0), SIX, None, (true, true)).released.is_empty());
    let learned = cache.advertised(secs(0), SIX, Some(MAC), (true, true));
    assert_eq!((learned.changed, learned.released.len(), state(&cache)), (true, 1, Some(Reachable)));
    // Another card without O: doubt, but no change; with O it is believed, and not yet confirmed.
    assert!(!cache.advertised(secs(1), SIX, Some(OTHER), (true, false)).changed);
    assert_eq!((cache.lookup(SIX), state(&cache)), (Some(MAC), Some(Stale)));
    assert!(cache.advertised(secs(1), SIX, Some(OTHER), (false, true)).changed);
    assert_eq!((cache.lookup(SIX), state(&cache)), (Some(OTHER), Some(Stale)));
    cache.advertised(secs(2), SIX, None, (true, false));
    assert_eq!(state(&cache), Some(Reachable));
    // Who asks is heard, and not confirmed.
    cache.hear(secs(3), SIX, MAC);
    assert_eq!((cache.lookup(SIX), state(&cache)), (Some(MAC), Some(Stale)));
    let _ = act(&mut cache, secs(3));
    assert_eq!(cache.poll_timeout(), Some(secs(3) + NeighbourTimes::DISCOVERY.unused));
}

#[test]
fn the_oldest_is_pushed_out_at_the_limits() {
    let mut cache = cache();
    for packet in 0..MAX_WAITING {
        assert_eq!(cache.resolve(secs(0), HOST, packet), Resolved::Waiting { pushed_out: None });
    }
    let pushed_out = Some(0);
    assert_eq!(cache.resolve(secs(0), HOST, 999), Resolved::Waiting { pushed_out });

    let address = |n: usize| IpAddr::from(Ipv4Addr::from(0x0b00_0000 + n as u32));
    for n in 0..MAX_ENTRIES {
        cache.learn(SimTime::from_millis(n as u64), address(n), MAC, true);
    }
    assert_eq!(cache.lines().count(), MAX_ENTRIES);
    assert_eq!(cache.lookup(address(0)), None, "pushed out by the last one");
    assert_eq!(cache.lookup(address(1)), Some(MAC));
    let mut asking = self::cache();
    for n in 0..MAX_ENTRIES {
        let _ = asking.resolve(secs(0), address(n), n);
    }
    assert_eq!(asking.resolve(secs(0), address(5000), 7), Resolved::Waiting { pushed_out: Some(7) });
}
