//! What has to be true of any bytes where WebSocket frames are expected, and of conversations that a model knows.

use bytes::BytesMut;
use tokio::io::AsyncReadExt;

use super::WebSocketStream;
use super::frame::{FrameDecoder, FrameError, FrameItem, MessageType, Role};
use crate::http::printable;

/// Payload and control frames, as they come out.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    payload: Vec<u8>,
    pings: Vec<Vec<u8>>,
    pongs: usize,
    close: Option<(Option<u16>, String)>,
}

/// Decodes `bytes` at both ends, in pieces of `piece` bytes, and as a stream.
///
/// # Panics
///
/// If pieces make a difference, or if more comes out than went in.
pub fn check_bytes(bytes: &[u8], piece: usize) {
    for role in [Role::Client, Role::Server] {
        let whole = decode(role, bytes, bytes.len());
        assert_eq!(whole, decode(role, bytes, piece));
        let (seen, error) = whole;
        assert!(seen.payload.len() <= bytes.len());
        let (read, outcome) = read_stream(role, bytes);
        assert_eq!(read, seen.payload);
        assert!(error.is_none() || outcome.is_err());
    }
}

/// Makes frames of the bytes, as another implementation would, and expects of them what was put in.
///
/// # Panics
///
/// If something else comes out.
pub fn check_conversation(script: &[u8], piece: usize) {
    let (mut wire, mut expected, mut in_message) = (Vec::new(), Seen::default(), false);
    let mut rest = script;
    while let Some(([what, size, key], after)) = rest.split_first_chunk::<3>() {
        let is_control = what % 8 >= 5;
        // Sizes on both sides of where the form of a length changes.
        let size = if is_control { usize::from(*size) % 126 } else { usize::from(*size) * usize::from(what / 8) };
        let (payload, after) = after.split_at(size.min(after.len()));
        rest = after;
        let fin = is_control || what % 2 == 0;
        let opcode = match what % 8 {
            5 => 9,
            6 => 10,
            7 => 8,
            _ if in_message => 0,
            kind => 1 + kind % 2,
        };
        let key = [*key, key.wrapping_mul(7), !*key, 0];
        match opcode {
            8 => {
                let reason = String::from_utf8_lossy(payload.get(..20).unwrap_or(payload)).escape_default().to_string();
                let reason = reason.get(..100).unwrap_or(&reason).to_owned();
                frame(&mut wire, fin, 8, &[&1000_u16.to_be_bytes(), reason.as_bytes()].concat(), key);
                expected.close = Some((Some(1000), printable(&reason, 123)));
                break;
            }
            9 => expected.pings.push(payload.to_vec()),
            10 => expected.pongs += 1,
            _ => {
                in_message = !fin;
                expected.payload.extend_from_slice(payload);
            }
        }
        frame(&mut wire, fin, opcode, payload, key);
    }
    assert_eq!(decode(Role::Server, &wire, piece), (expected, None));
}

/// A masked frame.
fn frame(wire: &mut Vec<u8>, fin: bool, opcode: u8, payload: &[u8], key: [u8; 4]) {
    wire.push(if fin { 0x80 } else { 0 } | opcode);
    match payload.len() {
        short @ 0..126 => wire.push(0x80 | short as u8),
        medium @ 126..0x1_0000 => {
            wire.push(0x80 | 126);
            wire.extend_from_slice(&(medium as u16).to_be_bytes());
        }
        long => {
            wire.push(0x80 | 127);
            wire.extend_from_slice(&(long as u64).to_be_bytes());
        }
    }
    wire.extend_from_slice(&key);
    wire.extend(payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key));
}

/// Everything up to a Close or an error.
fn decode(role: Role, bytes: &[u8], piece: usize) -> (Seen, Option<FrameError>) {
    let (mut decoder, mut input, mut seen) = (FrameDecoder::new(role), BytesMut::new(), Seen::default());
    for piece in bytes.chunks(piece.max(1)) {
        input.extend_from_slice(piece);
        loop {
            let count = decoder.payload_left().min(input.len());
            let mut payload = input.split_to(count);
            decoder.take_payload(&mut payload);
            seen.payload.extend_from_slice(&payload);
            if decoder.payload_left() > 0 {
                break;
            }
            match decoder.step(&mut input) {
                Ok(FrameItem::More) => break,
                Ok(FrameItem::Payload) => {}
                Ok(FrameItem::Ping(payload)) => seen.pings.push(payload),
                Ok(FrameItem::Close(closed)) => {
                    seen.close = Some((closed.code(), closed.reason().to_owned()));
                    return (seen, None);
                }
                Ok(_) => seen.pongs += 1,
                Err(error) => return (seen, Some(error)),
            }
        }
    }
    (seen, None)
}

fn read_stream(role: Role, bytes: &[u8]) -> (Vec<u8>, std::io::Result<usize>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(async {
        let io = tokio::io::join(bytes, tokio::io::sink());
        let mut stream = WebSocketStream::new(io, BytesMut::new(), role, MessageType::Binary, None);
        let mut read = Vec::new();
        let outcome = stream.read_to_end(&mut read).await;
        (read, outcome)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_bytes(bytes: Vec<u8>, piece in 1usize..40) {
            check_bytes(&bytes, piece);
        }

        #[test]
        fn any_conversation(script in proptest::collection::vec(any::<u8>(), 0..2000), piece in 1usize..40) {
            check_conversation(&script, piece);
        }
    }

    #[test]
    fn all_forms_of_a_length() {
        let script = [&[0xf8, 0xff, 7][..], &vec![1; 8000], &[0, 0, 0]].concat();
        check_conversation(&script, 100);
        let mut wire = Vec::new();
        frame(&mut wire, true, 2, &vec![3; 70_000], [1, 2, 3, 4]);
        assert_eq!(decode(Role::Server, &wire, 1000).0.payload, vec![3; 70_000]);
    }
}
