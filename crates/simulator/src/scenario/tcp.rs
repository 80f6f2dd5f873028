//! `[tcp]`, and `tcp = { ... }` of a host: the settings of TCP.

use super::units::{self, Span};
use crate::stack::tcp::CLOCK_GRANULARITY;
use crate::stack::{CongestionAlgorithm, TcpConfig, WindowGrowth};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use std::time::Duration;

/// The longest minimum RTO.
const MAX_MIN_RTO: Duration = Duration::from_secs(10);
/// A buffer must hold a segment.
const LEAST_BUFFER: usize = 2048;
/// Windows can be told up to here (RFC 7323 section 2.3).
const LARGEST_BUFFER: usize = 1 << 30;

/// The settings that a file names; those that it does not name stay as they are.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TcpEntry {
    congestion: Option<CongestionEntry>,
    growth: Option<GrowthEntry>,
    min_rto: Option<MinRto>,
    sack: Option<bool>,
    timestamps: Option<bool>,
    window_scale: Option<bool>,
    pmtud: Option<bool>,
    recv_buffer: Option<Buffer>,
    send_buffer: Option<Buffer>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum CongestionEntry {
    NewReno,
    Cubic,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum GrowthEntry {
    Octets,
    Acks,
}

#[derive(Clone, Copy)]
struct MinRto(Duration);

impl<'de> Deserialize<'de> for MinRto {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Span(span) = Span::deserialize(from)?;
        if !(CLOCK_GRANULARITY..=MAX_MIN_RTO).contains(&span) {
            let text = "min_rto lies between \"1 ms\" and \"10 s\"; RFC 6298 has \"1 s\", Linux \"200 ms\"";
            return Err(D::Error::custom(text));
        }
        Ok(MinRto(span))
    }
}

#[derive(Clone, Copy)]
struct Buffer(usize);

impl<'de> Deserialize<'de> for Buffer {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let octets = units::octets(&String::deserialize(from)?).map_err(D::Error::custom)?;
        if !(LEAST_BUFFER..=LARGEST_BUFFER).contains(&octets) {
            let text = format!("a buffer of TCP holds {LEAST_BUFFER} to {LARGEST_BUFFER} octets");
            return Err(D::Error::custom(text));
        }
        Ok(Buffer(octets))
    }
}

impl TcpEntry {
    /// These settings over others.
    pub(super) fn over(&self, base: &TcpConfig) -> TcpConfig {
        TcpConfig {
            congestion: match self.congestion {
                Some(CongestionEntry::NewReno) => CongestionAlgorithm::NewReno,
                Some(CongestionEntry::Cubic) => CongestionAlgorithm::Cubic,
                None => base.congestion,
            },
            growth: match self.growth {
                Some(GrowthEntry::Octets) => WindowGrowth::Octets,
                Some(GrowthEntry::Acks) => WindowGrowth::Acks,
                None => base.growth,
            },
            min_rto: self.min_rto.map_or(base.min_rto, |MinRto(span)| span),
            sack: self.sack.unwrap_or(base.sack),
            timestamps: self.timestamps.unwrap_or(base.timestamps),
            window_scale: self.window_scale.unwrap_or(base.window_scale),
            path_mtu_discovery: self.pmtud.unwrap_or(base.path_mtu_discovery),
            recv_buffer: self.recv_buffer.map_or(base.recv_buffer, |Buffer(octets)| octets),
            send_buffer: self.send_buffer.map_or(base.send_buffer, |Buffer(octets)| octets),
            ..base.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Scenario;
    use super::*;

    fn classroom(from: &str, to: &str) -> Result<Scenario, super::super::ScenarioError> {
        let good = include_str!("../../scenarios/classroom.toml");
        assert!(good.contains(from));
        Scenario::parse(&good.replacen(from, to, 1), "x.toml")
    }

    #[test]
    fn settings_are_for_all_hosts_and_a_host_has_its_own() {
        let all = "[tcp]\ncongestion = \"cubic\"\nmin_rto = \"200 ms\"\nsack = false\ngrowth = \"acks\"\nrecv_buffer = \"1 MB\"\n[player]";
        let scenario = classroom("[player]", all).unwrap();
        assert_eq!(scenario.tcp.congestion, CongestionAlgorithm::Cubic);
        assert_eq!(scenario.tcp.growth, WindowGrowth::Acks);
        assert_eq!((scenario.tcp.min_rto, scenario.tcp.sack), (Duration::from_millis(200), false));
        assert!(scenario.tcp.timestamps && scenario.tcp.window_scale && scenario.tcp.path_mtu_discovery);
        assert!(scenario.tcp.recv_buffer >= 1_000_000);
        assert!(scenario.nodes.iter().all(|node| node.tcp == scenario.tcp));
        let one = "kind = \"server\"\ntcp = { congestion = \"newreno\", timestamps = false, pmtud = false }";
        let scenario = classroom("kind = \"server\"", one).unwrap();
        let server = scenario.nodes.iter().find(|node| node.name == "Server").unwrap();
        assert!(!server.tcp.timestamps && !server.tcp.path_mtu_discovery && server.tcp.sack);
        assert_eq!(scenario.tcp, TcpConfig::default());
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (line, says) in [
            ("congestion = \"vegas\"", "vegas"),
            ("growth = \"bytes\"", "octets"),
            ("min_rto = \"0 ms\"", "200 ms"),
            ("min_rto = \"11 s\"", "10 s"),
            ("sack = \"yes\"", "boolean"),
            ("recv_buffer = \"10 kB\"\nsend_buffer = \"1600 B\"", "2048 to 1073741824"),
            ("nagle = true", "nagle"),
        ] {
            let error = classroom("[player]", &format!("[tcp]\n{line}\n[player]")).expect_err(line);
            assert!(error.to_string().contains(says), "{line}: {error}");
            let good = include_str!("../../scenarios/classroom.toml");
            let first = good[..good.find("[player]").unwrap()].matches('\n').count() + 1;
            assert_eq!(error.line, Some(first + line.matches('\n').count() + 1), "{error}");
        }
        let error = classroom("kind = \"switch\"", "kind = \"switch\"\ntcp = { sack = false }").unwrap_err();
        assert!(error.to_string().contains("SW1"), "{error}");
    }
}
