//! Errors that volo's own layers make at the client, told apart from the answers of a server.
//!
//! volo reports its timeout of a call, and failures of load balancing, as application exceptions. They read as if the
//! server had thrown them: "remote service threw exception".

use std::io;
use std::sync::Arc;
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
}

/// The service of [`LocalErrors`].
#[derive(Clone, Debug)]
pub struct WithLocalErrors<S> {
    inner: S,
    first_answer: Arc<FirstAnswer>,
}

impl LocalErrors {
    pub(super) fn new(first_answer: Arc<FirstAnswer>) -> Self {
        Self { first_answer }
    }
}

impl<S> Layer<S> for LocalErrors {
    type Service = WithLocalErrors<S>;

    fn layer(self, inner: S) -> WithLocalErrors<S> {
        WithLocalErrors { inner, first_answer: self.first_answer }
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
        self.inner.call(cx, request).await.map_err(|error| own_error(cx, error.into(), &self.first_answer))
    }
}

/// `error`, or what really happened if volo has made it.
#[cold]
fn own_error(cx: &mut ClientContext, error: ClientError, first_answer: &FirstAnswer) -> ClientError {
    let last = cx.extensions_mut().remove::<LastFailure>();
    // A server that calls another one may pass volo's text on as its answer.
    if cx.common_stats.read_size().is_some() {
        return error;
    }
    let ClientError::Application(exception) = &error else { return error };
    // The message is encoded when there is a connection, right before it is sent.
    let sent = cx.common_stats.write_size().is_some();
    let delivery = if sent { Delivery::Unknown } else { Delivery::NeverSent };
    match (VoloError::of(exception.message()), last) {
        (None, _) => error,
        (Some(VoloError::Timeout), _) => timed_out(cx.rpc_info().config().rpc_timeout(), delivery, first_answer),
        (Some(VoloError::EveryAddressFailed), Some(LastFailure(failure))) => failure.into_client_error(),
        (Some(VoloError::EveryAddressFailed), None) => {
            // Load balancing sets each address that it tries.
            let why = match cx.rpc_info().callee().address() {
                Some(_) => "no call got through a layer around the connection",
                None => "load balancing has found no address",
            };
            CallError::new(delivery, io::Error::new(io::ErrorKind::NotFound, why)).into_client_error()
        }
        (Some(VoloError::NoAddress), _) => {
            CallError::new(delivery, io::Error::other(exception.message().to_string())).into_client_error()
        }
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
