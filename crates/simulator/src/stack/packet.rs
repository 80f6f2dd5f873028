//! A packet as the layers above IP see it, whichever IP it is.

use std::net::IpAddr;

use bytes::Bytes;
use protocol::wire::{ipv4, ipv6};

/// A whole packet, or a fragment of one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IpPacket<'a> {
    pub source: IpAddr,
    pub destination: IpAddr,
    /// The protocol of the payload; over IPv6 the next header of the last extension header.
    pub protocol: u8,
    /// TTL or hop limit.
    pub ttl: u8,
    pub payload: &'a [u8],
    /// What an ICMP error quotes: header and payload; of a packet that came in fragments the
    /// first of these.
    pub whole: &'a [u8],
    /// Which part of a packet it is, when it is only a part.
    pub part: Option<Part>,
    /// The frame in which `payload` lies, where its octets can be shared.
    pub frame: Option<&'a Bytes>,
}

/// A fragment's place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub identification: u32,
    /// Where it begins in the whole payload, in octets.
    pub offset: usize,
    /// Parts follow this one.
    pub more: bool,
}

impl<'a> From<&ipv4::Packet<'a>> for IpPacket<'a> {
    fn from(packet: &ipv4::Packet<'a>) -> Self {
        let header = &packet.header;
        IpPacket {
            source: header.source.into(),
            destination: header.destination.into(),
            protocol: header.protocol,
            ttl: header.ttl,
            payload: packet.payload,
            whole: packet.whole,
            part: header.is_fragment().then_some(Part {
                identification: u32::from(header.identification),
                offset: header.fragment_offset,
                more: header.more_fragments,
            }),
            frame: None,
        }
    }
}

impl<'a> From<&ipv6::Packet<'a>> for IpPacket<'a> {
    fn from(packet: &ipv6::Packet<'a>) -> Self {
        // One part that is all there is (RFC 6946) needs no others.
        let part = packet.fragment.filter(|part| part.more || part.offset != 0);
        IpPacket {
            source: packet.header.source.into(),
            destination: packet.header.destination.into(),
            protocol: part.map_or(packet.upper, |part| part.next_header),
            ttl: packet.header.hop_limit,
            payload: packet.payload,
            whole: packet.whole,
            part: part.map(|part| Part {
                identification: part.identification,
                offset: part.offset,
                more: part.more,
            }),
            frame: None,
        }
    }
}
