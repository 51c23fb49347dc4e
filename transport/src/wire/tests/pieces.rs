//! How the bytes are cut makes no difference.

use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
};

use super::{
    encode::{Value, message, structs, unversioned},
    *,
};
use crate::wire::{Encoding, Framing};

type Outcome = (Vec<(usize, MessageHead)>, Result<Option<usize>, WireError>);

/// All messages in `bytes`, which arrive in pieces that end where `ends` says, and how it ends: with an error, or with a
/// message of which more is expected.
fn read(bytes: &[u8], ends: impl IntoIterator<Item = usize>) -> Outcome {
    let mut recognizer = Recognizer::new(LIMIT);
    let (mut messages, mut start, mut last) = (Vec::new(), 0, Ok(None));
    for end in ends.into_iter().chain([bytes.len()]) {
        loop {
            match recognizer.look(&bytes[start..end]) {
                Ok(Progress::Whole { length, head }) => {
                    assert!(length > 0 && start + length <= end);
                    messages.push((length, head));
                    start += length;
                }
                Ok(Progress::More { known }) => {
                    assert!(known.is_none_or(|length| length > end - start));
                    last = Ok(known);
                    break;
                }
                Err(error) => {
                    // It stays that way, and does not depend on what follows.
                    assert_eq!(recognizer.look(&bytes[start..]), Err(error.clone()));
                    return (messages, Err(error));
                }
            }
        }
    }
    last = last.or(Ok(None));
    (messages, last)
}

fn any_message() -> impl Strategy<Value = (Vec<u8>, Framing, Encoding)> {
    let framing = prop_oneof![Just(Framing::Buffered), Just(Framing::Framed), Just(Framing::TtHeader)];
    let encoding = prop_oneof![Just(Encoding::Binary), Just(Encoding::Compact)];
    let header = vec(any::<u8>(), 0..30);
    (framing, encoding, 1..=4_u8, "[a-zA-Z_ä:]{0,9}", 0..1 << 14, structs(), header).prop_map(
        |(framing, encoding, kind, name, seq_id, body, token): (_, _, _, String, _, Value, Vec<u8>)| {
            let versioned = message(encoding, kind, &name, seq_id, &body);
            let message = match encoding {
                // Of a name that is recognized as one, and without a version in every fourth message.
                Encoding::Binary if framing != Framing::TtHeader && seq_id % 4 == 0 => {
                    unversioned(kind, &format!("me{name}"), seq_id, &body)
                }
                _ => versioned,
            };
            let token_header = || [&[0, 0, 0x11, 0, token.len() as u8][..], &token].concat();
            let bytes = match framing {
                Framing::Buffered => message,
                Framing::Framed => framed(&message),
                Framing::TtHeader if token.len() % 2 == 0 => ttheader(&token_header(), &message),
                Framing::TtHeader => ttheader(&token_header(), &framed(&message)),
            };
            (bytes, framing, encoding)
        },
    )
}

fn ends(cuts: &[Index], length: usize) -> Vec<usize> {
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(length + 1)).collect();
    ends.sort_unstable();
    ends
}

/// Where reading goes past the first check.
const STARTS: &[&[u8]] = &[
    &[],
    &[0x80, 1, 0, 1, 0, 0, 0, 1, b'm', 0, 0, 0, 7],
    &[0x82, 0x21, 7, 1, b'm'],
    &[0, 0, 0, 40, 0x80, 1, 0, 1],
    &[0, 0, 0, 40, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0],
    &[0, 0, 0, 1, b'm', 1, 0, 0, 0, 7],
    &[0, 0, 0, 40, 0, 0, 0, 3, b'a', b':', b'm', 1],
    &[0, 0, 0, 40, 0x0f, 0xff],
    b"[1,\"m\",1",
];

proptest! {
    #[test]
    fn messages_one_after_the_other(messages in vec(any_message(), 1..4), cuts in vec(any::<Index>(), 0..9)) {
        let bytes = messages.iter().flat_map(|(bytes, ..)| bytes.clone()).collect::<Vec<_>>();
        let at_once = read(&bytes, []);
        let found: Vec<_> = at_once.0.iter().map(|(length, head)| (*length, head.framing, head.encoding)).collect();
        let sent: Vec<_> = messages.iter().map(|(bytes, framing, encoding)| (bytes.len(), *framing, *encoding)).collect();
        prop_assert_eq!(found, sent);
        prop_assert_eq!(&at_once.1, &Ok(None));
        prop_assert_eq!(&read(&bytes, 1..bytes.len()), &at_once);
        prop_assert_eq!(&read(&bytes, ends(&cuts, bytes.len())), &at_once);
    }

    #[test]
    fn damaged_messages(
        (message, ..) in any_message(),
        damage in vec((any::<Index>(), any::<u8>()), 1..4),
        cuts in vec(any::<Index>(), 0..9),
    ) {
        let mut bytes = [&message[..], &message].concat();
        for (at, byte) in damage {
            bytes[at.index(message.len())] = byte;
        }
        let at_once = read(&bytes, []);
        prop_assert_eq!(&read(&bytes, 1..bytes.len()), &at_once);
        prop_assert_eq!(&read(&bytes, ends(&cuts, bytes.len())), &at_once);
    }

    #[test]
    fn arbitrary_bytes(
        start in select(STARTS),
        rest in vec(prop_oneof![any::<u8>(), 0..17_u8], 0..200),
        cuts in vec(any::<Index>(), 0..9),
    ) {
        let bytes = [start, &rest].concat();
        let at_once = read(&bytes, []);
        prop_assert_eq!(&read(&bytes, 1..bytes.len()), &at_once);
        prop_assert_eq!(&read(&bytes, ends(&cuts, bytes.len())), &at_once);
    }
}
