//! Lessons: those that come with Layercast work, a teacher's own are read again, and a room shows
//! them.

mod common;

use common::*;
use layercast::lesson::Checked;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/lessons");

/// A folder that is there as long as the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("layercast-lessons-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder can be made");
        Folder(path)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).expect("a file can be written");
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("a path of letters")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

const LESSON: &str = r#"+++
title = "Mine"
number = 50
minutes = 5
goal = "See a packet."
before = "Nothing."
scenario = "classroom"
seed = 3
length = "2s"
+++

Hello.

## The first picture is there

```stop
until = 'arrives Client with the marker bit'
show = "Client 4 up"
```

All its packets have come.

```question
ask = "How many?"
answer = 'count(message of the same picture) - 1'
choices = [
  { value = "10", why = "Right." },
  { value = "1", why = "Too few." },
]
explain = "Look."
```

## It is shown

```stop
until = 'picture'
```

There it is.
"#;

/// Every shipped lesson can be read, its run is simulated, its stops follow one another, each
/// question has exactly one right choice, and the languages agree.
#[test]
fn every_shipped_lesson_works() {
    let checked = Checked::of(Some(Path::new(SHIPPED)));
    assert_eq!(checked.problems.iter().map(ToString::to_string).collect::<Vec<_>>(), [""; 0]);
    assert!(!checked.good.is_empty());
    let mut languages: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (lesson, run) in &checked.good {
        languages.entry(&lesson.id).or_default().push(&lesson.language);
        assert_eq!(run.stops.len(), lesson.stops.len(), "{}", lesson.file);
        assert!(run.stops.is_sorted_by_key(|stop| stop.at.t.0), "{}", lesson.file);
        for (stop, answer) in lesson.stops.iter().zip(&run.answers) {
            assert_eq!(stop.question.is_some(), answer.is_some(), "{}: {}", lesson.file, stop.title);
        }
    }
    for (lesson, languages) in languages {
        assert!(languages.contains(&"en"), "{lesson} is there in {languages:?}");
    }
}

#[test]
fn the_command_tells_what_is_wrong_and_where() {
    let folder = Folder::new("check");
    folder.write("50-mine.en.md", LESSON);
    let good = run(&["lessons", "check", folder.path(), "--stops"]);
    let said = String::from_utf8_lossy(&good.stdout);
    assert!(good.status.success(), "{said}");
    assert!(said.contains("50-mine.en.md: good: 2 stops, 1 questions, 4 clicks"), "{said}");
    assert!(said.contains("(Client, layer 4)  answer: 10"), "{said}");

    folder.write("51-bad.en.md", &LESSON.replace("arrives Client", "arrives Klient"));
    folder.write("52-never.en.md", &LESSON.replace("until = 'picture'", "until = 'drop'"));
    folder.write("53-wrong.en.md", &LESSON.replace("value = \"10\"", "value = \"9\""));
    folder.write("54-two.en.md", &LESSON.replace("value = \"1\"", "value = \"10.0\""));
    folder.write("50-mine.de.md", &LESSON.replace("Client 4 up", "Client 3 up"));
    folder.write("README.md", "# No lesson\n");
    let bad = run(&["lessons", "check", folder.path()]);
    let said = String::from_utf8_lossy(&bad.stdout);
    assert_eq!(bad.status.code(), Some(1), "{said}");
    for says in [
        "50-mine.de.md:17: this stop is not as in 50-mine.en.md",
        "51-bad.en.md:17: until, column 9: there is no device 'Klient'; is 'Client' meant?",
        "52-never.en.md:36: until: this does not happen in the run behind stop 1",
        "53-wrong.en.md:25: answer: the run says 10, and no choice has this value",
        "54-two.en.md:25: answer: the run says 10, and more than one choice has this value",
    ] {
        assert!(said.lines().any(|line| line == says), "{says}\n{said}");
    }
    assert!(!said.contains("README"), "{said}");
    assert_eq!(run(&["lessons", "check", "/no/such/folder"]).status.code(), Some(2));
    let list = run(&["lessons", "list", "--lessons", folder.path()]);
    assert!(String::from_utf8_lossy(&list.stdout).contains("50-mine.en  Mine"));
}

#[tokio::test]
async fn a_teachers_folder_is_read_again_and_a_lesson_becomes_the_rooms_run() {
    let folder = Folder::new("serve");
    folder.write("50-mine.en.md", LESSON);
    let server = Layercast::start(&["--lessons", folder.path()]);
    let mut page = server.open().await;
    let hello = page.until_type("hello").await;
    assert!(hello["run"].get("lesson").is_none());
    let lessons = page.ask(1, json!({"kind": "lessons"})).await;
    assert_eq!(lessons["type"], "lessons");
    assert!(card(&lessons, "50-mine").is_some(), "{lessons}");
    assert_eq!(lessons["bad"], json!([]));
    assert!(card(&lessons, "01-one-message").is_some(), "the program's own are there, too");

    // The teacher saves the file with a mistake, and then without.
    folder.write("51-bad.en.md", "no lesson");
    tokio::time::sleep(std::time::Duration::from_millis(600)).await;
    let lessons = page.ask(2, json!({"kind": "lessons"})).await;
    assert_eq!(lessons["bad"][0]["file"], "51-bad.en.md", "{lessons}");
    assert_eq!(lessons["bad"][0]["line"], 1);
    assert!(card(&lessons, "50-mine").is_some());

    let lesson = page.ask(3, json!({"kind": "lesson", "lesson": "50-mine", "language": "fr"})).await;
    assert_eq!(lesson["lesson"]["card"]["language"], "en");
    assert_eq!(lesson["lesson"]["stops"][0]["question"]["choices"][0]["text"][0]["text"], "10");
    assert!(!lesson.to_string().contains("count("), "the page does not get the answer's way: {lesson}");
    let none = page.ask(4, json!({"kind": "lesson", "lesson": "nothing", "language": "en"})).await;
    assert_eq!(none["outcome"]["kind"], "refused");

    let refused = page.order(5, json!({"kind": "begin", "lesson": "nothing"})).await;
    assert_eq!(refused["kind"], "refused", "{refused}");
    let begun = page.order(6, json!({"kind": "begin", "lesson": "50-mine"})).await;
    assert_eq!(begun["kind"], "begun", "{begun}");
    let hello = page.until_type("hello").await;
    let run = &hello["run"]["lesson"];
    assert_eq!((&run["lesson"], &hello["run"]["seed"]), (&json!("50-mine"), &json!("3")));
    assert_eq!(run["stops"][0]["layer"], 4);
    assert_eq!(run["stops"][0]["direction"], "up");
    assert_eq!(run["answers"], json!([{"right": 0, "value": "10"}, null]));
    assert_eq!(hello["now"], 2_000_000_000u64, "it is simulated ahead, and stands there");

    // The stop's place is what a search finds, and the time of the layers that it went up through.
    let found = page.ask(7, json!({"kind": "find", "until": "arrives Client with the marker bit"})).await;
    let delay = hello["topology"]["nodes"][0]["layerDelay"].as_u64().expect("a time");
    assert_eq!(run["stops"][0]["t"].as_u64(), found["found"]["t"].as_u64().map(|t| t + 4 * delay));
    assert_eq!(found["found"]["frame"], run["stops"][0]["frame"]);
}

fn card<'a>(lessons: &'a Value, id: &str) -> Option<&'a Value> {
    lessons["lessons"].as_array()?.iter().find(|card| card["id"] == id)
}

#[tokio::test]
async fn events_are_searched_for_in_both_directions_and_waited_for() {
    let server = Layercast::start(&["--scenario", "classroom-loss", "--seed", "1"]);
    let mut page = server.open().await;
    page.until_type("hello").await;
    page.order(1, json!({"kind": "pace", "pace": {"kind": "frozen"}})).await;
    let until = "picture with missing parts";
    let done = page.order(2, json!({"kind": "advance", "to": {"kind": "find", "until": until}})).await;
    assert_eq!(done["kind"], "done", "{done}");
    page.say(r#"{"type":"resync"}"#).await;
    let now = page.until_type("hello").await["now"].as_u64().expect("a time");
    let found = page.ask(3, json!({"kind": "find", "until": until, "backwards": true})).await;
    assert_eq!(found["found"]["t"].as_u64(), Some(now), "the world stands at the event: {found}");
    assert_eq!(found["found"]["event"], "picture");
    assert!(found["found"]["picture"].is_u64(), "{found}");

    let back = json!({"kind": "find", "until": "drop", "backwards": true});
    let last = page.ask(4, back).await;
    let at = last["found"]["t"].as_u64().expect("something was dropped");
    assert!(at < now && last["found"]["frame"].is_u64() && last["found"]["node"].is_u64(), "{last}");
    let none = page.ask(5, json!({"kind": "find", "until": "drop", "from": at})).await;
    assert_eq!((&none["type"], &none["found"]), (&json!("found"), &Value::Null));

    for (until, says) in
        [("drop where", "Column 11: a field's name is expected."), ("drop of the same frame", "found before")]
    {
        let refused = page.ask(6, json!({"kind": "find", "until": until})).await;
        assert!(
            refused["outcome"]["reason"].as_str().is_some_and(|reason| reason.contains(says)),
            "{refused}"
        );
    }
    // A page that does not wait has an answer to each question all the same.
    for id in 100..120 {
        let get = json!({"kind": "find", "until": "leaves where rtp.seq == 1 and rtp.marker == 1"});
        page.say(json!({"type": "get", "id": id, "get": get}).to_string()).await;
    }
    let (mut answered, mut refused) = (0, 0);
    while answered + refused < 20 {
        let answer = page.until(|text| text["id"].as_u64().is_some_and(|id| (100..120).contains(&id))).await;
        match answer["type"].as_str() {
            Some("found") => answered += 1,
            _ => {
                assert_eq!(answer["outcome"]["reason"], "Your last search is still running.");
                refused += 1;
            }
        }
    }
    assert!(answered > 0, "{refused} were refused");

    let never = json!({"kind": "advance", "to": {"kind": "find", "until": "message where rtsp.method == \"RECORD\""}});
    let refused = page.order(7, never).await;
    assert!(
        refused["reason"].as_str().is_some_and(|reason| reason.contains("did not happen within 10")),
        "{refused}"
    );
}
