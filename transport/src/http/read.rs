//! Reads a head off a connection.

use std::error::Error;
use std::io;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt};

use super::HeadError;
use super::head_end::HeadEnd;

/// How much is read at once: most heads, and little of what follows them.
const CHUNK: usize = 1024;

/// Why no head was read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadHeadError {
    #[error("cannot read from the connection")]
    Io(#[source] io::Error),
    /// Without a byte of a head.
    #[error("the connection ended before an HTTP head")]
    Ended,
    #[error("the connection ended inside an HTTP head")]
    CutOff,
    #[error(transparent)]
    Head(#[from] HeadError),
}

impl ReadHeadError {
    /// As an error of the connection, if it is one: an end of it is one that another attempt may not meet.
    pub(crate) fn into_boxed(self) -> Box<dyn Error + Send + Sync> {
        match self {
            ReadHeadError::Ended | ReadHeadError::CutOff => io::Error::new(io::ErrorKind::UnexpectedEof, self).into(),
            ReadHeadError::Io(_) | ReadHeadError::Head(_) => self.into(),
        }
    }
}

/// Reads until `buffer` begins with a whole head, which is taken out of it. The bytes that arrived after it stay in
/// `buffer`.
///
/// # Cancel safety
///
/// Cancel safe: what has been read stays in `buffer`.
pub(crate) async fn read_head(
    io: &mut (impl AsyncRead + Unpin),
    buffer: &mut BytesMut,
) -> Result<BytesMut, ReadHeadError> {
    let mut end = HeadEnd::default();
    loop {
        if let Some(length) = end.find(buffer)? {
            return Ok(buffer.split_to(length));
        }
        buffer.reserve(CHUNK);
        if io.read_buf(buffer).await.map_err(ReadHeadError::Io)? == 0 {
            return Err(if buffer.is_empty() { ReadHeadError::Ended } else { ReadHeadError::CutOff });
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;

    use super::*;

    const HEAD: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    #[tokio::test]
    async fn keeps_what_follows_the_head_however_it_arrives() {
        for chunk in [1, 7, 100] {
            // Holds one chunk, so that each is read by itself.
            let (mut near, mut far) = tokio::io::duplex(chunk);
            let stream = [HEAD, b"frames"].concat();
            let send = async { far.write_all(&stream).await.unwrap() };
            let read = async {
                let mut buffer = BytesMut::new();
                let head = read_head(&mut near, &mut buffer).await.unwrap();
                while buffer.len() < 6 {
                    near.read_buf(&mut buffer).await.unwrap();
                }
                (head, buffer)
            };
            let ((), (head, rest)) = tokio::join!(send, read);
            assert_eq!((&head[..], &rest[..]), (HEAD, &b"frames"[..]));
        }
    }

    #[tokio::test]
    async fn tells_the_ends_apart() {
        let error = |stream: &'static [u8]| async move { read_head(&mut &*stream, &mut BytesMut::new()).await };
        assert!(matches!(error(b"").await, Err(ReadHeadError::Ended)));
        assert!(matches!(error(b"GET").await, Err(ReadHeadError::CutOff)));
        assert!(matches!(error(b"\x16").await, Err(ReadHeadError::Head(HeadError::NotHttp))));
    }
}
