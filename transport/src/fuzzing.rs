//! What the targets in `fuzz/` need of the private parts of this crate. It is there under `cfg(fuzzing)`, which
//! cargo-fuzz sets, and for this crate's own tests.
#![allow(missing_docs, unreachable_pub)] // not a part of the documented API

mod everything;

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::FutureExt;
use metainfo::METAINFO;
use tokio::io::{AsyncRead, ReadBuf};
use volo_thrift::EntryMessage;
use volo_thrift::context::ServerContext;

use crate::codec::{MessageDecoder, MessageReader, ReadError};

pub use everything::Everything;

/// What decoding says where volo's decoder has panicked.
pub const PANICKED: &str = "the contents of a message cannot be decoded";

/// Reads one message after the other from `bytes`, which arrive in pieces of the given sizes and then as a whole, and
/// decodes them as `M`: each message or why it cannot be decoded, and at last why no more can be read.
pub fn read_all<M: EntryMessage>(bytes: &[u8], pieces: &[u8], limit: usize) -> (Vec<Result<M, String>>, String) {
    METAINFO.sync_scope(RefCell::default(), || {
        let (mut reader, mut decoder) = (MessageReader::new(limit), MessageDecoder::new(limit));
        let mut io = Pieces { bytes, pieces };
        let mut messages = Vec::new();
        loop {
            let message = match reader.read(&mut io).now_or_never() {
                Some(Ok(message)) => message,
                Some(Err(error)) => {
                    let wire = matches!(error, ReadError::Wire(_));
                    assert!(wire || reader.take_refused().is_none());
                    return (messages, error.to_string());
                }
                None => panic!("the bytes are always there"),
            };
            let decoded = decoder.decode::<M, _>(&mut ServerContext::default(), message);
            messages.push(match decoded {
                Ok(Ok(message)) => Ok(message),
                Ok(Err(exception)) => {
                    assert!(std::str::from_utf8(exception.message().as_bytes()).is_ok());
                    Err(exception.to_string())
                }
                Err(error) => Err(error.to_string()),
            });
        }
    })
}

/// A connection of `connector`.
#[cfg(fuzzing)]
pub async fn connect(connector: &crate::Memory) -> Result<tokio::io::DuplexStream, crate::ConnectError> {
    let nowhere = std::net::SocketAddr::new(std::net::Ipv4Addr::UNSPECIFIED.into(), 0);
    motore::service::UnaryService::call(connector, volo::net::Address::Ip(nowhere)).await
}

/// A connection whose bytes are always there, and arrive in pieces.
struct Pieces<'a> {
    bytes: &'a [u8],
    pieces: &'a [u8],
}

impl AsyncRead for Pieces<'_> {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let mut size = self.bytes.len();
        if let Some((first, rest)) = self.pieces.split_first() {
            (size, self.pieces) = (usize::from(*first).clamp(size.min(1), size), rest);
        }
        let (now, later) = self.bytes.split_at(size.min(buf.remaining()));
        buf.put_slice(now);
        self.bytes = later;
        Poll::Ready(Ok(()))
    }
}
