//! Markdown to structured text. What a page cannot show, and what could do harm, is refused.

use super::prose::add;
use super::table::Source;
use crate::wire::{TextBlock, TextRun, TextStyle};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, OffsetIter, Options, Parser, Tag, TagEnd};
use std::iter::Peekable;

/// A part of a file, with the octet where it begins.
#[derive(Clone, Debug)]
pub struct Part {
    pub at: usize,
    pub what: What,
}

/// A part of a file.
#[derive(Clone, Debug)]
pub enum What {
    /// `## Title`.
    Title(Vec<TextRun>),
    /// A part of a text.
    Block(TextBlock),
    /// A block quote.
    Quote(Vec<TextBlock>),
    /// A fenced block of this name, whose text begins at this octet.
    Toml(&'static str, String, usize),
}

/// Fenced blocks that are read, not shown.
const READ: [&str; 2] = ["stop", "question"];

/// Reads the Markdown `text`, which begins at the octet `base` of the file.
pub fn parts(source: &mut Source<'_>, text: &str, base: usize) -> Vec<Part> {
    // Tables, footnotes and lists to tick off are known so that they can be refused.
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_TASKLISTS;
    let events = Parser::new_ext(text, options).into_offset_iter().peekable();
    let mut reader = Reader { source, events, base, text };
    let mut parts = Vec::new();
    while let Some(part) = reader.part() {
        parts.extend(part);
    }
    parts
}

/// The words of one paragraph.
pub fn runs(source: &mut Source<'_>, key: &str, text: &str, at: usize) -> Vec<TextRun> {
    let mut blocks = blocks(source, text, at).into_iter();
    match (blocks.next(), blocks.next()) {
        (Some(TextBlock::Paragraph { runs }), None) => runs,
        (None, _) => {
            source.wrong(at, format!("{key} is empty"));
            Vec::new()
        }
        _ => {
            source.wrong(at, format!("{key} must be one paragraph"));
            Vec::new()
        }
    }
}

/// Text without stops and notes, out of a value at the octet `at` of the file.
pub fn blocks(source: &mut Source<'_>, text: &str, at: usize) -> Vec<TextBlock> {
    // The value's own lines are not the file's: what is wrong is told where it begins.
    let mut own = Source::new(source.file, text);
    let parts = parts(&mut own, text, 0);
    for problem in own.problems() {
        source.wrong(at, problem.reason);
    }
    let mut blocks = Vec::new();
    for part in parts {
        match part.what {
            What::Block(block) => blocks.push(block),
            What::Title(_) | What::Quote(_) | What::Toml(..) => {
                source.wrong(at, "here stands text alone: no ## titles, notes or blocks");
            }
        }
    }
    blocks
}

struct Reader<'s, 'f, 't> {
    source: &'s mut Source<'f>,
    events: Peekable<OffsetIter<'t>>,
    base: usize,
    text: &'t str,
}

/// How words look and where they lead, inside what.
#[derive(Clone, Default)]
struct Look {
    strong: bool,
    emphasis: bool,
    link: Option<String>,
}

impl Look {
    fn style(&self) -> TextStyle {
        match self {
            Look { strong: true, .. } => TextStyle::Strong,
            Look { emphasis: true, .. } => TextStyle::Emphasis,
            _ => TextStyle::Plain,
        }
    }
}

impl<'t> Reader<'_, '_, 't> {
    fn next(&mut self) -> Option<(Event<'t>, usize)> {
        self.events.next().map(|(event, range)| (event, self.base + range.start))
    }

    /// The next part; inner `None` when there is nothing of it.
    fn part(&mut self) -> Option<Option<Part>> {
        let (event, at) = self.next()?;
        let what = match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let end = TagEnd::Heading(level);
                let runs = self.words(end);
                match level {
                    HeadingLevel::H1 => {
                        self.source.wrong(at, "the title stands in the front matter; stops begin with ##");
                        None
                    }
                    HeadingLevel::H2 => Some(What::Title(runs)),
                    _ => Some(What::Block(TextBlock::Heading { runs })),
                }
            }
            Event::Start(Tag::BlockQuote(kind)) => Some(What::Quote(self.quote(TagEnd::BlockQuote(kind)))),
            Event::Start(Tag::CodeBlock(kind)) => Some(self.code(&kind, at)),
            other => self.block(other, at).map(What::Block),
        };
        Some(what.map(|what| Part { at, what }))
    }

    /// A block of text that begins with `event`.
    fn block(&mut self, event: Event<'t>, at: usize) -> Option<TextBlock> {
        match event {
            Event::Start(Tag::Paragraph) => {
                let runs = self.words(TagEnd::Paragraph);
                (!runs.is_empty()).then_some(TextBlock::Paragraph { runs })
            }
            Event::Start(Tag::Heading { level, .. }) => {
                Some(TextBlock::Heading { runs: self.words(TagEnd::Heading(level)) })
            }
            Event::Start(Tag::List(first)) => {
                let ordered = first.is_some();
                let items = self.items(TagEnd::List(ordered));
                Some(TextBlock::List {
                    first: first.map(|first| first.try_into().unwrap_or(u32::MAX)),
                    items,
                })
            }
            Event::Start(Tag::CodeBlock(kind)) => match self.code(&kind, at) {
                What::Block(block) => Some(block),
                _ => {
                    self.source
                        .wrong(at, "stop and question blocks stand below a ## title, not in notes or lists");
                    None
                }
            },
            other => {
                self.refuse(&other, at);
                None
            }
        }
    }

    fn code(&mut self, kind: &CodeBlockKind<'_>, at: usize) -> What {
        let mut range: Option<std::ops::Range<usize>> = None;
        for (event, own) in self.events.by_ref() {
            match event {
                Event::End(TagEnd::CodeBlock) => break,
                _ => range = Some(range.map_or(own.clone(), |range| range.start..own.end)),
            }
        }
        let range = range.unwrap_or(at - self.base..at - self.base);
        let text = self.text.get(range.clone()).unwrap_or_default().to_owned();
        let name = match kind {
            CodeBlockKind::Fenced(name) => READ.into_iter().find(|own| *own == name.trim()),
            CodeBlockKind::Indented => None,
        };
        match name {
            Some(name) => What::Toml(name, text, self.base + range.start),
            None => What::Block(TextBlock::Code { text: text.trim_end_matches('\n').to_owned() }),
        }
    }

    fn quote(&mut self, end: TagEnd) -> Vec<TextBlock> {
        let mut blocks = Vec::new();
        while let Some((event, at)) = self.next() {
            match event {
                Event::End(own) if own == end => break,
                Event::Start(Tag::BlockQuote(kind)) => {
                    self.source.wrong(at, "notes have no notes in them");
                    self.skip(TagEnd::BlockQuote(kind));
                }
                other => blocks.extend(self.block(other, at)),
            }
        }
        blocks
    }

    fn items(&mut self, end: TagEnd) -> Vec<Vec<TextRun>> {
        let mut items = Vec::new();
        while let Some((event, at)) = self.next() {
            match event {
                Event::End(own) if own == end => break,
                Event::Start(Tag::Item) => items.push(self.words(TagEnd::Item)),
                other => self.refuse(&other, at),
            }
        }
        items
    }

    /// The words up to `end`.
    fn words(&mut self, end: TagEnd) -> Vec<TextRun> {
        let mut runs = Vec::new();
        let mut looks = vec![Look::default()];
        while let Some((event, at)) = self.next() {
            let look = looks.last().cloned().unwrap_or_default();
            match event {
                Event::End(own) if own == end && looks.len() == 1 => break,
                Event::Text(text) => add(&mut runs, &text, look.style(), look.link.as_deref()),
                Event::Code(text) => add(&mut runs, &text, TextStyle::Code, look.link.as_deref()),
                Event::SoftBreak | Event::HardBreak => {
                    add(&mut runs, " ", look.style(), look.link.as_deref())
                }
                Event::Start(Tag::Strong) => looks.push(Look { strong: true, ..look }),
                Event::Start(Tag::Emphasis) => looks.push(Look { emphasis: true, ..look }),
                Event::Start(Tag::Link { dest_url, .. }) => {
                    let safe = dest_url.starts_with("https://") || dest_url.starts_with("http://");
                    if !safe {
                        self.source
                            .wrong(at, format!("a link leads to https:// or http://, not to '{dest_url}'"));
                    }
                    looks.push(Look { link: safe.then(|| dest_url.to_string()), ..look });
                }
                Event::End(TagEnd::Strong | TagEnd::Emphasis | TagEnd::Link) if looks.len() > 1 => {
                    looks.pop();
                }
                // An item of a loose list, and its end.
                Event::Start(Tag::Paragraph) if end == TagEnd::Item => {
                    if !runs.is_empty() {
                        self.source.wrong(at, "an item of a list is one paragraph");
                    }
                }
                Event::End(TagEnd::Paragraph) if end == TagEnd::Item => {}
                other => self.refuse(&other, at),
            }
        }
        if let Some(last) = runs.last_mut()
            && last.style != TextStyle::Code
        {
            last.text.truncate(last.text.trim_end().len());
        }
        runs.retain(|run| !run.text.is_empty());
        runs
    }

    /// Notes what cannot be shown; of what has an inside, that is left out.
    fn refuse(&mut self, event: &Event<'_>, at: usize) {
        let (reason, end) = match event {
            Event::Html(_) | Event::InlineHtml(_) => ("there is no HTML in lessons", None),
            Event::Start(tag) => {
                let reason = match tag {
                    Tag::HtmlBlock => "there is no HTML in lessons",
                    Tag::Image { .. } => "there are no pictures in lessons: the run shows them",
                    Tag::Table(_) => "there are no tables in lessons",
                    Tag::List(_) => "a list has no lists in it",
                    Tag::BlockQuote(_) => "notes stand by themselves, not in lists",
                    Tag::CodeBlock(_) => "code stands by itself, not in lists",
                    Tag::FootnoteDefinition(_) => "there are no footnotes in lessons",
                    _ => "this is not known in lessons",
                };
                (reason, Some(tag.to_end()))
            }
            Event::Rule => ("there are no lines across the page in lessons", None),
            Event::TaskListMarker(_) => ("lists in lessons are not to be ticked off", None),
            Event::FootnoteReference(_) => ("there are no footnotes in lessons", None),
            Event::End(_) => return,
            _ => ("this is not known in lessons", None),
        };
        self.source.wrong(at, reason);
        if let Some(end) = end {
            self.skip(end);
        }
    }

    /// Leaves out all up to the end of what has begun.
    fn skip(&mut self, end: TagEnd) {
        let mut inside = 1;
        for (event, _) in self.events.by_ref() {
            match event {
                Event::Start(tag) if tag.to_end() == end => inside += 1,
                Event::End(own) if own == end => inside -= 1,
                _ => {}
            }
            if inside == 0 {
                return;
            }
        }
    }
}
