//! The `layercast` program.

use clap::Parser;
use layercast::cli::{Cli, Lessons, Task};
use layercast::fault::{EXIT_CODE, Fault};
use layercast::{dissect, lesson, run, serve, tail};
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Some(Task::Run(options)) => run::run(&options),
        Some(Task::Serve(options)) => serve::serve(&options),
        Some(Task::Tail(options)) => tail::tail(&options),
        Some(Task::Dissect(options)) => dissect::dissect(&options),
        Some(Task::Lessons(Lessons::Check { path, stops })) => lesson::check(path.as_deref(), stops),
        Some(Task::Lessons(Lessons::List { lessons })) => lesson::list(lessons),
        None => serve::serve(&cli.serve),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("layercast: {error:#}");
            if error.is::<Fault>() { ExitCode::from(EXIT_CODE) } else { ExitCode::FAILURE }
        }
    }
}
