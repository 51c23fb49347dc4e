//! The server's end: the body of each request is a message, and what the service writes is the body of its response.

mod requests;

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use ::http::header::ORIGIN;
use bytes::{Buf, BytesMut};
use tokio::io::ReadBuf;

use super::body::BodyDecoder;
use super::error::HttpError;
use super::output::Output;
use super::rules::{self, Settings};
use crate::connection::Connection;
use crate::http::{HeadEnd, Refusal, RequestHead};
use crate::trace_context::TraceContext;

/// A byte stream whose read bytes come from requests and whose written bytes are sent in responses.
pub(super) struct ServerStream<T> {
    io: T,
    settings: Arc<Settings>,
    /// The first request of the connection, which says whose connection it is.
    first: Option<Arc<RequestHead>>,
    /// Bytes of requests that were not yet decoded.
    input: BytesMut,
    /// Contents of the body of the request that were not yet read.
    message: BytesMut,
    /// What the service has written since the last flush.
    answer: BytesMut,
    output: Output,
    /// Of the request that is being read.
    trace: Option<TraceContext>,
    state: ServerState,
    /// Whether the connection is closed after the response to this request.
    last: bool,
    /// Whether the peer may still be sending a body that is not read.
    lingers: bool,
}

#[derive(Debug)]
enum ServerState {
    /// Between two requests, or inside a head.
    Head(HeadEnd),
    Body(BodyDecoder),
    /// The message of a request is read and processed.
    Serving(Serving),
    /// No more requests are read.
    Closed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Serving {
    Call,
    /// Its response has been sent.
    OneWay,
    /// The reader will not find a message in this body.
    Malformed,
}

impl<T: Connection> ServerStream<T> {
    pub(super) fn new(io: T, settings: Arc<Settings>) -> Self {
        let empty = BytesMut::new;
        Self {
            io,
            settings,
            first: None,
            input: empty(),
            message: empty(),
            answer: empty(),
            output: Output::default(),
            trace: None,
            state: ServerState::Head(HeadEnd::default()),
            last: false,
            lingers: false,
        }
    }

    pub(super) fn io(&self) -> &T {
        &self.io
    }

    pub(super) fn io_mut(&mut self) -> &mut T {
        &mut self.io
    }

    pub(super) fn is_reusable(&self) -> bool {
        !matches!(self.state, ServerState::Closed) && self.io.is_reusable()
    }

    pub(super) fn has_partial_message(&self) -> bool {
        match self.state {
            ServerState::Body(_) => true,
            ServerState::Head(_) => !self.input.is_empty(),
            ServerState::Serving(_) | ServerState::Closed => false,
        }
    }

    /// Makes the next answer the last one, and say so.
    pub(super) fn announce_close(&mut self) -> bool {
        let can = self.state_is(Serving::Call);
        self.last |= can;
        can
    }

    /// Reads the head of the first request.
    pub(super) fn poll_first(&mut self, cx: &mut Context<'_>) -> Poll<Result<Arc<RequestHead>, HttpError>> {
        if !ready!(self.poll_head(cx))? {
            return Poll::Ready(Err(HttpError::Ended("before a request")));
        }
        Poll::Ready(self.first.clone().ok_or(HttpError::Ended("before a request")))
    }

    /// Answers the request that is being read with a refusal. No more requests are read.
    pub(super) fn refuse(&mut self, refusal: Refusal, with_body: bool) -> HttpError {
        self.output.push(&refusal.to_bytes(with_body), BytesMut::new());
        self.close(true);
        HttpError::Refused(refusal)
    }

    pub(super) fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        loop {
            match self.state {
                ServerState::Serving(_) if !self.message.is_empty() => {
                    let count = buf.remaining().min(self.message.len());
                    buf.put_slice(&self.message[..count]);
                    self.message.advance(count);
                    return Poll::Ready(Ok(()));
                }
                ServerState::Serving(Serving::Malformed) => {
                    let refusal = Refusal::bad_request("the body is not a thrift message");
                    return Poll::Ready(Err(self.refuse(refusal, true).into()));
                }
                ServerState::Serving(serving) => {
                    if serving == Serving::Call {
                        // The service reads on without an answer: there is none.
                        self.respond();
                    } else {
                        self.served();
                    }
                }
                ServerState::Closed => {
                    ready!(self.output.poll_flush(&mut self.io, cx))?;
                    return Poll::Ready(Ok(()));
                }
                ServerState::Head(_) | ServerState::Body(_) => {
                    if !ready!(self.poll_request(cx))? {
                        self.close(false);
                        return Poll::Ready(Ok(()));
                    }
                }
            }
        }
    }

    pub(super) fn poll_write(&mut self, parts: &[io::IoSlice<'_>]) -> io::Result<usize> {
        if !self.state_is(Serving::Call) && !self.state_is(Serving::Malformed) {
            return Err(io::Error::other("no HTTP request waits for an answer"));
        }
        let before = self.answer.len();
        for part in parts {
            self.answer.extend_from_slice(part);
        }
        Ok(self.answer.len() - before)
    }

    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.answer.is_empty() {
            self.respond();
        }
        self.output.poll_flush(&mut self.io, cx)
    }

    /// Says why, if a request has no answer, and ends the connection.
    pub(super) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let refusal = match self.state {
            ServerState::Serving(Serving::Call) => Some(Refusal::new(500, "the call could not be answered")),
            ServerState::Serving(Serving::Malformed) => {
                Some(Refusal::bad_request("the body is not a valid thrift message"))
            }
            _ if self.has_partial_message() => Some(Refusal::new(408, "the request did not arrive in time")),
            _ => None,
        };
        match refusal {
            Some(refusal) => drop(self.refuse(refusal, true)),
            None => self.close(false),
        }
        ready!(self.output.poll_flush(&mut self.io, cx))?;
        ready!(Pin::new(&mut self.io).poll_shutdown(cx))?;
        while self.lingers {
            // A socket that is closed with unread bytes is reset, and the peer may lose the response.
            let mut chunk = [0; 1024];
            let mut chunk = ReadBuf::new(&mut chunk);
            let read = ready!(Pin::new(&mut self.io).poll_read(cx, &mut chunk));
            self.lingers = read.is_ok() && !chunk.filled().is_empty();
        }
        Poll::Ready(Ok(()))
    }

    fn state_is(&self, wanted: Serving) -> bool {
        matches!(self.state, ServerState::Serving(serving) if serving == wanted)
    }

    /// Queues the response to a call, with what the service has written.
    fn respond(&mut self) {
        let answer = std::mem::take(&mut self.answer);
        self.respond_with(answer);
        self.served();
    }

    fn respond_with(&mut self, answer: BytesMut) {
        let origin = self.first.as_ref().and_then(|first| first.header(ORIGIN.as_str()));
        let head = rules::response(answer.len(), self.last, origin);
        self.output.push(&head, answer);
    }

    /// Goes on to the next request.
    fn served(&mut self) {
        self.message = BytesMut::new();
        if self.last {
            self.close(!self.input.is_empty());
        } else {
            self.state = ServerState::Head(HeadEnd::default());
        }
    }

    fn close(&mut self, lingers: bool) {
        self.state = ServerState::Closed;
        self.lingers |= lingers;
    }
}

/// Without what is sent and received: the head of a request can contain credentials.
impl<T: fmt::Debug> fmt::Debug for ServerStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("ServerStream");
        shown.field("io", &self.io).field("first", &self.first).field("state", &self.state).finish_non_exhaustive()
    }
}
