//! The client's half of the handshake (RFC 6455, 4.1).

use std::error::Error;
use std::time::Duration;

use ::http::header::{self, HeaderMap, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_PROTOCOL};
use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::{HandshakeError, WebSocket};
use crate::endpoint::{Endpoint, Scheme};
use crate::http::{BodyLength, ResponseHead, at_most_one, is_token, read_head, refusal_text, tokens};

/// How much of a refusal's text is read, for its first line, and for how long.
const MAX_TEXT: usize = 1024;
const TEXT_TIMEOUT: Duration = Duration::from_secs(1);

/// How many characters of it are in the error.
const SHOWN: usize = 200;

/// What a server did against the RFC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum Mismatch {
    #[error("the answer has no `Upgrade: websocket` and `Connection: upgrade`")]
    Upgrade,
    #[error("Sec-WebSocket-Accept is missing or does not match the key")]
    Accept,
    #[error("the server chose an extension that was not offered")]
    Extension,
    #[error("the server chose a subprotocol that was not offered")]
    Subprotocol,
}

/// Performs the handshake. Returns the bytes that arrived after it.
pub(super) async fn handshake(
    layer: &WebSocket,
    io: &mut (impl AsyncRead + AsyncWrite + Unpin),
    to: &Endpoint,
) -> Result<BytesMut, HandshakeError> {
    let protocol = |error: Box<dyn Error + Send + Sync>| HandshakeError::Protocol(error);
    let key = generate_key();
    let request = request(layer, to, &key).map_err(HandshakeError::Request)?;
    io.write_all(&request).await.map_err(|error| protocol(error.into()))?;
    io.flush().await.map_err(|error| protocol(error.into()))?;
    let mut buffer = BytesMut::new();
    let head = read_head(io, &mut buffer).await.map_err(|error| protocol(error.into_boxed()))?;
    let response = ResponseHead::parse(&head).map_err(|error| protocol(error.into()))?;
    if response.status() != 101 {
        let text = first_line(io, &mut buffer, response.body()).await;
        return Err(HandshakeError::Status { status: response.status(), text });
    }
    check(response.headers(), &key, &layer.subprotocols).map_err(|error| protocol(error.into()))?;
    // A copy, so that an idle connection does not keep the buffer of the head.
    Ok(BytesMut::from(&buffer[..]))
}

/// The upgrade request. It has an `Origin`, which Go's x/net/websocket requires, and offers no extensions.
fn request(layer: &WebSocket, to: &Endpoint, key: &str) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
    let mut target = layer.path.clone();
    if let Some(query) = &layer.query {
        target = format!("{target}?{query}");
    }
    if !target.starts_with('/') || !target.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#') {
        return Err("a path begins with / and is percent-encoded".into());
    }
    if !layer.subprotocols.iter().all(|name| is_token(name)) {
        return Err("the name of a subprotocol has letters, digits, - and . only".into());
    }
    let own = layer.headers.get().map_err(Clone::clone)?;
    let host = to.authority().unwrap_or_else(|| "localhost".to_owned());
    let mut request = format!(
        "GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
    );
    if !own.contains_key(header::ORIGIN) {
        let scheme = if to.scheme() == Some(Scheme::Wss) { Scheme::Https } else { Scheme::Http };
        request += &format!("Origin: {scheme}://{host}\r\n");
    }
    if !layer.subprotocols.is_empty() {
        request += &format!("Sec-WebSocket-Protocol: {}\r\n", layer.subprotocols.join(", "));
    }
    let mut request = request.into_bytes();
    for (name, value) in own {
        request.extend_from_slice(name.as_str().as_bytes());
        request.extend_from_slice(b": ");
        request.extend_from_slice(value.as_bytes());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    Ok(request)
}

/// Whether the answer accepts this request.
fn check(headers: &HeaderMap, key: &str, offered: &[String]) -> Result<(), Mismatch> {
    let has = |name, wanted: &str| tokens(headers, name).any(|token| token.eq_ignore_ascii_case(wanted));
    if !has(header::UPGRADE, "websocket") || !has(header::CONNECTION, "upgrade") {
        return Err(Mismatch::Upgrade);
    }
    let accept = at_most_one(headers, SEC_WEBSOCKET_ACCEPT).ok().flatten();
    if accept.is_none_or(|accept| accept != &derive_accept_key(key.as_bytes())) {
        return Err(Mismatch::Accept);
    }
    if headers.contains_key(SEC_WEBSOCKET_EXTENSIONS) {
        return Err(Mismatch::Extension);
    }
    match at_most_one(headers, SEC_WEBSOCKET_PROTOCOL) {
        Ok(None) => Ok(()),
        Ok(Some(chosen)) if offered.iter().any(|name| chosen == name) => Ok(()),
        _ => Err(Mismatch::Subprotocol),
    }
}

/// The first line of a refusal's text, made fit for an error. Empty if it is HTML, as proxies send it.
async fn first_line(io: &mut (impl AsyncRead + Unpin), buffer: &mut BytesMut, body: BodyLength) -> String {
    let length = match body {
        BodyLength::Known(length) => usize::try_from(length).unwrap_or(MAX_TEXT).min(MAX_TEXT),
        BodyLength::Chunked | BodyLength::Unstated => MAX_TEXT,
    };
    // The size of the first chunk is a line before it.
    let lines = if body == BodyLength::Chunked { 2 } else { 1 };
    let reading = async {
        while buffer.len() < length && buffer.iter().filter(|byte| **byte == b'\n').count() < lines {
            match io.read_buf(buffer).await {
                Ok(0) | Err(_) => break,
                Ok(_) => {}
            }
        }
    };
    // A server that ends neither the line nor the connection has said what it says.
    let _timed_out = tokio::time::timeout(TEXT_TIMEOUT, reading).await;
    let text = String::from_utf8_lossy(buffer.get(..length).unwrap_or(buffer));
    let text = if lines == 2 { text.split_once('\n').map_or("", |(_, text)| text) } else { &text };
    refusal_text(text, SHOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

    fn request_of(layer: &WebSocket) -> Result<String, String> {
        let to = "ws://example.com:8890/".parse().unwrap();
        let request = request(layer, &to, KEY).map_err(|error| error.to_string())?;
        Ok(String::from_utf8(request).unwrap())
    }

    #[test]
    fn makes_a_request() {
        let layer = WebSocket::at("/kitex-ws?id=7").with_subprotocol("thrift").with_subprotocol("v2");
        let layer = layer.with_header("X-Tenant", "blue").with_basic("ann", "secret");
        insta::assert_snapshot!(request_of(&layer).unwrap().replace('\r', ""));
        let shown = format!("{layer:?}");
        assert!(!shown.contains("secret") && !shown.contains("YW5u") && !shown.contains("id=7"), "{shown}");
        let foreign = request_of(&WebSocket::at("/").with_header("origin", "https://a.example")).unwrap();
        assert!(!foreign.contains("Origin:") && foreign.contains("\r\norigin: https://a.example\r\n"), "{foreign}");
    }

    #[test]
    fn makes_no_request_of_what_cannot_be_sent() {
        for (layer, error) in [
            (WebSocket::at("kitex-ws"), "a path begins with /"),
            (WebSocket::at("/a b"), "percent-encoded"),
            (WebSocket::at("/a?b\r\nX: y"), "percent-encoded"),
            (WebSocket::at("/").with_subprotocol("a, b"), "subprotocol"),
            (WebSocket::at("/").with_header("X", "a\r\nY: b"), "value of the header x"),
            (WebSocket::at("/").with_header("Sec-WebSocket-Key", "a"), "set by the connection"),
            (WebSocket::at("/").with_bearer("a b"), "credentials"),
        ] {
            let told = request_of(&layer).expect_err(error);
            assert!(told.contains(error), "{told}");
        }
    }

    #[test]
    fn checks_the_answer() {
        let accept = derive_accept_key(KEY.as_bytes());
        let good = [("upgrade", "WebSocket"), ("connection", "keep-alive, Upgrade"), ("sec-websocket-accept", &accept)];
        let check = |lines: &[(&str, &str)]| {
            let headers = lines.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
            check(&headers.collect(), KEY, &["thrift".to_owned()])
        };
        assert_eq!(check(&good), Ok(()));
        assert_eq!(check(&good[1..]), Err(Mismatch::Upgrade));
        assert_eq!(check(&[good[0], good[2]]), Err(Mismatch::Upgrade));
        assert_eq!(check(&good[..2]), Err(Mismatch::Accept));
        assert_eq!(check(&[good[0], good[1], ("sec-websocket-accept", KEY)]), Err(Mismatch::Accept));
        let with = |name, value| check(&[&good[..], &[(name, value)]].concat());
        assert_eq!(with("sec-websocket-extensions", "permessage-deflate"), Err(Mismatch::Extension));
        assert_eq!(with("sec-websocket-protocol", "thrift"), Ok(()));
        assert_eq!(with("sec-websocket-protocol", "soap"), Err(Mismatch::Subprotocol));
    }

    #[tokio::test]
    async fn shows_the_first_line_of_a_refusal() {
        for (body, length, shown) in [
            ("no such path\nmore", BodyLength::Unstated, "no such path"),
            ("no such path and more", BodyLength::Known(12), "no such path"),
            ("\x1b[31mred", BodyLength::Unstated, "\u{fffd}[31mred"),
            ("c\r\nno such path\r\n0\r\n\r\n", BodyLength::Chunked, "no such path"),
            ("<html>", BodyLength::Unstated, ""),
            ("", BodyLength::Known(0), ""),
        ] {
            assert_eq!(first_line(&mut body.as_bytes(), &mut BytesMut::new(), length).await, shown, "{body:?}");
        }
        let text = "Bad request, client 0 has establish s2c conn";
        let (mut near, mut far) = tokio::io::duplex(1024);
        far.write_all(text.as_bytes()).await.unwrap();
        tokio::time::pause();
        let shown = first_line(&mut near, &mut BytesMut::new(), BodyLength::Unstated).await;
        assert_eq!(shown, text, "neither the line nor the connection ends");
        let long = "x".repeat(10_000);
        let line = first_line(&mut long.as_bytes(), &mut BytesMut::new(), BodyLength::Unstated).await;
        assert_eq!(line.chars().count(), SHOWN + 1);
    }
}
