//! A connection together with its codec, as the pool stores it.

use std::io;

use volo_thrift::context::ClientContext;
use volo_thrift::error::ApplicationException;
use volo_thrift::{EntryMessage, ThriftException};

use super::ClientOptions;
use super::timed::TimedIo;
use crate::codec::{MessageDecoder, MessageReader, MessageWriter, RawMessage, ReadError};
use crate::connection::{Connection, NotDelivered};
use crate::protocol::{Framing, Protocol};
use crate::wire::MessageHead;

/// One connection with the codec and buffers of its calls, in one allocation.
pub(crate) struct PooledConnection<T> {
    io: TimedIo<T>,
    reader: MessageReader,
    decoder: MessageDecoder,
    pub(super) writer: MessageWriter,
    /// Another connection to the same address had broken when it was taken from the pool.
    pub(super) suspect: bool,
    protocol: Protocol,
    /// The server could not read the last call, and may close the connection.
    refused: bool,
}

/// Why a call failed on its connection.
#[derive(Debug, thiserror::Error)]
pub(super) enum ExchangeError {
    /// The connection has accepted no byte of the call, or reports that the server has not begun it.
    #[error("the connection broke before the server received the call")]
    NotDelivered(#[source] io::Error),
    #[error("cannot send on the connection")]
    Send(#[source] io::Error),
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl ExchangeError {
    /// The kind of the `io::Error` inside volo's transport error.
    pub(super) fn kind(&self) -> io::ErrorKind {
        match self {
            ExchangeError::NotDelivered(error) | ExchangeError::Send(error) => error.kind(),
            ExchangeError::Read(ReadError::Io(error)) => error.kind(),
            ExchangeError::Read(ReadError::Ended | ReadError::CutOff { .. }) => io::ErrorKind::UnexpectedEof,
            ExchangeError::Read(ReadError::Wire(_)) => io::ErrorKind::InvalidData,
        }
    }
}

/// An answer came in another protocol than its call. Clients accept it, but servers that understand a call answer in
/// its protocol.
#[derive(Clone, Copy, Debug)]
pub(super) struct OtherProtocol {
    expected: Protocol,
    found: Protocol,
}

impl OtherProtocol {
    /// Adds to an exception that the server may not have understood the protocol of the call.
    pub(super) fn add_to(self, exception: &ApplicationException) -> ApplicationException {
        let Self { expected, found } = self;
        let why = format!(
            "{} (the answer came in the protocol {found}, the call was in {expected}: the server may not understand it; \
             try `?protocol={found}` in the endpoint, or `connect_with_protocol`)",
            exception.message()
        );
        ApplicationException::new(exception.kind(), why)
    }
}

impl<T: Connection> PooledConnection<T> {
    pub(super) fn new(connection: T, protocol: Protocol, options: &ClientOptions) -> Box<Self> {
        let limit = options.max_message_size();
        Box::new(Self {
            io: TimedIo::new(connection),
            reader: MessageReader::new(limit),
            decoder: MessageDecoder::new(limit),
            writer: MessageWriter::new(protocol, limit),
            suspect: false,
            protocol,
            refused: false,
        })
    }

    pub(super) fn set_io_timeout(&mut self, timeout: Option<std::time::Duration>) {
        self.io.set_timeout(timeout);
    }

    /// Whether an idle connection can be used for a call. Polls the connection once.
    pub(super) fn is_usable(&mut self) -> bool {
        self.is_reusable() && self.io.has_nothing_to_read()
    }

    /// As [`is_usable`](Self::is_usable), for a connection that stays idle: it also does what the connection has to do of
    /// its own.
    pub(super) fn is_alive(&mut self) -> bool {
        self.is_usable() && self.io.poll_background_once().is_pending()
    }

    /// Whether it can be used again after a call that was answered. Bytes after the answer are a protocol error.
    pub(super) fn is_reusable(&self) -> bool {
        !self.refused && !self.reader.has_partial() && self.io.get_ref().is_reusable()
    }

    /// In which protocol an answer came, if not in that of the calls.
    pub(super) fn other_protocol(&self, answer: &MessageHead) -> Option<OtherProtocol> {
        let found = Protocol::new(answer.framing, answer.encoding);
        (found != self.protocol).then_some(OtherProtocol { expected: self.protocol, found })
    }

    /// Sends the encoded message.
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: a part of the message may have been sent.
    pub(super) async fn send(&mut self) -> Result<(), ExchangeError> {
        let mut began = false;
        self.writer.write(&mut self.io, &mut began).await.map_err(|error| {
            if began && !NotDelivered::is(&error) {
                ExchangeError::Send(error)
            } else {
                ExchangeError::NotDelivered(error)
            }
        })
    }

    /// Waits for the answer.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: bytes that were read are kept.
    pub(super) async fn receive(&mut self) -> Result<RawMessage, ExchangeError> {
        match self.reader.read(&mut self.io).await {
            Err(ReadError::Io(error)) if NotDelivered::is(&error) => Err(ExchangeError::NotDelivered(error)),
            Err(ended @ (ReadError::Ended | ReadError::CutOff { .. })) => match self.io.get_ref().end_reason() {
                Some(reason) => Err(ReadError::Io(reason).into()),
                None => Err(ended.into()),
            },
            outcome => Ok(outcome?),
        }
    }

    pub(super) fn decode<M: EntryMessage>(
        &mut self,
        cx: &mut ClientContext,
        message: RawMessage,
    ) -> Result<Result<M, ApplicationException>, ThriftException> {
        let has_header = message.head.framing == Framing::TtHeader;
        let decoded = self.decoder.decode(cx, message);
        self.refused = !has_header && matches!(&decoded, Ok(Err(exception)) if is_refusal(exception));
        decoded
    }
}

/// Whether a server answers so if it could not read a call, or does not have its method: not an exception of a handler.
///
/// Kitex closes a connection after that, and can say so in a TTHeader only; its own clients close it, too. A call that was
/// sent meanwhile would fail with an unknown outcome.
fn is_refusal(exception: &ApplicationException) -> bool {
    /// Kitex's "unknown service", for an unknown method if no header names the service.
    const UNKNOWN_SERVICE: i32 = 20;
    // Unknown method to bad sequence id; protocol error to unsupported client type.
    matches!(exception.kind().as_i32(), 1..=4 | 7..=10 | UNKNOWN_SERVICE)
}
