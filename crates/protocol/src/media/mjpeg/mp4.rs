//! MP4 and QuickTime: where the pictures of a Motion JPEG track lie (ISO/IEC 14496-12 and
//! "QuickTime File Format", Apple).
//!
//! Read here, and not by a library: those that know the `jpeg` sample entry or pass it on
//! either panic on tables that contradict one another or refuse a file for a fault in its
//! sound track. Only five tables are needed, and each is read without trust in its counts.

use super::contained::{Video, letters};
use super::reader::grouped;
use super::{ClipError, FrameRate, MAX_PICTURES, Place};

/// Whether a file begins as MP4 or QuickTime does: with a box of a known kind.
pub(super) fn is_mp4(file: &[u8]) -> bool {
    let kind = file.get(4..8).unwrap_or_default();
    matches!(kind, b"ftyp" | b"moov" | b"mdat" | b"wide" | b"free" | b"skip" | b"pnot")
}

/// ISO/IEC 14496-1 table 5: the object type of JPEG in an `mp4v` sample entry.
const OBJECT_TYPE_JPEG: u8 = 0x6c;

/// Octets of a visual sample entry before its own boxes (ISO/IEC 14496-12 section 12.1.3).
const VISUAL_ENTRY: usize = 86;

/// A box: its kind, and where its octets lie.
#[derive(Clone, Copy)]
struct Atom<'a> {
    kind: &'a [u8],
    start: usize,
    end: usize,
}

/// Finds the video's pictures; `name` is for the notes.
///
/// # Errors
/// When there is no Motion JPEG track, or its tables make no sense.
pub(super) fn read(name: &str, file: &[u8]) -> Result<Video, ClipError> {
    let movie =
        (Atoms { file, at: 0, end: file.len() }).find(|found| found.kind == b"moov").ok_or_else(|| {
            let fault = "the file ends here, and no table (moov) says where its pictures lie".to_owned();
            ClipError::Container { offset: file.len(), fault }
        })?;
    let mut other = None;
    for track in Atoms::inside(file, movie).filter(|found| found.kind == b"trak") {
        let Some(media) = child(file, track, b"mdia") else { continue };
        let Some(handler) = child(file, media, b"hdlr") else { continue };
        if file.get(handler.start + 8..handler.start + 12) != Some(b"vide") {
            continue;
        }
        let table = child(file, media, b"minf").and_then(|info| child(file, info, b"stbl"));
        let table = table.ok_or_else(|| missing(media, "stbl"))?;
        let description = child(file, table, b"stsd").ok_or_else(|| missing(table, "stsd"))?;
        match encoding(file, description)? {
            None => return track_of(name, file, media, table),
            Some(found) => {
                other = other.or(Some(ClipError::Encoding { offset: description.start + 12, found }))
            }
        }
    }
    Err(other.unwrap_or_else(|| ClipError::Container {
        offset: movie.start,
        fault: "none of the tracks described here is a video".into(),
    }))
}

/// The four letters of a sample description that is not Motion JPEG.
fn encoding(file: &[u8], description: Atom<'_>) -> Result<Option<String>, ClipError> {
    let body = &file[description.start..description.end];
    let entry = body.get(8..16).ok_or_else(|| missing(description, "sample entry"))?;
    match &entry[4..] {
        b"jpeg" | b"mjpa" | b"mjpg" => Ok(None),
        b"mp4v"
            if object_type(body.get(8 + VISUAL_ENTRY..).unwrap_or_default()) == Some(OBJECT_TYPE_JPEG) =>
        {
            Ok(None)
        }
        other => Ok(Some(letters(other))),
    }
}

/// The object type in an `esds` box (ISO/IEC 14496-1 section 7.2.6): an ES descriptor, tag 3,
/// and in it a decoder configuration, tag 4.
fn object_type(boxes: &[u8]) -> Option<u8> {
    let esds = (Atoms { file: boxes, at: 0, end: boxes.len() }).find(|found| found.kind == b"esds")?;
    let rest = boxes.get(esds.start + 4..esds.end)?;
    let rest = descriptor(rest, 3)?;
    let (flags, mut rest) = (*rest.get(2)?, rest.get(3..)?);
    if flags & 0x80 != 0 {
        rest = rest.get(2..)?;
    }
    if flags & 0x40 != 0 {
        rest = rest.get(1 + usize::from(*rest.first()?)..)?;
    }
    if flags & 0x20 != 0 {
        rest = rest.get(2..)?;
    }
    descriptor(rest, 4)?.first().copied()
}

/// What follows the tag and length of a descriptor; a length has at most four octets.
fn descriptor(octets: &[u8], tag: u8) -> Option<&[u8]> {
    let rest = octets.strip_prefix(&[tag])?;
    let more = rest.iter().take(3).take_while(|&&octet| octet & 0x80 != 0).count();
    rest.get(more + 1..)
}

/// Puts the tables of a track together.
fn track_of(name: &str, file: &[u8], media: Atom<'_>, table: Atom<'_>) -> Result<Video, ClipError> {
    let sizes = Table::find(file, table, b"stsz", 4)?;
    if sizes.count == 0 {
        let fault = "the table of pictures is empty: a fragmented file cannot be served".to_owned();
        return Err(ClipError::Container { offset: sizes.offset, fault });
    }
    if sizes.count > MAX_PICTURES {
        return Err(ClipError::TooManyPictures { offset: sizes.offset, limit: MAX_PICTURES });
    }
    let runs = Table::find(file, table, b"stsc", 12)?;
    let chunks = Table::find(file, table, b"stco", 4).or_else(|_| Table::find(file, table, b"co64", 8))?;
    let mut samples = Vec::new();
    let mut run = 0;
    'chunks: for chunk in 0..chunks.len() {
        // A run of chunks names its first, counted from 1.
        while runs.number(run + 1, 0).is_some_and(|first| first as usize <= chunk + 1) {
            run += 1;
        }
        let mut start = chunks.place(chunk).unwrap_or(usize::MAX);
        for _ in 0..runs.number(run, 4).unwrap_or(0) {
            let size = if sizes.fixed > 0 { Some(sizes.fixed) } else { sizes.number(samples.len(), 0) };
            let Some(size) = size.filter(|_| samples.len() < sizes.count) else { break 'chunks };
            let end = start.saturating_add(size as usize);
            Video::push(&mut samples, Place { start, end })?;
            start = end;
        }
    }
    if samples.len() < sizes.count {
        let fault =
            format!("{} pictures are counted here, but only {} have a place", sizes.count, samples.len());
        return Err(ClipError::Container { offset: sizes.offset, fault });
    }
    let mut notes = Vec::new();
    let rate = rate(name, file, media, &Table::find(file, table, b"stts", 8)?, &mut notes)?;
    Ok(Video { samples, rate, notes })
}

/// Pictures a second, from the track's clock and the durations of its pictures.
fn rate(
    name: &str,
    file: &[u8],
    media: Atom<'_>,
    durations: &Table<'_>,
    notes: &mut Vec<String>,
) -> Result<FrameRate, ClipError> {
    let header = child(file, media, b"mdhd").ok_or_else(|| missing(media, "mdhd"))?;
    let body = &file[header.start..header.end];
    // Version 1 has times of eight octets before the clock's rate.
    let at = if body.first() == Some(&1) { 20 } else { 12 };
    let clock = number_at(body, at).ok_or_else(|| missing(header, "clock rate"))?;
    let (mut pictures, mut ticks, mut last) = (0u64, 0u64, None);
    let mut uneven = false;
    for entry in 0..durations.len() {
        let (count, each) =
            (durations.number(entry, 0).unwrap_or(0), durations.number(entry, 4).unwrap_or(0));
        pictures += u64::from(count);
        ticks = ticks.saturating_add(u64::from(count) * u64::from(each));
        // The last picture's duration is often whatever was left.
        uneven |= entry + 1 < durations.len() && last.is_some_and(|last| last != each);
        last = Some(each);
    }
    if uneven {
        notes.push(format!(
            "{name} shows its pictures at uneven times (byte {}); they are played evenly, as many in all \
             as it says",
            grouped(durations.offset),
        ));
    }
    let (mut frames, mut seconds) = match durations.number(0, 4) {
        Some(each) if !uneven => (u64::from(clock), u64::from(each)),
        _ => (pictures.saturating_mul(u64::from(clock)), ticks),
    };
    let common = common_divisor(frames, seconds).max(1);
    (frames, seconds) = (frames / common, seconds / common);
    while frames.max(seconds) > u64::from(u32::MAX) {
        (frames, seconds) = (frames / 2, seconds / 2);
    }
    FrameRate::new(u32::try_from(frames).unwrap_or(0), u32::try_from(seconds).unwrap_or(0))
}

fn common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// A table: as many entries of one size as it says, or as there are.
struct Table<'a> {
    /// Where its box's octets begin.
    offset: usize,
    /// `stsz` only: the size of all entries, when it is the same.
    fixed: u32,
    /// How many entries it claims to have.
    count: usize,
    entries: &'a [u8],
    size: usize,
}

impl<'a> Table<'a> {
    fn find(file: &'a [u8], table: Atom<'_>, kind: &[u8; 4], size: usize) -> Result<Self, ClipError> {
        let found = child(file, table, kind).ok_or_else(|| missing(table, &letters(kind)))?;
        let body = &file[found.start..found.end];
        // Version and flags; `stsz` has the common size before the count.
        let head = if kind == b"stsz" { 8 } else { 4 };
        let count = number_at(body, head).ok_or_else(|| missing(found, "count"))?;
        Ok(Table {
            offset: found.start,
            fixed: if head == 8 { number_at(body, 4).unwrap_or(0) } else { 0 },
            count: usize::try_from(count).unwrap_or(usize::MAX),
            entries: body.get(head + 4..).unwrap_or_default(),
            size,
        })
    }

    /// How many entries there are.
    fn len(&self) -> usize {
        self.count.min(self.entries.len() / self.size)
    }

    /// The number `at` octets into an entry.
    fn number(&self, index: usize, at: usize) -> Option<u32> {
        if index < self.len() { number_at(self.entries, index * self.size + at) } else { None }
    }

    /// An entry as a place in the file.
    fn place(&self, index: usize) -> Option<usize> {
        if self.size == 4 {
            return usize::try_from(self.number(index, 0)?).ok();
        }
        let wide = (u64::from(self.number(index, 0)?) << 32) | u64::from(self.number(index, 4)?);
        usize::try_from(wide).ok()
    }
}

/// The boxes between two places, one after the other.
struct Atoms<'a> {
    file: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Atoms<'a> {
    fn inside(file: &'a [u8], parent: Atom<'_>) -> Self {
        Atoms { file, at: parent.start, end: parent.end }
    }
}

impl<'a> Iterator for Atoms<'a> {
    type Item = Atom<'a>;

    /// The next box, cut to what lies between the places; none where no head fits any more or
    /// a length is shorter than the head.
    fn next(&mut self) -> Option<Atom<'a>> {
        let octets = self.file.get(self.at..self.end)?;
        let kind = octets.get(4..8)?;
        let (head, length) = match number_at(octets, 0)? {
            // It goes on to the end.
            0 => (8, octets.len()),
            1 => {
                let wide = (u64::from(number_at(octets, 8)?) << 32) | u64::from(number_at(octets, 12)?);
                (16, usize::try_from(wide).unwrap_or(usize::MAX))
            }
            length => (8, length as usize),
        };
        if length < head {
            return None;
        }
        let start = self.at + head;
        let end = self.at.saturating_add(length).min(self.end);
        self.at = end;
        Some(Atom { kind, start, end })
    }
}

fn child<'a>(file: &'a [u8], parent: Atom<'_>, kind: &[u8; 4]) -> Option<Atom<'a>> {
    Atoms::inside(file, parent).find(|found| found.kind == kind)
}

fn missing(parent: Atom<'_>, what: &str) -> ClipError {
    let fault = format!("the box \"{}\" that begins here has no {what}", letters(parent.kind));
    ClipError::Container { offset: parent.start, fault }
}

/// A big-endian number.
fn number_at(octets: &[u8], at: usize) -> Option<u32> {
    let octets = octets.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(octets.try_into().ok()?))
}
