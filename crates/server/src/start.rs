//! From the command line to a world.

use crate::cli::{LinkWeather, WorldArgs};
use crate::fault::Fault;
use crate::wire::ScenarioCard;
use protocol::media::{self, Catalogue, Clip, FrameRate};
use protocol::time::SimTime;
use simulator::Scenario;
use simulator::link::LinkDirection;
use simulator::script::Script;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The most files that are taken from a folder.
pub const MAX_FILES: usize = 200;

/// The longest script that is read, octets.
pub const MAX_SCRIPT: u64 = 256 << 10;

/// Extensions, in small letters, of the files that are taken from a folder.
pub const EXTENSIONS: [&str; 9] = ["mjpeg", "mjpg", "jpeg", "jpg", "avi", "mov", "mp4", "m4v", "qt"];

/// Finds the scenario, a built-in name or a file, as the other options change it.
///
/// # Errors
/// When it is neither, or the file cannot be used.
pub fn scenario(options: &WorldArgs) -> Result<Scenario, Fault> {
    let mut scenario = find(&options.scenario)?;
    scenario.lab_dialect |= options.lab_dialect;
    for ordered in &options.weather {
        set_weather(&mut scenario, ordered)?;
    }
    Ok(scenario)
}

/// Gives a link of the scenario the weather of a preset.
fn set_weather(scenario: &mut Scenario, ordered: &LinkWeather) -> Result<(), Fault> {
    let Some(link) = scenario.links.iter_mut().find(|link| link.name == ordered.link) else {
        let known = scenario.links.iter().map(|link| &*link.name).collect::<Vec<_>>().join(", ");
        return Err(Fault::NoLink { option: "--weather", name: ordered.link.clone(), known });
    };
    let only = ordered.direction;
    for direction in LinkDirection::BOTH.into_iter().filter(|way| only.is_none_or(|only| only == *way)) {
        link.weather[direction.index()] = ordered.preset.weather(direction).clone();
    }
    Ok(())
}

/// Finds a scenario: a built-in name or a file.
///
/// # Errors
/// When it is neither, or the file cannot be used.
fn find(name: &str) -> Result<Scenario, Fault> {
    if let Some(scenario) = Scenario::builtin(name) {
        return Ok(scenario);
    }
    let path = Path::new(name);
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let known = Scenario::names().collect::<Vec<_>>().join(", ");
            return Err(Fault::NoScenario { name: name.into(), known });
        }
        Err(error) => return Err(Fault::File { option: "--scenario", path: path.into(), error }),
    };
    Scenario::parse(&text, name).map_err(|error| Fault::Scenario { reason: error.to_string() })
}

/// Reads the script of a run of `duration` in this scenario.
///
/// # Errors
/// When the file cannot be used, or an order comes after the end.
pub fn script(path: &Path, scenario: &Scenario, duration: Duration) -> Result<Script, Fault> {
    let fault = |error| Fault::File { option: "--script", path: path.into(), error };
    let size = std::fs::metadata(path).map_err(fault)?.len();
    if size > MAX_SCRIPT {
        let reason = format!("{}: {size} bytes are more than the {MAX_SCRIPT} of a script", path.display());
        return Err(Fault::Script { reason });
    }
    let text = std::fs::read_to_string(path).map_err(fault)?;
    let script = Script::parse(&text, &path.display().to_string(), scenario);
    let script = script.map_err(|error| Fault::Script { reason: error.to_string() })?;
    if script.end() > SimTime::ZERO + duration {
        let (last, end) = (script.end().since(SimTime::ZERO), duration.as_secs_f64());
        let reason = format!(
            "{}: the last order comes at {} s, and the run ends at {end} s: give it more time with --for",
            path.display(),
            last.as_secs_f64()
        );
        return Err(Fault::Script { reason });
    }
    Ok(script)
}

/// The networks that a room can begin a run with: its first one, if that is the user's own, and
/// those that come with Layercast.
pub fn scenarios(first: &Scenario) -> Vec<ScenarioCard> {
    let card =
        |scenario: &Scenario| ScenarioCard { name: scenario.name.clone(), title: scenario.title.clone() };
    let own = Some(first).filter(|first| Scenario::builtin(&first.name).is_none()).map(card);
    let built_in = Scenario::names().filter_map(Scenario::builtin).map(|scenario| card(&scenario));
    own.into_iter().chain(built_in).collect()
}

/// What is served, and what the user should know of it.
#[derive(Debug)]
pub struct Offer {
    /// The clips by name.
    pub catalogue: Arc<Catalogue>,
    /// One line each: a file cut short, a name that was taken.
    pub notes: Vec<String>,
}

/// The demo, and the file or the folder's files of `--media`.
///
/// # Errors
/// When a file cannot be read or is no clip.
pub fn offer(options: &WorldArgs) -> Result<Offer, Fault> {
    let (mut catalogue, mut notes) = (Catalogue::with_demo(), Vec::new());
    if let Some(path) = &options.media {
        let rate = FrameRate::new(options.frame_rate, 1)
            .map_err(|error| Fault::Media { path: path.clone(), reason: error.to_string() })?;
        for file in files(path)? {
            let clip = read(&file, rate)?;
            notes.extend(clip.notes().iter().map(|note| format!("{}: {note}", file.display())));
            let offered = catalogue.offer(&file.file_name().unwrap_or_default().to_string_lossy(), &clip);
            let taken = offered.taken.iter();
            notes.extend(taken.map(|name| format!("{}: /{name} is already another clip", file.display())));
        }
    }
    Ok(Offer { catalogue: Arc::new(catalogue), notes })
}

/// The file itself, or the files of a folder that may hold Motion JPEG, in the order of their names.
fn files(path: &Path) -> Result<Vec<PathBuf>, Fault> {
    let fault = |error| Fault::File { option: "--media", path: path.into(), error };
    if !std::fs::metadata(path).map_err(fault)?.is_dir() {
        return Ok(vec![path.into()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(fault)? {
        let file = entry.map_err(fault)?.path();
        let extension = file.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        if file.is_file() && EXTENSIONS.contains(&&*extension) {
            files.push(file);
        }
    }
    files.sort();
    if files.len() > MAX_FILES {
        return Err(Fault::ManyClips { path: path.into(), count: files.len() });
    }
    if files.is_empty() { Err(Fault::NoClips { path: path.into() }) } else { Ok(files) }
}

fn read(file: &Path, rate: FrameRate) -> Result<Arc<dyn Clip>, Fault> {
    let fault = |error| Fault::File { option: "--media", path: file.into(), error };
    let refused = |reason| Fault::Media { path: file.into(), reason };
    // Clips are held in memory: what cannot be one is not read.
    let size = std::fs::metadata(file).map_err(fault)?.len();
    if usize::try_from(size).map_or(true, |size| size > media::MAX_FILE) {
        return Err(refused(format!(
            "{size} bytes are more than the {} that a clip may have",
            media::MAX_FILE
        )));
    }
    let bytes = std::fs::read(file).map_err(fault)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    media::open(&name, bytes.into(), rate).map_err(|error| {
        let remedy = error.remedy(&file.display().to_string());
        let remedy = remedy.map(|remedy| format!("; this makes a good file: {remedy}")).unwrap_or_default();
        refused(format!("{error}{remedy}"))
    })
}
