//! From a URL to a real server: its name is resolved once, a first connection is made, and UDP
//! ports are reserved for its media.

use super::address::{Refused, Target};
use crate::gateway::Datagrams;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

/// How long the name service may take.
pub const RESOLVE_TIME: Duration = Duration::from_secs(5);

/// How long a server may take to accept a connection.
pub const CONNECT_TIME: Duration = Duration::from_secs(5);

/// The most addresses of one name that are tried.
const MAX_ADDRESSES: usize = 4;

/// A real server that is there.
#[derive(Debug)]
pub struct Opened {
    /// What was asked for.
    pub target: Target,
    /// Where it is. Later connections go there, too: the name is not looked up again.
    pub address: SocketAddr,
    /// The first connection.
    pub stream: TcpStream,
    /// The ports that are reserved for its media.
    pub datagrams: Datagrams,
}

/// Finds the server and connects.
///
/// # Errors
/// [`Refused`], in words for who entered the URL.
pub async fn open(target: Target) -> Result<Opened, Refused> {
    let host = target.host().to_owned();
    let found = timeout(RESOLVE_TIME, lookup_host((host.clone(), target.port()))).await;
    let addresses: Vec<SocketAddr> = match found {
        Ok(Ok(found)) => found.take(MAX_ADDRESSES).collect(),
        Ok(Err(error)) => return Err(Refused::Unknown { host, error }),
        Err(_) => return Err(Refused::Slow { host, time: RESOLVE_TIME }),
    };
    // One odd address among good ones is a trap, or a fault that its owner should know of.
    for address in &addresses {
        target.allows(address.ip())?;
    }
    let mut refused = Refused::Unknown { host: host.clone(), error: std::io::ErrorKind::NotFound.into() };
    for address in addresses {
        match connect(address).await {
            Ok(stream) => {
                let own = stream.local_addr().map_or(IpAddr::from([0, 0, 0, 0]), |own| own.ip());
                let datagrams = Datagrams::bind(own, None).map_err(|_| Refused::NoPorts { host })?;
                return Ok(Opened { target, address, stream, datagrams });
            }
            Err(error) => refused = error,
        }
    }
    Err(refused)
}

/// Connects to a server whose address is known.
///
/// # Errors
/// [`Refused::Connect`], [`Refused::Silent`].
pub async fn connect(address: SocketAddr) -> Result<TcpStream, Refused> {
    match timeout(CONNECT_TIME, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => {
            stream.set_nodelay(true).ok();
            Ok(stream)
        }
        Ok(Err(error)) => Err(Refused::Connect { address, error }),
        Err(_) => Err(Refused::Silent { address, time: CONNECT_TIME }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn odd_addresses_are_not_connected_to() {
        for url in
            ["rtsp://169.254.169.254/", "rtsp://0.0.0.0:8554/", "rtsp://[fe80::1]/", "rtsp://224.0.0.1/"]
        {
            let refused = open(Target::parse(url).unwrap()).await.unwrap_err();
            assert!(matches!(refused, Refused::Address { .. }), "{url}: {refused}");
        }
    }

    #[tokio::test]
    async fn a_server_that_is_there_is_connected_and_one_that_is_not_is_named() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let url = format!("rtsp://user:secret@localhost:{}/x", address.port());
        let opened = open(Target::parse(&url).unwrap()).await.unwrap();
        assert_eq!(opened.address, address);
        assert_eq!(opened.datagrams.port() % 2, 0);
        drop((listener, opened));
        let refused = open(Target::parse(&url).unwrap()).await.unwrap_err().to_string();
        assert!(refused.contains(&address.port().to_string()) && !refused.contains("secret"), "{refused}");
    }
}
