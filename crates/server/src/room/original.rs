//! The original run of a room, and what all its runs have in common.

use super::shown::Shown;
use super::told::Told;
use crate::lesson::Library;
use crate::wire;
use protocol::media::Catalogue;
use protocol::time::{Epoch, SimTime};
use simulator::fork::Moments;
use simulator::script::RunPlan;
use simulator::world::WorldError;
use simulator::{Scenario, World, WorldOptions};
use std::path::PathBuf;
use std::sync::Arc;

/// What does not change while the room stands, whichever run it shows.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The network of the first run, as the command line has changed it.
    pub first: Scenario,
    /// The networks that another run can begin with.
    pub scenarios: Vec<wire::ScenarioCard>,
    /// The lessons that runs can be made for.
    pub lessons: Arc<Library>,
    /// What the server serves.
    pub catalogue: Arc<Catalogue>,
    /// The options of the first run. Others have a seed and a history of their own, and begin at
    /// [`Epoch::FIXED`], so that they are the same whenever they begin.
    pub options: WorldOptions,
    /// Whether other runs do without the secret octets, so that each can be made again octet by
    /// octet: where nobody who could guess a session can come.
    pub repeatable: bool,
    /// Whether the server serves the student project's dialect, whatever the scenario says.
    pub lab_dialect: bool,
    /// The address that real clients use.
    pub rtsp_url: String,
    /// The tshark that may be asked about a frame; none where others than those at this machine
    /// can reach the page.
    pub tshark: Option<PathBuf>,
}

/// The run that others are forks of: its world, and what pages know of it.
#[derive(Debug)]
pub struct Original {
    /// Which run it is.
    pub(super) run: wire::Run,
    /// Its network at the beginning.
    pub(super) scenario: Scenario,
    pub(super) world: World,
    /// What pages know of it.
    pub(super) told: Told,
    /// It as it was, from time to time.
    pub(super) moments: Moments,
    /// Ports of real servers, on which RTSP is expected.
    pub(super) rtsp_ports: Vec<u16>,
    /// What its lesson has to say at which moments, for captures of it.
    pub(super) remarks: Vec<(SimTime, String)>,
    /// Nodes and links of the scenario; later ones were added for real peers.
    pub(super) fixed: (usize, usize),
}

impl Original {
    /// A run that stands where `world` does, of which `moments` were kept.
    pub(super) fn new(run: wire::Run, scenario: Scenario, world: World, moments: Moments) -> Self {
        let fixed = (world.nodes().len(), world.links().len());
        let mut told = Told::new(run.number, fixed.0 as u32);
        told.catch_up(Shown::World(&world));
        Original { run, scenario, world, told, moments, rtsp_ports: Vec::new(), remarks: Vec::new(), fixed }
    }

    /// Its number.
    pub(super) fn number(&self) -> u32 {
        self.run.number
    }
}

impl Setting {
    /// The first run of the room, at its beginning.
    ///
    /// # Errors
    /// When the scenario makes no world.
    pub fn first(&self) -> Result<Original, WorldError> {
        let world = World::new(&self.first, self.catalogue.clone(), self.options.clone())?;
        let moments = Moments::new(&world);
        Ok(Original::new(self.run(0, &self.first, world.options()), self.first.clone(), world, moments))
    }

    /// The world of another run, at its beginning.
    ///
    /// # Errors
    /// When the scenario makes no world.
    pub(super) fn world(&self, plan: &RunPlan) -> Result<World, WorldError> {
        let options = WorldOptions {
            seed: plan.seed,
            epoch: Epoch::FIXED,
            secret: self.options.secret.filter(|_| !self.repeatable),
            // What is simulated ahead is there as a whole, and stays as long as the past does.
            history: self.options.history + plan.length,
            ..self.options.clone()
        };
        World::new(&plan.scenario, self.catalogue.clone(), options)
    }

    /// Which run it is, as pages are told.
    pub(super) fn run(&self, number: u32, scenario: &Scenario, options: &WorldOptions) -> wire::Run {
        let (seed, start) = (options.seed, self.options.epoch.unix_nanos(SimTime::ZERO));
        let what = match number {
            0 => format!("{} {seed} {start}", scenario.name),
            _ => format!("{} {seed} {start} {number}", scenario.name),
        };
        wire::Run {
            id: format!("{:04x}", crc32fast::hash(what.as_bytes()) & 0xffff),
            scenario: scenario.name.clone(),
            title: scenario.title.clone(),
            seed: seed.to_string(),
            epoch_ms: (options.epoch.unix_nanos(SimTime::ZERO) / 1_000_000) as f64,
            number,
            rtsp_url: self.rtsp_url.clone(),
            clips: self.catalogue.iter().map(|(name, _)| name.to_owned()).collect(),
            capture: None,
            lesson: None,
        }
    }
}
