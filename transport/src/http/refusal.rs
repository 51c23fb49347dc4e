//! The answer to a request that is refused.

use std::fmt;

use ::http::header::{self, HeaderName, HeaderValue};

use super::{answer, printable};

/// Refuses a request: an HTTP status from 400 to 599, a text that says why, and headers.
///
/// It is sent with `Content-Length` and `Connection: close`, then the connection is closed.
///
/// ```
/// use volplane_transport::Refusal;
///
/// let refusal = Refusal::unauthorized("send a bearer token").with_header("X-Reason", "expired");
/// assert_eq!((refusal.status(), refusal.body()), (401, "send a bearer token"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    status: u16,
    body: String,
    /// Of different names.
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Refusal {
    /// With an HTTP status and a text for the client. A status outside 400 to 599 becomes 500.
    pub fn new(status: u16, body: impl Into<String>) -> Self {
        let status = if (400..=599).contains(&status) { status } else { 500 };
        Self { status, body: body.into(), headers: Vec::new() }
    }

    /// 400: the request is invalid.
    pub fn bad_request(body: impl Into<String>) -> Self {
        Self::new(400, body)
    }

    /// 401 with `WWW-Authenticate: Bearer`: there are no credentials, or invalid ones. For another scheme use
    /// [`new`](Self::new) and [`with_header`](Self::with_header).
    pub fn unauthorized(body: impl Into<String>) -> Self {
        Self::new(401, body).with_header("WWW-Authenticate", "Bearer")
    }

    /// 403: these credentials do not allow it.
    pub fn forbidden(body: impl Into<String>) -> Self {
        Self::new(403, body)
    }

    /// 404: there is nothing at this path.
    pub fn not_found(body: impl Into<String>) -> Self {
        Self::new(404, body)
    }

    /// Sets a header of the answer. Not added: an invalid name or value, and the headers that frame an answer
    /// (`Content-Length`, `Transfer-Encoding`, `Connection`, `Content-Type`).
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        const FRAMING: [HeaderName; 4] =
            [header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONNECTION, header::CONTENT_TYPE];
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value))
            && !FRAMING.contains(&name)
        {
            self.headers.retain(|(other, _)| *other != name);
            self.headers.push((name, value));
        }
        self
    }

    /// The HTTP status, from 400 to 599.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The text for the client.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// The answer, as bytes. One to `HEAD` has no body.
    pub(crate) fn to_bytes(&self, with_body: bool) -> Vec<u8> {
        let headers = self.headers.iter().map(|(name, value)| (name, value));
        answer(self.status, headers, &self.body, with_body)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP {}: {}", self.status, printable(&self.body, 200))
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_a_whole_response() {
        let refusal = Refusal::unauthorized("send a bearer token")
            .with_header("X-Reason", "expired")
            .with_header("Content-Length", "7")
            .with_header("X-Split", "a\r\nb")
            .with_header("no name", "b");
        let printed = "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Bearer\r\nx-reason: expired\r\n\
             Content-Type: text/plain; charset=utf-8\r\nContent-Length: 20\r\nConnection: close\r\n\r\n";
        assert_eq!(String::from_utf8(refusal.to_bytes(false)).unwrap(), printed);
        assert_eq!(String::from_utf8(refusal.to_bytes(true)).unwrap(), format!("{printed}send a bearer token\n"));
        assert_eq!(Refusal::new(200, "").status(), 500);
        assert_eq!(Refusal::new(700, "").status(), 500);
        assert_eq!(Refusal::forbidden("a\x1bb\nc").to_string(), "HTTP 403: a\u{fffd}b");
    }
}
