//! A client that writes bytes of its own instead of a library's: one connection, whatever it is laid over.

use std::io;
use std::net::{IpAddr, SocketAddr};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::server::WEBSOCKET_PATH;
use crate::transport::Transport;

/// One connection to a server, with its WebSocket handshake made where the transport has one.
#[derive(Debug)]
pub struct Stranger {
    stream: TcpStream,
    in_frames: bool,
}

/// Connects from an address of this machine, such as 127.0.0.2.
///
/// # Errors
///
/// When the system or the server refuses.
pub async fn connect_from(from: IpAddr, to: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(from, 0))?;
    let stream = socket.connect(to).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

impl Stranger {
    /// A connection without any handshake.
    pub fn of(stream: TcpStream) -> Self {
        Self { stream, in_frames: false }
    }

    /// Connects, and performs the handshake of `transport`.
    ///
    /// # Errors
    ///
    /// When the system or the server refuses.
    pub async fn connect(transport: Transport, from: IpAddr, to: SocketAddr) -> io::Result<Self> {
        let mut stream = connect_from(from, to).await?;
        let in_frames = transport.is_over_websocket();
        if in_frames {
            stream.write_all(handshake(to).as_bytes()).await?;
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await?);
            }
            if !head.starts_with(b"HTTP/1.1 101") {
                return Err(io::Error::other("the server refuses the handshake"));
            }
        }
        Ok(Self { stream, in_frames })
    }

    /// Sends bytes, in one binary frame over WebSocket.
    ///
    /// # Errors
    ///
    /// When the connection has ended.
    pub async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        if !self.in_frames {
            return self.stream.write_all(bytes).await;
        }
        let mut frame = vec![0x82];
        match (u8::try_from(bytes.len()), u16::try_from(bytes.len())) {
            (Ok(short @ ..126), _) => frame.push(0x80 | short),
            (_, Ok(medium)) => {
                frame.push(0x80 | 126);
                frame.extend(medium.to_be_bytes());
            }
            _ => {
                frame.push(0x80 | 127);
                frame.extend((bytes.len() as u64).to_be_bytes());
            }
        }
        // A mask of zeros changes nothing.
        frame.extend([0; 4]);
        frame.extend(bytes);
        self.stream.write_all(&frame).await
    }

    /// Sends bytes below the frames of a WebSocket.
    ///
    /// # Errors
    ///
    /// When the connection has ended.
    pub async fn send_below(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// Reads until `count` bytes have arrived.
    ///
    /// # Errors
    ///
    /// When the connection ends before.
    pub async fn read(&mut self, count: usize) -> io::Result<()> {
        let mut read = vec![0; count];
        self.stream.read_exact(&mut read).await.map(drop)
    }

    /// Reads what comes until the server closes the connection.
    pub async fn until_closed(&mut self) {
        let mut discarded = [0; 4096];
        while matches!(self.stream.read(&mut discarded).await, Ok(1..)) {}
    }
}

fn handshake(to: SocketAddr) -> String {
    format!(
        "GET {WEBSOCKET_PATH} HTTP/1.1\r\nHost: {to}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
}

/// A framed call of `echo` in the binary encoding.
pub fn call(text: &str) -> Vec<u8> {
    let put = |to: &mut Vec<u8>, bytes: &[u8]| {
        to.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        to.extend(bytes);
    };
    let mut message = vec![0x80, 0x01, 0x00, 1];
    put(&mut message, b"echo");
    message.extend(7_u32.to_be_bytes());
    // The argument, a struct in field 1, with a string in its field 1.
    message.extend([12, 0, 1, 11, 0, 1]);
    put(&mut message, text.as_bytes());
    message.extend([0, 0]);
    let mut framed = Vec::new();
    put(&mut framed, &message);
    framed
}
