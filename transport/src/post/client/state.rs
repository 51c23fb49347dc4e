//! What the client's end does next.

use crate::deadline::Deadline;
use crate::http::HeadEnd;
use crate::post::body::BodyDecoder;

#[derive(Debug)]
pub(super) enum ClientState {
    /// No response is due.
    Idle,
    /// The request is being written.
    Sending {
        one_way: bool,
    },
    /// The request was sent.
    Head {
        end: HeadEnd,
        interim: usize,
        one_way: bool,
    },
    Body {
        decoder: BodyDecoder,
        one_way: bool,
    },
    /// A response with another status than 200.
    Refused {
        status: u16,
        decoder: BodyDecoder,
        wait: Deadline,
    },
    /// Nothing more can be sent or read.
    Failed,
}
