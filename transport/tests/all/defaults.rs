//! The tables of defaults in the documentation of the option types are those of the code.

use std::time::Duration;

use volplane_transport::{ClientOptions, HandshakeOptions, HubOptions, ServeOptions, TcpOptions};

/// The second column of the table before `pub struct`, by the first.
fn documented(source: &str) -> Vec<(String, String)> {
    let (documentation, _) = source.split_once("\npub struct").unwrap();
    let rows = documentation.lines().filter_map(|line| line.strip_prefix("/// | `"));
    rows.filter_map(|row| {
        let mut columns = row.split(" | ");
        Some((columns.next()?.trim_end_matches('`').to_owned(), columns.next()?.to_owned()))
    })
    .collect()
}

fn time(duration: Duration) -> String {
    match duration.as_secs() {
        seconds if seconds >= 120 && seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}

fn count(number: usize) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", number / 1000, number % 1000),
    }
}

fn size(bytes: usize) -> String {
    assert_eq!(bytes % (1 << 20), 0);
    format!("{} MiB", bytes >> 20)
}

fn or_none<T>(value: Option<T>, shown: impl Fn(T) -> String) -> String {
    value.map_or_else(|| "none".to_owned(), shown)
}

fn assert_documented<const N: usize>(source: &str, expected: [(&str, String); N]) {
    let expected = expected.map(|(option, default)| (option.to_owned(), default));
    assert_eq!(documented(source), expected);
}

#[test]
fn of_clients() {
    let options = ClientOptions::default();
    assert_documented(
        include_str!("../../src/client/options.rs"),
        [
            ("connect_timeout", time(options.connect_timeout())),
            ("io_timeout", or_none(options.io_timeout(), time)),
            ("call_timeout", or_none(options.call_timeout(), time)),
            ("idle_timeout", time(options.idle_timeout())),
            ("max_idle", count(options.max_idle())),
            ("max_connections", or_none(options.max_connections(), count)),
            ("wait_timeout", time(options.wait_timeout())),
            ("max_message_size", size(options.max_message_size())),
        ],
    );
}

#[test]
fn of_servers() {
    let options = ServeOptions::default();
    assert_documented(
        include_str!("../../src/server/options.rs"),
        [
            ("max_connections", count(options.max_connections())),
            ("first_byte_timeout", time(options.first_byte_timeout())),
            ("idle_timeout", time(options.idle_timeout())),
            ("message_timeout", time(options.message_timeout())),
            ("max_message_size", size(options.max_message_size())),
            ("drain_timeout", time(options.drain_timeout())),
        ],
    );
}

#[test]
fn of_hubs() {
    let options = HubOptions::default();
    assert_documented(
        include_str!("../../src/hub/options.rs"),
        [
            ("max_peers", count(options.max_peers())),
            ("call_timeout", time(options.call_timeout())),
            ("remember", time(options.remember())),
            ("max_remembered", count(options.max_remembered())),
        ],
    );
}

#[cfg(feature = "yamux")]
#[test]
fn of_sessions() {
    let options = format!("{:?}", volplane_transport::YamuxOptions::default());
    let options = options
        .replace("Some(Keepalive { interval: 20s, timeout: 10s })", "20s, 10s")
        .replace("role: None", "role: by who dialed");
    let documented = documented(include_str!("../../src/yamux/options.rs"));
    let documented = documented.iter().map(|(option, default)| format!("{option}: {}", default.replace(" s", "s")));
    assert_eq!(options, format!("YamuxOptions {{ {} }}", documented.collect::<Vec<_>>().join(", ")));
}

#[cfg(any(feature = "websocket", feature = "yamux"))]
#[test]
fn of_keepalive() {
    let options = volplane_transport::Keepalive::default();
    assert_documented(
        include_str!("../../src/keepalive.rs"),
        [("interval", time(options.interval())), ("timeout", time(options.timeout()))],
    );
}

#[cfg(feature = "yamux")]
#[test]
fn of_reconnecting() {
    let options = volplane_transport::Backoff::default();
    assert_documented(
        include_str!("../../src/yamux/backoff.rs"),
        [
            ("base", format!("{} ms", options.base().as_millis())),
            ("cap", time(options.cap())),
            ("reset_after", time(options.reset_after())),
        ],
    );
}

#[test]
fn of_handshakes() {
    let options = HandshakeOptions::default();
    assert_documented(
        include_str!("../../src/layer.rs").split_once("/// Limits of the handshakes").unwrap().1,
        [
            ("deadline", time(options.deadline())),
            ("concurrency", count(options.concurrency())),
            ("per_address", count(options.per_address())),
        ],
    );
}

fn on_or_off(on: bool) -> String {
    if on { "on" } else { "off" }.to_owned()
}

#[test]
fn of_tcp() {
    let options = TcpOptions::default();
    assert_documented(
        include_str!("../../src/stdnet/options.rs"),
        [
            ("nodelay", on_or_off(options.nodelay())),
            ("keepalive", or_none(options.keepalive(), time)),
            ("keepalive_interval", time(options.keepalive_interval())),
            ("keepalive_probes", count(options.keepalive_probes() as usize)),
            ("user_timeout", or_none(options.user_timeout(), time)),
            ("local_address", or_none(options.local_address(), |address| address.to_string())),
            ("backlog", count(options.backlog() as usize)),
            ("reuse_port", on_or_off(options.reuse_port())),
        ],
    );
}

#[cfg(unix)]
#[test]
fn of_unix_sockets() {
    let options = volplane_transport::UnixOptions::default();
    assert_documented(
        include_str!("../../src/unix/options.rs"),
        [("mode", or_none(options.mode(), |mode| format!("{mode:o}"))), ("backlog", count(options.backlog() as usize))],
    );
}

#[cfg(feature = "tls")]
#[test]
fn of_tls() {
    use volplane_transport::{ConnectorOptions, ListenerOptions, Tls};

    let client = format!("{:?}", Tls::client());
    assert!(client.starts_with("TlsClient { roots: TlsRoots { system: true, given: 0 }, server_name: None, "));
    assert!(client.contains("identity: None, alpn: []"), "{client}");
    assert_documented(
        include_str!("../../src/tls/client.rs"),
        [
            ("roots", "those of the operating system".to_owned()),
            ("server_name", "the host of the endpoint".to_owned()),
            ("identity", "none".to_owned()),
            ("alpn", "none".to_owned()),
        ],
    );
    let key = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let identity = volplane_transport::TlsIdentity::from_pem(key.cert.pem(), key.signing_key.serialize_pem()).unwrap();
    let server = format!("{:?}", Tls::server(identity));
    assert!(server.contains("client_certificates: NotAskedFor, alpn: []"), "{server}");
    assert_documented(
        include_str!("../../src/tls/server.rs"),
        [("client_certificates", "not asked for".to_owned()), ("alpn", "none".to_owned())],
    );
    assert_eq!(format!("{:?}", ConnectorOptions::default()), "ConnectorOptions { tls: None }");
    assert_eq!(format!("{:?}", ListenerOptions::default()), "ListenerOptions { tls: None }");
}

/// The option types with the sources of their tables, in the order of the page.
const TABLES: [(&str, &str); 12] = [
    ("ClientOptions", include_str!("../../src/client/options.rs")),
    ("ServeOptions", include_str!("../../src/server/options.rs")),
    ("HandshakeOptions", include_str!("../../src/layer.rs")),
    ("Keepalive", include_str!("../../src/keepalive.rs")),
    ("TcpOptions", include_str!("../../src/stdnet/options.rs")),
    ("UnixOptions", include_str!("../../src/unix/options.rs")),
    ("TlsClient", include_str!("../../src/tls/client.rs")),
    ("TlsServer", include_str!("../../src/tls/server.rs")),
    ("YamuxOptions", include_str!("../../src/yamux/options.rs")),
    ("Backoff", include_str!("../../src/yamux/backoff.rs")),
    ("HubOptions", include_str!("../../src/hub/options.rs")),
    ("Http", include_str!("../../src/post.rs")),
];

#[test]
fn the_page_of_transports_has_all_of_them() {
    const MARKER: &str = "<!-- transport/tests/all/defaults.rs compares this table with the code -->\n";
    let mut table = "| of | option | default | |\n|---|---|---|---|\n".to_owned();
    for (of, source) in TABLES {
        let (before, _) = source.split_once(&format!("\npub struct {of} ")).unwrap();
        let documentation = before.rsplit("\n\n").next().unwrap();
        let rows: Vec<_> = documentation.lines().filter_map(|line| line.strip_prefix("/// | ")).skip(1).collect();
        assert!(!rows.is_empty(), "{of} has a table");
        rows.iter().for_each(|row| table.push_str(&format!("| `{of}` | {row}\n")));
    }
    let (_, written) = include_str!("../../../docs/transports.md").split_once(MARKER).unwrap();
    let same = written.trim() == table.trim();
    assert!(same, "docs/transports.md has an old table of limits and defaults; replace it by\n\n{table}");
}
