//! Reading a query.

use super::event::Kind;
use super::filter::{self, Filter};
use super::names::nearest;
use super::places::Places;
use super::token::{Token, TokenKind, tokens};
use super::{MAX_DEPTH, MAX_ORDINAL, MAX_PATTERNS, QueryError};
use crate::ids::{LinkId, NodeId};

/// What is to be found: one event after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// One after the other; there is at least one.
    pub(super) steps: Vec<Step>,
}

/// One of several.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    /// There is at least one.
    pub patterns: Vec<Pattern>,
}

/// A kind of events.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pattern {
    pub kind: Kind,
    /// Which of them, from 1.
    pub ordinal: u32,
    pub at: Option<NodeId>,
    pub over: Option<LinkId>,
    pub from: Option<NodeId>,
    pub to: Option<NodeId>,
    pub client: Option<NodeId>,
    /// The picture's number in its clip.
    pub picture: Option<u32>,
    pub marker: bool,
    pub missing: bool,
    pub same: Vec<Same>,
    pub filter: Option<Filter>,
}

/// What an event has in common with the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Same {
    Message,
    Frame,
    Picture,
    /// It is the answer.
    Answer,
}

impl Query {
    /// Reads a query about a network.
    ///
    /// # Errors
    /// Where it goes wrong first, and what would be right.
    pub fn parse(text: &str, places: &Places) -> Result<Query, QueryError> {
        let mut parser = Parser::new(text, places)?;
        let query = parser.query()?;
        parser.end("',', 'then' or the end")?;
        Ok(query)
    }

    /// Whether it speaks of what was found before.
    pub fn refers_back(&self) -> bool {
        self.steps.first().is_some_and(|step| step.patterns.iter().any(|pattern| !pattern.same.is_empty()))
    }

    /// Whether it is one event after another, which cannot be searched for backwards.
    pub fn has_steps(&self) -> bool {
        self.steps.len() > 1
    }

    /// The kinds of events that it may find.
    pub fn kinds(&self) -> Vec<Kind> {
        self.steps.last().map_or(Vec::new(), |step| step.patterns.iter().map(|one| one.kind).collect())
    }
}

/// Reads words one by one.
pub(super) struct Parser<'p> {
    tokens: Vec<Token>,
    at: usize,
    /// The column behind the last character.
    end: usize,
    pub places: &'p Places,
    depth: usize,
    patterns: usize,
}

impl<'p> Parser<'p> {
    pub fn new(text: &str, places: &'p Places) -> Result<Self, QueryError> {
        let tokens = tokens(text)?;
        Ok(Parser { tokens, at: 0, end: text.chars().count() + 1, places, depth: 0, patterns: 0 })
    }

    /// The column of the next word.
    pub fn column(&self) -> usize {
        self.tokens.get(self.at).map_or(self.end, |token| token.column)
    }

    pub fn fail<T>(&self, reason: impl Into<String>) -> Result<T, QueryError> {
        Err(QueryError { column: self.column(), reason: reason.into() })
    }

    /// The next word, without taking it.
    pub fn word(&self) -> Option<&str> {
        self.word_at(0)
    }

    fn word_at(&self, ahead: usize) -> Option<&str> {
        match self.tokens.get(self.at + ahead).map(|token| &token.kind) {
            Some(TokenKind::Word(word)) => Some(word),
            _ => None,
        }
    }

    pub fn sign(&self) -> Option<&'static str> {
        match self.peek() {
            Some(TokenKind::Sign(sign)) => Some(sign),
            _ => None,
        }
    }

    pub fn peek(&self) -> Option<&TokenKind> {
        self.tokens.get(self.at).map(|token| &token.kind)
    }

    /// The one behind the next word.
    pub fn after(&self) -> Option<&TokenKind> {
        self.tokens.get(self.at + 1).map(|token| &token.kind)
    }

    /// The token `ahead` of the next one, if nothing lies between it and the one before.
    pub fn joined(&self, ahead: usize) -> Option<&TokenKind> {
        let token = self.tokens.get(self.at + ahead)?;
        let before = self.tokens.get((self.at + ahead).checked_sub(1)?)?;
        (before.end == token.column).then_some(&token.kind)
    }

    pub fn skip(&mut self) {
        self.at += 1;
    }

    /// Takes the next word if it is this one.
    pub fn take_word(&mut self, word: &str) -> bool {
        let is = self.word() == Some(word);
        if is {
            self.skip();
        }
        is
    }

    /// Takes the next sign if it is this one.
    pub fn take_sign(&mut self, sign: &str) -> bool {
        let is = self.sign() == Some(sign);
        if is {
            self.skip();
        }
        is
    }

    pub fn expect_sign(&mut self, sign: &str) -> Result<(), QueryError> {
        if self.take_sign(sign) {
            Ok(())
        } else {
            self.fail(format!("'{sign}' is missing{}", self.instead()))
        }
    }

    /// Nothing may follow.
    pub fn end(&self, wanted: &str) -> Result<(), QueryError> {
        if self.peek().is_none() {
            Ok(())
        } else {
            self.fail(format!("{wanted} is expected{}", self.instead()))
        }
    }

    /// What stands there, for the end of a sentence.
    pub fn instead(&self) -> String {
        match self.peek() {
            None => String::new(),
            Some(TokenKind::Word(word)) => format!(", not '{word}'"),
            Some(TokenKind::Text(text)) => format!(", not \"{text}\""),
            Some(TokenKind::Sign(sign)) => format!(", not '{sign}'"),
        }
    }

    /// Reads what lies one level deeper.
    pub fn deeper<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, QueryError>,
    ) -> Result<T, QueryError> {
        self.go_deeper()?;
        let read = read(self);
        self.come_back();
        read
    }

    /// What follows lies one level deeper.
    pub fn go_deeper(&mut self) -> Result<(), QueryError> {
        if self.depth >= MAX_DEPTH {
            return self.fail(format!("this lies deeper than {MAX_DEPTH} parentheses"));
        }
        self.depth += 1;
        Ok(())
    }

    /// What follows lies where it was before [`Parser::go_deeper`].
    pub fn come_back(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    pub fn query(&mut self) -> Result<Query, QueryError> {
        let mut steps = vec![self.step()?];
        while self.take_word("then") {
            steps.push(self.step()?);
        }
        Ok(Query { steps })
    }

    fn step(&mut self) -> Result<Step, QueryError> {
        let mut patterns = vec![self.pattern()?];
        while self.take_sign(",") {
            patterns.push(self.pattern()?);
        }
        Ok(Step { patterns })
    }

    fn pattern(&mut self) -> Result<Pattern, QueryError> {
        self.patterns += 1;
        if self.patterns > MAX_PATTERNS {
            return self.fail(format!("more than {MAX_PATTERNS} kinds of events are named"));
        }
        let ordinal = self.ordinal()?;
        let kind = self.kind()?;
        let mut pattern = Pattern {
            kind,
            ordinal,
            at: None,
            over: None,
            from: None,
            to: None,
            client: None,
            picture: None,
            marker: false,
            missing: false,
            same: Vec::new(),
            filter: None,
        };
        while self.phrase(&mut pattern)? {}
        Ok(pattern)
    }

    fn ordinal(&mut self) -> Result<u32, QueryError> {
        let Some(word) = self.word() else { return Ok(1) };
        let digits = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end));
        let ordinal = match (word, digits) {
            ("first", _) => 1,
            ("second", _) => 2,
            ("third", _) => 3,
            (_, Some(digits)) if digits.starts_with(|c: char| c.is_ascii_digit()) => {
                match digits.parse::<u32>() {
                    Ok(ordinal) if (1..=MAX_ORDINAL).contains(&ordinal) => ordinal,
                    _ => return self.fail(format!("1st to {MAX_ORDINAL}th are possible")),
                }
            }
            _ => return Ok(1),
        };
        self.skip();
        Ok(ordinal)
    }

    fn kind(&mut self) -> Result<Kind, QueryError> {
        let words = || Kind::ALL.map(|(word, _)| word).join(", ");
        match self.word() {
            Some(word) => match Kind::named(word) {
                Some(kind) => {
                    self.skip();
                    Ok(kind)
                }
                None if word == "hop" => {
                    self.fail("a frame that enters a cable 'leaves', and at its other end it 'arrives'")
                }
                None => self.fail(format!("'{word}' is no kind of event: there are {}", words())),
            },
            None => self.fail(format!("a kind of event is expected: {}", words())),
        }
    }

    /// Reads one condition; false when there is none.
    fn phrase(&mut self, pattern: &mut Pattern) -> Result<bool, QueryError> {
        let kind = pattern.kind;
        let word = match self.peek() {
            Some(TokenKind::Word(word)) => word.clone(),
            // A name in quotes.
            Some(TokenKind::Text(_)) => String::new(),
            _ => return Ok(false),
        };
        match &*word {
            "where" => {
                self.once(pattern.filter.is_none())?;
                self.skip();
                pattern.filter = Some(filter::read(self, kind)?);
                // A filter is the last.
                return Ok(false);
            }
            "then" | "until" => return Ok(false),
            "from" if self.word_at(1) == Some("here") => return Ok(false),
            "over" => {
                self.once(pattern.over.is_none())?;
                self.possible(kind.has_link(), kind, "lies on a cable")?;
                self.skip();
                pattern.over = Some(self.link()?);
            }
            "from" => {
                self.once(pattern.from.is_none())?;
                self.possible(kind.has_message(), kind, "goes from one host to another")?;
                self.skip();
                pattern.from = Some(self.node()?);
            }
            "to" => {
                self.once(pattern.to.is_none())?;
                self.possible(kind.has_message(), kind, "goes from one host to another")?;
                self.skip();
                pattern.to = Some(self.node()?);
            }
            "of" => {
                self.skip();
                self.whose(pattern)?;
            }
            "with" => {
                self.skip();
                self.with(pattern)?;
            }
            _ => {
                self.once(pattern.at.is_none())?;
                self.take_word("at");
                pattern.at = Some(self.node()?);
            }
        }
        Ok(true)
    }

    /// What may stand once only.
    fn once(&self, free: bool) -> Result<(), QueryError> {
        if free { Ok(()) } else { self.fail(format!("this is said twice{}", self.instead())) }
    }

    fn possible(&self, possible: bool, kind: Kind, what: &str) -> Result<(), QueryError> {
        if possible { Ok(()) } else { self.fail(format!("nothing of the kind '{kind}' {what}")) }
    }

    fn whose(&mut self, pattern: &mut Pattern) -> Result<(), QueryError> {
        let kind = pattern.kind;
        if self.word() == Some("the") {
            self.skip();
            self.take_word("same");
            let same = match self.word() {
                Some("message") => Same::Message,
                Some("frame") => Same::Frame,
                Some("picture") => Same::Picture,
                Some("answer") => Same::Answer,
                _ => {
                    let wanted = "'same message', 'same frame', 'same picture' or 'answer' is expected";
                    return self.fail(format!("{wanted}{}", self.instead()));
                }
            };
            let has = match same {
                Same::Message | Same::Answer => kind.has_message(),
                Same::Frame => kind.has_frame(),
                Same::Picture => kind.has_message() || kind == Kind::Picture,
            };
            self.possible(has, kind, "has that")?;
            self.skip();
            pattern.same.push(same);
            return Ok(());
        }
        if self.word() == Some("picture") {
            self.once(pattern.picture.is_none())?;
            self.possible(kind.has_message() || kind == Kind::Picture, kind, "belongs to a picture")?;
            self.skip();
            let number = self.word().and_then(|word| word.parse().ok());
            let Some(number) = number else {
                return self.fail(format!("the picture's number is expected{}", self.instead()));
            };
            self.skip();
            pattern.picture = Some(number);
            return Ok(());
        }
        self.once(pattern.client.is_none())?;
        pattern.client = Some(self.node()?);
        Ok(())
    }

    fn with(&mut self, pattern: &mut Pattern) -> Result<(), QueryError> {
        let kind = pattern.kind;
        self.take_word("the");
        if self.word() == Some("marker") {
            self.possible(kind.has_message(), kind, "has a marker bit")?;
            self.skip();
            if !self.take_word("bit") {
                return self.fail(format!("'bit' is expected{}", self.instead()));
            }
            pattern.marker = true;
            return Ok(());
        }
        if self.word() == Some("missing") {
            self.possible(kind == Kind::Picture, kind, "has parts")?;
            self.skip();
            if !self.take_word("parts") {
                return self.fail(format!("'parts' is expected{}", self.instead()));
            }
            pattern.missing = true;
            return Ok(());
        }
        self.fail(format!("'the marker bit' or 'missing parts' is expected{}", self.instead()))
    }

    fn name(&self) -> Option<String> {
        match self.peek() {
            Some(TokenKind::Word(name) | TokenKind::Text(name)) => Some(name.clone()),
            _ => None,
        }
    }

    fn node(&mut self) -> Result<NodeId, QueryError> {
        let Some(name) = self.name() else {
            return self.fail(format!("a device's name is expected{}", self.instead()));
        };
        if let Some(node) = self.places.node(&name) {
            self.skip();
            return Ok(node);
        }
        if self.places.link(&name).is_some() {
            return self.fail(format!("'{name}' is a cable: write 'over {name}'"));
        }
        self.fail(no_such("device", &name, self.places.node_names()))
    }

    fn link(&mut self) -> Result<LinkId, QueryError> {
        let Some(name) = self.name() else {
            return self.fail(format!("a cable's name is expected{}", self.instead()));
        };
        match self.places.link(&name) {
            Some(link) => {
                self.skip();
                Ok(link)
            }
            None => self.fail(no_such("cable", &name, self.places.link_names())),
        }
    }
}

/// What to say where nothing has this name.
fn no_such<'a>(what: &str, name: &str, names: impl Iterator<Item = &'a str> + Clone) -> String {
    /// Beyond so many nobody reads them.
    const TOLD: usize = 12;
    if let Some(meant) = nearest(name, names.clone()) {
        return format!("there is no {what} '{name}'; is '{meant}' meant?");
    }
    let mut told: Vec<_> = names.take(TOLD + 1).collect();
    if told.len() > TOLD {
        told[TOLD] = "...";
    }
    format!("there is no {what} '{name}': there are {}", told.join(", "))
}
