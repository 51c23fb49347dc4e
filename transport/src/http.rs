//! HTTP/1.1 heads, which WebSocket handshakes and thrift over HTTP have in common.
//!
//! Everything here but `answer` and `read` is pure: it touches neither a socket nor a clock.
// WebSocket uses all that thrift over HTTP does not.
#![cfg_attr(not(feature = "websocket"), allow(dead_code, unused_imports))]

mod admission;
mod answer;
mod authority;
mod client;
mod credentials;
mod error;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod head_end;
mod origin;
mod own_headers;
mod path_id;
mod read;
mod refusal;
mod request;
mod response;
mod text;

pub use admission::{Admission, Admitted, HttpRequest};
pub(crate) use answer::{answer, send_and_close};
pub(crate) use authority::HostPort;
pub(crate) use client::HttpClient;
pub(crate) use error::HeadError;
pub(crate) use head_end::HeadEnd;
pub(crate) use origin::Origins;
pub use own_headers::InvalidHeader;
pub(crate) use own_headers::OwnHeaders;
pub(crate) use path_id::path_below;
pub use path_id::{PathIdError, encode_path_id, path_id};
pub(crate) use read::{ReadHeadError, read_head};
pub use refusal::Refusal;
pub use request::RequestHead;
pub(crate) use request::{BodyLength, at_most_one, is_token, tokens};
pub(crate) use response::ResponseHead;
pub(crate) use text::{printable, reason, refusal_text};

/// The longest head, with its empty line. [RFC 9110, 4.1](https://www.rfc-editor.org/rfc/rfc9110#section-4.1) asks for
/// at least 8,000 bytes for an address, and this is what nginx and Apache allow for one line.
pub(crate) const MAX_HEAD: usize = 8 * 1024;

/// The largest number of header lines. Browsers send fewer than 25, and proxies add a few; Apache allows 100.
pub(crate) const MAX_HEADERS: usize = 64;
