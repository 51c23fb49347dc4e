//! The head of a proxy's response. It is pure: bytes come one at a time, so that none after the head is taken.

/// Squid answers with some 300 bytes, and a page that is not read. 8 KiB is the limit of nginx for one header line.
pub(super) const MAX_HEAD: usize = 8 * 1024;

/// A proxy sends some ten headers.
const MAX_HEADERS: usize = 64;

/// What every head begins with.
const BEGINNING: &[u8] = b"HTTP/1.";

/// The heads of one or more responses: those with a status of 1xx are followed by another.
#[derive(Debug, Default)]
pub(super) struct ProxyResponseHead {
    /// The bytes of the current head.
    bytes: Vec<u8>,
    /// The bytes of the heads before it.
    before: usize,
}

/// A complete head.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) reason: String,
}

impl ProxyResponseHead {
    /// Adds the next byte. `Some` after the last one of a head whose status is not 1xx.
    ///
    /// # Errors
    ///
    /// As soon as it can't become a head any more.
    pub(super) fn push(&mut self, byte: u8) -> Result<Option<Answer>, &'static str> {
        let position = self.bytes.len();
        if BEGINNING.get(position).is_some_and(|expected| *expected != byte) {
            return Err("it does not begin with HTTP/1.");
        }
        if self.before + position >= MAX_HEAD {
            return Err("it is longer than 8 KiB");
        }
        self.bytes.push(byte);
        if !(self.bytes.ends_with(b"\r\n\r\n") || self.bytes.ends_with(b"\n\n")) {
            return Ok(None);
        }
        let answer = parse(&self.bytes)?;
        if (100..200).contains(&answer.status) {
            self.before += self.bytes.len();
            self.bytes.clear();
            return Ok(None);
        }
        Ok(Some(answer))
    }
}

fn parse(head: &[u8]) -> Result<Answer, &'static str> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    match response.parse(head) {
        Ok(httparse::Status::Complete(_)) => {}
        Ok(httparse::Status::Partial) => return Err("it ends too early"),
        Err(httparse::Error::TooManyHeaders) => return Err("it has more than 64 headers"),
        Err(_) => return Err("it has a syntax error"),
    }
    let status = response.code.ok_or("it has no status")?;
    // It goes into logs: a line stays a line.
    let visible = |character: &char| character.is_ascii_graphic() || *character == ' ';
    let reason = response.reason.unwrap_or_default().chars().filter(visible).take(80).collect();
    Ok(Answer { status, reason })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The first answer, and how many bytes it took.
    fn read(bytes: &[u8]) -> Result<Option<(Answer, usize)>, &'static str> {
        let mut head = ProxyResponseHead::default();
        for (position, &byte) in bytes.iter().enumerate() {
            if let Some(answer) = head.push(byte)? {
                return Ok(Some((answer, position + 1)));
            }
        }
        Ok(None)
    }

    fn answer(status: u16, reason: &str) -> Answer {
        Answer { status, reason: reason.to_owned() }
    }

    #[test]
    fn a_head_ends_at_the_empty_line() {
        for (bytes, status, reason) in [
            ("HTTP/1.1 200 Connection established\r\n\r\n", 200, "Connection established"),
            ("HTTP/1.0 200\r\n\r\n", 200, ""),
            ("HTTP/1.1 407 Proxy\x09Auth\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n", 407, "ProxyAuth"),
            ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", 200, "OK"),
            ("HTTP/1.1 502 Bad Gateway\n\n", 502, "Bad Gateway"),
        ] {
            let with_more = format!("{bytes}after");
            assert_eq!(read(with_more.as_bytes()), Ok(Some((answer(status, reason), bytes.len()))), "{bytes:?}");
        }
    }

    #[test]
    fn what_is_no_head_is_an_error_at_once() {
        assert_eq!(read(b"S"), Err("it does not begin with HTTP/1."));
        assert_eq!(read(b"HTTP/2"), Err("it does not begin with HTTP/1."));
        assert_eq!(read(b"HTTP/1.1 twohundred\r\n\r\n"), Err("it has a syntax error"));
        let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(65));
        assert_eq!(read(many.as_bytes()), Err("it has more than 64 headers"));
        let long = format!("HTTP/1.1 200 OK\r\na: {}", "b".repeat(MAX_HEAD));
        assert_eq!(read(long.as_bytes()), Err("it is longer than 8 KiB"));
        let endless = "HTTP/1.1 100 Continue\r\n\r\n".repeat(MAX_HEAD);
        assert_eq!(read(endless.as_bytes()), Err("it is longer than 8 KiB"));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>, line in "(HTTP/1\\.[01] )?[0-9 ]{0,5}[ -~\r\n]{0,200}\r\n\r\n") {
            read(&bytes).ok();
            read(&[b"HTTP/1.1 200 ", &bytes[..], b"\r\n\r\n"].concat()).ok();
            read(line.as_bytes()).ok();
        }
    }
}
