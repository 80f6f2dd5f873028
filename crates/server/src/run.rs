//! `layercast run`: the same world without a page, as fast as it goes.

use crate::cli::Run;
use crate::fault::Fault;
use crate::{start, users};
use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use protocol::time::{Epoch, SimTime};
use simulator::capture::{Capture, Scope};
use simulator::script::{Script, Scripted};
use simulator::{LinkId, NodeId, World, WorldOptions};
use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

/// How much simulated time lies between two looks at the progress bar.
const SLICE: Duration = Duration::from_millis(100);

/// Simulates, and writes the capture.
///
/// # Errors
/// A [`Fault`] when the options cannot be followed; anything else when writing fails.
pub fn run(options: &Run) -> anyhow::Result<()> {
    if options.source.is_some() {
        let reason = "`layercast run` is faster than real time, so no real server can take part; \
                      use `layercast serve --source URL`";
        return Err(Fault::Source { reason: reason.to_owned() }.into());
    }
    let scenario = start::scenario(&options.world)?;
    let script = match &options.script {
        Some(path) => start::script(path, &scenario, options.duration)?,
        None => Script::default(),
    };
    let offer = start::offer(&options.world)?;
    for note in &offer.notes {
        eprintln!("Note: {note}");
    }
    let world = World::new(
        &scenario,
        offer.catalogue,
        WorldOptions {
            seed: options.world.seed,
            epoch: Epoch::FIXED,
            // Nothing is let go while it runs: the capture holds the whole run.
            history: options.duration + SLICE,
            gateways: 0,
            session_timeout: options.world.session_timeout,
            close_policy: options.world.close_policy(),
            access: users::access(&options.world.users, false)?,
            ..WorldOptions::default()
        },
    )
    .context("the scenario makes no world")?;
    let scope = scope(&world, options)?;
    // Before the work, so that a file that cannot be written is known at once.
    let file = options.pcapng.as_deref().map(create).transpose()?;

    let begin = Instant::now();
    let mut run = Scripted::new(world, script);
    let written = simulate(&mut run, options.duration, file.map(|file| (scope, file)))?;
    let took = begin.elapsed();
    let tape = run.world().tape();
    eprintln!(
        "Simulated {:.3} s in {:.3} s ({:.0} times real time): {} messages, {} frames, {} hops.",
        options.duration.as_secs_f64(),
        took.as_secs_f64(),
        options.duration.as_secs_f64() / took.as_secs_f64().max(1e-9),
        tape.messages().end(),
        tape.frames().end(),
        tape.hops().end(),
    );
    if let (Some(written), Some(path)) = (written, &options.pcapng) {
        let of = match &options.host {
            Some(host) => format!("host {host}"),
            None if options.link == ALL => "all links".to_owned(),
            None => format!("link {}", options.link),
        };
        eprintln!("Wrote {written} frames of {of} to {}.", path.display());
    }
    Ok(())
}

/// Runs the world, with a bar where somebody sees it, and captures what links carry.
/// Answers how many frames were captured.
fn simulate(
    run: &mut Scripted,
    duration: Duration,
    capture: Option<(Scope, BufWriter<File>)>,
) -> anyhow::Result<Option<u64>> {
    const FAILED: &str = "cannot write the capture";
    let mut capture =
        capture.map(|(scope, file)| Capture::new(run.world(), scope, file)).transpose().context(FAILED)?;
    let bar = if std::io::stderr().is_terminal() {
        ProgressBar::new(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
    } else {
        ProgressBar::hidden()
    };
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {percent} %  {eta} left") {
        bar.set_style(style);
    }
    let end = SimTime::ZERO + duration;
    while run.world().now() < end {
        let next = (run.world().now() + SLICE).min(end);
        run.advance(next).map_err(|error| Fault::Script { reason: error.to_string() })?;
        if let Some(capture) = &mut capture {
            capture.update(run.world()).context(FAILED)?;
        }
        let now = run.world().now().since(SimTime::ZERO);
        bar.set_position(u64::try_from(now.as_millis()).unwrap_or(u64::MAX));
    }
    bar.finish_and_clear();
    let Some(capture) = capture else { return Ok(None) };
    let (mut file, frames) = capture.finish(run.world()).context(FAILED)?;
    file.flush().context(FAILED)?;
    Ok(Some(frames))
}

/// What `--link` calls every cable.
const ALL: &str = "all";

/// What is to be captured.
fn scope(world: &World, options: &Run) -> Result<Scope, Fault> {
    let Some(host) = &options.host else {
        let all = options.link == ALL && world.link_named(ALL).is_none();
        return if all { Ok(Scope::All) } else { link(world, &options.link).map(Scope::Link) };
    };
    let found = world.nodes().iter().position(|node| node.name.eq_ignore_ascii_case(host));
    match found {
        Some(place) => Ok(Scope::Node(NodeId(place as u32))),
        None => Err(Fault::NoHost {
            name: host.clone(),
            known: world.nodes().iter().map(|node| &*node.name).collect::<Vec<_>>().join(", "),
        }),
    }
}

/// The link with this name. The client's own has the name `client` in every scenario.
fn link(world: &World, name: &str) -> Result<LinkId, Fault> {
    let by_name = world.link_named(name);
    let found = if name == "client" { by_name.or_else(|| world.client_link()) } else { by_name };
    found.ok_or_else(|| Fault::NoLink {
        option: "--link",
        name: name.into(),
        known: world.links().iter().map(|link| &*link.name).collect::<Vec<_>>().join(", "),
    })
}

fn create(path: &Path) -> Result<BufWriter<File>, Fault> {
    let file = File::create(path);
    file.map(BufWriter::new).map_err(|error| Fault::File { option: "--pcapng", path: path.into(), error })
}
