//! Frames in pieces of any length, and what the RFC forbids.

use bytes::BytesMut;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::websocket::close::WebSocketClosed;

/// Everything that comes out of `stream` when it arrives in pieces of `chunk` bytes.
fn decode(role: Role, stream: &[u8], chunk: usize) -> Result<(Vec<u8>, Vec<FrameItem>), FrameError> {
    let mut decoder = FrameDecoder::new(role);
    let mut input = BytesMut::new();
    let (mut payload, mut control) = (Vec::new(), Vec::new());
    for piece in stream.chunks(chunk.max(1)) {
        input.extend_from_slice(piece);
        loop {
            let count = decoder.payload_left().min(input.len());
            if count > 0 {
                let mut part = input.split_to(count);
                decoder.take_payload(&mut part);
                payload.extend_from_slice(&part);
            }
            if decoder.payload_left() > 0 {
                break;
            }
            match decoder.step(&mut input)? {
                FrameItem::More => break,
                FrameItem::Payload => {}
                other => control.push(other),
            }
        }
    }
    Ok((payload, control))
}

const OTHER_END: [(Role, Role); 2] = [(Role::Client, Role::Server), (Role::Server, Role::Client)];

proptest! {
    #[test]
    fn what_one_end_encodes_the_other_decodes_however_it_arrives(
        messages in vec(vec(any::<u8>(), 0..300), 0..8),
        ping in vec(any::<u8>(), 0..=MAX_CONTROL),
        chunk in 1usize..400,
    ) {
        for (sender, receiver) in OTHER_END {
            let mut encoder = FrameEncoder::new(sender, MessageType::Binary);
            let mut wire = BytesMut::new();
            for message in &messages {
                let (head, tail) = message.split_at(message.len() / 3);
                encoder.data([head, tail].into_iter(), true, &mut wire);
                encoder.pong(&ping, &mut wire);
            }
            encoder.close(1000, &mut wire);
            let (payload, control) = decode(receiver, &wire, chunk).unwrap();
            prop_assert_eq!(payload, messages.concat());
            prop_assert_eq!(control.len(), messages.len() + 1);
            let closed = WebSocketClosed::parse(&1000_u16.to_be_bytes()).unwrap();
            prop_assert_eq!(control.last(), Some(&FrameItem::Close(closed)));
        }
    }

    #[test]
    fn no_input_panics_and_pieces_make_no_difference(stream in vec(any::<u8>(), 0..400), chunk in 1usize..50) {
        for (role, _) in OTHER_END {
            prop_assert_eq!(decode(role, &stream, stream.len()), decode(role, &stream, chunk));
        }
    }
}

#[test]
fn refuses_what_the_rfc_forbids() {
    let long_ping = [&[0x89, 126, 0, 126][..], &[0; 126]].concat();
    let cases: [(&[u8], FrameError); 10] = [
        (&[0xc2, 0], FrameError::ReservedBits),
        (&[0x83, 0], FrameError::Opcode(3)),
        (&[0x82, 0x80, 1, 2, 3, 4], FrameError::Masking),
        (&[0x09, 0], FrameError::Control),
        (&long_ping, FrameError::Control),
        (&[0x80, 0], FrameError::Fragments),
        (&[0x02, 0, 0x82, 0], FrameError::Fragments),
        (&[0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0], FrameError::Length),
        (&[0x88, 1, 3], FrameError::CloseLength),
        (&[0x88, 3, 3, 0xe8, 0xff], FrameError::CloseReason),
    ];
    for (wire, error) in cases {
        assert_eq!(decode(Role::Client, wire, 1), Err(error), "{wire:?}");
    }
    assert_eq!(decode(Role::Server, &[0x82, 0], 1), Err(FrameError::Masking));
}

#[test]
fn lengths_take_the_shortest_form() {
    for (length, header) in [(0, 0), (125, 2), (126, 4), (0xffff, 4), (0x1_0000, 10)] {
        let mut wire = BytesMut::new();
        FrameEncoder::new(Role::Server, MessageType::Binary).data([&vec![7; length][..]].into_iter(), true, &mut wire);
        assert_eq!(wire.len(), header + length, "{length}");
    }
}

#[test]
fn a_message_has_the_type_of_its_first_frame() {
    let mut decoder = FrameDecoder::new(Role::Client);
    // A ping, text in two fragments with a ping between them, a binary message.
    let mut input = BytesMut::from(&[0x89, 0, 0x01, 0, 0x89, 0, 0x80, 0, 0x82, 0][..]);
    let mut kinds = Vec::new();
    while decoder.step(&mut input) != Ok(FrameItem::More) {
        kinds.push(decoder.kind());
    }
    assert_eq!(
        kinds,
        [None, Some(MessageType::Text), Some(MessageType::Text), Some(MessageType::Text), Some(MessageType::Binary)]
    );
}

#[test]
fn messages_are_made_of_the_type_that_is_set() {
    for role in [Role::Client, Role::Server] {
        let mut encoder = FrameEncoder::new(role, MessageType::Binary);
        for (kind, first) in [(MessageType::Binary, 0x82), (MessageType::Text, 0x81), (MessageType::Binary, 0x82)] {
            encoder.set_kind(kind);
            let mut wire = BytesMut::new();
            encoder.data([&b"\xff"[..]].into_iter(), true, &mut wire);
            let plain = encoder.plain_data_header(1, true);
            assert!(wire[0] == first && plain.is_none_or(|plain| plain.as_ref() == [first, 1]), "{role:?} {kind:?}");
        }
    }
}
