//! Reads requests: a head that the rules accept, then its whole body.

use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::BytesMut;

use super::{ServerState, ServerStream, Serving};
use crate::connection::Connection;
use crate::http::{Refusal, RequestHead};
use crate::post::error::HttpError;
use crate::post::message::{self, Body};
use crate::post::read::{poll_body, poll_fill};
use crate::post::rules::{self, Checked};
use crate::trace_context::TraceContext;

impl<T: Connection> ServerStream<T> {
    /// Reads a request until `message` is its whole body. `false` if the connection ended before it.
    pub(super) fn poll_request(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, HttpError>> {
        if !ready!(self.poll_head(cx))? {
            return Poll::Ready(Ok(false));
        }
        // 100 Continue: without it the body does not come.
        ready!(self.output.poll_flush(&mut self.io, cx)).map_err(HttpError::Io)?;
        let ServerState::Body(decoder) = &mut self.state else { return Poll::Ready(Ok(true)) };
        match ready!(poll_body(&mut self.io, decoder, &mut self.input, &mut self.message, cx)) {
            Ok(true) => Poll::Ready(self.begin_to_serve(cx).map(|()| true)),
            Ok(false) => {
                self.close(false);
                Poll::Ready(Err(HttpError::Ended("inside the body of a request")))
            }
            Err(HttpError::Body(error)) => {
                let refusal = Refusal::new(rules::status_of(&error), error.to_string());
                Poll::Ready(Err(self.refuse(refusal, true)))
            }
            Err(error) => Poll::Ready(Err(error)),
        }
    }

    /// Reads a head and checks it. `false` if the connection ended before it.
    pub(super) fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, HttpError>> {
        while let ServerState::Head(end) = &mut self.state {
            // A client that sends requests without reading responses has to wait.
            ready!(self.output.poll_flush(&mut self.io, cx)).map_err(HttpError::Io)?;
            let head = end.find(&self.input).and_then(|length| match length {
                Some(length) => RequestHead::parse(&self.input.split_to(length)).map(Some),
                None => Ok(None),
            });
            match head {
                Ok(Some(head)) => self.check(head)?,
                Ok(None) => {
                    if ready!(poll_fill(&mut self.io, &mut self.input, cx)).map_err(HttpError::Io)? > 0 {
                        continue;
                    }
                    if self.input.is_empty() {
                        return Poll::Ready(Ok(false));
                    }
                    self.close(false);
                    return Poll::Ready(Err(HttpError::Ended("inside the head of a request")));
                }
                Err(error) => return Poll::Ready(Err(self.refuse(Refusal::from(error), true))),
            }
        }
        Poll::Ready(Ok(true))
    }

    fn check(&mut self, head: RequestHead) -> Result<(), HttpError> {
        let with_body = head.method() != "HEAD";
        match self.settings.check(&head, self.first.as_deref()) {
            Ok(Checked::Call { body, wants_continue }) => {
                if wants_continue && self.input.is_empty() {
                    self.output.push(b"HTTP/1.1 100 Continue\r\n\r\n", BytesMut::new());
                }
                self.last = !self.settings.keeps_alive(&head);
                self.trace = TraceContext::of_headers(&head);
                self.first.get_or_insert_with(|| Arc::new(head));
                self.state = ServerState::Body(body);
                Ok(())
            }
            Ok(Checked::Preflight { response }) => {
                self.output.push(&response, BytesMut::new());
                self.last = !self.settings.keeps_alive(&head);
                self.served();
                Ok(())
            }
            Ok(Checked::Health) => {
                self.output.push(&rules::healthy(with_body), BytesMut::new());
                self.close(true);
                Err(HttpError::HealthCheck)
            }
            Err(refusal) => Err(self.refuse(refusal, with_body)),
        }
    }

    fn begin_to_serve(&mut self, cx: &mut Context<'_>) -> Result<(), HttpError> {
        if self.input.is_empty() {
            // A connection that serves a call keeps no buffer.
            self.input = BytesMut::new();
        }
        let serving = match message::look(&self.message, self.settings.max_message_size) {
            Ok(Body::Message { one_way: false }) => Serving::Call,
            Ok(Body::Message { one_way: true }) => Serving::OneWay,
            Ok(Body::Malformed) => Serving::Malformed,
            Err(error) => return Err(self.refuse(Refusal::bad_request(error.to_string()), true)),
        };
        self.state = ServerState::Serving(serving);
        if let Some(trace) = self.trace.take() {
            trace.arrived();
        }
        self.last |= serving == Serving::Malformed;
        if serving == Serving::OneWay {
            // At once: the caller does not wait for the handler. What can't be written now is written with the next read.
            self.respond_with(BytesMut::new());
            let _pending = self.output.poll_flush(&mut self.io, cx);
        }
        Ok(())
    }
}
