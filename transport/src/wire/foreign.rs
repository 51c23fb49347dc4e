//! Answers to HTTP and TLS on an endpoint of Thrift.

/// A response that says what is wrong. `None` to a response.
pub(super) fn http(bytes: &[u8], text: &str) -> Option<Vec<u8>> {
    if bytes.starts_with(b"HTTP") {
        return None;
    }
    // HTTP/2 has a request line that HTTP/1.1 answers in this way.
    let status = if bytes.starts_with(b"PRI ") { "505 HTTP Version Not Supported" } else { "400 Bad Request" };
    let body = format!("{text}\nThis endpoint carries Thrift without HTTP and WebSocket.\n");
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    Some([head, body].concat().into_bytes())
}

/// The alert "handshake failure" to a handshake. `None` to an alert.
///
/// RFC 8446, section 6: the record's type 21, version 3.1 as in a first hello, two bytes: fatal, handshake failure.
pub(super) fn tls(bytes: &[u8]) -> Option<Vec<u8>> {
    const HANDSHAKE: u8 = 22;
    bytes.starts_with(&[HANDSHAKE]).then(|| vec![21, 3, 1, 0, 2, 2, 40])
}
