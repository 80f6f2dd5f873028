//! `layercast serve`: the page, and RTSP for real players.

use crate::capture;
use crate::cli::Serve;
use crate::fault::Fault;
use crate::gateway::{self, Datagrams, Groups, MAX_PLAYERS};
use crate::http::{self, Guard, Limited, Site};
use crate::lesson::Library;
use crate::outward::{self, Opened, Target};
use crate::page;
use crate::room::{Doors, Keeper, Key, Room, Setting, Via};
use crate::start::{self, Offer};
use crate::users;
use anyhow::Context as _;
use protocol::rtsp::url::percent_encode;
use protocol::time::Epoch;
use simulator::{Scenario, WorldOptions};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// How long pages and players have to hear that the program ends.
const FAREWELL: Duration = Duration::from_millis(500);

/// Serves until Ctrl-C.
///
/// # Errors
/// A [`Fault`] when it cannot start; anything else when it breaks.
pub fn serve(options: &Serve) -> anyhow::Result<()> {
    let scenario = start::scenario(&options.world)?;
    let offer = start::offer(&options.world)?;
    tokio::runtime::Runtime::new()
        .context("no asynchronous runtime")?
        .block_on(stand(options, scenario, offer))
}

async fn stand(options: &Serve, scenario: Scenario, offer: Offer) -> anyhow::Result<()> {
    let http = listen("--http", options.http).await?;
    let rtsp = listen("--rtsp", options.rtsp).await?;
    let (http_at, rtsp_at) = (http.local_addr()?, rtsp.local_addr()?);
    let access = users::access(&options.world.users, !rtsp_at.ip().is_loopback())?;
    let datagrams = Datagrams::bind(rtsp_at.ip(), options.rtp_port)?;
    let source = match &options.source {
        Some(url) => Some(source(url).await?),
        None => None,
    };
    let captured = match &options.capture {
        Some(path) => {
            let opened = capture::open(path);
            Some(opened.map_err(|error| Fault::Foreign { path: path.clone(), error })?)
        }
        None => None,
    };
    let key =
        if http_at.ip().is_loopback() { Key::Implicit } else { Key::secret().context("no random octets")? };

    let epoch = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock stands before 1970")?;
    let rtsp_url = format!("rtsp://{}", visible(rtsp_at));
    let nobody_logs_in = access.readers.is_empty() && access.publishers.is_empty();
    let options_of_worlds = WorldOptions {
        seed: options.world.seed,
        epoch: Epoch::from_unix_nanos(
            u64::try_from(epoch.as_nanos()).context("the clock stands after 2554")?,
        ),
        history: options.history,
        rtp_port: datagrams.port(),
        gateways: MAX_PLAYERS as u32,
        multicast: options.multicast,
        session_timeout: options.world.session_timeout,
        close_policy: options.world.close_policy(),
        secret: Some(secret()?),
        access,
    };
    let setting = Setting {
        scenarios: start::scenarios(&scenario),
        first: scenario,
        lessons: Arc::new(Library::new(options.lessons.clone())),
        catalogue: offer.catalogue.clone(),
        options: options_of_worlds,
        repeatable: rtsp_at.ip().is_loopback() && nobody_logs_in,
        lab_dialect: options.world.lab_dialect,
        rtsp_url: rtsp_url.clone() + "/",
        tshark: http_at.ip().is_loopback().then(|| options.tshark.clone()),
    };
    let original = setting.first().context("the scenario makes no world")?;

    let (room, doors) = Room::new(key.clone());
    let mut keeper = Keeper::new(original, setting, datagrams.clone(), room.clone());
    if options.multicast {
        let groups = Groups::open(&datagrams, room.clone()).map_err(|error| Fault::Multicast { error })?;
        keeper.offer_groups(groups);
    }
    if let Some(opened) = source {
        keeper.play_first(opened).map_err(|reason| Fault::Source { reason })?;
    }
    if let Some(foreign) = captured {
        keeper.show_first(foreign);
    }
    if let Some(lesson) = &options.lesson {
        keeper.teach_first(lesson).map_err(|reason| Fault::Lesson { reason })?;
    }
    let over = keep(keeper, doors)?;
    let site = Site::new(Guard::new(http_at.ip(), &options.allow_host), room.clone());
    let pages = tokio::spawn(async move { axum::serve(Limited::new(http), http::router(site)).await });
    tokio::spawn(gateway::accept(rtsp, room.clone()));
    datagrams.receive(Via::Players, &room).context("no thread for datagrams")?;

    let address = format!("http://{}/{}", visible(http_at), key.fragment());
    announce(&address, &key, http_at, &rtsp_url, &offer);
    if options.open
        && let Err(error) = open::that_detached(&address)
    {
        eprintln!("layercast: --open: no browser could be started ({error})");
    }

    tokio::select! {
        () = interrupted() => {}
        _ = over => anyhow::bail!("the room broke down"),
        ended = pages => { ended.context("the page's server broke down")??; }
    }
    room.stop().await;
    tokio::time::sleep(FAREWELL).await;
    Ok(())
}

/// Finds the real server of `--source`: what cannot be played is known at once.
async fn source(url: &str) -> Result<Opened, Fault> {
    let fault = |refused: outward::Refused| Fault::Source { reason: refused.to_string() };
    outward::open(Target::parse(url).map_err(fault)?).await.map_err(fault)
}

/// What nobody can guess, whatever the seed: session identifiers and nonces are made of it.
fn secret() -> anyhow::Result<[u8; 32]> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|error| anyhow::anyhow!("no random octets: {error}"))?;
    Ok(secret)
}

/// Starts the keeper on a thread of its own; the answer tells when it ends.
fn keep(keeper: Keeper, doors: Doors) -> anyhow::Result<oneshot::Receiver<()>> {
    let (ended, over) = oneshot::channel();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().context("no timer")?;
    std::thread::Builder::new()
        .name("room".into())
        .spawn(move || {
            runtime.block_on(keeper.run(doors));
            ended.send(()).ok();
        })
        .context("no thread for the room")?;
    Ok(over)
}

async fn listen(option: &'static str, address: SocketAddr) -> Result<TcpListener, Fault> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => Fault::PortInUse { option, address },
        _ => Fault::Listen { option, address, error },
    })
}

/// Says what there is, on standard output.
fn announce(address: &str, key: &Key, http_at: SocketAddr, rtsp_url: &str, offer: &Offer) {
    for note in &offer.notes {
        println!("Note: {note}");
    }
    println!("Page: {address}");
    if *key != Key::Implicit {
        println!(
            "      Whoever opens this address controls the room; the class opens http://{}/",
            visible(http_at)
        );
    }
    for (name, _) in offer.catalogue.iter() {
        println!("RTSP: {rtsp_url}/{}", percent_encode(name));
    }
    if !page::is_built() {
        println!("The page is not built; `cargo xtask build` builds it.");
    }
    println!("Ctrl-C ends Layercast.");
}

/// An address that others can use: for "all addresses", the one by which this machine is
/// reached from its network.
fn visible(bound: SocketAddr) -> SocketAddr {
    if !bound.ip().is_unspecified() {
        return bound;
    }
    // Connecting a UDP socket sends nothing; it asks the system which way it would send.
    // The target is an address for documentation (RFC 5737, RFC 3849).
    let (any, target): (IpAddr, IpAddr) = match bound.ip() {
        IpAddr::V4(any) => (any.into(), Ipv4Addr::new(192, 0, 2, 1).into()),
        IpAddr::V6(any) => (any.into(), Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into()),
    };
    let own = UdpSocket::bind((any, 0)).and_then(|socket| {
        socket.connect((target, 9))?;
        socket.local_addr()
    });
    let loopback = if bound.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() };
    SocketAddr::new(own.map_or(loopback, |own| own.ip()), bound.port())
}

/// Waits for Ctrl-C, or for the system's wish that the program ends.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    tokio::signal::ctrl_c().await.ok();
}
