//! Answers to HTTP and TLS on an endpoint of Thrift.

/// The type of a TLS record with a handshake.
const HANDSHAKE: u8 = 22;

/// A response of HTTP that says what is wrong. `None` to a response.
pub(super) fn to_http(bytes: &[u8], text: &str) -> Option<Vec<u8>> {
    // HTTP/2 begins with a request that HTTP/1.1 answers in this way.
    match bytes {
        [b'H', b'T', b'T', b'P', ..] => None,
        [b'P', b'R', b'I', ..] => Some(response("505 HTTP Version Not Supported", text)),
        _ => Some(response("400 Bad Request", text)),
    }
}

/// A response of HTTP as well: a client of TLS says of it that the server does not speak TLS, as every server of plain
/// HTTP answers so. An alert would say that it speaks TLS, and an end says nothing. `None` to an alert.
pub(super) fn to_tls(bytes: &[u8], text: &str) -> Option<Vec<u8>> {
    bytes.starts_with(&[HANDSHAKE]).then(|| response("400 Bad Request", text))
}

fn response(status: &str, text: &str) -> Vec<u8> {
    let body = format!("{text}\nThis endpoint carries Thrift without HTTP and WebSocket.\n");
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    [head, body].concat().into_bytes()
}
