//! Lessons walked through in a browser, on request only: what they look like, and what a
//! screen reader says of them.

use crate::process;
use crate::product;
use crate::programs::{chromium, root};
use anyhow::{Context, Result};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// Makes the pictures of the lessons' key steps in `docs/screenshots`, and the page that
/// shows them.
pub fn screenshots(arguments: &[OsString]) -> Result<ExitCode> {
    walk("shots.mjs", arguments)
}

/// Walks a lesson by keyboard alone, and writes down what a screen reader is told.
pub fn reader(arguments: &[OsString]) -> Result<ExitCode> {
    walk("reader.mjs", arguments)
}

/// Runs a script of `web/test/shots` with the program, which is built unless
/// `LAYERCAST_BIN` names one.
fn walk(script: &str, arguments: &[OsString]) -> Result<ExitCode> {
    let here = std::env::current_dir().context("the folder of this command")?;
    let program = match std::env::var_os("LAYERCAST_BIN") {
        Some(named) => {
            product::packages()?;
            here.join(PathBuf::from(named))
        }
        None => root().join(product::build()?),
    };
    let chromium = chromium().context("no Chromium or Chrome was found; CHROMIUM can name one")?;
    let mut node = Command::new("node");
    node.current_dir(root().join("web")).arg(format!("test/shots/{script}")).args(arguments);
    // Folders in the arguments are meant from here.
    node.env("INIT_CWD", here).env("CHROMIUM", chromium).env("LAYERCAST_BIN", program);
    process::must(&mut node)?;
    Ok(ExitCode::SUCCESS)
}
