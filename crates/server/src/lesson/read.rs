//! A file to a lesson.

use super::markdown::{self, Part, What};
use super::prose::plain;
use super::stop::{Network, Words};
use super::table::{At, Source};
use super::{
    Lesson, MAX_CAPTION, MAX_CLICKS, MAX_FILE, MAX_STOPS, MAX_TITLE, Problem, Stop, front, question, stop,
};
use crate::wire::{TextBlock, TextRun};
use simulator::Scenario;
use simulator::find::{Kind, Places};

/// What a lesson file's name says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileName {
    /// The lesson's id.
    pub id: String,
    /// The language.
    pub language: String,
}

impl FileName {
    /// Reads `01-one-message.en.md`; `None` when it is no lesson's.
    pub fn read(name: &str) -> Option<FileName> {
        let (id, language) = name.strip_suffix(".md")?.rsplit_once('.')?;
        let letters = |text: &str, also: fn(char) -> bool| {
            !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || also(c))
        };
        let good = letters(id, |c| c.is_ascii_digit() || c == '-')
            && id.len() <= MAX_TITLE
            && letters(language, |_| false)
            && (2..=3).contains(&language.len());
        good.then(|| FileName { id: id.to_owned(), language: language.to_owned() })
    }
}

/// Reads the lesson in the file `file`. `scenario` finds a network by its name.
///
/// # Errors
/// All that is wrong with it, in the order of the lines.
pub fn read(
    file: &str,
    text: &str,
    scenario: impl FnOnce(&str) -> Result<Scenario, String>,
) -> Result<Lesson, Vec<Problem>> {
    let mut source = Source::new(file, text);
    let lesson = lesson(&mut source, scenario);
    match (lesson, source.is_good()) {
        (Some(lesson), true) => Ok(lesson),
        (_, good) => {
            if good {
                source.wrong_file("this is no lesson");
            }
            Err(source.problems())
        }
    }
}

fn lesson(
    source: &mut Source<'_>,
    scenario: impl FnOnce(&str) -> Result<Scenario, String>,
) -> Option<Lesson> {
    let Some(FileName { id, language }) = FileName::read(source.file) else {
        source.wrong_file("a lesson's file is called NAME.LANGUAGE.md, as in 01-one-message.en.md");
        return None;
    };
    if source.text.len() > MAX_FILE {
        source.wrong_file(format!("the file has {} octets: {MAX_FILE} are possible", source.text.len()));
        return None;
    }
    let (matter, base, rest) = front::split(source)?;
    let front::Matter { front, scenario, plan } = front::read(source, matter, base, scenario);
    let places = scenario.as_ref().map(Places::of_scenario);
    let network = scenario.as_ref().zip(places.as_ref());
    let network = network.map(|(scenario, places)| Network { scenario, places });
    let parts = markdown::parts(source, source.text.get(rest..).unwrap_or_default(), rest);
    let mut sections = sections(parts).into_iter();
    let (introduction, notes) = introduction(source, sections.next()?);
    let sections: Vec<_> = sections.collect();
    if sections.is_empty() {
        source.wrong_file("a lesson needs a stop: a ## title, a stop block, and a caption");
    }
    if sections.len() > MAX_STOPS {
        source.wrong_file(format!("there are {} stops: {MAX_STOPS} are possible", sections.len()));
        return None;
    }
    let read = sections.into_iter().enumerate();
    let stops: Vec<_> =
        read.map(|(place, section)| self::stop(source, section, network, place == 0)).collect();
    let stops = stops.into_iter().collect::<Option<Vec<_>>>();
    let (front, plan) = (front?, plan?);
    let lesson = Lesson {
        file: source.file.to_owned(),
        id,
        language,
        front,
        plan,
        introduction,
        notes,
        stops: stops?,
    };
    if lesson.clicks() > MAX_CLICKS {
        source.wrong_file(format!(
            "the lesson takes {} clicks (one for each stop, two for each question): {MAX_CLICKS} are possible",
            lesson.clicks()
        ));
    }
    Some(lesson)
}

/// What stands below one `##`, or before the first.
#[derive(Default)]
struct Section {
    title: Option<At<Vec<TextRun>>>,
    blocks: Vec<At<TextBlock>>,
    notes: Vec<TextBlock>,
    /// Blocks of TOML: the name, where they stand, and where their text begins.
    read: Vec<(&'static str, usize, At<String>)>,
}

/// The introduction, and a section for each title.
fn sections(parts: Vec<Part>) -> Vec<Section> {
    let mut sections = vec![Section::default()];
    for Part { at, what } in parts {
        if let What::Title(title) = what {
            sections.push(Section { title: Some((at, title)), ..Section::default() });
            continue;
        }
        let Some(section) = sections.last_mut() else { continue };
        match what {
            What::Block(block) => section.blocks.push((at, block)),
            What::Quote(blocks) => section.notes.extend(blocks),
            What::Toml(name, text, begin) => section.read.push((name, at, (begin, text))),
            What::Title(_) => {}
        }
    }
    sections
}

fn introduction(source: &mut Source<'_>, section: Section) -> (Vec<TextBlock>, Vec<TextBlock>) {
    for (name, at, _) in &section.read {
        source.wrong(*at, format!("a {name} block stands below a ## title"));
    }
    (section.blocks.into_iter().map(|(_, block)| block).collect(), section.notes)
}

fn stop(
    source: &mut Source<'_>,
    section: Section,
    network: Option<Network<'_>>,
    first: bool,
) -> Option<Stop> {
    let (at, title) = section.title?;
    let title = plain(&title).trim().to_owned();
    if title.is_empty() || title.chars().count() > MAX_TITLE {
        source.wrong(at, format!("a title has 1 to {MAX_TITLE} characters"));
    }
    let (mut stops, mut questions) = (Vec::new(), Vec::new());
    for (name, at, block) in section.read {
        if name == "stop" { stops.push((at, block)) } else { questions.push((at, block)) }
    }
    for (name, blocks) in [("stop", &stops), ("question", &questions)] {
        if let Some((at, _)) = blocks.get(1) {
            source.wrong(*at, format!("there is more than one {name} block below this title"));
        }
    }
    let (caption, more) = caption(source, at, section.blocks);
    let words = Words { title, caption, more, notes: section.notes };
    let Some((_, (begin, text))) = stops.into_iter().next() else {
        source.wrong(at, "a stop block is missing below this title");
        return None;
    };
    let stop = stop::read(source, (begin, &text), words, network, first);
    let question = questions.into_iter().next().map(|(_, (begin, text))| {
        // What is looked at is a frame, whatever the event is.
        let here = stop.as_ref().map(|stop| {
            let looked = stop.show.as_ref().map(|_| [Kind::Leaves, Kind::Arrives, Kind::Receipt]);
            stop.query.kinds().into_iter().chain(looked.into_iter().flatten()).collect()
        });
        question::read(source, (begin, &text), network.map(|network| network.places), here)
    });
    let mut stop = stop?;
    stop.question = match question {
        None => None,
        Some(question) => Some(question?),
    };
    Some(stop)
}

/// The first paragraph, and what follows.
fn caption(source: &mut Source<'_>, at: usize, blocks: Vec<At<TextBlock>>) -> (Vec<TextRun>, Vec<TextBlock>) {
    let mut blocks = blocks.into_iter();
    let caption = match blocks.next() {
        Some((at, TextBlock::Paragraph { runs })) => {
            let length = plain(&runs).chars().count();
            if length > MAX_CAPTION {
                source.wrong(at, format!("the caption has {length} characters: {MAX_CAPTION} are possible"));
            }
            runs
        }
        Some((at, _)) => {
            source.wrong(at, "the caption, the first text below a title, must be a paragraph");
            Vec::new()
        }
        None => {
            source.wrong(at, "a caption is missing below this title");
            Vec::new()
        }
    };
    (caption, blocks.map(|(_, block)| block).collect())
}
