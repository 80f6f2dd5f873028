//! The fuzz targets on stable: the kept corpus, and mutations of it by a seeded generator. How
//! many is fixed, so that a slow machine takes longer and finds the same;
//! `LAYERCAST_FUZZ=N` makes it N times as many.

mod mutate;
mod seeds;
#[path = "../../fuzz/src/mod.rs"]
mod targets;

use mutate::Mutator;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// Octets that a mutated input has at most.
const MAX_INPUT: usize = 8 * 1024;

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target)
}

/// The kept inputs of a target, in the order of their names.
fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let files = fs::read_dir(folder(target)).expect("every target has a corpus");
    let mut paths: Vec<PathBuf> = files.map(|file| file.expect("a folder that can be read").path()).collect();
    paths.sort();
    let read = |path: &PathBuf| fs::read(path).expect("a file that can be read");
    paths.iter().map(|path| (path.display().to_string(), read(path))).collect()
}

/// Runs a target, and says which input it was when it fails.
fn run(target: &str, input: &[u8], whence: &str) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| targets::run(target, input))) {
        let hex: String = input.iter().map(|octet| format!("{octet:02x}")).collect();
        println!("{target}: found by {whence}: {hex}");
        std::panic::resume_unwind(panic);
    }
}

/// The corpus, then `count` mutations of it.
fn fuzz(target: &str, count: usize) {
    let corpus = corpus(target);
    assert!(!corpus.is_empty());
    for (name, input) in &corpus {
        run(target, input, name);
    }
    let times = std::env::var("LAYERCAST_FUZZ").ok().and_then(|text| text.parse().ok()).unwrap_or(1usize);
    let mut mutator = Mutator::new(target);
    for number in 0..count * times {
        let input = mutator.next(&corpus);
        run(target, &input, &format!("mutation {number}"));
    }
}

macro_rules! targets {
    ($($name:ident: $count:expr;)*) => {
        $(#[test]
        fn $name() {
            fuzz(stringify!($name), $count);
        })*

        #[test]
        fn every_target_is_run() {
            let run = [$(stringify!($name)),*];
            assert_eq!(targets::TARGETS.map(|(name, _)| name), run);
        }
    };
}

targets! {
    rtsp_reader: 40_000;
    lab_reader: 40_000;
    headers: 200_000;
    sdp: 60_000;
    rtp: 60_000;
    jpeg: 60_000;
    rtcp: 200_000;
    receiver: 40_000;
    frames: 60_000;
    conversation: 20_000;
    capture: 20_000;
    server: 12_000;
    client: 40_000;
}

/// The corpus' seeds come from our own engines; `UPDATE=1` writes them anew. What the engines
/// say today is tried, too. Findings are kept beside the seeds, under other names.
#[test]
fn what_our_own_engines_say_passes() {
    let update = std::env::var_os("UPDATE").is_some();
    for (target, inputs) in seeds::all() {
        for (number, input) in inputs.iter().enumerate() {
            let name = format!("seed-{number:02}");
            run(target, input, &name);
            if update {
                fs::create_dir_all(folder(target)).expect("a folder");
                fs::write(folder(target).join(name), input).expect("a file");
            }
        }
    }
}

#[test]
fn inputs_stay_small() {
    for (target, _) in targets::TARGETS {
        for (name, input) in corpus(target) {
            assert!(input.len() <= MAX_INPUT, "{name} has {} octets", input.len());
        }
    }
}
