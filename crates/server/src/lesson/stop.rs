//! A stop: what is to happen, and how it is looked at.

use super::table::{At, Source, Table};
use super::{Show, Stop};
use crate::wire::{LessonStop, LessonTab, LessonView, StackDirection, TextBlock, TextRun};
use simulator::Scenario;
use simulator::find::{self, Places, Query, QueryError};
use simulator::scenario::NodeKind;

const TABS: [(&str, LessonTab); 5] = [
    ("remote", LessonTab::Remote),
    ("receiver", LessonTab::Receiver),
    ("details", LessonTab::Details),
    ("packets", LessonTab::Packets),
    ("none", LessonTab::None),
];

const VIEWS: [(&str, LessonView); 3] =
    [("valley", LessonView::Valley), ("ladder", LessonView::Ladder), ("charts", LessonView::Charts)];

/// The network that a lesson is about.
#[derive(Clone, Copy, Debug)]
pub struct Network<'a> {
    /// It.
    pub scenario: &'a Scenario,
    /// Its names.
    pub places: &'a Places,
}

/// The words of a stop.
#[derive(Clone, Debug, Default)]
pub struct Words {
    pub title: String,
    pub caption: Vec<TextRun>,
    pub more: Vec<TextBlock>,
    pub notes: Vec<TextBlock>,
}

/// Reads a stop's block, `text` at the octet `at` of the file.
pub fn read(
    source: &mut Source<'_>,
    (at, text): At<&str>,
    words: Words,
    network: Option<Network<'_>>,
    first: bool,
) -> Option<Stop> {
    let mut table = Table::read(source, "a stop", text, at);
    let until = table.needed(source, "until");
    let from_start = table.one_of(source, "from", &[("start", ())]).is_some();
    let show = table.text(source, "show");
    let tab = table.one_of(source, "tab", &TABS);
    let view = table.one_of(source, "view", &VIEWS);
    let lens = table.number(source, "lens", 0..=7).and_then(|lens| u8::try_from(lens).ok());
    let field = table.text(source, "field");
    table.end(source, "until, from, show, tab, view, lens, field");
    if let Some((at, field)) = &field
        && !find::is_field(field)
    {
        source.wrong(*at, format!("field: {}", find::unknown_field(field)));
    }
    let network = network?;
    let show = show.and_then(|(at, text)| self::show(source, at, &text, network));
    let (at, until) = until?;
    let query = match Query::parse(&until, network.places) {
        Ok(query) => query,
        Err(error) => {
            wrong_text(source, at, "until", &until, &error);
            return None;
        }
    };
    if first && query.refers_back() {
        source.wrong(at, "until: the first stop has nothing before it that could be 'the same'");
    }
    Some(Stop {
        title: words.title,
        caption: words.caption,
        more: words.more,
        notes: words.notes,
        line: source.line(at),
        until,
        query,
        from_start,
        show,
        tab,
        view,
        lens,
        field: field.map(|(_, field)| field),
        question: None,
    })
}

/// Notes what is wrong in a value that is a language of its own, in its own line.
pub fn wrong_text(source: &mut Source<'_>, at: usize, key: &str, text: &str, error: &QueryError) {
    let QueryError { column, reason } = error;
    let written = source.text.get(at..).unwrap_or_default();
    let quotes = ["'''", "\"\"\""].into_iter().find(|quotes| written.starts_with(quotes));
    let Some(quotes) = quotes else {
        return source.wrong(at, format!("{key}, column {column}: {reason}"));
    };
    // In three quotes its lines are the file's, but for a line end right behind the quotes.
    let skipped = written[quotes.len()..].starts_with(['\n', '\r']);
    let before: String = text.chars().take(column.saturating_sub(1)).collect();
    let line = before.matches('\n').count() + usize::from(skipped);
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let ends = written.match_indices('\n').map(|(end, _)| end + 1);
    let begin = std::iter::once(0).chain(ends).nth(line).unwrap_or(0);
    source.wrong(at + begin, format!("{key}, column {column}: {reason}"));
}

/// Reads `Client 4 down`.
fn show(source: &mut Source<'_>, at: usize, text: &str, network: Network<'_>) -> Option<Show> {
    let mut words = text.rsplitn(3, ' ');
    let (direction, layer, name) = (words.next(), words.next(), words.next().map(str::trim));
    let direction = match direction {
        Some("down") => Some(StackDirection::Down),
        Some("up") => Some(StackDirection::Up),
        _ => None,
    };
    let layer = layer.and_then(|layer| layer.parse::<u8>().ok()).filter(|layer| (1..=7).contains(layer));
    let (Some(direction), Some(layer), Some(name)) = (direction, layer, name) else {
        source.wrong(at, "show names a device, a layer from 1 to 7, and down or up, as in \"Client 4 down\"");
        return None;
    };
    let Some(node) = network.places.node(name) else {
        let known: Vec<_> = network.places.node_names().collect();
        source.wrong(at, format!("show: there is no device '{name}': there are {}", known.join(", ")));
        return None;
    };
    let kind = network.scenario.nodes.get(node.0 as usize).map(|node| node.kind);
    let top = match kind {
        Some(NodeKind::Switch) => 2,
        Some(NodeKind::Router) => 3,
        _ => 7,
    };
    if layer > top {
        source.wrong(at, format!("show: {name} has layers 1 to {top} only"));
        return None;
    }
    let name = network.places.node_name(node).unwrap_or(name).to_owned();
    Some(Show { node, name, layer, direction, line: source.line(at) })
}

impl Stop {
    /// As a page shows it.
    pub fn told(&self) -> LessonStop {
        LessonStop {
            title: self.title.clone(),
            caption: self.caption.clone(),
            more: self.more.clone(),
            notes: self.notes.clone(),
            until: self.until.clone(),
            tab: self.tab,
            view: self.view,
            lens: self.lens,
            field: self.field.clone(),
            question: self.question.as_ref().map(super::Question::told),
        }
    }
}
