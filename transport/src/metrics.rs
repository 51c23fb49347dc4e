//! Metrics through the facade [`metrics`], with the cargo feature `metrics`. Install a recorder, such as that of
//! `metrics-exporter-prometheus`, before the first call; then call [`describe`].
//!
//! Names and labels of calls follow OpenTelemetry's conventions for RPC
//! (<https://opentelemetry.io/docs/specs/semconv/rpc/rpc-metrics/>), whose recommended buckets are 0.005, 0.01, 0.025,
//! 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5 and 10 s. The others are this crate's own, and count all clients, or
//! all servers, of the process together.
//!
//! | name | type | what it counts | labels |
//! |---|---|---|---|
//! | `rpc.client.call.duration` | histogram, s | a call, with connecting and all attempts | `rpc.system.name`, `rpc.method`, `error.type`, `rpc.response.status_code` |
//! | `rpc.server.call.duration` | histogram, s | a call, from the whole request to the encoded answer | the same |
//! | `volplane.client.connections.opened` | counter | connections made for calls | |
//! | `volplane.client.connections.reused` | counter | calls that used an idle connection | |
//! | `volplane.client.connections.idle` | gauge | idle connections in pools | |
//! | `volplane.client.calls.waiting` | gauge | calls that wait because `max_connections` are in use | |
//! | `volplane.server.connections.accepted` | counter | connections, or streams of sessions, that are served | |
//! | `volplane.server.connections.open` | gauge | those that are open | |
//! | `volplane.server.handshakes.failed` | counter | handshakes of a [`Layer`](crate::Layer) that failed | `error.type`: `handshake_failed`, `timeout` |
//! | `volplane.yamux.sessions.open` | gauge | yamux sessions, of both ends | |
//! | `volplane.yamux.streams.open` | gauge | streams in them | |
//! | `volplane.yamux.streams.refused` | counter | streams of peers that were refused | |
//!
//! | label | values |
//! |---|---|
//! | `rpc.system.name` | `thrift`. OpenTelemetry does not define a name for it |
//! | `rpc.method` | `Echo/echo`; `echo` where the service is not known, as with a `Router`. A server names only methods that its service has, and at most 1,000 for a service that takes every method; all others are `_OTHER` |
//! | `rpc.response.status_code` | the kind of the exception that was answered: `UNKNOWN_METHOD`, `INTERNAL_ERROR`, … Absent if the answer is not an exception |
//! | `error.type` | only of failed calls. An exception's kind, `biz_error` for a business error; at a client also `timeout`, `cancelled`, `protocol_error`, `connection_closed`, `connection_refused`, `name_not_resolved`, `connect_timeout`, `connect_failed`, `handshake_failed`, `too_many_connections`, `invalid_endpoint`, `_OTHER` |
//!
//! An exception that a method declares with `throws` is a result, not a failure. Labels never contain text that a peer made up.

use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use ::metrics::{Label, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

use crate::telemetry::{Failure, MethodName, OTHER, SYSTEM, UNKNOWN_METHOD};

const CLIENT_DURATION: &str = "rpc.client.call.duration";
const SERVER_DURATION: &str = "rpc.server.call.duration";

/// Registers the units and descriptions of all metrics with the installed recorder.
pub fn describe() {
    describe_histogram!(CLIENT_DURATION, Unit::Seconds, "Duration of outbound calls.");
    describe_histogram!(SERVER_DURATION, Unit::Seconds, "Duration of inbound calls.");
    for counted in Counter::ALL {
        let (name, what) = counted.name();
        describe_counter!(name, Unit::Count, what);
    }
    for counted in Gauge::ALL {
        let (name, what) = counted.name();
        describe_gauge!(name, Unit::Count, what);
    }
}

/// The counters.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Counter {
    ConnectionsOpened,
    ConnectionsReused,
    ConnectionsAccepted,
    HandshakesFailed(Failure),
    StreamsRefused,
}

impl Counter {
    const ALL: [Self; 5] = [
        Self::ConnectionsOpened,
        Self::ConnectionsReused,
        Self::ConnectionsAccepted,
        Self::HandshakesFailed(Failure::HANDSHAKE),
        Self::StreamsRefused,
    ];

    fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::ConnectionsOpened => ("volplane.client.connections.opened", "Connections made for calls."),
            Self::ConnectionsReused => ("volplane.client.connections.reused", "Calls that used an idle connection."),
            Self::ConnectionsAccepted => ("volplane.server.connections.accepted", "Connections served."),
            Self::HandshakesFailed(_) => ("volplane.server.handshakes.failed", "Handshakes that failed."),
            Self::StreamsRefused => ("volplane.yamux.streams.refused", "Streams of peers that were refused."),
        }
    }

    /// Counts one more.
    pub(crate) fn increment(self) {
        let name = self.name().0;
        match self {
            Self::HandshakesFailed(failure) => counter!(name, "error.type" => failure.error_type).increment(1),
            _ => counter!(name).increment(1),
        }
    }
}

/// The gauges.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Gauge {
    ConnectionsIdle,
    CallsWaiting,
    ConnectionsOpen,
    SessionsOpen,
    StreamsOpen,
}

impl Gauge {
    const ALL: [Self; 5] =
        [Self::ConnectionsIdle, Self::CallsWaiting, Self::ConnectionsOpen, Self::SessionsOpen, Self::StreamsOpen];

    fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::ConnectionsIdle => ("volplane.client.connections.idle", "Idle connections in pools."),
            Self::CallsWaiting => ("volplane.client.calls.waiting", "Calls that wait for a connection."),
            Self::ConnectionsOpen => ("volplane.server.connections.open", "Connections that are served."),
            Self::SessionsOpen => ("volplane.yamux.sessions.open", "Open sessions."),
            Self::StreamsOpen => ("volplane.yamux.streams.open", "Open streams of sessions."),
        }
    }
}

/// One of what a gauge counts, from when it is made until it is dropped.
#[derive(Debug)]
pub(crate) struct Counted(Gauge);

impl Counted {
    pub(crate) fn one(gauge: Gauge) -> Self {
        gauge!(gauge.name().0).increment(1.0);
        Self(gauge)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        gauge!(self.0.name().0).decrement(1.0);
    }
}

/// Measures one call. A call of a client that is dropped before its end was cancelled, or has taken longer than the
/// timeout that volo enforces.
#[derive(Debug)]
pub(crate) struct CallTimer {
    started: Instant,
    histogram: &'static str,
    method: Option<String>,
    timeout: Option<Duration>,
    ended: bool,
}

impl CallTimer {
    pub(crate) fn client(method: MethodName<'_>, timeout: Option<Duration>) -> Self {
        let method = Some(method.to_string());
        Self { started: Instant::now(), histogram: CLIENT_DURATION, method, timeout, ended: false }
    }

    /// The method is known when the request is decoded.
    pub(crate) fn server() -> Self {
        Self { started: Instant::now(), histogram: SERVER_DURATION, method: None, timeout: None, ended: false }
    }

    /// Sets the method of a call at a server, which came from the wire.
    pub(crate) fn served(&mut self, method: MethodName<'_>) {
        self.method = is_name(method.method).then(|| method.to_string());
    }

    /// Records the call.
    pub(crate) fn end(mut self, failure: Option<Failure>) {
        self.record(failure);
    }

    fn record(&mut self, failure: Option<Failure>) {
        self.ended = true;
        let status = failure.and_then(|failure| failure.status);
        if self.histogram == SERVER_DURATION {
            // Only names that the service knows are kept: a peer could otherwise fill the set with names that it made up.
            self.method.take_if(|method| status == Some(UNKNOWN_METHOD) || !is_known(method));
        }
        let method = self
            .method
            .take()
            .map_or(Label::from_static_parts("rpc.method", OTHER), |method| Label::new("rpc.method", method));
        let mut labels = vec![Label::from_static_parts("rpc.system.name", SYSTEM), method];
        labels.extend(failure.map(|failure| Label::from_static_parts("error.type", failure.error_type)));
        labels.extend(status.map(|status| Label::from_static_parts("rpc.response.status_code", status)));
        histogram!(self.histogram, labels).record(self.started.elapsed());
    }
}

impl Drop for CallTimer {
    fn drop(&mut self) {
        if !self.ended {
            let timed_out = self.timeout.is_some_and(|timeout| self.started.elapsed() >= timeout);
            self.record(Some(if timed_out { Failure::TIMEOUT } else { Failure::CANCELLED }));
        }
    }
}

/// How many names of methods servers use as labels: a service that takes every method, such as a proxy, cannot tell
/// which ones there are.
const MAX_METHODS: usize = 1000;

/// The longest such name, in bytes.
const MAX_METHOD: usize = 128;

static METHODS: RwLock<Option<HashSet<String>>> = RwLock::new(None);

/// Whether a method's name that came from the wire has the form of a label.
fn is_name(method: &str) -> bool {
    (1..=MAX_METHOD).contains(&method.len())
        && method.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-:/".contains(&byte))
}

/// Whether a method, with its service if that is known, may be a label: there are not too many.
fn is_known(method: &str) -> bool {
    // No code panics with the lock held.
    let known = METHODS.read().unwrap_or_else(PoisonError::into_inner);
    if known.as_ref().is_some_and(|known| known.contains(method)) {
        return true;
    }
    drop(known);
    let mut known = METHODS.write().unwrap_or_else(PoisonError::into_inner);
    let known = known.get_or_insert_default();
    known.contains(method) || (known.len() < MAX_METHODS && known.insert(method.to_owned()))
}

#[cfg(test)]
mod tests {
    use pilota::thrift::ApplicationExceptionKind;

    use super::*;

    #[test]
    fn names_from_the_wire_are_bounded_in_form_and_number() {
        for name in ["a b", "", "\u{1b}[2J", "größe", &"x".repeat(129)] {
            assert!(!is_name(name), "{name:?}");
        }
        assert!(is_name("echo") && is_name("Ns.Echo:echo"));
        // Those that the service does not know take no place.
        for at in 0..5000 {
            let mut timer = CallTimer::server();
            timer.served(MethodName { service: None, method: &format!("unknown{at}") });
            timer.end(Some(Failure::answered(ApplicationExceptionKind::UNKNOWN_METHOD)));
        }
        assert!(is_known("echo") && is_known("Ns.Echo:echo"));
        let known = (0..5000).filter(|at| is_known(&format!("method{at}"))).count();
        assert!((990..1000).contains(&known), "{known}");
        assert!(is_known("echo"), "known ones stay known");
    }
}
