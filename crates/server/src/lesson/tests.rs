//! Lesson files: what is read, and what is wrong with them, line by line.

use super::*;
use crate::wire::TextStyle;
use simulator::Scenario;

fn builtin(name: &str) -> Result<Scenario, String> {
    Scenario::builtin(name).ok_or_else(|| format!("there is no network '{name}'"))
}

/// A lesson with which nothing is wrong; line numbers below are its.
const GOOD: &str = r#"+++
title = "One message"
number = 1
minutes = 10
goal = "Say what each layer adds."
before = "Nothing."
scenario = "classroom"
length = "2s"
script = [
  { at = "1s", request = "PAUSE" },
]
+++

The *player* asks. **Look**, [here](https://example.org).

> Ask first.

## The question

```stop
until = 'message where rtsp.method == "OPTIONS"'
show = "Client 7 down"
tab = "details"
view = "valley"
lens = 4
field = "rtsp.method"
```

A caption with `code`.

More words.

1. one
2. two

> A note.

```question
ask = "How long is it?"
answer = 'message.len'
choices = [
  { value = "84", why = "Right." },
  { value = "1518", text = "*Very* long", why = "No." },
]
explain = "It is text."
```

## It arrives

```stop
until = 'delivered of the same message'
```

The server has it.
"#;

#[test]
fn a_lesson_is_read_with_all_its_parts() {
    let lesson = read("01-one.en.md", GOOD, builtin).unwrap();
    assert_eq!((&*lesson.id, &*lesson.language, lesson.plan.seed), ("01-one", "en", 1));
    assert_eq!((lesson.front.number, lesson.front.minutes, lesson.clicks()), (1, 10, 4));
    let crate::wire::TextBlock::Paragraph { runs } = &lesson.introduction[0] else { panic!("no paragraph") };
    let looks: Vec<_> = runs.iter().map(|run| (&*run.text, run.style)).collect();
    assert_eq!(
        looks[..4],
        [
            ("The ", TextStyle::Plain),
            ("player", TextStyle::Emphasis),
            (" asks. ", TextStyle::Plain),
            ("Look", TextStyle::Strong),
        ]
    );
    assert_eq!(runs[5].link.as_deref(), Some("https://example.org"));
    assert_eq!(lesson.notes.len(), 1);
    let stop = &lesson.stops[0];
    assert_eq!((&*stop.title, stop.line, stop.lens), ("The question", 21, Some(4)));
    assert_eq!(stop.show.as_ref().map(|show| (&*show.name, show.layer)), Some(("Client", 7)));
    assert_eq!(
        (prose::plain(&stop.caption), stop.more.len(), stop.notes.len()),
        ("A caption with code.".into(), 2, 1)
    );
    let question = stop.question.as_ref().unwrap();
    assert_eq!(prose::plain(&question.choices[0].text), "84");
    assert_eq!(prose::plain(&question.choices[1].text), "Very long");
    assert!(lesson.stops[1].query.refers_back());
    // What a page is told has no answer in it.
    let told = serde_json::to_string(&lesson.told(vec!["en".into()])).unwrap();
    assert!(!told.contains("message.len") && told.contains("Very"), "{told}");
}

/// The good lesson with one piece of text changed: where that is wrong, and what is said.
#[test]
fn what_is_wrong_is_named_with_its_line() {
    for (from, to, line, says) in [
        ("+++\ntitle", "title", 1, "begins with a line +++"),
        ("]\n+++", "]\n", 1, "the line +++ behind"),
        ("title = \"One message\"", "titel = \"One message\"", 2, "has no 'titel': there are title, number,"),
        ("title = \"One message\"\n", "", 2, "title is missing in the front matter"),
        ("title = \"One message\"", "title = 5", 2, "title must be a text in quotes, not a number"),
        ("title = \"One message\"", "title = \"\"", 2, "title has 0 characters: 1 to 80 are possible"),
        ("number = 1", "number = 0", 3, "number must be a whole number from 1 to 999"),
        ("minutes = 10", "minutes = 46", 4, "minutes must be a whole number from 1 to 45"),
        ("minutes = 10", "minutes 10", 4, "the front matter: "),
        ("scenario = \"classroom\"", "scenario = \"nowhere\"", 7, "there is no network 'nowhere'"),
        ("length = \"2s\"", "length = \"2h\"", 8, "is no time in a run"),
        ("length = \"2s\"", "length = \"10ms\"", 8, "a run of 1 s at least"),
        ("request = \"PAUSE\"", "request = \"STOP\"", 10, "a player sends no 'STOP'"),
        ("at = \"1s\"", "at = \"3s\"", 2, "behind the end of the run"),
        ("request = \"PAUSE\"", "request = PAUSE", 10, ""),
        (
            "[here](https://example.org)",
            "[here](javascript:alert(1))",
            14,
            "a link leads to https:// or http://",
        ),
        ("[here](https://example.org)", "![a](https://example.org/a.png)", 14, "there are no pictures"),
        ("**Look**", "<b>Look</b>", 14, "there is no HTML"),
        ("> Ask first.", "<script>alert(1)</script>", 16, "there is no HTML"),
        ("> Ask first.", "> > Ask first.", 16, "notes have no notes in them"),
        ("> Ask first.", "| a | b |\n|---|---|\n| 1 | 2 |", 16, "there are no tables"),
        ("> Ask first.", "# Ask first", 16, "the title stands in the front matter"),
        ("> Ask first.", "```stop\n```", 16, "a stop block stands below a ## title"),
        ("> Ask first.", "- a\n  - b", 17, "a list has no lists in it"),
        (
            "## The question\n\n```stop",
            "## The question\n\n```toml",
            18,
            "a stop block is missing below this title",
        ),
        (
            "until = 'message where rtsp.method",
            "until = 'message where rtsp.metod",
            21,
            "until, column 15: there is no field 'rtsp.metod'; is 'rtsp.method' meant?",
        ),
        (
            "until = 'message where rtsp.method == \"OPTIONS\"'",
            "until = '''\nmessage\nwhere rtp.x'''",
            23,
            "until, column 7: there is no field 'rtp.x'",
        ),
        (
            "until = 'message where rtsp.method == \"OPTIONS\"'",
            "until = 'drop of the same message'",
            21,
            "the first stop has nothing before it",
        ),
        ("until = 'message where rtsp.method == \"OPTIONS\"'\n", "", 21, "until is missing in a stop"),
        ("show = \"Client 7 down\"", "show = \"Client down\"", 22, "show names a device, a layer"),
        ("show = \"Client 7 down\"", "show = \"SW1 3 up\"", 22, "SW1 has layers 1 to 2 only"),
        ("show = \"Client 7 down\"", "show = \"Klient 7 down\"", 22, "there is no device 'Klient'"),
        ("tab = \"details\"", "tab = \"detail\"", 23, "tab cannot be 'detail': there are remote, receiver,"),
        ("lens = 4", "lens = 8", 25, "lens must be a whole number from 0 to 7"),
        ("field = \"rtsp.method\"", "field = \"rtsp.metod\"", 26, "is 'rtsp.method' meant?"),
        ("field = \"rtsp.method\"", "colour = \"red\"", 26, "a stop has no 'colour'"),
        ("A caption with `code`.", "- a list", 29, "must be a paragraph"),
        (
            "answer = 'message.len'",
            "answer = 'messag.len'",
            40,
            "answer, column 1: there is no field 'messag.len'; is 'message.len' meant?",
        ),
        (
            "answer = 'message.len'",
            "answer = 'picture.missing'",
            40,
            "'picture.missing' is not known of 'message'",
        ),
        ("{ value = \"84\", why = \"Right.\" },\n", "", 41, "there are 1 choices: 2 to 6 are possible"),
        ("value = \"84\"", "value = \"1518\"", 43, "two choices have the value '1518'"),
        ("value = \"84\"", "value = 84", 42, "value must be a text in quotes, not a number"),
        ("why = \"Right.\"", "because = \"Right.\"", 42, "why is missing in a choice"),
        ("ask = \"How long is it?\"\n", "", 39, "ask is missing in a question"),
        ("explain = \"It is text.\"", "explain = \"<i>It</i>\"", 45, "there is no HTML"),
        ("The server has it.\n", "", 48, "a caption is missing below this title"),
        (
            "```stop\nuntil = 'delivered",
            "```stop\n```\n\n```stop\nuntil = 'delivered",
            53,
            "more than one stop block",
        ),
    ] {
        assert!(GOOD.contains(from), "{from}");
        let text = GOOD.replacen(from, to, 1);
        let problems = read("01-one.en.md", &text, builtin).expect_err(to);
        let found =
            problems.iter().find(|problem| problem.line == Some(line) && problem.reason.contains(says));
        assert!(found.is_some(), "{to}: wanted line {line}: {says}, found {problems:#?}");
    }
    let long = GOOD.replace("A caption with `code`.", &"a".repeat(MAX_CAPTION + 1));
    let problems = read("01-one.en.md", &long, builtin).unwrap_err();
    assert_eq!(problems[0].to_string(), "01-one.en.md:29: the caption has 161 characters: 160 are possible");
}

#[test]
fn everything_that_is_wrong_is_named_at_once() {
    let text = GOOD
        .replace("minutes = 10", "minutes = \"ten\"")
        .replace("lens = 4", "lens = 9")
        .replace("message.len", "message.length")
        .replace("**Look**", "<b>Look</b>")
        .replace("delivered of the same message", "delivered of the same massage");
    let problems = read("01-one.en.md", &text, builtin).unwrap_err();
    let lines: Vec<_> = problems.iter().filter_map(|problem| problem.line).collect();
    for line in [4, 14, 25, 51] {
        assert!(lines.contains(&line), "line {line} of {problems:#?}");
    }
}

#[test]
fn limits_are_kept() {
    let file = |name: &str| read(name, GOOD, builtin).map(|lesson| lesson.id);
    for name in ["one.md", "One.en.md", "a b.en.md", "one.english.md", "one.e1.md", ".en.md", "one.en.txt"] {
        assert!(file(name).is_err(), "{name}");
    }
    let huge = GOOD.replace("More words.", &"word ".repeat(MAX_FILE / 5));
    assert!(read("a.en.md", &huge, builtin).unwrap_err()[0].reason.contains("65536 are possible"));
    let stop = "\n## Again\n\n```stop\nuntil = 'drop'\n```\n\nWords.\n";
    let clicked = format!("{GOOD}{}", stop.repeat(37));
    let problems = read("a.en.md", &clicked, builtin).unwrap_err();
    assert!(problems[0].reason.contains("41 clicks"), "{problems:?}");
    let many = format!("{GOOD}{}", stop.repeat(MAX_STOPS));
    assert!(read("a.en.md", &many, builtin).unwrap_err()[0].reason.contains("there are 42 stops"), "{many}");
    assert!(read("a.en.md", &format!("{GOOD}{}", stop.repeat(36)), builtin).is_ok());
}

#[test]
fn nothing_that_is_left_out_of_a_good_file_breaks_the_reader() {
    // Every prefix, and every file with one line gone.
    for (at, _) in GOOD.char_indices().step_by(3) {
        drop(read("a.en.md", &GOOD[..at], builtin));
    }
    let lines: Vec<_> = GOOD.lines().collect();
    for gone in 0..lines.len() {
        let rest: Vec<_> =
            lines.iter().enumerate().filter(|(place, _)| *place != gone).map(|(_, line)| *line).collect();
        if let Err(problems) = read("a.en.md", &rest.join("\n"), builtin) {
            assert!(!problems.is_empty(), "without line {}", gone + 1);
        }
    }
}

#[test]
fn nothing_that_is_mixed_up_breaks_the_reader() {
    // The same each time: pieces of a good file in an order of the dice.
    let mut dice = protocol::random::Dice::new(5, "lessons");
    let mut pieces: Vec<&str> = GOOD.split_inclusive(['\n', '"', '\'', ' ', '`']).collect();
    pieces.extend([
        "<b>",
        "![",
        "](",
        "> ",
        "- ",
        "|",
        "+++\n",
        "```stop\n",
        "## ",
        "\u{0}",
        "é",
        "[^1]",
        "&amp;",
        "$$",
    ]);
    for _ in 0..3_000 {
        let length = dice.u64() % 60;
        let body: String = (0..length).map(|_| pieces[dice.u64() as usize % pieces.len()]).collect();
        let front = GOOD.split_once("+++\n\n").map(|(front, _)| front).unwrap();
        for text in [body.clone(), format!("{front}+++\n\n{body}")] {
            match read("a.en.md", &text, builtin) {
                Ok(lesson) => assert!(!lesson.stops.is_empty()),
                Err(problems) => {
                    let last = text.lines().count() + 1;
                    assert!(
                        problems.iter().all(|one| one.line.is_none_or(|line| (1..=last).contains(&line)))
                    );
                }
            }
        }
    }
    for deep in ["> ", "- ", "*", "[", "![", "<b>", "`", "# ", "1. "] {
        drop(read("a.en.md", &GOOD.replace("> Ask first.", &deep.repeat(20_000)), builtin));
    }
}

#[test]
fn a_class_names_lessons_and_what_is_wrong_with_it() {
    let good = "title = { en = \"One\", de = \"Eins\" }\nlessons = [\"01-one\", \"02-two\"]\n";
    let class = Class::read("first.class.toml", good).unwrap();
    assert_eq!((&*class.id, class.title["de"].as_str(), class.lessons.len()), ("first", "Eins", 2));
    for (text, line, says) in [
        ("lessons = [\"a\"]", 1, "title is missing"),
        ("title = { en = \"A\" }", 1, "lessons are missing"),
        ("title = \"A\"\nlessons = [\"a\"]", 1, "title must be a table"),
        ("title = { en = \"A\" }\nlessons = [\"a\", 5]", 2, "lessons has texts in quotes, not a number"),
        ("title = { en = \"A\" }\nlessons = []", 2, "1 to 12 lessons"),
        ("title = { en = \"A\" }\nlesson = [\"a\"]", 2, "a class has no 'lesson'"),
    ] {
        let problems = Class::read("a.class.toml", text).unwrap_err();
        let found = problems.iter().any(|one| one.line == Some(line) && one.reason.contains(says));
        assert!(found, "{text}: {problems:?}");
    }
}
