//! How a message that cannot be read is answered.

use super::{Asked, ForeignProtocol, WireError, foreign, json, theader};

/// What its answer has to be like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// An exception in the message's own form.
    InForm(Asked),
    /// These bytes, because the peer uses another protocol.
    With(Vec<u8>),
}

impl Refused {
    /// By the beginning of the message, and what is wrong with it. `None` where no answer can be understood, or none is
    /// expected.
    #[cold]
    pub(crate) fn of(bytes: &[u8], error: &WireError) -> Option<Self> {
        let WireError::Foreign(protocol) = error else { return Asked::of(bytes).map(Self::InForm) };
        let text = error.to_string();
        let answer = match protocol {
            ForeignProtocol::Http => foreign::to_http(bytes, &text),
            ForeignProtocol::Tls => foreign::to_tls(bytes, &text),
            ForeignProtocol::Json => json::exception(bytes, &text),
            ForeignProtocol::THeader => theader::exception(bytes, &text),
            // Only behind a TTHeader: elsewhere it is read.
            ForeignProtocol::NonStrictBinary => return Asked::of(bytes).map(Self::InForm),
        };
        answer.map(Self::With)
    }
}
