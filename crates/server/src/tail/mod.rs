//! `layercast tail`: the packet flow of a running server as text, over the page's WebSocket.
//!
//! | module | what it does |
//! |---|---|
//! | [`address`] | where the server is |
//! | [`journeys`] | rows put together: a frame from the host that made it to where it ended |
//! | [`network`] | names and addresses |
//! | [`text`], [`words`], [`paint`] | blocks of lines for people |
//! | [`json`] | one object a line for scripts |

pub mod address;
pub mod journeys;
pub mod json;
pub mod network;
pub mod paint;
pub mod text;
pub mod words;

pub use address::Address;

use crate::cli::Tail;
use crate::fault::Fault;
use crate::wire::{Batch, Hello, ServerMessage, VERSION};
use futures_util::{SinkExt, StreamExt};
use journeys::Journeys;
use network::Network;
use paint::Paint;
use std::io::{self, BufWriter, Stdout, Write};
use std::time::Duration;
use text::Writer;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error as SocketError, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// How long a server may take to answer.
pub const ANSWER: Duration = Duration::from_secs(5);

/// How often a lost connection is tried again, a second apart.
pub const ATTEMPTS: u32 = 5;

/// After so many times [`ANSWER`] without a word, not even a pong, the connection is lost.
pub const SILENCES: u32 = 9;

/// The largest message that is taken from a server, octets: the snapshot of a busy one.
pub const MAX_MESSAGE: usize = 64 << 20;

/// RFC 6455 section 7.4.1: the server goes away.
const GOING_AWAY: u16 = 1001;

type Socket = WebSocketStream<TcpStream>;

/// Prints until the server ends or the time is over.
///
/// # Errors
/// A [`Fault`] when no Layercast answers; anything else when printing fails.
pub fn tail(options: &Tail) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let done = runtime.block_on(async {
        let following = follow(options);
        match options.duration {
            None => following.await,
            Some(duration) => timeout(duration, following).await.unwrap_or(Ok(())),
        }
    });
    match done {
        // Whoever reads has enough: `layercast tail | head`.
        Err(error) if is_broken_pipe(&error) => Ok(()),
        other => other,
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Connects, and again when the connection is lost, until the server says that it ends.
async fn follow(options: &Tail) -> anyhow::Result<()> {
    let mut printer = Printer::new(options.json);
    let mut socket = connect(&options.address).await?;
    loop {
        if let End::Over = listen(&mut socket, &mut printer, &options.address).await? {
            return Ok(());
        }
        printer.remark("The connection was lost.")?;
        let mut attempt = 1;
        socket = loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            match connect(&options.address).await {
                Ok(socket) => break socket,
                Err(fault) if attempt == ATTEMPTS => return Err(fault.into()),
                Err(_) => attempt += 1,
            }
        };
    }
}

async fn connect(address: &Address) -> Result<Socket, Fault> {
    let fault = |reason: String| Fault::NoServer { url: address.to_string(), reason };
    let silent = || fault(format!("no answer within {} s", ANSWER.as_secs()));
    let stream = match timeout(ANSWER, TcpStream::connect(address.authority())).await {
        Err(_) => return Err(silent()),
        Ok(Err(error)) => {
            return Err(fault(format!("nothing answers there ({error}); is layercast running?")));
        }
        Ok(Ok(stream)) => stream,
    };
    let request = address.url().into_client_request().map_err(|error| fault(error.to_string()))?;
    let config =
        WebSocketConfig::default().max_message_size(Some(MAX_MESSAGE)).max_frame_size(Some(MAX_MESSAGE));
    match timeout(ANSWER, client_async_with_config(request, stream, Some(config))).await {
        Err(_) => Err(silent()),
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(SocketError::Http(response))) => {
            Err(fault(format!("the answer is {}, not a WebSocket", response.status())))
        }
        Ok(Err(error)) => Err(fault(format!("no WebSocket of Layercast is there ({error})"))),
    }
}

/// How a connection ended.
enum End {
    /// The server ends.
    Over,
    /// The connection broke.
    Lost,
}

/// Prints what one connection brings.
async fn listen(socket: &mut Socket, printer: &mut Printer, address: &Address) -> anyhow::Result<End> {
    let fault = |reason: String| Fault::NoServer { url: address.to_string(), reason };
    let (mut greeted, mut silent) = (false, 0);
    loop {
        let message = match timeout(ANSWER, socket.next()).await {
            // A frozen world says little; a server that does not even greet is none.
            Err(_) if greeted && silent == SILENCES => return Ok(End::Lost),
            Err(_) if greeted => {
                silent += 1;
                socket.send(Message::Ping(Default::default())).await.ok();
                continue;
            }
            Err(_) => return Err(fault(format!("no greeting within {} s", ANSWER.as_secs())).into()),
            Ok(message) => message,
        };
        silent = 0;
        match message {
            Some(Ok(Message::Text(text))) => {
                let message = serde_json::from_str(&text)
                    .map_err(|error| fault(format!("this is not Layercast's language ({error})")))?;
                match message {
                    ServerMessage::Hello(hello) if hello.version != VERSION => {
                        let theirs = hello.version;
                        return Err(
                            fault(format!("it speaks version {theirs}, this program {VERSION}")).into()
                        );
                    }
                    ServerMessage::Hello(hello) => {
                        greeted = true;
                        printer.hello(*hello)?;
                    }
                    ServerMessage::Batch(batch) if printer.is_next(&batch) => printer.batch(batch)?,
                    ServerMessage::Batch(_) => {
                        printer.gap(None)?;
                        socket.send(Message::text(r#"{"type":"resync"}"#)).await.ok();
                    }
                    // A new hello follows on the same connection.
                    ServerMessage::Lagged { missed } => printer.gap(Some(missed))?,
                    ServerMessage::Room(room) => printer.network.set_added(room.added),
                    _ => {}
                }
            }
            Some(Ok(Message::Close(frame))) => {
                let (code, reason) = frame
                    .map_or((0, String::new()), |frame| (frame.code.into(), paint::plain(&frame.reason)));
                if code == GOING_AWAY {
                    printer.remark("Layercast has ended.")?;
                    return Ok(End::Over);
                }
                if !greeted {
                    return Err(fault(format!("the server closes ({code}): {reason}")).into());
                }
                return Ok(End::Lost);
            }
            Some(Ok(_)) => {}
            Some(Err(SocketError::Capacity(error))) => return Err(fault(error.to_string()).into()),
            Some(Err(_)) | None if greeted => return Ok(End::Lost),
            Some(Err(_)) | None => return Err(fault("the connection ended without a greeting".into()).into()),
        }
    }
}

/// What is known and how it is printed.
struct Printer {
    json: bool,
    out: BufWriter<Stdout>,
    writer: Writer,
    network: Network,
    journeys: Journeys,
    /// The number of the last batch; none between a gap and the next hello.
    batch: Option<u32>,
}

impl Printer {
    fn new(json: bool) -> Self {
        Printer {
            json,
            out: BufWriter::new(io::stdout()),
            writer: Writer::new(Paint::for_stdout()),
            network: Network::default(),
            journeys: Journeys::default(),
            batch: None,
        }
    }

    /// A snapshot: what is under way goes on from there; what is over is not told.
    fn hello(&mut self, hello: Hello) -> anyhow::Result<()> {
        self.batch = Some(hello.batch);
        if self.json {
            json::hello(&mut self.out, &hello)?;
        } else {
            let (title, clips) = (paint::plain(&hello.run.title), hello.run.clips.join(", "));
            let text =
                format!("{title}; seed {}; clips: {}", paint::plain(&hello.run.seed), paint::plain(&clips));
            write!(self.out, "{}", self.writer.remark(&text))?;
        }
        self.network = Network::new(hello.topology, hello.room.added);
        self.journeys = Journeys::default();
        self.journeys.take(&hello.rows);
        self.journeys.finished(hello.now);
        self.out.flush()?;
        Ok(())
    }

    /// False when batches are missing before this one. After a gap none is taken until the
    /// next hello.
    fn is_next(&self, batch: &Batch) -> bool {
        self.batch.is_none_or(|last| batch.number == last.wrapping_add(1))
    }

    fn batch(&mut self, batch: Batch) -> anyhow::Result<()> {
        if self.batch.is_none() {
            return Ok(());
        }
        self.batch = Some(batch.number);
        if self.json {
            json::rows(&mut self.out, &batch.rows)?;
        } else {
            self.journeys.take(&batch.rows);
            let mut blocks: Vec<_> = self
                .journeys
                .finished(batch.now)
                .iter()
                .map(|journey| (journey.root().at, self.writer.journey(journey, &self.network)))
                .collect();
            blocks
                .extend(batch.rows.states.iter().map(|row| (row.at, self.writer.state(row, &self.network))));
            let pictures = batch.rows.pictures.iter();
            blocks.extend(pictures.map(|row| (row.at, self.writer.picture(row, &self.network))));
            blocks.sort_by_key(|(at, _)| *at);
            for (_, block) in blocks {
                self.out.write_all(block.as_bytes())?;
            }
        }
        self.out.flush()?;
        Ok(())
    }

    /// Batches are missing.
    fn gap(&mut self, missed: Option<u32>) -> anyhow::Result<()> {
        self.batch = None;
        if self.json {
            json::gap(&mut self.out, missed)?;
            return Ok(self.out.flush()?);
        }
        match missed {
            Some(missed) => self.remark(&format!("This reader is too slow: {missed} batches were left out.")),
            None => self.remark("Batches are missing here."),
        }
    }

    fn remark(&mut self, text: &str) -> anyhow::Result<()> {
        if !self.json {
            write!(self.out, "{}", self.writer.remark(text))?;
        }
        Ok(self.out.flush()?)
    }
}
