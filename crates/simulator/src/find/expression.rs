//! Asking a run for a value: the language.

use super::QueryError;
use super::event::Kind;
use super::filter::Comparison;
use super::names::{Name, unknown};
use super::parse::{Parser, Query};
use super::places::Places;
use super::token::{TokenKind, number};

/// What a run is asked for, at an event of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression(pub(super) Term);

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Term {
    Number(f64),
    Text(String),
    /// A value of the event itself.
    Here(Named),
    Negative(Box<Term>),
    Sum(Box<Term>, Sign, Box<Term>),
    Compare(Box<Term>, Comparison, Box<Term>),
    Round(Box<Term>, f64),
    /// From here to the first such event, or from the first step's to the last's.
    Ms(Query),
    Fold(Fold),
}

/// A name as it was written, and what it stands for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Named {
    pub word: String,
    pub name: Name,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Plus,
    Minus,
    Times,
    Over,
}

/// One value of many events.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fold {
    pub what: FoldWhat,
    /// Of which value; none when they are counted.
    pub of: Option<Named>,
    pub events: Query,
    /// Only those behind the event itself.
    pub from_here: bool,
    pub until: Until,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FoldWhat {
    Count,
    Sum,
    Least,
    Greatest,
    First,
    Last,
    Distinct,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Until {
    End,
    Here,
    Event(Query),
}

const FOLDS: [(&str, FoldWhat); 7] = [
    ("count", FoldWhat::Count),
    ("sum", FoldWhat::Sum),
    ("min", FoldWhat::Least),
    ("max", FoldWhat::Greatest),
    ("first", FoldWhat::First),
    ("last", FoldWhat::Last),
    ("distinct", FoldWhat::Distinct),
];

impl Expression {
    /// Reads an expression about a network, to be asked at events of the kinds `here`.
    ///
    /// # Errors
    /// Where it goes wrong first, and what would be right.
    pub fn parse(text: &str, places: &Places, here: &[Kind]) -> Result<Expression, QueryError> {
        let mut reader = Reader { parser: Parser::new(text, places)?, here };
        let term = reader.comparison()?;
        reader.parser.end("the end")?;
        Ok(Expression(term))
    }
}

struct Reader<'p> {
    parser: Parser<'p>,
    here: &'p [Kind],
}

impl Reader<'_> {
    fn comparison(&mut self) -> Result<Term, QueryError> {
        let left = self.sum()?;
        let Some(comparison) = Comparison::read(&self.parser) else { return Ok(left) };
        self.parser.skip();
        Ok(Term::Compare(Box::new(left), comparison, Box::new(self.sum()?)))
    }

    fn sum(&mut self) -> Result<Term, QueryError> {
        let mut left = self.product()?;
        loop {
            let sign = match self.parser.sign() {
                Some("+") => Sign::Plus,
                Some("-") => Sign::Minus,
                _ => return Ok(left),
            };
            self.parser.skip();
            left = Term::Sum(Box::new(left), sign, Box::new(self.product()?));
        }
    }

    fn product(&mut self) -> Result<Term, QueryError> {
        let mut left = self.single()?;
        loop {
            let sign = match self.parser.sign() {
                Some("*") => Sign::Times,
                Some("/") => Sign::Over,
                _ => return Ok(left),
            };
            self.parser.skip();
            left = Term::Sum(Box::new(left), sign, Box::new(self.single()?));
        }
    }

    /// Reads what lies one level deeper.
    fn deeper(&mut self, read: fn(&mut Self) -> Result<Term, QueryError>) -> Result<Term, QueryError> {
        self.parser.go_deeper()?;
        let term = read(self);
        self.parser.come_back();
        term
    }

    fn single(&mut self) -> Result<Term, QueryError> {
        if self.parser.take_sign("-") {
            return Ok(Term::Negative(Box::new(self.deeper(Self::single)?)));
        }
        if self.parser.take_sign("(") {
            let term = self.deeper(Self::comparison)?;
            self.parser.expect_sign(")")?;
            return Ok(term);
        }
        let word = match self.parser.peek() {
            Some(TokenKind::Text(text)) => {
                let text = text.clone();
                self.parser.skip();
                return Ok(Term::Text(text));
            }
            Some(TokenKind::Word(word)) => word.clone(),
            _ => {
                let instead = self.parser.instead();
                return self.parser.fail(format!("a field, a number or a function is expected{instead}"));
            }
        };
        if let Some(number) = number(&word) {
            self.parser.skip();
            return Ok(Term::Number(number));
        }
        let calls = matches!(self.parser.after(), Some(TokenKind::Sign("(")));
        match &*word {
            "round" if calls => self.call(Self::round),
            "ms" if calls => self.call(|reader| Ok(Term::Ms(reader.parser.query()?))),
            _ => match FOLDS.iter().find(|(name, _)| *name == word) {
                Some((_, what)) if calls => self.fold(*what),
                _ if calls => {
                    let names: Vec<_> = FOLDS.iter().map(|(name, _)| *name).collect();
                    let names = names.join(", ");
                    self.parser.fail(format!("there is no function '{word}': there are {names}, ms, round"))
                }
                _ => {
                    let name = self.name(&word, self.here)?;
                    self.parser.skip();
                    Ok(Term::Here(name))
                }
            },
        }
    }

    /// A function's name, and what is in its parentheses.
    fn call(&mut self, read: fn(&mut Self) -> Result<Term, QueryError>) -> Result<Term, QueryError> {
        self.parser.skip();
        self.parser.expect_sign("(")?;
        let term = self.deeper(read)?;
        self.parser.expect_sign(")")?;
        Ok(term)
    }

    fn round(&mut self) -> Result<Term, QueryError> {
        let term = self.comparison()?;
        if !self.parser.take_sign(",") {
            return Ok(Term::Round(Box::new(term), 1.0));
        }
        match self.parser.word().and_then(number).filter(|step| *step > 0.0) {
            Some(step) => {
                self.parser.skip();
                Ok(Term::Round(Box::new(term), step))
            }
            None => self.parser.fail("a number is expected: to the nearest of what?"),
        }
    }

    fn fold(&mut self, what: FoldWhat) -> Result<Term, QueryError> {
        self.parser.skip();
        self.parser.expect_sign("(")?;
        let mut named = None;
        if what != FoldWhat::Count {
            let Some(word) = self.parser.word().map(str::to_owned) else {
                let instead = self.parser.instead();
                return self.parser.fail(format!("a field's name is expected{instead}"));
            };
            named = Some((word, self.parser.column()));
            self.parser.skip();
            self.parser.expect_sign(",")?;
        }
        let column = self.parser.column();
        let events = self.parser.query()?;
        if events.steps.last().is_some_and(|step| step.patterns.iter().any(|pattern| pattern.ordinal > 1)) {
            let reason = "all of them are asked for, so none has a number".to_owned();
            return Err(QueryError { column, reason });
        }
        let of = match named {
            None => None,
            Some((word, column)) => {
                // A name that every kind has is the same of each.
                let names: Result<Vec<_>, String> =
                    events.kinds().into_iter().map(|kind| Name::read(&word, kind)).collect();
                let mut names = names.map_err(|reason| QueryError { column, reason })?;
                names.pop().map(|name| Named { word, name })
            }
        };
        let from_here = self.parser.take_word("from");
        if from_here && !self.parser.take_word("here") {
            return self.parser.fail("'here' is expected");
        }
        let until = match self.parser.take_word("until") {
            false => Until::End,
            true if self.parser.take_word("here") => Until::Here,
            true => Until::Event(self.parser.query()?),
        };
        self.parser.expect_sign(")")?;
        Ok(Term::Fold(Fold { what, of, events, from_here, until }))
    }

    /// A name of one of several kinds of events.
    fn name(&self, word: &str, kinds: &[Kind]) -> Result<Named, QueryError> {
        let read: Vec<_> = kinds.iter().map(|kind| Name::read(word, *kind)).collect();
        let reason = match read.iter().find_map(|name| name.as_ref().ok()) {
            Some(name) => return Ok(Named { word: word.to_owned(), name: name.clone() }),
            None => read.into_iter().find_map(Result::err).unwrap_or_else(|| unknown(word)),
        };
        self.parser.fail(reason)
    }
}
