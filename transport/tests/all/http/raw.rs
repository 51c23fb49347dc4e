//! The other end of an HTTP connection, byte by byte.

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use volplane_transport::Http;

use crate::support::bytes::{CALL, message};
use crate::support::{EchoHandler, Server, within};

/// A request or response.
#[derive(Debug)]
pub struct Received {
    /// The first line and the headers.
    pub head: String,
    pub body: Vec<u8>,
}

impl Received {
    pub fn status(&self) -> u16 {
        self.head.split(' ').nth(1).unwrap().parse().unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Whether the body is the answer of `echo`.
    pub fn echoes(&self, text: &str) -> bool {
        self.status() == 200 && self.text().contains(text)
    }
}

/// Reads one message that has a `Content-Length`, or none and no body.
pub async fn read(io: &mut (impl AsyncRead + Unpin)) -> Received {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(within(io.read_u8()).await.expect("a head"));
    }
    let mut received = Received { head: String::from_utf8(head).unwrap(), body: Vec::new() };
    let length = received.header("Content-Length").map_or(0, |length| length.parse().unwrap());
    received.body.resize(length, 0);
    within(io.read_exact(&mut received.body)).await.expect("a body");
    received
}

/// A server at `/echo`, and a connection to it.
pub async fn against_server() -> (Server, TcpStream) {
    against_server_with(|http| http).await
}

pub async fn against_server_with(options: impl FnOnce(Http) -> Http) -> (Server, TcpStream) {
    let listener = Http::bind("http://127.0.0.1:0/echo").await.unwrap().map_layer(options);
    let server = Server::start(listener, EchoHandler);
    let io = connect(&server).await;
    (server, io)
}

pub async fn connect(server: &Server) -> TcpStream {
    let io = TcpStream::connect(server.endpoint.authority().unwrap()).await.unwrap();
    io.set_nodelay(true).unwrap();
    io
}

pub const HEAD: &str = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-thrift\r\n";

/// The call `echo(text)`.
pub fn call(text: &str) -> Vec<u8> {
    message(CALL, "echo", text)
}

/// A request with more headers, each of which ends with a line end.
pub fn request(headers: &str, body: &[u8]) -> Vec<u8> {
    [format!("{HEAD}{headers}Content-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
}

/// A request with a chunked body, one chunk for each part.
pub fn chunked(body: &[&[u8]]) -> Vec<u8> {
    let mut request = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
    for chunk in body.iter().chain([&&b""[..]]) {
        request.extend(format!("{:x}\r\n", chunk.len()).into_bytes());
        request.extend(*chunk);
        request.extend(b"\r\n");
    }
    request
}

pub async fn send(io: &mut TcpStream, bytes: &[u8]) {
    io.write_all(bytes).await.unwrap();
    io.flush().await.unwrap();
}

/// The status with which a new connection to `server` answers `bytes`, after which it is closed.
pub async fn refusal(server: &Server, bytes: &[u8]) -> Received {
    let mut io = connect(server).await;
    send(&mut io, bytes).await;
    let refusal = read(&mut io).await;
    assert_eq!(refusal.header("Connection"), Some("close"), "{refusal:?}");
    assert_closed(&mut io).await;
    refusal
}

/// Waits for the end of the connection, before which nothing may come.
pub async fn assert_closed(io: &mut TcpStream) {
    assert_eq!(within(io.read(&mut [0; 64])).await.expect("an end of file and no reset"), 0);
}

/// A client of the server in the test's hands.
pub async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/echo", listener.local_addr().unwrap());
    (listener, url)
}

/// The answer to a call that the client of a test sends first: its sequence id is 0.
pub fn answer(text: &str) -> Vec<u8> {
    answer_to(0, text)
}

pub fn answer_to(seq_id: i32, text: &str) -> Vec<u8> {
    // Without its frame.
    crate::support::raw::reply(seq_id, text).split_off(4)
}

pub fn response(headers: &str, body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
}
