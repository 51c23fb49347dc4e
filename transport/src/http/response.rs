//! The head of a response.

use ::http::HeaderMap;

use super::request::{header_map, keeps_alive};
use super::{BodyLength, HeadError, MAX_HEADERS};

/// The head of an HTTP/1.1 response.
#[derive(Clone, Debug)]
pub(crate) struct ResponseHead {
    status: u16,
    minor_version: u8,
    headers: HeaderMap,
    body: BodyLength,
}

impl ResponseHead {
    /// Parses a whole head, with its empty line: what [`read_head`](super::read_head) returns.
    pub(crate) fn parse(head: &[u8]) -> Result<Self, HeadError> {
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut parsed = httparse::Response::new(&mut headers);
        if !parsed.parse(head)?.is_complete() {
            return Err(HeadError::Syntax);
        }
        let (Some(status @ 100..=599), Some(minor_version)) = (parsed.code, parsed.version) else {
            return Err(HeadError::Syntax);
        };
        let headers = header_map(parsed.headers)?;
        // RFC 9112, 6.3: these have no body, whatever the headers say.
        let body = match status {
            100..=199 | 204 | 304 => BodyLength::Known(0),
            _ => BodyLength::of(&headers, minor_version)?,
        };
        Ok(Self { status, minor_version, headers, body })
    }

    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// `Unstated`: until the end of the connection.
    pub(crate) fn body(&self) -> BodyLength {
        self.body
    }

    /// Whether the server takes another request over the connection (RFC 9112, 9.3).
    pub(crate) fn keeps_alive(&self) -> bool {
        keeps_alive(&self.headers, self.minor_version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(lines: &str) -> Result<ResponseHead, HeadError> {
        ResponseHead::parse(format!("{}\r\n\r\n", lines.replace('\n', "\r\n")).as_bytes())
    }

    #[test]
    fn reads_what_servers_send() {
        let head = parse("HTTP/1.1 404 Not Found\nContent-Length: 10\nX: y").unwrap();
        assert_eq!((head.status(), head.body(), head.keeps_alive()), (404, BodyLength::Known(10), true));
        assert_eq!(head.headers().get("x").and_then(|value| value.to_str().ok()), Some("y"));
        assert_eq!(parse("HTTP/1.1 200 OK").unwrap().body(), BodyLength::Unstated);
        assert_eq!(parse("HTTP/1.1 204 No Content").unwrap().body(), BodyLength::Known(0));
        assert!(!parse("HTTP/1.0 200 OK").unwrap().keeps_alive());
        for (head, error) in [
            ("HTTP/1.1 099 Odd", HeadError::Syntax),
            ("HTTP/1.1 1000 Odd", HeadError::Syntax),
            ("SSH-2.0-OpenSSH", HeadError::Version),
            ("HTTP/3.0 200 OK", HeadError::Version),
            ("HTTP/1.1 200 OK\nContent-Length: 1\nContent-Length: 2", HeadError::ContentLength),
        ] {
            assert_eq!(parse(head).err(), Some(error), "{head:?}");
        }
    }
}
