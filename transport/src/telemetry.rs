//! The fields of spans and metrics of a call: names from OpenTelemetry's conventions for RPC
//! (<https://opentelemetry.io/docs/specs/semconv/rpc/>), errors as one of a fixed set of words.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;

use futures_util::future::Either;
use pilota::thrift::{ApplicationExceptionKind, ThriftException};
use tracing::Span;
use tracing::field::{Empty, display};
use tracing::instrument::{Instrument, Instrumented};
use volo::context::Context;
use volo_thrift::ClientError;
use volo_thrift::context::{ClientContext, ServerContext, ThriftContext};

use crate::client::{NOWHERE, connect_error_in};
use crate::connect::ConnectErrorKind;
use crate::connection::Peer;
use crate::printable::Printable;
use crate::trace_context::TraceContext;

/// OpenTelemetry does not define a value for Thrift; this one has the form of `grpc` and `dubbo`.
pub(crate) const SYSTEM: &str = "thrift";

/// OpenTelemetry's value for everything that is not one of the known values.
pub(crate) const OTHER: &str = "_OTHER";

/// `Echo/echo`, or `echo` where the service is not known.
#[derive(Clone, Copy)]
pub(crate) struct MethodName<'a> {
    pub(crate) service: Option<&'a str>,
    pub(crate) method: &'a str,
}

impl fmt::Display for MethodName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.service {
            Some(service) => write!(f, "{service}/{}", self.method),
            None => f.write_str(self.method),
        }
    }
}

/// The method of a call that is made. Both names come from the generated client.
pub(crate) fn method_of(cx: &ClientContext) -> MethodName<'_> {
    MethodName { service: cx.idl_service_name().map(|name| name.as_str()), method: cx.rpc_info().method() }
}

/// The span of a call that is made.
pub(crate) fn client_span(cx: &ClientContext) -> Span {
    let span = tracing::info_span!(
        "rpc.client",
        otel.kind = "client",
        rpc.system.name = SYSTEM,
        rpc.method = %method_of(cx),
        peer = Empty,
        trace_id = Empty,
        error.type = Empty,
    );
    if !span.is_disabled() {
        if let Some(address) = cx.rpc_info().callee().address().filter(|address| *address != NOWHERE) {
            span.record("peer", display(address));
        }
        record_trace(&span, TraceContext::current());
    }
    span
}

/// The span of a call that is served. Where the service type does not have a name, as with a router, it is the name that the
/// caller gives, if any.
pub(crate) fn server_span(
    cx: &ServerContext,
    service: Option<&str>,
    peer: &impl Peer,
    trace: Option<TraceContext>,
) -> Span {
    let service = service.or_else(|| cx.idl_service_name().map(|name| name.as_str()).filter(|name| !name.is_empty()));
    let span = tracing::info_span!(
        "rpc.server",
        otel.kind = "server",
        rpc.system.name = SYSTEM,
        rpc.method = %Printable(MethodName { service, method: cx.rpc_info().method() }),
        peer = %Printable(peer),
        trace_id = Empty,
        error.type = Empty,
    );
    if !span.is_disabled() {
        record_trace(&span, trace);
    }
    span
}

fn record_trace(span: &Span, trace: Option<TraceContext>) {
    if let Some(trace) = trace {
        span.record("trace_id", format_args!("{:032x}", trace.trace_id()));
    }
}

/// `call` in its span. If no subscriber is interested, the call is not boxed and has no span.
#[inline]
pub(crate) fn observed<F: Future>(span: &Span, call: F) -> Either<F, Pin<Box<Instrumented<F>>>> {
    if span.is_disabled() { Either::Left(call) } else { Either::Right(Box::pin(call.instrument(span.clone()))) }
}

/// Whether a span or a metric records why a call has failed.
pub(crate) fn is_observed(span: &Span) -> bool {
    cfg!(feature = "metrics") || !span.is_disabled()
}

/// Records the failure of a call on its span.
pub(crate) fn record_failure(span: &Span, failure: Option<Failure>) {
    if let Some(failure) = failure {
        span.record("error.type", failure.error_type);
    }
}

/// Why a call has failed, in words of a fixed set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// `error.type`
    pub(crate) error_type: &'static str,
    /// `rpc.response.status_code`: the kind of the exception that the server has answered with.
    pub(crate) status: Option<&'static str>,
}

impl Failure {
    /// A business error. Its code is the application's own, and not limited to a set.
    pub(crate) const BUSINESS: Self = Self::without_answer("biz_error");

    /// A handshake failed.
    pub(crate) const HANDSHAKE: Self = Self::without_answer("handshake_failed");

    /// The caller has cancelled the call.
    #[cfg_attr(not(feature = "metrics"), expect(dead_code, reason = "only metrics are recorded then"))]
    pub(crate) const CANCELLED: Self = Self::without_answer("cancelled");

    /// It took longer than its timeout.
    pub(crate) const TIMEOUT: Self = Self::without_answer("timeout");

    const fn without_answer(error_type: &'static str) -> Self {
        Self { error_type, status: None }
    }

    /// The kind of an exception that was answered.
    pub(crate) fn answered(kind: ApplicationExceptionKind) -> Self {
        let name = kind_name(kind);
        Self { error_type: name, status: Some(name) }
    }

    /// Why a request could not be decoded.
    pub(crate) fn undecodable(error: &ThriftException) -> Self {
        match error {
            ThriftException::Application(error) => Self::answered(error.kind()),
            ThriftException::Protocol(_) => Self::answered(ApplicationExceptionKind::PROTOCOL_ERROR),
            ThriftException::Transport(_) => Self::answered(ApplicationExceptionKind::INTERNAL_ERROR),
        }
    }

    /// Why a call that was made has failed.
    pub(crate) fn of(error: &ClientError) -> Self {
        let error = match error {
            ClientError::Application(error) => return Self::answered(error.kind()),
            ClientError::Biz(_) => return Self::BUSINESS,
            ClientError::Protocol(_) => return Self::without_answer("protocol_error"),
            ClientError::Transport(error) => error.io_error(),
        };
        Self::without_answer(match connect_error_in(error).map(|error| error.kind()) {
            Some(ConnectErrorKind::Refused) => "connection_refused",
            Some(ConnectErrorKind::Unresolved) => "name_not_resolved",
            Some(ConnectErrorKind::TimedOut(_)) => "connect_timeout",
            Some(ConnectErrorKind::Handshake) => return Self::HANDSHAKE,
            Some(ConnectErrorKind::Closed) => "connection_closed",
            Some(ConnectErrorKind::Limit) => "too_many_connections",
            Some(ConnectErrorKind::InvalidEndpoint | ConnectErrorKind::Unsupported) => "invalid_endpoint",
            Some(ConnectErrorKind::Io) => "connect_failed",
            None => match error.kind() {
                io::ErrorKind::TimedOut => return Self::TIMEOUT,
                io::ErrorKind::InvalidData => "protocol_error",
                io::ErrorKind::BrokenPipe
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::UnexpectedEof => "connection_closed",
                _ => OTHER,
            },
        })
    }
}

/// The names of Apache's kinds of application exceptions, and of pilota's own.
fn kind_name(kind: ApplicationExceptionKind) -> &'static str {
    match kind {
        ApplicationExceptionKind::UNKNOWN => "UNKNOWN",
        ApplicationExceptionKind::UNKNOWN_METHOD => UNKNOWN_METHOD,
        ApplicationExceptionKind::INVALID_MESSAGE_TYPE => "INVALID_MESSAGE_TYPE",
        ApplicationExceptionKind::WRONG_METHOD_NAME => "WRONG_METHOD_NAME",
        ApplicationExceptionKind::BAD_SEQUENCE_ID => "BAD_SEQUENCE_ID",
        ApplicationExceptionKind::MISSING_RESULT => "MISSING_RESULT",
        ApplicationExceptionKind::INTERNAL_ERROR => "INTERNAL_ERROR",
        ApplicationExceptionKind::PROTOCOL_ERROR => "PROTOCOL_ERROR",
        ApplicationExceptionKind::INVALID_TRANSFORM => "INVALID_TRANSFORM",
        ApplicationExceptionKind::INVALID_PROTOCOL => "INVALID_PROTOCOL",
        ApplicationExceptionKind::UNSUPPORTED_CLIENT_TYPE => "UNSUPPORTED_CLIENT_TYPE",
        ApplicationExceptionKind::VALIDATION_FAILED => "VALIDATION_FAILED",
        _ => OTHER,
    }
}

/// The status of a call to a method that the service does not have.
pub(crate) const UNKNOWN_METHOD: &str = "UNKNOWN_METHOD";
