//! Mutations of kept inputs: octets changed, put in, taken out, words of the protocols, parts of
//! other inputs.

use super::MAX_INPUT;
use protocol::random::Dice;

/// Words that mean something to a reader here.
const WORDS: [&[u8]; 44] = [
    b"\r\n",
    b"\n",
    b"\r",
    b"\r\n\r\n",
    b" ",
    b"\t",
    b":",
    b";",
    b",",
    b"=",
    b"\"",
    b"$",
    b"-",
    b"/",
    b"*",
    b"RTSP/1.0 ",
    b"RTSP/1.0 200 OK\r\n",
    b"CSeq: ",
    b"Session: {s}\r\n",
    b"Session: 1\r\n",
    b"Content-Length: ",
    b"Content-Type: application/sdp\r\n",
    b"Transport: RTP/AVP;unicast;client_port=5004-5005\r\n",
    b"Transport: RTP/AVP/TCP;interleaved=0-1\r\n",
    b"Range: npt=1-\r\n",
    b"npt=",
    b"now",
    b"PLAY ",
    b"SETUP ",
    b"PAUSE ",
    b"TEARDOWN ",
    b"ANNOUNCE ",
    b"RECORD ",
    b"rtsp://h/demo",
    b"/trackID=0",
    b"movie.Mjpeg",
    b"\n 1 \n RTSP/1.0 RTP/UDP 3000",
    b"m=video 0 RTP/AVP 96\r\n",
    b"a=rtpmap:96 H264/90000\r\n",
    b"a=control:*\r\n",
    b"\xff\xd8\xff",
    b"\xff\xd9",
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
];

/// Makes inputs; the same ones in the same order for the same target.
pub struct Mutator {
    dice: Dice,
}

impl Mutator {
    pub fn new(target: &str) -> Self {
        Mutator { dice: Dice::new(1, target) }
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.dice.u64() % bound.max(1) as u64) as usize
    }

    /// An input of the corpus, changed a few times.
    pub fn next(&mut self, corpus: &[(String, Vec<u8>)]) -> Vec<u8> {
        let mut input = corpus[self.below(corpus.len())].1.clone();
        for _ in 0..=self.below(6) {
            self.change(&mut input, corpus);
        }
        input.truncate(MAX_INPUT);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>, corpus: &[(String, Vec<u8>)]) {
        let at = self.below(input.len() + 1);
        let span = |rest: usize, roll: usize| rest.min(1 + roll % 16);
        match self.below(9) {
            0 if at < input.len() => input[at] = self.dice.u16() as u8,
            1 if at < input.len() => input[at] ^= 1 << self.below(8),
            2 => input.insert(at, self.dice.u16() as u8),
            3 => {
                let roll = self.below(64);
                let end = at + span(input.len() - at, roll);
                input.drain(at..end);
            }
            4 => {
                let word = WORDS[self.below(WORDS.len())];
                input.splice(at..at, word.iter().copied());
            }
            5 => {
                let roll = self.below(64);
                let end = at + span(input.len() - at, roll);
                let part = input[at..end].to_vec();
                input.splice(at..at, part);
            }
            6 => {
                let other = &corpus[self.below(corpus.len())].1;
                let from = self.below(other.len() + 1);
                let part = other[from..].to_vec();
                input.truncate(at);
                input.extend(part);
            }
            7 => input.truncate(at),
            _ if at + 1 < input.len() => {
                // A number at the edge of what fits.
                let number = [0u16, 1, 0x7f, 0xff, 0x7fff, 0x8000, 0xffff][self.below(7)].to_be_bytes();
                input[at..at + 2].copy_from_slice(&number);
            }
            _ => {}
        }
    }
}
