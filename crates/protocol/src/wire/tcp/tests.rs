use super::*;
use proptest::prelude::*;
use std::net::Ipv4Addr;

const A: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
const B: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);

fn header() -> Header {
    Header {
        source: 49152,
        destination: 554,
        seq: 0xffff_fff0,
        ack: 7,
        flags: TcpFlags::ACK.with(TcpFlags::PSH),
        window: 65_535,
        urgent: 0,
        options: Options::default(),
    }
}

#[test]
fn what_is_written_is_read() {
    let options = Options {
        mss: Some(1460),
        window_scale: Some(7),
        sack_permitted: true,
        sack: [Some((1, 2)), None, None, None],
        timestamps: Some((3, 4)),
    };
    for header in [header(), Header { options, ..header() }] {
        let mut octets = Vec::new();
        write(&mut octets, A, B, &header, (b"OPTI", b"ONS"));
        let segment = parse(&octets, A, B).unwrap();
        assert_eq!(segment.header, header);
        assert_eq!(segment.payload, b"OPTIONS");
    }
}

#[test]
fn a_syn_with_mss_has_24_octets() {
    let options = Options { mss: Some(1460), ..Options::default() };
    let mut octets = Vec::new();
    write(&mut octets, A, B, &Header { flags: TcpFlags::SYN, options, ..header() }, (&[], &[]));
    assert_eq!(octets.len(), 24);
    assert_eq!(octets[12], 0x60);
    assert_eq!(&octets[20..], &[2, 4, 0x05, 0xb4]);
}

#[test]
fn full_options_never_grow_beyond_forty_octets() {
    let options = Options {
        mss: Some(1460),
        window_scale: Some(7),
        sack_permitted: true,
        sack: [Some((1, 2)); 4],
        timestamps: Some((3, 4)),
    };
    let mut octets = Vec::new();
    options.write(&mut octets);
    assert!(octets.len() <= MAX_OPTIONS && octets.len() % 4 == 0, "{}", octets.len());
}

#[test]
fn options_stand_in_whole_words_and_their_length_is_known() {
    for bits in 0..80u8 {
        let mut sack = [None; 4];
        sack[..usize::from(bits / 16)].fill(Some((1, 2)));
        let options = Options {
            mss: (bits & 1 != 0).then_some(1460),
            window_scale: (bits & 2 != 0).then_some(7),
            sack_permitted: bits & 4 != 0,
            sack,
            timestamps: (bits & 8 != 0).then_some((3, 4)),
        };
        let mut octets = Vec::new();
        options.write(&mut octets);
        assert_eq!(octets.len(), options.length());
        assert!(octets.len().is_multiple_of(4) && octets.len() <= MAX_OPTIONS);
        let read = Options::parse(&octets);
        assert_eq!(Options { sack: [None; 4], ..read }, Options { sack: [None; 4], ..options });
    }
}

#[test]
fn unknown_options_are_skipped_and_broken_ones_end_the_list() {
    let found = Options::parse(&[1, 254, 4, 9, 9, 2, 4, 1, 0, 0, 2, 4, 9, 9]);
    assert_eq!(found, Options { mss: Some(256), ..Options::default() });
    assert_eq!(Options::parse(&[254, 0, 2, 4, 1, 0]), Options::default());
    assert_eq!(Options::parse(&[2, 5, 1]), Options::default());
    let kinds: Vec<(u8, usize)> = options(&[1, 1, 4, 2, 0, 7]).map(|o| (o.kind, o.offset)).collect();
    assert_eq!(kinds, [(1, 0), (1, 1), (4, 2), (0, 4)]);
}

#[test]
fn faults_are_placed() {
    let mut octets = Vec::new();
    write(&mut octets, A, B, &header(), (b"data", b""));
    let computed = u16::from_be_bytes([octets[16], octets[17]]);
    let mut wrong = octets.clone();
    wrong[17] ^= 1;
    let fault = WireError::BadChecksum { layer: "TCP", offset: 16, found: computed ^ 1, computed };
    assert_eq!(parse(&wrong, A, B), Err(fault));
    wrong[12] = 0x40;
    assert!(matches!(parse(&wrong, A, B), Err(WireError::BadValue { field: "data offset", .. })));
    wrong[12] = 0xf0;
    assert!(matches!(parse(&wrong, A, B), Err(WireError::Truncated { needed: 60, .. })));
    assert!(matches!(parse(&octets[..19], A, B), Err(WireError::Truncated { .. })));
}

#[test]
fn flags_have_their_names() {
    assert_eq!(TcpFlags::SYN.with(TcpFlags::ACK).to_string(), "SYN, ACK");
    assert_eq!(TcpFlags(0).to_string(), "none");
}

proptest! {
    #[test]
    fn any_octets_are_read_or_refused(octets in proptest::collection::vec(any::<u8>(), 0..120)) {
        let _ = parse(&octets, A, B);
        let _ = Options::parse(&octets);
        prop_assert!(options(&octets).count() <= octets.len());
    }
}
