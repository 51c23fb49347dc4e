//! Errors that volo's own layers make at the client, distinguished from the answers of a server.
//!
//! volo reports its timeout of a call, and failures of load balancing, as application exceptions. They read as if the
//! server had thrown them: "remote service threw exception".

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use motore::layer::Layer;
use motore::service::Service;
use volo::context::Context;
use volo_thrift::ClientError;
use volo_thrift::context::ClientContext;

use super::error::{CallError, Delivery, VoloError};
use super::first_answer::FirstAnswer;

/// Turns errors that volo's own layers make into transport errors, which say that the client gave up and whether the
/// call was sent. [`ConnectWith`](super::ConnectWith) adds it as an outer layer.
#[derive(Clone, Debug)]
pub struct LocalErrors {
    first_answer: Arc<FirstAnswer>,
    contexts: Arc<Contexts>,
}

/// The service of [`LocalErrors`].
#[derive(Clone, Debug)]
pub struct WithLocalErrors<S> {
    inner: S,
    local_errors: LocalErrors,
}

impl LocalErrors {
    pub(super) fn new(first_answer: Arc<FirstAnswer>, contexts: Arc<Contexts>) -> Self {
        Self { first_answer, contexts }
    }
}

impl<S> Layer<S> for LocalErrors {
    type Service = WithLocalErrors<S>;

    fn layer(self, inner: S) -> WithLocalErrors<S> {
        WithLocalErrors { inner, local_errors: self }
    }
}

impl<Req, S> Service<ClientContext, Req> for WithLocalErrors<S>
where
    Req: Send,
    S: Service<ClientContext, Req> + Send + Sync,
    S::Error: Into<ClientError>,
{
    type Response = S::Response;
    type Error = ClientError;

    async fn call(&self, cx: &mut ClientContext, request: Req) -> Result<S::Response, ClientError> {
        // A layer around this one may repeat a call with the same context.
        cx.common_stats.reset();
        Contexts::mark(cx);
        self.inner.call(cx, request).await.map_err(|error| self.local_errors.own(cx, error.into()))
    }
}

impl LocalErrors {
    /// `error`, or what really happened if volo has made it.
    #[cold]
    fn own(&self, cx: &mut ClientContext, error: ClientError) -> ClientError {
        let last = cx.extensions_mut().remove::<LastFailure>().map(|LastFailure(failure)| failure);
        let exception = match &error {
            ClientError::Application(exception) => exception,
            // A layer below has repeated the call, and only the last attempt was not sent.
            ClientError::Transport(_) if Delivery::of(&error) == Delivery::NeverSent => {
                return last.filter(CallError::may_be_sent).map_or(error, CallError::into_client_error);
            }
            _ => return error,
        };
        // A server that calls another one may pass volo's text on as its answer.
        if cx.common_stats.read_size().is_some() {
            return error;
        }
        let may_be_sent = self.contexts.may_be_sent(cx);
        let delivery = if may_be_sent { Delivery::Unknown } else { Delivery::NeverSent };
        match (VoloError::of(exception.message()), last) {
            (None, _) => error,
            (Some(VoloError::Timeout), _) => {
                timed_out(cx.rpc_info().config().rpc_timeout(), delivery, &self.first_answer)
            }
            (Some(VoloError::EveryAddressFailed), Some(failure)) => failure.into_client_error(),
            (Some(VoloError::EveryAddressFailed), None) => {
                // Load balancing sets each address that it tries.
                let why = match cx.rpc_info().callee().address() {
                    Some(_) => "no call got through a layer around the connection",
                    None if may_be_sent => "load balancing has tried every address",
                    None => "load balancing has found no address",
                };
                CallError::new(delivery, io::Error::new(io::ErrorKind::NotFound, why)).into_client_error()
            }
            (Some(VoloError::NoAddress), _) => {
                CallError::new(delivery, io::Error::other(exception.message().to_string())).into_client_error()
            }
        }
    }
}

/// Whether the context that [`LocalErrors`] sees is the one in which a call was made. A layer between them may make contexts
/// of its own, as one does that makes a call twice at once: then the outer context does not say whether it was sent.
#[derive(Debug, Default)]
pub(super) struct Contexts {
    others: AtomicBool,
}

impl Contexts {
    /// Marks a context that [`LocalErrors`] has seen: no message of a call is empty.
    fn mark(cx: &mut ClientContext) {
        cx.common_stats.set_write_size(0);
    }

    /// A call is made in this context.
    #[inline]
    pub(super) fn check(&self, cx: &ClientContext) {
        if cx.common_stats.write_size().is_none() && !self.others.load(Ordering::Relaxed) {
            self.others.store(true, Ordering::Relaxed);
        }
    }

    /// Whether a message may have been sent. It is encoded when there is a connection, right before it is sent.
    fn may_be_sent(&self, cx: &ClientContext) -> bool {
        cx.common_stats.write_size() != Some(0) || self.others.load(Ordering::Relaxed)
    }
}

/// The error of a call that took too long.
pub(super) fn timed_out(after: Option<Duration>, delivery: Delivery, first_answer: &FirstAnswer) -> ClientError {
    let after = after.map(|after| format!(" after {after:?}")).unwrap_or_default();
    let (when, advice) = match delivery {
        Delivery::NeverSent => (", before it had a connection", None),
        _ => ("", first_answer.advice_on_timeout()),
    };
    let why = io::Error::new(io::ErrorKind::TimedOut, format!("the call timed out{after}{when}"));
    CallError::new(delivery, why).with_advice(advice).into_client_error()
}

/// Why the last attempt of a call failed: volo's load balancing drops that error.
#[derive(Clone)]
struct LastFailure(CallError);

/// Keeps the error of an attempt. If any attempt may have reached the server, the call may have.
pub(super) fn remember(cx: &mut ClientContext, error: &ClientError) {
    let Some(failure) = CallError::inside(error) else { return };
    let mut failure = failure.clone();
    if let Some(LastFailure(earlier)) = cx.extensions().get::<LastFailure>() {
        failure = failure.after(earlier);
    }
    cx.extensions_mut().insert(LastFailure(failure));
}
