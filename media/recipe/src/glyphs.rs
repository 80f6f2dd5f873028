//! The letters and digits of the clip, as our own pen strokes.
//!
//! No font is read, so the clip comes out the same on every machine. Every glyph is a pen
//! path in a box 100 wide and 170 high, y downwards; the pen is round and as thick as the
//! caller says. All digits are equally wide, so that a running number does not dance.

use tiny_skia::{LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Stroke, Transform};

/// The box of a glyph in pen units.
const BOX: (f32, f32) = (100.0, 170.0);

/// One movement of the pen.
#[derive(Clone, Copy)]
enum Pen {
    /// Lift the pen and put it down here.
    To(f32, f32),
    /// Draw a straight line to here.
    Line(f32, f32),
    /// Draw a cubic curve: two control points, then the end.
    Curve(f32, f32, f32, f32, f32, f32),
    /// Close the current figure.
    Close,
}
use Pen::{Close, Curve, Line, To};

/// The pen strokes of `glyph`.
///
/// # Panics
/// When the clip has no such glyph: the recipe draws only digits, `:`, `.` and A to D.
fn strokes(glyph: char) -> Vec<Pen> {
    match glyph {
        '0' => vec![
            To(50., 0.),
            Curve(88., 0., 100., 38., 100., 85.),
            Curve(100., 132., 88., 170., 50., 170.),
            Curve(12., 170., 0., 132., 0., 85.),
            Curve(0., 38., 12., 0., 50., 0.),
            Close,
        ],
        '1' => vec![To(14., 40.), Curve(38., 32., 54., 18., 62., 0.), Line(62., 170.)],
        '2' => vec![
            To(3., 50.),
            Curve(3., 18., 23., 0., 51., 0.),
            Curve(79., 0., 98., 18., 98., 46.),
            Curve(98., 72., 78., 90., 52., 112.),
            Curve(26., 133., 6., 148., 2., 170.),
            Line(99., 170.),
        ],
        '3' => vec![
            To(4., 38.),
            Curve(8., 14., 26., 0., 50., 0.),
            Curve(77., 0., 94., 16., 94., 40.),
            Curve(94., 64., 77., 80., 50., 80.),
            Line(42., 80.),
            To(50., 80.),
            Curve(80., 80., 99., 98., 99., 125.),
            Curve(99., 152., 79., 170., 50., 170.),
            Curve(22., 170., 4., 154., 1., 128.),
        ],
        '4' => vec![To(76., 170.), Line(76., 0.), Line(-4., 122.), Line(106., 122.)],
        '5' => vec![
            To(91., 0.),
            Line(19., 0.),
            Line(9., 80.),
            Curve(20., 68., 34., 62., 50., 62.),
            Curve(80., 62., 99., 84., 99., 115.),
            Curve(99., 148., 78., 170., 48., 170.),
            Curve(22., 170., 4., 156., 1., 132.),
        ],
        '6' => six(false),
        '7' => vec![To(1., 0.), Line(99., 0.), Curve(66., 46., 44., 104., 39., 170.)],
        '8' => vec![
            To(50., 0.),
            Curve(77., 0., 94., 16., 94., 40.),
            Curve(94., 64., 77., 80., 50., 80.),
            Curve(23., 80., 6., 64., 6., 40.),
            Curve(6., 16., 23., 0., 50., 0.),
            Close,
            To(50., 80.),
            Curve(80., 80., 100., 98., 100., 125.),
            Curve(100., 152., 80., 170., 50., 170.),
            Curve(20., 170., 0., 152., 0., 125.),
            Curve(0., 98., 20., 80., 50., 80.),
            Close,
        ],
        '9' => six(true),
        ':' => vec![To(50., 60.), Line(50., 61.), To(50., 158.), Line(50., 159.)],
        '.' => vec![To(50., 169.), Line(50., 170.)],
        'A' => vec![To(-6., 170.), Line(50., 0.), Line(106., 170.), To(12., 116.), Line(88., 116.)],
        'B' => vec![
            To(50., 80.),
            Curve(80., 80., 98., 98., 98., 125.),
            Curve(98., 152., 80., 170., 50., 170.),
            Line(0., 170.),
            Line(0., 0.),
            Line(48., 0.),
            Curve(75., 0., 91., 16., 91., 40.),
            Curve(91., 64., 75., 80., 48., 80.),
            Line(0., 80.),
        ],
        'C' => vec![
            To(100., 46.),
            Curve(92., 16., 76., 0., 52., 0.),
            Curve(18., 0., 0., 36., 0., 85.),
            Curve(0., 134., 18., 170., 52., 170.),
            Curve(76., 170., 92., 154., 100., 124.),
        ],
        'D' => vec![
            To(0., 0.),
            Line(0., 170.),
            Line(38., 170.),
            Curve(80., 170., 100., 136., 100., 85.),
            Curve(100., 34., 80., 0., 38., 0.),
            Close,
        ],
        other => panic!("the clip has no glyph for {other:?}"),
    }
}

/// A six; a nine is the same, turned by half a turn.
fn six(turned: bool) -> Vec<Pen> {
    let turn = |x: f32, y: f32| if turned { (BOX.0 - x, BOX.1 - y) } else { (x, y) };
    let strokes = [
        To(95., 32.),
        Curve(88., 12., 73., 0., 53., 0.),
        Curve(18., 0., 0., 36., 0., 92.),
        Curve(0., 142., 18., 170., 50., 170.),
        Curve(80., 170., 100., 149., 100., 118.),
        Curve(100., 87., 80., 67., 51., 67.),
        Curve(24., 67., 4., 86., 1., 112.),
    ];
    strokes
        .into_iter()
        .map(|pen| match pen {
            To(x, y) => {
                let (x, y) = turn(x, y);
                To(x, y)
            }
            Line(x, y) => {
                let (x, y) = turn(x, y);
                Line(x, y)
            }
            Curve(a, b, c, d, x, y) => {
                let ((a, b), (c, d), (x, y)) = (turn(a, b), turn(c, d), turn(x, y));
                Curve(a, b, c, d, x, y)
            }
            Close => Close,
        })
        .collect()
}

/// How a line of text is written. All lengths in pixels.
pub struct Hand {
    /// Left edge of the first glyph's ink.
    pub left: f32,
    /// The line that the glyphs stand on.
    pub baseline: f32,
    /// Height of a digit or capital, ink included.
    pub height: f32,
    /// Width of a digit, ink included; `:` and `.` take half of it.
    pub width: f32,
    /// Space between two glyphs.
    pub gap: f32,
    /// Thickness of the pen.
    pub pen: f32,
}

/// Writes `text` on `picture`.
pub fn write(picture: &mut Pixmap, text: &str, hand: &Hand, paint: &Paint<'_>) {
    let stroke =
        Stroke { width: hand.pen, line_cap: LineCap::Round, line_join: LineJoin::Round, ..Stroke::default() };
    let mut left = hand.left;
    for glyph in text.chars() {
        let width = if matches!(glyph, ':' | '.') { hand.width * 0.5 } else { hand.width };
        if let Some(path) = outline(glyph, left, width, hand) {
            picture.stroke_path(&path, paint, &stroke, Transform::identity(), None);
        }
        left += width + hand.gap;
    }
}

/// The pen path of `glyph` in picture coordinates.
fn outline(glyph: char, left: f32, width: f32, hand: &Hand) -> Option<Path> {
    let x = |u: f32| left + hand.pen / 2.0 + u / BOX.0 * (width - hand.pen);
    let y = |v: f32| hand.baseline - hand.height + hand.pen / 2.0 + v / BOX.1 * (hand.height - hand.pen);
    let mut path = PathBuilder::new();
    for pen in strokes(glyph) {
        match pen {
            To(u, v) => path.move_to(x(u), y(v)),
            Line(u, v) => path.line_to(x(u), y(v)),
            Curve(a, b, c, d, u, v) => path.cubic_to(x(a), y(b), x(c), y(d), x(u), y(v)),
            Close => path.close(),
        }
    }
    path.finish()
}
