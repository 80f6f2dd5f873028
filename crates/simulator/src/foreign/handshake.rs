//! The states of a captured TCP connection's ends, as far as its segments tell them (RFC 9293
//! section 3.3.2).

use protocol::wire::tcp::TcpFlags;

/// One end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Sender,
    Receiver,
}

/// Both ends: the opener's, the acceptor's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Handshake {
    states: [Option<&'static str>; 2],
    fin: [bool; 2],
}

impl Handshake {
    /// A segment from the opener (0) or the acceptor (1); `acks_fin` when it acknowledges the
    /// other end's FIN. Answers which ends' states change, and to what.
    pub fn segment(&mut self, from: usize, flags: TcpFlags, acks_fin: bool) -> Vec<(End, &'static str)> {
        let mut changes = Vec::new();
        let mut enter = |states: &mut [Option<&'static str>; 2], end: End, state: &'static str| {
            let at = if end == End::Sender { from } else { 1 - from };
            if states[at] != Some(state) {
                states[at] = Some(state);
                changes.push((end, state));
            }
        };
        let states = &mut self.states;
        if flags.has(TcpFlags::RST) {
            enter(states, End::Sender, "CLOSED");
            enter(states, End::Receiver, "CLOSED");
            return changes;
        }
        if flags.has(TcpFlags::SYN) {
            let accepts = flags.has(TcpFlags::ACK);
            enter(states, End::Sender, if accepts { "SYN-RECEIVED" } else { "SYN-SENT" });
            if accepts {
                enter(states, End::Receiver, "ESTABLISHED");
            }
            return changes;
        }
        // Without a handshake in the capture the connection stood before.
        for end in [End::Sender, End::Receiver] {
            let at = if end == End::Sender { from } else { 1 - from };
            if matches!(states[at], None | Some("SYN-RECEIVED"))
                || (end == End::Sender && states[at] == Some("SYN-SENT"))
            {
                enter(states, end, "ESTABLISHED");
            }
        }
        if flags.has(TcpFlags::FIN) && !std::mem::replace(&mut self.fin[from], true) {
            let sender = if states[from] == Some("CLOSE-WAIT") { "LAST-ACK" } else { "FIN-WAIT-1" };
            enter(states, End::Sender, sender);
            match states[1 - from] {
                Some("FIN-WAIT-2") => enter(states, End::Receiver, "TIME-WAIT"),
                Some("FIN-WAIT-1") if acks_fin => enter(states, End::Receiver, "TIME-WAIT"),
                Some("FIN-WAIT-1") => enter(states, End::Receiver, "CLOSING"),
                _ => enter(states, End::Receiver, "CLOSE-WAIT"),
            }
        } else if acks_fin && self.fin[1 - from] {
            match states[1 - from] {
                Some("FIN-WAIT-1") => enter(states, End::Receiver, "FIN-WAIT-2"),
                Some("CLOSING") => enter(states, End::Receiver, "TIME-WAIT"),
                Some("LAST-ACK") => enter(states, End::Receiver, "CLOSED"),
                _ => {}
            }
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACK: TcpFlags = TcpFlags::ACK;

    #[test]
    fn a_connection_opens_and_closes_as_its_segments_say() {
        let mut handshake = Handshake::default();
        let mut told = Vec::new();
        for (from, flags, acks_fin) in [
            (0, TcpFlags::SYN, false),
            (1, TcpFlags::SYN.with(ACK), false),
            (0, ACK, false),
            (1, ACK, false),
            (0, TcpFlags::FIN.with(ACK), false),
            (1, ACK, true),
            (1, TcpFlags::FIN.with(ACK), true),
            (0, ACK, true),
        ] {
            for (end, state) in handshake.segment(from, flags, acks_fin) {
                let at = if end == End::Sender { from } else { 1 - from };
                told.push(format!("{at} {state}"));
            }
        }
        let expected = [
            "0 SYN-SENT",
            "1 SYN-RECEIVED",
            "0 ESTABLISHED",
            "1 ESTABLISHED",
            "0 FIN-WAIT-1",
            "1 CLOSE-WAIT",
            "0 FIN-WAIT-2",
            "1 LAST-ACK",
            "0 TIME-WAIT",
            "1 CLOSED",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn one_that_is_joined_midway_stands_and_a_reset_ends_it() {
        let mut handshake = Handshake::default();
        let both = [(End::Sender, "ESTABLISHED"), (End::Receiver, "ESTABLISHED")];
        assert_eq!(handshake.segment(1, ACK, false), both);
        assert_eq!(handshake.segment(0, ACK, false), []);
        assert_eq!(
            handshake.segment(0, TcpFlags::RST, false),
            [(End::Sender, "CLOSED"), (End::Receiver, "CLOSED")]
        );
    }
}
