//! Messages without a length.

use super::{
    encode::{Value, call, message},
    *,
};
use crate::wire::{
    Encoding::{self, Binary, Compact},
    MessageKind,
    scan::MAX_DEPTH,
};

/// A binary call whose struct is these bytes, which begin at byte 13.
fn binary(body: &[u8]) -> Vec<u8> {
    [&[0x80, 1, 0, 1, 0, 0, 0, 1, b'm', 0, 0, 0, 7], body].concat()
}

/// A compact call whose struct is these bytes, which begin at byte 5.
fn compact(body: &[u8]) -> Vec<u8> {
    [&[0x82, 0x21, 7, 1, b'm'], body].concat()
}

fn one_of_each() -> Value {
    let text = || Value::text("text");
    let inner = || Value::Struct(vec![(1, Value::Bool(false)), (100, Value::I64(i64::MIN))]);
    Value::Struct(vec![
        (1, Value::Bool(true)),
        (2, Value::Byte(0xff)),
        (3, Value::I16(-1)),
        (18, Value::I32(i32::MIN)),
        (34, Value::I64(i64::MAX)),
        (-1, Value::Double(1.5)),
        (i16::MAX, Value::Uuid([0xff; 16])),
        (i16::MIN, text()),
        (1, inner()),
        (2, Value::List(vec![text(); 20])),
        (3, Value::List(vec![Value::Bool(true); 3])),
        (4, Value::List(vec![Value::I32(-1); 15])),
        (5, Value::List(vec![Value::Double(0.0); 14])),
        (6, Value::Set(vec![inner(); 3])),
        (7, Value::List(vec![Value::List(vec![text()]), Value::List(vec![])])),
        (8, Value::Map(vec![])),
        (9, Value::Map(vec![(text(), inner()); 3])),
        (10, Value::Map(vec![(Value::Byte(1), Value::Double(2.0)); 3])),
        (11, Value::Map(vec![(Value::Uuid([0; 16]), Value::Map(vec![(text(), Value::Bool(true))])); 2])),
    ])
}

#[test]
fn every_type_is_passed() {
    for encoding in [Binary, Compact] {
        let bytes = message(encoding, 2, "echo", 9, &one_of_each());
        let head = MessageHead { kind: MessageKind::Reply, seq_id: 9, ..head(Form::bare(encoding)) };
        assert_eq!(whole(&bytes), (bytes.len(), head));
        assert_eq!(whole(&[&bytes[..], &[0xff; 20]].concat()), (bytes.len(), head));
        for end in 0..bytes.len() {
            assert_eq!(look(&bytes[..end]), more(None));
        }
    }
}

#[test]
fn the_smallest_messages() {
    assert_eq!(whole(&[0x82, 0x21, 0, 0, 0]).0, 5);
    assert_eq!(whole(&[0x80, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]).0, 13);
}

#[test]
fn empty_collections_need_no_type() {
    assert_eq!(whole(&binary(&[15, 0, 1, 0, 0, 0, 0, 0, 13, 0, 2, 1, 0, 0, 0, 0, 0, 0])).0, 31);
    assert_eq!(whole(&compact(&[0x19, 0x00, 0x1b, 0x00, 0x00])).0, 10);
    // A compact struct ends with the type "stop", whatever the delta is.
    assert_eq!(whole(&compact(&[0x50])).0, 6);
}

#[test]
fn errors_of_binary() {
    let cases: &[(&[u8], WireError)] = &[
        (&[1], WireError::UnknownType { code: 1, at: 14 }),
        (&[5], WireError::UnknownType { code: 5, at: 14 }),
        (&[17], WireError::UnknownType { code: 17, at: 14 }),
        (&[11, 0, 1, 0xff, 0xff, 0xff, 0xfe], WireError::NegativeSize { size: -2, at: 20 }),
        (&[11, 0, 1, 0x7f, 0, 0, 0], WireError::TooLarge { size: 0x7f00_0000 + 20, limit: LIMIT }),
        (&[15, 0, 1, 11, 0xff, 0xff, 0xff, 0xff], WireError::NegativeSize { size: -1, at: 21 }),
        (&[15, 0, 1, 11, 0, 4, 0, 0], WireError::TooLarge { size: 21 + (4 << 18), limit: LIMIT }),
        (&[15, 0, 1, 12, 0, 0x10, 0, 0], WireError::TooLarge { size: 21 + (1 << 20), limit: LIMIT }),
        (&[15, 0, 1, 10, 0x7f, 0xff, 0xff, 0xff], WireError::TooLarge { size: 21 + 8 * 0x7fff_ffff, limit: LIMIT }),
        (&[14, 0, 1, 0, 0, 0, 0, 1], WireError::UnknownType { code: 0, at: 17 }),
        (&[14, 0, 1, 9, 0, 0, 0, 0], WireError::UnknownType { code: 9, at: 17 }),
        (&[13, 0, 1, 1, 2, 0, 0, 0, 1], WireError::UnknownType { code: 1, at: 18 }),
        (&[13, 0, 1, 2, 7, 0, 0, 0, 1], WireError::UnknownType { code: 7, at: 18 }),
        (&[13, 0, 1, 11, 12, 0, 4, 0, 0], WireError::TooLarge { size: 22 + (5 << 18), limit: LIMIT }),
        (&[13, 0, 1, 2, 2, 0x80, 0, 0, 0], WireError::NegativeSize { size: i32::MIN, at: 22 }),
    ];
    for (body, error) in cases {
        assert_eq!(look(&binary(body)), Err(error.clone()), "{body:02x?}");
    }
}

#[test]
fn errors_of_compact() {
    let cases: &[(&[u8], WireError)] = &[
        (&[0x1e], WireError::UnknownType { code: 14, at: 6 }),
        (&[0x18, 0xff, 0xff, 0xff, 0xff, 0x0f], WireError::TooLarge { size: 11 + u32::MAX as usize, limit: LIMIT }),
        (&[0x18, 0xff, 0xff, 0xff, 0xff, 0x1f], WireError::Varint { at: 11 }),
        (&[0x14, 0x80, 0x80, 0x80], WireError::Varint { at: 9 }),
        (&[0x15, 0x80, 0x80, 0x80, 0x80, 0x80], WireError::Varint { at: 11 }),
        (&[0x16, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80], WireError::Varint { at: 16 }),
        (&[0x19, 0xf8, 0x80, 0x80, 0x40], WireError::TooLarge { size: 10 + (1 << 20), limit: LIMIT }),
        (&[0x19, 0xf7, 0xff, 0xff, 0xff, 0xff, 0x0f], WireError::TooLarge { size: 12 + 8 * 0xffff_ffff, limit: LIMIT }),
        (&[0x19, 0x10], WireError::UnknownType { code: 0, at: 7 }),
        (&[0x1a, 0x0f], WireError::UnknownType { code: 15, at: 7 }),
        (&[0x1b, 0x01, 0x0c], WireError::UnknownType { code: 0, at: 8 }),
        (&[0x1b, 0x01, 0xce], WireError::UnknownType { code: 14, at: 8 }),
        (&[0x1b, 0x80, 0x80, 0x20, 0x88], WireError::TooLarge { size: 10 + (1 << 20), limit: LIMIT }),
        // Field ids beyond 16 bits: said at once, and by steps.
        (&[0x05, 0x80, 0x80, 0x04, 0x00], WireError::Varint { at: 9 }),
        (&[0x01, 0xfe, 0xff, 0x03, 0x11], WireError::Varint { at: 10 }),
    ];
    for (body, error) in cases {
        assert_eq!(look(&compact(body)), Err(error.clone()), "{body:02x?}");
    }
}

#[test]
fn depth_is_limited() {
    for encoding in [Binary, Compact] {
        let nested = |inner: usize, wrap: fn(Value) -> Value| {
            let value = (1..inner).fold(Value::Struct(vec![]), |value, _| wrap(value));
            call(encoding, &Value::Struct(vec![(1, value)]))
        };
        let wraps: [fn(Value) -> Value; 3] = [
            |value| Value::Struct(vec![(1, value)]),
            |value| Value::List(vec![value]),
            |value| Value::Map(vec![(Value::Byte(0), value)]),
        ];
        for wrap in wraps {
            let bytes = nested(MAX_DEPTH - 1, wrap);
            assert_eq!(whole(&bytes).0, bytes.len());
            let error = look(&nested(MAX_DEPTH, wrap)).unwrap_err();
            assert!(matches!(error, WireError::Depth { limit: MAX_DEPTH, .. }), "{error}");
        }
    }
}

#[test]
fn the_limit_holds_without_a_length() {
    for encoding in [Binary, Compact] {
        let bytes = call(encoding, &one_of_each());
        assert!(matches!(Recognizer::new(bytes.len()).look(&bytes), Ok(Progress::Whole { .. })));
        for limit in 2..bytes.len() {
            let result = Recognizer::new(limit).look(&bytes);
            assert!(
                matches!(result, Err(WireError::TooLarge { limit: l, size }) if l == limit && size > limit),
                "{limit}: {result:?}"
            );
        }
    }
}

#[test]
fn work_grows_with_the_length_only() {
    let elements = |encoding: Encoding| {
        let element = Value::Struct(vec![(1, Value::I64(1)), (2, Value::text("some text"))]);
        let value = Value::Struct(vec![(1, Value::List(vec![element; 40_000]))]);
        call(encoding, &value)
    };
    for encoding in [Binary, Compact] {
        let bytes = elements(encoding);
        let mut at_once = Recognizer::new(bytes.len());
        assert!(matches!(at_once.look(&bytes), Ok(Progress::Whole { .. })));
        let mut in_pieces = Recognizer::new(bytes.len());
        let mut looks = 0;
        for end in (100..bytes.len()).step_by(100).chain([bytes.len()]) {
            looks += 1;
            let progress = in_pieces.look(&bytes[..end]).unwrap();
            assert_eq!(matches!(progress, Progress::Whole { .. }), end == bytes.len());
        }
        // Each element takes four steps, and a look that ends inside of a step takes this one again.
        assert!(at_once.scan.steps <= 4 * 40_000 + 10);
        assert!(in_pieces.scan.steps <= at_once.scan.steps + looks);
    }
}
