//! What an ICMP error does to a connection (RFC 1122 section 4.2.3.9), with the guards of
//! RFC 5927; what path MTU discovery has found (RFC 1191, RFC 8201).

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use protocol::wire::{ipv4, ipv6, tcp};

use super::super::CloseReason;
use super::connection::{Connection, Context};
use super::{RetransmitCause, Seq, State, StateCause};

/// What somebody on the way says of a segment of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::stack) enum Fault {
    /// It cannot be delivered: the code of ICMP, and whether there is no hope.
    Unreachable { code: u8, hard: bool },
    /// Packets to its destination may have no more octets than this.
    TooBig { mtu: usize },
}

/// A TCP segment of ours as an error quotes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::stack) struct Quoted {
    pub local: SocketAddr,
    pub remote: SocketAddr,
    pub seq: Seq,
}

impl Quoted {
    /// Reads the IP header and the first eight octets behind it; `None` when it is not TCP
    /// or cut too short.
    pub fn read(quote: &[u8]) -> Option<Quoted> {
        let (from, to, protocol, rest): (IpAddr, IpAddr, u8, _) = match quote.first()? >> 4 {
            4 => {
                let ip: &[u8; ipv4::HEADER] = quote.first_chunk()?;
                let address = |at: usize| IpAddr::from([ip[at], ip[at + 1], ip[at + 2], ip[at + 3]]);
                (address(12), address(16), ip[9], quote.get(usize::from(ip[0] & 0x0f) * 4..)?)
            }
            6 => {
                let ip: &[u8; ipv6::HEADER] = quote.first_chunk()?;
                let address = |at: usize| {
                    let mut octets = [0; 16];
                    octets.copy_from_slice(&ip[at..at + 16]);
                    IpAddr::from(Ipv6Addr::from(octets))
                };
                (address(8), address(24), ip[6], &quote[ipv6::HEADER..])
            }
            _ => return None,
        };
        let &[a, b, c, d, e, f, g, h] = rest.first_chunk::<8>()?;
        (protocol == ipv4::TCP).then(|| Quoted {
            local: SocketAddr::new(from, u16::from_be_bytes([a, b])),
            remote: SocketAddr::new(to, u16::from_be_bytes([c, d])),
            seq: Seq(u32::from_be_bytes([e, f, g, h])),
        })
    }
}

impl Connection {
    /// Whether the quoted segment is under way: others' guesses rarely are (RFC 5927 section
    /// 4.1).
    pub fn is_under_way(&self, seq: Seq) -> bool {
        self.snd.una.up_to(seq) && seq.before(self.snd.max)
    }

    /// "Destination unreachable" for a segment that is under way. A hard error ends what does
    /// not stand yet; what stands is kept, since the way may heal (RFC 1122 section
    /// 4.2.3.9; RFC 5461 section 4).
    pub fn unreachable(&mut self, cx: &mut Context<'_>, code: u8, hard: bool) {
        self.unreachable = Some(code);
        let stands = !matches!(self.state, State::SynSent | State::SynReceived);
        if hard && !stands {
            self.end(cx, CloseReason::Unreachable(code), StateCause::Unreachable);
        }
    }

    /// The way carries packets of `mtu` octets: segments get no longer, and what was too
    /// long goes again (RFC 1191 sections 6.4 and 6.5).
    pub fn path_shrank(&mut self, mtu: usize) {
        let header = if self.local.is_ipv4() { ipv4::HEADER } else { ipv6::HEADER };
        let room = mtu.saturating_sub(header + tcp::HEADER + self.agreed.always()).max(1);
        if room >= self.smss {
            return;
        }
        self.smss = room;
        if !self.state.is_synchronized() {
            return;
        }
        self.congestion.segments_shrink(room);
        if self.snd.max.after(self.snd.una) && self.snd.wnd > 0 {
            self.resend = None;
            self.too_long = Some(self.snd.max);
            self.scoreboard.high_rxt = 0;
            self.snd.nxt = self.snd.una;
            self.timers.retransmitting(RetransmitCause::PathMtu);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_read_or_refused() {
        let mut quote = vec![0x45, 0, 5, 220, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
        quote.extend_from_slice(&[0xc0, 0, 2, 42, 0, 0, 1, 0]);
        let quoted = Quoted::read(&quote).unwrap();
        assert_eq!(quoted.local, "10.0.0.1:49152".parse().unwrap());
        assert_eq!((quoted.remote, quoted.seq), ("10.0.0.2:554".parse().unwrap(), Seq(256)));
        assert_eq!(Quoted::read(&quote[..27]), None);
        quote[9] = 17;
        assert_eq!(Quoted::read(&quote), None);
        quote[0] = 0x4f;
        assert_eq!(Quoted::read(&quote), None);
    }

    #[test]
    fn a_quote_of_ipv6_is_read_too() {
        let mut quote = vec![0x60, 0, 0, 0, 0, 20, 6, 64];
        quote.extend_from_slice(&Ipv6Addr::LOCALHOST.octets());
        quote.extend_from_slice(&Ipv6Addr::from_bits(9).octets());
        quote.extend_from_slice(&[0, 80, 2, 42, 0, 0, 0, 7]);
        let quoted = Quoted::read(&quote).unwrap();
        assert_eq!(quoted.local, "[::1]:80".parse().unwrap());
        assert_eq!((quoted.remote, quoted.seq), ("[::9]:554".parse().unwrap(), Seq(7)));
        assert_eq!(Quoted::read(&quote[..47]), None);
    }
}
