//! Just enough of PDML, tshark's XML, to compare with.

use std::collections::BTreeMap;

/// One field of one packet.
#[derive(Clone, Debug)]
pub struct PdmlField {
    pub name: String,
    pub pos: usize,
    pub size: usize,
    pub show: String,
    #[allow(dead_code, reason = "what is shown says as much")]
    pub value: String,
}

/// The fields of each packet, in order of appearance, by name.
pub type Packet = BTreeMap<String, Vec<PdmlField>>;

/// Reads all packets.
pub fn parse(xml: &str) -> Vec<Packet> {
    let mut packets: Vec<Packet> = Vec::new();
    let mut rest = xml;
    while let Some(open) = rest.find('<') {
        rest = &rest[open + 1..];
        let end = tag_end(rest);
        let tag = &rest[..end];
        rest = &rest[end..];
        if tag.starts_with("packet") {
            packets.push(Packet::new());
        } else if tag.starts_with("field ") {
            let attributes = attributes(tag);
            let get = |name: &str| attributes.get(name).cloned().unwrap_or_default();
            let field = PdmlField {
                name: get("name"),
                pos: get("pos").parse().unwrap_or(0),
                size: get("size").parse().unwrap_or(0),
                show: get("show"),
                value: get("value"),
            };
            let packet = packets.last_mut().expect("fields are inside packets");
            packet.entry(field.name.clone()).or_default().push(field);
        }
    }
    packets
}

/// Where a tag ends: at the first `>` that is not inside quotation marks.
fn tag_end(tag: &str) -> usize {
    let mut quoted = false;
    for (at, character) in tag.char_indices() {
        match character {
            '"' => quoted = !quoted,
            '>' if !quoted => return at,
            _ => {}
        }
    }
    tag.len()
}

fn attributes(tag: &str) -> BTreeMap<String, String> {
    let mut attributes = BTreeMap::new();
    let mut rest = tag;
    while let Some((name, after)) = rest.split_once("=\"") {
        let Some((value, after)) = after.split_once('"') else { break };
        let name = name.rsplit(' ').next().unwrap_or(name);
        let value = value
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&apos;", "'")
            .replace("&#x27;", "'")
            .replace("&amp;", "&");
        attributes.insert(name.to_owned(), value);
        rest = after;
    }
    attributes
}
