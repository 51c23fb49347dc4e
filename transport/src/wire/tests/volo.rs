//! What volo writes is recognized, and what is recognized gives volo's decoder no occasion to panic.

use std::cell::RefCell;

use ::volo::{
    METAINFO,
    context::{Context, Role, RpcInfo},
};
use bytes::Bytes;
use proptest::{collection::vec, prelude::*, sample::Index};
use volo_thrift::{
    LinkedBytes, Protocol, ThriftMessage,
    codec::default::{
        MakeZeroCopyCodec, ZeroCopyDecoder, ZeroCopyEncoder, framed::MakeFramedCodec, thrift::MakeThriftCodec,
        ttheader::MakeTTHeaderCodec,
    },
    context::{ClientContext, ServerContext},
};

use super::{
    encode::{Value, call},
    *,
};
use crate::wire::{
    Encoding::{self, Binary, Compact},
    Framing, MessageKind,
};

/// As volo's server decodes a message that it has in memory.
fn decode(message: &[u8]) -> Option<ThriftMessage<Bytes>> {
    let codec = MakeTTHeaderCodec::new(MakeFramedCodec::new(MakeThriftCodec::new()));
    let (_, mut decoder) = codec.make_codec();
    METAINFO.sync_scope(RefCell::default(), || {
        let mut bytes = Bytes::copy_from_slice(message);
        decoder.decode(&mut ServerContext::default(), &mut bytes).ok().flatten()
    })
}

/// A call as volo's client writes it, with a body that is encoded already.
fn encode(codec: impl MakeZeroCopyCodec, seq_id: i32, body: &[u8]) -> Vec<u8> {
    let call_type = decode(&call(Binary, &Value::Struct(vec![]))).unwrap().meta.msg_type;
    let mut context = ClientContext::new(seq_id, RpcInfo::with_role(Role::Client), call_type);
    context.rpc_info_mut().set_method("echo".into());
    let (mut encoder, _) = codec.make_codec();
    METAINFO.sync_scope(RefCell::default(), || {
        let message = ThriftMessage::mk_client_msg(&context, Bytes::copy_from_slice(body));
        encoder.size(&mut context, &message).unwrap();
        let mut bytes = LinkedBytes::new();
        encoder.encode(&mut context, &mut bytes, message).unwrap();
        bytes.concat().to_vec()
    })
}

#[test]
fn messages_of_volo() {
    for (encoding, protocol) in [(Binary, Protocol::Binary), (Compact, Protocol::ApacheCompact)] {
        let thrift = MakeThriftCodec::new().with_protocol(protocol);
        let framed = MakeFramedCodec::new(thrift);
        let body: &[u8] = if encoding == Binary { &[2, 0, 1, 1, 0] } else { &[0x11, 0] };
        check(encode(thrift, 70_000, body), Framing::Buffered, encoding);
        check(encode(framed.clone(), 70_000, body), Framing::Framed, encoding);
        check(encode(MakeTTHeaderCodec::new(thrift), 70_000, body), Framing::TtHeader, encoding);
        check(encode(MakeTTHeaderCodec::new(framed), 70_000, body), Framing::TtHeader, encoding);
    }
}

fn check(bytes: Vec<u8>, framing: Framing, encoding: Encoding) {
    let (length, head) = whole(&bytes);
    assert_eq!((length, head.framing, head.encoding, head.seq_id), (bytes.len(), framing, encoding, 70_000));
    assert!(decode(&bytes).is_some());
}

/// A TTHeader's contents: blocks, with sizes that are right.
fn headers() -> impl Strategy<Value = Vec<u8>> {
    let sized = |longest| {
        vec(any::<u8>(), 0..longest).prop_map(|text| {
            let text = String::from_utf8_lossy(&text).into_owned().into_bytes();
            [&(text.len() as u16).to_be_bytes()[..], &text].concat()
        })
    };
    let counted = |id: u8, entries: Vec<Vec<u8>>| [&[id, 0, entries.len() as u8], &entries.concat()[..]].concat();
    let known_key = prop_oneof![
        Just("rip"),
        Just("crrst"),
        Just("isn"),
        Just("RPC_PERSIST_"),
        Just("RPC_TRANSIT_a"),
        Just("biz-status")
    ]
    .prop_map(|key| [&[0, key.len() as u8], key.as_bytes()].concat());
    let block = prop_oneof![
        Just(vec![0]),
        vec((prop_oneof![sized(5), known_key], sized(9)).prop_map(|(key, value)| [key, value].concat()), 0..4)
            .prop_map(move |entries| counted(0x01, entries)),
        vec((0..30_u8, sized(9)).prop_map(|(key, value)| [&[0, key][..], &value].concat()), 0..4)
            .prop_map(move |entries| counted(0x10, entries)),
        sized(9).prop_map(|token| [&[0x11][..], &token].concat()),
    ];
    (vec(any::<u8>(), 0..3), vec(block, 0..5))
        .prop_map(|(transforms, blocks)| [&[0, transforms.len() as u8][..], &transforms, &blocks.concat()].concat())
}

proptest! {
    #[test]
    fn ttheaders_that_volo_can_read(
        header in headers(),
        in_frame: bool,
        damage in vec((any::<Index>(), prop_oneof![any::<u8>(), 0..4_u8]), 0..3),
    ) {
        let message = call(Binary, &Value::Struct(vec![]));
        let message = if in_frame { framed(&message) } else { message };
        let mut bytes = ttheader(&header, &message);
        let sound = damage.is_empty();
        for (at, byte) in damage {
            let at = at.index(bytes.len() - 4);
            bytes[4 + at] = byte;
        }
        let accepted = matches!(look(&bytes), Ok(Progress::Whole { head, .. }) if head.kind == MessageKind::Call);
        prop_assert!(accepted || !sound);
        if accepted {
            prop_assert!(decode(&bytes).is_some());
        }
    }
}
