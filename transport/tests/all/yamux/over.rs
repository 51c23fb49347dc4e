//! The one-way connector: which session a caller gets, and when one is dialed.

use std::net::SocketAddr;
use std::time::Duration;

use motore::service::UnaryService;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use volo::net::Address;
use volplane_generated::api::{EchoClientBuilder, Request};
use volplane_transport::{
    ConnectErrorKind, ConnectWith, Connection, Listener, Session, StdNet, WebSocket, Yamux, YamuxStream,
};

use crate::support::{EchoHandler, PATIENCE, Server, client, echo};
use crate::yamux::raw::{ACK, DATA, GO_AWAY, frame, next_frame};
use crate::yamux::{until, within};

fn anywhere() -> Address {
    Address::Ip(([0, 0, 0, 0], 0).into())
}

#[tokio::test]
async fn a_one_way_connector_dials_anew_after_its_session_has_ended() {
    let (first, address) = {
        let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().to_string();
        (Server::start(Yamux::listen(listener).into_streams(), EchoHandler), address)
    };
    let client = client!(Yamux::over(StdNet::to(address.clone())));
    assert_eq!(echo(&client, "one").await, "one");
    first.stop().await;
    // The first call may still meet the old session's end on its way.
    let refused = async {
        loop {
            let error = client.echo(Request { message: None }).await.expect_err("nobody listens");
            if format!("{error:?}").contains(&address) {
                break;
            }
        }
    };
    within(refused).await;
    let second = Server::start(Yamux::listen(StdNet::bind(address).await.unwrap()).into_streams(), EchoHandler);
    assert_eq!(echo(&client, "two").await, "two");
    second.stop().await;
}

#[tokio::test]
async fn a_dial_that_was_given_up_is_not_waited_for_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    let client = EchoClientBuilder::new("example")
        .rpc_timeout(Some(PATIENCE))
        .connect_timeout(Some(Duration::from_millis(200)))
        .connect_with(Yamux::over(WebSocket::to(url.clone())))
        .build();
    // The first connection is taken and never answered.
    let (silent, outcome) =
        within(async { tokio::join!(listener.accept(), client.echo(Request { message: None })) }).await;
    assert!(format!("{outcome:?}").contains("no connection to"), "{outcome:?}");
    let _silent = silent.unwrap();
    drop(listener);
    let server = Server::start(Yamux::listen(WebSocket::bind(url).await.unwrap()).into_streams(), EchoHandler);
    assert_eq!(echo(&client, "anew").await, "anew");
    server.stop().await;
}

#[tokio::test]
async fn streams_are_spread_over_as_many_sessions_as_allowed() {
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
    let connector = Yamux::over(StdNet::to(listener.local_addr().to_string())).with_sessions(2);
    let mut sessions = Yamux::listen(listener);
    let accepting = tokio::spawn(async move {
        let mut accepted = Vec::new();
        for _ in 0..2 {
            accepted.push(within(sessions.accept()).await.unwrap().0);
        }
        (sessions, accepted)
    });
    let callers: Vec<_> = (0..16)
        .map(|_| {
            let connector = connector.clone();
            tokio::spawn(async move { connector.call(anywhere()).await.unwrap() })
        })
        .collect();
    let mut streams: Vec<YamuxStream> = Vec::new();
    for caller in callers {
        streams.push(within(caller).await.unwrap());
    }
    for stream in &mut streams {
        crate::yamux::raw::send(stream, b"x").await;
    }
    let (mut sessions, accepted) = within(accepting).await.unwrap();
    for mut session in accepted {
        for _ in 0..8 {
            within(session.incoming().accept()).await.unwrap();
        }
    }
    tokio::time::pause();
    assert!(tokio::time::timeout(PATIENCE, sessions.accept()).await.is_err(), "no third one");
}

#[tokio::test]
async fn callers_that_meet_a_broken_session_dial_one_new_one_together() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let connector = Yamux::over(StdNet::to(listener.local_addr().unwrap().to_string()));
    let (stream, raw) = within(async { tokio::join!(connector.call(anywhere()), listener.accept()) }).await;
    let stream = stream.unwrap();
    drop(raw);
    until(|| !stream.is_reusable()).await;
    let callers = [(); 8].map(|()| {
        let connector = connector.clone();
        tokio::spawn(async move { connector.call(anywhere()).await.unwrap() })
    });
    let _raw = within(listener.accept()).await.unwrap();
    for caller in callers {
        within(caller).await.unwrap();
    }
    tokio::time::pause();
    assert!(tokio::time::timeout(PATIENCE, listener.accept()).await.is_err(), "one dial");
}

#[tokio::test]
async fn a_session_that_is_going_away_is_not_handed_out_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let connector = Yamux::over(StdNet::to(listener.local_addr().unwrap().to_string()));
    let (stream, raw) = within(async { tokio::join!(connector.call(anywhere()), listener.accept()) }).await;
    let (stream, (mut raw, _)) = (stream.unwrap(), raw.unwrap());
    crate::yamux::raw::send(&mut raw, &frame(GO_AWAY, 0, 0, 0)).await;
    until(|| !stream.is_reusable()).await;
    let (other, second) = within(async { tokio::join!(connector.call(anywhere()), listener.accept()) }).await;
    assert!(other.unwrap().is_reusable());
    drop(second);
}

#[tokio::test]
async fn a_session_that_ends_at_once_is_not_dialed_for_ever() {
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
    let connector = Yamux::over(StdNet::to(listener.local_addr().to_string()));
    let mut sessions = Yamux::listen(listener);
    let ending = tokio::spawn(async move {
        let mut ended = 0;
        loop {
            let (session, _): (Session<SocketAddr>, _) = sessions.accept().await.unwrap();
            session.outgoing().close().await;
            ended += 1;
            assert!(ended < 100);
        }
    });
    // Whether it gets a stream before it learns of the end is a matter of luck.
    for _ in 0..10 {
        let _stream = within(connector.call(anywhere())).await;
    }
    assert!(!ending.is_finished());
    ending.abort();
}

#[tokio::test]
async fn a_session_whose_peer_stays_silent_is_not_handed_out_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let connector = Yamux::over(StdNet::to(listener.local_addr().unwrap().to_string()));
    let (stream, raw) = within(async { tokio::join!(connector.call(anywhere()), listener.accept()) }).await;
    let (mut stream, (mut raw, _)) = (stream.unwrap(), raw.unwrap());
    crate::yamux::raw::send(&mut stream, b"x").await;
    next_frame(&mut raw).await;
    let pause = || async {
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(6)).await;
        tokio::time::resume();
    };
    // A frame of any kind shows that the peer is alive.
    raw.write_all(&frame(DATA, ACK, 1, 0)).await.unwrap();
    tokio::task::yield_now().await;
    pause().await;
    within(connector.call(anywhere())).await.unwrap();
    pause().await;
    let (other, _) = within(async { tokio::join!(connector.call(anywhere()), listener.accept()) }).await;
    other.unwrap();
    assert!(stream.is_reusable(), "a call under way goes on");
}

#[tokio::test]
async fn a_session_whose_peer_acknowledges_nothing_is_not_handed_out_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let connector = Yamux::over(StdNet::to(listener.local_addr().unwrap().to_string()));
    let (stream, raw) = within(async { tokio::join!(connector.call(anywhere()), listener.accept()) }).await;
    let mut streams = vec![stream.unwrap()];
    // The library lets 256 streams be without an acknowledgement.
    for _ in 1..256 {
        streams.push(within(connector.call(anywhere())).await.unwrap());
    }
    tokio::time::pause();
    let error = within(connector.call(anywhere())).await.expect_err("no acknowledgement");
    tokio::time::resume();
    assert_eq!(error.kind(), ConnectErrorKind::TimedOut(Duration::from_secs(5)));
    let (other, _) = within(async { tokio::join!(connector.call(anywhere()), listener.accept()) }).await;
    other.unwrap();
    drop(raw);
}
