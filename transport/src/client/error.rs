//! Whether a call that failed was delivered, so that its caller can decide whether to send it again.

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;

use volo_thrift::ClientError;
use volo_thrift::error::ApplicationExceptionKind;

use crate::connect::{ConnectError, WithCauses, chain};

/// Whether a call that failed reached the server.
///
/// volo's `ClientError` has no field for this. [`of`](Self::of) reads it from the error inside:
///
/// ```
/// # use volplane_generated::api::{EchoClient, Request, Response};
/// use volo_thrift::ClientError;
/// use volplane_transport::Delivery;
///
/// # async fn f(client: EchoClient, request: Request) -> Result<Response, ClientError> {
/// match client.echo(request.clone()).await {
///     // The server has certainly not begun the call: sending it again carries it out once.
///     Err(error) if Delivery::of(&error) == Delivery::NeverSent => client.echo(request).await,
///     outcome => outcome,
/// }
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Delivery {
    /// The server has certainly not begun the call. It is safe to send it again.
    NeverSent,
    /// The server may have executed the call, may still be executing it, or may not have received it. Send it again
    /// only if executing it twice does no harm.
    Unknown,
    /// The server has answered, with an exception or a business error.
    Answered,
}

const NEVER_SENT: &str = "call not sent";
const UNKNOWN: &str = "call sent, outcome unknown";

/// Errors that volo's client makes itself, and reports as application exceptions although no server has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum VoloError {
    /// The timeout of the call.
    Timeout,
    /// Load balancing has tried every address, or has found none. It drops the error of the last attempt.
    EveryAddressFailed,
    /// Load balancing can't choose an address.
    NoAddress,
}

impl VoloError {
    /// By how the message of an exception begins.
    pub(super) fn of(message: &str) -> Option<Self> {
        const BEGINNINGS: [(&str, VoloError); 4] = [
            ("[VOLO] thrift rpc call timeout", VoloError::Timeout),
            ("load balance retry reaches end", VoloError::EveryAddressFailed),
            ("load balance discovery error", VoloError::NoAddress),
            ("missing 'request_hash'", VoloError::NoAddress),
        ];
        BEGINNINGS.into_iter().find(|(beginning, _)| message.starts_with(beginning)).map(|(_, error)| error)
    }
}

impl Delivery {
    /// Whether the call that ended with `error` was delivered.
    pub fn of(error: &ClientError) -> Self {
        match error {
            ClientError::Transport(transport) => match CallError::inside(error) {
                Some(error) => error.delivery,
                // A clone of volo's error keeps only the text.
                None if transport.io_error().to_string().starts_with(NEVER_SENT) => Delivery::NeverSent,
                None => Delivery::Unknown,
            },
            // From a client without the layer `LocalErrors`, or passed on by a server that has called another one: in
            // neither case is it known whether that call was sent.
            ClientError::Application(error) if VoloError::of(error.message()).is_some() => Delivery::Unknown,
            // An answer, but to another call.
            ClientError::Application(error) if error.kind() == ApplicationExceptionKind::BAD_SEQUENCE_ID => {
                Delivery::Unknown
            }
            // A request that can't be encoded was not sent, and an answer that can't be decoded was sent; volo's type
            // does not say which of them failed.
            ClientError::Protocol(_) => Delivery::Unknown,
            ClientError::Application(_) | ClientError::Biz(_) => Delivery::Answered,
        }
    }
}

/// The error of making a connection that an error of volo's contains.
pub(crate) fn connect_error_in(error: &io::Error) -> Option<&ConnectError> {
    let error = error.get_ref()?.downcast_ref::<CallError>()?;
    chain(&*error.source).find_map(|error| error.downcast_ref())
}

/// Why a call got no answer, inside a `ClientError::Transport`.
#[derive(Clone, Debug)]
pub(crate) struct CallError {
    delivery: Delivery,
    kind: io::ErrorKind,
    source: Arc<dyn Error + Send + Sync>,
    /// Additional advice, such as what to try.
    advice: Option<String>,
}

impl CallError {
    /// An error whose kind is that of the first cause that has one.
    pub(crate) fn new(delivery: Delivery, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let source: Arc<dyn Error + Send + Sync> = Arc::from(source.into());
        let kind = chain(&*source).find_map(|error| match error.downcast_ref::<ConnectError>() {
            Some(error) => Some(error.io_kind()),
            None => error.downcast_ref::<io::Error>().map(io::Error::kind),
        });
        Self { delivery, kind: kind.unwrap_or(io::ErrorKind::Other), source, advice: None }
    }

    /// The one inside an error of volo's.
    pub(super) fn inside(error: &ClientError) -> Option<&Self> {
        let ClientError::Transport(error) = error else { return None };
        error.io_error().get_ref()?.downcast_ref()
    }

    /// The error of a call whose earlier attempt failed with `earlier`.
    pub(super) fn after(self, earlier: &Self) -> Self {
        if self.may_be_sent() || !earlier.may_be_sent() {
            return self;
        }
        let advice = Some("an earlier attempt of this call was sent".to_owned());
        Self { delivery: Delivery::Unknown, advice, ..self }
    }

    /// Whether the server may have received the call.
    pub(super) fn may_be_sent(&self) -> bool {
        self.delivery != Delivery::NeverSent
    }

    pub(crate) fn with_kind(self, kind: io::ErrorKind) -> Self {
        Self { kind, ..self }
    }

    /// Adds what to try, in words.
    pub(super) fn with_advice(self, advice: Option<String>) -> Self {
        Self { advice, ..self }
    }

    /// What failed. It is not the `source`, as `Display` contains it.
    #[cfg(feature = "websocket")]
    pub(crate) fn cause(&self) -> &(dyn Error + 'static) {
        &*self.source
    }

    /// As volo's error.
    pub(crate) fn into_client_error(self) -> ClientError {
        io::Error::new(self.kind, self).into()
    }
}

// volo shows only the text of an error, so the text contains the causes.
impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let delivery = if self.delivery == Delivery::NeverSent { NEVER_SENT } else { UNKNOWN };
        write!(f, "{delivery}: {}", WithCauses(&*self.source))?;
        self.advice.as_ref().map_or(Ok(()), |advice| write!(f, "; {advice}"))
    }
}

impl Error for CallError {}
