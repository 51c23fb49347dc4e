//! Reads heads and bodies off a connection.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{BufMut, BytesMut};
use tokio::io::{AsyncRead, ReadBuf};
use tokio_util::io::poll_read_buf;

use super::body::BodyDecoder;
use super::error::HttpError;

/// How many bytes are read at once at the beginning of a message. They are on the stack, so an idle connection has no
/// buffer.
const CHUNK: usize = 8 * 1024;

/// How much memory is allocated ahead of the bytes that have arrived, at most, so that a peer that announces a large
/// body and does not send it costs no more.
const MAX_AHEAD: usize = 256 * 1024;

/// Appends what has arrived to `input`. 0 at the end of the connection.
pub(super) fn poll_fill(
    io: &mut (impl AsyncRead + Unpin),
    input: &mut BytesMut,
    cx: &mut Context<'_>,
) -> Poll<io::Result<usize>> {
    let mut chunk = [const { MaybeUninit::uninit() }; CHUNK];
    let mut chunk = ReadBuf::uninit(&mut chunk);
    ready!(Pin::new(io).poll_read(cx, &mut chunk))?;
    input.extend_from_slice(chunk.filled());
    Poll::Ready(Ok(chunk.filled().len()))
}

/// Reads the rest of a body to the end of `contents`. `input` begins with what has arrived of it, and afterwards with
/// what follows it. `false` if the connection ended before the body did.
pub(super) fn poll_body(
    io: &mut (impl AsyncRead + Unpin),
    decoder: &mut BodyDecoder,
    input: &mut BytesMut,
    contents: &mut BytesMut,
    cx: &mut Context<'_>,
) -> Poll<Result<bool, HttpError>> {
    loop {
        if decoder.decode(input, contents)? {
            return Poll::Ready(Ok(true));
        }
        // A body is decoded as it arrives, so nothing of it is left here.
        let wanted = usize::try_from(decoder.contiguous()).unwrap_or(usize::MAX);
        let count = if wanted > 0 {
            if contents.len() == contents.capacity() {
                contents.reserve(wanted.min(MAX_AHEAD.max(contents.len())));
            }
            let read = poll_read_buf(Pin::new(&mut *io), cx, &mut contents.limit(wanted));
            let count = ready!(read).map_err(HttpError::Io)?;
            decoder.skip(count);
            count
        } else {
            ready!(poll_fill(io, input, cx)).map_err(HttpError::Io)?
        };
        if count == 0 {
            return Poll::Ready(Ok(decoder.may_end()));
        }
    }
}
