//! The handshakes of both ends. A client has none: it sends its first request when there is a call. A server reads the
//! head of the first request, which says who calls.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWrite;

use super::client::ClientStream;
use super::server::ServerStream;
use super::{Http, HttpError, HttpPeer, HttpStream};
use crate::connection::{Connection, Peer};
use crate::endpoint::{Endpoint, Scheme};
use crate::http::{Admitted, HttpRequest};
use crate::layer::Layer;

/// How long the end of a connection whose first request was refused may take. The client reads the refusal meanwhile.
const LINGER: Duration = Duration::from_secs(1);

impl<Io: Connection> Layer<Io> for Http {
    type Io = HttpStream<Io>;
    type Peer<P: Peer> = HttpPeer<P>;
    type Error = HttpError;

    async fn outgoing(&self, io: Io, to: &Endpoint) -> Result<HttpStream<Io>, HttpError> {
        let request = self.settings.request(to)?;
        Ok(HttpStream::client(ClientStream::new(io, request, self.settings.max_message_size)))
    }

    async fn incoming<P: Peer>(&self, io: Io, peer: P) -> Result<(HttpStream<Io>, HttpPeer<P>), HttpError> {
        let mut stream = ServerStream::new(io, Arc::clone(&self.settings));
        match self.admit(&mut stream, peer).await {
            Ok(peer) => Ok((HttpStream::server(stream), peer)),
            Err(error) => {
                let mut stream = HttpStream::server(stream);
                let shutdown = poll_fn(|cx| Pin::new(&mut stream).poll_shutdown(cx));
                let _sent_or_not = tokio::time::timeout(LINGER, shutdown).await;
                Err(error)
            }
        }
    }

    fn endpoint(&self, below: Endpoint) -> Endpoint {
        let scheme = if below.is_tls() { Scheme::Https } else { Scheme::Http };
        let above = below
            .clone()
            .with_scheme(scheme)
            .and_then(|endpoint| endpoint.with_path(&self.settings.path))
            .and_then(|endpoint| endpoint.with_query(self.settings.query.as_deref()));
        // An endpoint without a host, such as a connection in memory, is not changed.
        above.unwrap_or(below)
    }
}

impl Http {
    /// Reads the head of the first request, and asks whether its sender is admitted.
    async fn admit<Io: Connection, P: Peer>(
        &self,
        stream: &mut ServerStream<Io>,
        peer: P,
    ) -> Result<HttpPeer<P>, HttpError> {
        let head = poll_fn(|cx| stream.poll_first(cx)).await?;
        let admitted = match &self.settings.admission {
            None => Admitted::new(),
            Some(admission) => {
                let request = HttpRequest::new(Arc::clone(&head), None, peer.clone());
                admission.check(request).await.map_err(|refusal| stream.refuse(refusal, true))?
            }
        };
        Ok(HttpPeer::new(peer, head, admitted))
    }
}
