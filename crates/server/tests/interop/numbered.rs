//! The numbers in the test clip can be relied on.

use crate::common::pictures::{self, COUNT, HEIGHT, WIDTH, number, number_in_jpeg, picture};

#[test]
fn every_picture_shows_its_number_and_is_what_rtp_can_carry() {
    let file = std::fs::read(pictures::folder().join("numbers.mjpeg")).unwrap();
    let rate = protocol::media::FrameRate::new(25, 1).unwrap();
    let clip = protocol::media::open("numbers.mjpeg", file.into(), rate).expect("RFC 2435 can carry it");
    assert_eq!(clip.tracks()[0].samples, usize::from(COUNT));
    for at in [0, 1, 2, 255, 256, 499, 0xaaaa, 0xffff] {
        let jpeg = picture(at);
        assert!((3_000..20_000).contains(&jpeg.len()), "{} octets make several packets", jpeg.len());
        assert_eq!(number_in_jpeg(&jpeg), Some(at));
    }
}

#[test]
fn a_picture_that_is_not_whole_has_no_number() {
    assert_eq!(number(&[128; WIDTH * HEIGHT], WIDTH, HEIGHT), None, "grey");
    assert_eq!(number(&[0; WIDTH * HEIGHT], WIDTH, HEIGHT), None, "black");
    assert_eq!(number(&[0; 100], WIDTH, HEIGHT), None, "cut short");
    let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/../../media/demo.mjpeg");
    let demo = std::fs::read(demo).unwrap();
    assert_eq!(number_in_jpeg(&demo[..16_000]), None, "another picture");
}
