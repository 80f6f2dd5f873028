//! VLANs in scenarios: `vlan = 10` for an access port, `vlan = [10, 20]` for a trunk.

use super::{NodeKind, Scenario};
use crate::switch::PortVlan;
use protocol::wire::vlan::MAX_ID;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

/// One VLAN.
#[derive(Clone, Copy)]
pub(super) struct Vlan(pub u16);

/// The VLANs of a link.
pub(super) struct Vlans(pub PortVlan);

fn checked(id: i64) -> Result<u16, String> {
    u16::try_from(id)
        .ok()
        .filter(|id| (1..=MAX_ID).contains(id))
        .ok_or_else(|| format!("{id} is no VLAN: it lies between 1 and {MAX_ID}"))
}

impl<'de> Deserialize<'de> for Vlan {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        checked(i64::deserialize(from)?).map(Vlan).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Vlans {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Entry {
            Access(i64),
            Trunk(Vec<i64>),
        }
        match Entry::deserialize(from)? {
            Entry::Access(id) => checked(id).map(PortVlan::Access),
            Entry::Trunk(ids) if ids.is_empty() => Err("a trunk has at least one VLAN".to_owned()),
            Entry::Trunk(ids) => ids.into_iter().map(checked).collect::<Result<_, _>>().map(PortVlan::Trunk),
        }
        .map(Vlans)
        .map_err(D::Error::custom)
    }
}

/// Whether a link may have these VLANs.
///
/// # Errors
/// What is wrong.
pub(super) fn check_vlan(name: &str, vlan: Option<&PortVlan>, ends: [NodeKind; 2]) -> Result<(), String> {
    let switches = ends.iter().filter(|kind| **kind == NodeKind::Switch).count();
    match (vlan, switches) {
        (None, _) | (Some(_), 2) | (Some(PortVlan::Access(_)), 1) => Ok(()),
        (Some(PortVlan::Trunk(_)), 1) => Err(format!(
            "link '{name}' is a trunk and ends at a host or router, which know no tags: write vlan = 10"
        )),
        _ => Err(format!("link '{name}' has a vlan, but ends at no switch")),
    }
}

/// A switch either knows VLANs or does not.
///
/// # Errors
/// Which link is not as the others.
pub(super) fn check_switches(scenario: &Scenario) -> Result<(), String> {
    for (place, switch) in scenario.nodes.iter().enumerate().filter(|(_, n)| n.kind == NodeKind::Switch) {
        let own = || scenario.links.iter().filter(|link| link.ends.0 == place || link.ends.1 == place);
        if let Some(odd) = own().find(|link| link.vlan.is_none())
            && own().any(|link| link.vlan.is_some())
        {
            return Err(format!(
                "link '{}' has no vlan, but others of switch '{}' have one: give all of them one, or none",
                odd.name, switch.name
            ));
        }
    }
    Ok(())
}
