//! The address resolution protocol for IPv4 over Ethernet (RFC 826).

use std::net::Ipv4Addr;

use pnet_base::MacAddr;
use pnet_packet::arp::{ArpHardwareTypes, ArpOperation, ArpOperations, ArpPacket, MutableArpPacket};
use pnet_packet::ethernet::EtherTypes;

use super::WireError;
use super::error::need;

/// Octets of a message for IPv4 over Ethernet.
pub const LENGTH: usize = 28;

/// What a message asks or says (`ar$op`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// "Who has the target address? Tell the sender."
    Request,
    /// "The sender address is at the sender's hardware address."
    Reply,
}

/// An ARP message for IPv4 over Ethernet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// Request or reply.
    pub operation: Operation,
    /// Hardware address of the sender (`ar$sha`).
    pub sender_mac: MacAddr,
    /// Protocol address of the sender (`ar$spa`).
    pub sender_ip: Ipv4Addr,
    /// Hardware address of the target (`ar$tha`), zero in a request.
    pub target_mac: MacAddr,
    /// Protocol address of the target (`ar$tpa`).
    pub target_ip: Ipv4Addr,
}

/// Reads a message; octets after it are padding.
///
/// # Errors
/// [`WireError::Truncated`] below 28 octets; [`WireError::BadValue`] when it is not IPv4
/// over Ethernet or neither request nor reply.
pub fn parse(octets: &[u8]) -> Result<Message, WireError> {
    need("ARP", octets, 0, LENGTH)?;
    let packet = ArpPacket::new(octets).expect("the length was checked");
    let bad = |field, offset, value: u16| {
        Err(WireError::BadValue { layer: "ARP", field, offset, value: u32::from(value) })
    };
    if packet.get_hardware_type() != ArpHardwareTypes::Ethernet {
        return bad("hardware type", 0, packet.get_hardware_type().0);
    }
    if packet.get_protocol_type() != EtherTypes::Ipv4 {
        return bad("protocol type", 2, packet.get_protocol_type().0);
    }
    if packet.get_hw_addr_len() != 6 {
        return bad("hardware address length", 4, u16::from(packet.get_hw_addr_len()));
    }
    if packet.get_proto_addr_len() != 4 {
        return bad("protocol address length", 5, u16::from(packet.get_proto_addr_len()));
    }
    let operation = match packet.get_operation() {
        ArpOperations::Request => Operation::Request,
        ArpOperations::Reply => Operation::Reply,
        ArpOperation(other) => return bad("operation", 6, other),
    };
    Ok(Message {
        operation,
        sender_mac: packet.get_sender_hw_addr(),
        sender_ip: packet.get_sender_proto_addr(),
        target_mac: packet.get_target_hw_addr(),
        target_ip: packet.get_target_proto_addr(),
    })
}

/// Appends a message.
pub fn write(out: &mut Vec<u8>, message: &Message) {
    let start = out.len();
    out.resize(start + LENGTH, 0);
    let mut packet = MutableArpPacket::new(&mut out[start..]).expect("the room was just made");
    packet.set_hardware_type(ArpHardwareTypes::Ethernet);
    packet.set_protocol_type(EtherTypes::Ipv4);
    packet.set_hw_addr_len(6);
    packet.set_proto_addr_len(4);
    packet.set_operation(match message.operation {
        Operation::Request => ArpOperations::Request,
        Operation::Reply => ArpOperations::Reply,
    });
    packet.set_sender_hw_addr(message.sender_mac);
    packet.set_sender_proto_addr(message.sender_ip);
    packet.set_target_hw_addr(message.target_mac);
    packet.set_target_proto_addr(message.target_ip);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question() -> Message {
        Message {
            operation: Operation::Request,
            sender_mac: MacAddr(2, 0, 0, 0, 0, 1),
            sender_ip: Ipv4Addr::new(10, 0, 0, 1),
            target_mac: MacAddr::zero(),
            target_ip: Ipv4Addr::new(10, 0, 0, 2),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let mut octets = Vec::new();
        write(&mut octets, &question());
        assert_eq!(&octets[..8], &[0, 1, 8, 0, 6, 4, 0, 1]);
        octets.extend_from_slice(&[0; 18]);
        assert_eq!(parse(&octets), Ok(question()));
    }

    #[test]
    fn faults_are_placed() {
        let mut octets = Vec::new();
        write(&mut octets, &question());
        octets[7] = 3;
        let fault = WireError::BadValue { layer: "ARP", field: "operation", offset: 6, value: 3 };
        assert_eq!(parse(&octets), Err(fault));
        octets.truncate(27);
        assert!(matches!(parse(&octets), Err(WireError::Truncated { have: 27, .. })));
    }
}
