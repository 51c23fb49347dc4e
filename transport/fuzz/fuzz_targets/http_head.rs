//! Any bytes where an HTTP head is expected, in any pieces.

#![no_main]

use libfuzzer_sys::fuzz_target;
use volplane_transport::fuzzing_http::check;

// The first byte is the size of the pieces.
fuzz_target!(|input: &[u8]| {
    if let Some((piece, bytes)) = input.split_first() {
        check(bytes, usize::from(*piece));
    }
});
