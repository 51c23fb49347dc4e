//! The server's half of the handshake (RFC 6455, 4.2), and its answers to everything else.

use std::sync::Arc;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::peer::Handshake;
use super::refuse::{AcceptedRequest, judge};
use super::{HandshakeError, WebSocket};
use crate::connection::Peer;
use crate::http::{
    Admitted, HttpClient, HttpRequest, ReadHeadError, Refusal, RequestHead, answer, read_head, send_and_close,
};

/// Performs the handshake, or answers why not. Returns what is known of the client, and the bytes that arrived after
/// its request.
pub(super) async fn handshake(
    layer: &WebSocket,
    io: &mut (impl AsyncRead + AsyncWrite + Unpin),
    peer: &impl Peer,
) -> Result<(Handshake, BytesMut), HandshakeError> {
    let mut buffer = BytesMut::new();
    let head = match read_head(io, &mut buffer).await {
        Ok(head) => RequestHead::parse(&head),
        Err(ReadHeadError::Head(error)) => Err(error),
        Err(error) => return Err(HandshakeError::Protocol(Box::new(error))),
    };
    let head = match head {
        Ok(head) => Arc::new(head),
        Err(error) => return Err(refuse(io, error.into(), true).await),
    };
    let with_body = head.method() != "HEAD";
    let upgrade = match judge(layer, &head) {
        Ok(AcceptedRequest::Upgrade(upgrade)) => upgrade,
        Ok(AcceptedRequest::Healthy) => {
            send_and_close(io, &answer(200, [], "ok\n", with_body)).await;
            return Err(HandshakeError::HealthCheck);
        }
        Err(refusal) => return Err(refuse(io, refusal, with_body).await),
    };
    let id: Option<Arc<str>> = upgrade.id.map(Arc::from);
    let admitted = match &layer.server.admission {
        Some(admission) => admission.check(HttpRequest::new(Arc::clone(&head), id.clone(), peer.clone())).await,
        None => Ok(Admitted::new()),
    };
    let admitted = match admitted {
        Ok(admitted) => admitted,
        Err(refusal) => return Err(refuse(io, refusal, with_body).await),
    };
    let response = switching(upgrade.key, upgrade.subprotocol);
    let accept = async {
        io.write_all(response.as_bytes()).await?;
        io.flush().await
    };
    accept.await.map_err(|error| HandshakeError::Protocol(Box::new(error)))?;
    let subprotocol = upgrade.subprotocol.map(str::to_owned);
    // A copy, so that an idle connection does not keep the buffer of the head.
    let early = BytesMut::from(&buffer[..]);
    Ok((Handshake { client: HttpClient::new(head, admitted), id, subprotocol }, early))
}

async fn refuse(io: &mut (impl AsyncRead + AsyncWrite + Unpin), refusal: Refusal, with_body: bool) -> HandshakeError {
    send_and_close(io, &refusal.to_bytes(with_body)).await;
    HandshakeError::Refused(refusal)
}

fn switching(key: &str, subprotocol: Option<&str>) -> String {
    let accept = derive_accept_key(key.as_bytes());
    let subprotocol = subprotocol.map(|name| format!("Sec-WebSocket-Protocol: {name}\r\n")).unwrap_or_default();
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Accept: {accept}\r\n{subprotocol}\r\n"
    )
}
