//! Whole messages over the codec and the rules of [`WebSocketStream`], for Autobahn|Testsuite: it sends messages, and
//! expects each of them back, with its type.

use std::future::poll_fn;
use std::io;
use std::task::{Context, Poll};

use bytes::Buf;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use super::{ReadState, WebSocketStream};
use crate::websocket::frame::FrameItem;

/// The longest message. Those of the sections that are run have 64 KiB.
const MAX_MESSAGE: usize = 1024 * 1024;

/// Sends every message back in one frame, with its type, until the other end closes.
///
/// # Errors
///
/// If the connection fails, the other end violates the protocol, or a message is longer than 1 MiB.
pub async fn echo<T: AsyncRead + AsyncWrite + Unpin>(stream: &mut WebSocketStream<T>) -> io::Result<()> {
    loop {
        let mut message = Message::default();
        let more = poll_fn(|cx| stream.poll_message(cx, &mut message)).await?;
        if more && let Some(kind) = stream.decoder.kind() {
            stream.encoder.message(kind, &message.payload, &mut stream.output);
        }
        // Or the answer to a Close.
        stream.flush().await?;
        if !more {
            return Ok(());
        }
    }
}

#[derive(Default)]
struct Message {
    /// A frame of it has come.
    begun: bool,
    payload: Vec<u8>,
}

impl<T: AsyncRead + AsyncWrite + Unpin> WebSocketStream<T> {
    /// Reads the rest of a message. `false` at the end of the stream. What it reads of the connection, and what it answers,
    /// is that of a read of the stream; only the ends of messages are kept.
    fn poll_message(&mut self, cx: &mut Context<'_>, message: &mut Message) -> Poll<io::Result<bool>> {
        loop {
            let count = self.decoder.payload_left().min(self.input.len());
            self.decoder.take_payload(&mut self.input[..count]);
            message.payload.extend_from_slice(&self.input[..count]);
            self.input.advance(count);
            if message.payload.len() > MAX_MESSAGE {
                return Poll::Ready(Err(self.fail(io::ErrorKind::InvalidData, "a message is longer than 1 MiB")));
            }
            if message.begun && self.decoder.is_between_messages() {
                return Poll::Ready(Ok(true));
            }
            if self.reading != ReadState::Open {
                return Poll::Ready(self.how_it_ended().map(|()| false));
            }
            if self.decoder.payload_left() == 0 {
                let step = match self.decoder.step(&mut self.input) {
                    Ok(step) => step,
                    Err(error) => return Poll::Ready(Err(self.refuse(error, cx)?)),
                };
                message.begun |= step == FrameItem::Payload;
                if self.follow(step) {
                    self.answer_the_rest(cx)?;
                    continue;
                }
            }
            self.answer_the_rest(cx)?;
            match self.poll_fill(cx)? {
                Poll::Ready(0) => self.end()?,
                Poll::Ready(_) => {}
                Poll::Pending => return self.poll_silent(cx),
            }
        }
    }
}
