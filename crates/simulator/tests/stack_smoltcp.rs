//! Our stack against smoltcp: two who have read the same RFCs must understand each other.

mod pair;

use std::time::Duration;

use bytes::Bytes;
use pair::smol::Mixed;
use pair::{A, B, Transfer, Weather, octets};
use proptest::prelude::*;
use protocol::time::SimTime;
use simulator::stack::{CloseReason, StackEvent, TcpHandle};
use smoltcp::iface::SocketHandle;
use smoltcp::socket::{tcp, udp};

/// Sends `up` octets from us to them and `down` from them to us at once, then both close.
fn exchange(mixed: &mut Mixed, ours: TcpHandle, theirs: SocketHandle, up: usize, down: usize) -> Duration {
    let began = mixed.now;
    let to_us = octets(down);
    let mut end = Transfer::new(ours, octets(up));
    let (mut sent, mut got) = (0, Vec::new());
    let done = mixed.run(SimTime::from_secs(3600), |mixed| {
        end.work(mixed.now, &mut mixed.ours);
        let socket = mixed.tcp(theirs);
        while socket.can_recv() {
            socket.recv(|data| (data.len(), got.extend_from_slice(data))).expect("as the test has set it up");
        }
        if sent < to_us.len() && socket.can_send() {
            sent += socket.send_slice(&to_us[sent..]).expect("as the test has set it up");
        }
        if sent == to_us.len() && socket.may_send() {
            socket.close();
        }
        let closed = !mixed.tcp(theirs).is_active() || mixed.tcp(theirs).state() == tcp::State::TimeWait;
        let why = |event: &StackEvent| match event {
            StackEvent::Closed { why, .. } => Some(*why),
            _ => None,
        };
        let ended = mixed.events.iter().find_map(why);
        // smoltcp stays 10 s in TIME-WAIT, not twice the longest life of a segment: a FIN whose ACK
        // was lost often enough comes again later than that, when all octets have long arrived.
        let forgotten = mixed.tcp(theirs).state() == tcp::State::Closed;
        let all = got.len() == up && end.got.len() == down;
        let well = |why| why == CloseReason::Finished || (why == CloseReason::Reset && forgotten && all);
        assert!(ended.is_none_or(well), "{ended:?} at {}: {} of {up} octets came", mixed.now, got.len());
        closed && ended.is_some()
    });
    assert!(done, "not closed at {}: {:?}", mixed.now, mixed.ours.tcp_info(ours));
    assert!(end.got == to_us, "what they sent differs from what we got");
    assert!(got == octets(up), "what we sent differs from what they got");
    mixed.now.since(began)
}

fn weathers() -> [(Weather, usize); 7] {
    let jitter = Weather { jitter: Duration::from_millis(3), ..Weather::CALM };
    let reordering = Weather { jitter: Duration::from_millis(20), ..Weather::CALM };
    let bursty = Weather { bursts: Some((0.005, 0.5)), ..Weather::CALM };
    let foul = Weather { loss: 0.02, duplication: 0.02, corruption: 0.02, ..jitter };
    [
        (Weather::CALM, 300_000),
        (Weather::lossy(0.01), 200_000),
        (Weather::lossy(0.1), 40_000),
        (jitter, 200_000),
        (reordering, 200_000),
        (bursty, 200_000),
        (foul, 100_000),
    ]
}

#[test]
fn our_client_and_their_server_exchange_the_same_octets() {
    for (weather, length) in weathers() {
        for (seed, (up, down)) in [(length, 0), (0, length), (length, length)].into_iter().enumerate() {
            let mut mixed = Mixed::new(weather, seed as u64);
            let (ours, theirs) = mixed.connect_to_them();
            let took = exchange(&mut mixed, ours, theirs, up, down);
            println!("{weather:?}: {up} up, {down} down in {took:?}");
        }
    }
}

#[test]
fn their_client_and_our_server_exchange_the_same_octets() {
    for (weather, length) in weathers() {
        for (seed, (up, down)) in [(length, 0), (0, length), (length, length)].into_iter().enumerate() {
            let mut mixed = Mixed::new(weather, 100 + seed as u64);
            let (ours, theirs) = mixed.connect_to_us();
            let took = exchange(&mut mixed, ours, theirs, up, down);
            println!("{weather:?}: {up} up, {down} down in {took:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, max_shrink_iters: 30, ..ProptestConfig::default() })]

    #[test]
    fn any_weather_brings_the_same_octets_both_ways(
        we_open in any::<bool>(),
        (up, down) in (0usize..60_000, 0usize..60_000),
        (delay, jitter) in (0u64..30, 0u64..20),
        (loss, duplication, corruption) in (0.0..0.08, 0.0..0.1, 0.0..0.05),
        bursts in proptest::option::of((0.001..0.01, 0.3..0.9)),
        rate in proptest::option::of((1_000_000u64..20_000_000, 5usize..40)),
        seed in any::<u64>(),
    ) {
        let weather = Weather {
            delay: Duration::from_millis(delay),
            jitter: Duration::from_millis(jitter),
            loss,
            bursts,
            duplication,
            corruption,
            rate,
        };
        let mut mixed = Mixed::new(weather, seed);
        let (ours, theirs) = if we_open { mixed.connect_to_them() } else { mixed.connect_to_us() };
        exchange(&mut mixed, ours, theirs, up, down);
    }
}

#[test]
fn their_reset_reaches_us_and_ours_reaches_them() {
    let mut mixed = Mixed::new(Weather::CALM, 1);
    let (ours, theirs) = mixed.connect_to_them();
    mixed.tcp(theirs).abort();
    let reset = StackEvent::Closed { handle: ours, why: CloseReason::Reset };
    assert!(mixed.run(SimTime::from_secs(10), |mixed| mixed.events.contains(&reset)));

    let mut mixed = Mixed::new(Weather::CALM, 2);
    let (ours, theirs) = mixed.connect_to_us();
    mixed.ours.tcp_abort(mixed.now, ours).unwrap();
    let closed = |mixed: &mut Mixed| mixed.tcp(theirs).state() == tcp::State::Closed;
    assert!(mixed.run(SimTime::from_secs(10), closed));
}

#[test]
fn a_port_without_a_listener_refuses_both_ways() {
    let mut mixed = Mixed::new(Weather::CALM, 1);
    let ours = mixed.ours.tcp_connect(mixed.now, (B, 81), None).unwrap();
    let refused = StackEvent::Closed { handle: ours, why: CloseReason::Refused };
    assert!(mixed.run(SimTime::from_secs(10), |mixed| mixed.events.contains(&refused)));

    let theirs = mixed.add_tcp();
    let context = mixed.theirs.context();
    mixed.sockets.get_mut::<tcp::Socket>(theirs).connect(context, (A, 81), 50_000).unwrap();
    let closed = |mixed: &mut Mixed| mixed.tcp(theirs).state() == tcp::State::Closed;
    assert!(mixed.run(SimTime::from_secs(10), closed));
}

/// A reader that does not read closes the window; probes find it open again.
#[test]
fn a_closed_window_opens_again_both_ways() {
    for we_send in [true, false] {
        let mut mixed = Mixed::new(Weather::lossy(0.02), 5);
        let (ours, theirs) = mixed.connect_to_them();
        let data = octets(300_000);
        let (mut sent, mut got) = (0, Vec::new());
        let mut reading_from = None;
        let done = mixed.run(SimTime::from_secs(600), |mixed| {
            let (now, rest) = (mixed.now, &data[sent..]);
            let reads = reading_from.is_some_and(|from| now >= from);
            if we_send {
                sent += mixed.ours.tcp_send(now, ours, rest).unwrap();
                let socket = mixed.tcp(theirs);
                while reads && socket.can_recv() {
                    socket.recv(|data| (data.len(), got.extend_from_slice(data))).unwrap();
                }
                if socket.recv_queue() == socket.recv_capacity() {
                    reading_from.get_or_insert(now + Duration::from_secs(20));
                }
            } else {
                if mixed.tcp(theirs).can_send() {
                    sent += mixed.tcp(theirs).send_slice(rest).unwrap();
                }
                while reads && mixed.ours.tcp_recv_len(ours) > 0 {
                    got.extend_from_slice(&mixed.ours.tcp_recv(now, ours, 5_000).unwrap());
                }
                // The last octets of a scaled window cannot be told.
                if mixed.ours.tcp_info(ours).is_some_and(|info| info.rcv_wnd < 8) {
                    reading_from.get_or_insert(now + Duration::from_secs(20));
                }
            }
            got.len() == data.len()
        });
        assert!(done, "we send: {we_send}, {} of {} at {}", got.len(), data.len(), mixed.now);
        assert!(got == data);
        assert!(reading_from.is_some(), "the window was never closed");
    }
}

#[test]
fn datagrams_cross_whole_also_in_fragments() {
    let mut mixed = Mixed::new(Weather::CALM, 1);
    let meta = || vec![udp::PacketMetadata::EMPTY; 16];
    let buffer = || udp::PacketBuffer::new(meta(), vec![0; 65_536]);
    let theirs = mixed.sockets.add(udp::Socket::new(buffer(), buffer()));
    mixed.sockets.get_mut::<udp::Socket>(theirs).bind(5004).unwrap();
    let ours = mixed.ours.udp_bind(6000).unwrap();
    for length in [0, 1, 18, 1472, 1473, 2960, 8000] {
        let payload = octets(length);
        let to = std::net::SocketAddr::from((B, 5004));
        mixed.ours.udp_send(mixed.now, ours, to, Bytes::from(payload.clone()), 7).unwrap();
        let came =
            mixed.run(SimTime::from_secs(60), |mixed| mixed.sockets.get::<udp::Socket>(theirs).can_recv());
        assert!(came, "{length} octets to them");
        let socket = mixed.sockets.get_mut::<udp::Socket>(theirs);
        let (got, from) = socket.recv().unwrap();
        assert!(got == payload, "{length} octets to them");
        let from = from.endpoint;
        socket.send_slice(&payload, from).unwrap();
        mixed.events.clear();
        let answer = StackEvent::Datagram { handle: ours, from: to, payload: Bytes::from(payload) };
        let came = mixed.run(SimTime::from_secs(60), |mixed| mixed.events.contains(&answer));
        assert!(came, "{length} octets to us");
    }
}

#[test]
fn echoes_cross_both_ways_and_tell_the_round_trip() {
    let mut mixed = Mixed::new(Weather::CALM, 1);
    mixed.ours.ping(mixed.now, B, 1, 1, b"who is there").unwrap();
    let reply = |mixed: &mut Mixed| mixed.events.iter().any(|e| matches!(e, StackEvent::EchoReply { .. }));
    assert!(mixed.run(SimTime::from_secs(5), reply));
    // The first waits for ARP, too.
    mixed.events.clear();
    mixed.ours.ping(mixed.now, B, 1, 2, b"who is there").unwrap();
    assert!(mixed.run(SimTime::from_secs(5), reply));
    let expected = StackEvent::EchoReply {
        from: B.into(),
        identifier: 1,
        sequence: 2,
        octets: 12,
        round_trip: Some(Duration::from_millis(4)),
    };
    assert!(mixed.events.contains(&expected), "{:?}", mixed.events);
}

#[test]
fn an_unused_udp_port_is_unreachable_both_ways() {
    let mut mixed = Mixed::new(Weather::CALM, 1);
    let ours = mixed.ours.udp_bind(6000).unwrap();
    let to = std::net::SocketAddr::from((B, 9));
    mixed.ours.udp_send(mixed.now, ours, to, Bytes::from_static(b"anybody"), 1).unwrap();
    let told = StackEvent::Unreachable {
        from: B.into(),
        code: 3,
        mtu: 0,
        destination: B.into(),
        ports: Some((17, 6000, 9)),
    };
    assert!(mixed.run(SimTime::from_secs(5), |mixed| mixed.events.contains(&told)), "{:?}", mixed.events);
}
