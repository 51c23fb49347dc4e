//! The tables of defaults in the documentation of the option types are those of the code.
#![allow(clippy::unwrap_used)] // a test that can't go on has failed

use std::time::Duration;

use volplane_transport::{ClientOptions, HandshakeOptions, HubOptions, ServeOptions};

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
        include_str!("../src/client/options.rs"),
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
        include_str!("../src/server/options.rs"),
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
        include_str!("../src/hub/options.rs"),
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
    let options = options.replace("Some(Keepalive { interval: 20s, timeout: 10s })", "20s, 10s");
    let documented = documented(include_str!("../src/yamux/options.rs"));
    let documented = documented.iter().map(|(option, default)| format!("{option}: {}", default.replace(" s", "s")));
    assert_eq!(options, format!("YamuxOptions {{ {} }}", documented.collect::<Vec<_>>().join(", ")));
}

#[cfg(any(feature = "websocket", feature = "yamux"))]
#[test]
fn of_keepalive() {
    let options = volplane_transport::Keepalive::default();
    assert_documented(
        include_str!("../src/keepalive.rs"),
        [("interval", time(options.interval())), ("timeout", time(options.timeout()))],
    );
}

#[cfg(feature = "yamux")]
#[test]
fn of_reconnecting() {
    let options = volplane_transport::Backoff::default();
    assert_documented(
        include_str!("../src/yamux/backoff.rs"),
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
        include_str!("../src/layer.rs").split_once("/// Limits of the handshakes").unwrap().1,
        [("deadline", time(options.deadline())), ("concurrency", count(options.concurrency()))],
    );
}
