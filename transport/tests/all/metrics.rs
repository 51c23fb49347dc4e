//! Metrics, as a recorder gets them. One test, in a process of its own, because a process has one recorder.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, GaugeValue, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use volo_thrift::{BizError, ServerError};
use volplane_generated::api::{Echo, EchoClientBuilder, Request, Response};
use volplane_transport::{Channel, ClientOptions, ConnectWith, HandshakeOptions, StdNet, WebSocket, Yamux};

use crate::support::bytes::{CALL, framed, message, read_answer};
use crate::support::own_process::run_in_own_process;
use crate::support::{EchoHandler, PATIENCE, Server, client, echo, request, within};

/// What was recorded: of a counter or gauge its value, of a histogram how many values, by name and labels.
#[derive(Clone, Default)]
struct Recorded(Arc<Mutex<BTreeMap<String, f64>>>);

struct Series(Recorded, String);

impl Series {
    fn change(&self, change: impl FnOnce(&mut f64)) {
        change(self.0.0.lock().unwrap().entry(self.1.clone()).or_default());
    }
}

impl CounterFn for Series {
    fn increment(&self, value: u64) {
        self.change(|sum| *sum += value as f64);
    }

    fn absolute(&self, value: u64) {
        self.change(|sum| *sum = value as f64);
    }
}

impl GaugeFn for Series {
    fn increment(&self, value: f64) {
        self.change(|sum| *sum += value);
    }

    fn decrement(&self, value: f64) {
        self.change(|sum| *sum -= value);
    }

    fn set(&self, value: f64) {
        self.change(|sum| *sum = GaugeValue::Absolute(value).update_value(*sum));
    }
}

impl HistogramFn for Series {
    fn record(&self, value: f64) {
        assert!((0.0..60.0).contains(&value), "seconds: {value}");
        self.change(|count| *count += 1.0);
    }
}

impl Recorded {
    fn series(&self, key: &Key) -> Arc<Series> {
        let labels: Vec<_> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        Arc::new(Series(self.clone(), format!("{} {}", key.name(), labels.join(" "))))
    }

    /// The values of the series that begin with `text`, all together.
    fn of(&self, text: &str) -> f64 {
        let series = self.0.lock().unwrap();
        series.iter().filter(|(name, _)| name.starts_with(text)).map(|(_, value)| value).sum()
    }

    async fn until(&self, text: &str, value: f64) {
        within(async {
            while self.of(text) != value {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        })
        .await;
    }

    fn describe(&self, name: KeyName, unit: Option<Unit>) {
        let unit = unit.map_or("no unit", |unit| unit.as_str());
        self.0.lock().unwrap().insert(format!("described {} in {unit}", name.as_str()), 0.0);
    }
}

impl Recorder for Recorded {
    fn describe_counter(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe(name, unit);
    }

    fn describe_gauge(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe(name, unit);
    }

    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe(name, unit);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.series(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.series(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.series(key))
    }
}

struct Obedient;

impl Echo for Obedient {
    async fn echo(&self, request: Request) -> Result<Response, ServerError> {
        match request.message.as_deref() {
            Some("panic") => panic!("for the test"),
            Some("biz") => Err(ServerError::Biz(BizError::new(42, "out of stock".into()))),
            Some("wait") => std::future::pending().await,
            _ => Ok(Response { message: request.message }),
        }
    }
}

const ECHO: &str = "rpc.system.name=thrift rpc.method=Echo/echo";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_is_counted() {
    run_in_own_process!();
    let recorded = Recorded::default();
    metrics::set_global_recorder(recorded.clone()).ok().unwrap();
    volplane_transport::metrics::describe();
    assert_eq!(recorded.0.lock().unwrap().len(), 12);
    assert!(recorded.0.lock().unwrap().contains_key("described rpc.client.call.duration in seconds"));

    calls(&recorded).await;
    strangers(&recorded).await;
    the_pool(&recorded).await;
    handshakes(&recorded).await;
    sessions(&recorded).await;
    let series = recorded.0.lock().unwrap();
    assert!(series.keys().all(|name| name.chars().all(|c| c.is_ascii_graphic() || c == ' ')), "{series:#?}");
}

/// Ends a server in which calls still wait.
async fn stop(server: Server) {
    server.handle.stop_now();
    server.ended().await;
}

async fn calls(recorded: &Recorded) {
    let server = Server::start(StdNet::bind("127.0.0.1:0").await.unwrap(), Obedient);
    let client = client!(StdNet::to(&server.endpoint));
    for _ in 0..3 {
        echo(&client, "well").await;
    }
    for text in ["panic", "biz"] {
        client.echo(request(text)).await.unwrap_err();
    }
    let impatient = EchoClientBuilder::new("example").rpc_timeout(Some(Duration::from_millis(50)));
    impatient.connect_with(StdNet::to(&server.endpoint)).build().echo(request("wait")).await.unwrap_err();
    let (_bound, nobody) = crate::support::raw::nobody();
    client!(StdNet::to(nobody)).echo(request("hello")).await.unwrap_err();
    for side in ["client", "server"] {
        let series = |labels: &str| recorded.of(&format!("rpc.{side}.call.duration {ECHO}{labels}"));
        recorded.until(&format!("rpc.{side}.call.duration {ECHO} error.type=biz_error"), 1.0).await;
        assert_eq!(series(" error.type=INTERNAL_ERROR rpc.response.status_code=INTERNAL_ERROR"), 1.0, "{side}");
        let all = series("");
        assert_eq!(all - series(" error.type="), 3.0, "{side}");
    }
    assert_eq!(recorded.of(&format!("rpc.client.call.duration {ECHO} error.type=timeout")), 1.0);
    assert_eq!(recorded.of(&format!("rpc.client.call.duration {ECHO} error.type=connection_refused")), 1.0);
    drop(client);
    stop(server).await;
    assert_eq!(recorded.of("volplane.server.connections.open"), 0.0);
    assert_eq!(recorded.of("volplane.server.connections.accepted"), 2.0);
}

/// Names of methods that strangers make up do not become labels.
async fn strangers(recorded: &Recorded) {
    let before = recorded.of(&format!("rpc.server.call.duration {ECHO}"));
    let server = Server::start(StdNet::bind("127.0.0.1:0").await.unwrap(), EchoHandler);
    for method in ["no_such_method", "Unknown:echo", "evil\u{1b}[2J", "другой"] {
        let mut io = TcpStream::connect(server.endpoint.authority().unwrap()).await.unwrap();
        io.write_all(&framed(&message(CALL, method, "hello"))).await.unwrap();
        within(read_answer(&mut io)).await.unwrap();
    }
    let other = "rpc.server.call.duration rpc.system.name=thrift rpc.method=_OTHER error.type=UNKNOWN_METHOD";
    assert_eq!(recorded.of(other), 4.0);
    assert_eq!(recorded.of(&format!("rpc.server.call.duration {ECHO}")), before);
    server.stop().await;
}

async fn the_pool(recorded: &Recorded) {
    let (opened, reused) = ("volplane.client.connections.opened", "volplane.client.connections.reused");
    let before = (recorded.of(opened), recorded.of(reused), recorded.of("volplane.client.connections.idle"));
    let server = Server::start(StdNet::bind("127.0.0.1:0").await.unwrap(), Obedient);
    let channel = Channel::new(StdNet::to(&server.endpoint))
        .with_options(ClientOptions::default().with_max_connections(1).with_wait_timeout(PATIENCE));
    let client = EchoClientBuilder::new("example").connect_through(channel.clone()).build();
    echo(&client, "one").await;
    echo(&client, "two").await;
    assert_eq!((recorded.of(opened), recorded.of(reused)), (before.0 + 1.0, before.1 + 1.0));
    assert_eq!(recorded.of("volplane.client.connections.idle"), before.2 + 1.0);
    let waits = tokio::spawn({
        let client = client.clone();
        async move { client.echo(request("wait")).await }
    });
    recorded.until("volplane.client.connections.idle", before.2).await;
    let queued = tokio::spawn(async move { echo(&client, "queued").await });
    recorded.until("volplane.client.calls.waiting", 1.0).await;
    waits.abort();
    assert_eq!(within(queued).await.unwrap(), "queued");
    assert_eq!(recorded.of("volplane.client.calls.waiting"), 0.0);
    recorded.until(&format!("rpc.client.call.duration {ECHO} error.type=cancelled"), 1.0).await;
    drop(channel);
    recorded.until("volplane.client.connections.idle", 0.0).await;
    stop(server).await;
}

async fn handshakes(recorded: &Recorded) {
    let options = HandshakeOptions::default().with_deadline(Duration::from_millis(50));
    let listener = WebSocket::bind("ws://127.0.0.1:0/").await.unwrap().with_handshake_options(options);
    let server = Server::start(listener, EchoHandler);
    let connect = || TcpStream::connect(server.endpoint.authority().unwrap());
    let silent = connect().await.unwrap();
    connect().await.unwrap().write_all(b"\x16\x03\x01 no HTTP\r\n\r\n").await.unwrap();
    recorded.until("volplane.server.handshakes.failed error.type=handshake_failed", 1.0).await;
    recorded.until("volplane.server.handshakes.failed error.type=timeout", 1.0).await;
    drop(silent);
    server.stop().await;
}

async fn sessions(recorded: &Recorded) {
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().to_string();
    let server = Server::start(Yamux::listen(listener).into_streams(), EchoHandler);
    let client = client!(Yamux::over(StdNet::to(address)));
    echo(&client, "hello").await;
    // Each end counts its own.
    assert_eq!(recorded.of("volplane.yamux.sessions.open"), 2.0);
    assert_eq!(recorded.of("volplane.yamux.streams.open"), 2.0);
    drop(client);
    server.stop().await;
    recorded.until("volplane.yamux.sessions.open", 0.0).await;
    recorded.until("volplane.yamux.streams.open", 0.0).await;
}
