//! The same calls through volo's own client and through `connect_with`: they end alike.

use std::fmt::Debug;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use motore::service::Service;
use pilota::thrift::{ApplicationException, ApplicationExceptionKind};
use pilota::{AHashMap, FastStr};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use volo::net::Address;
use volo::net::incoming::DefaultIncoming;
use volo_thrift::{BizError, ClientError, ServerError};
use volplane_generated::api::{
    Echo, EchoClient, EchoClientBuilder, EchoEchoArgsSend, EchoRequestSend, EchoServer, Request, Response,
};
use volplane_transport::{ConnectWith, StdNet};

use crate::support::raw::{self, answering, framed, head, reply, seq_id};
use crate::support::{PATIENCE, Server, request, within};

/// Answers as the message says, and counts.
#[derive(Clone, Default)]
struct Varied {
    calls: Arc<AtomicUsize>,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Echo for Varied {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let message = request.message.clone().unwrap_or_default();
        self.seen.lock().unwrap().push(message.chars().take(20).collect());
        match &*message {
            "biz" => {
                let extra = AHashMap::from_iter([(FastStr::from("why"), FastStr::from("sold"))]);
                Err(BizError::with_extra(42, "out of stock".into(), extra).into())
            }
            "biz too long" => {
                let extra = AHashMap::from_iter([(FastStr::from("why"), FastStr::from("\n".repeat(60_000)))]);
                Err(BizError::with_extra(43, "ö".repeat(150_000).into(), extra).into())
            }
            "biz without extra" => Err(BizError::new(-1, "".into()).into()),
            "exception" => Err(ApplicationException::new(ApplicationExceptionKind::INVALID_TRANSFORM, "no").into()),
            _ => Ok(Response { message: request.message }),
        }
    }
}

/// Ends the server with the test.
struct Running(AbortHandle);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Our server and volo's, each with its address.
async fn both_servers(handler: &Varied) -> [(&'static str, String, Running); 2] {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let volo_at = listener.local_addr().unwrap().to_string();
    let volo = tokio::spawn(EchoServer::new(handler.clone()).run(DefaultIncoming::from(listener)));
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
    let ours_at = listener.local_addr().to_string();
    let server = Server::start(listener, handler.clone());
    let ours = tokio::spawn(server.ended());
    [("our server", ours_at, Running(ours.abort_handle())), ("volo's server", volo_at, Running(volo.abort_handle()))]
}

/// volo's client and ours.
fn both_clients(address: &str) -> [(&'static str, EchoClient); 2] {
    let builder = || EchoClientBuilder::new("example").rpc_timeout(Some(PATIENCE));
    let volo = builder().address(Address::Ip(address.parse().unwrap())).build();
    [("volo's client", volo), ("our client", builder().connect_with(StdNet::to(address)).build())]
}

/// Asserts that both are alike, and what they are.
#[track_caller]
fn assert_alike<T: PartialEq + Debug>(outcomes: &[(String, T)], expected: &T) {
    for (who, outcome) in outcomes {
        assert_eq!(outcome, expected, "{who}");
    }
}

/// What a caller can act on. Application exceptions of the library itself have other texts.
#[derive(Debug, PartialEq)]
enum Outcome {
    Answer(String),
    Biz(i32, String, Vec<(String, String)>),
    Application(ApplicationExceptionKind, Option<String>),
    Transport(std::io::ErrorKind),
    Protocol,
}

impl Outcome {
    fn of(outcome: Result<Response, ClientError>) -> Self {
        match outcome {
            Ok(response) => Outcome::Answer(response.message.unwrap_or_default().to_string()),
            Err(ClientError::Biz(error)) => {
                let extra = error.extra.unwrap_or_default();
                let mut extra: Vec<_> = extra.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
                extra.sort();
                Outcome::Biz(error.status_code, error.status_message.to_string(), extra)
            }
            Err(ClientError::Application(error)) => {
                Outcome::Application(error.kind(), Some(error.message().to_string()))
            }
            Err(ClientError::Transport(error)) => Outcome::Transport(error.kind()),
            Err(ClientError::Protocol(_)) => Outcome::Protocol,
        }
    }

    fn without_text(self) -> Self {
        match self {
            Outcome::Application(kind, _) => Outcome::Application(kind, None),
            other => other,
        }
    }
}

/// The outcomes of a call of `message` through both clients to both servers.
async fn outcomes(message: &str) -> Vec<(String, Outcome)> {
    let handler = Varied::default();
    let mut outcomes = Vec::new();
    for (server, address, _running) in both_servers(&handler).await {
        for (client, echo) in both_clients(&address) {
            // The second call finds the connection of the first, whatever that has left there.
            for call in ["first", "second"] {
                let outcome = within(echo.echo(request(message))).await;
                outcomes.push((format!("{call} call of {client} to {server}"), Outcome::of(outcome)));
            }
        }
    }
    assert_eq!(handler.calls.load(Ordering::Relaxed), 8, "every call is carried out once");
    outcomes
}

#[tokio::test]
async fn an_answer_comes_back_unchanged() {
    assert_alike(&outcomes("hello").await, &Outcome::Answer("hello".into()));
    assert_alike(&outcomes("").await, &Outcome::Answer("".into()));
}

#[tokio::test]
async fn a_message_of_3_mb_comes_back_unchanged() {
    let large: String = ('a'..='z').cycle().take(3_000_000).collect();
    for (who, outcome) in outcomes(&large).await {
        assert!(outcome == Outcome::Answer(large.clone()), "{who}");
    }
}

#[tokio::test]
async fn a_business_error_keeps_its_code_text_and_extra() {
    let extra = vec![("why".to_owned(), "sold".to_owned())];
    assert_alike(&outcomes("biz").await, &Outcome::Biz(42, "out of stock".into(), extra));
    assert_alike(&outcomes("biz without extra").await, &Outcome::Biz(-1, "".into(), vec![]));
}

#[tokio::test]
async fn an_application_exception_keeps_its_kind_and_text() {
    let expected = Outcome::Application(ApplicationExceptionKind::INVALID_TRANSFORM, Some("no".into()));
    assert_alike(&outcomes("exception").await, &expected);
}

#[tokio::test]
async fn one_way_calls_return_at_once_and_arrive_in_order() {
    let handler = Varied::default();
    for (server, address, _running) in both_servers(&handler).await {
        for (client, echo) in both_clients(&address) {
            handler.seen.lock().unwrap().clear();
            for message in ["one", "two"] {
                let mut cx = echo.0.make_cx("echo", true);
                let call = EchoRequestSend::Echo(EchoEchoArgsSend { req: request(message) });
                let outcome = within(Service::call(&echo.0, &mut cx, call)).await;
                assert!(matches!(outcome, Ok(None)), "{client} to {server}: {outcome:?}");
            }
            // A call on the connection of the one-way calls, whose answer is not taken for theirs.
            let outcome = Outcome::of(within(echo.echo(request("three"))).await);
            assert_eq!(outcome, Outcome::Answer("three".into()), "{client} to {server}");
            let seen = std::mem::take(&mut *handler.seen.lock().unwrap());
            assert_eq!(seen, ["one", "two", "three"], "{client} to {server}");
        }
    }
}

#[tokio::test]
async fn an_unknown_method_is_an_application_exception() {
    let handler = Varied::default();
    for (server, address, _running) in both_servers(&handler).await {
        for (client, echo) in both_clients(&address) {
            let mut cx = echo.0.make_cx("no_such_method", false);
            let call = EchoRequestSend::Echo(EchoEchoArgsSend { req: request("hello") });
            match within(Service::call(&echo.0, &mut cx, call)).await {
                Err(ClientError::Application(error)) => {
                    assert_eq!(error.kind(), ApplicationExceptionKind::UNKNOWN_METHOD, "{client} to {server}");
                }
                other => panic!("{client} to {server}: {other:?}"),
            }
            // Whatever has become of that connection.
            let outcome = Outcome::of(within(echo.echo(request("next"))).await);
            assert_eq!(outcome, Outcome::Answer("next".into()), "{client} to {server}");
        }
    }
}

/// Both clients against a server that answers with these bytes and then ends the connection.
async fn against(answer: fn(&[u8]) -> Vec<u8>) -> Vec<(String, Outcome)> {
    let (address, server) = answering(answer).await;
    let mut outcomes = Vec::new();
    for (client, echo) in both_clients(&address) {
        let outcome = Outcome::of(within(echo.echo(request("hello"))).await);
        outcomes.push((client.to_owned(), outcome.without_text()));
    }
    server.abort();
    outcomes
}

#[tokio::test]
async fn the_answer_to_another_call_is_a_bad_sequence_id() {
    let outcomes = against(|request| reply(seq_id(request) + 1, "somebody else's")).await;
    assert_alike(&outcomes, &Outcome::Application(ApplicationExceptionKind::BAD_SEQUENCE_ID, None));
}

#[tokio::test]
async fn an_end_inside_an_answer_is_an_error_of_the_transport() {
    let whole = against(|request| reply(seq_id(request), "whole")).await;
    assert_alike(&whole, &Outcome::Answer("whole".into()));
    for (who, outcome) in against(|request| reply(seq_id(request), "cut off")[..20].to_vec()).await {
        assert_eq!(outcome, Outcome::Transport(std::io::ErrorKind::UnexpectedEof), "{who}");
    }
    for (who, outcome) in against(|_| Vec::new()).await {
        assert_eq!(outcome, Outcome::Transport(std::io::ErrorKind::UnexpectedEof), "{who}");
    }
}

/// A Kitex server sends a business error in the header of an otherwise empty reply.
#[tokio::test]
async fn a_business_error_comes_before_what_is_wrong_with_the_reply() {
    let outcomes = against(|request| {
        let entries = [("biz-status", "42"), ("biz-message", "sold out")];
        with_header(seq_id(request), &entries, &framed(&[&head(2, seq_id(request))[..], &[0]].concat()))
    })
    .await;
    assert_alike(&outcomes, &Outcome::Biz(42, "sold out".into(), vec![]));
}

/// A TTHeader with text entries before a framed message.
fn with_header(seq_id: i32, entries: &[(&str, &str)], message: &[u8]) -> Vec<u8> {
    let text = |text: &str| [&u16::try_from(text.len()).unwrap().to_be_bytes()[..], text.as_bytes()].concat();
    let count = u16::try_from(entries.len()).unwrap().to_be_bytes();
    // Protocol binary, no transforms, a block of texts.
    let mut header = [&[0, 0, 0x01][..], &count].concat();
    for (key, value) in entries {
        header.extend([text(key), text(value)].concat());
    }
    header.resize(header.len().next_multiple_of(4), 0);
    let size = u16::try_from(header.len() / 4).unwrap().to_be_bytes();
    let rest = [&[0x10, 0, 0, 0][..], &seq_id.to_be_bytes(), &size, &header, message].concat();
    framed(&rest)
}

#[tokio::test]
async fn nobody_listens() {
    let (_bound, address) = raw::nobody();
    for (client, echo) in both_clients(&address) {
        let outcome = Outcome::of(within(echo.echo(request("hello"))).await);
        assert_eq!(outcome, Outcome::Transport(std::io::ErrorKind::ConnectionRefused), "{client}");
    }
}

/// A TTHeader has room for 65,535 bytes of a text. volo writes a header that nobody can read where there are more.
#[tokio::test]
async fn a_business_error_that_is_too_long_for_the_header_comes_as_far_as_it_fits() {
    let server = Server::start(StdNet::bind("127.0.0.1:0").await.unwrap(), Varied::default());
    let client = crate::support::client!(StdNet::to(&server.endpoint));
    for _ in 0..2 {
        let error = within(client.echo(request("biz too long"))).await.unwrap_err();
        let ClientError::Biz(error) = error else { panic!("{error}") };
        assert_eq!((error.status_code, error.status_message.as_str()), (43, &*"ö".repeat(32_767)));
        assert_eq!(error.extra, None);
    }
    server.stop().await;
}
