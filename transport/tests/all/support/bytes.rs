//! Calls as bytes, for what no client of volo's would send.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::Instant;

pub const CALL: u8 = 1;
pub const REPLY: u8 = 2;
pub const EXCEPTION: u8 = 3;
pub const ONE_WAY: u8 = 4;

const SEQUENCE_ID: u32 = 7;

/// A message to `method` of the service `Echo`, in the binary encoding, without a frame.
pub fn message(kind: u8, method: &str, text: &str) -> Vec<u8> {
    let mut message = vec![0x80, 0x01, 0x00, kind];
    put(&mut message, method.as_bytes());
    message.extend(SEQUENCE_ID.to_be_bytes());
    // The argument `req`, a struct in field 1, with the string `message` in its field 1.
    message.extend([12, 0, 1, 11, 0, 1]);
    put(&mut message, text.as_bytes());
    message.extend([0, 0]);
    message
}

/// The call `echo(text)` in a frame.
pub fn framed_call(text: &str) -> Vec<u8> {
    framed(&message(CALL, "echo", text))
}

/// The call `echo(text)` in a frame behind a TTHeader.
pub fn header_call(text: &str) -> Vec<u8> {
    with_header(&message(CALL, "echo", text))
}

/// `message` in a POST to `/echo`.
pub fn post(message: &[u8]) -> Vec<u8> {
    let head = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-thrift\r\n";
    [format!("{head}Content-Length: {}\r\n\r\n", message.len()).as_bytes(), message].concat()
}

pub fn framed(message: &[u8]) -> Vec<u8> {
    let mut framed = Vec::new();
    put(&mut framed, message);
    framed
}

/// `message` in a frame behind a TTHeader without any values.
pub fn with_header(message: &[u8]) -> Vec<u8> {
    let mut rest = vec![0x10, 0x00, 0, 0];
    rest.extend(SEQUENCE_ID.to_be_bytes());
    // One word of header: binary, no transforms, two bytes of padding.
    rest.extend([0, 1, 0, 0, 0, 0]);
    put(&mut rest, message);
    framed(&rest)
}

fn put(to: &mut Vec<u8>, bytes: &[u8]) {
    to.extend(u32::try_from(bytes.len()).unwrap().to_be_bytes());
    to.extend(bytes);
}

/// An answer of the service.
#[derive(Debug)]
pub struct Answer {
    /// The values of its TTHeader, as bytes. `None` where it is only framed.
    pub header: Option<Vec<u8>>,
    pub kind: u8,
    pub method: String,
    /// The message of the response, or of the exception. Empty where the struct has no fields.
    pub text: String,
}

impl Answer {
    /// Whether it tells the client to make no more calls on this connection.
    pub fn says_goodbye(&self) -> bool {
        self.header.as_ref().is_some_and(|header| header.windows(5).any(|part| part == b"crrst"))
    }
}

/// Reads one answer. `None` at the end of the connection.
pub async fn read_answer(io: &mut (impl AsyncRead + Unpin)) -> Option<Answer> {
    let mut bytes = match read_frame(io).await {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return None,
        Err(error) => panic!("{error}"),
    };
    let mut header = None;
    if bytes.starts_with(&[0x10, 0x00]) {
        let size = 4 * usize::from(u16::from_be_bytes([bytes[8], bytes[9]]));
        header = Some(bytes[10..10 + size].to_vec());
        bytes.drain(..10 + size + 4);
    }
    let kind = bytes[3];
    let (method, rest) = take(&bytes[4..]);
    // Behind the sequence id: a reply has the response in field 0 of a struct, an exception is a struct itself; both
    // have a string in field 1.
    let text = match &rest[4..] {
        [0] => String::new(),
        fields if kind == REPLY => take(&fields[3 + 3..]).0,
        fields => take(&fields[3..]).0,
    };
    Some(Answer { header, kind, method, text })
}

async fn read_frame(io: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let length = io.read_u32().await?;
    let mut bytes = vec![0; length as usize];
    io.read_exact(&mut bytes).await?;
    Ok(bytes)
}

fn take(bytes: &[u8]) -> (String, &[u8]) {
    let (length, rest) = bytes.split_first_chunk().unwrap();
    let (text, rest) = rest.split_at(u32::from_be_bytes(*length) as usize);
    (String::from_utf8(text.to_vec()).unwrap(), rest)
}

/// Waits for the end of the connection, and says how long that took. Nothing may come before the end.
pub async fn until_the_end(io: &mut (impl AsyncRead + Unpin)) -> Duration {
    let since = Instant::now();
    let read = super::within(io.read(&mut [0; 64])).await;
    // A connection that is closed with unread bytes is reset.
    assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
    since.elapsed()
}
