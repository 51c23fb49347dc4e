//! What the types of rich.thrift do.
#![allow(deprecated, reason = "members that the IDL calls deprecated are tested, too")]

use std::fmt::Debug;
use std::sync::Arc;

use pilota::thrift::binary::TBinaryProtocol;
use pilota::thrift::{Message, TOutputProtocol, TType};
use pilota::{Bytes, BytesMut, FastStr, LinkedBytes, OrderedFloat};

use crate::messages::{binary, compact, read_binary, read_binary_async, read_compact, read_compact_async, round};
use crate::rich::*;

fn inner(number: i32) -> Inner {
    Inner { number, text: Some(format!("number {number}").into()), last: Some(number % 2 == 0) }
}

fn everything() -> Everything {
    let uuid = [7; 16];
    Everything {
        flag: Some(true),
        tiny: Some(-8),
        small: Some(-16_000),
        medium: Some(-32_000_000),
        large: Some(i64::MIN),
        real: Some(-6.25),
        text: Some("text \u{1f600}".into()),
        bytes: Some(Bytes::from_static(&[0, 255, 128])),
        key: Some(uuid),
        color: Some(Color::BELOW),
        inner: Some(inner(1)),
        either: Some(Either::Inner(inner(2))),
        numbers: Some((-500..500).collect()),
        inners: Some((0..20).map(inner).collect()),
        names: Some(["a".into(), "b".into()].into_iter().collect()),
        counts: Some([("a".into(), i64::MAX)].into_iter().collect()),
        nested: Some([(1, vec![inner(3), inner(4)]), (2, vec![])].into_iter().collect()),
        at: Some(Timestamp(5)),
        flags: Some(vec![true, false, true]),
        table: Some(vec![vec![], vec!["x".into()]]),
        reals: Some(vec![0.0, -0.0, 1.5, f64::MAX]),
        colors: Some([(Color::RED, "red".into()), (Color::from(77), "none".into())].into_iter().collect()),
        different: Some([OrderedFloat(1.25)].into_iter().collect()),
        ratios: Some([(OrderedFloat(2.5), Ratio(0.1))].into_iter().collect()),
        keys: Some(vec![uuid, [9; 16]]),
        some: Some([uuid].into_iter().collect()),
        route: Some(Route(Points(vec![Point { x: 1.0, y: 2.0 }]))),
        palette: Some(Palette([(Name("p".into()), [Color::GREEN].into_iter().collect())].into_iter().collect())),
        named: Some(Key(uuid)),
        word: Some(Word("a".into())),
        eithers: Some([(Either::Real(OrderedFloat(0.5)), 1), (Either::Text("t".into()), 2)].into_iter().collect()),
        blobs: Some(vec![Bytes::from(vec![1; 5000]), Bytes::new()]),
        tables: Some(
            [(vec![[1, 2].into_iter().collect()], [("k".into(), 0.5)].into_iter().collect())].into_iter().collect(),
        ),
        empty: Some(Empty {}),
        nothing: Some(Nothing::from(4)),
        bytes_too: Some(vec![-1, 0, 1]),
        shorts: Some(vec![i16::MIN, i16::MAX]),
        longs: Some(vec![i64::MIN, i64::MAX]),
        end: Some(false),
        never: None,
        nevers: Some(vec![]),
    }
}

fn odd() -> Odd {
    Odd {
        first: Some(true),
        below: Some(-1),
        between: Some(inner(5)),
        far: Some(true),
        second: Some(false),
        inner: Some(inner(6)),
        third: Some(true),
        inners: Some([(inner(7), inner(8))].into_iter().collect()),
        fourth: Some(false),
        empties: Some(vec![Empty {}, Empty {}]),
        fifth: Some(true),
        empty: Some(Empty {}),
        sixth: Some(true),
        last: Some(9),
    }
}

fn chain(depth: usize) -> Node {
    (1..depth).fold(Node::default(), |next, value| Node {
        value: Some(value as i32),
        next: Some(Box::new(next)),
        ..Node::default()
    })
}

#[test]
fn every_kind_survives() {
    round(&everything());
    round(&Everything::default());
    round(&odd());
    round(&Odd { below: None, between: None, far: None, ..odd() });
    round(&Defaults::default());
    round(&Empty {});
    for either in
        [Either::Number(1), Either::Text("t".into()), Either::Inner(inner(1)), Either::More(vec![Either::Number(2)])]
    {
        round(&either);
    }
    round(&Expression::Negated(Arc::new(Expression::Value(3))));
    round(&Expression::Sum(Sum { left: Box::new(Expression::Value(1)), right: None }));
    round(&Node {
        children: Some(vec![chain(3), chain(2)]),
        named: Some([("n".into(), chain(4))].into_iter().collect()),
        ..chain(5)
    });
    round(&Fault { code: Some(4), reason: Some("why".into()) });
    round(&Color::GREEN);
    round(&Color::from(99));
    round(&Timestamp(-1));
    round(&Name("name".into()));
    round(&Route(Points(vec![Point { x: 0.5, y: -1.0 }])));
    round(&Lists { numbers: Some(vec![]), counts: Some(Default::default()) });
}

#[test]
fn bytes_are_those_of_the_protocols() {
    let bytes = binary(&Inner { number: 1, text: Some("a".into()), last: Some(true) });
    assert_eq!(bytes[..], [8, 0, 1, 0, 0, 0, 1, 11, 0, 2, 0, 0, 0, 1, b'a', 2, 0x75, 0x30, 1, 0]);
    let bytes = compact(&Inner { number: 1, text: Some("a".into()), last: Some(true) });
    assert_eq!(bytes[..], [0x15, 2, 0x18, 1, b'a', 1, 0xe0, 0xd4, 3, 0]);
    // The lowest byte first.
    assert_eq!(compact(&Point { x: 1.0, y: 0.0 })[1..9], 1.0_f64.to_le_bytes());
    assert_eq!(binary(&Point { x: 1.0, y: 0.0 })[3..11], 1.0_f64.to_be_bytes());
}

#[test]
fn long_texts_are_not_copied() {
    let text = FastStr::from("x".repeat(10_000));
    let message = Inner { number: 1, text: Some(text.clone()), last: None };
    let mut linked = LinkedBytes::new();
    message.encode(&mut TBinaryProtocol::new(&mut linked, true)).expect("encoded");
    let mut sizer = TBinaryProtocol::new((), true);
    use pilota::thrift::TLengthProtocol;
    message.size(&mut sizer);
    assert_eq!(sizer.zero_copy_len(), 10_000);
    let at = linked.into_iter_list().map(|bytes| bytes.as_ref().as_ptr()).find(|at| *at == text.as_ptr());
    assert!(at.is_some());
}

#[test]
fn every_cut_is_an_error() {
    fn cut<M: Message + Debug>(message: &M) {
        let bytes = binary(message);
        for end in 0..bytes.len() {
            assert!(read_binary::<M>(&bytes[..end]).is_err(), "binary cut at {end}");
            assert!(read_binary_async::<M>(&bytes[..end]).is_err(), "binary cut at {end}, asynchronous");
        }
        let bytes = compact(message);
        for end in 0..bytes.len() {
            assert!(read_compact::<M>(&bytes[..end]).is_err(), "compact cut at {end}");
            assert!(read_compact_async::<M>(&bytes[..end]).is_err(), "compact cut at {end}, asynchronous");
        }
    }
    let small = Everything { blobs: None, numbers: Some(vec![1, 2]), inners: Some(vec![inner(1)]), ..everything() };
    cut(&small);
    cut(&odd());
    cut(&Expression::Negated(Arc::new(Expression::Value(3))));
}

#[test]
fn no_changed_byte_is_a_panic() {
    fn change<M: Message>(message: &M) {
        let both: [(Bytes, [fn(&[u8]) -> Result<M, String>; 2]); 2] = [
            (binary(message), [read_binary, read_binary_async]),
            (compact(message), [read_compact, read_compact_async]),
        ];
        for (bytes, readers) in both {
            for at in 0..bytes.len() {
                for byte in [0, 1, 11, 12, 15, 0x7f, 0x80, 0xff] {
                    let mut changed = bytes.to_vec();
                    changed[at] = byte;
                    for read in readers {
                        let _ = read(&changed);
                    }
                }
            }
        }
    }
    let small = Everything { blobs: None, numbers: Some(vec![1, 2]), inners: Some(vec![inner(1)]), ..everything() };
    change(&small);
    change(&odd());
    change(&Expression::Negated(Arc::new(Expression::Value(3))));
}

#[test]
fn sizes_beyond_the_message_cost_nothing() {
    for size in [i32::MAX, 1 << 20, -1, i32::MIN] {
        let mut bytes = vec![15, 0, 13, 8];
        bytes.extend(size.to_be_bytes());
        assert!(read_binary::<Everything>(&bytes).is_err());
        assert!(read_binary_async::<Everything>(&bytes).is_err());
        for (kind, id) in [(11, 7), (11, 8)] {
            let mut bytes = vec![kind, 0, id];
            bytes.extend(size.to_be_bytes());
            let error = read_binary::<Everything>(&bytes).unwrap_err();
            assert!(error.contains("beyond the end of the message"), "{error}");
            assert!(read_binary_async::<Everything>(&bytes).is_err());
        }
        let mut bytes = vec![13, 0, 16, 11, 10];
        bytes.extend(size.to_be_bytes());
        assert!(read_binary::<Everything>(&bytes).is_err());
        // An unknown field.
        let mut bytes = vec![15, 1, 0, 11];
        bytes.extend(size.to_be_bytes());
        assert!(read_binary::<Everything>(&bytes).is_err());
        assert!(read_binary::<Empty>(&bytes).is_err());
    }
    for length in [[0xff, 0xff, 0xff, 0xff, 0x07], [0xff, 0xff, 0xff, 0xff, 0x0f], [0xff; 5]] {
        for kind in [0x78, 0x89, 0x1a] {
            let mut bytes = vec![kind];
            bytes.extend(length);
            assert!(read_compact::<Everything>(&bytes).is_err());
            assert!(read_compact_async::<Everything>(&bytes).is_err());
        }
    }
}

#[test]
fn depth_ends() {
    assert!(read_binary::<Node>(&binary(&chain(64))).is_ok());
    assert!(read_binary_async::<Node>(&binary(&chain(64))).is_ok());
    for error in [read_binary::<Node>(&binary(&chain(65))), read_compact::<Node>(&compact(&chain(65)))] {
        assert!(error.unwrap_err().ends_with("values are nested too deeply"));
    }
    // Of a field that is not known, without an end.
    let mut bytes = vec![15, 1, 0];
    bytes.extend([15, 0, 0, 0, 1].repeat(100_000));
    assert!(read_binary::<Empty>(&bytes).unwrap_err().contains("too deeply"));
    assert!(read_binary_async::<Empty>(&bytes).unwrap_err().contains("too deeply"));
    let mut bytes = vec![0x19];
    bytes.extend(vec![0x19; 100_000]);
    assert!(read_compact::<Empty>(&bytes).unwrap_err().contains("too deeply"));
    // Each level is a list and a record.
    let tall = (1..64).fold(Node::default(), |node, _| Node { children: Some(vec![node]), ..Node::default() });
    round(&tall);
    // Depth is not counted over neighbours.
    round(&Node { children: Some((0..200).map(|_| chain(2)).collect()), ..Node::default() });
}

/// The binary encoding of a `Large` with others in it, each as field `id` after the bytes `head`.
fn nested(depth: usize, kind: u8, id: u8, head: &[u8]) -> Vec<u8> {
    let mut bytes = [&[kind, 0, id][..], head].concat().repeat(depth);
    bytes.extend(vec![0; depth + 1]);
    bytes
}

#[test]
fn large_records_may_be_nested_less_than_the_stack_can_hold() {
    let size = size_of::<Large>();
    for (kind, id, head) in [(12, 1, &[][..]), (15, 2, &[12, 0, 0, 0, 1]), (13, 3, &[8, 12, 0, 0, 0, 1, 0, 0, 0, 7])] {
        let deepest = (128 << 10) / size;
        assert!((2..32).contains(&deepest), "a record has {size} bytes");
        assert!(read_binary::<Large>(&nested(deepest - 1, kind, id, head)).is_ok());
        for depth in [deepest, 64, 10_000] {
            let bytes = nested(depth, kind, id, head);
            for error in [read_binary::<Large>(&bytes).err(), read_binary_async::<Large>(&bytes).err()] {
                assert!(error.is_some_and(|error| error.ends_with("values are nested too deeply")), "{depth}");
            }
        }
    }
}

#[test]
fn memory_for_large_elements_grows_with_them() {
    let mut bytes = vec![15, 0, 2, 12, 0, 0, 0, 9];
    bytes.extend([0; 10]);
    let children = read_binary::<Large>(&bytes).expect("decoded").children.expect("children");
    assert!(children.len() == 9 && children.capacity() > 9, "the size alone reserves {} bytes", 9 * size_of::<Large>());
}

#[test]
fn a_false_of_the_compact_encoding_is_0_or_2() {
    let flags = Flags { flags: Some(vec![true, false]), named: Some([("a".into(), false)].into_iter().collect()) };
    for (list, no) in [(1, 2), (2, 2), (2, 0)] {
        let bytes = [0x19, 0x20 | list, 1, no, 0x1b, 1, 0x82, 1, b'a', no, 0];
        assert_eq!(read_compact(&bytes), Ok(flags.clone()));
        assert_eq!(read_compact_async(&bytes), Ok(flags.clone()));
    }
    let bytes = [0x19, 0x21, 1, 3, 0];
    assert!(read_compact::<Flags>(&bytes).is_err());
    assert!(read_compact_async::<Flags>(&bytes).is_err());
}

#[test]
fn ids_may_be_far_from_each_other() {
    let far = Far {
        lowest: Some(true),
        highest: Some(false),
        one: 1,
        below: Some(vec!["b".into()]),
        two: true,
        inner: Some(inner(3)),
        flags: Some([(1, true)].into_iter().collect()),
    };
    round(&far);
    round(&Far { lowest: None, below: None, ..far });
}

#[test]
fn strings_are_text() {
    let bytes = [11, 0, 7, 0, 0, 0, 2, 0xc3, 0x28, 0];
    let expected = "decode struct `Everything` field(#7) failed, caused by: a string is not valid UTF-8";
    assert_eq!(read_binary::<Everything>(&bytes).unwrap_err(), expected);
    assert_eq!(read_binary_async::<Everything>(&bytes).unwrap_err(), expected);
    // As bytes it may stand.
    assert!(read_binary::<Everything>(&[11, 0, 8, 0, 0, 0, 2, 0xc3, 0x28, 0]).is_ok());
    let bytes = [15, 0, 15, 11, 0, 0, 0, 1, 0, 0, 0, 1, 0xff, 0];
    assert!(read_binary::<Everything>(&bytes).unwrap_err().ends_with("not valid UTF-8"));
}

#[test]
fn types_of_elements_have_to_fit() {
    let lists = Lists { numbers: Some(vec![1, 2]), counts: Some([("a".into(), 1)].into_iter().collect()) };
    // A list for a set and a set for a list.
    let sets: Sets = read_binary(&binary(&lists)).expect("a list for a set");
    assert_eq!(sets.numbers.as_ref().map(|set| set.len()), Some(2));
    assert_eq!(read_compact::<Lists>(&compact(&sets)).map(|lists| lists.numbers.map(|list| list.len())), Ok(Some(2)));
    let error = read_binary::<Words>(&binary(&lists)).unwrap_err();
    assert_eq!(
        error,
        "decode struct `Words` field(#1) failed, caused by: expected elements of the type Binary, found I32"
    );
    let counts = Lists { numbers: None, ..lists };
    let error = read_compact::<Words>(&compact(&counts)).unwrap_err();
    assert!(
        error.contains("field(#2)") && error.contains("expected elements of the type Binary, found I32"),
        "{error}"
    );
    // There is nothing wrong with the elements of what is empty.
    let empty = Lists { numbers: Some(vec![]), counts: Some(Default::default()) };
    assert_eq!(
        read_binary::<Words>(&binary(&empty)),
        Ok(Words { numbers: Some(vec![]), counts: Some(Default::default()) })
    );
    assert_eq!(
        read_compact::<Words>(&compact(&empty)),
        Ok(Words { numbers: Some(vec![]), counts: Some(Default::default()) })
    );
}

#[test]
fn unknown_fields_and_other_types_are_skipped() {
    let later = Later {
        number: 1,
        text: Some("t".into()),
        everything: Some(everything()),
        flag: Some(true),
        more: Some(vec![[("k".into(), inner(2))].into_iter().collect()]),
        last: Some(true),
    };
    let expected = Inner { number: 1, text: Some("t".into()), last: Some(true) };
    assert_eq!(read_binary(&binary(&later)), Ok(expected.clone()));
    assert_eq!(read_compact(&compact(&later)), Ok(expected.clone()));
    assert_eq!(read_binary_async(&binary(&later)), Ok(expected.clone()));
    assert_eq!(read_compact_async(&compact(&later)), Ok(expected));
    // An error is in the field of the type, not in one of the fields in it.
    let error = read_binary::<Empty>(&[12, 1, 0, 8, 0, 5, 0]).unwrap_err();
    assert!(error.starts_with("decode struct `Empty` field(#256) failed, caused by: "), "{error}");
    let error = read_binary::<Other>(&binary(&later)).unwrap_err();
    assert_eq!(error, "decode struct `Other` failed, caused by: field number is required");
    let union: Either =
        read_binary(&[2, 0, 1, 1, 8, 0, 9, 0, 0, 0, 1, 11, 0, 2, 0, 0, 0, 1, b'a', 0]).expect("its text");
    assert_eq!(union, Either::Text("a".into()));
}

#[test]
fn a_union_has_one_field() {
    let error = read_binary::<Either>(&[0]).unwrap_err();
    assert_eq!(error, "decode struct `Either` failed, caused by: received empty union from remote Message");
    let two = [8, 0, 1, 0, 0, 0, 1, 8, 0, 1, 0, 0, 0, 1, 0];
    assert!(read_binary::<Either>(&two).unwrap_err().contains("received multiple fields for union"));
    assert!(read_binary::<Never>(&[8, 0, 1, 0, 0, 0, 1, 0]).unwrap_err().contains("received empty union"));
}

#[test]
fn defaults_are_those_of_the_idl() {
    let defaults = Defaults::default();
    assert_eq!(defaults.number, Some(42));
    assert_eq!(defaults.text.as_deref(), Some("hello"));
    assert_eq!(defaults.either, Some(Either::Inner(Inner { number: 7, text: Some("seven".into()), last: None })));
    assert_eq!(defaults.color, Color::RED);
    assert_eq!(defaults.chain.as_ref().map(|chain| chain.number), Some(Some(3)));
    assert_eq!(defaults.expression, Some(Expression::Negated(Arc::new(Expression::Value(4)))));
    assert_eq!(defaults.named, Some(ZERO));
    assert_eq!(
        defaults.eithers.as_ref().and_then(|eithers| eithers.get("a")).map(|list| list[1].clone()),
        Some(SAY.clone())
    );
    assert!(defaults.flag);
    assert_eq!(defaults.owned, Some(String::from("owned")));
    assert_eq!(defaults.vector, Some(b"vector".to_vec()));
    assert_eq!(defaults.shared, Some(Arc::new(Inner { number: 1, text: None, last: None })));
    // What a message lacks has its default value.
    assert_eq!(read_binary::<Defaults>(&[0]), Ok(defaults.clone()));
    assert_eq!(read_compact::<Defaults>(&[0]), Ok(defaults));
    assert_eq!(read_binary::<Point>(&[4, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]), Ok(Point { x: 0.0, y: 0.5 }));
    assert_eq!(Either::default(), Either::Number(0));
    assert_eq!(Expression::default(), Expression::Value(0));
    assert_eq!(Nothing::default().inner(), 0);
}

#[test]
fn enums_and_exceptions_show_themselves() {
    assert_eq!(Color::GREEN.to_string(), "GREEN");
    assert_eq!(Color::CRIMSON.to_string(), "RED");
    assert_eq!(Color::from(99).to_string(), "99");
    assert_eq!(Color::try_from_i32(2), Some(Color::GREEN));
    assert_eq!(Color::try_from_i32(3), None);
    assert_eq!(i32::from(Color::BELOW), -3);
    assert_eq!(BEST, Color::GREEN);
    let error: Box<dyn std::error::Error + Send + Sync> = Fault { code: Some(1), reason: Some("lost".into()) }.into();
    assert_eq!(error.to_string(), "Fault: lost");
    assert_eq!(Fault::default().to_string(), "Fault");
    assert_eq!(Bare { code: 5 }.to_string(), "Bare { code: 5 }");
    assert_eq!(Chosen { code: None, what: "chosen".into() }.to_string(), "Chosen: chosen");
    assert_eq!(*Timestamp::from(4), 4);
}

#[test]
fn traits_are_there() {
    fn all<T: Clone + Debug + Default + PartialOrd + Ord + Eq + std::hash::Hash>() {}
    all::<Color>();
    all::<Either>();
    all::<Inner>();
    all::<Timestamp>();
    all::<Name>();
    fn equal<T: Clone + Debug + Default + Eq>() {}
    equal::<Sets>();
    fn partly<T: Clone + Debug + Default + PartialOrd>() {}
    partly::<Point>();
}

#[test]
fn types_are_those_of_the_idl() {
    let mut buffer = BytesMut::new();
    let mut out = TBinaryProtocol::new(&mut buffer, false);
    out.write_field_begin(TType::I32, 1).expect("written");
    out.write_i32(5).expect("written");
    out.write_field_stop().expect("written");
    assert_eq!(read_binary(&buffer), Ok(Either::Number(5)));
}
