//! One end goes away: open streams are finished, new ones are refused as not delivered.

use std::io::ErrorKind;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use volplane_transport::{Connection, Listener, NotDelivered, OpenError, StdNet, Yamux};

use crate::yamux::raw::{
    ACK, DATA, FIN, Frame, GO_AWAY, RST, SYN, WINDOW_UPDATE, against_raw, frame, next_frame, send,
};
use crate::yamux::{sessions, until, within};

#[tokio::test]
async fn a_peer_that_goes_away_finishes_what_was_begun_and_gets_no_more() {
    let (session, mut raw) = against_raw().await;
    let outgoing = session.outgoing().clone();
    let mut stream = outgoing.open().await.unwrap();
    send(&mut stream, b"request").await;
    assert_eq!(next_frame(&mut raw).await.flags, SYN);
    assert!(stream.is_reusable());
    // In one segment: the GoAway is cut out from between the others.
    let mut answer = frame(DATA, ACK, 1, 2).to_vec();
    answer.extend(b"an");
    answer.extend(frame(GO_AWAY, 0, 0, 0));
    answer.extend(frame(DATA, 0, 1, 4));
    answer.extend(b"swer");
    raw.write_all(&answer).await.unwrap();
    let mut read = [0; 6];
    within(stream.read_exact(&mut read)).await.unwrap();
    assert_eq!(&read, b"answer");
    assert!(!stream.is_reusable());
    assert!(!outgoing.is_open() && !outgoing.is_ended());
    assert!(matches!(outgoing.open().await, Err(OpenError::GoingAway)));
    send(&mut stream, b"more").await;
    assert_eq!(next_frame(&mut raw).await, Frame { kind: DATA, flags: 0, stream: 1, length: 4 });
    // With the last stream the session ends.
    drop(stream);
    assert_eq!(next_frame(&mut raw).await.flags, RST);
    assert_eq!(next_frame(&mut raw).await.kind, GO_AWAY);
    assert_eq!(within(raw.read(&mut [0; 1])).await.unwrap(), 0);
    drop(raw);
    within(outgoing.ended()).await.expect("closed");
}

#[tokio::test]
async fn callers_that_wait_for_a_stream_fail_when_the_peer_goes_away() {
    let (session, mut raw) = against_raw().await;
    let mut open = Vec::new();
    for _ in 0..256 {
        open.push(within(session.outgoing().open()).await.unwrap());
    }
    // The library lets 256 streams be without an acknowledgement.
    let mut waiting = std::pin::pin!(session.outgoing().open());
    assert!(futures_util::poll!(&mut waiting).is_pending());
    send(&mut raw, &frame(GO_AWAY, 0, 0, 0)).await;
    assert!(matches!(within(waiting).await, Err(OpenError::GoingAway)));
}

#[tokio::test]
async fn an_end_that_goes_away_refuses_what_is_new_and_nothing_else() {
    let (mut session, mut raw) = against_raw().await;
    raw.write_all(&frame(WINDOW_UPDATE, SYN, 2, 0)).await.unwrap();
    let (mut stream, _) = within(session.incoming().accept()).await.unwrap();
    session.incoming().stop();
    assert_eq!(next_frame(&mut raw).await, Frame { kind: DATA, flags: ACK, stream: 2, length: 0 });
    assert_eq!(next_frame(&mut raw).await, Frame { kind: GO_AWAY, flags: ACK, stream: 0, length: 0 });
    // New streams: one that the other end has already finished, too.
    for (id, flags) in [(4, SYN), (6, SYN | FIN)] {
        raw.write_all(&frame(DATA, flags, id, 0)).await.unwrap();
        assert_eq!(next_frame(&mut raw).await, Frame { kind: WINDOW_UPDATE, flags: RST, stream: id, length: 0 });
    }
    // The one that is open.
    let mut request = frame(DATA, 0, 2, 1).to_vec();
    request.push(b'x');
    raw.write_all(&request).await.unwrap();
    within(stream.read_exact(&mut [0; 1])).await.unwrap();
    send(&mut stream, b"answer").await;
    assert_eq!(next_frame(&mut raw).await, Frame { kind: DATA, flags: 0, stream: 2, length: 6 });
    // And this end may open more.
    let mut callback = session.outgoing().open().await.unwrap();
    send(&mut callback, b"y").await;
    assert_eq!(next_frame(&mut raw).await, Frame { kind: DATA, flags: SYN, stream: 1, length: 1 });
}

#[tokio::test]
async fn a_stopped_listener_leaves_its_streams_and_refuses_the_rest_as_not_delivered() {
    let listener = StdNet::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().to_string();
    let mut listener = Yamux::listen(listener).into_streams();
    let (session, served) = within(async {
        tokio::join!(
            async {
                let session = Yamux::connect(StdNet::to(address)).await.unwrap();
                let mut stream = session.outgoing().open().await.unwrap();
                send(&mut stream, b"first").await;
                (session, stream)
            },
            listener.accept()
        )
    })
    .await;
    let ((session, mut first), (mut served, _)) = (session, served.unwrap());
    // Sent, and not accepted by anybody.
    let mut second = session.outgoing().open().await.unwrap();
    send(&mut second, b"second").await;
    listener.stop();
    drop(listener);
    let error = within(second.read(&mut [0; 1])).await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    assert!(NotDelivered::is(&error), "{error}");
    let error = within(async {
        loop {
            if let Err(error) = session.outgoing().open().await {
                break error;
            }
        }
    });
    assert!(matches!(error.await, OpenError::GoingAway));
    let mut request = [0; 5];
    within(served.read_exact(&mut request)).await.unwrap();
    send(&mut served, b"answer").await;
    let mut answer = [0; 6];
    within(first.read_exact(&mut answer)).await.unwrap();
    assert_eq!((&request, &answer), (b"first", b"answer"));
    drop((first, second, served));
    within(session.outgoing().ended()).await.expect("closed");
}

#[tokio::test]
async fn not_delivered_is_said_only_of_streams_that_nobody_has_accepted() {
    let (session, mut raw) = against_raw().await;
    let refused = |flags| (WINDOW_UPDATE, flags);
    for (frames, certain) in [
        (vec![refused(RST)], true),
        // The plain Rust library sends this for streams that it has served: it acknowledges with the first answer.
        (vec![(DATA, RST)], false),
        (vec![(DATA, ACK), refused(RST)], false),
    ] {
        let mut stream = session.outgoing().open().await.unwrap();
        send(&mut stream, b"request").await;
        let id = loop {
            let frame = next_frame(&mut raw).await;
            if frame.flags & SYN != 0 {
                break frame.stream;
            }
        };
        for (kind, flags) in &frames {
            raw.write_all(&frame(*kind, *flags, id, 0)).await.unwrap();
        }
        let error = within(stream.read(&mut [0; 1])).await.expect_err("reset");
        assert_eq!(NotDelivered::is(&error), certain, "{frames:?}");
        let error = stream.write_all(b"more").await.err().or(stream.flush().await.err()).expect("reset");
        assert_eq!(NotDelivered::is(&error), certain, "{frames:?}");
    }
}

#[tokio::test]
async fn a_session_that_is_closed_states_which_streams_it_has_not_accepted() {
    let (ours, mut theirs) = sessions().await;
    let mut accepted = ours.outgoing().open().await.unwrap();
    send(&mut accepted, b"x").await;
    let (_served, _) = within(theirs.incoming().accept()).await.unwrap();
    let mut unaccepted = ours.outgoing().open().await.unwrap();
    send(&mut unaccepted, b"x").await;
    within(theirs.outgoing().close()).await;
    for (stream, certain) in [(&mut accepted, false), (&mut unaccepted, true)] {
        let error = within(stream.read(&mut [0; 1])).await.expect_err("the session ended");
        assert_eq!(NotDelivered::is(&error), certain, "{error}");
    }
}

#[tokio::test]
async fn a_connection_that_breaks_does_not_state_what_was_delivered() {
    let (session, raw) = against_raw().await;
    let mut stream = session.outgoing().open().await.unwrap();
    send(&mut stream, b"x").await;
    drop(raw);
    let error = within(stream.read(&mut [0; 1])).await.expect_err("the session ended");
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    assert!(!NotDelivered::is(&error));
}

#[tokio::test]
async fn a_stream_of_which_nothing_was_sent_is_certainly_not_delivered() {
    let (session, raw) = against_raw().await;
    let mut stream = session.outgoing().open().await.unwrap();
    drop(raw);
    until(|| session.outgoing().is_ended()).await;
    stream.write_all(b"x").await.unwrap();
    let error = within(stream.flush()).await.expect_err("the session ended");
    assert!(NotDelivered::is(&error), "{error}");
}

#[tokio::test]
async fn handles_report_when_a_session_is_no_longer_open() {
    let (ours, theirs) = sessions().await;
    assert!(ours.outgoing().is_open());
    theirs.outgoing().go_away();
    until(|| !ours.outgoing().is_open()).await;
}
