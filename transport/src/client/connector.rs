//! The adapter between any `MakeConnection` and volo's `MakeTransport`.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use motore::make::MakeConnection;
use tokio::io::AsyncRead;
use volo::net::Address;
use volo::net::dial::MakeTransport;
use volo_thrift::codec::{Decoder, DefaultMakeCodec, Encoder, MakeCodec};

use super::lease::{LeasedDecoder, LeasedEncoder, NoStream, Ticket};
use super::pool::{Pool, PoolStats};
use super::timed::TimedIo;
use super::{ClientConfig, TtHeaderFramed};
use crate::error::ConnectError;
use crate::split::{ReadHalf, WriteHalf, split};

/// Makes volo's `MakeTransport` of a `MakeConnection`, and keeps the pool.
///
/// [`connect_with`](super::ConnectWith::connect_with) makes one with the defaults; make it by hand for another
/// configuration or codec, or to read the pool's figures later: clones share the pool.
///
/// ```
/// use std::time::Duration;
/// use volo_thrift::codec::DefaultMakeCodec;
/// use volplane_transport::{ClientConfig, Connector, StdNet};
///
/// let mut config = ClientConfig::default();
/// config.connect_timeout = Duration::from_millis(300);
/// // Bare thrift binary, as a Kitex client speaks by default.
/// let connector = Connector::new(StdNet::to("127.0.0.1:8889")).with_config(config).with_codec(DefaultMakeCodec::buffered());
/// assert_eq!(connector.stats().opened, 0);
/// ```
pub struct Connector<C, K = TtHeaderFramed>
where
    C: MakeConnection<Address>,
    C::Connection: 'static,
    K: MakeCodec<ReadHalf<TimedIo<C::Connection>>, WriteHalf<TimedIo<C::Connection>>>,
{
    connection: Arc<C>,
    make_codec: K,
    config: ClientConfig,
    pool: Arc<Pool<K::Encoder, K::Decoder, C::Connection>>,
}

impl<C> Connector<C, TtHeaderFramed>
where
    C: MakeConnection<Address>,
    C::Connection: 'static,
{
    /// Over `connection`, with the default configuration and volo's own codec.
    pub fn new(connection: C) -> Self {
        Self::assemble(Arc::new(connection), DefaultMakeCodec::default(), ClientConfig::default())
    }
}

impl<C, K> Connector<C, K>
where
    C: MakeConnection<Address>,
    C::Connection: 'static,
    K: MakeCodec<ReadHalf<TimedIo<C::Connection>>, WriteHalf<TimedIo<C::Connection>>>,
{
    fn assemble(connection: Arc<C>, make_codec: K, config: ClientConfig) -> Self {
        let pool = Pool::new(config.idle_timeout, config.max_idle);
        Self { connection, make_codec, config, pool }
    }

    /// With another configuration, and a pool of its own.
    pub fn with_config(self, config: ClientConfig) -> Self {
        Self::assemble(self.connection, self.make_codec, config)
    }

    /// With another codec, and a pool of its own.
    pub fn with_codec<K2>(self, make_codec: K2) -> Connector<C, K2>
    where
        K2: MakeCodec<ReadHalf<TimedIo<C::Connection>>, WriteHalf<TimedIo<C::Connection>>>,
    {
        Connector::assemble(self.connection, make_codec, self.config)
    }

    /// What the pool has done so far.
    pub fn stats(&self) -> PoolStats {
        self.pool.stats()
    }
}

impl<C, K> Connector<C, K>
where
    C: MakeConnection<Address>,
    C::Connection: 'static,
    C::Error: Into<io::Error>,
    K: MakeCodec<ReadHalf<TimedIo<C::Connection>>, WriteHalf<TimedIo<C::Connection>>>,
{
    async fn connect(&self, address: Address) -> io::Result<Ticket<K::Encoder, K::Decoder, C::Connection>> {
        let after = self.config.connect_timeout;
        let connection = tokio::time::timeout(after, self.connection.make_connection(address.clone()))
            .await
            .map_err(|_| ConnectError::TimedOut { after })?
            .map_err(Into::into)?;
        let timed = TimedIo::new(connection, self.config.io_timeout, self.config.io_timeout);
        let (reader, writer, shared) = split(timed);
        let (encoder, decoder) = self.make_codec.make_codec(reader, writer);
        Ok(Ticket::new(self.pool.home(address, shared), encoder, decoder))
    }
}

impl<C, K> MakeTransport for Connector<C, K>
where
    C: MakeConnection<Address> + Send + Sync + 'static,
    C::Connection: 'static,
    C::Error: Into<io::Error>,
    K: MakeCodec<ReadHalf<TimedIo<C::Connection>>, WriteHalf<TimedIo<C::Connection>>> + Sync,
{
    type ReadHalf = Ticket<K::Encoder, K::Decoder, C::Connection>;
    type WriteHalf = NoStream;

    async fn make_transport(&self, address: Address) -> io::Result<(Self::ReadHalf, NoStream)> {
        let ticket = match self.pool.take(&address) {
            Some((home, encoder, decoder)) => Ticket::new(home, encoder, decoder),
            None => self.connect(address).await?,
        };
        Ok((ticket, NoStream))
    }

    fn set_connect_timeout(&mut self, timeout: Option<Duration>) {
        if let Some(timeout) = timeout {
            self.config.connect_timeout = timeout;
        }
    }

    // volo has one setting for both and hands it over twice.
    fn set_read_timeout(&mut self, timeout: Option<Duration>) {
        self.config.io_timeout = timeout;
    }

    fn set_write_timeout(&mut self, timeout: Option<Duration>) {
        self.config.io_timeout = timeout;
    }
}

impl<C, K> Clone for Connector<C, K>
where
    C: MakeConnection<Address>,
    C::Connection: 'static,
    K: MakeCodec<ReadHalf<TimedIo<C::Connection>>, WriteHalf<TimedIo<C::Connection>>>,
{
    fn clone(&self) -> Self {
        Self {
            connection: Arc::clone(&self.connection),
            make_codec: self.make_codec.clone(),
            config: self.config,
            pool: Arc::clone(&self.pool),
        }
    }
}

impl<C, K> fmt::Debug for Connector<C, K>
where
    C: MakeConnection<Address> + fmt::Debug,
    C::Connection: 'static,
    K: MakeCodec<ReadHalf<TimedIo<C::Connection>>, WriteHalf<TimedIo<C::Connection>>>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Connector");
        shown.field("connection", &self.connection).field("config", &self.config).field("pool", &self.stats());
        shown.finish_non_exhaustive()
    }
}

/// Redeems a [`Connector`]'s ticket for the codec that belongs to the connection.
#[derive(Clone, Copy, Debug)]
pub struct ConnectorCodec;

impl<E, D, T> MakeCodec<Ticket<E, D, T>, NoStream> for ConnectorCodec
where
    E: Encoder,
    D: Decoder,
    T: AsyncRead + Send + Unpin + 'static,
{
    type Encoder = LeasedEncoder<E, D, T>;
    type Decoder = LeasedDecoder<E, D, T>;

    fn make_codec(&self, ticket: Ticket<E, D, T>, _: NoStream) -> (Self::Encoder, Self::Decoder) {
        (ticket.encoder, ticket.decoder)
    }
}
