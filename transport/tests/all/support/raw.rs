//! A server that writes bytes of the test's own: what no server of a library would send.

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;

use super::within;

/// A listener that accepts and says nothing.
pub async fn silent() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (listener, address)
}

/// An address at which nobody listens. No other test gets its port while the socket lives.
pub fn nobody() -> (TcpSocket, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let address = socket.local_addr().unwrap().to_string();
    (socket, address)
}

/// A message that begins with its length: TTHeader or framed.
pub async fn read_message(io: &mut (impl AsyncRead + Unpin)) -> Vec<u8> {
    let length = io.read_u32().await.unwrap();
    let mut message = length.to_be_bytes().to_vec();
    message.resize(4 + length as usize, 0);
    io.read_exact(&mut message[4..]).await.unwrap();
    message
}

/// The sequence id of a TTHeader.
pub fn seq_id(request: &[u8]) -> i32 {
    i32::from_be_bytes(request[8..12].try_into().unwrap())
}

/// The framed answer to a call of `echo`. Every client takes it, whatever protocol it has asked in.
pub fn reply(seq_id: i32, message: &str) -> Vec<u8> {
    let text = u32::try_from(message.len()).unwrap().to_be_bytes();
    let result = [&[0x0c, 0, 0, 0x0b, 0, 1], &text[..], message.as_bytes(), &[0, 0]].concat();
    framed(&[&head(2, seq_id)[..], &result].concat())
}

/// The head of a binary message of the method `echo`; 2 is a reply.
pub fn head(kind: u8, seq_id: i32) -> Vec<u8> {
    [&[0x80, 0x01, 0, kind, 0, 0, 0, 4], &b"echo"[..], &seq_id.to_be_bytes()].concat()
}

pub fn framed(message: &[u8]) -> Vec<u8> {
    [&u32::try_from(message.len()).unwrap().to_be_bytes(), message].concat()
}

/// Accepts one connection after the other; each answers its first call with `answer`, which gets the call, and ends.
pub async fn answering(answer: impl Fn(&[u8]) -> Vec<u8> + Send + 'static) -> (String, JoinHandle<()>) {
    let (listener, address) = silent().await;
    let task = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let request = read_message(&mut stream).await;
            // The client may have given up.
            stream.write_all(&answer(&request)).await.ok();
        }
    });
    (address, task)
}

/// Ends a connection with a reset instead of an end of file.
pub fn reset(stream: TcpStream) {
    stream.set_zero_linger().unwrap();
}

/// Carries the bytes of one connection to `endpoint` one at a time, in both directions.
pub async fn one_byte_at_a_time(near: impl AsyncRead + AsyncWrite + Unpin, far: TcpStream) {
    far.set_nodelay(true).unwrap();
    let (mut from_near, mut to_near) = tokio::io::split(near);
    let (mut from_far, mut to_far) = far.into_split();
    let there = async {
        while let Ok(byte) = from_near.read_u8().await {
            to_far.write_u8(byte).await.unwrap();
            to_far.flush().await.unwrap();
            tokio::task::yield_now().await;
        }
        to_far.shutdown().await.ok();
    };
    let back = async {
        while let Ok(byte) = from_far.read_u8().await {
            if to_near.write_u8(byte).await.is_err() || to_near.flush().await.is_err() {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    within(async { tokio::join!(there, back) }).await;
}

/// A head of HTTP, with its empty line, and nothing of what follows it.
pub async fn read_head(io: &mut (impl AsyncRead + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(io.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap()
}

/// A WebSocket frame.
#[derive(Debug, PartialEq, Eq)]
pub struct Frame {
    /// With the bit of the last fragment, and the opcode.
    pub first: u8,
    /// Without its mask.
    pub payload: Vec<u8>,
}

/// A frame of a client or of a server.
pub async fn read_frame(io: &mut (impl AsyncRead + Unpin)) -> Frame {
    let first = io.read_u8().await.unwrap();
    let second = io.read_u8().await.unwrap();
    let length = match second & 0x7f {
        126 => u64::from(io.read_u16().await.unwrap()),
        127 => io.read_u64().await.unwrap(),
        length => u64::from(length),
    };
    let mut key = [0; 4];
    if second & 0x80 > 0 {
        io.read_exact(&mut key).await.unwrap();
    }
    let mut payload = vec![0; usize::try_from(length).unwrap()];
    io.read_exact(&mut payload).await.unwrap();
    payload.iter_mut().zip(key.iter().cycle()).for_each(|(byte, key)| *byte ^= key);
    Frame { first, payload }
}

/// Sends a WebSocket frame as a client does, of at most 125 bytes.
pub async fn write_masked(io: &mut (impl AsyncWrite + Unpin), first: u8, payload: &[u8]) {
    let key = [1, 2, 3, 4];
    let length = u8::try_from(payload.len()).ok().filter(|length| *length < 126).unwrap();
    let mut frame = [&[first, 0x80 | length][..], &key].concat();
    frame.extend(payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key));
    io.write_all(&frame).await.unwrap();
}
