//! What paths carry, as routers have told (RFC 1191, RFC 8201).

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use protocol::time::SimTime;
use protocol::wire::ipv6;

/// Destinations whose path is known to carry less than the link; one more pushes out the one
/// that was learnt first.
pub const MAX_PATHS: usize = 256;
/// How long a smaller value is kept before the full size is tried again (RFC 1191 section 6.3).
pub const PATH_MTU_LIFETIME: Duration = Duration::from_secs(600);
/// The least value that is believed over IPv4: every host takes so many octets, and every
/// link carries 68 (RFC 791 section 3.2). Less would be an attack (RFC 1191 section 8).
pub const MIN_PATH_MTU: usize = 68;

/// Sizes that links have, for a router that does not say its own (RFC 1191 section 7.1).
const PLATEAUS: [usize; 8] = [32_000, 17_914, 8_166, 4_352, 2_002, 1_492, 1_006, 508];

/// The paths that carry less than the link.
#[derive(Clone, Debug, Default)]
pub(super) struct Paths(BTreeMap<IpAddr, (usize, SimTime)>);

impl Paths {
    /// What the path to `to` carries, when that is known to be less than the link.
    pub fn get(&self, now: SimTime, to: IpAddr) -> Option<usize> {
        let (mtu, learnt) = self.0.get(&to)?;
        (now.since(*learnt) < PATH_MTU_LIFETIME).then_some(*mtu)
    }

    /// A router says that the next link carries `mtu` octets, 0 when it does not say it; the
    /// packet had `length`. Answers the new value when it is less than `current`.
    pub fn learn(
        &mut self,
        now: SimTime,
        to: IpAddr,
        mtu: usize,
        (length, current): (usize, usize),
    ) -> Option<usize> {
        let told = match to {
            IpAddr::V4(_) if mtu == 0 => {
                let below = length.min(current);
                PLATEAUS.into_iter().find(|size| *size < below).unwrap_or(MIN_PATH_MTU)
            }
            IpAddr::V4(_) => mtu.max(MIN_PATH_MTU),
            // Less than every link must carry is not believed (RFC 8201 section 4).
            IpAddr::V6(_) => mtu.max(ipv6::MIN_MTU),
        };
        if told >= current {
            return None;
        }
        if self.0.len() >= MAX_PATHS
            && !self.0.contains_key(&to)
            && let Some(oldest) = self.0.iter().min_by_key(|(_, (_, at))| *at).map(|(to, _)| *to)
        {
            self.0.remove(&oldest);
        }
        self.0.insert(to, (told, now));
        Some(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_smaller_values_are_believed_and_only_for_a_while() {
        let mut paths = Paths::default();
        let (four, six) = (IpAddr::from([10, 0, 2, 2]), IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1]));
        let now = SimTime::from_secs(1);
        assert_eq!(paths.learn(now, four, 1400, (1500, 1500)), Some(1400));
        assert_eq!(paths.learn(now, four, 1500, (1500, 1400)), None);
        assert_eq!(paths.learn(now, four, 0, (1400, 1400)), Some(1006), "RFC 1191 section 7.1");
        assert_eq!(paths.learn(now, four, 20, (1500, 1006)), Some(MIN_PATH_MTU));
        assert_eq!(paths.learn(now, six, 600, (1500, 1500)), Some(1280));
        assert_eq!(paths.get(now, six), Some(1280));
        assert_eq!(paths.get(now + PATH_MTU_LIFETIME, six), None);
    }

    #[test]
    fn the_first_learnt_is_pushed_out_at_the_limit() {
        let mut paths = Paths::default();
        let address = |n: usize| IpAddr::from([10, 1, (n >> 8) as u8, n as u8]);
        for n in 0..=MAX_PATHS {
            paths.learn(SimTime::from_millis(n as u64), address(n), 1400, (1500, 1500));
        }
        let now = SimTime::from_secs(1);
        assert_eq!((paths.0.len(), paths.get(now, address(0))), (MAX_PATHS, None));
        assert_eq!(paths.get(now, address(MAX_PATHS)), Some(1400));
    }
}
