//! What the types of rich.thrift do when they keep what they do not know.

use pilota::thrift::Message;
use pilota::thrift::binary::TBinaryProtocol;
use pilota::Bytes;

use crate::messages::{self, binary, compact};
use crate::rich::*;

fn read_binary<M: Message>(bytes: Bytes) -> M {
    messages::read_binary(&bytes).expect("decoded")
}

fn read_compact<M: Message>(bytes: Bytes) -> M {
    messages::read_compact(&bytes).expect("decoded")
}

fn later() -> Later {
    let inner = Inner { number: 3, text: None, last: Some(true), ..Inner::default() };
    Later {
        number: 1,
        text: Some("t".into()),
        everything: Some(Everything {
            flag: Some(true),
            inner: Some(inner.clone()),
            real: Some(0.25),
            counts: Some([("a".into(), 1)].into_iter().collect()),
            names: Some(["n".into()].into_iter().collect()),
            flags: Some(vec![true, false]),
            end: Some(false),
            ..Everything::default()
        }),
        flag: Some(false),
        more: Some(vec![[("k".into(), inner)].into_iter().collect()]),
        last: Some(true),
        ..Later::default()
    }
}

#[test]
fn unknown_fields_go_on_in_either_encoding() {
    let later = later();
    for inner in [read_binary::<Inner>(binary(&later)), read_compact::<Inner>(compact(&later))] {
        // Three fields, in one piece of memory.
        assert_eq!(inner._unknown_fields.list.len(), 1);
        assert_eq!(read_binary::<Later>(binary(&inner)), later);
        assert_eq!(read_compact::<Later>(compact(&inner)), later);
    }
}

#[test]
fn a_union_keeps_an_arm_that_it_does_not_know() {
    let empty = Later::default();
    let mut sent = binary(&Sum { left: Box::new(Expression::Value(1)), ..Sum::default() });
    let _ = (&empty, &mut sent);
    // Field 9, a list of one i32.
    let bytes = Bytes::from_static(&[15, 0, 9, 8, 0, 0, 0, 1, 0, 0, 0, 7, 0]);
    let union: Either = read_binary(bytes.clone());
    assert!(matches!(union, Either::_UnknownFields(_)));
    assert_eq!(binary(&union), bytes);
    assert_eq!(compact(&union)[..], [0x09, 18, 0x15, 14, 0]);
}

#[test]
fn what_the_compact_encoding_does_not_have_is_no_panic() {
    // Empty lists of the type void, which the binary encoding has a number for.
    let bytes = Bytes::from_static(&[15, 0, 9, 1, 0, 0, 0, 0, 14, 0, 10, 1, 0, 0, 0, 0, 0]);
    let empty: Empty = read_binary(bytes);
    assert_eq!(compact(&empty)[..], [0x09, 18, 0, 0x0a, 20, 0, 0]);
    // Ids whose difference has more than 16 bits, also to that of a known field, and in a struct.
    let ends = [2, 0x7f, 0xff, 1, 3, 0x80, 0, 5, 2, 0, 1, 0, 0];
    let inner = [&[8, 0, 1, 0, 0, 0, 1, 2, 0x75, 0x30, 1, 12, 0x80, 0][..], &ends, &[2, 0x7f, 0xff, 1, 0]].concat();
    let kept: Inner = read_binary(Bytes::from(inner.clone()));
    let kept: Inner = read_compact(compact(&kept));
    assert_eq!(binary(&kept)[..], inner);
}

#[test]
fn a_field_of_another_type_is_kept() {
    // `number` is a string, and there is one that is a number.
    let bytes = Bytes::from_static(&[8, 0, 1, 0, 0, 0, 1, 11, 0, 1, 0, 0, 0, 1, b'a', 0]);
    let inner: Inner = read_binary(bytes.clone());
    assert_eq!(binary(&inner), bytes);
    let union: Either = read_binary(Bytes::from_static(&[2, 0, 1, 1, 0]));
    assert_eq!(binary(&union)[..], [2, 0, 1, 1, 0]);
}

#[test]
fn many_small_fields_are_kept_in_little_memory() {
    let mut bytes: Vec<u8> = (0..30_000_i16).flat_map(|id| [[2].as_slice(), &id.to_be_bytes(), &[1]].concat()).collect();
    bytes.push(0);
    let empty: Empty = read_binary(Bytes::from(bytes.clone()));
    assert_eq!(empty._unknown_fields.list.len(), 1);
    assert_eq!(binary(&empty)[..], bytes);
}

#[test]
fn whatever_can_be_read_can_be_sent_on() {
    fn change<M: Message>(bytes: &[u8]) -> usize {
        let mut read = 0;
        for at in 0..bytes.len() {
            for byte in [0, 1, 2, 3, 8, 11, 12, 13, 14, 15, 16, 0x7f, 0x80, 0xff] {
                let mut changed = bytes.to_vec();
                changed[at] = byte;
                let mut changed = Bytes::from(changed);
                let Ok(message) = M::decode(&mut TBinaryProtocol::new(&mut changed, true)) else { continue };
                read += 1;
                let again: M = read_compact(compact(&message));
                assert_eq!(binary(&again).len(), binary(&message).len(), "byte {at} is {byte}");
            }
        }
        read
    }
    let bytes = binary(&later());
    for read in [change::<Later>(&bytes), change::<Inner>(&bytes), change::<Empty>(&bytes), change::<Odd>(&bytes)] {
        assert!(read > 20, "{read} messages could be read");
    }
}
