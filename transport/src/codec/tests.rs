//! What volo's codec writes is read again; what is damaged or hostile is an error, and never a panic.

use std::cell::RefCell;

use bytes::Bytes;
use metainfo::METAINFO;
use pilota::thrift::TMessageType;
use proptest::{collection::vec, prelude::*, sample::Index};
use volo::FastStr;
use volo::context::{Context, Role, RpcInfo};
use volo_thrift::ThriftMessage;
use volo_thrift::context::ClientContext;

use super::MessageWriter;
use crate::fuzzing::{Everything, PANICKED, read_all};
use crate::protocol::{Encoding, Protocol};

const LIMIT: usize = 1 << 20;

const PROTOCOLS: [Protocol; 6] = [
    Protocol::TTHEADER,
    Protocol::FRAMED,
    Protocol::BUFFERED,
    Protocol::TTHEADER.compact(),
    Protocol::FRAMED.compact(),
    Protocol::BUFFERED.compact(),
];

/// A call as this crate's client sends it.
fn encoded(protocol: Protocol, message: Everything) -> Vec<u8> {
    let mut cx = ClientContext::new(7, RpcInfo::with_role(Role::Client), TMessageType::Call);
    cx.rpc_info_mut().set_method("everything".into());
    let mut writer = MessageWriter::new(protocol, LIMIT);
    METAINFO.sync_scope(RefCell::default(), || {
        let message = ThriftMessage::mk_client_msg(&cx, message);
        writer.encode(&mut cx, message).unwrap();
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    let written = futures_util::FutureExt::now_or_never(writer.write(&mut bytes, &mut false));
    written.unwrap().unwrap();
    bytes.into_inner()
}

/// The only message in `bytes`, or why it cannot be read or decoded.
fn decoded(bytes: &[u8]) -> Result<Everything, String> {
    let (mut messages, end) = read_all(bytes, &[], LIMIT);
    messages.pop().unwrap_or(Err(end))
}

fn any_text() -> impl Strategy<Value = FastStr> {
    "[ -~ä€😀]{0,40}".prop_map(FastStr::from)
}

fn any_message() -> impl Strategy<Value = Everything> {
    let of = |inner: BoxedStrategy<Vec<Everything>>| {
        let texts = (any::<i64>(), any_text(), vec(any::<u8>(), 0..90), vec(any_text(), 0..20));
        let by_list = prop::collection::btree_map(vec(any::<i8>(), 0..4), any_text(), 0..4);
        let map = prop::collection::btree_map("[a-zä]{0,9}", any::<i16>(), 0..4);
        let others = (vec(any::<bool>(), 0..20), prop::collection::btree_set(any::<i32>(), 0..20), map, by_list);
        (texts, others, inner).prop_map(|(texts, (flags, numbers, map, by_list), inner)| {
            let (number, text, data, texts) = texts;
            let data = Bytes::from(data);
            Everything { number, text, data, texts, flags, numbers, map, by_list, inner }
        })
    };
    let leaf = of(Just(Vec::new()).boxed()).boxed();
    leaf.prop_recursive(3, 8, 3, move |inner| of(vec(inner, 0..3).boxed()))
}

proptest! {
    #[test]
    fn what_volo_writes_is_read(message in any_message(), protocol in prop::sample::select(&PROTOCOLS)) {
        let bytes = encoded(protocol, message.clone());
        prop_assert_eq!(decoded(&bytes), Ok(message), "{}", protocol);
    }

    #[test]
    fn damaged_messages_do_not_panic(
        message in any_message(),
        protocol in prop::sample::select(&PROTOCOLS),
        damage in vec((any::<Index>(), prop_oneof![any::<u8>(), 0..17_u8, Just(0xff)]), 1..6),
        kind in prop::option::of(1..5_u8),
    ) {
        let mut bytes = encoded(protocol, message);
        // As a reply, an exception, or one-way.
        if let Some(kind) = kind {
            let at = bytes.windows(2).position(|part| part == [0x80, 1]).map(|at| (at + 3, kind));
            let at = at.or(bytes.windows(2).position(|part| part == [0x82, 0x21]).map(|at| (at + 1, kind << 5 | 1)));
            let (at, kind) = at.unwrap();
            bytes[at] = kind;
        }
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Err(error) = decoded(&bytes) {
            prop_assert!(!error.contains(PANICKED), "{}", error);
        }
    }
}

/// A framed call whose struct has this one field.
fn with_field(encoding: Encoding, field: &[u8]) -> Vec<u8> {
    let head: &[u8] = match encoding {
        Encoding::Binary => &[0x80, 1, 0, 1, 0, 0, 0, 1, b'm', 0, 0, 0, 7],
        Encoding::Compact => &[0x82, 0x21, 7, 1, b'm'],
    };
    framed(&[head, field, &[0]].concat())
}

fn framed(message: &[u8]) -> Vec<u8> {
    [&u32::try_from(message.len()).unwrap().to_be_bytes(), message].concat()
}

#[test]
fn strings_have_to_be_text() {
    // As a field, in a list, as the key of a map, as a value of another one.
    let binary: &[&[u8]] = &[
        &[11, 0, 2, 0, 0, 0, 1, 0xff],
        &[15, 0, 4, 11, 0, 0, 0, 2, 0, 0, 0, 1, b'a', 0, 0, 0, 1, 0xff],
        &[13, 0, 7, 11, 6, 0, 0, 0, 1, 0, 0, 0, 2, 0xc3, 0x28, 0, 1],
        &[13, 0, 8, 15, 11, 0, 0, 0, 1, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0xff],
    ];
    let compact: &[&[u8]] = &[
        &[0x28, 1, 0xff],
        &[0x49, 0x28, 1, b'a', 1, 0xff],
        &[0x7b, 1, 0x84, 2, 0xc3, 0x28, 2],
        &[0x8b, 1, 0x98, 3, 1, 0xff],
    ];
    for (encoding, fields) in [(Encoding::Binary, binary), (Encoding::Compact, compact)] {
        for field in fields {
            let error = decoded(&with_field(encoding, field)).unwrap_err();
            assert!(error.contains("not valid UTF-8"), "{field:02x?}: {error}");
        }
    }
    let long = [&b"\x0b\0\x02\0\0\x04\0"[..], &[b'a'; 1023], &[0xff]].concat();
    assert!(decoded(&with_field(Encoding::Binary, &long)).unwrap_err().contains("not valid UTF-8"));
    // Binary data need not be text.
    let data = decoded(&with_field(Encoding::Binary, &[11, 0, 3, 0, 0, 0, 1, 0xff])).unwrap().data;
    assert_eq!(&data[..], [0xff]);
    assert_eq!(&decoded(&with_field(Encoding::Compact, &[0x38, 1, 0xff])).unwrap().data[..], [0xff]);
}

#[test]
fn elements_have_to_be_of_the_type_that_the_code_reads() {
    let cases: &[(&[u8], &str)] = &[
        // Bytes for strings, bools and structs; strings and structs for numbers, for keys and for values.
        (&[15, 0, 4, 3, 0, 0, 0, 4, 1, 2, 3, 4], "expected elements of the type Binary, found I8"),
        (&[15, 0, 5, 3, 0, 0, 0, 1, 1], "expected elements of the type Bool, found I8"),
        (&[15, 0, 9, 3, 0, 0, 0, 4, 1, 2, 3, 4], "expected elements of the type Struct, found I8"),
        (&[14, 0, 6, 11, 0, 0, 0, 1, 0, 0, 0, 0], "expected elements of the type I32, found Binary"),
        (&[13, 0, 7, 8, 6, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1], "expected elements of the type Binary, found I32"),
        (&[13, 0, 7, 11, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1], "expected elements of the type I16, found I32"),
        (&[13, 0, 8, 12, 11, 0, 0, 0, 1, 0, 0, 0, 0, 0], "expected elements of the type List, found Struct"),
        (&[13, 0, 8, 15, 2, 0, 0, 0, 1, 3, 0, 0, 0, 1, 9, 1], "expected elements of the type Binary, found Bool"),
        (
            &[13, 0, 8, 15, 11, 0, 0, 0, 1, 6, 0, 0, 0, 1, 9, 1, 0, 0, 0, 0],
            "expected elements of the type I8, found I16",
        ),
    ];
    for (field, expected) in cases {
        let error = decoded(&with_field(Encoding::Binary, field)).unwrap_err();
        assert!(error.contains(expected), "{field:02x?}: {error}");
    }
    // Nothing is read of elements that are not there, and a set is written as a list is.
    assert!(decoded(&with_field(Encoding::Binary, &[15, 0, 4, 3, 0, 0, 0, 0])).is_ok());
    let set_as_key = [13, 0, 8, 14, 11, 0, 0, 0, 1, 3, 0, 0, 0, 1, 9, 0, 0, 0, 1, b'a'];
    assert_eq!(decoded(&with_field(Encoding::Binary, &set_as_key)).unwrap().by_list[&vec![9]], "a");
}

#[test]
fn a_bool_in_a_compact_list_is_0_1_or_2() {
    let list = decoded(&with_field(Encoding::Compact, &[0x59, 0x41, 0, 1, 2, 1])).unwrap();
    assert_eq!(list.flags, [false, true, false, true]);
    let error = decoded(&with_field(Encoding::Compact, &[0x59, 0x11, 3])).unwrap_err();
    assert!(error.contains("expected 0, 1 or 2"), "{error}");
    // Skipped, behind a boolean field that is skipped.
    let skipped = [0xd1, 0x19, 0x21, 0, 2];
    assert!(decoded(&with_field(Encoding::Compact, &skipped)).is_ok());
}

/// An exception in a frame, and behind a TTHeader with and without one.
fn exception(encoding: Encoding, fields: &[u8]) -> [String; 3] {
    let mut message = with_field(encoding, fields);
    let at = if encoding == Encoding::Binary { (7, 3) } else { (5, 0x61) };
    message[at.0] = at.1;
    let header = |payload: &[u8]| framed(&[&[0x10, 0, 0, 0, 0, 0, 0, 7, 0, 1, 0, 0, 0, 0], payload].concat());
    [message.clone(), header(&message), header(&message[4..])].map(|bytes| decoded(&bytes).unwrap_err())
}

#[test]
fn exceptions_are_read_whatever_their_fields_are() {
    let cases: &[(Encoding, &[u8], &str)] = &[
        (Encoding::Binary, &[11, 0, 1, 0, 0, 0, 1, b'a', 8, 0, 2, 0, 0, 0, 6], "exception: a"),
        (Encoding::Compact, &[0x18, 1, b'a', 0x15, 12], "exception: a"),
        // Without a text; with a text that is a number; with fields that nobody knows.
        (Encoding::Binary, &[8, 0, 2, 0, 0, 0, 6], "general remote error"),
        (Encoding::Binary, &[8, 0, 1, 0x7f, 0xff, 0xff, 0xff, 8, 0, 2, 0, 0, 0, 6], "general remote error"),
        (Encoding::Binary, &[12, 0, 9, 2, 0, 1, 1, 0, 11, 0, 1, 0, 0, 0, 1, b'a'], "a"),
        (Encoding::Compact, &[0x9c, 0x11, 0, 0x18, 0x7f, b'a', 0], "take"),
        (Encoding::Compact, &[0x9c, 0x11, 0, 0x02, 0x03, 0x08, 2, 1, b'a'], "a"),
        (Encoding::Binary, &[11, 0, 1, 0, 0, 0, 1, 0xff], "not valid UTF-8"),
        (Encoding::Compact, &[0x18, 1, 0xff], "not valid UTF-8"),
    ];
    for (encoding, fields, expected) in cases {
        for error in exception(*encoding, fields) {
            assert!(error.contains(expected) && !error.contains(PANICKED), "{fields:02x?}: {error}");
        }
    }
}
