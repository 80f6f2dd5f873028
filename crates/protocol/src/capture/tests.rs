//! Files made by hand, whole, cut and broken.

use super::*;
use proptest::prelude::*;

/// Words and blocks in one order of octets.
#[derive(Clone, Copy)]
struct Order {
    big: bool,
}

const LITTLE: Order = Order { big: false };
const BIG: Order = Order { big: true };

impl Order {
    fn u16(self, number: u16) -> [u8; 2] {
        if self.big { number.to_be_bytes() } else { number.to_le_bytes() }
    }

    fn u32(self, number: u32) -> [u8; 4] {
        if self.big { number.to_be_bytes() } else { number.to_le_bytes() }
    }

    fn block(self, kind: u32, content: &[u8]) -> Vec<u8> {
        let padding = vec![0; content.len().next_multiple_of(4) - content.len()];
        let len = self.u32((12 + content.len() + padding.len()) as u32);
        [&self.u32(kind)[..], &len, content, &padding, &len].concat()
    }

    fn option(self, code: u16, value: &[u8]) -> Vec<u8> {
        let padding = vec![0; value.len().next_multiple_of(4) - value.len()];
        [&self.u16(code)[..], &self.u16(value.len() as u16), value, &padding].concat()
    }

    fn section(self) -> Vec<u8> {
        let content = [&self.u32(0x1a2b_3c4d)[..], &self.u16(1), &self.u16(0), &[0xff; 8]].concat();
        self.block(0x0a0d_0d0a, &content)
    }

    fn interface(self, link: u16, snaplen: u32, options: &[u8]) -> Vec<u8> {
        let content = [&self.u16(link)[..], &[0; 2], &self.u32(snaplen), options].concat();
        self.block(1, &content)
    }

    fn packet(self, interface: u32, ticks: u64, original: u32, octets: &[u8], options: &[u8]) -> Vec<u8> {
        let padding = vec![0; octets.len().next_multiple_of(4) - octets.len()];
        let words = [interface, (ticks >> 32) as u32, ticks as u32, octets.len() as u32, original];
        let head: Vec<u8> = words.into_iter().flat_map(|word| self.u32(word)).collect();
        self.block(6, &[&head[..], octets, &padding, options].concat())
    }

    fn pcap(self, magic: u32, network: u32) -> Vec<u8> {
        let words = [0, 0, 65_535, network].map(|word| self.u32(word)).concat();
        [&self.u32(magic)[..], &self.u16(2), &self.u16(4), &words].concat()
    }

    fn record(self, seconds: u32, fraction: u32, octets: &[u8], original: u32) -> Vec<u8> {
        let words = [seconds, fraction, octets.len() as u32, original];
        [&words.map(|word| self.u32(word)).concat()[..], octets].concat()
    }
}

/// What a packet was, without its borrow.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    at: Option<u64>,
    interface: u32,
    link: LinkType,
    fcs: Fcs,
    cut: bool,
    comment: Option<String>,
    octets: Vec<u8>,
}

/// All packets of a file fed in pieces of `step` octets, and how it ended.
fn read(file: &[u8], step: usize) -> (Vec<Told>, Result<(), CaptureError>) {
    let mut reader = Reader::new();
    let mut packets = Vec::new();
    for piece in file.chunks(step.max(1)) {
        reader.feed(piece);
        loop {
            match reader.packet() {
                Ok(Some(packet)) => packets.push(Told {
                    at: packet.at,
                    interface: packet.interface,
                    link: packet.link,
                    fcs: packet.fcs,
                    cut: packet.is_cut(),
                    comment: packet.comment.clone(),
                    octets: packet.octets.to_vec(),
                }),
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(reader.packet(), Err(error.clone()), "it stays so");
                    return (packets, Err(error));
                }
            }
        }
        assert!(reader.buffer.len() <= MAX_BLOCK + step, "it holds one block");
    }
    (packets, reader.finish())
}

/// A file with two interfaces, a block of an unknown kind, and every kind of packet block.
fn sample(order: Order) -> Vec<u8> {
    let nanoseconds = [order.option(2, b"eth0"), order.option(9, &[9]), order.option(13, &[4])].concat();
    let ticks = (1u64 << 32) + 5;
    let words: Vec<u8> =
        [(ticks >> 32) as u32, ticks as u32, 3, 9].into_iter().flat_map(|word| order.u32(word)).collect();
    [
        order.section(),
        order.interface(1, 0, &nanoseconds),
        order.block(0x8000_0001, &[7; 100]),
        order.interface(276, 64, &[]),
        order.packet(0, 1_700_000_000_000_000_007, 5, b"first", &order.option(1, b"lost")),
        order.packet(1, 1_500_000, 90, b"cut", &[]),
        order.block(3, &[&order.u32(6)[..], b"simple"].concat()),
        order.block(2, &[&order.u16(0)[..], &order.u16(0), &words, b"old"].concat()),
    ]
    .concat()
}

#[test]
fn pcapng_is_read_in_either_order_and_any_pieces() {
    for order in [LITTLE, BIG] {
        let file = sample(order);
        for step in [1, 7, 64, file.len()] {
            let (packets, end) = read(&file, step);
            assert_eq!(end, Ok(()));
            let [first, second, simple, old] = &packets[..] else { panic!("{packets:?}") };
            assert_eq!(first.at, Some(1_700_000_000_000_000_007));
            assert_eq!((first.link, first.fcs, first.cut), (LinkType::Ethernet, Fcs::Present, false));
            assert_eq!((first.comment.as_deref(), &first.octets[..]), (Some("lost"), &b"first"[..]));
            assert_eq!((second.at, second.link), (Some(1_500_000_000), LinkType::LinuxSll2));
            assert_eq!((second.fcs, second.cut, second.interface), (Fcs::Unknown, true, 1));
            assert_eq!((simple.at, &simple.octets[..]), (None, &b"simple"[..]));
            assert_eq!((old.at, old.cut, &old.octets[..]), (Some((1 << 32) + 5), true, &b"old"[..]));
        }
    }
}

#[test]
fn a_new_section_may_turn_the_octets_round() {
    let file = [sample(LITTLE), sample(BIG)].concat();
    let (packets, end) = read(&file, 13);
    assert_eq!((packets.len(), end), (8, Ok(())));
    assert_eq!(packets[..4], packets[4..]);
}

#[test]
fn pcap_is_read_with_microseconds_and_nanoseconds() {
    for order in [LITTLE, BIG] {
        for (magic, nanos) in [(0xa1b2_c3d4, 5_000), (0xa1b2_3c4d, 5)] {
            let file = [order.pcap(magic, 0x2400_0001), order.record(3, 5, b"abc", 4)].concat();
            let (packets, end) = read(&file, 5);
            assert_eq!(end, Ok(()));
            let [packet] = &packets[..] else { panic!("{packets:?}") };
            assert_eq!((packet.at, packet.cut), (Some(3_000_000_000 + nanos), true));
            assert_eq!((packet.link, packet.fcs), (LinkType::Ethernet, Fcs::Present));
        }
    }
    let (packets, _) = read(&[LITTLE.pcap(0xa1b2_c3d4, 101), LITTLE.record(0, 0, b"x", 1)].concat(), 100);
    assert_eq!((packets[0].link, packets[0].fcs), (LinkType::RawIp, Fcs::Unknown));
}

/// What a file's end or error is.
fn fault(file: &[u8]) -> (u64, CaptureFault) {
    let (_, end) = read(file, 1000);
    let error = end.expect_err("the file is broken");
    (error.offset, error.fault)
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let start = LITTLE.section().len() as u64;
    let after_section = |block: Vec<u8>| fault(&[LITTLE.section(), block].concat());
    assert_eq!(fault(b""), (0, CaptureFault::Short { there: 0 }));
    assert_eq!(fault(b"GIF89a"), (0, CaptureFault::NoCapture { magic: *b"GIF8" }));
    assert_eq!(fault(&[0x1f, 0x8b, 8, 0]), (0, CaptureFault::Compressed));
    let mut file = sample(LITTLE);
    file.truncate(file.len() - 1);
    let last = file.len() + 1 - 36;
    assert_eq!(fault(&file), (last as u64, CaptureFault::Cut { there: 35 }));
    for len in [0u32, 8, 13] {
        let block = [&LITTLE.u32(6)[..], &LITTLE.u32(len), &[0; 40]].concat();
        assert_eq!(after_section(block), (start, CaptureFault::BlockLength { len }));
    }
    let len = (MAX_BLOCK + 4) as u32;
    let block = [&LITTLE.u32(6)[..], &LITTLE.u32(len), &[0; 40]].concat();
    assert_eq!(after_section(block), (start, CaptureFault::BlockTooLong { len }));
    let none = CaptureFault::NoInterface { interface: 0, known: 0 };
    assert_eq!(after_section(LITTLE.packet(0, 0, 1, b"x", &[])), (start, none));
    let mut odd = LITTLE.interface(1, 0, &[]);
    *odd.last_mut().expect("a block has octets") = 1;
    assert_eq!(after_section(odd), (start, CaptureFault::BadBlock { kind: 1 }));
    let mut lying = LITTLE.packet(0, 0, 1, b"x", &[]);
    lying[20..24].copy_from_slice(&LITTLE.u32(1000));
    let file = [LITTLE.interface(1, 0, &[]), lying].concat();
    assert!(matches!(after_section(file).1, CaptureFault::BadBlock { kind: 6 }));
    let long =
        [LITTLE.pcap(0xa1b2_c3d4, 1), LITTLE.u32(0).repeat(2), LITTLE.u32(u32::MAX).repeat(2)].concat();
    assert_eq!(fault(&long), (24, CaptureFault::PacketTooLong { len: u32::MAX }));
    let mut future = LITTLE.section();
    future[12] = 2;
    assert_eq!(fault(&future), (0, CaptureFault::Version { major: 2, minor: 0 }));
    let mut mark = LITTLE.section();
    mark[8] = 0;
    assert_eq!(fault(&mark), (0, CaptureFault::ByteOrder { mark: 0x003c_2b1a }));
}

#[test]
fn a_section_describes_a_bounded_number_of_interfaces() {
    let described = LITTLE.interface(1, 0, &[]).repeat(MAX_INTERFACES);
    assert_eq!(read(&[LITTLE.section(), described.clone()].concat(), 65_536).1, Ok(()));
    let file = [LITTLE.section(), described, LITTLE.interface(1, 0, &[])].concat();
    assert_eq!(fault(&file).1, CaptureFault::TooManyInterfaces);
}

#[test]
fn blocks_of_somebodys_own_are_frames_as_in_wireshark() {
    for order in [LITTLE, BIG] {
        let own = |kind, body: &[u8]| order.block(kind, body);
        let numbered = [&order.u32(32_473)[..], b"mine"].concat();
        let file = [
            order.section(),
            own(0xbad, &numbered),
            order.interface(1, 0, &[]),
            order.packet(0, 0, 1, b"x", &[]),
            own(0x4000_0bad, &numbered),
            own(9, b"MESSAGE=hi\n\n"),
        ]
        .concat();
        let (told, end) = read(&file, 7);
        assert_eq!(end, Ok(()));
        let octets: Vec<_> = told.iter().map(|told| &told.octets[..]).collect();
        assert_eq!(octets, [&b"mine"[..], b"x", b"mine", b"MESSAGE=hi\n\n"]);
        let links: Vec<_> = told.iter().map(|told| told.link).collect();
        assert_eq!(links, [LinkType::Custom, LinkType::Ethernet, LinkType::Custom, LinkType::Custom]);
        assert_eq!(
            read(&[order.section(), own(0xbad, b"")].concat(), 99).1.map_err(|error| error.fault),
            Err(CaptureFault::BlockLength { len: 12 })
        );
    }
}

#[test]
fn a_long_block_that_says_nothing_is_passed_over_unread() {
    let len = 64 * 1024 * 1024u32;
    let head = [&LITTLE.section()[..], &LITTLE.u32(0xbad), &LITTLE.u32(len)].concat();
    let mut reader = Reader::new();
    reader.feed(&head);
    assert_eq!(reader.packet(), Ok(None));
    let piece = vec![0; 1024 * 1024];
    let mut left = len as usize - 8;
    while left > 0 {
        let some = left.min(piece.len());
        reader.feed(&piece[..some]);
        assert_eq!(reader.packet(), Ok(None));
        assert!(reader.buffer.capacity() <= 2 * piece.len());
        left -= some;
    }
    reader.feed(&[LITTLE.interface(1, 0, &[]), LITTLE.packet(0, 0, 1, b"x", &[])].concat());
    assert!(matches!(reader.packet(), Ok(Some(packet)) if packet.octets == b"x"));
    assert_eq!(reader.finish(), Ok(()));
}

proptest! {
    #[test]
    fn any_octets_are_a_capture_or_an_error(octets in proptest::collection::vec(any::<u8>(), 0..400), step in 1..80usize) {
        for head in [Vec::new(), LITTLE.section(), BIG.section(), LITTLE.pcap(0xa1b2_c3d4, 1)] {
            let file = [head, octets.clone()].concat();
            let (packets, _) = read(&file, step);
            prop_assert!(packets.iter().map(|packet| packet.octets.len()).sum::<usize>() <= file.len());
        }
    }

    #[test]
    fn any_damage_is_read_or_told(places in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..8), big in any::<bool>(), step in 1..80usize) {
        let mut file = sample(Order { big });
        for (at, value) in places {
            let len = file.len();
            file[at % len] = value;
        }
        let (packets, _) = read(&file, step);
        prop_assert!(packets.len() <= 8);
        prop_assert_eq!(packets, read(&file, 1000).0, "pieces do not matter");
    }
}
