//! The head of a request.

use std::fmt;
use std::str::FromStr;

use ::http::HeaderMap;
use ::http::header::{CONNECTION, CONTENT_LENGTH, HOST, HeaderName, HeaderValue, TRANSFER_ENCODING};

use super::{HeadError, HostPort, MAX_HEADERS, credentials};

/// The head of an HTTP/1.1 request: method, path, query and headers.
///
/// Layers attach it to the peer: `peer.get::<RequestHead>()` finds it. It is at most 8 KiB long, with at most 64
/// headers. `Debug` prints neither values of headers nor the query, which can contain credentials.
#[derive(Clone)]
pub struct RequestHead {
    method: String,
    path: String,
    query: Option<String>,
    host: Option<HostPort>,
    minor_version: u8,
    headers: HeaderMap,
    body: BodyLength,
}

/// How the end of a body is found (RFC 9112, 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyLength {
    /// That many bytes.
    Known(u64),
    /// Chunked transfer coding.
    Chunked,
    /// Neither header is there: a request has no body, that of a response ends with the connection.
    Unstated,
}

impl RequestHead {
    /// Parses a whole head, with its empty line: what [`read_head`](super::read_head) returns.
    pub(crate) fn parse(head: &[u8]) -> Result<Self, HeadError> {
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut parsed = httparse::Request::new(&mut headers);
        if !parsed.parse(head)?.is_complete() {
            return Err(HeadError::Syntax);
        }
        let (Some(method), Some(target), Some(minor_version)) = (parsed.method, parsed.path, parsed.version) else {
            return Err(HeadError::Syntax);
        };
        let headers = header_map(parsed.headers)?;
        let (target_host, path, query) = split_target(target).ok_or(HeadError::Target)?;
        let host = host(&headers, minor_version)?;
        if target_host.is_some() && target_host != host {
            return Err(HeadError::Host);
        }
        let body = BodyLength::of(&headers, minor_version)?;
        Ok(Self { method: method.to_owned(), path, query, host, minor_version, headers, body })
    }

    /// The method, such as `GET`. Methods are case-sensitive.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The path as it was sent, percent-encoded and without the query. It begins with `/` and is visible ASCII.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The query as it was sent, without the question mark.
    pub fn query(&self) -> Option<&str> {
        self.query.as_deref()
    }

    /// All headers: the name in lower case, and the value. A name that was sent several times is there as often.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()))
    }

    pub(crate) fn header_map(&self) -> &HeaderMap {
        &self.headers
    }

    /// The first header with this name, in any case. `None` if the request does not have it, or its value is not visible ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The token of `Authorization: Bearer …` ([RFC 6750](https://www.rfc-editor.org/rfc/rfc6750)). `None` if there is
    /// none, or more than one `Authorization`.
    pub fn bearer(&self) -> Option<&str> {
        credentials::read_bearer(&self.headers)
    }

    /// User and password of `Authorization: Basic …` ([RFC 7617](https://www.rfc-editor.org/rfc/rfc7617)). `None` if
    /// there are none, if they are not UTF-8, or if there is more than one `Authorization`.
    pub fn basic(&self) -> Option<(String, String)> {
        credentials::read_basic(&self.headers)
    }

    /// `Host`. An HTTP/1.0 request may have none.
    pub(crate) fn host(&self) -> Option<&HostPort> {
        self.host.as_ref()
    }

    /// Whether it is HTTP/1.1, not 1.0.
    pub(crate) fn is_http_11(&self) -> bool {
        self.minor_version == 1
    }

    pub(crate) fn body(&self) -> BodyLength {
        self.body
    }

    /// Whether the headers of this name have `token` in their comma-separated lists.
    pub(crate) fn has_token(&self, name: HeaderName, token: &str) -> bool {
        tokens(&self.headers, name).any(|one| one.eq_ignore_ascii_case(token))
    }

    /// Whether the client wants to send another request over the connection (RFC 9112, 9.3).
    pub(crate) fn keeps_alive(&self) -> bool {
        keeps_alive(&self.headers, self.minor_version)
    }
}

impl fmt::Debug for RequestHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.headers.keys().map(HeaderName::as_str).collect::<Vec<_>>();
        let request = f.debug_struct("RequestHead").field("method", &self.method).field("path", &self.path).finish();
        request.and_then(|()| write!(f, " with {names:?}"))
    }
}

impl BodyLength {
    /// One `Content-Length`, or `chunked`, not both: two readers that pick different ones see different requests.
    pub(super) fn of(headers: &HeaderMap, minor_version: u8) -> Result<Self, HeadError> {
        let length = at_most_one(headers, CONTENT_LENGTH).map_err(|()| HeadError::ContentLength)?;
        let coding = at_most_one(headers, TRANSFER_ENCODING).map_err(|()| HeadError::TransferEncoding)?;
        match (length, coding) {
            (None, None) => Ok(BodyLength::Unstated),
            (Some(length), None) => number(length).map(BodyLength::Known).ok_or(HeadError::ContentLength),
            (None, Some(coding)) if minor_version == 1 && coding.as_bytes().eq_ignore_ascii_case(b"chunked") => {
                Ok(BodyLength::Chunked)
            }
            (None, Some(_)) => Err(HeadError::TransferEncoding),
            (Some(_), Some(_)) => Err(HeadError::ContentLength),
        }
    }
}

/// Only digits: `u64::from_str` also takes a plus sign.
fn number(value: &HeaderValue) -> Option<u64> {
    let digits = value.to_str().ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    u64::from_str(digits).ok()
}

fn host(headers: &HeaderMap, minor_version: u8) -> Result<Option<HostPort>, HeadError> {
    match at_most_one(headers, HOST).map_err(|()| HeadError::Host)? {
        Some(host) => host.to_str().ok().and_then(HostPort::parse).map(Some).ok_or(HeadError::Host),
        // haproxy's health checks are HTTP/1.0 without it.
        None if minor_version == 0 => Ok(None),
        None => Err(HeadError::Host),
    }
}

/// Splits a request target into host, path and query. Clients send the form without host; servers have to understand
/// the form with it, too (RFC 9112, 3.2.2).
fn split_target(target: &str) -> Option<(Option<HostPort>, String, Option<String>)> {
    if !target.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#') {
        return None;
    }
    let (host, rest) = match target.split_once("://") {
        Some((scheme, rest)) if !target.starts_with('/') => {
            if !["http", "https", "ws", "wss"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
                return None;
            }
            let (host, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
            (Some(HostPort::parse(host)?), rest)
        }
        _ => (None, target),
    };
    let (path, query) = match rest.split_once('?') {
        Some((path, query)) => (path, Some(query.to_owned())),
        None => (rest, None),
    };
    match (path, &host) {
        ("", Some(_)) => Some((host, "/".to_owned(), query)),
        (path, _) if path.starts_with('/') => Some((host, path.to_owned(), query)),
        _ => None,
    }
}

/// httparse's headers as the `http` crate has them.
pub(super) fn header_map(parsed: &[httparse::Header<'_>]) -> Result<HeaderMap, HeadError> {
    let mut headers = HeaderMap::with_capacity(parsed.len());
    for header in parsed {
        let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|_| HeadError::Syntax)?;
        let value = HeaderValue::from_bytes(header.value).map_err(|_| HeadError::Syntax)?;
        headers.append(name, value);
    }
    Ok(headers)
}

/// The value of a header that must not be there twice.
pub(crate) fn at_most_one(headers: &HeaderMap, name: HeaderName) -> Result<Option<&HeaderValue>, ()> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    values.next().map_or(Ok(first), |_| Err(()))
}

/// Whether it is a token (RFC 9110, 5.6.2), which the names of subprotocols and of headers are.
pub(crate) fn is_token(name: &str) -> bool {
    HeaderName::try_from(name).is_ok()
}

/// The elements of the comma-separated lists of this name.
pub(crate) fn tokens(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let lists = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',')).map(str::trim).filter(|token| !token.is_empty())
}

pub(super) fn keeps_alive(headers: &HeaderMap, minor_version: u8) -> bool {
    let has = |token| tokens(headers, CONNECTION).any(|one| one.eq_ignore_ascii_case(token));
    !has("close") && (minor_version == 1 || has("keep-alive"))
}

#[cfg(test)]
mod tests;
