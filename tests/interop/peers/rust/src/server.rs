//! The server: prints its address, and serves until its standard input is closed.

use tokio::io::AsyncReadExt;
use volplane_transport::{
    ConnectWith, Http, Listener, ListenerExt, Outgoing, ProxyProtocol, StdNet, WebSocket, Yamux, YamuxOptions,
    YamuxRole, serve, serve_sessions,
};

use crate::generated::everything::{EverythingClientBuilder, EverythingServer};
use crate::handler::Handler;
use crate::transport::Transport;

/// Serves over `transport`.
pub async fn run(
    transport: Transport,
    listen: Option<String>,
    origins: Vec<String>,
    proxy_protocol: bool,
) -> anyhow::Result<()> {
    let url = transport.url(listen.as_deref().unwrap_or("127.0.0.1:0"));
    let handler = Handler::default();
    if proxy_protocol {
        return behind_proxy(transport, handler).await;
    }
    match transport {
        Transport::Tcp => serve_calls(StdNet::bind(&url).await?, handler).await,
        // A server answers in the type of message that its client uses.
        Transport::WebSocket | Transport::WebSocketText => {
            let listener = WebSocket::bind(&url).await?;
            let listener = if origins.is_empty() { listener } else { listener.with_origins(origins) };
            serve_calls(listener, handler).await;
        }
        Transport::Http => {
            let listener = Http::bind(&url).await?;
            let listener = if origins.is_empty() { listener } else { listener.with_origins(origins) };
            serve_calls(listener, handler).await;
        }
        Transport::YamuxTcp => serve_peers(StdNet::bind(&url).await?, YamuxRole::Server, handler).await,
        Transport::YamuxTcpReversed => serve_peers(StdNet::bind(&url).await?, YamuxRole::Client, handler).await,
        Transport::YamuxWebSocket => serve_peers(WebSocket::bind(&url).await?, YamuxRole::Server, handler).await,
        Transport::YamuxWebSocketReversed => {
            serve_peers(WebSocket::bind(&url).await?, YamuxRole::Client, handler).await;
        }
    }
    Ok(())
}

/// Serves on a free port, on connections that begin with the client's address.
async fn behind_proxy(transport: Transport, handler: Handler) -> anyhow::Result<()> {
    let proxies = ProxyProtocol::from_networks(["127.0.0.0/8".parse()?]);
    let listener = StdNet::bind("127.0.0.1:0").await?.layer(proxies);
    match transport {
        Transport::Tcp => serve_calls(listener, handler).await,
        Transport::WebSocket => serve_calls(listener.layer(WebSocket::at("/everything")), handler).await,
        _ => anyhow::bail!("--proxy-protocol goes with tcp and websocket only"),
    }
    Ok(())
}

async fn serve_calls(listener: impl Listener, handler: Handler) {
    println!("{}", listener.endpoint());
    serve(listener, EverythingServer::from_handler(handler)).with_graceful_shutdown(input_closed()).await;
}

async fn serve_peers(listener: impl Listener, role: YamuxRole, handler: Handler) {
    println!("{}", listener.endpoint());
    let sessions = Yamux::listen(listener).with_options(YamuxOptions::default().with_role(role));
    let server = serve_sessions(sessions, move |outgoing: &Outgoing, _: &_| {
        let caller = EverythingClientBuilder::new("everything").connect_with(outgoing.clone()).build();
        EverythingServer::from_handler(handler.with_caller(caller))
    });
    server.with_graceful_shutdown(input_closed()).await;
}

/// Resolves when the program that started this one ends.
async fn input_closed() {
    let mut rest = Vec::new();
    // An error is an end as well.
    tokio::io::stdin().read_to_end(&mut rest).await.ok();
}
