//! The server: prints its address, and serves until its standard input is closed.

use std::future::Future;

use tokio::io::AsyncReadExt;
use volplane_transport::{ConnectWith, Http, Listener, Outgoing, StdNet, WebSocket, Yamux, serve, serve_sessions};

use crate::generated::everything::{EverythingClientBuilder, EverythingServer};
use crate::handler::Handler;
use crate::transport::Transport;

/// Serves over `transport`.
pub async fn run(transport: Transport, listen: Option<String>, origins: Vec<String>) -> anyhow::Result<()> {
    let url = transport.url(listen.as_deref().unwrap_or("127.0.0.1:0"));
    let handler = Handler::default();
    match transport {
        Transport::Tcp => serve_calls(StdNet::bind(&url).await?, handler).await,
        Transport::WebSocket => {
            let listener = WebSocket::bind(&url).await?;
            let listener = if origins.is_empty() { listener } else { listener.with_origins(origins) };
            serve_calls(listener, handler).await;
        }
        Transport::Http => {
            let listener = Http::bind(&url).await?;
            let listener = if origins.is_empty() { listener } else { listener.with_origins(origins) };
            serve_calls(listener, handler).await;
        }
        Transport::YamuxTcp => serve_peers(StdNet::bind(&url).await?, handler).await,
        Transport::YamuxWebSocket => serve_peers(WebSocket::bind(&url).await?, handler).await,
    }
    Ok(())
}

async fn serve_calls(listener: impl Listener, handler: Handler) {
    println!("{}", listener.endpoint());
    serve(listener, EverythingServer::from_handler(handler)).with_graceful_shutdown(input_closed()).await;
}

async fn serve_peers(listener: impl Listener, handler: Handler) {
    println!("{}", listener.endpoint());
    let server = serve_sessions(Yamux::listen(listener), move |outgoing: &Outgoing, _: &_| {
        let caller = EverythingClientBuilder::new("everything").connect_with(outgoing.clone()).build();
        EverythingServer::from_handler(handler.with_caller(caller))
    });
    server.with_graceful_shutdown(input_closed()).await;
}

/// Resolves when the program that started this one ends.
fn input_closed() -> impl Future<Output = ()> + Send {
    async {
        let mut rest = Vec::new();
        // An error is an end as well.
        tokio::io::stdin().read_to_end(&mut rest).await.ok();
    }
}
