//! Reads an HTTP head and nothing after it.
//!
//! tungstenite performs only the handshake. This stream ends after the head, so that frames that arrive together with
//! it are kept for our own frame codec.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The limit of nginx for all header lines together: 4 buffers of 8 KiB.
const MAX_HEAD: usize = 32 * 1024;

const END: &[u8; 4] = b"\r\n\r\n";

/// A stream that ends after the first empty line.
#[derive(Debug)]
pub(super) struct HeadOnly<S> {
    io: S,
    /// Bytes that were read and not yet returned.
    buffer: BytesMut,
    /// How many bytes of [`END`] are at the end of the bytes returned so far.
    matched: usize,
    returned: usize,
}

impl<S> HeadOnly<S> {
    pub(super) fn new(io: S) -> Self {
        Self { io, buffer: BytesMut::new(), matched: 0, returned: 0 }
    }

    /// The stream, and the bytes after the head that were read from it.
    pub(super) fn into_parts(self) -> (S, BytesMut) {
        (self.io, self.buffer)
    }

    /// How many of the buffered bytes belong to the head, and how many bytes of [`END`] are at their end.
    fn scan(&self, limit: usize) -> (usize, usize) {
        let mut matched = self.matched;
        for (at, &byte) in self.buffer.iter().take(limit).enumerate() {
            matched = match byte {
                byte if byte == END[matched] => matched + 1,
                b'\r' => 1,
                _ => 0,
            };
            if matched == END.len() {
                return (at + 1, matched);
            }
        }
        (self.buffer.len().min(limit), matched)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for HeadOnly<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.matched == END.len() {
            return Poll::Ready(Ok(()));
        }
        if this.returned >= MAX_HEAD {
            let why = format!("HTTP head larger than {MAX_HEAD} bytes");
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, why)));
        }
        if this.buffer.is_empty() {
            let mut chunk = [0; 1024];
            let mut chunk = ReadBuf::new(&mut chunk);
            ready!(Pin::new(&mut this.io).poll_read(cx, &mut chunk))?;
            this.buffer.extend_from_slice(chunk.filled());
        }
        let (count, matched) = this.scan(out.remaining());
        out.put_slice(&this.buffer[..count]);
        this.buffer.advance(count);
        this.matched = matched;
        this.returned += count;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for HeadOnly<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().io).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tokio::io::AsyncReadExt;

    use super::*;

    fn split(stream: &[u8], chunk: usize) -> (Vec<u8>, Vec<u8>) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut head = HeadOnly::new(stream);
            let mut seen = Vec::new();
            let mut part = vec![0; chunk];
            loop {
                match head.read(&mut part).await.unwrap() {
                    0 => break,
                    count => seen.extend_from_slice(&part[..count]),
                }
            }
            let (rest, mut behind) = head.into_parts();
            behind.extend_from_slice(rest);
            (seen, behind.to_vec())
        })
    }

    proptest! {
        #[test]
        fn splits_behind_the_first_empty_line(head in "[a\r\n]{0,40}", rest in "[a\r\n]{0,40}", chunk in 1usize..50) {
            let stream = format!("{head}{rest}").into_bytes();
            let end = stream.windows(4).position(|four| four == END).map_or(stream.len(), |at| at + 4);
            let (seen, behind) = split(&stream, chunk);
            prop_assert_eq!(&seen[..], &stream[..end]);
            prop_assert_eq!(&behind[..], &stream[end..]);
        }
    }
}
