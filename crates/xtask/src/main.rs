//! The project's own chores, without any shell: `cargo xtask run`, `build`, `test`, `peers`,
//! `bench`, `screenshots` and `reader`.
//!
//! | module | what it does |
//! |---|---|
//! | [`product`] | builds the page with npm and the program with cargo, and starts it |
//! | [`programs`] | finds npm, cargo and the browser |
//! | [`peers`] | the programs that tests talk to: installs what it may, tells versions |
//! | [`process`] | runs a program within a time, and reads what it prints |
//! | [`suite`] | every test there is, one after another |
//! | [`bench`] | figures on request |
//! | [`walks`] | lessons walked through in a browser: their pictures, and what a screen reader says |
//! | [`tally`] | how many passed and failed, read from each runner's own report |
#![deny(missing_docs)]

mod bench;
mod peers;
mod process;
mod product;
mod programs;
mod suite;
mod tally;
mod walks;

use std::process::ExitCode;

const HELP: &str = "\
Chores of the Layercast project.

  cargo xtask run [ARGUMENTS]   build page and program, then start it: layercast ARGUMENTS
  cargo xtask build             build page and program: target/release/layercast
  cargo xtask test              run every test; the last line counts them
  cargo xtask peers             install the programs that tests talk to; print their versions
  cargo xtask bench             measure speed and memory, some minutes; judges nothing
  cargo xtask screenshots [--lesson ID] [--language en|de] [--out FOLDER]
                                make the pictures of the lessons' key steps: docs/screenshots
  cargo xtask reader [ID]...    walk lessons by keyboard; print what a screen reader is told

`cargo xtask run --help` shows what layercast itself understands.";

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let task = arguments.next();
    let rest: Vec<_> = arguments.collect();
    let done = match task.as_ref().and_then(|task| task.to_str()) {
        Some("run") => product::run(rest.strip_prefix(&["--".into()]).unwrap_or(&rest)),
        Some("build") if rest.is_empty() => product::build().map(|program| {
            println!("Built {}", program.display());
            ExitCode::SUCCESS
        }),
        Some("test") if rest.is_empty() => suite::run(),
        Some("peers") if rest.is_empty() => peers::list(),
        Some("bench") if rest.is_empty() => bench::run(),
        Some("screenshots") => walks::screenshots(&rest),
        Some("reader") => walks::reader(&rest),
        None | Some("help" | "--help" | "-h") => {
            println!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        _ => {
            eprintln!("{HELP}");
            Ok(ExitCode::from(2))
        }
    };
    done.unwrap_or_else(|error| {
        eprintln!("xtask: {error:#}");
        ExitCode::FAILURE
    })
}
