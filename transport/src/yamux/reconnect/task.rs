//! The task of a reconnecting session: it dials, waits, and hands on what arrives.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use motore::make::MakeConnection;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;
use volo::net::Address;

use super::{ReconnectShared, ReconnectState};
use crate::connect::{ConnectError, WithCauses};
use crate::connection::Connection;
use crate::deadline::in_time;
use crate::yamux::backoff::Jitter;
use crate::yamux::connector::connect;
use crate::yamux::session::{Incoming, Outgoing, Session};
use crate::yamux::stream::YamuxStream;
use crate::yamux::{Backoff, OpenError, YamuxOptions};

pub(super) struct Task {
    state: watch::Sender<ReconnectState>,
    session: watch::Sender<Option<Outgoing>>,
    arrived: mpsc::Sender<YamuxStream>,
    shared: Arc<ReconnectShared>,
    /// The sessions, of which all but one are going away. Each hands its streams on until it has ended.
    forwarders: JoinSet<()>,
}

/// How many sessions that are going away there may be beside the newest one. Before there are more, no other is dialed.
const GOING_AWAY: usize = 4;

impl Task {
    pub(super) fn new(
        state: watch::Sender<ReconnectState>,
        session: watch::Sender<Option<Outgoing>>,
        arrived: mpsc::Sender<YamuxStream>,
        shared: Arc<ReconnectShared>,
    ) -> Self {
        Self { state, session, arrived, shared, forwarders: JoinSet::new() }
    }

    pub(super) async fn run<C>(mut self, connector: C, backoff: Backoff, options: YamuxOptions)
    where
        C: MakeConnection<Address>,
        C::Connection: Connection,
        C::Error: Into<ConnectError>,
    {
        let closing = self.shared.closing.clone();
        tokio::select! {
            biased;
            () = closing.cancelled() => {}
            // It has no end.
            () = self.keep(&connector, backoff, options) => {}
        }
        let last = self.session.send_replace(None);
        if let Some(last) = last {
            last.close().await;
        }
    }

    async fn keep<C>(&mut self, connector: &C, backoff: Backoff, options: YamuxOptions)
    where
        C: MakeConnection<Address>,
        C::Connection: Connection,
        C::Error: Into<ConnectError>,
    {
        let mut jitter = Jitter::default();
        let mut failures = 0_u32;
        loop {
            while self.forwarders.len() > GOING_AWAY {
                self.forwarders.join_next().await;
            }
            self.state.send_replace(ReconnectState::Connecting { attempt: failures.saturating_add(1) });
            let error = match connect(connector, options).await {
                Ok(session) => {
                    let began = Instant::now();
                    let error = self.hold(session).await;
                    if began.elapsed() >= backoff.reset_after() {
                        failures = 0;
                    }
                    error
                }
                Err(error) => Some(error),
            };
            failures = failures.saturating_add(1);
            let wait = backoff.wait(failures, jitter.next());
            if let Some(error) = &error {
                tracing::debug!(error = %WithCauses(error), ?wait, "a yamux session is dialed again");
            }
            let until = in_time(wait);
            self.state.send_replace(ReconnectState::Waiting { until, error });
            tokio::time::sleep_until(until).await;
        }
    }

    /// Offers the session until it takes no more calls. Returns why, if it broke.
    async fn hold(&mut self, session: Session) -> Option<ConnectError> {
        let (outgoing, incoming) = session.split();
        self.forwarders.spawn(forward(incoming, self.arrived.clone()));
        self.session.send_replace(Some(outgoing.clone()));
        // After it can be seen: whoever sets the flag looks for the session then.
        if self.shared.stopped.load(Ordering::Acquire) {
            outgoing.go_away();
        }
        self.state.send_replace(ReconnectState::Connected);
        outgoing.unusable().await;
        self.session.send_replace(None);
        if !outgoing.is_ended() {
            return None;
        }
        outgoing.ended().await.err().map(|error| OpenError::Session(error).into())
    }
}

/// Also if it is aborted.
impl Drop for Task {
    fn drop(&mut self) {
        self.session.send_replace(None);
        self.state.send_replace(ReconnectState::Closed);
    }
}

/// Hands on the streams of one session until it has ended.
async fn forward(mut incoming: Incoming, arrived: mpsc::Sender<YamuxStream>) {
    while let Some(stream) = incoming.arrived().await {
        tokio::select! {
            biased;
            sent = arrived.send(stream) => {
                if sent.is_err() {
                    return;
                }
            }
            // Nobody accepts streams. That must not keep the next sessions from being dialed.
            () = incoming.ended() => return,
        }
    }
}
