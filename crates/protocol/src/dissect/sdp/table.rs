//! The rows of a description's lines: what they are called, and what they say.

use super::super::build::specs;
use super::super::model::{Field, Say::Text, Say::With};

specs! {
    VERSION: "sdp.version" AfterEquals, "Version (v)", "Version", "RFC 8866 5.1", Text("The description follows version {} of SDP.");
    OWNER: "sdp.owner" AfterEquals, "Origin (o)", "Origin", "RFC 8866 5.2", Text("Who made the description, and which one it is: {}.");
    OWNER_USER: "sdp.owner.username" Ascii, "User name", "User", "RFC 8866 5.2", With(|f| if f.value == "-" {
        "A hyphen: the maker has no user name here.".into()
    } else {
        format!("The maker's user name is {}.", f.value)
    });
    OWNER_SESSION: "sdp.owner.sessionid" Ascii, "Session id", "Session", "RFC 8866 5.2", Text("The description's own number: {}.");
    OWNER_VERSION: "sdp.owner.version" Ascii, "Session version", "Version", "RFC 8866 5.2", Text("It grows when the description changes: {}.");
    OWNER_NET: "sdp.owner.network_type" Ascii, "Network type", "Network", "RFC 8866 5.2", Text("The network is of type {}; IN is the Internet.");
    OWNER_KIND: "sdp.owner.address_type" Ascii, "Address type", "Addr. type", "RFC 8866 5.2", Text("The address below is of type {}.");
    OWNER_ADDRESS: "sdp.owner.address" Ascii, "Address", "Address", "RFC 8866 5.2", Text("The description was made at {}.");
    NAME: "sdp.session_name" AfterEquals, "Session name (s)", "Name", "RFC 8866 5.3", Text("The presentation is called {}.");
    INFO: "sdp.session_info" AfterEquals, "Information (i)", "Information", "RFC 8866 5.4", Text("About the presentation: {}.");
    TITLE: "sdp.media_title" AfterEquals, "Media title (i)", "Title", "RFC 8866 5.4", Text("About this track: {}.");
    URI: "sdp.uri" AfterEquals, "Web page (u)", "URI", "RFC 8866 5.5", Text("More about it stands at {}.");
    EMAIL: "sdp.email" AfterEquals, "E-mail (e)", "E-mail", "RFC 8866 5.6", Text("Write to {}.");
    PHONE: "sdp.phone" AfterEquals, "Phone (p)", "Phone", "RFC 8866 5.6", Text("Call {}.");
    CONNECTION: "sdp.connection_info" AfterEquals, "Connection (c)", "Connection", "RFC 8866 5.7", Text("Where the media are sent: {}; all zero leaves it to SETUP.");
    CONNECTION_NET: "sdp.connection_info.network_type" Ascii, "Network type", "Network", "RFC 8866 5.7", Text("The network is of type {}; IN is the Internet.");
    CONNECTION_KIND: "sdp.connection_info.address_type" Ascii, "Address type", "Addr. type", "RFC 8866 5.7", Text("The address is of type {}.");
    CONNECTION_ADDRESS: "sdp.connection_info.address" Ascii, "Address", "Address", "RFC 8866 5.7", With(|f| if f.value == "0.0.0.0" {
        "All zero: where the media go is agreed on in SETUP (RFC 2326 C.1.7).".into()
    } else {
        format!("The media are sent to {}.", f.value)
    });
    CONNECTION_TTL: "sdp.connection_info.ttl" Ascii, "Time to live", "TTL", "RFC 8866 5.7", Text("Packets to the group start with a time to live of {}; for a group of IPv6, which has none here, it is how many groups there are.");
    CONNECTION_COUNT: "sdp.connection_info.num_addr" Ascii, "Number of addresses", "Count", "RFC 8866 5.7", Text("So many groups with addresses one after the other: {}.");
    BANDWIDTH: "sdp.bandwidth" AfterEquals, "Bandwidth (b)", "Bandwidth", "RFC 8866 5.8", Text("What the media need of the network: {}.");
    BANDWIDTH_KIND: "sdp.bandwidth.modifier" Ascii, "Modifier", "Modifier", "RFC 8866 5.8", With(|f| match &*f.value {
        "AS" => "AS: for one track, as the application sees it.".into(),
        "CT" => "CT: for the whole conference.".into(),
        other => format!("{other} says what the number counts."),
    });
    BANDWIDTH_VALUE: "sdp.bandwidth.value" Ascii, "Value", "Value", "RFC 8866 5.8", Text("At most about {} kilobits in a second.");
    TIME: "sdp.time" AfterEquals, "Time (t)", "Time", "RFC 8866 5.9", With(|f| if f.value == "0 0" {
        "The presentation is there at any time.".into()
    } else {
        format!("From when to when the presentation takes place: {}.", f.value)
    });
    TIME_START: "sdp.time.start" Ascii, "Start time", "Start", "RFC 8866 5.9", With(|f| if f.number() == 0 {
        "It has no fixed start.".into()
    } else {
        format!("It starts {} seconds after 1900 began.", f.value)
    });
    TIME_STOP: "sdp.time.stop" Ascii, "Stop time", "Stop", "RFC 8866 5.9", With(|f| if f.number() == 0 {
        "It has no fixed end.".into()
    } else {
        format!("It ends {} seconds after 1900 began.", f.value)
    });
    REPEAT: "sdp.repeat_time" AfterEquals, "Repeat (r)", "Repeat", "RFC 8866 5.10", Text("How it repeats: {}.");
    ZONE: "sdp.timezone" AfterEquals, "Time zones (z)", "Zones", "RFC 8866 5.11", Text("Changes of the clock: {}.");
    KEY: "sdp.encryption_key" AfterEquals, "Key (k)", "Key", "RFC 8866 5.12", Text("Out of use: {}.");
    SESSION_ATTRIBUTE: "sdp.session_attr" AfterEquals, "Attribute (a)", "Attribute", "RFC 8866 5.13", With(attribute);
    SESSION_ATTRIBUTE_NAME: "sdp.session_attr.field" Ascii, "Name", "Name", "RFC 8866 5.13", Text("The attribute {}.");
    SESSION_ATTRIBUTE_VALUE: "sdp.session_attr.value" Ascii, "Value", "Value", "RFC 8866 5.13", Text("Its value is {}.");
    MEDIA_ATTRIBUTE: "sdp.media_attr" AfterEquals, "Attribute (a)", "Attribute", "RFC 8866 5.13", With(attribute);
    MEDIA_ATTRIBUTE_NAME: "sdp.media_attribute.field" Ascii, "Name", "Name", "RFC 8866 5.13", Text("The attribute {}.");
    MEDIA_ATTRIBUTE_VALUE: "sdp.media_attribute.value" Ascii, "Value", "Value", "RFC 8866 5.13", Text("Its value is {}.");
    MIME_TYPE: "sdp.mime.type" Ascii, "Encoding", "Encoding", "RFC 8866 6.6", Text("Packets with this payload type carry {}.");
    CLOCK: "sdp.sample_rate" Ascii, "Clock rate", "Clock", "RFC 8866 6.6", Text("The RTP timestamps count {} ticks in a second.");
    MEDIA: "sdp.media" AfterEquals, "Media (m)", "Media", "RFC 8866 5.14", Text("One track: its kind, port, protocol and payload types are {}.");
    MEDIA_KIND: "sdp.media.media" Ascii, "Media type", "Media", "RFC 8866 5.14", Text("The track is {}.");
    MEDIA_PORT_COUNT: "sdp.media.portcount" Ascii, "Number of ports", "Ports", "RFC 8866 5.14", Text("{} pairs of ports, one after the other, are meant.");
    MEDIA_PORT: "sdp.media.port", "Port", "Port", "RFC 8866 5.14", With(|f| if f.value == "0" {
        "Zero: the port is agreed on in SETUP (RFC 2326 C.1.2).".into()
    } else {
        format!("The media are sent to port {}.", f.value)
    });
    MEDIA_PROTOCOL: "sdp.media.proto" Ascii, "Protocol", "Protocol", "RFC 8866 5.14", Text("The media are carried as {}.");
    RTP_FORMAT: "sdp.media.format" PayloadType, "Format", "Format", "RFC 8866 5.14", Text("The RTP packets have the payload type {}.");
    LONE_FORMAT: "", "Format", "Format", "RFC 8866 6.6, 6.15", Text("A line about payload type {} that says nothing of it.");
    MEDIA_FORMAT: "sdp.media.format" Ascii, "Format", "Format", "RFC 8866 5.14", Text("Their RTP packets have the payload type {}.");
    FMTP: "sdp.fmtp.parameter" Ascii, "Setting", "Setting", "RFC 8866 6.15", With(super::fmtp::setting);
    FMTP_UNIT_1: "sdp.nal_unit_1_string" Ascii, "Parameter set", "Set", "RFC 6184 8.1", With(super::fmtp::parameter_set);
    FMTP_UNIT_2: "sdp.nal_unit_2_string" Ascii, "Parameter set", "Set", "RFC 6184 8.1", With(super::fmtp::parameter_set);
    FMTP_UNIT: "", "Parameter set", "Set", "RFC 6184 8.1", With(super::fmtp::parameter_set);
    FMTP_MODE: "sdp.fmtp.h264_packetization_mode", "Packetisation mode", "Mode", "RFC 6184 6", With(|f| match f.number() {
        0 => "0: each packet is one whole unit.".into(),
        1 => "1: units may be cut up (FU-A) or put together (STAP-A), but come in decoding order.".into(),
        2 => "2: units may be cut up, put together, and sent in another order than that of decoding.".into(),
        number => format!("{number} is no mode of RFC 6184."),
    });
    UNKNOWN: "sdp.unknown" Ascii, "Line", "Line", "RFC 8866 5", Text("A line of a type that is not explained here: {}.");
    INVALID: "sdp.invalid" Ascii, "Invalid line", "Invalid", "RFC 8866 5", Text("Not a line of the form letter, equals sign, value: {}.");
}

fn attribute(field: &Field) -> String {
    let (name, value) = field.value.split_once(':').unwrap_or((&field.value, ""));
    match name {
        "control" if value == "*" => {
            "The whole presentation is controlled at the address of the description.".into()
        }
        "control" => format!("Requests about this track go to the address {value}."),
        "range" => match value.strip_prefix("npt=") {
            Some(seconds) => format!("The presentation plays from and to, in seconds: {seconds}."),
            None => format!("The presentation plays over {value}."),
        },
        "rtpmap" => format!("What a payload type means: {value}."),
        "fmtp" => format!("Settings of a format: {value}."),
        "framerate" => format!("{value} pictures come in a second."),
        "framesize" => format!("The size of the pictures: {value}."),
        "tool" => format!("The description was written by {value}."),
        "sendonly" => "The server only sends.".into(),
        "recvonly" => "The receiver of this description only receives.".into(),
        "type" => format!("The kind of session: {value}."),
        _ => format!("The attribute {}.", field.value),
    }
}
