//! Messages written by hand, cut into pieces, and compared with what volo makes of them.

mod answers;
mod buffered;
mod encode;
mod framed_contents;
mod pieces;
mod plain;
mod prefixed;
mod volo;

use super::{Form, MessageHead, MessageKind, Progress, Recognizer, WireError};

const LIMIT: usize = 1 << 20;

/// What a whole look gives; more than one message is not expected.
fn look(bytes: &[u8]) -> Result<Progress, WireError> {
    Recognizer::new(LIMIT).look(bytes)
}

fn whole(bytes: &[u8]) -> (usize, MessageHead) {
    match look(bytes) {
        Ok(Progress::Whole { length, head }) => (length, head),
        other => panic!("{bytes:02x?}: {other:?}"),
    }
}

/// The head of `call` in this form.
const fn head(form: Form) -> MessageHead {
    let Form { framing, encoding, thrift_at, has_frame, has_version } = form;
    let kind = MessageKind::Call;
    MessageHead { framing, encoding, kind, seq_id: 300, thrift_at, has_frame, has_version, has_service: false }
}

const fn more(known: Option<usize>) -> Result<Progress, WireError> {
    Ok(Progress::More { known })
}

/// The message behind its length.
fn framed(message: &[u8]) -> Vec<u8> {
    [&u32::try_from(message.len()).unwrap().to_be_bytes(), message].concat()
}

/// The message behind a TTHeader with these contents, protocol id and transforms first.
fn ttheader(header: &[u8], message: &[u8]) -> Vec<u8> {
    let padded = header.len().next_multiple_of(4);
    let words = u16::try_from(padded / 4).unwrap();
    let mut bytes = vec![0x10, 0x00, 0, 0, 0, 0, 0, 7];
    bytes.extend(words.to_be_bytes());
    bytes.extend(header);
    bytes.resize(10 + padded, 0);
    bytes.extend(message);
    framed(&bytes)
}
