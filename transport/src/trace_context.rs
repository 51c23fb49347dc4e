//! W3C trace context (<https://www.w3.org/TR/trace-context-1/>) in the TTHeader, or in the headers of an HTTP request.
//!
//! It is carried as Kitex's OpenTelemetry suite carries it: as the transient values `traceparent` and `tracestate` of
//! volo's `METAINFO`. [`parse`] is pure; [`incoming`] and [`TraceContext::scope`] are the edge.

mod parse;

use std::cell::RefCell;
use std::fmt;
use std::future::{Future, poll_fn};
use std::num::{NonZeroU64, NonZeroU128};
use std::pin::pin;

use metainfo::{Forward, METAINFO, MetaInfo};
use volo::FastStr;

pub use parse::TraceContextError;

use crate::http::RequestHead;

const TRACEPARENT: &str = "traceparent";
const TRACESTATE: &str = "tracestate";

/// The trace that a call belongs to: the W3C headers `traceparent` and `tracestate`.
///
/// A server reads it from the TTHeader of a call, or over [`Http`](crate::Http) from the headers of its request. An
/// invalid context is ignored. While a handler runs, [`current`] returns the context, and calls that the handler makes in
/// the same task carry it unchanged. [`scope`] sets another context, such as that of your tracer's own span. Other calls
/// without a TTHeader do not carry a context.
///
/// ```
/// use volplane_transport::TraceContext;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), volplane_transport::TraceContextError> {
/// let context = TraceContext::parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", None)?;
/// let carried = context.scope(async {
///     // client.echo(request).await
///     TraceContext::current()
/// });
/// assert_eq!(carried.await.map(|context| context.trace_id().get()), Some(0x0af7651916cd43dd8448eb211c80319c));
/// # Ok(()) }
/// ```
///
/// [`current`]: Self::current
/// [`scope`]: Self::scope
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceContext {
    trace_id: NonZeroU128,
    parent_id: NonZeroU64,
    sampled: bool,
    state: FastStr,
}

impl TraceContext {
    /// A context without a `tracestate`. `parent_id` is the id of the span that makes the calls; `sampled`: whether that
    /// span is recorded.
    pub fn new(trace_id: NonZeroU128, parent_id: NonZeroU64, sampled: bool) -> Self {
        Self { trace_id, parent_id, sampled, state: FastStr::empty() }
    }

    /// Reads the values of both headers. A `tracestate` that is invalid is left out, as the specification demands, and
    /// one of more than 512 bytes is shortened.
    ///
    /// # Errors
    ///
    /// If `traceparent` is invalid.
    pub fn parse(traceparent: &str, tracestate: Option<&str>) -> Result<Self, TraceContextError> {
        let (trace_id, parent_id, sampled) = parse::parent(traceparent)?;
        let state = tracestate.and_then(parse::state).map(FastStr::from_string).unwrap_or_default();
        Ok(Self { trace_id, parent_id, sampled, state })
    }

    /// The context that calls of this task carry now: in a handler, that of the call that it handles.
    pub fn current() -> Option<Self> {
        let read = |info: &RefCell<MetaInfo>| {
            let info = info.borrow();
            Some((info.get_transient(TRACEPARENT)?, info.get_transient(TRACESTATE)))
        };
        let (parent, state) = METAINFO.try_with(read).ok()??;
        Self::parse(&parent, state.as_deref()).ok()
    }

    /// Runs `future`; the calls that it makes in its own task carry this context.
    ///
    /// # Cancel safety
    ///
    /// As cancel safe as `future` is.
    pub async fn scope<F: Future>(self, future: F) -> F::Output {
        if METAINFO.try_with(|_| {}).is_ok() {
            self.during(future).await
        } else {
            METAINFO.scope(RefCell::new(MetaInfo::default()), self.during(future)).await
        }
    }

    /// Sets the context while the future is polled, so that others in the same task keep theirs.
    async fn during<F: Future>(self, future: F) -> F::Output {
        let mut future = pin!(future);
        let own = [Some(FastStr::from_string(self.traceparent())), Some(self.state).filter(|state| !state.is_empty())];
        poll_fn(move |cx| {
            let before = replace(own.clone());
            let polled = future.as_mut().poll(cx);
            replace(before);
            polled
        })
        .await
    }

    /// The id of the trace.
    pub fn trace_id(&self) -> NonZeroU128 {
        self.trace_id
    }

    /// The id of the span that has made the call.
    pub fn parent_id(&self) -> NonZeroU64 {
        self.parent_id
    }

    /// Whether that span is recorded.
    pub fn is_sampled(&self) -> bool {
        self.sampled
    }

    /// The value of `tracestate`: data of tracing systems. May be empty.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// The value of `traceparent`, in version 00.
    pub fn traceparent(&self) -> String {
        format!("00-{:032x}-{:016x}-{:02x}", self.trace_id, self.parent_id, u8::from(self.sampled))
    }
}

/// For thrift over HTTP, whose messages have no TTHeader.
impl TraceContext {
    /// The context of a request. `None` if the request has no context, or an invalid one.
    pub(crate) fn of_headers(head: &RequestHead) -> Option<Self> {
        Self::parse(head.header(TRACEPARENT)?, head.header(TRACESTATE)).ok()
    }

    /// The header lines that carry it. No value contains a line break.
    pub(crate) fn header_lines(&self) -> String {
        let state = if self.state.is_empty() { String::new() } else { format!("{TRACESTATE}: {}\r\n", self.state) };
        format!("{TRACEPARENT}: {self}\r\n{state}")
    }

    /// Makes it the context of the call that is read next in this task, as a TTHeader does. For [`incoming`].
    pub(crate) fn arrived(self) {
        let _outside_a_server = METAINFO.try_with(|info| {
            let mut info = info.borrow_mut();
            info.set_upstream(TRACEPARENT, self.traceparent());
            if !self.state.is_empty() {
                info.set_upstream(TRACESTATE, self.state);
            }
        });
    }
}

/// The value of `traceparent`.
impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.traceparent())
    }
}

/// Sets the transient values, or removes them, and returns those before. Does nothing outside a scope of `METAINFO`.
fn replace(values: [Option<FastStr>; 2]) -> [Option<FastStr>; 2] {
    let replace = |info: &RefCell<MetaInfo>| {
        let mut info = info.borrow_mut();
        let before = [info.del_transient(TRACEPARENT), info.del_transient(TRACESTATE)];
        for (key, value) in [TRACEPARENT, TRACESTATE].into_iter().zip(values) {
            if let Some(value) = value {
                info.set_transient(key, value);
            }
        }
        before
    };
    METAINFO.try_with(replace).unwrap_or_default()
}

/// Called in the scope of `METAINFO` of a server after a call was decoded: the calls that its handler makes carry on the
/// context that the call has brought. What is invalid is removed.
pub(crate) fn incoming() -> Option<TraceContext> {
    METAINFO.with(|info| {
        let mut info = info.borrow_mut();
        if info.get_all_upstreams().is_none_or(|values| values.is_empty()) {
            return None;
        }
        let parent = info.del_upstream(TRACEPARENT);
        let state = info.del_upstream(TRACESTATE);
        let context = TraceContext::parse(&parent?, state.as_deref()).ok()?;
        let parent = FastStr::from_string(context.traceparent());
        for (key, value) in [(TRACEPARENT, &parent), (TRACESTATE, &context.state)] {
            if !value.is_empty() {
                info.set_upstream(key, value.clone());
                info.set_transient(key, value.clone());
            }
        }
        Some(context)
    })
}
