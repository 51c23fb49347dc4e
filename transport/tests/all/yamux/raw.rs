//! The other end of a session, frame by frame.

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use volplane_transport::{Session, StdNet, Yamux, YamuxOptions};

use crate::yamux::within;

/// A session whose other end is a socket in the test's hands.
pub async fn against_raw() -> (Session, TcpStream) {
    against_raw_with(YamuxOptions::default()).await
}

pub async fn against_raw_with(options: YamuxOptions) -> (Session, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let connecting = Yamux::connect_with_options(StdNet::to(address), options);
    let (session, accepted) = within(async { tokio::join!(connecting, listener.accept()) }).await;
    (session.unwrap(), accepted.unwrap().0)
}

pub async fn send(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) {
    stream.write_all(bytes).await.unwrap();
    stream.flush().await.unwrap();
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    pub kind: u8,
    pub flags: u16,
    pub stream: u32,
    pub length: u32,
}

pub const DATA: u8 = 0;
pub const WINDOW_UPDATE: u8 = 1;
pub const PING: u8 = 2;
pub const GO_AWAY: u8 = 3;
pub const SYN: u16 = 1;
pub const ACK: u16 = 2;
pub const FIN: u16 = 4;
pub const RST: u16 = 8;

pub fn frame(kind: u8, flags: u16, stream: u32, length: u32) -> [u8; 12] {
    let mut bytes = [0, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    bytes[2..4].copy_from_slice(&flags.to_be_bytes());
    bytes[4..8].copy_from_slice(&stream.to_be_bytes());
    bytes[8..].copy_from_slice(&length.to_be_bytes());
    bytes
}

/// The next frame that is not a ping, without its body.
pub async fn next_frame(raw: &mut (impl AsyncRead + Unpin)) -> Frame {
    loop {
        let mut header = [0; 12];
        within(raw.read_exact(&mut header)).await.expect("a frame");
        let [0, kind, f0, f1, s0, s1, s2, s3, l0, l1, l2, l3] = header else { panic!("version: {header:?}") };
        let (flags, stream) = (u16::from_be_bytes([f0, f1]), u32::from_be_bytes([s0, s1, s2, s3]));
        let length = u32::from_be_bytes([l0, l1, l2, l3]);
        if kind == DATA {
            within(raw.read_exact(&mut vec![0; length as usize])).await.unwrap();
        }
        if kind != PING {
            return Frame { kind, flags, stream, length };
        }
    }
}
