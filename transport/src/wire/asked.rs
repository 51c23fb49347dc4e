//! In which form a message came that cannot be read, so that its answer comes in the same form.

use super::{
    Encoding, Form, Framing, MessageHead, MessageKind, encoding_of, head,
    input::Input,
    is_bare_without_version, is_framed, is_framed_without_version, is_ttheader, plain,
    ttheader::{HEADER, SEQ_ID, bytes_at, header_end},
};

/// What an answer to a message needs to know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) framing: Framing,
    pub(crate) encoding: Encoding,
    /// Whether the message has the size of a frame before it, also behind a TTHeader.
    pub(crate) has_frame: bool,
    /// `None` if the message's head cannot be read.
    pub(crate) kind: Option<MessageKind>,
    /// 0 if it cannot be read.
    pub(crate) seq_id: i32,
    /// Empty if it cannot be read.
    pub(crate) method: String,
}

impl Asked {
    /// The form of a message that is whole.
    #[cold]
    pub(crate) fn for_method(head: &MessageHead, method: String) -> Self {
        let MessageHead { framing, encoding, has_frame, kind, seq_id, .. } = *head;
        Self { framing, encoding, has_frame, kind: Some(kind), seq_id, method }
    }

    /// What the beginning of a message says. `None` if it belongs to no known protocol.
    #[cold]
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        let ttheader_seq_id = bytes_at(bytes, SEQ_ID).filter(|_| is_ttheader(bytes)).map(i32::from_be_bytes);
        let Form { framing, encoding, thrift_at, has_frame, has_version } = form(bytes)?;
        let mut input = Input::new(bytes, thrift_at, bytes.len());
        let (kind, seq_id, method) = match head::read(encoding, has_version, &mut input) {
            Ok((kind, seq_id, name)) => (Some(kind), seq_id, plain::method(name)),
            Err(_) => (None, ttheader_seq_id.unwrap_or(0), ""),
        };
        Some(Self { framing, encoding, has_frame, kind, seq_id, method: method.to_owned() })
    }
}

fn form(bytes: &[u8]) -> Option<Form> {
    match *bytes {
        [0x80, ..] => Some(Form::bare(Encoding::Binary)),
        [0x82, ..] => Some(Form::bare(Encoding::Compact)),
        [_, _, _, _, a, b, ..] if is_framed(bytes) => Some(Form::framed(encoding_of([a, b]))),
        _ if is_ttheader(bytes) => {
            let payload_at = header_end(bytes).unwrap_or(bytes.len());
            let (encoding, thrift_at, has_frame) = match bytes.get(payload_at..) {
                Some([0x80, ..]) => (Encoding::Binary, payload_at, false),
                Some([0x82, ..]) => (Encoding::Compact, payload_at, false),
                Some(&[_, _, _, _, a, b, ..]) => (encoding_of([a, b]), payload_at + 4, true),
                // The protocol's number in the header: 2 is compact.
                _ if bytes.get(HEADER) == Some(&2) => (Encoding::Compact, bytes.len(), true),
                _ => (Encoding::Binary, bytes.len(), true),
            };
            Some(Form { framing: Framing::TtHeader, encoding, thrift_at, has_frame, has_version: true })
        }
        _ if is_framed_without_version(bytes) => Some(Form { has_version: false, ..Form::framed(Encoding::Binary) }),
        _ if is_bare_without_version(bytes) => Some(Form { has_version: false, ..Form::bare(Encoding::Binary) }),
        _ => None,
    }
}
