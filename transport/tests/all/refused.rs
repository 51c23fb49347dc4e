//! Messages that a server cannot read or decode: it answers with an exception in the form of the message, ends the
//! connection, and serves the next one.

use std::future::IntoFuture;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use volo_thrift::Router;
use volplane_generated::api::EchoServer;
use volplane_transport::{Listener, StdNet, serve};

use crate::support::bytes::{framed, with_header};
use crate::support::{EchoHandler, Server, client, echo, within};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Buffered,
    Framed,
    /// Behind a TTHeader, without the size of a frame.
    Header,
    HeaderAndFrame,
}

const FORMS: [Form; 4] = [Form::Buffered, Form::Framed, Form::Header, Form::HeaderAndFrame];

impl Form {
    fn wrap(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Buffered => message.to_vec(),
            Self::Framed => framed(message),
            Self::Header => header(message),
            Self::HeaderAndFrame => with_header(message),
        }
    }

    /// The message in an answer, which has to have this form and be the last one.
    fn unwrap(self, answer: &[u8]) -> &[u8] {
        if matches!(self, Self::Header | Self::HeaderAndFrame) {
            assert!(answer.windows(5).any(|part| part == b"crrst"), "the peer is told that the connection ends");
        }
        self.message(answer)
    }

    /// The message in an answer, which has to have this form.
    fn message(self, answer: &[u8]) -> &[u8] {
        match self {
            Self::Buffered => answer,
            Self::Framed => without_size(answer),
            Self::Header | Self::HeaderAndFrame => {
                let rest = without_size(answer);
                assert_eq!(&rest[..8], [0x10, 0, 0, 0, 0, 0, 0, 7], "magic, flags, sequence id");
                let payload = &rest[10 + 4 * usize::from(u16::from_be_bytes([rest[8], rest[9]]))..];
                if self == Self::Header { payload } else { without_size(payload) }
            }
        }
    }
}

fn without_size(bytes: &[u8]) -> &[u8] {
    let (size, rest) = bytes.split_first_chunk().unwrap();
    assert_eq!(u32::from_be_bytes(*size) as usize, rest.len());
    rest
}

fn header(message: &[u8]) -> Vec<u8> {
    framed(&[&[0x10, 0, 0, 0, 0, 0, 0, 7, 0, 1, 0, 0, 0, 0], message].concat())
}

/// A call of `echo` with sequence id 7 and these arguments, a struct.
fn call(compact: bool, arguments: &[u8]) -> Vec<u8> {
    let head: &[u8] = if compact { b"\x82\x21\x07\x04echo" } else { b"\x80\x01\0\x01\0\0\0\x04echo\0\0\0\x07" };
    [head, arguments].concat()
}

/// What the exception says. It has to have the sequence id 7 and be of the method `echo`.
fn exception(compact: bool, message: &[u8]) -> String {
    let head: &[u8] =
        if compact { b"\x82\x61\x07\x04echo\x18" } else { b"\x80\x01\0\x03\0\0\0\x04echo\0\0\0\x07\x0b\0\x01" };
    let rest = message.strip_prefix(head).unwrap_or_else(|| panic!("{}", message.escape_ascii()));
    // A varint of one or two bytes, or four bytes.
    let (size, rest) = match *rest {
        [low, high, ref rest @ ..] if compact && low >= 0x80 => {
            (usize::from(low & 0x7f) | usize::from(high) << 7, rest)
        }
        [size, ref rest @ ..] if compact => (usize::from(size), rest),
        [a, b, c, d, ref rest @ ..] => (u32::from_be_bytes([a, b, c, d]) as usize, rest),
        _ => panic!("no size"),
    };
    String::from_utf8(rest[..size].to_vec()).unwrap()
}

/// Sends `bytes` and reads to the end. The sending side stays open: the server ends the connection.
async fn send(server: &Server, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(server.endpoint.authority().unwrap()).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    within(stream.read_to_end(&mut answer)).await.unwrap();
    answer
}

async fn start() -> Server {
    Server::start(StdNet::bind("127.0.0.1:0").await.unwrap(), EchoHandler)
}

#[tokio::test]
async fn contents_that_are_wrong() {
    let server = start().await;
    // Arguments, and a word of the exception for buffered and for other messages.
    let binary: &[(&[u8], &str, &str)] = &[
        // 2^31-1 strings, in a list, a set and a map.
        (&[15, 0, 9, 11, 0x7f, 0xff, 0xff, 0xff, 0], "limit", "the message has"),
        (&[14, 0, 9, 11, 0x7f, 0xff, 0xff, 0xff, 0], "limit", "the message has"),
        (&[13, 0, 9, 11, 11, 0x7f, 0xff, 0xff, 0xff, 0], "limit", "the message has"),
        (&[15, 0, 9, 11, 0xff, 0xff, 0xff, 0xff, 0], "negative size -1", "negative size -1"),
        (&[12, 0, 1, 11, 0, 1, 0xff, 0xff, 0xff, 0xfe, 0, 0], "negative size -2", "negative size -2"),
        (&[12, 0, 1, 11, 0, 1, 0x7f, 0xff, 0xff, 0xff, 0, 0], "limit", "the message has"),
        (&[17, 0, 1, 0], "unknown type 17", "unknown type 17"),
        (&[12, 0, 1, 11, 0, 1, 0, 0, 0, 2, 0xc3, 0x28, 0, 0], "UTF-8", "UTF-8"),
        (&[12, 0, 1, 11, 0, 1, 0, 0, 0, 1, 0xff, 0, 0], "UTF-8", "UTF-8"),
    ];
    let compact: &[(&[u8], &str, &str)] = &[
        (&[0x99, 0xf8, 0xff, 0xff, 0xff, 0xff, 0x07, 0], "limit", "the message has"),
        (&[0x9a, 0xf8, 0xff, 0xff, 0xff, 0xff, 0x07, 0], "limit", "the message has"),
        (&[0x9b, 0xff, 0xff, 0xff, 0xff, 0x07, 0x88, 0], "limit", "the message has"),
        (&[0x1c, 0x18, 0xff, 0xff, 0xff, 0xff, 0x07, 0, 0], "limit", "the message has"),
        (&[0x1e, 0], "unknown type 14", "unknown type 14"),
        (&[0x1c, 0x18, 2, 0xc3, 0x28, 0, 0], "UTF-8", "UTF-8"),
    ];
    for (is_compact, cases) in [(false, binary), (true, compact)] {
        for (arguments, buffered, framed) in cases {
            for form in FORMS {
                let answer = send(&server, &form.wrap(&call(is_compact, arguments))).await;
                let text = exception(is_compact, form.unwrap(&answer));
                let expected = if form == Form::Buffered { buffered } else { framed };
                assert!(text.contains(expected), "{form:?}, {arguments:02x?}: {text}");
            }
        }
    }
    // Deeper than any stack.
    for (is_compact, level) in [(false, &[12, 0, 1][..]), (true, &[0x1c])] {
        for form in FORMS {
            let answer = send(&server, &form.wrap(&call(is_compact, &level.repeat(100_000)))).await;
            let text = exception(is_compact, form.unwrap(&answer));
            assert!(text.contains("nested more than 64 levels deep"), "{form:?}: {text}");
        }
    }
    assert_eq!(echo(&client!(StdNet::to(&server.endpoint)), "still there").await, "still there");
    server.stop().await;
}

/// Messages that can be read, but are no requests of this service: the next call on the connection is served.
#[tokio::test]
async fn methods_that_the_service_does_not_have() {
    let server = start().await;
    for compact in [false, true] {
        for form in FORMS {
            let mut stream = TcpStream::connect(server.endpoint.authority().unwrap()).await.unwrap();
            for _ in 0..2 {
                let mut message = call(compact, &[0]);
                let at = message.len() - if compact { 5 } else { 9 };
                message[at..at + 4].copy_from_slice(b"nope");
                let answer = ask(&mut stream, &form.wrap(&message)).await;
                let message = form.message(&answer);
                let head: &[u8] =
                    if compact { b"\x82\x61\x07\x04nope" } else { b"\x80\x01\0\x03\0\0\0\x04nope\0\0\0\x07" };
                assert!(message.starts_with(head), "{form:?}: {}", answer.escape_ascii());
                assert!(!answer.windows(5).any(|part| part == b"crrst"), "{form:?}: {}", answer.escape_ascii());
                let hello: &[u8] =
                    if compact { b"\x1c\x18\x05hello\0\0" } else { b"\x0c\0\x01\x0b\0\x01\0\0\0\x05hello\0\0" };
                let answer = ask(&mut stream, &form.wrap(&call(compact, hello))).await;
                let head: &[u8] = if compact { b"\x82\x41" } else { b"\x80\x01\0\x02" };
                let message = form.message(&answer);
                assert!(message.starts_with(head) && message.ends_with(b"hello\0\0"), "{}", answer.escape_ascii());
            }
        }
    }
    server.stop().await;
}

/// Sends `bytes` and reads one answer, which arrives in one piece here.
async fn ask(stream: &mut TcpStream, bytes: &[u8]) -> Vec<u8> {
    stream.write_all(bytes).await.unwrap();
    let mut answer = vec![0; 4096];
    let read = within(stream.read(&mut answer)).await.unwrap();
    answer.truncate(read);
    answer
}

/// volo gives a service behind a `Router` the bytes of the arguments, which generated code decodes.
#[tokio::test]
async fn strings_of_a_service_behind_a_router_have_to_be_text() {
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
    let address = listener.endpoint().authority().unwrap().to_owned();
    let router = Router::new().with_default_service(EchoServer::from_handler(EchoHandler));
    let server = tokio::spawn(serve(listener, router).into_future());
    for (compact, arguments) in
        [(false, &[12, 0, 1, 11, 0, 1, 0, 0, 0, 2, 0xc3, 0x28, 0, 0][..]), (true, &[0x1c, 0x18, 2, 0xc3, 0x28, 0, 0])]
    {
        for form in FORMS {
            let mut stream = TcpStream::connect(&address).await.unwrap();
            stream.write_all(&form.wrap(&call(compact, arguments))).await.unwrap();
            stream.shutdown().await.unwrap();
            let mut answer = Vec::new();
            within(stream.read_to_end(&mut answer)).await.unwrap();
            let answer = answer.escape_ascii().to_string();
            assert!(answer.contains("not valid UTF-8"), "{form:?}: {answer}");
        }
    }
    server.abort();
}

/// Where the method's name or the sequence id cannot be read, the answer has the form all the same.
#[tokio::test]
async fn heads_that_are_wrong() {
    let server = start().await;
    // A name of 2^31-1 bytes, one of -1, one that is not text, a kind and a version that do not exist.
    let heads: &[&[u8]] = &[
        &[0x80, 1, 0, 1, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 7],
        &[0x80, 1, 0, 1, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 7],
        &[0x80, 1, 0, 1, 0, 0, 0, 1, 0xff, 0, 0, 0, 7, 0],
        &[0x80, 1, 0, 9, 0, 0, 0, 1, b'm', 0, 0, 0, 7, 0],
    ];
    for head in heads {
        for form in FORMS {
            let answer = send(&server, &form.wrap(head)).await;
            let message = form.unwrap(&answer);
            assert!(message.starts_with(&[0x80, 1, 0, 3, 0, 0, 0, 0]), "{form:?}: {}", answer.escape_ascii());
            assert_eq!(message[11], if matches!(form, Form::Header | Form::HeaderAndFrame) { 7 } else { 0 });
        }
    }
    // A header that ends inside a value.
    let broken = framed(&[&[0x10, 0, 0, 0, 0, 0, 0, 7, 0, 1, 0, 0, 1, 9], &framed(&call(false, &[0]))[..]].concat());
    let answer = send(&server, &broken).await;
    assert!(exception(false, Form::HeaderAndFrame.unwrap(&answer)).contains("invalid TTHeader: it ends too early"));
    // Six bytes that announce 4 GiB.
    let answer = send(&server, &[0xff, 0xff, 0xff, 0xff, 0x10, 0]).await;
    assert!(answer[18..].escape_ascii().to_string().contains("the limit is 16777216"), "{}", answer.escape_ascii());
    let answer = send(&server, &[0x7f, 0xff, 0xff, 0xff, 0x80, 1]).await;
    assert!(without_size(&answer).starts_with(&[0x80, 1, 0, 3]));
    // One-way calls and unknown protocols are not answered.
    let mut one_way = call(false, &[15, 0, 9, 11, 0x7f, 0xff, 0xff, 0xff, 0]);
    one_way[3] = 4;
    assert!(send(&server, &framed(&one_way)).await.is_empty());
    assert!(send(&server, b"SSH-2.0-OpenSSH_9.6\r\n").await.is_empty());
    assert_eq!(echo(&client!(StdNet::to(&server.endpoint)), "still there").await, "still there");
    server.stop().await;
}

/// The answer arrives although the server has not read all that was sent when it ends the connection.
#[tokio::test]
async fn an_answer_to_a_large_message_is_not_lost() {
    let server = start().await;
    for form in FORMS {
        let mut message = call(false, &[12, 0, 1, 11, 0, 1, 1, 0, 0, 0]);
        message.resize(17 << 20, b'x');
        let answer = send(&server, &form.wrap(&message)).await;
        let text = exception(false, form.unwrap(&answer));
        assert!(text.contains("the limit is 16777216"), "{form:?}: {text}");
    }
    server.stop().await;
}
