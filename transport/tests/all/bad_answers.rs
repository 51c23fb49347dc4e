//! Answers that a client cannot read or decode: an error of the call with a type, and the connection is not used again.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use volo_thrift::ClientError;
use volplane_transport::Delivery;

use crate::support::bytes::{framed, with_header};
use crate::support::raw::{read_message, seq_id, silent};
use crate::support::{client_and_channel, echo, request, within};

/// A reply to `echo` with this sequence id and this result, a struct.
fn reply(compact: bool, seq_id: i32, result: &[u8]) -> Vec<u8> {
    let id = u8::try_from(seq_id).unwrap();
    assert!(id < 0x80, "a varint of one byte");
    if compact {
        [&[0x82, 0x41, id, 4][..], b"echo", result].concat()
    } else {
        [&b"\x80\x01\0\x02\0\0\0\x04echo\0\0\0"[..], &[id], result].concat()
    }
}

/// Puts a message into a frame, or behind a header.
type Wrap = fn(&[u8]) -> Vec<u8>;

/// What is wrong, and where it is found: before decoding, which is a transport error, or by decoding, which is a protocol
/// error.
struct Case {
    compact: bool,
    result: &'static [u8],
    decoded: bool,
    says: &'static str,
}

const fn case(compact: bool, result: &'static [u8], decoded: bool, says: &'static str) -> Case {
    Case { compact, result, decoded, says }
}

const CASES: &[Case] = &[
    case(false, &[15, 0, 9, 11, 0x7f, 0xff, 0xff, 0xff, 0], false, "take"),
    case(false, &[14, 0, 9, 11, 0x7f, 0xff, 0xff, 0xff, 0], false, "take"),
    case(false, &[13, 0, 9, 11, 11, 0x7f, 0xff, 0xff, 0xff, 0], false, "take"),
    case(false, &[15, 0, 9, 11, 0xff, 0xff, 0xff, 0xff, 0], false, "negative size -1"),
    case(false, &[12, 0, 0, 11, 0, 1, 0xff, 0xff, 0xff, 0xfe, 0, 0], false, "negative size -2"),
    case(false, &[12, 0, 0, 11, 0, 1, 0x7f, 0xff, 0xff, 0xff, 0, 0], false, "take"),
    case(false, &[12, 0, 0, 11, 0, 1, 0, 0, 0, 1, 0xff, 0, 0], true, "not valid UTF-8"),
    case(true, &[0x99, 0xf8, 0xff, 0xff, 0xff, 0xff, 0x07, 0], false, "take"),
    case(true, &[0x9b, 0xff, 0xff, 0xff, 0xff, 0x07, 0x88, 0], false, "take"),
    case(true, &[0x0c, 0, 0x18, 0xff, 0xff, 0xff, 0xff, 0x07, 0, 0], false, "take"),
    case(true, &[0x0c, 0, 0x18, 1, 0xff, 0, 0], true, "not valid UTF-8"),
];

#[tokio::test]
async fn a_bad_answer_is_an_error_and_ends_its_connection() {
    let (listener, address) = silent().await;
    let forms = [<[u8]>::to_vec as Wrap, framed, with_header];
    let server = tokio::spawn(async move {
        for case in CASES {
            for form in forms {
                let (mut stream, _) = listener.accept().await.unwrap();
                let call = read_message(&mut stream).await;
                stream.write_all(&form(&reply(case.compact, seq_id(&call), case.result))).await.unwrap();
                // The client ends the connection, on which nothing can be read any more.
                assert_eq!(within(stream.read(&mut [0; 1])).await.unwrap_or(0), 0);
            }
        }
        let (mut stream, _) = listener.accept().await.unwrap();
        let call = read_message(&mut stream).await;
        stream.write_all(&crate::support::raw::reply(seq_id(&call), "a good one")).await.unwrap();
    });
    let (client, channel) = client_and_channel(&address);
    for case in CASES {
        for form in 0..forms.len() {
            let error = within(client.echo(request("hello"))).await.map(drop).expect_err("a bad answer");
            let text = error.to_string();
            match &error {
                ClientError::Protocol(_) if case.decoded => assert!(text.contains(case.says), "{text}"),
                ClientError::Transport(error) if !case.decoded => {
                    assert_eq!(error.kind(), std::io::ErrorKind::InvalidData, "{text}");
                    assert!(text.contains(case.says), "{text}");
                }
                other => panic!("{:02x?}, form {form}: {other:?}", case.result),
            }
            assert_eq!(Delivery::of(&error), Delivery::Unknown, "{text}");
            assert_eq!(channel.stats().idle, 0, "{text}");
        }
    }
    assert_eq!(within(echo(&client, "hello")).await, "a good one");
    assert_eq!(channel.stats().reused, 0);
    within(server).await.unwrap();
}

/// An exception to `echo` of this kind.
fn exception(seq_id: i32, kind: u8) -> Vec<u8> {
    let id = u8::try_from(seq_id).unwrap();
    [&b"\x80\x01\0\x03\0\0\0\x04echo\0\0\0"[..], &[id, 11, 0, 1, 0, 0, 0, 2], b"no", &[8, 0, 2, 0, 0, 0, kind, 0]]
        .concat()
}

#[tokio::test]
async fn a_connection_is_not_used_again_if_the_server_may_close_it_after_an_exception() {
    let kinds = [(1, 0), (7, 0), (20, 0), (0, 1), (5, 1), (6, 1), (100, 1)];
    let forms = [(<[u8]>::to_vec as Wrap, false), (framed, false), (with_header, true)];
    for (form, has_header) in forms {
        for (kind, idle) in kinds {
            let (listener, address) = silent().await;
            let server = tokio::spawn(async move {
                let (mut stream, _) = listener.accept().await.unwrap();
                let call = read_message(&mut stream).await;
                stream.write_all(&form(&exception(seq_id(&call), kind))).await.unwrap();
                stream
            });
            let (client, channel) = client_and_channel(&address);
            let error = within(client.echo(request("hello"))).await.map(drop).expect_err("an exception");
            assert!(matches!(&error, ClientError::Application(e) if e.kind().as_i32() == i32::from(kind)), "{error:?}");
            // A header says itself whether the connection is closed.
            assert_eq!(channel.stats().idle, if has_header { 1 } else { idle }, "kind {kind}, header: {has_header}");
            within(server).await.unwrap();
        }
    }
}
