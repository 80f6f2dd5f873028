//! Just enough of PDML, tshark's XML, to compare with.

use std::collections::BTreeMap;

/// One field of one packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PdmlField {
    /// Its display-filter name.
    pub name: String,
    /// Its first octet, in the frame or in a buffer put together from several.
    pub pos: usize,
    /// How many octets it has.
    pub size: usize,
    /// Its value, as Wireshark writes it.
    pub show: String,
}

/// The fields of each packet, in order of appearance, by name.
pub type Packet = BTreeMap<String, Vec<PdmlField>>;

/// The program that wrote the PDML, as it names itself (`wireshark/4.0.17`).
pub fn creator(xml: &str) -> Option<String> {
    let start = xml.find("<pdml ")?;
    let rest = &xml[start + 1..];
    attributes(&rest[..tag_end(rest)]).remove("creator")
}

/// Reads all packets. What is outside of one, or no field, is passed over.
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
        } else if tag.starts_with("field ")
            && let Some(packet) = packets.last_mut()
        {
            let mut attributes = attributes(tag);
            let mut take = |name: &str| attributes.remove(name).unwrap_or_default();
            let field = PdmlField {
                name: take("name"),
                pos: take("pos").parse().unwrap_or(0),
                size: take("size").parse().unwrap_or(0),
                show: take("show"),
            };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_with_their_places_and_the_writer_is_known() {
        let xml = "<?xml version=\"1.0\"?>\n<pdml version=\"0\" creator=\"wireshark/4.0.17\">\n<packet>\n\
            <proto name=\"ip\"><field name=\"ip.ttl\" showname=\"TTL: 6 &gt; 5\" size=\"1\" pos=\"22\" show=\"6\" value=\"06\"/>\n\
            <field name=\"x\" show=\"&lt;&amp;lt;&quot;&gt;\" a=\"> \"/></proto></packet><packet></packet></pdml>";
        assert_eq!(creator(xml).as_deref(), Some("wireshark/4.0.17"));
        let packets = parse(xml);
        assert_eq!(packets.len(), 2);
        let ttl = &packets[0]["ip.ttl"][0];
        assert_eq!((ttl.pos, ttl.size, &*ttl.show), (22, 1, "6"));
        assert_eq!(packets[0]["x"][0].show, "<&lt;\">");
        assert!(packets[1].is_empty());
    }

    #[test]
    fn what_is_no_pdml_says_nothing() {
        assert!(parse("<field name=\"a\"/> <packe").is_empty());
        assert!(parse("no tags at all \"").is_empty());
        assert_eq!(creator("<pdml version=\"0\""), None);
    }
}
