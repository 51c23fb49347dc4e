//! The client's end: each message is the body of a request, and the body of its response is the answer.

mod state;

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use ::http::header::LOCATION;
use bytes::{Buf, Bytes, BytesMut};
use tokio::io::ReadBuf;

use self::state::ClientState;
use super::body::BodyDecoder;
use super::error::HttpError;
use super::message::{self, Body};
use super::output::Output;
use super::read::{poll_body, poll_fill};
use crate::connection::{Connection, NotDelivered};
use crate::deadline::Deadline;
use crate::http::{BodyLength, HeadEnd, ResponseHead, printable, refusal_text};
use crate::trace_context::TraceContext;

/// How many interim responses (1xx) may come before a response. Servers send one or two.
const MAX_INTERIM: usize = 16;

/// How much of the body of a refusal is read, and how long it is waited for. Its first line is part of the error.
const REFUSAL_BYTES: u64 = 1024;
const MAX_REFUSAL_BODY: usize = 16 * 1024;
const REFUSAL_WAIT: Duration = Duration::from_secs(1);

/// How many characters of it are shown.
const REFUSAL_TEXT: usize = 200;

/// A byte stream whose written bytes are sent in requests and whose read bytes come from responses.
pub(super) struct ClientStream<T> {
    io: T,
    /// The head of every request up to the value of `Content-Length`.
    request: Bytes,
    max_message_size: usize,
    /// What was written since the last flush.
    message: BytesMut,
    output: Output,
    /// Bytes of responses that were not yet decoded.
    input: BytesMut,
    /// Contents of the body of the response that were not yet read.
    answer: BytesMut,
    state: ClientState,
    keeps_alive: bool,
}

impl<T: Connection> ClientStream<T> {
    pub(super) fn new(io: T, request: Bytes, max_message_size: usize) -> Self {
        let empty = BytesMut::new;
        Self {
            io,
            request,
            max_message_size,
            message: empty(),
            output: Output::default(),
            input: empty(),
            answer: empty(),
            state: ClientState::Idle,
            keeps_alive: true,
        }
    }

    pub(super) fn io(&self) -> &T {
        &self.io
    }

    pub(super) fn io_mut(&mut self) -> &mut T {
        &mut self.io
    }

    pub(super) fn is_reusable(&self) -> bool {
        self.keeps_alive && self.answer.is_empty() && matches!(self.state, ClientState::Idle) && self.io.is_reusable()
    }

    pub(super) fn poll_read(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.state {
            ClientState::Idle if !self.answer.is_empty() => {}
            ClientState::Idle => {
                // Polled by the pool: there is something to read only if the server closes the connection.
                let count = if self.input.is_empty() {
                    ready!(poll_fill(&mut self.io, &mut self.input, cx))?
                } else {
                    self.input.len()
                };
                let outcome = if count == 0 { Ok(()) } else { Err(HttpError::Unexpected.into()) };
                self.state = ClientState::Failed;
                return Poll::Ready(outcome);
            }
            ClientState::Failed => return Poll::Ready(Ok(())),
            // The answer is returned when it is whole.
            _ => ready!(self.poll_exchange(cx))?,
        }
        let count = buf.remaining().min(self.answer.len());
        buf.put_slice(&self.answer[..count]);
        self.answer.advance(count);
        if self.answer.is_empty() {
            // An idle connection keeps no buffer.
            self.answer = BytesMut::new();
        }
        Poll::Ready(Ok(()))
    }

    pub(super) fn poll_write(&mut self, parts: &[io::IoSlice<'_>]) -> io::Result<usize> {
        if !matches!(self.state, ClientState::Idle) || !self.answer.is_empty() {
            return Err(io::Error::other("a call is still running on this HTTP connection"));
        }
        let before = self.message.len();
        for part in parts {
            self.message.extend_from_slice(part);
        }
        Ok(self.message.len() - before)
    }

    /// Sends what was written as one request. If it is a one-way call, also waits until the server has accepted it.
    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.message.is_empty() && matches!(self.state, ClientState::Idle) {
            let message = std::mem::take(&mut self.message);
            let one_way = message::is_one_way(&message)?;
            let trace = TraceContext::current().map(|trace| trace.header_lines()).unwrap_or_default();
            let length = message.len().to_string();
            let head = [&self.request, length.as_bytes(), b"\r\n", trace.as_bytes(), b"\r\n"].concat();
            self.output.begin();
            self.output.push(&head, message);
            self.state = ClientState::Sending { one_way };
        }
        match self.state {
            ClientState::Sending { one_way: true }
            | ClientState::Head { one_way: true, .. }
            | ClientState::Body { one_way: true, .. }
            | ClientState::Refused { .. } => self.poll_exchange(cx),
            ClientState::Sending { one_way: false } => self.poll_send(cx),
            _ => Pin::new(&mut self.io).poll_flush(cx),
        }
    }

    pub(super) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    /// Writes the request.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let ClientState::Sending { one_way } = self.state else { return Poll::Ready(Ok(())) };
        let failed = match ready!(self.output.poll_flush(&mut self.io, cx)) {
            Ok(()) => {
                self.state = ClientState::Head { end: HeadEnd::default(), interim: 0, one_way };
                return Poll::Ready(Ok(()));
            }
            Err(error) => error,
        };
        self.output.clear();
        if !self.output.has_begun() {
            self.state = ClientState::Failed;
            return Poll::Ready(Err(NotDelivered::error(failed.kind(), failed.to_string())));
        }
        // A server that refuses a request answers and closes before it has read everything: the answer says more.
        self.state = ClientState::Head { end: HeadEnd::default(), interim: 0, one_way };
        match self.poll_response(cx) {
            Poll::Ready(Err(error @ HttpError::Status { .. })) => Poll::Ready(Err(error.into())),
            _ => {
                self.state = ClientState::Failed;
                Poll::Ready(Err(failed))
            }
        }
    }

    /// Writes the request and reads the response.
    fn poll_exchange(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_send(cx))?;
        let outcome = ready!(self.poll_response(cx));
        self.state = if outcome.is_ok() { ClientState::Idle } else { ClientState::Failed };
        Poll::Ready(match outcome {
            Ok(()) => Ok(()),
            // RFC 9110, 15.5.20: the server has not processed it, and it may be sent again on another connection.
            Err(error @ HttpError::Status { status: 421, .. }) => {
                Err(NotDelivered::error(io::ErrorKind::ConnectionAborted, error.to_string()))
            }
            Err(error) => Err(error.into()),
        })
    }

    /// Reads the response until `answer` is its whole body.
    fn poll_response(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), HttpError>> {
        loop {
            match &mut self.state {
                ClientState::Head { end, .. } => match end.find(&self.input)? {
                    Some(length) => {
                        let head = ResponseHead::parse(&self.input.split_to(length))?;
                        self.head(&head)?;
                    }
                    None => {
                        if ready!(poll_fill(&mut self.io, &mut self.input, cx)).map_err(HttpError::Io)? == 0 {
                            return Poll::Ready(Err(HttpError::Ended("before the response")));
                        }
                    }
                },
                ClientState::Body { decoder, one_way } => {
                    let one_way = *one_way;
                    let body = poll_body(&mut self.io, decoder, &mut self.input, &mut self.answer, cx);
                    if !ready!(body)? {
                        return Poll::Ready(Err(HttpError::Ended("inside the body of the response")));
                    }
                    if self.input.is_empty() {
                        self.input = BytesMut::new();
                    }
                    return Poll::Ready(self.check_answer(one_way));
                }
                ClientState::Refused { status, decoder, wait } => {
                    let status = *status;
                    let body = poll_body(&mut self.io, decoder, &mut self.input, &mut self.answer, cx);
                    if body.is_pending() && wait.poll_waited(cx).is_pending() {
                        return Poll::Pending;
                    }
                    let body = std::mem::take(&mut self.answer);
                    let text = refusal_text(&String::from_utf8_lossy(&body), REFUSAL_TEXT);
                    return Poll::Ready(Err(HttpError::Status { status, text }));
                }
                ClientState::Idle | ClientState::Sending { .. } | ClientState::Failed => return Poll::Ready(Ok(())),
            }
        }
    }

    /// Decides by its head how a response is read on.
    fn head(&mut self, head: &ResponseHead) -> Result<(), HttpError> {
        let ClientState::Head { interim, one_way, .. } = self.state else { return Ok(()) };
        let status = head.status();
        match status {
            101 => return Err(HttpError::Head("the server switched to another protocol".to_owned())),
            100..=199 if interim == MAX_INTERIM => {
                return Err(HttpError::Head(format!("more than {MAX_INTERIM} interim responses")));
            }
            100..=199 => self.state = ClientState::Head { end: HeadEnd::default(), interim: interim + 1, one_way },
            200 => {
                self.keeps_alive = head.keeps_alive() && head.body() != BodyLength::Unstated;
                let decoder = BodyDecoder::new(head.body(), self.max_message_size)?;
                self.state = ClientState::Body { decoder, one_way };
            }
            300..=399 if head.headers().contains_key(LOCATION) => {
                let location = head.headers().get(LOCATION).map(|to| String::from_utf8_lossy(to.as_bytes()));
                let text = format!("it redirects to {}", printable(&location.unwrap_or_default(), REFUSAL_TEXT));
                return Err(HttpError::Status { status, text });
            }
            _ => {
                let (length, limit) = match head.body() {
                    BodyLength::Known(length) => (BodyLength::Known(length.min(REFUSAL_BYTES)), usize::MAX),
                    unknown => (unknown, MAX_REFUSAL_BODY),
                };
                let decoder = BodyDecoder::new(length, limit)?;
                self.state = ClientState::Refused { status, decoder, wait: Deadline::new(REFUSAL_WAIT) };
            }
        }
        Ok(())
    }

    fn check_answer(&mut self, one_way: bool) -> Result<(), HttpError> {
        if one_way {
            // A one-way call has no answer: the body is not read.
            self.answer = BytesMut::new();
            return Ok(());
        }
        let body = message::look(&self.answer, self.max_message_size);
        if !matches!(body, Ok(Body::Message { .. })) {
            self.keeps_alive = false;
        }
        body.map(drop)
    }
}

/// Without what is sent and received: the head of a request can contain credentials.
impl<T: fmt::Debug> fmt::Debug for ClientStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientStream").field("io", &self.io).field("state", &self.state).finish_non_exhaustive()
    }
}
