//! Reads and writes the header.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use volo::net::Address;

use super::header::HeaderReader;
use super::{ProxiedPeer, ProxyProtocol, ProxyProtocolError, v2};
use crate::connection::{Connection, Peer};
use crate::endpoint::Endpoint;
use crate::layer::Layer;

impl<Io: Connection> Layer<Io> for ProxyProtocol {
    type Io = Io;
    type Peer<P: Peer> = ProxiedPeer<P>;
    type Error = ProxyProtocolError;

    async fn outgoing(&self, mut io: Io, _: &Endpoint) -> Result<Io, ProxyProtocolError> {
        io.write_all(&v2::encode(self.addresses)).await?;
        io.flush().await?;
        Ok(io)
    }

    async fn incoming<P: Peer>(&self, mut io: Io, peer: P) -> Result<(Io, ProxiedPeer<P>), ProxyProtocolError> {
        if !self.trusts(peer.address()) {
            return Err(ProxyProtocolError::Untrusted);
        }
        let mut reader = HeaderReader::default();
        let mut chunk = [0; 256];
        loop {
            // Never more than belongs to the header: what follows is for the reader of the connection.
            let wanted = reader.wanted().min(chunk.len());
            let (part, _) = chunk.split_at_mut(wanted);
            let read = io.read(part).await?;
            if read == 0 {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
            let part: &[u8] = part;
            if let Some(header) = reader.push(part.get(..read).unwrap_or(part))? {
                return Ok((io, ProxiedPeer::new(peer, header)));
            }
        }
    }
}

impl ProxyProtocol {
    fn trusts(&self, address: Option<Address>) -> bool {
        match (&self.trusted, address) {
            (None, _) => true,
            (Some(networks), Some(Address::Ip(address))) => {
                networks.iter().any(|network| network.contains(address.ip()))
            }
            (Some(_), _) => false,
        }
    }
}
