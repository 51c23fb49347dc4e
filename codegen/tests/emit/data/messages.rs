//! Messages as bytes and back, in both protocols.
#![allow(dead_code, reason = "each program uses its part")]

use std::fmt::Debug;
use std::future::Future;
use std::task::{Context, Poll, Waker};

use pilota::thrift::Message;
use pilota::thrift::binary::{TAsyncBinaryProtocol, TBinaryProtocol};
use pilota::thrift::compact::{TAsyncCompactProtocol, TCompactInputProtocol, TCompactOutputProtocol};
use pilota::{Bytes, BytesMut, LinkedBytes};

pub(crate) fn binary<M: Message>(message: &M) -> Bytes {
    let mut buffer = BytesMut::new();
    message.encode(&mut TBinaryProtocol::new(&mut buffer, true)).expect("encoded");
    assert_eq!(message.size(&mut TBinaryProtocol::new((), true)), buffer.len());
    let mut linked = LinkedBytes::new();
    message.encode(&mut TBinaryProtocol::new(&mut linked, true)).expect("encoded");
    assert_eq!(linked.concat(), buffer);
    buffer.freeze()
}

pub(crate) fn compact<M: Message>(message: &M) -> Bytes {
    let mut buffer = BytesMut::new();
    message.encode(&mut TCompactOutputProtocol::new(&mut buffer, true)).expect("encoded");
    assert_eq!(message.size(&mut TCompactOutputProtocol::new((), true)), buffer.len());
    buffer.freeze()
}

pub(crate) fn read_binary<M: Message>(bytes: &[u8]) -> Result<M, String> {
    let mut bytes = Bytes::copy_from_slice(bytes);
    M::decode(&mut TBinaryProtocol::new(&mut bytes, true)).map_err(|error| error.message().to_string())
}

pub(crate) fn read_compact<M: Message>(bytes: &[u8]) -> Result<M, String> {
    let mut bytes = Bytes::copy_from_slice(bytes);
    M::decode(&mut TCompactInputProtocol::new(&mut bytes)).map_err(|error| error.message().to_string())
}

pub(crate) fn read_binary_async<M: Message>(mut bytes: &[u8]) -> Result<M, String> {
    now(M::decode_async(&mut TAsyncBinaryProtocol::new(&mut bytes))).map_err(|error| error.message().to_string())
}

pub(crate) fn read_compact_async<M: Message>(mut bytes: &[u8]) -> Result<M, String> {
    now(M::decode_async(&mut TAsyncCompactProtocol::new(&mut bytes))).map_err(|error| error.message().to_string())
}

/// The output of a future that has nothing to wait for.
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    match Box::pin(future).as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits"),
    }
}

pub(crate) fn round<M: Message + PartialEq + Debug>(message: &M) {
    let bytes = binary(message);
    assert!(read_binary::<M>(&bytes).as_ref() == Ok(message), "binary");
    assert!(read_binary_async::<M>(&bytes).as_ref() == Ok(message), "binary, asynchronous");
    let bytes = compact(message);
    assert!(read_compact::<M>(&bytes).as_ref() == Ok(message), "compact");
    assert!(read_compact_async::<M>(&bytes).as_ref() == Ok(message), "compact, asynchronous");
}
