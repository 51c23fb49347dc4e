//! Bytes in any pieces: messages are found in the same way however they are cut, and decoding them does not panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use volplane_generated::api::EchoRequestRecv;
use volplane_transport::fuzzing::{Everything, read_all};

const LIMIT: usize = 1 << 20;

// The first byte is the number of pieces, whose sizes follow.
fuzz_target!(|input: &[u8]| {
    let Some((count, rest)) = input.split_first() else { return };
    let (pieces, bytes) = rest.split_at(usize::from(*count).min(rest.len()));
    let (messages, end) = read_all::<Everything>(bytes, pieces, LIMIT);
    assert_eq!((messages, end), read_all::<Everything>(bytes, &[], LIMIT));
    read_all::<EchoRequestRecv>(bytes, pieces, LIMIT);
});
