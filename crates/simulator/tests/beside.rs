//! The same run over another transport, beside the original: the cables throw the same dice, and
//! what they take away breaks pictures over UDP and delays them over TCP.

mod common;

use common::*;
use protocol::time::SimTime;
use simulator::fork::{CannotFork, Fork, ForkChange, Moments};
use simulator::scenario::PlayerTransport;
use simulator::tape::Change;
use simulator::world::Input;
use simulator::{LinkId, NodeId, Tape, World};

const CLIENT: NodeId = NodeId(0);
/// The cable that loses frames, and whose end the server's frames come from.
const WEAK: LinkId = LinkId(1);

fn over(transport: PlayerTransport) -> Vec<Input> {
    vec![Input::Transport { client: CLIENT, transport }]
}

fn other_future(world: &World, moments: &Moments, transport: PlayerTransport) -> Fork {
    let change = ForkChange::FromStart(over(transport));
    let mut fork = Fork::begin(moments, world, world.now(), Some(&change)).expect("a fork");
    assert_eq!(fork.at(), SimTime::ZERO, "its moment is the first one, whatever was said");
    fork.advance(world.inputs(), world.now()).expect("nothing is set up at the beginning");
    fork
}

/// Which of the frames that went from the server's side onto the weak cable were lost there, by
/// their order, and how many there were.
fn lost(world: &World) -> (Vec<usize>, usize) {
    let towards_client = world.links()[WEAK.0 as usize].ends.1;
    let hops = world.tape().hops().iter().filter(|hop| hop.link == WEAK && hop.from == towards_client);
    let fates: Vec<bool> = hops.map(|hop| hop.fate.is_some()).collect();
    (fates.iter().enumerate().filter(|(_, lost)| **lost).map(|(place, _)| place).collect(), fates.len())
}

fn damaged(tape: &Tape) -> usize {
    tape.pictures().iter().filter(|picture| !picture.complete).count()
}

fn stalls(tape: &Tape) -> usize {
    tape.states().iter().filter(|state| matches!(state.change, Change::Stall { .. })).count()
}

#[test]
fn what_breaks_pictures_over_udp_delays_them_over_tcp() {
    let mut world = world("classroom-loss");
    let moments = Moments::new(&world);
    world.run_until(SimTime::from_secs(15));
    let fork = other_future(&world, &moments, PlayerTransport::Tcp);
    let inside = fork.world();

    assert!(damaged(world.tape()) > 5, "{}", damaged(world.tape()));
    assert_eq!(stalls(world.tape()), 0);
    assert!(inside.tape().pictures().end() > 200, "{}", inside.tape().pictures().end());
    let broken: Vec<_> = inside
        .tape()
        .pictures()
        .iter()
        .filter(|p| p.slots.iter().any(|(_, message)| message.is_none()))
        .collect();
    assert!(broken.is_empty(), "TCP brings all packets: {broken:?}");
    assert!(stalls(inside.tape()) > 5, "{}", stalls(inside.tape()));

    // The n-th frame onto the cable meets the n-th throw, whatever it carries.
    let ((udp, of_udp), (tcp, of_tcp)) = (lost(&world), lost(inside));
    let both = of_udp.min(of_tcp);
    let within = |lost: &[usize]| -> Vec<usize> { lost.iter().copied().filter(|at| *at < both).collect() };
    assert!(within(&udp).len() > 10);
    assert_eq!(within(&udp), within(&tcp));
}

#[test]
fn it_is_the_same_run_again_when_nothing_is_changed_by_it() {
    let mut world = world("classroom-loss");
    let moments = Moments::new(&world);
    world.run_until(SimTime::from_secs(3));
    let mut fork = other_future(&world, &moments, PlayerTransport::Udp);
    assert_eq!(fork.compare(world.tape(), world.now()), None, "it travels over UDP anyway");
}

#[test]
fn what_is_agreed_on_already_stays() {
    let mut world = world("classroom");
    let moments = Moments::new(&world);
    world.run_until(SimTime::from_secs(2));
    let at = SimTime::from_secs(1);
    let late = ForkChange::Inputs(over(PlayerTransport::Tcp));
    let mut fork = Fork::begin(&moments, &world, at, Some(&late)).expect("a fork");
    let Err(CannotFork::Refused(reason)) = fork.advance(world.inputs(), world.now()) else {
        panic!("SETUP is over")
    };
    assert!(reason.to_string().contains("agreed on already"), "{reason}");
    // A server's host plays nothing.
    let server =
        ForkChange::FromStart(vec![Input::Transport { client: NodeId(4), transport: PlayerTransport::Tcp }]);
    let mut fork = Fork::begin(&moments, &world, SimTime::ZERO, Some(&server)).expect("a fork");
    assert!(matches!(fork.advance(world.inputs(), world.now()), Err(CannotFork::Refused(_))));
}

#[test]
fn the_project_dialect_knows_udp_only() {
    let mut world = world("classroom-lab");
    let refused = world.set_transport(CLIENT, PlayerTransport::Tcp).expect_err("it cannot be written");
    assert!(refused.to_string().contains("UDP only"), "{refused}");
}
