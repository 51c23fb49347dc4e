//! The request to the proxy.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::response::ProxyResponseHead;
use super::{HttpProxy, ProxyError};
use crate::connection::{Connection, Peer};
use crate::endpoint::Endpoint;
use crate::layer::Layer;

impl<Io: Connection> Layer<Io> for HttpProxy {
    /// After the head, the connection is that to the target.
    type Io = Io;
    type Peer<P: Peer> = P;
    type Error = ProxyError;

    async fn outgoing(&self, mut io: Io, to: &Endpoint) -> Result<Io, ProxyError> {
        let request = self.request(to)?;
        let failed = |source| ProxyError::Io { proxy: self.endpoint(), source };
        io.write_all(request.as_bytes()).await.map_err(failed)?;
        io.flush().await.map_err(failed)?;
        let mut head = ProxyResponseHead::default();
        let answer = loop {
            // One byte at a time: what follows the head is for the reader of the connection.
            let byte = io.read_u8().await.map_err(failed)?;
            match head.push(byte) {
                Ok(Some(answer)) => break answer,
                Ok(None) => {}
                Err(why) => return Err(ProxyError::Malformed { proxy: self.endpoint(), why }),
            }
        };
        match answer.status {
            200..300 => Ok(io),
            status => Err(ProxyError::Refused { proxy: self.endpoint(), status, reason: answer.reason }),
        }
    }

    async fn incoming<P: Peer>(&self, _: Io, _: P) -> Result<(Io, P), ProxyError> {
        Err(ProxyError::NotForListeners)
    }
}

impl HttpProxy {
    fn request(&self, to: &Endpoint) -> Result<String, ProxyError> {
        let host = to.authority().ok_or_else(|| ProxyError::NoHost { target: to.clone() })?;
        let mut request = format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n");
        if let Some(authorization) = &self.authorization {
            request.push_str(&format!("Proxy-Authorization: {authorization}\r\n"));
        }
        request.push_str("\r\n");
        Ok(request)
    }
}
