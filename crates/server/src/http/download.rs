//! A capture file of a run, for Wireshark: `GET /pcapng?link=NAME`, `?host=NAME` or neither for
//! all cables, with `run=N` for a fork.

use super::Site;
use crate::room::Copied;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use protocol::time::SimTime;
use serde::Deserialize;
use simulator::capture::{Capture, Scope};
use simulator::{NodeId, World};
use std::io::{self, Write};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, SemaphorePermit, mpsc};
use tokio::time::timeout;

/// Downloads at a time: each keeps what the tape lets go of meanwhile.
pub const MAX_DOWNLOADS: usize = 4;

/// Octets that are written before they are handed on.
const PIECE: usize = 64 * 1024;

/// Pieces on their way to the reader.
const PIECES: usize = 4;

/// A reader that takes nothing for so long has gone.
const PATIENCE: Duration = Duration::from_secs(45);

static PLACES: Semaphore = Semaphore::const_new(MAX_DOWNLOADS);

/// What stands in the address.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    link: Option<String>,
    host: Option<String>,
    run: Option<u32>,
}

/// Answers the request with the file, piece by piece, or with a sentence that says why not.
pub async fn pcapng(State(site): State<Site>, Query(address): Query<Address>) -> Response {
    let Ok(place) = PLACES.try_acquire() else {
        let text = format!("{MAX_DOWNLOADS} captures are being downloaded; try again when one is done.\n");
        return (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")], text).into_response();
    };
    let Some(Copied { world, remarks }) = site.room.copy_of(address.run).await else {
        return (StatusCode::NOT_FOUND, "There is no such run to be captured.\n").into_response();
    };
    let (scope, name) = match scope(&world, &address) {
        Ok(found) => found,
        Err(why) => return (StatusCode::NOT_FOUND, format!("{why}\n")).into_response(),
    };
    let (pieces, body) = mpsc::channel(PIECES);
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        write((&world, remarks), scope, Pipe { pieces, runtime, piece: Vec::new() }, place)
    });
    let body = futures_util::stream::unfold(body, |mut body| async move {
        body.recv().await.map(|piece: io::Result<Bytes>| (piece, body))
    });
    let headers = [
        (header::CONTENT_TYPE, "application/x-pcapng".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"layercast-{name}.pcapng\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, Body::from_stream(body)).into_response()
}

/// What is captured, and how the file is called.
fn scope(world: &World, address: &Address) -> Result<(Scope, String), String> {
    match (&address.link, &address.host) {
        (Some(_), Some(_)) => Err("Name a link or a host, not both.".to_owned()),
        (Some(link), None) => match world.link_named(link) {
            Some(found) => Ok((Scope::Link(found), plain(link))),
            None => Err(format!(
                "There is no link '{link}'; there are {}.",
                list(world.links().iter().map(|link| &*link.name))
            )),
        },
        (None, Some(host)) => match (0..).zip(world.nodes()).find(|(_, node)| node.name == *host) {
            Some((number, _)) => Ok((Scope::Node(NodeId(number)), plain(host))),
            None => Err(format!(
                "There is no host '{host}'; there are {}.",
                list(world.nodes().iter().map(|node| &*node.name))
            )),
        },
        (None, None) => Ok((Scope::All, "all".to_owned())),
    }
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

/// A name as a part of a file's name.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).take(64).collect()
}

fn write(
    (world, remarks): (&World, Vec<(SimTime, String)>),
    scope: Scope,
    pipe: Pipe,
    place: SemaphorePermit<'static>,
) {
    let pieces = pipe.pieces.clone();
    let written = Capture::new(world, scope, pipe)
        .and_then(|mut capture| {
            capture.remark(remarks);
            capture.finish(world)
        })
        .and_then(|(mut pipe, _)| pipe.flush());
    // The reader must not take half a file for a whole one.
    if let Err(error) = written {
        pieces.try_send(Err(error)).ok();
    }
    drop(place);
}

/// Hands what is written on to the reader.
struct Pipe {
    pieces: mpsc::Sender<io::Result<Bytes>>,
    runtime: Handle,
    piece: Vec<u8>,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = Bytes::from(std::mem::take(&mut self.piece));
        match self.runtime.block_on(timeout(PATIENCE, self.pieces.send(Ok(piece)))) {
            Ok(Ok(())) => Ok(()),
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::media::Catalogue;
    use simulator::{Scenario, WorldOptions};
    use std::sync::Arc;

    fn asked(link: Option<&str>, host: Option<&str>) -> Result<(Scope, String), String> {
        let scenario = Scenario::builtin("classroom").unwrap();
        let catalogue = Arc::new(Catalogue::with_demo());
        let world = World::new(&scenario, catalogue, WorldOptions::default()).unwrap();
        scope(&world, &Address { link: link.map(Into::into), host: host.map(Into::into), run: None })
    }

    #[test]
    fn a_link_a_host_or_all_can_be_named_and_what_is_not_there_is_said() {
        assert!(matches!(asked(Some("client"), None), Ok((Scope::Link(_), name)) if name == "client"));
        assert!(matches!(asked(None, Some("R1")), Ok((Scope::Node(_), name)) if name == "R1"));
        assert!(matches!(asked(None, None), Ok((Scope::All, _))));
        assert!(asked(Some("nowhere"), None).unwrap_err().contains("sw1-r1"));
        assert!(asked(None, Some("Nobody")).unwrap_err().contains("Server"));
        assert!(asked(Some("client"), Some("R1")).is_err());
    }

    #[test]
    fn names_of_files_are_harmless() {
        assert_eq!(plain("a\"b/../ü\r\n"), "a_b_______");
    }
}
