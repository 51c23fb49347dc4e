//! Processes one call: decodes the request, calls the service, encodes the answer.

use std::any::Any;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use metainfo::METAINFO;
use motore::service::Service;
use pilota::thrift::{ApplicationException, ApplicationExceptionKind, TMessageType, ThriftException};
use volo::context::Context;
use volo_thrift::codec::default::framed::HasFramed;
use volo_thrift::codec::default::thrift::{ProtocolApacheCompact, ProtocolBinary};
use volo_thrift::codec::default::ttheader::{HasTTHeader, ProtocolId};
use volo_thrift::context::{ServerContext, ThriftContext};
use volo_thrift::{EntryMessage, ServerError, ThriftMessage};

use super::business::{self, NoResult};
use super::context::{recycle_context, set_caller_address, take_context};
use super::{GeneratedService, ThriftService, services};
use crate::codec::{MessageDecoder, MessageWriter, RawMessage};
use crate::connection::Peer;
use crate::log::{EventKind, limited};
use crate::metrics::CallTimer;
use crate::printable::Printable;
use crate::protocol::{Encoding, Framing, Protocol};
use crate::telemetry::{self, Failure, MethodName};
use crate::trace_context;
use crate::wire::{Asked, MessageKind, Refused, WireError};

/// What happens to the connection after a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// An answer is encoded and has to be written.
    Answer {
        /// Whether the connection is closed after it.
        last: bool,
    },
    /// The message cannot be read or decoded, or is of another protocol. An answer that says so is encoded and has to be
    /// written; the connection is closed after it.
    Refusal,
    /// The call was one-way, also where it could not be carried out.
    NoAnswer,
    /// The connection can't be used any more.
    End,
}

/// Processes the calls of one connection.
pub(super) struct Processor {
    decoder: MessageDecoder,
    pub(super) writer: MessageWriter,
}

impl Processor {
    pub(super) fn new(max_message_size: usize) -> Self {
        Self {
            decoder: MessageDecoder::new(max_message_size),
            // An answer uses the protocol of its call, which the context contains.
            writer: MessageWriter::new(Protocol::TTHEADER, max_message_size),
        }
    }

    /// Executes a call and encodes its answer. If `stopping` returns `true` when the service is done, the TTHeader of
    /// the answer tells the peer to make no more calls on this connection.
    ///
    /// # Cancel safety
    ///
    /// Dropping it drops the handler's future where it waits.
    pub(super) async fn call<P: Peer, S: ThriftService>(
        &mut self,
        message: RawMessage,
        peer: &P,
        service: &S,
        stopping: impl Fn() -> bool,
    ) -> Next {
        let mut timer = CallTimer::server();
        let head = message.head;
        let has_header = head.framing == Framing::TtHeader;
        if matches!(head.kind, MessageKind::Reply | MessageKind::Exception) {
            // No request. Two that answer each other's answers would not come to an end.
            timer.end(Some(Failure::answered(ApplicationExceptionKind::INVALID_MESSAGE_TYPE)));
            return Next::End;
        }
        let multiplexed = match services::called(service, &message) {
            Ok(name) => name,
            Err(unknown) => {
                timer.end(Some(Failure::answered(unknown.exception.kind())));
                return self.undecodable(
                    peer,
                    Asked::for_method(&head, unknown.method),
                    unknown.exception.into(),
                    stopping(),
                );
            }
        };
        let mut cx = take_context(peer);
        let decoded = self.decoder.decode::<<S as GeneratedService>::Request, _>(&mut *cx, message);
        let request = match decoded.and_then(|request| Ok(request?)) {
            Ok(request) => request,
            Err(error) => {
                timer.end(Some(Failure::undecodable(&error)));
                let asked = Asked::for_method(&head, cx.rpc_info().method().to_string());
                reset_call(cx);
                return self.undecodable(peer, asked, error, stopping());
            }
        };
        if has_header {
            set_caller_address(&mut cx, peer);
        }
        if let Some(name) = multiplexed {
            // As if it were in the TTHeader, where volo's router reads it.
            cx.set_idl_service_name(name.into());
        }
        timer.served(MethodName { service: S::SERVICE_NAME, method: cx.rpc_info().method() });
        let span = telemetry::server_span(&cx, S::SERVICE_NAME, peer, trace_context::incoming());
        let one_way = cx.req_msg_type == Some(TMessageType::OneWay);
        let outcome = telemetry::observed(&span, call_service(&mut cx, service, request)).await;
        let failure = outcome.as_ref().err().filter(|_| telemetry::is_observed(&span)).map(|error| {
            let is_business = cx.common_stats.biz_error().is_some();
            if is_business { Failure::BUSINESS } else { Failure::answered(error.kind()) }
        });
        telemetry::record_failure(&span, failure);
        if one_way {
            timer.end(failure);
            reset_call(cx);
            return Next::NoAnswer;
        }
        let last = has_header && stopping();
        if last {
            cx.set_conn_reset_by_ttheader(true);
        }
        let next = self.encode(&mut cx, outcome, last);
        let not_encoded = failure.is_none() && cx.msg_type == Some(TMessageType::Exception);
        timer.end(failure.or(not_encoded.then_some(Failure::answered(ApplicationExceptionKind::INTERNAL_ERROR))));
        reset_call(cx);
        next
    }

    fn encode<M: EntryMessage>(
        &mut self,
        cx: &mut ServerContext,
        outcome: Result<M, ApplicationException>,
        last: bool,
    ) -> Next {
        let encoded = match outcome {
            Ok(answer) => self.encode_as(cx, TMessageType::Reply, Ok(answer)),
            Err(_) if business::is_in_header(cx) => self.encode_as(cx, TMessageType::Reply, Ok(NoResult)),
            Err(exception) => self.encode_as::<NoResult>(cx, TMessageType::Exception, Err(exception)),
        };
        let Err(error) = encoded else { return Next::Answer { last } };
        let (method, error) = (Printable(cx.rpc_info().method()), Printable(error));
        let caller = cx.rpc_info().caller().address();
        limited!(ERROR, EventKind::Handler, caller, %method, %error, "the answer cannot be encoded");
        // What does not fit may be in the header.
        METAINFO.with(|info| info.borrow_mut().clear());
        let why = format!("the answer cannot be encoded: {error}");
        let exception = ApplicationException::new(ApplicationExceptionKind::INTERNAL_ERROR, why);
        match self.encode_as::<NoResult>(cx, TMessageType::Exception, Err(exception)) {
            Ok(()) => Next::Answer { last },
            Err(_) => Next::End,
        }
    }

    fn encode_as<M: EntryMessage>(
        &mut self,
        cx: &mut ServerContext,
        kind: TMessageType,
        answer: Result<M, ApplicationException>,
    ) -> Result<(), ThriftException> {
        cx.msg_type = Some(kind);
        let answer = ThriftMessage::mk_server_resp(cx, answer);
        self.writer.encode(cx, answer)
    }

    /// Answers a message that is not a request of this service. The connection is closed afterwards, except where the
    /// message is sound, and only names what there is not.
    fn undecodable<P: Peer>(&mut self, peer: &P, asked: Asked, error: ThriftException, stopping: bool) -> Next {
        let (shown, why) = (Printable(peer), Printable(&error));
        limited!(WARN, EventKind::Message, peer.address(), peer = %shown, error = %why, "a request cannot be decoded");
        let (kind, why) = match &error {
            ThriftException::Application(exception) => (exception.kind(), Printable(exception.message()).to_string()),
            ThriftException::Protocol(error) => {
                (ApplicationExceptionKind::PROTOCOL_ERROR, Printable(error).to_string())
            }
            ThriftException::Transport(error) => {
                (ApplicationExceptionKind::INTERNAL_ERROR, Printable(error).to_string())
            }
        };
        let stays = kind == ApplicationExceptionKind::UNKNOWN_METHOD;
        let last = !stays || (stopping && asked.framing == Framing::TtHeader);
        match self.refuse(peer, asked, ApplicationException::new(kind, why), last) {
            Next::Answer { .. } if !stays => Next::Refusal,
            Next::NoAnswer if !stays => Next::End,
            next => next,
        }
    }

    /// Answers a message that cannot be read. The connection is closed afterwards.
    pub(super) fn unreadable<P: Peer>(&mut self, peer: &P, refused: Refused, error: &WireError) -> Next {
        let (shown, why) = (Printable(peer), Printable(error));
        limited!(WARN, EventKind::Message, peer.address(), peer = %shown, error = %why, "a message cannot be read");
        CallTimer::server().end(Some(Failure::answered(ApplicationExceptionKind::PROTOCOL_ERROR)));
        let asked = match refused {
            Refused::InForm(asked) => asked,
            Refused::With(answer) => {
                self.writer.put(&answer);
                return Next::Refusal;
            }
        };
        match self.refuse(peer, asked, protocol_error(error), true) {
            Next::Answer { .. } => Next::Refusal,
            _ => Next::End,
        }
    }

    /// Answers with `exception`, in the form of the request.
    fn refuse<P: Peer>(&mut self, peer: &P, asked: Asked, exception: ApplicationException, last: bool) -> Next {
        if asked.kind.is_some_and(|kind| kind != MessageKind::Call) {
            // The caller of a one-way call reads no answer; the next call on the connection would take it for its own. And
            // two that answer each other's answers would not come to an end.
            return Next::NoAnswer;
        }
        let mut cx = take_context(peer);
        cx.seq_id = Some(asked.seq_id);
        cx.rpc_info_mut().set_method(asked.method.into());
        // What volo's decoders note for its encoders.
        if asked.framing == Framing::TtHeader {
            cx.extensions_mut().insert(HasTTHeader);
        }
        if asked.has_frame {
            cx.extensions_mut().insert(HasFramed);
        }
        match asked.encoding {
            Encoding::Binary => cx.extensions_mut().insert(ProtocolBinary),
            Encoding::Compact => {
                cx.extensions_mut().insert(ProtocolId::Compact);
                cx.extensions_mut().insert(ProtocolApacheCompact);
            }
        }
        cx.set_conn_reset_by_ttheader(last);
        let next = self.encode::<NoResult>(&mut cx, Err(exception), last);
        reset_call(cx);
        next
    }
}

fn protocol_error(error: &impl ToString) -> ApplicationException {
    ApplicationException::new(ApplicationExceptionKind::PROTOCOL_ERROR, error.to_string())
}

/// Calls the service. An error or panic of the handler is the answer to the call; the connection stays open.
async fn call_service<S: ThriftService>(
    cx: &mut ServerContext,
    service: &S,
    request: <S as GeneratedService>::Request,
) -> Result<<S as Service<ServerContext, <S as GeneratedService>::Request>>::Response, ApplicationException> {
    let outcome = AssertUnwindSafe(service.call(cx, request)).catch_unwind().await;
    match outcome {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => match error.into() {
            ServerError::Application(exception) => Err(exception),
            ServerError::Biz(error) => {
                business::put_into_header(cx, error.clone());
                Err(error.into())
            }
        },
        Err(panic) => {
            let method = Printable(cx.rpc_info().method());
            let panic = Printable(panic_message(&*panic));
            let caller = cx.rpc_info().caller().address();
            limited!(ERROR, EventKind::Handler, caller, %method, %panic, "a handler panicked");
            let why = format!("the handler of {method} panicked");
            Err(ApplicationException::new(ApplicationExceptionKind::INTERNAL_ERROR, why))
        }
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}

/// Clears everything of a call, so that none of it reaches the next call.
fn reset_call(cx: Box<ServerContext>) {
    METAINFO.with(|info| info.borrow_mut().clear());
    recycle_context(cx);
}
