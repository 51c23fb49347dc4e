//! What can be wrong with a head.

use super::{MAX_HEAD, MAX_HEADERS, Refusal};

/// Why a head is refused. The text is for the peer as well as for logs, and contains nothing that the peer sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HeadError {
    /// The first byte begins no HTTP head: it is TLS, or thrift.
    #[error("this is not HTTP/1.1")]
    NotHttp,
    #[error("the HTTP head is longer than {MAX_HEAD} bytes")]
    TooLarge,
    #[error("the HTTP head has more than {MAX_HEADERS} headers")]
    TooManyHeaders,
    /// A CR without LF or an LF without CR: proxies differ on whether it ends a line.
    #[error("a line of the HTTP head does not end with CR LF")]
    LineEnd,
    /// [RFC 9112, 5.2](https://www.rfc-editor.org/rfc/rfc9112#section-5.2)
    #[error("a header is folded over several lines")]
    Folded,
    #[error("the HTTP head is malformed")]
    Syntax,
    #[error("expected HTTP/1.1")]
    Version,
    #[error("the request's path is malformed")]
    Target,
    #[error("expected exactly one Host header, with a host")]
    Host,
    #[error("expected at most one Content-Length, with a number, and none beside Transfer-Encoding")]
    ContentLength,
    #[error("the only supported Transfer-Encoding is chunked")]
    TransferEncoding,
}

impl HeadError {
    /// The HTTP status that answers it.
    pub(crate) fn status(self) -> u16 {
        match self {
            HeadError::TooLarge | HeadError::TooManyHeaders => 431,
            HeadError::TransferEncoding => 501,
            HeadError::Version => 505,
            _ => 400,
        }
    }
}

impl From<HeadError> for Refusal {
    fn from(error: HeadError) -> Self {
        Refusal::new(error.status(), error.to_string())
    }
}

impl From<httparse::Error> for HeadError {
    fn from(error: httparse::Error) -> Self {
        match error {
            httparse::Error::TooManyHeaders => HeadError::TooManyHeaders,
            httparse::Error::Version => HeadError::Version,
            httparse::Error::NewLine => HeadError::LineEnd,
            _ => HeadError::Syntax,
        }
    }
}
