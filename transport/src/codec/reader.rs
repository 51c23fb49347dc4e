//! Collects whole messages from a byte stream.

use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, ReadBuf};
use tokio_util::io::poll_read_buf;

use crate::wire::{MessageHead, Progress, Recognizer, Refused, WireError};

/// How many bytes are read at once at the beginning of a message. They are on the stack, so an idle connection has no
/// buffer.
const CHUNK: usize = 8 * 1024;

/// How much memory is allocated ahead of the bytes that have arrived, at most, so that a peer that announces a large
/// message and does not send it costs no more.
const MAX_AHEAD: usize = 256 * 1024;

/// A whole message, not yet decoded.
#[derive(Debug)]
pub(crate) struct RawMessage {
    pub(crate) bytes: Bytes,
    pub(crate) head: MessageHead,
}

/// Why no message was read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("cannot read from the connection")]
    Io(#[source] io::Error),
    /// The connection ended between two messages.
    #[error("the connection ended before a message")]
    Ended,
    /// The connection ended inside a message.
    #[error("the connection ended inside a message, after {read} bytes of it")]
    CutOff { read: usize },
    #[error(transparent)]
    Wire(#[from] WireError),
}

/// Reads one message after another.
#[derive(Debug)]
pub(crate) struct MessageReader {
    recognizer: Recognizer,
    /// The beginning of an incomplete message.
    partial: BytesMut,
    /// How the message that could not be read is answered.
    refused: Option<Box<Refused>>,
}

impl MessageReader {
    pub(crate) fn new(max_message_size: usize) -> Self {
        Self { recognizer: Recognizer::new(max_message_size), partial: BytesMut::new(), refused: None }
    }

    /// Whether bytes after the last message were read.
    pub(crate) fn has_partial(&self) -> bool {
        !self.partial.is_empty()
    }

    /// After [`ReadError::Wire`]: how the message is answered. `None` if its protocol is not known.
    pub(crate) fn take_refused(&mut self) -> Option<Box<Refused>> {
        self.refused.take()
    }

    /// Reads the next message.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: what has been read is kept.
    pub(crate) async fn read(&mut self, io: &mut (impl AsyncRead + Unpin)) -> Result<RawMessage, ReadError> {
        poll_fn(|cx| self.poll_read(io, cx)).await
    }

    /// See [`read`](Self::read).
    pub(crate) fn poll_read(
        &mut self,
        io: &mut (impl AsyncRead + Unpin),
        cx: &mut Context<'_>,
    ) -> Poll<Result<RawMessage, ReadError>> {
        loop {
            let known = match self.take_from_partial()? {
                Ok(message) => return Poll::Ready(Ok(message)),
                Err(known) => known,
            };
            if self.partial.is_empty() {
                if let Some(message) = ready!(self.poll_chunk(io, cx))? {
                    return Poll::Ready(Ok(message));
                }
                continue;
            }
            if self.partial.len() == self.partial.capacity() {
                let wanted = known.map_or(CHUNK, |known| known - self.partial.len());
                self.partial.reserve(wanted.min(MAX_AHEAD.max(self.partial.len())));
            }
            let read = poll_read_buf(Pin::new(&mut *io), cx, &mut self.partial);
            if ready!(read).map_err(ReadError::Io)? == 0 {
                return Poll::Ready(Err(self.end()));
            }
        }
    }

    /// The first message in the bytes that were read, or its length if that is known.
    fn take_from_partial(&mut self) -> Result<Result<RawMessage, Option<usize>>, WireError> {
        if self.partial.is_empty() {
            return Ok(Err(None));
        }
        let looked = self.recognizer.look(&self.partial);
        let (length, head) =
            match looked.inspect_err(|error| self.refused = Refused::of(&self.partial, error).map(Box::new))? {
                Progress::More { known } => return Ok(Err(known)),
                Progress::Whole { length, head } => (length, head),
            };
        let rest = self.partial.get(length..).map(BytesMut::from).unwrap_or_default();
        let mut message = std::mem::replace(&mut self.partial, rest);
        message.truncate(length);
        Ok(Ok(RawMessage { bytes: message.freeze(), head }))
    }

    /// Reads into a buffer on the stack. Most messages are complete after that; the beginning of others is stored.
    fn poll_chunk(
        &mut self,
        io: &mut (impl AsyncRead + Unpin),
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<RawMessage>, ReadError>> {
        let mut chunk = [const { MaybeUninit::uninit() }; CHUNK];
        let mut chunk = ReadBuf::uninit(&mut chunk);
        ready!(Pin::new(io).poll_read(cx, &mut chunk)).map_err(ReadError::Io)?;
        let bytes = chunk.filled();
        if bytes.is_empty() {
            return Poll::Ready(Err(self.end()));
        }
        let looked = self.recognizer.look(bytes);
        match looked.inspect_err(|error| self.refused = Refused::of(bytes, error).map(Box::new))? {
            Progress::More { known } => {
                let wanted = known.unwrap_or(bytes.len()).clamp(bytes.len(), MAX_AHEAD);
                self.partial.reserve(wanted);
                self.partial.extend_from_slice(bytes);
                Poll::Ready(Ok(None))
            }
            Progress::Whole { length, head } => {
                // A copy, so that a small message does not keep a larger buffer allocated.
                let message = Bytes::copy_from_slice(&bytes[..length]);
                self.partial.extend_from_slice(&bytes[length..]);
                Poll::Ready(Ok(Some(RawMessage { bytes: message, head })))
            }
        }
    }

    fn end(&self) -> ReadError {
        if self.partial.is_empty() { ReadError::Ended } else { ReadError::CutOff { read: self.partial.len() } }
    }
}
