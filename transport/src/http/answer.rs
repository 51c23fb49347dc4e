//! Answers that end a connection.

use std::time::Duration;

use ::http::StatusCode;
use ::http::header::{HeaderName, HeaderValue, UPGRADE};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// How long the end of the peer is waited for, and how much of what it sends meanwhile is read. If a socket is closed
/// while something is unread, the peer gets a reset, which can reach it before the answer does
/// ([RFC 9112, 9.6](https://www.rfc-editor.org/rfc/rfc9112#section-9.6)). nginx waits up to 5 s (`lingering_timeout`).
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 64 * 1024;

/// A whole response with a text, which ends with a line end.
pub(crate) fn answer<'a>(
    status: u16,
    headers: impl IntoIterator<Item = (&'a HeaderName, &'a HeaderValue)>,
    body: &str,
    with_body: bool,
) -> Vec<u8> {
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Error");
    let line_end = if body.is_empty() || body.ends_with('\n') { "" } else { "\n" };
    let length = body.len() + line_end.len();
    let mut head = format!("HTTP/1.1 {status} {reason}\r\n").into_bytes();
    // RFC 9110, 7.8: `Upgrade` is for the next hop only, which `Connection` has to say.
    let mut upgrade = "";
    for (name, value) in headers {
        if name == UPGRADE {
            upgrade = ", upgrade";
        }
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    let framing = format!(
        "Content-Type: text/plain; charset=utf-8\r\nContent-Length: {length}\r\nConnection: close{upgrade}\r\n\r\n"
    );
    head.extend_from_slice(framing.as_bytes());
    if with_body {
        head.extend_from_slice(body.as_bytes());
        head.extend_from_slice(line_end.as_bytes());
    }
    head
}

/// Sends the last bytes of a connection so that the peer can read them: ends the writing direction, then reads until
/// the peer ends, too, or too much or too long. Errors don't matter any more.
pub(crate) async fn send_and_close(io: &mut (impl AsyncRead + AsyncWrite + Unpin), bytes: &[u8]) {
    let closing = async {
        io.write_all(bytes).await?;
        io.flush().await?;
        io.shutdown().await?;
        let mut chunk = [0; 1024];
        let mut read = 0;
        while read < LINGER_BYTES {
            match io.read(&mut chunk).await? {
                0 => break,
                count => read += count,
            }
        }
        std::io::Result::Ok(())
    };
    let _sent_or_not = tokio::time::timeout(LINGER, closing).await;
}
