//! The role of each end, which is a choice: the numbers of its streams follow from it.

use std::net::SocketAddr;

use motore::service::UnaryService;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use volo::net::Address;
use volplane_generated::api::Request;
use volplane_transport::{
    Backoff, Memory, Outgoing, Session, SessionErrorKind, StdNet, Yamux, YamuxOptions, YamuxRole,
};

use crate::support::client;
use crate::yamux::raw::{ACK, DATA, Frame, GO_AWAY, SYN, WINDOW_UPDATE, against_raw, frame, next_frame, send};
use crate::yamux::within;

fn options(role: YamuxRole) -> YamuxOptions {
    YamuxOptions::default().with_role(role)
}

/// What is on the other end, frame by frame.
async fn first_stream(listener: &TcpListener) -> u32 {
    let (mut raw, _) = within(listener.accept()).await.unwrap();
    next_frame(&mut raw).await.stream
}

#[tokio::test]
async fn every_way_to_dial_honours_the_role() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let to = || StdNet::to(listener.local_addr().unwrap().to_string());
    for (role, first) in [(YamuxRole::Client, 1), (YamuxRole::Server, 2)] {
        let session = Yamux::connect_with_options(to(), options(role)).await.unwrap();
        let mut stream = session.outgoing().open().await.unwrap();
        send(&mut stream, b"x").await;
        assert_eq!(first_stream(&listener).await, first);

        let session = Yamux::reconnecting_with_options(to(), Backoff::default(), options(role));
        let mut stream = session.outgoing().open().await.unwrap();
        send(&mut stream, b"x").await;
        assert_eq!(first_stream(&listener).await, first);

        let over = Yamux::over(to()).with_options(options(role));
        let connect = over.call(Address::Ip(listener.local_addr().unwrap()));
        let mut stream = within(connect).await.unwrap();
        send(&mut stream, b"x").await;
        assert_eq!(first_stream(&listener).await, first);
    }
}

#[tokio::test]
async fn a_listener_honours_the_role_and_that_of_a_peer_before_it() {
    for (role, of_peer, first) in [
        (None, None, 2),
        (Some(YamuxRole::Client), None, 1),
        (None, Some(YamuxRole::Client), 1),
        (Some(YamuxRole::Client), Some(YamuxRole::Server), 2),
    ] {
        let (memory, listener) = Memory::pair();
        let mut sessions = Yamux::listen(listener);
        if let Some(role) = role {
            sessions = sessions.with_options(options(role));
        }
        if let Some(role) = of_peer {
            sessions = sessions.with_role_of(move |_| role);
        }
        let dialing = memory.call(Address::Ip(SocketAddr::from(([0; 4], 0))));
        let (raw, session) = within(async { tokio::join!(dialing, sessions.accept()) }).await;
        let (mut raw, session) = (raw.unwrap(), session.unwrap().0);
        let mut stream = session.outgoing().open().await.unwrap();
        send(&mut stream, b"x").await;
        assert_eq!(next_frame(&mut raw).await.stream, first, "{role:?} {of_peer:?}");
    }
}

/// Both ends have the same role.
async fn both(role: YamuxRole) -> (Session, Session<SocketAddr>) {
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
    let to = StdNet::to(listener.local_addr().to_string());
    let mut sessions = Yamux::listen(listener).with_options(options(role));
    let dialing = Yamux::connect_with_options(to, options(role));
    let (near, far) = within(async { tokio::join!(dialing, sessions.accept()) }).await;
    (near.unwrap(), far.unwrap().0)
}

async fn call(outgoing: &Outgoing) -> String {
    let client = client!(outgoing.clone());
    within(client.echo(Request { message: None })).await.expect_err("nobody answers").to_string()
}

#[tokio::test]
async fn two_ends_of_one_role_are_told_so_whichever_end_calls() {
    for (role, why) in [
        (YamuxRole::Client, "both ends of this yamux session have the role client; one has to be the server"),
        (YamuxRole::Server, "both ends of this yamux session have the role server; one has to be the client"),
    ] {
        for dialed_calls in [true, false] {
            let (near, far) = both(role).await;
            let caller = if dialed_calls { near.outgoing() } else { far.outgoing() };
            let error = call(caller).await;
            assert!(error.contains(why), "{error}");
            for end in [near.outgoing(), far.outgoing()] {
                let error = within(end.ended()).await.expect_err("it failed");
                assert_eq!((error.kind(), error.to_string().as_str()), (SessionErrorKind::Protocol, why));
            }
        }
    }
}

#[tokio::test]
async fn two_ends_of_one_role_that_open_at_once_are_told_so() {
    let (near, far) = both(YamuxRole::Client).await;
    let (one, other) = tokio::join!(call(near.outgoing()), call(far.outgoing()));
    for error in [one, other] {
        assert!(error.contains("have the role client"), "{error}");
        assert!(!error.contains("protocol ttheader"), "another protocol does not help: {error}");
    }
}

/// Other implementations don't say what is wrong.
#[tokio::test]
async fn a_protocol_error_at_the_first_stream_of_another_implementation_is_explained() {
    let at_first =
        "the other end of the yamux session reports a protocol error at the first stream; it may be a client, too";
    for (accepts, why) in [(false, at_first), (true, "the other end of the yamux session reports a protocol error")] {
        let (session, mut raw) = against_raw().await;
        let mut stream = session.outgoing().open().await.unwrap();
        send(&mut stream, b"x").await;
        assert_eq!(next_frame(&mut raw).await.flags, SYN);
        if accepts {
            raw.write_all(&frame(WINDOW_UPDATE, ACK, 1, 0)).await.unwrap();
        }
        raw.write_all(&frame(GO_AWAY, 0, 0, 1)).await.unwrap();
        drop(raw);
        let error = within(session.outgoing().ended()).await.expect_err("it failed");
        assert_eq!((error.kind(), error.to_string().as_str()), (SessionErrorKind::Reported(1), why));
    }
}

#[tokio::test]
async fn a_session_that_was_ended_for_a_violation_says_so() {
    let (session, mut raw) = against_raw().await;
    let syn = frame(DATA, SYN, 2, 0);
    raw.write_all(&[syn, syn].concat()).await.unwrap();
    assert_eq!(next_frame(&mut raw).await, Frame { kind: GO_AWAY, flags: 0, stream: 0, length: 1 });
    let error = within(session.outgoing().ended()).await.expect_err("it failed");
    assert_eq!(error.to_string(), "the other end of the yamux session violated the protocol");
    assert_eq!(error.kind(), SessionErrorKind::Protocol);
}
