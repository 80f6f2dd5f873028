//! Neighbour discovery (RFC 4861) and multicast listeners (RFC 2710, RFC 3810): what stands in
//! these ICMPv6 messages behind the checksum.

use super::build::{Fields, Place, specs};
use super::icmpv6;
use super::model::{Say::Text, Say::With};
use super::text;

specs! {
    RESERVED: "icmpv6.reserved", "Reserved", "Reserved", "RFC 4861 4", Text("{} kept free.");
    HOPS: "icmpv6.nd.ra.cur_hop_limit", "Hop limit", "Hop limit", "RFC 4861 4.2", Text("Hosts should send packets with the hop limit {}; zero leaves it to them.");
    RA_FLAGS: "icmpv6.nd.ra.flag" Hex2, "Flags", "Flags", "RFC 4861 4.2, RFC 5175", Text("What else hosts must know of this network: {}.");
    MANAGED: "icmpv6.nd.ra.flag.m", "Managed addresses", "M", "RFC 4861 4.2", With(|f| if f.number() == 1 {
        "Addresses are given out by DHCPv6.".into()
    } else {
        "Addresses are not given out by DHCPv6.".into()
    });
    OTHER_CONFIG: "icmpv6.nd.ra.flag.o", "Other configuration", "O", "RFC 4861 4.2", With(|f| if f.number() == 1 {
        "DHCPv6 tells other things, such as name servers.".into()
    } else {
        "DHCPv6 tells nothing else.".into()
    });
    HOME: "icmpv6.nd.ra.flag.h", "Home agent", "H", "RFC 6275 7.1", Text("Whether the router serves hosts that are away from home: {}.");
    PREFERENCE: "icmpv6.nd.ra.flag.prf", "Preference", "Prf", "RFC 4191 2.2", With(|f| match f.number() {
        0 => "The router is as good as others.".into(),
        1 => "The router is to be preferred to others.".into(),
        3 => "Others are to be preferred to this router.".into(),
        _ => "Reserved: to be read as no preference.".into(),
    });
    PROXY: "icmpv6.nd.ra.flag.p", "Proxy", "P", "RFC 4389 4.1.3.3", Text("Whether a proxy passed the message on: {}.");
    RA_RESERVED: "icmpv6.nd.ra.flag.rsv", "Reserved", "Reserved", "RFC 5175 3", Text("Kept free for later; must be zero.");
    LIFETIME: "icmpv6.nd.ra.router_lifetime", "Router lifetime", "Lifetime", "RFC 4861 4.2", With(|f| if f.number() == 0 {
        "Zero: the router is not to be used as the way out of this network.".into()
    } else {
        format!("The router may be used as the way out of this network for {} seconds.", f.value)
    });
    REACHABLE: "icmpv6.nd.ra.reachable_time", "Reachable time", "Reachable", "RFC 4861 4.2", Text("A neighbour heard of counts as reachable for {} ms; zero leaves it to the hosts.");
    RETRANS: "icmpv6.nd.ra.retrans_timer", "Retransmission timer", "Retrans.", "RFC 4861 4.2", Text("Questions to neighbours are repeated after {} ms; zero leaves it to the hosts.");
    NS_TARGET: "icmpv6.nd.ns.target_address" Ipv6, "Target address", "Target", "RFC 4861 4.3", Text("The question is: which card has the address {}?");
    NA_FLAGS: "icmpv6.nd.na.flag" Hex8, "Flags", "Flags", "RFC 4861 4.4", Text("Who answers, and whether it was asked: {}.");
    ROUTER: "icmpv6.nd.na.flag.r", "Router", "R", "RFC 4861 4.4", With(|f| if f.number() == 1 { "The sender is a router.".into() } else { "The sender is no router.".into() });
    SOLICITED: "icmpv6.nd.na.flag.s", "Solicited", "S", "RFC 4861 4.4", With(|f| if f.number() == 1 { "The message answers a question.".into() } else { "Nobody asked for the message.".into() });
    OVERRIDE: "icmpv6.nd.na.flag.o", "Override", "O", "RFC 4861 4.4", With(|f| if f.number() == 1 { "Neighbours should forget what they knew and believe this.".into() } else { "Neighbours that know another card keep to it.".into() });
    NA_RESERVED: "icmpv6.nd.na.flag.rsv", "Reserved", "Reserved", "RFC 4861 4.4", Text("Kept free for later; must be zero.");
    NA_TARGET: "icmpv6.nd.na.target_address" Ipv6, "Target address", "Target", "RFC 4861 4.4", Text("The sender has the address {}.");
    RD_TARGET: "icmpv6.nd.rd.target_address" Ipv6, "Target address", "Target", "RFC 4861 4.5", Text("The shorter way leads through {}.");
    RD_DESTINATION: "icmpv6.rd.na.destination_address" Ipv6, "Destination address", "Destination", "RFC 4861 4.5", Text("It is the way to {}.");
    MAX_DELAY: "icmpv6.mld.maximum_response_delay", "Maximum response delay", "Max delay", "RFC 2710 3.4", Text("Each member waits a random time of up to {} ms before it answers.");
    GROUP: "icmpv6.mld.multicast_address" Ipv6, "Group address", "Group", "RFC 2710 3.6", With(|f| if f.value == "::" { "No group: all are asked about.".into() } else { format!("The message is about the group {}.", f.value) });
    RECORDS: "icmpv6.mldr.nb_mcast_records", "Number of records", "Records", "RFC 3810 5.2", Text("{} groups are told of.");
    RECORD: "icmpv6.mldr.mar" Nothing, "Group record", "Record", "RFC 3810 5.2", Text("What the sender wants of the group {}.");
    RECORD_TYPE: "icmpv6.mldr.mar.record_type", "Record type", "Type", "RFC 3810 5.2.12", With(super::igmp::record_type);
    AUX_LEN: "icmpv6.mldr.mar.aux_data_len", "Auxiliary data length", "Aux len", "RFC 3810 5.2.6", Text("{} words of data that nobody uses.");
    SOURCES: "icmpv6.mldr.mar.nb_sources", "Number of sources", "Sources", "RFC 3810 5.2.7", Text("{} sources are listed.");
    RECORD_GROUP: "icmpv6.mldr.mar.multicast_address" Ipv6, "Group address", "Group", "RFC 3810 5.2.8", Text("The record is about the group {}.");
    RECORD_REST: "", "Sources and data", "Sources", "RFC 3810 5.2.9", Text("{} of sources and auxiliary data.");
    REST: "", "Rest of message", "Rest", "RFC 4443 2.1", Text("{} that are not explained here.");
    OPTION: "icmpv6.opt" Nothing, "Option", "Option", "RFC 4861 4.6", Text("An option: {}.");
    OPTION_TYPE: "icmpv6.opt.type", "Option type", "Type", "RFC 4861 4.6", Text("Says which option it is: {}.");
    OPTION_LEN: "icmpv6.opt.length", "Option length", "Length", "RFC 4861 4.6", Text("The option takes {}; the field counts units of 8.");
    LINK_ADDRESS: "icmpv6.opt.linkaddr", "Link-layer address", "MAC", "RFC 4861 4.6.1", Text("The card has the address {}; whoever reads this may remember it.");
    PREFIX_LEN: "icmpv6.opt.prefix.length", "Prefix length", "Prefix len", "RFC 4861 4.6.2", Text("The first {} bits are the same for all addresses of this network.");
    PREFIX_FLAGS: "icmpv6.opt.prefix.flag" Hex2, "Prefix flags", "Flags", "RFC 4861 4.6.2", Text("What hosts may do with the prefix: {}.");
    ON_LINK: "icmpv6.opt.prefix.flag.l", "On-link", "L", "RFC 4861 4.6.2", With(|f| if f.number() == 1 { "Addresses that begin so are on this network and are reached without a router.".into() } else { "Whether such addresses are on this network is not said.".into() });
    AUTONOMOUS: "icmpv6.opt.prefix.flag.a", "Autonomous", "A", "RFC 4861 4.6.2, RFC 4862 5.5", With(|f| if f.number() == 1 { "Hosts may make addresses for themselves that begin so.".into() } else { "Hosts must not make addresses of it.".into() });
    PREFIX_ROUTER: "icmpv6.opt.prefix.flag.r", "Router address", "R", "RFC 6275 7.2", Text("Whether the prefix is the router's whole address: {}.");
    PREFIX_RESERVED: "icmpv6.opt.prefix.flag.reserved", "Reserved", "Reserved", "RFC 4861 4.6.2", Text("Kept free for later; must be zero.");
    VALID: "icmpv6.opt.prefix.valid_lifetime", "Valid lifetime", "Valid", "RFC 4861 4.6.2", Text("The prefix holds for {} seconds.");
    PREFERRED: "icmpv6.opt.prefix.preferred_lifetime", "Preferred lifetime", "Preferred", "RFC 4861 4.6.2", Text("Addresses made of it are preferred for {} seconds.");
    PREFIX: "icmpv6.opt.prefix" Ipv6, "Prefix", "Prefix", "RFC 4861 4.6.2", Text("The addresses of this network begin as {} does.");
    OPTION_RESERVED: "icmpv6.opt.reserved" Nothing, "Reserved", "Reserved", "RFC 4861 4.6", Text("{} kept free.");
    OPTION_MTU: "icmpv6.opt.mtu", "MTU", "MTU", "RFC 4861 4.6.4", Text("Packets on this network have at most {}.");
    DNS_LIFETIME: "icmpv6.opt.rdnss.lifetime", "Lifetime", "Lifetime", "RFC 8106 5.1", Text("The name servers may be asked for {} seconds.");
    DNS_SERVER: "icmpv6.opt.rdnss" Ipv6, "Name server", "DNS", "RFC 8106 5.1", Text("Names can be asked for at {}.");
    REDIRECTED: "", "Redirected packet", "Packet", "RFC 4861 4.6.3", Text("The packet for which there is a shorter way: {}.");
    OPTION_DATA: "", "Option data", "Data", "RFC 4861 4.6", Text("{} of the option.");
}

/// Where the message's own part begins: behind type, code and checksum.
const AT: usize = 4;
/// How many options or records of one message are shown.
pub const MAX_PARTS: usize = 64;

/// Adds the fields behind the checksum; answers how many octets of `place` were taken.
pub(super) fn dissect(fields: &mut Fields<'_>, place: Place<'_>, kind: u64) -> usize {
    let fixed = match kind {
        130..=132 => 24,
        133 => 8,
        134 => 16,
        135 | 136 => 24,
        137 => 40,
        _ => 8,
    };
    if place.len() < fixed {
        fields.blob(&REST, AT, place.len() - AT);
        return place.len();
    }
    match kind {
        130..=132 => {
            fields.plain(&MAX_DELAY, AT, 2);
            fields.blob(&RESERVED, AT + 2, 2);
            fields.ipv6(&GROUP, AT + 4);
            if place.len() > fixed {
                // What a query of version 2 has more is passed over.
                fields.blob(&REST, fixed, place.len() - fixed);
            }
            return place.len();
        }
        134 => advertisement(fields),
        136 => neighbour(fields),
        143 => return records(fields, place),
        _ => fields.blob(&RESERVED, AT, 4),
    }
    match kind {
        135 => fields.ipv6(&NS_TARGET, 8),
        136 => fields.ipv6(&NA_TARGET, 8),
        137 => {
            fields.ipv6(&RD_TARGET, 8);
            fields.ipv6(&RD_DESTINATION, 24);
        }
        _ => {}
    }
    options(fields, place, fixed)
}

/// What a message asks or tells, where that takes more than its name.
pub(super) fn summary(place: Place<'_>, kind: u64) -> Option<String> {
    let target = || place.ipv6(8);
    match kind {
        135 if place.len() >= 24 => Some(format!("who has {}?", target())),
        136 if place.len() >= 24 => Some(format!("{} is here", target())),
        _ => None,
    }
}

fn advertisement(fields: &mut Fields<'_>) {
    fields.plain(&HOPS, AT, 1);
    let flags = fields.place().number(AT + 1, 1);
    fields.group(&RA_FLAGS, AT + 1, 1, format!("{flags:#04x}"), |inner| {
        let bit = (AT + 1) * 8;
        inner.flag(&MANAGED, bit);
        inner.flag(&OTHER_CONFIG, bit + 1);
        inner.flag(&HOME, bit + 2);
        inner.bits(&PREFERENCE, bit + 3, 2, |number| number.to_string());
        inner.flag(&PROXY, bit + 5);
        inner.bits(&RA_RESERVED, bit + 6, 2, |number| number.to_string());
    });
    fields.count(&LIFETIME, AT + 2, 2);
    fields.count(&REACHABLE, AT + 4, 4);
    fields.count(&RETRANS, AT + 8, 4);
}

fn neighbour(fields: &mut Fields<'_>) {
    let flags = fields.place().number(AT, 4);
    fields.group(&NA_FLAGS, AT, 4, format!("{flags:#010x}"), |inner| {
        inner.flag(&ROUTER, AT * 8);
        inner.flag(&SOLICITED, AT * 8 + 1);
        inner.flag(&OVERRIDE, AT * 8 + 2);
        inner.bits(&NA_RESERVED, AT * 8 + 3, 29, |number| number.to_string());
    });
}

/// The records of a report of version 2.
fn records(fields: &mut Fields<'_>, place: Place<'_>) -> usize {
    const FIXED: usize = 20;
    fields.blob(&RESERVED, AT, 2);
    let count = fields.count(&RECORDS, AT + 2, 2);
    let mut at = 8;
    for _ in 0..count.min(MAX_PARTS as u64) {
        let (aux, sources) = (place.number(at + 1, 1) as usize, place.number(at + 2, 2) as usize);
        let len = FIXED + sources * 16 + aux * 4;
        if at + len > place.len() {
            break;
        }
        fields.bundle(&RECORD, at, len, place.ipv6(at + 4).to_string(), |inner| {
            inner.plain(&RECORD_TYPE, at, 1);
            inner.plain(&AUX_LEN, at + 1, 1);
            inner.plain(&SOURCES, at + 2, 2);
            inner.ipv6(&RECORD_GROUP, at + 4);
            if len > FIXED {
                inner.blob(&RECORD_REST, at + FIXED, len - FIXED);
            }
        });
        at += len;
    }
    if at < place.len() {
        fields.blob(&REST, at, place.len() - at);
    }
    place.len()
}

/// The options from `at` on; answers where they end.
fn options(fields: &mut Fields<'_>, place: Place<'_>, mut at: usize) -> usize {
    for _ in 0..MAX_PARTS {
        let len = place.number(at + 1, 1) as usize * 8;
        if at + 2 > place.len() || len == 0 || at + len > place.len() {
            break;
        }
        option(fields, place.part(at, at + len), at, len);
        at += len;
    }
    if place.number(at + 1, 1) > 0 && at + 2 <= place.len() {
        // Of one that is cut off, kind and length are there.
        fields.bundle(&OPTION, at, place.len() - at, "cut off", |inner| {
            inner.plain(&OPTION_TYPE, at, 1);
            inner.with(&OPTION_LEN, at + 1, 1, |units| text::bytes(units * 8));
            inner.blob(&OPTION_DATA, at + 2, place.len() - at - 2);
        });
    } else if at < place.len() {
        fields.blob(&REST, at, place.len() - at);
    }
    place.len()
}

fn option(fields: &mut Fields<'_>, own: Place<'_>, at: usize, len: usize) {
    let kind = own.number(0, 1);
    let name = match kind {
        1 => "source link-layer address",
        2 => "target link-layer address",
        3 => "prefix information",
        4 => "redirected packet",
        5 => "MTU",
        25 => "name servers",
        _ => "other",
    };
    fields.bundle(&OPTION, at, len, name, |inner| {
        inner.with(&OPTION_TYPE, at, 1, |number| format!("{name} ({number})"));
        inner.with(&OPTION_LEN, at + 1, 1, |units| text::bytes(units * 8));
        match (kind, len) {
            (1 | 2, 8) => inner.mac(&LINK_ADDRESS, at + 2),
            (3, 32) => prefix(inner, at),
            (4, 16..) => {
                inner.blob(&OPTION_RESERVED, at + 2, 6);
                let packet = own.rest(8);
                let mut quoted = Fields::new(packet, 2);
                let taken = icmpv6::quote(&mut quoted, packet, 1);
                let value = text::bytes(packet.len() as u64);
                if taken < packet.len() {
                    quoted.blob(&OPTION_DATA, taken, packet.len() - taken);
                }
                inner.push(&REDIRECTED, packet.range(), super::Raw::Octets, value, quoted.done());
            }
            (5, 8) => {
                inner.blob(&OPTION_RESERVED, at + 2, 2);
                inner.with(&OPTION_MTU, at + 4, 4, text::bytes);
            }
            (25, 24..) if (len - 8).is_multiple_of(16) => {
                inner.blob(&OPTION_RESERVED, at + 2, 2);
                inner.count(&DNS_LIFETIME, at + 4, 4);
                for server in (8..len).step_by(16) {
                    inner.ipv6(&DNS_SERVER, at + server);
                }
            }
            _ => inner.blob(&OPTION_DATA, at + 2, len - 2),
        }
    });
}

fn prefix(inner: &mut Fields<'_>, at: usize) {
    inner.plain(&PREFIX_LEN, at + 2, 1);
    let flags = inner.place().number(at + 3, 1);
    inner.group(&PREFIX_FLAGS, at + 3, 1, format!("{flags:#04x}"), |bits| {
        let bit = (at + 3) * 8;
        bits.flag(&ON_LINK, bit);
        bits.flag(&AUTONOMOUS, bit + 1);
        bits.flag(&PREFIX_ROUTER, bit + 2);
        bits.bits(&PREFIX_RESERVED, bit + 3, 5, |number| number.to_string());
    });
    inner.count(&VALID, at + 4, 4);
    inner.count(&PREFERRED, at + 8, 4);
    inner.blob(&OPTION_RESERVED, at + 12, 4);
    inner.ipv6(&PREFIX, at + 16);
}
