//! The contents of framed and TTHeader messages: the rules of buffered ones, with the frame's end as the limit.

use proptest::{collection::vec, prelude::*, sample::Index};

use super::{
    encode::{Value, call, message, structs},
    *,
};
use crate::wire::{
    Encoding::{self, Binary, Compact},
    scan::MAX_DEPTH,
};

/// The struct of a call behind each beginning that has a length: what `look` says of it, and where the struct begins.
fn in_frames(encoding: Encoding, body: &[u8]) -> [(Result<Progress, WireError>, usize, usize); 3] {
    let empty = call(encoding, &Value::Struct(vec![]));
    let thrift = [&empty[..empty.len() - 1], body].concat();
    [framed(&thrift), ttheader(&[0, 0], &thrift), ttheader(&[0, 0], &framed(&thrift))]
        .map(|bytes| (look(&bytes), bytes.len() - body.len(), bytes.len()))
}

#[test]
fn sizes_that_reach_beyond_the_frame() {
    // Behind the field's header: what it claims beyond the end of the size itself.
    let cases: &[(Encoding, &[u8], usize)] = &[
        // The 35 bytes that took 64 GiB: list<string>, set<string>, map<string, string> of 2^31-1.
        (Binary, &[15, 0, 1, 11, 0x7f, 0xff, 0xff, 0xff], 4 * 0x7fff_ffff),
        (Binary, &[14, 0, 1, 11, 0x7f, 0xff, 0xff, 0xff], 4 * 0x7fff_ffff),
        (Binary, &[13, 0, 1, 11, 11, 0x7f, 0xff, 0xff, 0xff], 8 * 0x7fff_ffff),
        (Binary, &[15, 0, 1, 12, 0x7f, 0xff, 0xff, 0xff], 0x7fff_ffff),
        (Binary, &[15, 0, 1, 10, 0, 0, 0, 1], 8),
        (Binary, &[11, 0, 1, 0x7f, 0xff, 0xff, 0xff], 0x7fff_ffff),
        (Binary, &[11, 0, 1, 0, 0, 0, 1], 1),
        (Compact, &[0x19, 0xf8, 0xff, 0xff, 0xff, 0xff, 0x07], 0x7fff_ffff),
        (Compact, &[0x1a, 0xf8, 0xff, 0xff, 0xff, 0xff, 0x07], 0x7fff_ffff),
        (Compact, &[0x1b, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x88], 2 * 0xffff_ffff),
        (Compact, &[0x18, 0xff, 0xff, 0xff, 0xff, 0x0f], 0xffff_ffff),
        (Compact, &[0x18, 1], 1),
    ];
    for (encoding, body, beyond) in cases {
        for (result, at, length) in in_frames(*encoding, body) {
            let size = at + body.len() + beyond;
            assert_eq!(result, Err(WireError::Overrun { size, length }), "{body:02x?}");
        }
    }
}

#[test]
fn what_no_message_contains() {
    for (result, at, _) in in_frames(Binary, &[15, 0, 1, 11, 0xff, 0xff, 0xff, 0xff]) {
        assert_eq!(result, Err(WireError::NegativeSize { size: -1, at: at + 8 }));
    }
    for (result, at, _) in in_frames(Binary, &[11, 0, 1, 0xff, 0xff, 0xff, 0xfe]) {
        assert_eq!(result, Err(WireError::NegativeSize { size: -2, at: at + 7 }));
    }
    for (result, at, _) in in_frames(Binary, &[17, 0, 1, 0]) {
        assert_eq!(result, Err(WireError::UnknownType { code: 17, at: at + 1 }));
    }
    for (result, at, _) in in_frames(Binary, &[15, 0, 1, 9, 0, 0, 0, 0, 0]) {
        assert_eq!(result, Err(WireError::UnknownType { code: 9, at: at + 4 }));
    }
    for (result, at, _) in in_frames(Compact, &[0x1e]) {
        assert_eq!(result, Err(WireError::UnknownType { code: 14, at: at + 1 }));
    }
    for (result, at, _) in in_frames(Compact, &[0x15, 0x80, 0x80, 0x80, 0x80, 0x80]) {
        assert_eq!(result, Err(WireError::Varint { at: at + 6 }));
    }
}

#[test]
fn depth_is_limited_in_frames() {
    for encoding in [Binary, Compact] {
        let nested = |depth| (1..depth).fold(Value::Struct(vec![]), |inner, _| Value::Struct(vec![(1, inner)]));
        let fits = framed(&call(encoding, &nested(MAX_DEPTH)));
        assert_eq!(whole(&fits).0, fits.len());
        let error = look(&framed(&call(encoding, &nested(MAX_DEPTH + 1)))).unwrap_err();
        assert!(matches!(error, WireError::Depth { limit: MAX_DEPTH, .. }), "{error}");
        // Deep enough to end the process if it were followed.
        let deep: &[u8] = if encoding == Binary { &[12, 0, 1] } else { &[0x1c] };
        let error = look(&framed(&[&call(encoding, &nested(1))[..], &[]].concat())).unwrap();
        assert!(matches!(error, Progress::Whole { .. }));
        for (result, ..) in in_frames(encoding, &deep.repeat(100_000)) {
            assert!(matches!(result, Err(WireError::Depth { .. })), "{result:?}");
        }
    }
}

#[test]
fn bytes_behind_the_struct_are_ignored() {
    for encoding in [Binary, Compact] {
        let bytes = framed(&[&call(encoding, &Value::Struct(vec![]))[..], b"more"].concat());
        assert_eq!(whole(&bytes).0, bytes.len());
    }
}

/// Empty structs take much more memory than bytes: 16 MiB of them would take gigabytes.
#[test]
fn the_number_of_elements_is_limited() {
    let limit = 2 << 20;
    let most = limit / 16;
    let mut recognizer = Recognizer::new(limit);
    for (count, fits) in [(most, true), (most + 1, false)] {
        for encoding in [Binary, Compact] {
            let list = Value::List(vec![Value::Struct(vec![]); count]);
            let pairs = Value::Map(vec![(Value::Byte(0), Value::text("")); count / 2]);
            // In one list, and in a map and a list.
            let two = Value::Struct(vec![(1, pairs), (2, Value::List(vec![Value::Struct(vec![]); count - count / 2]))]);
            for value in [Value::Struct(vec![(1, list)]), two] {
                let bare = call(encoding, &value);
                for bytes in [framed(&bare), bare] {
                    let looked = recognizer.look(&bytes);
                    match looked {
                        Ok(Progress::Whole { .. }) => assert!(fits, "{count}"),
                        Err(WireError::TooManyElements { limit, .. }) => assert!(!fits && limit == most, "{count}"),
                        other => panic!("{count}: {other:?}"),
                    }
                    recognizer = Recognizer::new(limit);
                }
            }
        }
    }
    // Numbers take no more memory than bytes, and a small limit is none for small messages.
    let numbers = Value::Struct(vec![(1, Value::List(vec![Value::I64(1); 2 * most]))]);
    assert!(matches!(recognizer.look(&framed(&call(Compact, &numbers))), Ok(Progress::Whole { .. })));
    let some = Value::Struct(vec![(1, Value::List(vec![Value::Struct(vec![]); 60_000]))]);
    assert!(matches!(Recognizer::new(100_000).look(&framed(&call(Binary, &some))), Ok(Progress::Whole { .. })));
}

proptest! {
    /// A message is found good or bad in the same way, whether its end is given or found.
    #[test]
    fn the_same_rules_with_and_without_a_frame(
        body in structs(),
        compact: bool,
        damage in vec((any::<Index>(), prop_oneof![any::<u8>(), 0..17_u8]), 0..4),
        cut in prop::option::of(any::<Index>()),
    ) {
        let mut bytes = message(if compact { Compact } else { Binary }, 1, "m", 300, &body);
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            // Not the beginning, by which the framing is found.
            if at >= 4 {
                bytes[at] = byte;
            }
        }
        if let Some(cut) = cut {
            bytes.truncate(4 + cut.index(bytes.len() - 3));
        }
        match (look(&bytes), look(&framed(&bytes))) {
            (Ok(Progress::Whole { head: bare, .. }), Ok(Progress::Whole { head, length })) => {
                prop_assert_eq!((bare.kind, bare.seq_id), (head.kind, head.seq_id));
                prop_assert_eq!(length, bytes.len() + 4);
            }
            // A frame ends, where more could follow without one.
            (Ok(Progress::More { .. }) | Err(_), Err(WireError::Overrun { .. } | WireError::Truncated { .. })) => {}
            (Err(bare), Err(framed)) => {
                prop_assert_eq!(std::mem::discriminant(&bare), std::mem::discriminant(&framed));
            }
            (bare, framed) => prop_assert!(false, "{bare:?}, {framed:?}"),
        }
    }
}
