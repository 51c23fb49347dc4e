//! The path of a call: a connection from the pool or a new one, the request, the answer.

use std::io;
use std::marker::PhantomData;
use std::time::Duration;

use motore::make::MakeConnection;
use motore::service::Service;
use pilota::thrift::TMessageType;
use tokio::time::Instant;
use volo::context::Context;
use volo::net::Address;
use volo_thrift::context::ClientContext;
use volo_thrift::error::{ApplicationException, ApplicationExceptionKind};
use volo_thrift::{ClientError, EntryMessage, ThriftException, ThriftMessage};

use super::acquire::Acquired;
use super::attempts::Attempts;
use super::error::{CallError, Delivery};
use super::local_errors;
use super::pooled::{ExchangeError, PooledConnection};
use super::{Channel, NOWHERE};
use crate::codec::{MessageWriter, RawMessage};
use crate::connect::ConnectError;
use crate::connection::Connection;
use crate::metrics::CallTimer;
use crate::printable::Printable;
use crate::telemetry::{self, Failure};
use crate::wire::MessageKind;

/// The service that replaces volo's [`MessageService`](volo_thrift::client::MessageService): it encodes a request,
/// sends it, and receives and decodes the answer. [`Channel`] makes it.
pub struct Calls<C: MakeConnection<Address>, Resp> {
    pub(super) channel: Channel<C>,
    pub(super) answer: PhantomData<fn() -> Resp>,
}

impl<C: MakeConnection<Address>, Resp> Clone for Calls<C, Resp> {
    fn clone(&self) -> Self {
        Self { channel: self.channel.clone(), answer: PhantomData }
    }
}

impl<C, Req, Resp> Service<ClientContext, Req> for Calls<C, Resp>
where
    C: MakeConnection<Address> + Send + Sync + 'static,
    C::Connection: Connection,
    C::Error: Into<ConnectError>,
    Req: EntryMessage + Send + 'static,
    Resp: EntryMessage + Send + 'static,
{
    type Response = Option<Resp>;
    type Error = ClientError;

    async fn call(&self, cx: &mut ClientContext, request: Req) -> Result<Option<Resp>, ClientError> {
        self.channel.contexts.check(cx);
        let volo_timeout = cx.rpc_info().config().rpc_timeout();
        let timer = CallTimer::client(telemetry::method_of(cx), volo_timeout);
        let span = telemetry::client_span(cx);
        let outcome = telemetry::observed(&span, self.call_in_time(cx, request, volo_timeout)).await;
        let failure = outcome.as_ref().err().filter(|_| telemetry::is_observed(&span)).map(Failure::of);
        telemetry::record_failure(&span, failure);
        timer.end(failure);
        if let Err(error) = &outcome {
            local_errors::remember(cx, error);
        }
        outcome
    }
}

impl<C, Resp> Calls<C, Resp>
where
    C: MakeConnection<Address>,
    C::Connection: Connection,
    C::Error: Into<ConnectError>,
    Resp: EntryMessage,
{
    /// A timeout of volo's builder or of the call is enforced by volo's own layer around this service, and
    /// [`LocalErrors`](local_errors::LocalErrors) says what it means.
    async fn call_in_time<Req: EntryMessage>(
        &self,
        cx: &mut ClientContext,
        request: Req,
        volo_timeout: Option<Duration>,
    ) -> Result<Option<Resp>, ClientError> {
        let timeout = self.channel.options.call_timeout().filter(|_| volo_timeout.is_none());
        let Some(timeout) = timeout else { return self.channel.call(cx, request, &mut false).await };
        let mut sent = false;
        match tokio::time::timeout(timeout, self.channel.call(cx, request, &mut sent)).await {
            Ok(outcome) => outcome,
            Err(_) => {
                let delivery = if sent { Delivery::Unknown } else { Delivery::NeverSent };
                Err(local_errors::timed_out(Some(timeout), delivery, &self.channel.first_answer))
            }
        }
    }
}

impl<C> Channel<C>
where
    C: MakeConnection<Address>,
    C::Connection: Connection,
    C::Error: Into<ConnectError>,
{
    /// One call. `sent` is set before the first byte can be sent.
    ///
    /// # Cancel safety
    ///
    /// Dropping it closes the call's connection, because its answer could still arrive.
    async fn call<Req: EntryMessage, Resp: EntryMessage>(
        &self,
        cx: &mut ClientContext,
        request: Req,
        sent: &mut bool,
    ) -> Result<Option<Resp>, ClientError> {
        let timeout = cx.rpc_info().config().rpc_timeout().or(self.options.call_timeout());
        let mut unanswered = Unanswered { channel: self, began: Instant::now(), timeout, address: None };
        // In this order: the permit is released after the connection is back in the pool or closed.
        let mut attempts = Attempts::default();
        let acquired = self.acquire(cx, &mut attempts).await.map_err(never_sent)?;
        let Acquired { permit: _permit, address, mut connection } = acquired;
        if let Err(error) = encode(cx, request, &mut connection.writer) {
            connection.writer.clear();
            self.pool.put(&address, connection);
            return Err(error.into());
        }
        let answer = loop {
            *sent = true;
            unanswered.address = Some(address.clone());
            match self.exchange(cx, &mut connection).await {
                Ok(answer) => break answer,
                Err(error) => {
                    if error.kind() == io::ErrorKind::TimedOut || connection.suspect {
                        self.pool.distrust(&address, unanswered.began);
                    } else {
                        self.pool.suspect(&address);
                    }
                    let not_delivered = matches!(error, ExchangeError::NotDelivered(_));
                    *sent = !not_delivered;
                    if !not_delivered || !attempts.retry().await {
                        let delivery = if not_delivered { Delivery::NeverSent } else { Delivery::Unknown };
                        let (kind, advice) = (error.kind(), self.first_answer.advice(&error));
                        let error = CallError::new(delivery, error).with_kind(kind).with_advice(advice);
                        return Err(error.into_client_error());
                    }
                    let mut next = self.connection_to(cx, &address, &mut attempts).await.map_err(never_sent)?;
                    next.writer.take_message(&mut connection.writer);
                    connection = next;
                }
            }
        };
        unanswered.address = None;
        connection.writer.clear();
        let Some(answer) = answer else {
            self.give_back(cx, &address, connection);
            return Ok(None);
        };
        let (seq_id, is_exception) = (answer.head.seq_id, answer.head.kind == MessageKind::Exception);
        let other_protocol = connection.other_protocol(&answer.head).filter(|_| is_exception);
        // The connection carries one call at a time, so another id is not the answer to this call. A server that can't
        // read the id says why in an exception.
        if seq_id != cx.seq_id {
            let expected = cx.seq_id;
            let mut why = format!("expected the answer to call {expected}, received one to call {seq_id}");
            if is_exception && let Ok(Err(exception)) = decode::<_, Resp>(cx, &mut connection, answer, &address) {
                let exception = other_protocol.map_or_else(|| exception.clone(), |other| other.add_to(&exception));
                why = format!("{why}, an exception: {}", Printable(exception.message()));
            }
            return Err(ApplicationException::new(ApplicationExceptionKind::BAD_SEQUENCE_ID, why).into());
        }
        let decoded = decode::<_, Resp>(cx, &mut connection, answer, &address);
        // Checked before a decoding error: a Kitex server sends a business error in the header of an empty reply.
        if let Some(error) = cx.common_stats.biz_error().clone() {
            self.give_back(cx, &address, connection);
            return Err(error.into());
        }
        let decoded = decoded?;
        self.give_back(cx, &address, connection);
        decoded.map(Some).map_err(|exception| match other_protocol {
            Some(other) => other.add_to(&exception).into(),
            None => exception.into(),
        })
    }

    /// Sends the encoded message and reads the answer. A one-way call has none.
    async fn exchange(
        &self,
        cx: &ClientContext,
        connection: &mut PooledConnection<C::Connection>,
    ) -> Result<Option<RawMessage>, ExchangeError> {
        let timeout = cx.rpc_info().config().read_write_timeout().or(self.options.io_timeout());
        connection.set_io_timeout(timeout);
        connection.send().await?;
        if cx.message_type == TMessageType::OneWay {
            return Ok(None);
        }
        let answer = connection.receive().await?;
        self.first_answer.set_came();
        Ok(Some(answer))
    }

    fn give_back(&self, cx: &ClientContext, address: &Address, connection: Box<PooledConnection<C::Connection>>) {
        // A TTHeader can say that the server closes the connection after this answer.
        if cx.transport.should_reuse && connection.is_reusable() {
            self.pool.put(address, connection);
        }
    }
}

/// Encodes a request. If the connector has an address of its own, the TTHeader contains nothing about the
/// address; volo would format the placeholder, twice, and send it.
fn encode<Req: EntryMessage>(
    cx: &mut ClientContext,
    request: Req,
    writer: &mut MessageWriter,
) -> Result<(), ThriftException> {
    let message = ThriftMessage::mk_client_msg(cx, request);
    let placeholder = cx.rpc_info_mut().callee_mut().address.take_if(|address| *address == NOWHERE);
    let encoded = writer.encode(cx, message);
    if placeholder.is_some() {
        cx.rpc_info_mut().callee_mut().address = placeholder;
    }
    encoded
}

/// Decodes an answer from `address`. A layer may repeat the call with the same context, so nothing of the answer before this
/// one is left in it, and nothing that says where the next one comes from: volo takes the header `rip` of any server for the
/// address of the callee, to which the next call would go.
fn decode<T: Connection, Resp: EntryMessage>(
    cx: &mut ClientContext,
    connection: &mut PooledConnection<T>,
    answer: RawMessage,
    address: &Address,
) -> Result<Result<Resp, ApplicationException>, ThriftException> {
    if cx.common_stats.biz_error().is_some() {
        let sent = cx.common_stats.write_size();
        cx.common_stats.reset();
        if let Some(size) = sent {
            cx.common_stats.set_write_size(size);
        }
    }
    let decoded = connection.decode(cx, answer);
    let callee = cx.rpc_info_mut().callee_mut();
    if callee.address.as_ref() != Some(address) {
        callee.set_address(address.clone());
    }
    decoded
}

/// How long a call without an answer takes before it counts as timed out if it is dropped, whatever its own timeout is.
const TIMED_OUT: Duration = Duration::from_secs(1);

/// Tells the pool of a call that is dropped because of a timeout: volo's layer drops it, or the caller.
struct Unanswered<'a, C: MakeConnection<Address>>
where
    C::Connection: Connection,
{
    channel: &'a Channel<C>,
    began: Instant,
    timeout: Option<Duration>,
    /// Set while an answer is awaited.
    address: Option<Address>,
}

impl<C: MakeConnection<Address>> Drop for Unanswered<'_, C>
where
    C::Connection: Connection,
{
    fn drop(&mut self) {
        let Some(address) = self.address.take() else { return };
        // A timer outside this call started a little earlier. A call that is given up sooner, as one of two that race,
        // says nothing of the host.
        let enough = self.timeout.map_or(TIMED_OUT, |timeout| TIMED_OUT.min(timeout.mul_f32(0.9)));
        if self.began.elapsed() >= enough {
            self.channel.pool.distrust(&address, self.began);
        }
    }
}

fn never_sent(error: ConnectError) -> ClientError {
    CallError::new(Delivery::NeverSent, error).into_client_error()
}
