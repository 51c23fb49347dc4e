//! The client's connection.

use std::future::IntoFuture;
use std::time::Duration;

use tokio::task::JoinHandle;
use volplane_transport::{
    BoxConnector, Channel, ClientOptions, ConnectWith, Endpoint, Http, Outgoing, Protocol, Served, Session, StdNet,
    WebSocket, Yamux, YamuxOptions, YamuxRole, serve,
};

use crate::generated::everything::{
    EverythingClient, EverythingClientBuilder, EverythingServer, NewerClient, NewerClientBuilder,
};
use crate::handler::Handler;
use crate::transport::Transport;

/// Clients of both services over the same connections.
pub struct Connected {
    /// Calls Everything.
    pub client: EverythingClient,
    /// Calls a method that the server does not have.
    pub newer: NewerClient,
    /// What they connect with.
    pub channel: Channel<BoxConnector>,
    /// The session that the server calls back on.
    session: Option<(Outgoing, JoinHandle<Served>)>,
}

/// Connects to a server. Connections are kept for `idle` seconds, if that is longer than usual.
pub async fn connect(
    transport: Transport,
    protocol: Protocol,
    address: &str,
    idle: Option<u64>,
) -> anyhow::Result<Connected> {
    let url = transport.url(address.strip_prefix("yamux+").unwrap_or(address));
    let mut session = None;
    let connector = match transport {
        Transport::Tcp => BoxConnector::new(StdNet::to(address_of(&url)?)),
        Transport::WebSocket => BoxConnector::new(WebSocket::to(&url)),
        Transport::WebSocketText => BoxConnector::new(WebSocket::to(&url).with_text_frames()),
        Transport::Http => BoxConnector::new(Http::to(&url)),
        Transport::YamuxTcp
        | Transport::YamuxTcpReversed
        | Transport::YamuxWebSocket
        | Transport::YamuxWebSocketReversed => {
            let dialed = dial_session(transport, &url).await?;
            let (outgoing, incoming) = dialed.split();
            // Ends with the session, which `close` closes.
            let server = serve(incoming, EverythingServer::from_handler(Handler::default()));
            session = Some((outgoing.clone(), tokio::spawn(server.into_future())));
            BoxConnector::new(outgoing)
        }
    };
    // A peer that shares its two processors with other pairings takes long to accept 64 connections.
    let mut options = ClientOptions::default().with_connect_timeout(Duration::from_secs(20));
    if let Some(seconds) = idle {
        options = options.with_idle_timeout(Duration::from_secs(seconds) + ClientOptions::default().idle_timeout());
    }
    let channel = Channel::new(connector).with_options(options).with_protocol(protocol);
    Ok(Connected {
        client: EverythingClientBuilder::new("everything").connect_through(channel.clone()).build(),
        newer: NewerClientBuilder::new("everything").connect_through(channel.clone()).build(),
        channel,
        session,
    })
}

async fn dial_session(transport: Transport, url: &str) -> anyhow::Result<Session> {
    let reversed = YamuxOptions::default().with_role(YamuxRole::Server);
    Ok(match transport {
        Transport::YamuxTcp => Yamux::connect(StdNet::to(address_of(url)?)).await?,
        Transport::YamuxTcpReversed => Yamux::connect_with_options(StdNet::to(address_of(url)?), reversed).await?,
        Transport::YamuxWebSocketReversed => Yamux::connect_with_options(WebSocket::to(url), reversed).await?,
        _ => Yamux::connect(WebSocket::to(url)).await?,
    })
}

/// HOST:PORT of `tcp://HOST:PORT` or HOST:PORT.
fn address_of(url: &str) -> anyhow::Result<String> {
    let endpoint: Endpoint = if url.contains("://") { url.parse()? } else { format!("tcp://{url}").parse()? };
    Ok(endpoint.to_string().trim_start_matches("tcp://").to_owned())
}

impl Connected {
    /// Whether the server can call back.
    pub fn has_session(&self) -> bool {
        self.session.is_some()
    }

    /// Ends the session, if there is one.
    pub async fn close(self) {
        if let Some((outgoing, serving)) = self.session {
            outgoing.close().await;
            // A panic of it has been printed.
            serving.await.ok();
        }
    }
}
