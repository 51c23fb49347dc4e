//! Messages without a version, and with the name of a service.

use super::{
    encode::{Value, message, unversioned},
    *,
};
use crate::wire::{
    Encoding::{Binary, Compact},
    Framing, plain, service_and_method,
};

fn body() -> Value {
    Value::Struct(vec![(1, Value::text("text")), (2, Value::I32(-1))])
}

/// The message as volo gets it, which has to be recognized with the head that is given with it.
fn made_plain(bytes: &[u8]) -> Vec<u8> {
    let (length, head) = whole(bytes);
    assert_eq!(length, bytes.len());
    assert!(!head.is_plain());
    let (plain, plain_head) = plain(bytes, &head).unwrap();
    assert!(plain_head.is_plain());
    assert_eq!(whole(&plain), (plain.len(), plain_head));
    plain
}

#[test]
fn messages_without_a_version_get_one() {
    for name in ["e", "echo", "_x", "a.b"] {
        let old = unversioned(1, name, 300, &body());
        let new = message(Binary, 1, name, 300, &body());
        let form = Form { has_version: false, ..Form::bare(Binary) };
        assert_eq!(whole(&old), (old.len(), head(form)));
        assert_eq!(whole(&framed(&old)), (old.len() + 4, head(Form { has_version: false, ..Form::framed(Binary) })));
        assert_eq!(made_plain(&old), new);
        assert_eq!(made_plain(&framed(&old)), framed(&new));
    }
}

#[test]
fn the_name_of_a_service_is_taken_away() {
    for encoding in [Binary, Compact] {
        for kind in 1..=4 {
            let named = message(encoding, kind, "Echo:echo", 300, &body());
            let plain = message(encoding, kind, "echo", 300, &body());
            assert_eq!(made_plain(&named), plain);
            assert_eq!(made_plain(&framed(&named)), framed(&plain));
            for header in [&[0, 0][..], &[0, 0, 0x11, 0, 3, 1, 2, 3]] {
                assert_eq!(made_plain(&ttheader(header, &named)), ttheader(header, &plain));
                assert_eq!(made_plain(&ttheader(header, &framed(&named))), ttheader(header, &framed(&plain)));
            }
        }
    }
    let old = unversioned(1, "Echo:echo", 300, &body());
    assert_eq!(made_plain(&old), message(Binary, 1, "echo", 300, &body()));
}

#[test]
fn services_and_methods() {
    for (name, expected) in [("Echo:echo", ("Echo", "echo")), (":echo", ("", "echo")), ("A:b:c", ("A", "b:c"))] {
        let bytes = framed(&message(Binary, 1, name, 300, &body()));
        assert_eq!(service_and_method(&bytes, &whole(&bytes).1), Ok(expected));
    }
}

#[test]
fn heads_without_a_version_that_are_wrong() {
    // A kind that does not exist, a name that is not text, one that is longer than its frame, a frame without anything.
    let cases: &[(&[u8], WireError)] = &[
        (&unversioned(5, "echo", 300, &body()), WireError::Kind { kind: 5 }),
        (b"\0\0\0\x03ec\xff\x01\0\0\0\x07\0", WireError::NameNotUtf8),
        (&framed(b"\0\0\0\x09echo\x01\0\0\0"), WireError::Truncated { length: 16 }),
        (&[0; 6], WireError::UnknownProtocol { first: [0; 6] }),
        // No name: thriftpy2's JSON encoding.
        (&framed(b"\0\0\0\x0f{\"metadata\""), WireError::UnknownProtocol { first: [0, 0, 0, 15, 0, 0] }),
    ];
    for (bytes, error) in cases {
        assert_eq!(look(bytes), Err(error.clone()), "{bytes:02x?}");
    }
    let framing = |bytes: &[u8]| whole(bytes).1.framing;
    assert_eq!(framing(&unversioned(1, "m", 1, &Value::Struct(vec![]))), Framing::Buffered);
}
