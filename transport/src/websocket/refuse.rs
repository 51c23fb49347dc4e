//! Whether a request is a WebSocket handshake that this server accepts. Pure.

use ::http::header::{CONNECTION, ORIGIN, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE};
use data_encoding::BASE64;

use super::WebSocket;
use super::settings::Paths;
use crate::http::{
    BodyLength, Origins, PathIdError, Refusal, RequestHead, at_most_one, is_token, path_below, path_id, tokens,
};

/// A request that is not refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum AcceptedRequest<'a> {
    Upgrade(Upgrade<'a>),
    /// A health check.
    Healthy,
}

/// A valid handshake.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Upgrade<'a> {
    pub(super) key: &'a str,
    pub(super) id: Option<String>,
    /// The one that was chosen of those that the client offers.
    pub(super) subprotocol: Option<&'a str>,
}

/// Checks a request, the address first, so that a client at the wrong server gets an error about the address.
pub(super) fn judge<'a>(layer: &WebSocket, head: &'a RequestHead) -> Result<AcceptedRequest<'a>, Refusal> {
    let is_health = layer.server.health.as_deref() == Some(head.path()) && matches!(head.method(), "GET" | "HEAD");
    if is_health && !head.has_token(UPGRADE, "websocket") {
        return Ok(AcceptedRequest::Healthy);
    }
    let id = address(layer, head.path())?;
    let key = handshake(head)?;
    origin(layer, head)?;
    let subprotocol = subprotocol(layer, head);
    Ok(AcceptedRequest::Upgrade(Upgrade { key, id, subprotocol }))
}

/// The first offered subprotocol that this server has; it accepts any if none is configured. A subprotocol that
/// was not offered is never named (RFC 6455, 4.2.2). Browsers and the npm package `ws` require one of those that they
/// offered.
fn subprotocol<'a>(layer: &WebSocket, head: &'a RequestHead) -> Option<&'a str> {
    let mut offered = tokens(head.header_map(), SEC_WEBSOCKET_PROTOCOL).filter(|name| is_token(name));
    match layer.subprotocols.as_slice() {
        [] => offered.next(),
        own => offered.find(|name| own.iter().any(|own| own == name)),
    }
}

/// Checks the path. Returns the id in it, if there is to be one.
fn address(layer: &WebSocket, path: &str) -> Result<Option<String>, Refusal> {
    let not_found = || Refusal::not_found("no WebSocket at this path");
    if let Paths::IdsUnder(segments) = layer.server.paths {
        return address_under(layer, segments, path);
    }
    match (layer.server.paths, path_below(&layer.path, path)) {
        (Paths::Own, Some("" | "/")) | (Paths::Subpaths, Some(_)) => Ok(None),
        (Paths::Ids, Some(_)) => {
            let id =
                path_id(&layer.path, path).map_err(|error: PathIdError| Refusal::bad_request(error.to_string()))?;
            Ok(Some(id))
        }
        _ => Err(not_found()),
    }
}

/// Checks a path that has one of these segments before the id.
fn address_under(layer: &WebSocket, segments: &[&str], path: &str) -> Result<Option<String>, Refusal> {
    let below = path_below(&layer.path, path).unwrap_or_default();
    let ids = segments.iter().map(|segment| path_id(&format!("/{segment}"), below));
    let id = ids.into_iter().find(|id| *id != Err(PathIdError::Missing));
    let not_found =
        || Refusal::not_found(format!("expected PATH/SEGMENT/ID, where SEGMENT is one of {}", segments.join(", ")));
    let id = id.ok_or_else(not_found)?.map_err(|error| Refusal::bad_request(error.to_string()))?;
    Ok(Some(id))
}

/// RFC 6455, 4.2.1. Returns the key.
fn handshake(head: &RequestHead) -> Result<&str, Refusal> {
    if head.method() != "GET" {
        return Err(Refusal::new(405, "expected GET").with_header("Allow", "GET"));
    }
    if !head.has_token(UPGRADE, "websocket") {
        let refusal = Refusal::new(426, "this is a WebSocket: connect to it with a ws:// or wss:// URL");
        return Err(refusal.with_header("Upgrade", "websocket"));
    }
    if !head.is_http_11() {
        return Err(Refusal::new(505, "expected HTTP/1.1"));
    }
    if !head.has_token(CONNECTION, "upgrade") {
        return Err(Refusal::bad_request("expected `Connection: Upgrade`; a proxy may have removed it"));
    }
    if !matches!(head.body(), BodyLength::Unstated | BodyLength::Known(0)) {
        return Err(Refusal::bad_request("expected a request without a body"));
    }
    match at_most_one(head.header_map(), SEC_WEBSOCKET_VERSION) {
        Ok(Some(version)) if version == "13" => {}
        _ => {
            let refusal = Refusal::new(426, "expected version 13 of WebSocket");
            return Err(refusal.with_header("Upgrade", "websocket").with_header("Sec-WebSocket-Version", "13"));
        }
    }
    let key = at_most_one(head.header_map(), SEC_WEBSOCKET_KEY).ok().flatten().and_then(|key| key.to_str().ok());
    key.filter(|key| BASE64.decode(key.as_bytes()).is_ok_and(|key| key.len() == 16))
        .ok_or_else(|| Refusal::bad_request("expected one Sec-WebSocket-Key, of 16 bytes in base64"))
}

/// Only browsers have an `Origin` that they can't choose.
fn origin(layer: &WebSocket, head: &RequestHead) -> Result<(), Refusal> {
    let origin = at_most_one(head.header_map(), ORIGIN).map_err(|()| Refusal::bad_request("expected one Origin"))?;
    let Some(origin) = origin else { return Ok(()) };
    // A value that is not visible ASCII is not an origin.
    match origin.to_str() {
        Ok(origin) if layer.server.origins.admit(origin, head.host()) => Ok(()),
        _ => Err(Refusal::forbidden(Origins::REFUSED)),
    }
}
