//! Reading an HTTP head and not one byte more.
//!
//! The handshake is tungstenite's; the frames behind it are not. This stream lets tungstenite see the head only, so
//! that frames which arrive in the same packet are still there afterwards.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The largest head. nginx' limit is 8 KiB a header line and 32 KiB in all.
const MAX_HEAD: usize = 32 * 1024;

const END: &[u8; 4] = b"\r\n\r\n";

/// A stream that ends behind the first empty line.
#[derive(Debug)]
pub(super) struct HeadOnly<S> {
    io: S,
    /// Read and not yet handed out.
    buffer: BytesMut,
    /// How many bytes of [`END`] the bytes handed out so far end with.
    matched: usize,
    handed_out: usize,
}

impl<S> HeadOnly<S> {
    pub(super) fn new(io: S) -> Self {
        Self { io, buffer: BytesMut::new(), matched: 0, handed_out: 0 }
    }

    /// The stream, and what has been read from it behind the head.
    pub(super) fn into_parts(self) -> (S, BytesMut) {
        (self.io, self.buffer)
    }

    /// How many of the buffered bytes belong to the head, and how much of [`END`] they leave matched.
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
        if this.handed_out >= MAX_HEAD {
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
        this.handed_out += count;
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
