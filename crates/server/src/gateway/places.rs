//! Who has a place: how many there are, how many of one address, and who gives way.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, oneshot};

/// The most real players at a time; each has a host of its own in the simulation.
pub const MAX_PLAYERS: usize = 128;

/// So many of the places are kept for addresses that have few: one address alone can take the
/// others, which is a lecture hall behind one router, and never all.
pub const LAST_PLACES: usize = 16;

/// An address that has so many players gets none of the [`LAST_PLACES`].
pub const LAST_PER_ADDRESS: usize = 4;

/// How many further connections may be told at a time that there is no room. When one more
/// comes, the oldest of them is told without waiting for its request.
pub const MAX_REFUSALS: usize = 64;

/// All places, shared by all connections.
///
/// A connection is silent until it has sent a whole request. When a place is wanted and there
/// is none, a silent connection gives way: the oldest of the address that has the most
/// connections, since whoever holds places without a word opens many. It gives way to an
/// address that has no more connections than its own, or fewer than [`LAST_PER_ADDRESS`].
#[derive(Clone, Debug, Default)]
pub struct Places {
    table: Arc<Mutex<Table>>,
}

/// What becomes of a connection.
#[derive(Debug)]
pub enum Admission {
    /// It has a place, as soon as who had it before has left.
    Placed(Seat, Option<Leaving>),
    /// There is no room for it.
    Refused(Seat),
}

/// Ends when somebody who gave way has left.
pub type Leaving = oneshot::Receiver<()>;

/// A place, given back when it is dropped.
#[derive(Debug)]
pub struct Seat {
    number: u64,
    table: Arc<Mutex<Table>>,
    dismissed: Arc<Notify>,
}

#[derive(Debug, Default)]
struct Table {
    /// By number, so that the oldest comes first.
    players: BTreeMap<u64, Entry>,
    refused: BTreeMap<u64, Entry>,
    next: u64,
}

#[derive(Debug)]
struct Entry {
    address: IpAddr,
    silent: bool,
    dismissed: Arc<Notify>,
    /// Who waits for it to leave, once it has to give way.
    successor: Option<oneshot::Sender<()>>,
}

impl Places {
    /// Somebody at this address has connected.
    pub fn ask(&self, address: IpAddr) -> Admission {
        let mut table = lock(&self.table);
        let address = household(address);
        let own = table.count(address);
        let free = MAX_PLAYERS.saturating_sub(table.staying().count());
        let leaving = if free > LAST_PLACES || (free > 0 && own < LAST_PER_ADDRESS) {
            None
        } else if let Some(number) = table.gives_way(own) {
            Some(table.dismiss(number))
        } else {
            let seat = table.enter(&self.table, address, |table| &mut table.refused);
            if table.refused.len() > MAX_REFUSALS
                && let Some(entry) = table.refused.first_entry()
            {
                entry.remove().dismissed.notify_one();
            }
            return Admission::Refused(seat);
        };
        Admission::Placed(table.enter(&self.table, address, |table| &mut table.players), leaving)
    }
}

impl Table {
    fn enter(
        &mut self,
        shared: &Arc<Mutex<Table>>,
        address: IpAddr,
        list: impl Fn(&mut Table) -> &mut BTreeMap<u64, Entry>,
    ) -> Seat {
        let (number, dismissed) = (self.next, Arc::new(Notify::new()));
        self.next += 1;
        let entry = Entry { address, silent: true, dismissed: dismissed.clone(), successor: None };
        list(self).insert(number, entry);
        Seat { number, table: shared.clone(), dismissed }
    }

    /// Those who need not give way.
    fn staying(&self) -> impl Iterator<Item = (&u64, &Entry)> {
        self.players.iter().filter(|(_, entry)| entry.successor.is_none())
    }

    /// How many players an address has.
    fn count(&self, address: IpAddr) -> usize {
        self.staying().filter(|(_, entry)| entry.address == address).count()
    }

    /// Who gives way to one more of an address that has `own` players.
    fn gives_way(&self, own: usize) -> Option<u64> {
        let silent = self.staying().filter(|(_, entry)| entry.silent);
        let (count, oldest) =
            silent.map(|(number, entry)| (self.count(entry.address), std::cmp::Reverse(*number))).max()?;
        (own < LAST_PER_ADDRESS || own <= count).then_some(oldest.0)
    }

    fn dismiss(&mut self, number: u64) -> Leaving {
        let (successor, leaving) = oneshot::channel();
        if let Some(entry) = self.players.get_mut(&number) {
            entry.successor = Some(successor);
            entry.dismissed.notify_one();
        }
        leaving
    }
}

impl Seat {
    /// A whole request has come: this connection need not give way any more.
    pub fn heard(&self) {
        if let Some(entry) = lock(&self.table).players.get_mut(&self.number) {
            entry.silent = false;
        }
    }

    /// Waits until it has to give way.
    pub async fn dismissed(&self) {
        self.dismissed.notified().await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut table = lock(&self.table);
        table.players.remove(&self.number);
        table.refused.remove(&self.number);
    }
}

/// The table is sound at every moment, so that a panic elsewhere does not spoil it.
fn lock(table: &Mutex<Table>) -> MutexGuard<'_, Table> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What counts as one address: of IPv6 the /64 that one network has (RFC 4291 section 2.5.4),
/// but for addresses that all hosts on a link share the beginning of.
fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(ip) if !ip.is_loopback() && !ip.is_unicast_link_local() => {
            IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64))
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    /// A place that is free.
    fn placed(places: &Places, from: IpAddr) -> Seat {
        match places.ask(from) {
            Admission::Placed(seat, None) => seat,
            other => panic!("{other:?}"),
        }
    }

    /// So many who have sent a request.
    fn talkers(places: &Places, from: IpAddr, count: usize) -> Vec<Seat> {
        let seats: Vec<_> = (0..count).map(|_| placed(places, from)).collect();
        seats.iter().for_each(Seat::heard);
        seats
    }

    /// Whether it has been told to go.
    fn is_dismissed(seat: &Seat) -> bool {
        let waker = std::task::Waker::noop();
        let mut waiting = std::pin::pin!(seat.dismissed());
        waiting.as_mut().poll(&mut std::task::Context::from_waker(waker)).is_ready()
    }

    #[test]
    fn one_address_alone_never_has_all_places() {
        let places = Places::default();
        let hall = talkers(&places, address(1), MAX_PLAYERS - LAST_PLACES);
        assert!(matches!(places.ask(address(1)), Admission::Refused(_)));
        let guests = talkers(&places, address(2), LAST_PER_ADDRESS);
        assert!(matches!(places.ask(address(2)), Admission::Refused(_)));
        let others: Vec<_> = (3..6).map(|last| talkers(&places, address(last), LAST_PER_ADDRESS)).collect();
        assert!(matches!(places.ask(address(9)), Admission::Refused(_)), "all places are taken");
        drop((others, guests));
        assert!(matches!(places.ask(address(9)), Admission::Placed(_, None)));
        drop(hall);
        placed(&places, address(2));
        assert_eq!(lock(&places.table).players.len(), 0);
    }

    #[tokio::test]
    async fn the_oldest_silent_connection_of_the_greediest_address_gives_way() {
        let places = Places::default();
        let quiet = placed(&places, address(1));
        let mut greedy: Vec<_> =
            (1..MAX_PLAYERS - LAST_PLACES).map(|_| placed(&places, address(2))).collect();
        greedy[0].heard();
        // To others the last places go first, then those of the silent; to itself only its own.
        let others: Vec<_> = (0..LAST_PLACES).map(|n| placed(&places, address(3 + n as u8))).collect();
        for round in 1..4 {
            let Admission::Placed(seat, Some(mut leaving)) =
                places.ask(address(if round < 3 { 99 } else { 2 }))
            else {
                panic!("a silent connection gives way")
            };
            assert!(is_dismissed(&greedy[1]) && !is_dismissed(&greedy[0]) && !is_dismissed(&quiet));
            assert!(leaving.try_recv().is_err_and(|error| error == oneshot::error::TryRecvError::Empty));
            drop(greedy.remove(1));
            assert!(leaving.await.is_err(), "it has left");
            seat.heard();
            greedy.push(seat);
        }
        assert!(!others.iter().any(is_dismissed));
        assert_eq!(lock(&places.table).players.len(), MAX_PLAYERS);
    }

    #[test]
    fn who_has_many_does_not_drive_out_who_has_few() {
        let places = Places::default();
        let hall = talkers(&places, address(1), MAX_PLAYERS - LAST_PLACES);
        let few: Vec<_> = (0..LAST_PLACES).map(|n| placed(&places, address(2 + n as u8))).collect();
        assert!(matches!(places.ask(address(1)), Admission::Refused(_)));
        assert!(!few.iter().chain(&hall).any(is_dismissed));
    }

    #[test]
    fn the_oldest_refusal_is_cut_short() {
        let places = Places::default();
        let _hall = talkers(&places, address(1), MAX_PLAYERS - LAST_PLACES);
        let refused = |_| match places.ask(address(1)) {
            Admission::Refused(seat) => seat,
            other => panic!("{other:?}"),
        };
        let waiting: Vec<_> = (0..MAX_REFUSALS).map(refused).collect();
        assert!(!waiting.iter().any(is_dismissed));
        let last = refused(0);
        assert!(is_dismissed(&waiting[0]) && !is_dismissed(&waiting[1]) && !is_dismissed(&last));
        assert_eq!(lock(&places.table).refused.len(), MAX_REFUSALS);
    }

    #[test]
    fn one_network_counts_as_one_address() {
        let ip = |text: &str| household(text.parse().unwrap());
        assert_eq!(ip("2001:db8::1"), ip("2001:db8::ffff:1"));
        assert_ne!(ip("2001:db8::1"), ip("2001:db8:0:1::1"));
        assert_ne!(ip("fe80::1"), ip("fe80::2"));
        assert_eq!(ip("::ffff:192.0.2.1"), address(1));
    }
}
