//! One picture of the clip: a pure function of its number.
//!
//! Everything repeats within [`FRAMES`] pictures, so that the clip can be played in a loop
//! without a jump. Only the number and the clock start again.

use crate::glyphs::{Hand, write};
use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, Transform,
};

/// Width of a picture in pixels.
pub const WIDTH: u32 = 640;
/// Height of a picture in pixels.
pub const HEIGHT: u32 = 360;
/// Pictures a second.
pub const RATE: u32 = 25;
/// Pictures in the clip: 24 s.
pub const FRAMES: u32 = 24 * RATE;

/// The line between the upper and the lower quadrants: eleven rows of MCUs, so that every
/// quadrant is made of whole restart intervals, and no block of pixels has two grounds.
const SEAM: f32 = 176.0;

/// Nearly black: the number and the hand of the clock.
const INK: u32 = 0x1C242C;
/// The hull, the rims, the clock's text.
const SLATE: u32 = 0x3B4A58;
/// The letters of the quadrants.
const LETTER: u32 = 0x6C7784;

/// One of the three waves: a sine that travels to the right.
struct Wave {
    /// Resting height, pixels from the top.
    middle: f64,
    /// Pixels from the middle to a crest.
    height: f64,
    /// Crests across the picture: a whole number, so that both edges meet.
    crests: f64,
    /// Crests that pass a point during the clip: a whole number, so that the loop closes.
    passes: f64,
    /// Where in its cycle it starts, in turns.
    phase: f64,
    /// Thickness of the line in pixels.
    pen: f32,
    colour: u32,
}

const WAVES: [Wave; 3] = [
    Wave { middle: 304.0, height: 9.0, crests: 4.0, passes: 6.0, phase: 0.0, pen: 5.0, colour: 0x5F7F97 },
    Wave { middle: 324.0, height: 7.0, crests: 6.0, passes: -5.0, phase: 0.3, pen: 4.0, colour: 0x7C99AE },
    Wave { middle: 340.0, height: 5.0, crests: 8.0, passes: 8.0, phase: 0.6, pen: 3.0, colour: 0x9BB2C2 },
];

/// How often the boat crosses the picture during the clip: a whole number.
const CROSSINGS: f64 = 2.0;
/// Where the boat starts, in pixels.
const HARBOUR: f64 = 197.0;
/// The boat's size against its drawing.
const BOAT: f32 = 0.92;

/// Middle and radius of the dial, pixels.
const DIAL: (f32, f32, f32) = (540.0, 104.0, 50.0);
/// Marks on the dial: one for every five pictures.
const MARKS: u32 = 5;

/// Draws picture `number` (0 to [`FRAMES`] - 1).
pub fn draw(number: u32) -> Pixmap {
    let mut picture = Pixmap::new(WIDTH, HEIGHT).expect("the size is not zero");
    ground(&mut picture);
    let moment = f64::from(number % FRAMES) / f64::from(FRAMES);
    for wave in &WAVES {
        picture.stroke_path(
            &wave.line(moment),
            &paint(wave.colour),
            &round(wave.pen),
            Transform::identity(),
            None,
        );
    }
    boat(&mut picture, moment);
    dial(&mut picture, number);
    numbers(&mut picture, number);
    soften(&picture)
}

/// Every pixel averaged with its neighbours (weights 1 2 1 across and down). Hard edges
/// cost a JPEG many octets and ring; at the size the clip is shown, these look as sharp.
fn soften(picture: &Pixmap) -> Pixmap {
    let (width, height) = (WIDTH as usize, HEIGHT as usize);
    let sharp = picture.data();
    let mut soft = picture.clone();
    let octets = soft.data_mut();
    for y in 0..height {
        let rows = [y.saturating_sub(1), y, y, (y + 1).min(height - 1)];
        for x in 0..width {
            let columns = [x.saturating_sub(1), x, x, (x + 1).min(width - 1)];
            for channel in 0..3 {
                let sum: u32 = rows
                    .iter()
                    .flat_map(|row| columns.iter().map(move |column| (row * width + column) * 4 + channel))
                    .map(|index| u32::from(sharp[index]))
                    .sum();
                octets[(y * width + x) * 4 + channel] = ((sum + 8) / 16) as u8;
            }
        }
    }
    soft
}

/// Four pale quadrants with their letters.
fn ground(picture: &mut Pixmap) {
    let (w, h) = (WIDTH as f32 / 2.0, SEAM);
    let low = HEIGHT as f32 - h;
    let quadrants = [
        ("A", 0.0, 0.0, h, 0xCBD9E4),
        ("B", w, 0.0, h, 0xE3DDD0),
        ("C", 0.0, h, low, 0xD2DDD3),
        ("D", w, h, low, 0xD9D3DC),
    ];
    for (letter, x, y, height, colour) in quadrants {
        let area = Rect::from_xywh(x, y, w, height).expect("quadrants have an area");
        picture.fill_rect(area, &paint(colour), Transform::identity(), None);
        let hand = Hand {
            left: if x == 0.0 { 22.0 } else { WIDTH as f32 - 22.0 - 26.0 },
            baseline: if y == 0.0 { 52.0 } else { SEAM + 54.0 },
            height: 30.0,
            width: 26.0,
            gap: 0.0,
            pen: 6.0,
        };
        write(picture, letter, &hand, &paint(LETTER));
    }
}

impl Wave {
    /// The turn (in radians) of the wave at `x` pixels, `moment` (0 to 1) into the clip.
    fn turn(&self, x: f64, moment: f64) -> f64 {
        let turns = self.crests * x / f64::from(WIDTH) - self.passes * moment + self.phase;
        turns * 2.0 * std::f64::consts::PI
    }

    /// Height of the water at `x`.
    fn at(&self, x: f64, moment: f64) -> f64 {
        self.middle + self.height * libm::sin(self.turn(x, moment))
    }

    /// Slope of the water at `x`.
    fn slope(&self, x: f64, moment: f64) -> f64 {
        let steepness = self.crests * 2.0 * std::f64::consts::PI / f64::from(WIDTH);
        self.height * steepness * libm::cos(self.turn(x, moment))
    }

    fn line(&self, moment: f64) -> Path {
        let mut path = PathBuilder::new();
        for x in (-8..=WIDTH as i32 + 8).step_by(4) {
            let (x, y) = (f64::from(x), self.at(f64::from(x), moment));
            if path.is_empty() {
                path.move_to(x as f32, y as f32);
            } else {
                path.line_to(x as f32, y as f32);
            }
        }
        path.finish().expect("a wave has points")
    }
}

/// The boat, riding on the first wave. What leaves on the right comes in on the left.
fn boat(picture: &mut Pixmap, moment: f64) {
    let width = f64::from(WIDTH);
    let x = (HARBOUR + CROSSINGS * width * moment) % width;
    let sea = &WAVES[0];
    let (y, lean) = (sea.at(x, moment), libm::atan(sea.slope(x, moment) * 0.6));
    let hull = polygon(&[(-44., -14.), (44., -14.), (30., 8.), (-30., 8.)]);
    let main = polygon(&[(-2., -96.), (-2., -20.), (-38., -20.)]);
    let jib = polygon(&[(4., -84.), (4., -20.), (34., -20.)]);
    for x in [x - width, x, x + width] {
        let place = Transform::from_scale(BOAT, BOAT)
            .post_rotate(lean.to_degrees() as f32)
            .post_translate(x as f32, y as f32);
        picture.fill_path(&hull, &paint(SLATE), FillRule::Winding, place, None);
        for (sail, colour) in [(&main, 0xF4F5F2), (&jib, 0xB9C4CE)] {
            picture.fill_path(sail, &paint(colour), FillRule::Winding, place, None);
            picture.stroke_path(sail, &paint(SLATE), &round(3.0), place, None);
        }
    }
}

/// A dial whose hand goes round once a second, so that a missing picture shows as a jump.
fn dial(picture: &mut Pixmap, number: u32) {
    let (x, y, radius) = DIAL;
    let rim = PathBuilder::from_circle(x, y, radius).expect("the dial has a radius");
    picture.fill_path(&rim, &paint(0xF7F5EE), FillRule::Winding, Transform::identity(), None);
    picture.stroke_path(&rim, &paint(SLATE), &round(5.0), Transform::identity(), None);
    for mark in 0..MARKS {
        let turn = f64::from(mark) / f64::from(MARKS);
        spoke(picture, turn, 40.0, 47.0, 4.0, SLATE);
    }
    spoke(picture, f64::from(number % RATE) / f64::from(RATE), 0.0, 36.0, 7.0, INK);
}

/// A line on the dial from radius `inner` to `outer`, `turn` turns clockwise from the top.
fn spoke(picture: &mut Pixmap, turn: f64, inner: f32, outer: f32, pen: f32, colour: u32) {
    let angle = turn * 2.0 * std::f64::consts::PI;
    let (dx, dy) = (libm::sin(angle) as f32, -libm::cos(angle) as f32);
    let mut path = PathBuilder::new();
    path.move_to(DIAL.0 + dx * inner, DIAL.1 + dy * inner);
    path.line_to(DIAL.0 + dx * outer, DIAL.1 + dy * outer);
    let path = path.finish().expect("a spoke has a length");
    picture.stroke_path(&path, &paint(colour), &round(pen), Transform::identity(), None);
}

/// The number of the picture and, below it, its time.
fn numbers(picture: &mut Pixmap, number: u32) {
    let hand = Hand { left: 88.0, baseline: 151.0, height: 94.0, width: 62.0, gap: 9.0, pen: 18.0 };
    write(picture, &format!("{number:04}"), &hand, &paint(INK));
    let centiseconds = number * 100 / RATE;
    let (seconds, centiseconds) = (centiseconds / 100, centiseconds % 100);
    let clock = format!("{:02}:{:02}.{centiseconds:02}", seconds / 60, seconds % 60);
    let hand = Hand { left: 90.0, baseline: 203.0, height: 32.0, width: 20.5, gap: 4.0, pen: 4.4 };
    write(picture, &clock, &hand, &paint(SLATE));
}

fn paint(rgb: u32) -> Paint<'static> {
    let mut paint = Paint::default();
    let [_, r, g, b] = rgb.to_be_bytes();
    paint.set_color(Color::from_rgba8(r, g, b, 255));
    paint
}

fn round(width: f32) -> Stroke {
    Stroke { width, line_cap: LineCap::Round, line_join: LineJoin::Round, ..Stroke::default() }
}

fn polygon(points: &[(f32, f32)]) -> Path {
    let mut path = PathBuilder::new();
    for (index, &(x, y)) in points.iter().enumerate() {
        if index == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
    }
    path.close();
    path.finish().expect("a polygon has points")
}
