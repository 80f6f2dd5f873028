//! Messages.

use super::nanos;
use crate::wire::{Id, MessageRow, TransportRow, WhatRow};
use protocol::message::What;
use simulator::tape::{MessageRecord, MessageTransport};

/// The row of message `id`.
pub fn row(id: u64, record: &MessageRecord) -> MessageRow {
    MessageRow {
        id: Id(id),
        at: nanos(record.at),
        from: record.from.0,
        to: record.to.map(|node| node.0),
        client: record.client.map(|node| node.0),
        transport: match &record.transport {
            MessageTransport::Udp { src, dst } => TransportRow::Udp { src: *src, dst: *dst },
            MessageTransport::Tcp { connection, range, src, dst, .. } => TransportRow::Tcp {
                connection: connection.0,
                start: Id(range.start),
                end: Id(range.end),
                src: *src,
                dst: *dst,
            },
        },
        what: what(&record.what),
        length: record.length,
        cause: record.cause.map(|cause| Id(cause.0)),
    }
}

/// Whether a message is an RTSP request or response.
pub fn is_rtsp(what: &What) -> bool {
    matches!(what, What::Request { .. } | What::Response { .. })
}

fn what(what: &What) -> WhatRow {
    match what {
        What::Request { method, cseq } => WhatRow::Request { method: method.clone(), cseq: *cseq },
        What::Response { status, reason, method, cseq } => {
            WhatRow::Response { status: *status, reason: reason.clone(), method: method.clone(), cseq: *cseq }
        }
        What::Rtp(rtp) => WhatRow::Rtp {
            sequence: rtp.sequence,
            timestamp: rtp.timestamp,
            ssrc: rtp.ssrc,
            marker: rtp.marker,
            payload_type: rtp.payload_type,
            picture: rtp.picture.map(|part| part.picture),
            index: rtp.picture.map(|part| part.index),
            of: rtp.picture.map(|part| part.of),
        },
        What::Rtcp { types } => {
            WhatRow::Rtcp { types: types.iter().map(|number| rtcp_type(*number)).collect() }
        }
        What::Unknown => WhatRow::Unknown,
    }
}

/// A packet type's name (RFC 3550 section 12.1, RFC 4585 section 6.1, RFC 3611 section 2).
fn rtcp_type(number: u8) -> String {
    match number {
        200 => "SR".into(),
        201 => "RR".into(),
        202 => "SDES".into(),
        203 => "BYE".into(),
        204 => "APP".into(),
        205 => "RTPFB".into(),
        206 => "PSFB".into(),
        207 => "XR".into(),
        other => other.to_string(),
    }
}
