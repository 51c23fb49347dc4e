//! Frames: any bytes, and conversations whose outcome a model knows.

#![no_main]

use libfuzzer_sys::fuzz_target;
use volplane_transport::fuzzing_websocket::{check_bytes, check_conversation};

// The first byte is the size of the pieces.
fuzz_target!(|input: &[u8]| {
    if let Some((piece, bytes)) = input.split_first() {
        check_bytes(bytes, usize::from(*piece));
        check_conversation(bytes, usize::from(*piece));
    }
});
