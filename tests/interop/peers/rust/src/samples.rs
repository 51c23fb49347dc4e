//! Values of every kind of field.

use pilota::{AHashMap, AHashSet, Bytes, FastStr};

use crate::generated::everything::{Color, Either, Inner, Kinds, Timestamp};

/// A value with every field but `missing`, whose numbers have every sign and size.
pub fn kinds() -> Kinds {
    let inner = |number, text: Option<&'static str>| Inner { number, text: text.map(FastStr::from_static_str) };
    Kinds {
        flag: Some(true),
        tiny: Some(i8::MIN),
        small: Some(i16::MAX),
        medium: Some(i32::MIN),
        large: Some(i64::MAX - 1),
        real: Some(-1.5e300),
        text: Some("Grüße, 世界 \u{1f680}".into()),
        bytes: Some(Bytes::from_static(&[0, 0xff, 0x80, b'a', 0])),
        color: Some(Color::BLUE),
        inner: Some(inner(-1, Some("inner"))),
        either: Some(Either::Text("either".into())),
        numbers: Some(vec![0, -1, i32::MAX, i32::MIN]),
        inners: Some(vec![inner(1, None), inner(2, Some(""))]),
        names: Some(AHashSet::from_iter(["a".into(), "b".into(), "c".into()])),
        counts: Some(AHashMap::from_iter([("one".into(), 1), ("large".into(), i64::MIN)])),
        nested: Some(AHashMap::from_iter([(7, vec![inner(7, Some("seven"))]), (8, vec![])])),
        at: Some(Timestamp(1_700_000_000_000)),
        missing: None,
        flags: Some(vec![true, false, true]),
        table: Some(vec![vec!["x".into(), "y".into()], vec![]]),
        reals: Some(vec![0.0, -0.5, f64::MAX]),
        colors: Some(AHashMap::from_iter([(Color::RED, "red".into()), (Color::GREEN, "green".into())])),
        last: Some(i32::from(i16::MAX)),
    }
}

/// A text of `size` bytes.
pub fn text(size: usize) -> FastStr {
    "0123456789abcdef".chars().cycle().take(size).collect::<String>().into()
}
