//! Retina, a client in Rust made for cameras: it refuses what is not as the RFC says.

use crate::common::PATIENCE;
use crate::common::pictures::{self, KernelDrops, PATH, RATE, consecutive, number_in_jpeg};
use futures_util::StreamExt;
use retina::client::{Credentials, PlayOptions, Session, SessionOptions, SetupOptions};
use retina::codec::CodecItem;

/// The numbers of the first pictures, as Retina depacketises them.
pub async fn read(
    url: &str,
    transport: &str,
    credentials: Option<Credentials>,
    count: usize,
) -> Result<Vec<Option<u16>>, retina::Error> {
    let url = url.parse().expect("a URL");
    let mut session = Session::describe(url, SessionOptions::default().creds(credentials)).await?;
    assert_eq!(session.streams().len(), 1);
    assert_eq!(session.streams()[0].encoding_name(), "jpeg");
    let transport = transport.parse().expect("udp or tcp");
    session.setup(0, SetupOptions::default().transport(transport)).await?;
    let mut playing = session.play(PlayOptions::default()).await?.demuxed()?;
    let mut numbers = Vec::new();
    while numbers.len() < count {
        match playing.next().await.expect("the stream goes on")? {
            CodecItem::VideoFrame(picture) => numbers.push(number_in_jpeg(picture.data())),
            CodecItem::Rtcp(_) => {}
            other => panic!("{other:?}"),
        }
    }
    Ok(numbers)
}

async fn reads(transport: &str) {
    let server = pictures::serve(&[]);
    let drops = KernelDrops::from_now();
    let url = server.url(PATH);
    let read = tokio::time::timeout(PATIENCE, read(&url, transport, None, 2 * RATE));
    let read = read.await.expect("pictures come in time").expect("Retina takes all we say");
    assert_eq!(consecutive(&read, "Retina", &drops), 0);
}

#[tokio::test]
async fn retina_reads_over_udp() {
    reads("udp").await;
}

#[tokio::test]
async fn retina_reads_over_tcp() {
    reads("tcp").await;
}
