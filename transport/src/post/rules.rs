//! Which requests a server accepts, and what its responses look like. Pure.

use std::fmt;

use ::http::header::{
    ACCEPT, ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, CONTENT_TYPE, COOKIE, EXPECT,
    HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN, USER_AGENT,
};
use bytes::Bytes;

use super::body::{BodyDecoder, BodyError};
use super::error::HttpError;
use crate::endpoint::{Endpoint, Scheme};
use crate::http::{Admission, BodyLength, Origins, OwnHeaders, Refusal, RequestHead, answer, path_below};

/// The media type of Apache's implementations, and those that name the encoding.
const MEDIA_TYPES: [&str; 3] =
    ["application/x-thrift", "application/vnd.apache.thrift.binary", "application/vnd.apache.thrift.compact"];

/// What a layer was configured with.
#[derive(Clone)]
pub(super) struct Settings {
    pub(super) path: String,
    pub(super) query: Option<String>,
    pub(super) subpaths: bool,
    pub(super) health: Option<String>,
    pub(super) origins: Origins,
    pub(super) admission: Option<Admission>,
    pub(super) headers: OwnHeaders,
    pub(super) keeps_alive: bool,
    pub(super) max_message_size: usize,
}

/// A request that is accepted.
#[derive(Debug)]
pub(super) enum Checked {
    Call {
        body: BodyDecoder,
        /// The client sends the body after `100 Continue`.
        wants_continue: bool,
    },
    Health,
    /// A browser asks whether a page of another origin may send a call. The response is that it may.
    Preflight {
        response: Vec<u8>,
    },
}

impl Settings {
    /// Checks a request. `first` is the first one of the connection.
    pub(super) fn check(&self, head: &RequestHead, first: Option<&RequestHead>) -> Result<Checked, Refusal> {
        let is_probe = matches!(head.method(), "GET" | "HEAD");
        if is_probe && self.health.as_deref() == Some(head.path()) {
            return Ok(Checked::Health);
        }
        if !self.serves(head.path()) {
            return Err(Refusal::not_found("no thrift service at this path"));
        }
        let is_preflight = head.method() == "OPTIONS" && head.header_map().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        if head.method() != "POST" && !is_preflight {
            let refusal = Refusal::new(405, "thrift over HTTP is sent with POST");
            return Err(refusal.with_header("Allow", "POST"));
        }
        let mut origins = head.header_map().get_all(ORIGIN).iter();
        let origin = origins.next().map(|origin| origin.to_str().unwrap_or("null"));
        if origin.is_some_and(|origin| origins.next().is_some() || !self.origins.admit(origin, head.host())) {
            return Err(Refusal::forbidden(Origins::REFUSED));
        }
        if is_preflight {
            // A body that nobody reads would be taken for the next request, which behind a proxy is another client's.
            if !matches!(head.body(), BodyLength::Unstated | BodyLength::Known(0)) {
                return Err(Refusal::bad_request("expected an OPTIONS request without a body"));
            }
            let response = preflight(origin.unwrap_or("null"), head.header(ACCESS_CONTROL_REQUEST_HEADERS.as_str()));
            return Ok(Checked::Preflight { response });
        }
        let media_type = head.header(CONTENT_TYPE.as_str()).and_then(|value| value.split(';').next()).map(str::trim);
        if !media_type.is_some_and(|given| MEDIA_TYPES.iter().any(|known| known.eq_ignore_ascii_case(given))) {
            let refusal = Refusal::new(415, "expected Content-Type: application/x-thrift");
            return Err(refusal.with_header("Accept", MEDIA_TYPES[0]));
        }
        if first.is_some_and(|first| !is_same_caller(first, head)) {
            let why = "path, query, host, credentials or origin differ from those of the connection's first request; use \
                       another connection";
            return Err(Refusal::new(421, why));
        }
        let wants_continue = head.header_map().contains_key(EXPECT);
        if wants_continue && !head.has_token(EXPECT, "100-continue") {
            return Err(Refusal::new(417, "the only supported expectation is 100-continue"));
        }
        if head.body() == BodyLength::Unstated {
            return Err(Refusal::new(411, "expected Content-Length or Transfer-Encoding: chunked"));
        }
        let body = BodyDecoder::new(head.body(), self.max_message_size)
            .map_err(|error| Refusal::new(status_of(&error), error.to_string()))?;
        Ok(Checked::Call { body, wants_continue: wants_continue && head.is_http_11() })
    }

    /// Whether another request may follow this one on its connection.
    pub(super) fn keeps_alive(&self, head: &RequestHead) -> bool {
        self.keeps_alive && head.keeps_alive() && head.is_http_11()
    }

    /// Whether a server with these settings has a service at `path`.
    fn serves(&self, path: &str) -> bool {
        match path_below(&self.path, path) {
            Some("" | "/") => true,
            Some(_) => self.subpaths,
            None => false,
        }
    }

    /// The head of a client's requests up to the value of `Content-Length`.
    pub(super) fn request(&self, to: &Endpoint) -> Result<Bytes, HttpError> {
        let headers = self.headers.get().map_err(|error| HttpError::Header(error.clone()))?;
        let query = self.query.iter().map(|query| format!("?{query}")).collect::<String>();
        let target = format!("{}{query}", self.path);
        if !target.starts_with('/') || !target.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#') {
            return Err(HttpError::Path);
        }
        let mut request = format!("POST {target} HTTP/1.1\r\nHost: {}\r\n", host(to)).into_bytes();
        let defaults = [(CONTENT_TYPE, MEDIA_TYPES[0]), (ACCEPT, MEDIA_TYPES[0]), (USER_AGENT, "volplane")];
        let defaults = defaults.map(|(name, value)| (name, HeaderValue::from_static(value)));
        let missing =
            defaults.iter().filter(|(name, _)| !headers.contains_key(name)).map(|(name, value)| (name, value));
        for (name, value) in missing.chain(headers) {
            request.extend_from_slice(name.as_str().as_bytes());
            request.extend_from_slice(b": ");
            request.extend_from_slice(value.as_bytes());
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(b"Content-Length: ");
        Ok(request.into())
    }
}

impl fmt::Debug for Settings {
    /// Without the query, which can contain credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("path", &self.path)
            .field("subpaths", &self.subpaths)
            .field("health", &self.health)
            .field("origins", &self.origins)
            .field("admission", &self.admission)
            .field("headers", &self.headers)
            .field("keeps_alive", &self.keeps_alive)
            .field("max_message_size", &self.max_message_size)
            .finish_non_exhaustive()
    }
}

/// The value of `Host`. The port of the scheme is left out, as other clients do it: some servers compare texts.
fn host(to: &Endpoint) -> String {
    let authority = to.authority().unwrap_or_else(|| "localhost".to_owned());
    match to.scheme().and_then(Scheme::default_port) {
        Some(port) if to.port() == Some(port) => {
            authority.strip_suffix(&format!(":{port}")).map(str::to_owned).unwrap_or(authority)
        }
        _ => authority,
    }
}

/// Whether two requests are of one caller. What is known of the peer comes from the first request of a connection, so
/// a proxy must not send those of different callers over one connection.
fn is_same_caller(first: &RequestHead, next: &RequestHead) -> bool {
    const OF_THE_CALLER: [HeaderName; 4] = [AUTHORIZATION, COOKIE, HOST, ORIGIN];
    let all = |head: &RequestHead, name| head.header_map().get_all(name).into_iter().cloned().collect::<Vec<_>>();
    first.path() == next.path()
        && first.query() == next.query()
        && OF_THE_CALLER.iter().all(|name| all(first, name) == all(next, name))
}

pub(super) fn status_of(error: &BodyError) -> u16 {
    if matches!(error, BodyError::TooLarge { .. }) { 413 } else { 400 }
}

/// The head of a response with an answer of `length` bytes. `origin`: of the page that called.
pub(super) fn response(length: usize, last: bool, origin: Option<&str>) -> Vec<u8> {
    let media_type = MEDIA_TYPES[0];
    let close = if last { "Connection: close\r\n" } else { "" };
    let origin = origin.map(allow_origin).unwrap_or_default();
    format!("HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\n{origin}{close}\r\n")
        .into_bytes()
}

/// What lets a page of another origin read a response (<https://fetch.spec.whatwg.org/#http-cors-protocol>). Cookies
/// stay excluded.
fn allow_origin(origin: &str) -> String {
    format!("Access-Control-Allow-Origin: {origin}\r\nVary: Origin\r\n")
}

/// For 10 minutes, a browser need not ask again.
fn preflight(origin: &str, headers: Option<&str>) -> Vec<u8> {
    let (origin, headers) = (allow_origin(origin), headers.unwrap_or("content-type"));
    format!(
        "HTTP/1.1 204 No Content\r\n{origin}Access-Control-Allow-Methods: POST\r\n\
         Access-Control-Allow-Headers: {headers}\r\nAccess-Control-Max-Age: 600\r\n\r\n"
    )
    .into_bytes()
}

/// The response to a health check.
pub(super) fn healthy(with_body: bool) -> Vec<u8> {
    answer(200, &HeaderMap::new(), "ok", with_body)
}
