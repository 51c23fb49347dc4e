//! A client, a server and a relay between them, over memory.

use std::time::Duration;

use motore::make::MakeConnection;
use motore::service::UnaryService;
use volo::net::Address;
use volplane_generated::api::{EchoClient, EchoClientBuilder};
use volplane_transport::{
    Channel, ClientOptions, ConnectError, ConnectExt, ConnectWith, Connection, Listener, ListenerExt, Memory,
    ServeOptions, WebSocket, Yamux,
};

use super::relay::Relay;
use super::{EchoHandler, Server};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stack {
    Plain,
    WebSocket,
    Yamux,
    YamuxWebSocket,
}

/// A client, a server, and a relay between them.
pub struct Link {
    pub relay: Relay,
    near: Memory,
    stack: Stack,
    pub server: Server,
}

impl Link {
    pub fn new(stack: Stack) -> Link {
        let (near, accepting) = Memory::pair();
        let (far, listener) = Memory::pair();
        let nowhere = Address::Ip(([0, 0, 0, 0], 0).into());
        let connect = move || {
            let (far, nowhere) = (far.clone(), nowhere.clone());
            async move { far.call(nowhere).await.map_err(std::io::Error::other) }
        };
        let relay = Relay::between(accepting, connect);
        let websocket = || WebSocket::at("/x");
        let server = match stack {
            Stack::Plain => serve(listener),
            Stack::WebSocket => serve(listener.layer(websocket())),
            Stack::Yamux => serve(Yamux::listen(listener).into_streams()),
            Stack::YamuxWebSocket => serve(Yamux::listen(listener.layer(websocket())).into_streams()),
        };
        Link { relay, near, stack, server }
    }

    pub fn client(&self, deadline: Duration) -> EchoClient {
        let builder = EchoClientBuilder::new("example").rpc_timeout(Some(deadline));
        let near = self.near.clone();
        match self.stack {
            Stack::Plain => builder.connect_through(channel(near)).build(),
            Stack::WebSocket => builder.connect_through(channel(near.layer(WebSocket::at("/x")))).build(),
            Stack::Yamux => builder.connect_through(channel(Yamux::over(near))).build(),
            Stack::YamuxWebSocket => {
                builder.connect_through(channel(Yamux::over(near.layer(WebSocket::at("/x"))))).build()
            }
        }
    }
}

/// Keeps idle connections for longer than any of these tests takes.
fn channel<C>(connection: C) -> Channel<C>
where
    C: MakeConnection<Address> + Send + Sync + 'static,
    C::Connection: Connection,
    C::Error: Into<ConnectError>,
{
    Channel::new(connection).with_options(ClientOptions::default().with_idle_timeout(Duration::from_secs(3600)))
}

fn serve(listener: impl Listener) -> Server {
    Server::start_with(listener, EchoHandler, ServeOptions::default().with_message_timeout(Duration::from_secs(600)))
}
