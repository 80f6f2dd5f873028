//! The command line.

use crate::proof::TSHARK;
use crate::tail::Address;
use crate::users::UserArgs;
use clap::{Args, Parser, Subcommand};
use protocol::rtsp::ClosePolicy;
use simulator::link::{LinkDirection, Preset};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Watch a video cross a simulated network, from RTSP and RTP down to the bits.
///
/// Without a command, `serve` is meant.
#[derive(Debug, Parser)]
#[command(name = "layercast", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Task>,
    /// The options of `serve`.
    #[command(flatten)]
    pub serve: Serve,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Serve the page, and RTSP for real players (the default)
    Serve(Serve),
    /// Simulate without a page, as fast as it goes, and write what the cables carried
    Run(Run),
    /// Print the packet flow of a running server as text, layer by layer
    Tail(Tail),
    /// Take a capture file apart: one JSON object a line for each frame
    Dissect(Dissect),
    /// Lessons: what there is, and whether they work
    #[command(subcommand)]
    Lessons(Lessons),
}

/// What to do with lessons.
#[derive(Clone, Debug, Subcommand)]
pub enum Lessons {
    /// Read lessons, simulate their runs, find every stop and answer, and print what is wrong
    Check {
        /// A lesson file, or a folder of them; the program's own when absent
        #[arg(value_name = "FILE|FOLDER")]
        path: Option<PathBuf>,
        /// Tell where each stop is, and what the run answers
        #[arg(long)]
        stops: bool,
    },
    /// Tell what lessons there are
    List {
        /// Another folder of lessons, as with `serve`
        #[arg(long, value_name = "FOLDER")]
        lessons: Option<PathBuf>,
    },
}

/// What both commands need to make a world.
#[derive(Clone, Debug, Args)]
pub struct WorldArgs {
    /// The network: a built-in scenario's name or a scenario file (TOML)
    #[arg(long, value_name = "NAME|FILE", default_value = "classroom")]
    pub scenario: String,
    /// Seed of all chance in the network; the same seed gives the same run
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// A Motion JPEG file (bare, AVI, MOV or MP4), or a folder of them, to serve beside /demo
    #[arg(long, value_name = "PATH")]
    pub media: Option<PathBuf>,
    /// Give a link the weather of a preset (repeat for more): client=cafe-wifi, sw1-r1:backward=dsl
    #[arg(long, value_name = "LINK[:forward|backward]=PRESET", value_parser = link_weather)]
    pub weather: Vec<LinkWeather>,
    /// Serve the student project's client, too: its requests without header names or an end,
    /// and each picture as a whole file in one RTP packet
    #[arg(long)]
    pub lab_dialect: bool,
    /// Pictures per second of files that do not say it themselves
    #[arg(long, value_name = "N", default_value_t = 25, value_parser = clap::value_parser!(u32).range(1..=120))]
    pub frame_rate: u32,
    /// How long an RTSP session lives without a sign of life from its client (60s, 2m); by default
    /// as the scenario says, or 60s
    #[arg(long, value_name = "TIME", value_parser = session_timeout)]
    pub session_timeout: Option<Duration>,
    /// RTSP sessions over UDP end with their connection, as in most servers; otherwise they live on
    /// until their timeout (RFC 2326)
    #[arg(long)]
    pub end_with_connection: bool,
    /// Who may read and publish.
    #[command(flatten)]
    pub users: UserArgs,
}

/// One `--weather`.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkWeather {
    /// The link's name.
    pub link: String,
    /// Only this direction; both when absent.
    pub direction: Option<LinkDirection>,
    /// The preset.
    pub preset: &'static Preset,
}

impl WorldArgs {
    /// What the end of a connection does to sessions over UDP.
    pub fn close_policy(&self) -> ClosePolicy {
        if self.end_with_connection { ClosePolicy::EndSessions } else { ClosePolicy::KeepUntilTimeout }
    }
}

/// The options of `layercast serve`.
#[derive(Clone, Debug, Args)]
pub struct Serve {
    /// The world's options.
    #[command(flatten)]
    pub world: WorldArgs,
    /// Address of the page; port 0 picks a free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub http: SocketAddr,
    /// Address for real RTSP players; port 0 picks a free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8554")]
    pub rtsp: SocketAddr,
    /// UDP port for RTP (even; RTCP uses the next one); by default the first free pair from 50000 on
    #[arg(long, value_name = "PORT", value_parser = even_port)]
    pub rtp_port: Option<u16>,
    /// How much of the past is kept for stepping back (20s, 10m); older packets are forgotten
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = history)]
    pub history: Duration,
    /// Real players on this machine may ask for multicast too: groups go out on the loopback interface, TTL 1
    #[arg(long)]
    pub multicast: bool,
    /// Another name under which browsers may reach the page (repeat for more)
    #[arg(long, value_name = "NAME")]
    pub allow_host: Vec<String>,
    /// Play from this real server instead of the simulated one: rtsp://[USER:PASSWORD@]HOST[:PORT]/PATH
    #[arg(long, value_name = "URL")]
    pub source: Option<String>,
    /// Show this capture of another network (pcapng or pcap with RTSP): the video in it is put together again
    #[arg(long, value_name = "FILE", conflicts_with = "source")]
    pub capture: Option<PathBuf>,
    /// A folder of lessons, beside those that come with Layercast and in place of those of the same
    /// name; it is read again whenever a page asks
    #[arg(long, value_name = "FOLDER")]
    pub lessons: Option<PathBuf>,
    /// Begin with this lesson's run: 01-one-message (`layercast lessons list` names all)
    #[arg(long, value_name = "NAME", conflicts_with_all = ["source", "capture"])]
    pub lesson: Option<String>,
    /// The tshark that checks a frame when somebody at the page asks for it (only with --http on loopback)
    #[arg(long, value_name = "PROGRAM", default_value = TSHARK)]
    pub tshark: PathBuf,
    /// Open the page in the browser
    #[arg(long)]
    pub open: bool,
}

/// The options of `layercast run`.
#[derive(Clone, Debug, Args)]
pub struct Run {
    /// The world's options.
    #[command(flatten)]
    pub world: WorldArgs,
    /// How much simulated time (10s, 500ms, 2m)
    #[arg(long = "for", value_name = "TIME", default_value = "10s", value_parser = run_time)]
    pub duration: Duration,
    /// Write what a cable carried to this pcapng file, for Wireshark
    #[arg(long, alias = "capture", value_name = "FILE")]
    pub pcapng: Option<PathBuf>,
    /// Which cable; `all` writes every cable, each as an interface of its own
    #[arg(long, value_name = "NAME|all", default_value = "client")]
    pub link: String,
    /// All cables of this host, switch or router instead, as seen there
    #[arg(long, value_name = "NAME", conflicts_with = "link")]
    pub host: Option<String>,
    /// Orders with their times (TOML): requests, weather, faults; the same file gives the same run
    #[arg(long, value_name = "FILE")]
    pub script: Option<PathBuf>,
    /// Not here: it only says what to do instead
    #[arg(long, value_name = "URL", hide = true)]
    pub source: Option<String>,
}

/// The options of `layercast tail`.
#[derive(Clone, Debug, Args)]
pub struct Tail {
    /// The server: ws://HOST:PORT/ws, HOST:PORT, or the page's address
    #[arg(value_name = "ADDRESS", default_value = "ws://127.0.0.1:8080/ws")]
    pub address: Address,
    /// One JSON object a line for every row of the tape, for scripts
    #[arg(long)]
    pub json: bool,
    /// End after this time (10s, 500ms, 2m); by default when the server ends
    #[arg(long = "for", value_name = "TIME", value_parser = run_time)]
    pub duration: Option<Duration>,
}

/// The options of `layercast dissect`.
///
/// Names and values are Wireshark's. `bits` are the first bit and how many, counted from the start
/// of the frame or, where a layer's source is "reassembled", from the start of the octets that were
/// put together. Of octets without a meaning of their own the first 32 are written, then an
/// ellipsis.
#[derive(Clone, Debug, Args)]
pub struct Dissect {
    /// A capture: pcapng or pcap, not compressed; `-` reads from standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Say in sentences what each field means, and name those that Wireshark has no name for
    #[arg(long)]
    pub explain: bool,
    /// Expect RTSP on this TCP port, too, besides 554 and 8554; can be given several times
    #[arg(long = "rtsp-port", value_name = "PORT")]
    pub rtsp_ports: Vec<u16>,
}

/// The shortest history: what a page needs for its snapshot.
pub const MIN_HISTORY: Duration = Duration::from_secs(5);

/// The shortest and the longest session timeout. Clients count it in whole seconds.
pub const SESSION_TIMEOUTS: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(2)..=Duration::from_secs(3600);

/// The longest history and the longest run.
pub const MAX_TIME: Duration = Duration::from_secs(24 * 3600);

fn history(text: &str) -> Result<Duration, String> {
    let time = span(text)?;
    if (MIN_HISTORY..=MAX_TIME).contains(&time) { Ok(time) } else { Err("5s to 24h are possible".into()) }
}

fn link_weather(text: &str) -> Result<LinkWeather, String> {
    let presets = || Preset::names().collect::<Vec<_>>().join(", ");
    let Some((place, name)) = text.split_once('=') else {
        return Err(format!("LINK=PRESET is needed, as in client=cafe-wifi; presets are {}", presets()));
    };
    let (link, direction) = match place.split_once(':') {
        None => (place, None),
        Some((link, "forward")) => (link, Some(LinkDirection::Forward)),
        Some((link, "backward")) => (link, Some(LinkDirection::Backward)),
        Some((_, other)) => return Err(format!("'{other}' is no direction: forward or backward")),
    };
    let preset = Preset::named(name).ok_or_else(|| format!("no preset '{name}'; there are {}", presets()))?;
    Ok(LinkWeather { link: link.to_owned(), direction, preset })
}

fn session_timeout(text: &str) -> Result<Duration, String> {
    let time = span(text)?;
    let fits = SESSION_TIMEOUTS.contains(&time) && time.subsec_nanos() == 0;
    if fits { Ok(time) } else { Err("whole seconds from 2s to 1h are possible".into()) }
}

fn run_time(text: &str) -> Result<Duration, String> {
    let time = span(text)?;
    if time <= MAX_TIME { Ok(time) } else { Err("at most 24h are possible".into()) }
}

fn even_port(text: &str) -> Result<u16, String> {
    match text.parse::<u16>() {
        Ok(port) if port >= 1024 && port % 2 == 0 => Ok(port),
        _ => Err("an even number from 1024 to 65534 is needed".into()),
    }
}

/// Reads `10s`, `500ms`, `2m`, `1h`, `1m30s`, or bare seconds, `1.5`.
fn span(text: &str) -> Result<Duration, String> {
    const HELP: &str = "a time such as 10s, 500ms, 2m or 1m30s is needed";
    let mut rest = text.trim();
    let mut sum = Duration::ZERO;
    if rest.is_empty() {
        return Err(HELP.into());
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, tail) = rest.split_at(digits);
        let letters = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        let unit = match unit {
            "ms" => 0.001,
            "s" => 1.0,
            "" if tail.is_empty() => 1.0,
            "m" | "min" => 60.0,
            "h" => 3600.0,
            _ => return Err(HELP.into()),
        };
        let number: f64 = number.parse().map_err(|_| HELP.to_string())?;
        let part = Duration::try_from_secs_f64(number * unit).map_err(|_| HELP.to_string())?;
        sum = sum.checked_add(part).ok_or(HELP)?;
        rest = tail;
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn serve_is_the_default() {
        let cli = Cli::try_parse_from(["layercast", "--seed", "7"]).unwrap();
        assert!(cli.command.is_none());
        assert_eq!(cli.serve.world.seed, 7);
        assert_eq!(cli.serve.http.to_string(), "127.0.0.1:8080");
        let cli = Cli::try_parse_from(["layercast", "serve", "--rtsp", "0.0.0.0:0"]).unwrap();
        assert!(matches!(cli.command, Some(Task::Serve(serve)) if serve.rtsp.port() == 0));
    }

    #[test]
    fn weather_is_read_with_its_link_and_direction() {
        let both = link_weather("client=dsl").unwrap();
        assert_eq!((&*both.link, both.direction, both.preset.name), ("client", None, "dsl"));
        let one = link_weather("sw1-r1:backward=4g").unwrap();
        assert_eq!((&*one.link, one.direction), ("sw1-r1", Some(LinkDirection::Backward)));
        for (bad, says) in [("dsl", "client=cafe-wifi"), ("a=rain", "satellite"), ("a:up=dsl", "forward")] {
            assert!(link_weather(bad).unwrap_err().contains(says), "{bad}");
        }
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        assert_eq!(span("10s"), Ok(Duration::from_secs(10)));
        assert_eq!(span("1m30s"), Ok(Duration::from_secs(90)));
        assert_eq!(span("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(span("1.5"), Ok(Duration::from_millis(1500)));
        for bad in ["", "s", "10x", "-1s", "1..2s", "99999999999999999999999h"] {
            assert!(span(bad).is_err(), "{bad}");
        }
        assert!(history("1s").is_err());
        assert_eq!(session_timeout("2s"), Ok(Duration::from_secs(2)));
        assert!(session_timeout("1s").is_err() && session_timeout("2.5s").is_err());
        assert!(even_port("5005").is_err() && even_port("80").is_err() && even_port("5004").is_ok());
    }
}
