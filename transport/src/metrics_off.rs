//! The same calls without the cargo feature `metrics`: they do nothing.

use std::time::Duration;

use crate::telemetry::{Failure, MethodName};

#[derive(Clone, Copy, Debug)]
pub(crate) enum Counter {
    ConnectionsOpened,
    ConnectionsReused,
    ConnectionsAccepted,
    HandshakesFailed(#[expect(dead_code, reason = "a label")] Failure),
    #[cfg(feature = "yamux")]
    StreamsRefused,
}

impl Counter {
    #[inline(always)]
    pub(crate) fn increment(self) {}
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Gauge {
    ConnectionsIdle,
    CallsWaiting,
    ConnectionsOpen,
    #[cfg(feature = "yamux")]
    SessionsOpen,
    #[cfg(feature = "yamux")]
    StreamsOpen,
}

#[derive(Debug)]
pub(crate) struct Counted;

impl Counted {
    #[inline(always)]
    pub(crate) fn one(_: Gauge) -> Self {
        Self
    }
}

#[derive(Debug)]
pub(crate) struct CallTimer;

impl CallTimer {
    #[inline(always)]
    pub(crate) fn client(_: MethodName<'_>, _: Option<Duration>) -> Self {
        Self
    }

    #[inline(always)]
    pub(crate) fn server() -> Self {
        Self
    }

    #[inline(always)]
    pub(crate) fn served(&mut self, _: MethodName<'_>) {}

    #[inline(always)]
    pub(crate) fn end(self, _: Option<Failure>) {}
}
