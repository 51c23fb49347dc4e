//! TTHeader and framed messages, and what is neither.

use super::{
    encode::{Value, call, message},
    *,
};
use crate::wire::{
    Encoding::{Binary, Compact},
    ForeignProtocol, Framing, MessageKind, TtHeaderError,
};

fn empty() -> Value {
    Value::Struct(Vec::new())
}

#[test]
fn heads_of_framed_messages() {
    let kinds = [MessageKind::Call, MessageKind::Reply, MessageKind::Exception, MessageKind::OneWay];
    for encoding in [Binary, Compact] {
        for (number, kind) in (1..).zip(kinds) {
            for seq_id in [0, 1, -1, i32::MIN, i32::MAX] {
                let bytes = framed(&message(encoding, number, "echo", seq_id, &empty()));
                let head = MessageHead { kind, seq_id, ..head(Form::framed(encoding)) };
                assert_eq!(whole(&bytes), (bytes.len(), head));
            }
        }
    }
}

#[test]
fn the_next_message_is_left_alone() {
    let first = framed(&call(Binary, &empty()));
    let both = [&first[..], &[0xff; 9]].concat();
    assert_eq!(whole(&both).0, first.len());
}

#[test]
fn the_length_is_known_after_six_bytes() {
    for bytes in [framed(&call(Binary, &empty())), ttheader(&[0, 0], &call(Compact, &empty()))] {
        for end in 0..bytes.len() {
            assert_eq!(look(&bytes[..end]), more((end >= 6).then_some(bytes.len())));
        }
    }
}

#[test]
fn the_limit_counts_every_byte() {
    let bytes = framed(&call(Binary, &empty()));
    assert!(matches!(Recognizer::new(bytes.len()).look(&bytes), Ok(Progress::Whole { .. })));
    let limit = bytes.len() - 1;
    let too_large = Err(WireError::TooLarge { size: bytes.len(), limit });
    assert_eq!(Recognizer::new(limit).look(&bytes[..4]), too_large);
    assert_eq!(Recognizer::new(limit).look(&bytes), too_large);
    let negative = [0xff, 0xff, 0xff, 0xff, 0x80, 0x01];
    let size = 4 + u32::MAX as usize;
    assert_eq!(
        Recognizer::new(usize::MAX).look(&negative),
        Err(WireError::TooLarge { size, limit: i32::MAX as usize })
    );
}

#[test]
fn payloads_of_ttheader() {
    let header: &[u8] = &[
        0, 2, 9, 9, // two transforms
        0x10, 0, 2, 0, 3, 0, 1, b'a', 0, 99, 0, 0, // numbered: 3 = "a", 99 = ""
        0x00, 0x11, 0, 2, 0xff, 0xff, // padding, token
        0x01, 0, 1, 0, 1, b'k', 0, 2, 0xc3, 0xa4, // "k" = "ä"
    ];
    for encoding in [Binary, Compact] {
        let message = call(encoding, &empty());
        let head = |thrift_at, has_frame| {
            head(Form { framing: Framing::TtHeader, thrift_at, has_frame, ..Form::bare(encoding) })
        };
        let payload_at = 14 + header.len().next_multiple_of(4);
        let bare = ttheader(header, &message);
        assert_eq!(whole(&bare), (bare.len(), head(payload_at, false)));
        let framed = ttheader(header, &framed(&message));
        assert_eq!(whole(&framed), (framed.len(), head(payload_at + 4, true)));
    }
}

#[test]
fn ttheaders_that_end_too_early() {
    let message = call(Binary, &empty());
    let headers: &[&[u8]] = &[
        &[],
        &[0, 3, 0, 0],
        &[0, 255, 0, 0],
        &[0, 0, 0, 0x10],
        &[0, 0, 0x01, 0],
        &[0, 0, 0, 0, 0x10, 0, 1, 0],
        &[0, 0, 0, 0x01, 0, 1, 0, 2, b'a', b'b', 0, 1],
        &[0, 0, 0, 0, 0, 0x01, 0, 1, 0, 0, 0, 1],
        &[0, 0, 0x11, 0xff, 0xff, 0, 0, 0],
        &[0, 0, 0x11, 0, 4, 0, 0, 0],
        &[0, 0, 0x10, 0xff, 0xff, 0, 0, 0],
        &[0, 0, 0x01, 0xff, 0xff, 0, 0, 0],
    ];
    for header in headers {
        assert_eq!(look(&ttheader(header, &message)), Err(TtHeaderError::Truncated.into()), "{header:02x?}");
    }
    // Its size points behind the message.
    let mut bytes = ttheader(&[0, 0], &[]);
    bytes[13] = 2;
    assert_eq!(look(&bytes), Err(TtHeaderError::Truncated.into()));
    // The message ends before the header's size does.
    for length in 2..10 {
        let bytes = framed(&[0x10, 0, 0, 0, 0, 0, 0, 7, 0, 0][..length]);
        assert_eq!(look(&bytes), Err(TtHeaderError::Truncated.into()));
    }
    // The message ends before its magic does; what follows is the next one's.
    assert_eq!(look(&[0, 0, 0, 0, 0x10, 0x00]), Err(TtHeaderError::Truncated.into()));
    assert_eq!(look(&[0, 0, 0, 1, 0x80, 0x01]), Err(WireError::Truncated { length: 5 }));
}

#[test]
fn ttheaders_with_unknown_contents() {
    let message = call(Binary, &empty());
    for (header, error) in [
        (&[1, 0][..], TtHeaderError::ProtocolId(1)),
        (&[5, 0], TtHeaderError::ProtocolId(5)),
        (&[0, 0, 0x02], TtHeaderError::InfoId(2)),
        (&[0, 0, 0x01, 0, 1, 0, 1, 0xff, 0, 0], TtHeaderError::NotUtf8),
        (&[0, 0, 0x01, 0, 1, 0, 0, 0, 1, 0xff], TtHeaderError::NotUtf8),
        (&[0, 0, 0x10, 0, 1, 0, 3, 0, 1, 0xff], TtHeaderError::NotUtf8),
    ] {
        assert_eq!(look(&ttheader(header, &message)), Err(error.into()));
    }
}

#[test]
fn payloads_that_are_not_a_message() {
    let message = call(Binary, &empty());
    let none = ttheader(&[0, 0], &[]);
    assert_eq!(look(&none), Err(WireError::Truncated { length: none.len() }));
    let other = ttheader(&[0, 0], b"\x0a\x05hello");
    assert_eq!(look(&other), Err(WireError::UnknownProtocol { first: *b"\x0a\x05hell" }));
    let rest = message.len();
    for frame in [rest - 1, rest + 1] {
        let mut payload = framed(&message);
        payload[3] = frame as u8;
        let error = WireError::FrameSize { frame: frame as u32, rest };
        assert_eq!(look(&ttheader(&[0, 0], &payload)), Err(error));
    }
}

#[test]
fn a_sequence_id_that_looks_like_the_beginning_of_a_frame() {
    // volo's decoder looks for a frame at bytes 4 and 5 first, so it is told whether there is one.
    let compact = message_with_seq_id(0x82);
    let framing = |bytes: &[u8]| whole(bytes).1.framing;
    assert_eq!(framing(&compact), Framing::Buffered);
    let in_header = ttheader(&[0, 0], &compact);
    assert!(!whole(&in_header).1.has_frame);
    assert_eq!(framing(&framed(&compact)), Framing::Framed);
}

/// A compact message whose fifth byte, in the sequence id, is this.
fn message_with_seq_id(fifth: i32) -> Vec<u8> {
    let bytes = message(Compact, 1, "m", (fifth & 0x7f) << 14 | 1 << 21, &empty());
    assert_eq!(bytes[4], fifth as u8);
    bytes
}

#[test]
fn heads_that_are_wrong() {
    let cases: &[(&[u8], WireError)] = &[
        (&[0x80, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], WireError::Kind { kind: 0 }),
        (&[0x80, 1, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0], WireError::Kind { kind: 5 }),
        (&[0x80, 1, 0, 1, 0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 0], WireError::NegativeSize { size: -2, at: 12 }),
        (&[0x80, 1, 0, 1, 0, 0, 0, 1, 0xff, 0, 0, 0, 0], WireError::NameNotUtf8),
        (&[0x80, 1, 0, 1, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0], WireError::Truncated { length: 16 }),
        (&[0x80, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0], WireError::Truncated { length: 16 }),
        (&[0x82, 0x22, 0, 0, 0], WireError::Version { version: 0x8202 }),
        (&[0x82, 0x01, 0, 0, 0], WireError::Kind { kind: 0 }),
        (&[0x82, 0xa1, 0, 0, 0], WireError::Kind { kind: 5 }),
        (&[0x82, 0x21, 0, 1, 0xff], WireError::NameNotUtf8),
        (&[0x82, 0x21, 0, 2, 0], WireError::Truncated { length: 9 }),
        (&[0x82, 0x21, 0x80, 0x80], WireError::Truncated { length: 8 }),
        (&[0x82, 0x21, 0xff, 0xff, 0xff, 0xff, 0x1f, 0], WireError::Varint { at: 11 }),
        (&[0x82, 0x21, 0x80, 0x80, 0x80, 0x80, 0x80, 0], WireError::Varint { at: 11 }),
    ];
    for (message, error) in cases {
        assert_eq!(look(&framed(message)), Err(error.clone()), "{message:02x?}");
    }
}

#[test]
fn other_protocols_are_named() {
    use ForeignProtocol::{Http, Json, NonStrictBinary, THeader, Tls};
    let cases: &[(&[u8], ForeignProtocol)] = &[
        (b"GET / HTTP/1.1\r\n", Http),
        (b"POST", Http),
        (b"HTTP/1.1 400 Bad Request", Http),
        (b"PRI * HTTP/2.0", Http),
        (b"\x16\x03\x01\x02\x00\x01\x00", Tls),
        (b"\x15\x03\x03\x00\x02\x02\x28", Tls),
        (b"[1,\"echo\",1,0,{}]", Json),
        (&framed(b"[1,\"echo\",1,0,{}]"), Json),
        (&framed(b"\x0f\xff\0\0"), THeader),
        (&ttheader(&[0, 0], b"\0\0\0\x04echo\x01\0\0\0\0\0"), NonStrictBinary),
    ];
    for (bytes, protocol) in cases {
        assert_eq!(look(bytes), Err(WireError::Foreign(*protocol)));
    }
    let largest = Recognizer::new(usize::MAX).look(b"GET / HTTP/1.1\r\n");
    assert_eq!(largest, Err(WireError::Foreign(Http)));
    assert_eq!(look(b"SSH-2.0"), Err(WireError::TooLarge { size: 0x5353_482d + 4, limit: LIMIT }));
    // So much has to be there that it can be answered.
    assert_eq!(look(b"[1,\"echo\",1,0"), more(None));
    assert_eq!(look(&[&b"[1,\""[..], &[b'x'; 1020]].concat()), Err(WireError::Foreign(Json)));
    assert_eq!(look(&framed(b"[1,\"echo\",1,0,{}]")[..9]), more(Some(21)));
    assert_eq!(look(b"\0\0\0\x20\x0f\xff\0\0"), more(Some(36)));
    assert_eq!(look(&[0; 4]), more(None));
    assert_eq!(look(&[0, 0, 0, 9, 7, 7]), Err(WireError::UnknownProtocol { first: [0, 0, 0, 9, 7, 7] }));
    assert_eq!(look(&[0x80, 0x02]), Err(WireError::Version { version: 0x8002 }));
}

#[test]
fn errors_say_what_to_do() {
    let message = |bytes: &[u8]| look(bytes).unwrap_err().to_string();
    assert_eq!(message(b"GET / HTTP/1.1\r\n"), "expected a Thrift message, found HTTP");
    assert_eq!(
        message(&ttheader(&[0, 0], b"\0\0\0\x04echo\x01\0\0\0\0\0")),
        "expected a Thrift message, found the binary encoding without a version; turn on strict writing"
    );
    assert_eq!(
        message(&[0, 0, 0, 9, 7, 7]),
        "expected a Thrift message, found an unknown protocol that begins with [00, 00, 00, 09, 07, 07]"
    );
    assert_eq!(message(&[0x7f, 0, 0, 0]), "a message takes 2130706436 bytes or more; the limit is 1048576");
    assert_eq!(message(&[0x80, 0x02]), "expected version 1 of binary (0x8001) or compact (0x8201), found 0x8002");
    assert_eq!(message(&ttheader(&[0, 0, 2], &[])), "invalid TTHeader: unknown info id 0x02");
}
