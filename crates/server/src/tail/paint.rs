//! Colours on a terminal, and nothing else anywhere else.

use std::io::IsTerminal;

/// What is coloured, one colour for each kind of thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// RTSP.
    Rtsp,
    /// RTP.
    Rtp,
    /// RTCP.
    Rtcp,
    /// TCP and UDP.
    Transport,
    /// IP and ICMP.
    Network,
    /// Ethernet and ARP.
    Link,
    /// Cables and devices on the way.
    Way,
    /// Repetitions.
    Repeat,
    /// Drops.
    Drop,
    /// States, notes, pictures.
    Remark,
}

impl Ink {
    /// The parameters of SGR (ECMA-48 section 8.3.117): the terminal's own palette, so that
    /// the text stays readable on light and dark.
    fn code(self) -> &'static str {
        match self {
            Ink::Rtsp => "1;35",
            Ink::Rtp => "1;32",
            Ink::Rtcp => "1;36",
            Ink::Transport => "34",
            Ink::Network => "33",
            Ink::Link | Ink::Remark => "36",
            Ink::Way => "2",
            Ink::Repeat => "1;33",
            Ink::Drop => "1;31",
        }
    }
}

/// Paints text, or leaves it as it is.
#[derive(Clone, Copy, Debug)]
pub struct Paint {
    on: bool,
}

impl Paint {
    /// Colours, or none.
    pub fn new(on: bool) -> Self {
        Paint { on }
    }

    /// Colours when standard output is a terminal and `NO_COLOR` is not set to something.
    pub fn for_stdout() -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Paint { on: !refused && std::io::stdout().is_terminal() }
    }

    /// The text in its colour.
    pub fn paint(self, ink: Ink, text: &str) -> String {
        if self.on { format!("\u{1b}[{}m{text}\u{1b}[0m", ink.code()) } else { text.to_owned() }
    }
}

/// Text from a peer, fit for a terminal: no control characters, and not endless.
pub fn plain(text: &str) -> String {
    /// The most letters of a peer's text.
    const MAX: usize = 80;
    text.chars().take(MAX).map(|letter| if letter.is_control() { '·' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_come_only_when_on() {
        assert_eq!(Paint::new(false).paint(Ink::Drop, "x"), "x");
        assert_eq!(Paint::new(true).paint(Ink::Drop, "x"), "\u{1b}[1;31mx\u{1b}[0m");
    }

    #[test]
    fn a_peer_cannot_write_escapes() {
        assert_eq!(plain("\u{1b}[2Jhi\n"), "·[2Jhi·");
        assert_eq!(plain(&"x".repeat(500)).len(), 80);
    }
}
