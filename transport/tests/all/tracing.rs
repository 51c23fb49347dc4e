//! Spans of calls, and the W3C trace context that calls carry.

use std::cell::RefCell;

use metainfo::{Forward, METAINFO, MetaInfo};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tracing::Level;
use volo_thrift::{Router, ServerError};
use volplane_generated::api::{Echo, EchoClient, EchoServer, Request, Response};
use volplane_transport::{Listener, StdNet, TraceContext, serve};

use crate::support::bytes::{CALL, framed, message, read_answer};
use crate::support::capture::Capture;
use crate::support::{EchoHandler, Server, Transport, client, echo, every_transport, pair, request, within};

const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const OTHER: &str = "00-11111111111111111111111111111111-2222222222222222-00";

/// Answers with the trace context that it finds.
struct Telling;

impl Echo for Telling {
    async fn echo(&self, _: Request) -> Result<Response, ServerError> {
        let context = TraceContext::current();
        let said = context.map_or("none".to_owned(), |context| format!("{context} {}", context.state()));
        Ok(Response { message: Some(said.into()) })
    }
}

/// Passes the call on, and tells what it knew itself before and after.
struct Between(EchoClient);

impl Echo for Between {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        let text = request.message.as_deref().unwrap_or_default().to_owned();
        let before = TraceContext::current();
        let behind = match text.as_str() {
            "own" => TraceContext::parse(OTHER, None).unwrap().scope(self.0.echo(request)).await,
            _ => self.0.echo(request).await,
        };
        assert_eq!(TraceContext::current(), before);
        Ok(Response { message: behind.unwrap().message })
    }
}

fn context(state: Option<&str>) -> TraceContext {
    TraceContext::parse(TRACE, state).unwrap()
}

every_transport! {
    async fn a_trace_goes_through_two_servers(transport: Transport) {
        let (last, client_of_last) = pair(transport, Telling).await;
        let (first, client) = pair(transport, Between(client_of_last)).await;
        assert_eq!(echo(&client, "hello").await, "none");
        let carried = context(Some("rojo=00f067aa0ba902b7 , congo=t61")).scope(echo(&client, "hello"));
        assert_eq!(carried.await, format!("{TRACE} rojo=00f067aa0ba902b7,congo=t61"));
        // A span of the first server's own.
        assert_eq!(context(None).scope(echo(&client, "own")).await, format!("{OTHER} "));
        // Nothing is left for the next call on the connection.
        assert_eq!(echo(&client, "hello").await, "none");
        drop(client);
        first.stop().await;
        last.stop().await;
    }
}

#[tokio::test]
async fn two_calls_of_one_task_carry_each_its_own() {
    let (server, client) = pair(Transport::StdNet, Telling).await;
    let one = context(None).scope(echo(&client, "hello"));
    let other = TraceContext::parse(OTHER, Some("a=1")).unwrap().scope(echo(&client, "hello"));
    let (one, other, none) = tokio::join!(one, other, echo(&client, "hello"));
    assert_eq!((one, other, none), (format!("{TRACE} "), format!("{OTHER} a=1"), "none".to_owned()));
    server.stop().await;
}

/// Calls with values in the TTHeader as a stranger, or Kitex, may send them.
async fn call_with(client: &EchoClient, values: &[(&'static str, &str)]) -> String {
    let mut info = MetaInfo::new();
    for (key, value) in values {
        info.set_transient(*key, value.to_string());
    }
    METAINFO.scope(RefCell::new(info), echo(client, "hello")).await
}

#[tokio::test]
async fn what_is_invalid_is_ignored_and_not_carried_on() {
    let (last, client_of_last) = pair(Transport::StdNet, Telling).await;
    let (first, client) = pair(Transport::StdNet, Between(client_of_last)).await;
    let long = "x".repeat(60_000);
    for invalid in ["", "00", &TRACE.to_uppercase(), &format!("{TRACE}\r\nforged"), &long, &TRACE.replace("00-", "ff-")]
    {
        assert_eq!(call_with(&client, &[("traceparent", invalid), ("tracestate", "a=1")]).await, "none", "{invalid}");
    }
    assert_eq!(call_with(&client, &[("tracestate", "a=1")]).await, "none");
    for invalid in ["a=\u{1b}", &long, "a=1,a=1"] {
        let said = call_with(&client, &[("traceparent", TRACE), ("tracestate", invalid)]).await;
        assert_eq!(said, format!("{TRACE} "), "the trace is valid without it");
    }
    first.stop().await;
    last.stop().await;
}

#[tokio::test]
async fn a_call_has_a_span_at_both_ends() {
    let logged = Capture::start(Level::INFO);
    let (server, client) = pair(Transport::WebSocket, Failing).await;
    context(None).scope(echo(&client, "well")).await;
    client.echo(request("fail")).await.unwrap_err();
    let trace = "trace_id=0af7651916cd43dd8448eb211c80319c";
    let [of_client, of_server, failed, failing] = &logged.with("span ")[..] else { panic!("{:#?}", logged.lines()) };
    assert!(of_client.starts_with("span 1 rpc.client otel.kind=client rpc.system.name=thrift rpc.method=Echo/echo"));
    assert!(of_server.starts_with("span 2 rpc.server otel.kind=server rpc.system.name=thrift rpc.method=Echo/echo"));
    assert!(of_server.contains("peer=127.0.0.1:") && of_server.ends_with("(/kitex-ws)"), "{of_server}");
    assert!(failed.starts_with("span 3 rpc.client") && failing.starts_with("span 4 rpc.server"));
    let recorded = logged.with("record");
    assert!(recorded.contains(&format!("record 1 {trace}")) && recorded.contains(&format!("record 2 {trace}")));
    for of_failed in ["record 3 error.type=INTERNAL_ERROR", "record 4 error.type=INTERNAL_ERROR"] {
        assert!(recorded.iter().any(|line| line == of_failed), "{recorded:#?}");
    }
    assert_eq!(recorded.len(), 4, "{recorded:#?}");
    server.stop().await;
    assert!((1..=4).all(|id| logged.with(&format!("end {id}")).len() == 1), "{:#?}", logged.lines());
}

/// A router serves several services: the span has the name of the one that is called.
#[tokio::test]
async fn the_span_of_a_call_behind_a_router_names_the_service() {
    let logged = Capture::start(Level::INFO);
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
    let address = listener.endpoint().authority().unwrap().to_owned();
    let router = Router::new().with_default_service(EchoServer::from_handler(EchoHandler));
    let server = tokio::spawn(serve(listener, router).into_future());
    let mut stream = TcpStream::connect(&address).await.unwrap();
    for name in ["Echo:echo", "echo"] {
        stream.write_all(&framed(&message(CALL, name, "hello"))).await.unwrap();
        assert_eq!(within(read_answer(&mut stream)).await.unwrap().text, "hello");
    }
    let spans = logged.with("span ");
    let methods = spans.iter().map(|span| span.split(' ').find(|part| part.starts_with("rpc.method=")));
    assert_eq!(methods.collect::<Vec<_>>(), [Some("rpc.method=Echo/echo"), Some("rpc.method=echo")], "{spans:#?}");
    server.abort();
}

struct Failing;

impl Echo for Failing {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        match request.message.as_deref() {
            Some("fail") => panic!("for the test"),
            _ => Ok(Response { message: request.message }),
        }
    }
}

#[tokio::test]
async fn a_failed_connection_is_named_by_its_kind() {
    let logged = Capture::start(Level::INFO);
    let (_bound, address) = crate::support::raw::nobody();
    client!(StdNet::to(address)).echo(request("hello")).await.unwrap_err();
    assert_eq!(logged.with("error.type=connection_refused").len(), 1, "{:#?}", logged.lines());
}

#[tokio::test]
async fn a_call_that_is_not_decoded_has_no_span() {
    let logged = Capture::start(Level::INFO);
    let server = Server::start(StdNet::bind("127.0.0.1:0").await.unwrap(), EchoHandler);
    let mut io = TcpStream::connect(server.endpoint.authority().unwrap()).await.unwrap();
    io.write_all(&framed(&message(CALL, "no_such_method", "hello"))).await.unwrap();
    within(read_answer(&mut io)).await.unwrap();
    assert_eq!(logged.with("span "), Vec::<String>::new());
    server.stop().await;
}
