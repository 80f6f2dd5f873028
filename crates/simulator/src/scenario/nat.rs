//! A router that translates addresses: `nat = { inside = "lan", outside = "wan" }`.

use super::{LinkSpec, NodeKind, NodeSpec};
use crate::ids::LinkId;
use crate::router::NatConfig;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NatEntry {
    inside: String,
    outside: String,
    #[serde(default)]
    ports: Ports,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Ports {
    /// Ports outside are given one after the other.
    #[default]
    Counted,
    /// A port keeps its number where it is free.
    Preserved,
}

/// What a router translates.
///
/// # Errors
/// What is wrong.
pub(super) fn nat(
    entry: &NatEntry,
    place: usize,
    node: &NodeSpec,
    links: &[LinkSpec],
) -> Result<NatConfig, String> {
    if node.kind != NodeKind::Router {
        return Err(format!("'{}' has nat, but only routers translate addresses", node.name));
    }
    let find = |name: &str| {
        let own = |link: &LinkSpec| link.name == name && (link.ends.0 == place || link.ends.1 == place);
        let found = links.iter().position(own).ok_or_else(|| {
            format!("nat names the link '{name}', but '{}' has no link of that name", node.name)
        })?;
        if links[found].router.is_none_or(|interface| interface.v4.is_none()) {
            return Err(format!("nat is of IPv4, but link '{name}' has no IPv4 address"));
        }
        Ok(LinkId(found as u32))
    };
    let (inside, outside) = (find(&entry.inside)?, find(&entry.outside)?);
    if inside == outside {
        return Err(format!("nat needs two links: '{}' is inside and outside", entry.inside));
    }
    Ok(NatConfig { inside, outside, preserve_ports: entry.ports == Ports::Preserved })
}
