//! Finds the end of a head, however it arrives.

use super::{HeadError, MAX_HEAD};

/// Looks at each byte of a head once, and checks what httparse lets pass: lines end with CR LF, and no line continues
/// the one before.
#[derive(Debug, Default)]
pub(crate) struct HeadEnd {
    /// Where the first line that was not looked at begins.
    line: usize,
    /// Up to where that line has no end.
    looked_at: usize,
    /// Whether the request or status line has been seen.
    started: bool,
}

impl HeadEnd {
    /// The length of the head at the front of `bytes`, with its empty line. `None` if more bytes are needed. Call it
    /// again with the same bytes and those that followed.
    pub(crate) fn find(&mut self, bytes: &[u8]) -> Result<Option<usize>, HeadError> {
        let bytes = bytes.get(..MAX_HEAD).unwrap_or(bytes);
        // A method begins with a letter. One empty line before it is ignored (RFC 9112, 2.2).
        if bytes.first().is_some_and(|first| !first.is_ascii_alphabetic() && *first != b'\r') {
            return Err(HeadError::NotHttp);
        }
        while let Some(length) =
            bytes.get(self.looked_at..).and_then(|rest| rest.iter().position(|&byte| byte == b'\n'))
        {
            let end = self.looked_at + length;
            let line = bytes.get(self.line..end).and_then(|line| line.strip_suffix(b"\r")).ok_or(HeadError::LineEnd)?;
            if line.contains(&b'\r') {
                return Err(HeadError::LineEnd);
            }
            if self.started && line.first().is_some_and(|first| matches!(first, b' ' | b'\t')) {
                return Err(HeadError::Folded);
            }
            match (line.is_empty(), self.started) {
                (true, true) => return Ok(Some(end + 1)),
                (true, false) if self.line > 0 => return Err(HeadError::Syntax),
                (true, false) => {}
                (false, _) => self.started = true,
            }
            (self.line, self.looked_at) = (end + 1, end + 1);
        }
        self.looked_at = bytes.len();
        if bytes.len() == MAX_HEAD { Err(HeadError::TooLarge) } else { Ok(None) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Found = Result<Option<usize>, HeadError>;

    fn find(stream: &[u8], chunk: usize) -> Found {
        let mut end = HeadEnd::default();
        let mut seen = 0;
        loop {
            seen = (seen + chunk).min(stream.len());
            match end.find(&stream[..seen])? {
                None if seen < stream.len() => {}
                found => return Ok(found),
            }
        }
    }

    #[test]
    fn finds_the_first_empty_line_and_refuses_what_is_no_head() {
        let long_line = [b"GET /".as_slice(), &[b'a'; MAX_HEAD]].concat();
        let exact = format!("GET / HTTP/1.1\r\na: {}\r\n\r\n", "b".repeat(MAX_HEAD - 23));
        assert_eq!(exact.len(), MAX_HEAD);
        let cases: [(&[u8], Found); 14] = [
            (b"", Ok(None)),
            (b"GET / HTTP/1.1\r\n\r\nframes\n\n", Ok(Some(18))),
            (b"\r\nGET / HTTP/1.1\r\n\r\n", Ok(Some(20))),
            (b"\r\n\r\n", Err(HeadError::Syntax)),
            (b"GET / HTTP/1.1\r\nHost: a\r\n", Ok(None)),
            (b"GET / HTTP/1.1\n", Err(HeadError::LineEnd)),
            (b"GET / HTTP/1.1\r\nHost: a\n\r\n", Err(HeadError::LineEnd)),
            (b"GET / HTTP/1.1\rHost: a\r\n", Err(HeadError::LineEnd)),
            (b"GET / HTTP/1.1\r\na: b\r\n c\r\n", Err(HeadError::Folded)),
            (b"\x16\x03\x01", Err(HeadError::NotHttp)),
            (b"\x80\x01\x00\x01", Err(HeadError::NotHttp)),
            (b"\0", Err(HeadError::NotHttp)),
            (&long_line, Err(HeadError::TooLarge)),
            (exact.as_bytes(), Ok(Some(MAX_HEAD))),
        ];
        for (stream, expected) in cases {
            for chunk in [1, 7, MAX_HEAD * 2] {
                assert_eq!(find(stream, chunk), expected, "{:?}", String::from_utf8_lossy(stream));
            }
        }
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(stream in "[aA \t\r\n]{0,40}|(a\r\n){0,4}\r\n[a\r\n]{0,9}", chunk in 1usize..50) {
            prop_assert_eq!(find(stream.as_bytes(), chunk), find(stream.as_bytes(), 100));
        }
    }
}
