//! Filters: what must be true of an event's values.

use super::event::Kind;
use super::names::Name;
use super::parse::Parser;
use super::token::{TokenKind, number};
use super::{QueryError, Value};
use std::cmp::Ordering;
use std::net::IpAddr;

/// What must be true.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Test(Test),
}

/// What must be true of one name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Test {
    pub name: Name,
    pub check: Check,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Check {
    /// It is there.
    Present,
    Compare(Comparison, Literal),
    /// It has this text in it, small letters.
    Contains(String),
    /// It is one of these, or between two of them.
    In(Vec<(Literal, Option<Literal>)>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A value as it is written in a filter.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    Number(f64),
    Text(String),
    /// An address, or a network with the length of its prefix.
    Network(IpAddr, u8),
}

/// What is known of a test before all values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tri {
    No,
    Maybe,
    Yes,
}

impl From<bool> for Tri {
    fn from(is: bool) -> Tri {
        if is { Tri::Yes } else { Tri::No }
    }
}

impl Filter {
    /// Whether it is true, as far as the tests are known.
    pub fn holds(&self, test: &mut impl FnMut(&Test) -> Tri) -> Tri {
        match self {
            Filter::Test(one) => test(one),
            Filter::Not(other) => match other.holds(test) {
                Tri::No => Tri::Yes,
                Tri::Maybe => Tri::Maybe,
                Tri::Yes => Tri::No,
            },
            Filter::All(parts) => fold(parts, Tri::No, test),
            Filter::Any(parts) => fold(parts, Tri::Yes, test),
        }
    }
}

/// Looks at the parts until one is `decisive`.
fn fold(parts: &[Filter], decisive: Tri, test: &mut impl FnMut(&Test) -> Tri) -> Tri {
    let mut all = if decisive == Tri::No { Tri::Yes } else { Tri::No };
    for part in parts {
        match part.holds(test) {
            one if one == decisive => return decisive,
            Tri::Maybe => all = Tri::Maybe,
            _ => {}
        }
    }
    all
}

impl Check {
    /// Whether these are the values that it wants: all of the name, or none when it is not there.
    pub fn holds(&self, values: &[Value]) -> bool {
        match self {
            Check::Present => !values.is_empty(),
            Check::Compare(Comparison::Unequal, literal) => {
                !values.is_empty() && !values.iter().any(|value| literal.is(value))
            }
            Check::Compare(comparison, literal) => {
                values.iter().any(|value| comparison.holds(value, literal))
            }
            Check::Contains(part) => {
                values.iter().any(|value| value.to_string().to_lowercase().contains(part))
            }
            Check::In(ranges) => values.iter().any(|value| {
                ranges.iter().any(|(first, last)| match last {
                    None => first.is(value),
                    Some(last) => {
                        Comparison::GreaterOrEqual.holds(value, first)
                            && Comparison::LessOrEqual.holds(value, last)
                    }
                })
            }),
        }
    }
}

impl Comparison {
    fn holds(self, value: &Value, literal: &Literal) -> bool {
        let order = || match literal {
            Literal::Number(other) => as_number(value)?.partial_cmp(other),
            Literal::Text(_) | Literal::Network(..) => None,
        };
        match self {
            Comparison::Equal => literal.is(value),
            Comparison::Unequal => !literal.is(value),
            Comparison::Less => order() == Some(Ordering::Less),
            Comparison::LessOrEqual => matches!(order(), Some(Ordering::Less | Ordering::Equal)),
            Comparison::Greater => order() == Some(Ordering::Greater),
            Comparison::GreaterOrEqual => matches!(order(), Some(Ordering::Greater | Ordering::Equal)),
        }
    }

    /// The comparison with this sign or word.
    pub fn read(parser: &Parser<'_>) -> Option<Comparison> {
        Some(match parser.sign().or(parser.word()) {
            Some("==" | "eq") => Comparison::Equal,
            Some("!=" | "ne") => Comparison::Unequal,
            Some("<" | "lt") => Comparison::Less,
            Some("<=" | "le") => Comparison::LessOrEqual,
            Some(">" | "gt") => Comparison::Greater,
            Some(">=" | "ge") => Comparison::GreaterOrEqual,
            _ => return None,
        })
    }

    /// Whether one number stands so to another.
    pub fn of_numbers(self, one: f64, other: f64) -> bool {
        self.holds(&Value::Number(one), &Literal::Number(other))
    }
}

impl Literal {
    fn is(&self, value: &Value) -> bool {
        match self {
            Literal::Number(number) => as_number(value) == Some(*number),
            Literal::Text(text) => match value {
                Value::Text(own) => own == text,
                Value::Number(_) => value.to_string() == *text,
            },
            Literal::Network(network, prefix) => match value {
                Value::Text(own) => own.parse().is_ok_and(|ip| contains(*network, *prefix, ip)),
                Value::Number(_) => false,
            },
        }
    }
}

/// A value as a number, where it is one.
pub(super) fn as_number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Text(text) => number(text.trim()),
    }
}

fn contains(network: IpAddr, prefix: u8, ip: IpAddr) -> bool {
    let same = |one: u128, other: u128, bits: u32| {
        let shift = bits.saturating_sub(prefix.into());
        one.checked_shr(shift).unwrap_or(0) == other.checked_shr(shift).unwrap_or(0)
    };
    match (network, ip) {
        (IpAddr::V4(one), IpAddr::V4(other)) => same(one.to_bits().into(), other.to_bits().into(), 32),
        (IpAddr::V6(one), IpAddr::V6(other)) => same(one.to_bits(), other.to_bits(), 128),
        _ => false,
    }
}

/// Reads a filter for events of a kind.
pub(super) fn read(parser: &mut Parser<'_>, kind: Kind) -> Result<Filter, QueryError> {
    let mut parts = vec![all(parser, kind)?];
    while parser.take_word("or") || parser.take_sign("||") {
        parts.push(all(parser, kind)?);
    }
    Ok(one_or(parts, Filter::Any))
}

fn all(parser: &mut Parser<'_>, kind: Kind) -> Result<Filter, QueryError> {
    let mut parts = vec![negated(parser, kind)?];
    while parser.take_word("and") || parser.take_sign("&&") {
        parts.push(negated(parser, kind)?);
    }
    Ok(one_or(parts, Filter::All))
}

fn one_or(mut parts: Vec<Filter>, several: fn(Vec<Filter>) -> Filter) -> Filter {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            several(parts)
        }
        None => several(parts),
    }
}

fn negated(parser: &mut Parser<'_>, kind: Kind) -> Result<Filter, QueryError> {
    if parser.take_word("not") || parser.take_sign("!") {
        return parser.deeper(|parser| Ok(Filter::Not(Box::new(negated(parser, kind)?))));
    }
    if parser.take_sign("(") {
        let filter = parser.deeper(|parser| read(parser, kind))?;
        parser.expect_sign(")")?;
        return Ok(filter);
    }
    test(parser, kind)
}

fn test(parser: &mut Parser<'_>, kind: Kind) -> Result<Filter, QueryError> {
    let Some(word) = parser.word() else {
        return parser.fail(format!("a field's name is expected{}", parser.instead()));
    };
    let name = match Name::read(word, kind) {
        Ok(name) => name,
        Err(reason) => return parser.fail(reason),
    };
    parser.skip();
    Ok(Filter::Test(Test { name, check: check(parser)? }))
}

fn check(parser: &mut Parser<'_>) -> Result<Check, QueryError> {
    if let Some(comparison) = Comparison::read(parser) {
        parser.skip();
        let column = parser.column();
        let literal = literal(parser)?;
        let ordered = !matches!(comparison, Comparison::Equal | Comparison::Unequal);
        if ordered && !matches!(literal, Literal::Number(_)) {
            let reason = "only numbers are smaller or larger: use == or !=".to_owned();
            return Err(QueryError { column, reason });
        }
        return Ok(Check::Compare(comparison, literal));
    }
    if parser.take_word("contains") {
        return match parser.peek() {
            Some(TokenKind::Text(text)) => {
                let part = text.to_lowercase();
                parser.skip();
                Ok(Check::Contains(part))
            }
            _ => parser.fail(format!("words in double quotes are expected{}", parser.instead())),
        };
    }
    if parser.take_word("in") {
        parser.expect_sign("{")?;
        let mut values = vec![range(parser)?];
        while parser.take_sign(",") {
            values.push(range(parser)?);
        }
        parser.expect_sign("}")?;
        return Ok(Check::In(values));
    }
    if matches!(parser.word(), Some("matches")) {
        return parser.fail("patterns are not known here: use 'contains'");
    }
    if matches!(parser.peek(), Some(TokenKind::Text(_))) {
        return parser.fail("a comparison is expected before it: ==, !=, contains");
    }
    Ok(Check::Present)
}

/// A value of a set, or a range: `5..9`.
fn range(parser: &mut Parser<'_>) -> Result<(Literal, Option<Literal>), QueryError> {
    let ends = parser.word().and_then(|word| word.split_once("..")).map(|(a, b)| (number(a), number(b)));
    match ends {
        Some((Some(first), Some(last))) => {
            parser.skip();
            Ok((Literal::Number(first), Some(Literal::Number(last))))
        }
        Some(_) => parser.fail("a range has a number at each end, as in 5..9"),
        None => Ok((literal(parser)?, None)),
    }
}

fn literal(parser: &mut Parser<'_>) -> Result<Literal, QueryError> {
    if parser.take_sign("-") {
        return match literal(parser)? {
            Literal::Number(number) => Ok(Literal::Number(-number)),
            _ => parser.fail("a number is expected behind '-'"),
        };
    }
    let literal = match parser.peek() {
        Some(TokenKind::Text(text)) => Literal::Text(text.clone()),
        Some(TokenKind::Word(word)) => match value(word) {
            Some(value) => value,
            None => {
                let reason = format!("'{word}' is no number and no address: words stand in double quotes");
                return parser.fail(reason);
            }
        },
        _ => return parser.fail(format!("a value is expected{}", parser.instead())),
    };
    parser.skip();
    let Literal::Network(ip, full) = literal else { return Ok(literal) };
    // A network: `/24` right behind the address.
    if parser.joined(0) != Some(&TokenKind::Sign("/")) {
        return Ok(Literal::Network(ip, full));
    }
    let prefix = match parser.joined(1) {
        Some(TokenKind::Word(word)) => word.parse().ok().filter(|prefix| *prefix <= full),
        _ => None,
    };
    parser.skip();
    match prefix {
        Some(prefix) => {
            parser.skip();
            Ok(Literal::Network(ip, prefix))
        }
        None => parser.fail(format!("a prefix of 0 to {full} bits is expected")),
    }
}

/// What a word without quotes stands for.
fn value(word: &str) -> Option<Literal> {
    if let Some(number) = number(word) {
        return Some(Literal::Number(number));
    }
    if let Ok(ip) = word.parse::<IpAddr>() {
        return Some(Literal::Network(ip, if ip.is_ipv4() { 32 } else { 128 }));
    }
    match word {
        "true" => Some(Literal::Number(1.0)),
        "false" => Some(Literal::Number(0.0)),
        // Octets with colons: a hardware address.
        octets if octets.contains(':') && octets.split(':').all(is_octet) => {
            Some(Literal::Text(octets.to_lowercase()))
        }
        _ => None,
    }
}

fn is_octet(text: &str) -> bool {
    text.len() == 2 && text.chars().all(|c| c.is_ascii_hexdigit())
}
