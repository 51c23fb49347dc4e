//! Limits: how many streams there may be, and that closed ones no longer count.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use volplane_transport::{Connection, Listener, OpenError, SessionErrorKind, YamuxOptions};

use crate::support::{EchoHandler, Server, client, echo};
use crate::yamux::raw::{
    ACK, DATA, FIN, Frame, RST, SYN, WINDOW_UPDATE, against_raw, against_raw_with, frame, next_frame, send,
};
use crate::yamux::{sessions, sessions_with, until, within};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_stream_counts_after_it_has_ended_in_any_way() {
    let (ours, mut theirs) = sessions().await;
    let serving = tokio::spawn(async move {
        let mut served = 0;
        while let Some((mut stream, _)) = theirs.incoming().accept().await {
            served += 1;
            tokio::spawn(async move {
                let mut all = Vec::new();
                let read = stream.read_to_end(&mut all).await;
                match served % 3 {
                    0 => drop(stream),
                    1 => drop(stream.shutdown().await),
                    _ if read.is_ok() => drop(stream.write_all(&all).await),
                    _ => {}
                }
            });
        }
    });
    let outgoing = ours.outgoing();
    for round in 0..2000_u32 {
        let mut stream = within(outgoing.open()).await.unwrap();
        // Each of five steps, or not.
        if round & 1 != 0 {
            send(&mut stream, b"request").await;
        }
        if round & 2 != 0 {
            stream.write_all(b"unflushed").await.unwrap();
        }
        if round & 4 != 0 {
            stream.shutdown().await.unwrap();
            if round & 8 != 0 {
                drop(within(stream.read_to_end(&mut Vec::new())).await);
            }
        }
    }
    until(|| outgoing.open_streams() == 0).await;
    let mut all = Vec::new();
    for _ in 0..480 {
        let mut stream = within(outgoing.open()).await.unwrap();
        send(&mut stream, b"x").await;
        all.push(stream);
    }
    drop(all);
    within(outgoing.close()).await;
    within(serving).await.unwrap();
}

#[tokio::test]
async fn a_stream_that_was_shut_down_unwritten_is_announced_and_ends_with_its_other_end() {
    let (session, mut raw) = against_raw().await;
    let mut stream = session.outgoing().open().await.unwrap();
    stream.shutdown().await.unwrap();
    drop(stream);
    let frames = [next_frame(&mut raw).await, next_frame(&mut raw).await];
    assert_eq!(frames.map(|frame| (frame.stream, frame.flags)), [(1, SYN), (1, FIN)]);
    assert_eq!(session.outgoing().open_streams(), 1);
    send(&mut raw, &frame(DATA, ACK | FIN, 1, 0)).await;
    until(|| session.outgoing().open_streams() == 0).await;
}

#[tokio::test]
async fn a_stream_whose_other_end_never_finishes_is_reset_in_the_end() {
    let (session, mut raw) = against_raw_with(YamuxOptions::default().without_keepalive()).await;
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    let mut stream = session.outgoing().open().await.unwrap();
    send(&mut stream, b"request").await;
    stream.shutdown().await.unwrap();
    drop(stream);
    assert_eq!(next_frame(&mut raw).await.flags, SYN);
    assert_eq!(next_frame(&mut raw).await.flags, FIN);
    assert_eq!(next_frame(&mut raw).await, Frame { kind: DATA, flags: RST, stream: 1, length: 0 });
    assert!(begun.elapsed() >= Duration::from_secs(30), "{:?}", begun.elapsed());
    until(|| session.outgoing().open_streams() == 0).await;
}

#[tokio::test]
async fn a_dropped_stream_that_was_shut_down_takes_what_still_comes() {
    let (ours, mut theirs) = sessions().await;
    let mut stream = ours.outgoing().open().await.unwrap();
    send(&mut stream, b"request").await;
    stream.shutdown().await.unwrap();
    drop(stream);
    let (mut stream, _) = within(theirs.incoming().accept()).await.unwrap();
    // More than a window: without a reader at the other end this waits for ever.
    within(send(&mut stream, &vec![0; 4 * 1024 * 1024])).await;
}

#[tokio::test]
async fn a_call_that_was_given_up_no_longer_counts_but_is_not_served_without_bound() {
    let (mut session, mut raw) = against_raw_with(YamuxOptions::default().with_max_inbound_streams(1)).await;
    let mut served = Vec::new();
    for id in [2, 4] {
        raw.write_all(&frame(WINDOW_UPDATE, SYN, id, 0)).await.unwrap();
        served.push(within(session.incoming().accept()).await.unwrap().0);
        assert_eq!(next_frame(&mut raw).await.flags, ACK);
        raw.write_all(&frame(DATA, RST, id, 0)).await.unwrap();
    }
    // Twice as many are still being served.
    raw.write_all(&frame(WINDOW_UPDATE, SYN, 6, 0)).await.unwrap();
    assert_eq!(next_frame(&mut raw).await, Frame { kind: WINDOW_UPDATE, flags: RST, stream: 6, length: 0 });
    let error = within(served[0].read(&mut [0; 1])).await.expect_err("a reset");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    assert!(!served[0].is_reusable());
    served.clear();
    raw.write_all(&frame(WINDOW_UPDATE, SYN, 8, 0)).await.unwrap();
    within(session.incoming().accept()).await.unwrap();
}

#[tokio::test]
async fn at_the_limit_callers_wait_in_turn_and_not_for_ever() {
    let options = YamuxOptions::default().with_max_outbound_streams(2);
    let (ours, theirs) = sessions_with(options).await;
    let server = Server::start(theirs.split().1, EchoHandler);
    let outgoing = ours.outgoing();
    let (first, second) = (outgoing.open().await.unwrap(), outgoing.open().await.unwrap());
    tokio::time::pause();
    let error = within(outgoing.open()).await.expect_err("the limit");
    assert_eq!(
        error.to_string(),
        "2 streams are open, which is the limit of this session, and none was closed within 5s"
    );
    assert!(matches!(error, OpenError::TooManyStreams { limit: 2, .. }));
    let mut waiting = std::pin::pin!(outgoing.open());
    assert!(futures_util::poll!(&mut waiting).is_pending());
    let mut behind = std::pin::pin!(outgoing.open());
    assert!(futures_util::poll!(&mut behind).is_pending());
    drop(first);
    let _third = within(waiting).await.unwrap();
    assert!(matches!(within(behind).await, Err(OpenError::TooManyStreams { .. })));
    drop(second);
    tokio::time::resume();
    assert_eq!(echo(&client!(outgoing.clone()), "still there").await, "still there");
    outgoing.close().await;
    server.ended().await;
}

/// Each caller keeps its stream as long as a client's pool may.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_callers_than_streams_all_get_their_answers() {
    for callers in [512, 2000] {
        calls_from(callers).await;
    }
}

async fn calls_from(callers: usize) {
    let (ours, mut theirs) = sessions().await;
    let serving = tokio::spawn(async move {
        while let Some((mut stream, _)) = theirs.incoming().accept().await {
            tokio::spawn(async move {
                let mut byte = [0; 1];
                while stream.read_exact(&mut byte).await.is_ok() {
                    send(&mut stream, &byte).await;
                }
            });
        }
    });
    let callers: Vec<_> = (0..callers)
        .map(|caller| {
            let outgoing = ours.outgoing().clone();
            tokio::spawn(async move {
                let mut idle = None;
                for call in 0..20 {
                    let mut stream = match idle.take().filter(Connection::is_reusable) {
                        Some(stream) => stream,
                        None => outgoing.open().await.unwrap(),
                    };
                    let mut answer = [0; 1];
                    send(&mut stream, &[call]).await;
                    stream.read_exact(&mut answer).await.unwrap();
                    assert_eq!(answer, [call], "{caller}");
                    idle = Some(stream).filter(Connection::is_reusable);
                }
            })
        })
        .collect();
    for caller in callers {
        within(caller).await.unwrap();
    }
    ours.outgoing().close().await;
    within(serving).await.unwrap();
}

#[tokio::test]
async fn idle_streams_are_not_reused_near_the_limit() {
    let options = YamuxOptions::default().with_max_outbound_streams(8);
    let (ours, _theirs) = sessions_with(options).await;
    let mut streams = Vec::new();
    for _ in 0..6 {
        streams.push(ours.outgoing().open().await.unwrap());
    }
    assert!(streams.iter().all(Connection::is_reusable));
    let _seventh = ours.outgoing().open().await.unwrap();
    assert!(!streams.iter().any(Connection::is_reusable));
    streams.clear();
    assert!(_seventh.is_reusable());
}

#[tokio::test]
async fn streams_over_the_inbound_limit_are_refused_alone() {
    let (mut session, mut raw) = against_raw().await;
    // The dialing end has odd ids, so the raw end opens even ones. Nobody accepts: the queue fills, then refusals come.
    for stream in 1..=600 {
        raw.write_all(&frame(WINDOW_UPDATE, SYN, stream * 2, 0)).await.unwrap();
    }
    for stream in 513..=600 {
        let refusal = Frame { kind: WINDOW_UPDATE, flags: RST, stream: stream * 2, length: 0 };
        assert_eq!(next_frame(&mut raw).await, refusal);
    }
    assert!(within(session.incoming().accept()).await.is_some(), "the session lives on");
    assert_eq!(next_frame(&mut raw).await, Frame { kind: DATA, flags: ACK, stream: 2, length: 0 });
}

#[tokio::test]
async fn a_session_ends_whose_other_end_opens_far_too_many_streams() {
    let (session, mut raw) = against_raw_with(YamuxOptions::default().with_max_inbound_streams(1)).await;
    for stream in 1..=1024 + 1 {
        raw.write_all(&frame(WINDOW_UPDATE, SYN, stream * 2, 0)).await.unwrap();
    }
    for stream in 2..=1024 + 1 {
        assert_eq!(next_frame(&mut raw).await.stream, stream * 2, "refused alone");
    }
    assert!(!session.outgoing().is_ended());
    raw.write_all(&frame(WINDOW_UPDATE, SYN, 1026 * 2, 0)).await.unwrap();
    let error = within(session.outgoing().ended()).await.expect_err("an end by this side");
    assert_eq!(error.kind(), SessionErrorKind::Protocol);
    assert_eq!(error.to_string(), "the other end of the yamux session opens too many streams");
}

#[tokio::test]
async fn a_stream_that_arrives_finished_is_read_to_its_end() {
    let (mut session, mut raw) = against_raw().await;
    for kind in [DATA, WINDOW_UPDATE] {
        let id = 2 * (u32::from(kind) + 1);
        raw.write_all(&frame(kind, SYN | FIN, id, 0)).await.unwrap();
        let (mut stream, _) = within(session.incoming().accept()).await.unwrap();
        assert_eq!(within(stream.read(&mut [0; 1])).await.unwrap(), 0, "the end, not a reset");
    }
}

/// The window is used up when the stream is flushed: the update that the next read queues is sent all the same.
#[tokio::test]
async fn a_flush_between_two_reads_does_not_hold_back_the_window_update() {
    const WINDOW: u32 = 256 * 1024;
    let (session, mut raw) = against_raw().await;
    let mut stream = session.outgoing().open().await.unwrap();
    send(&mut stream, b"x").await;
    assert_eq!(next_frame(&mut raw).await.flags, SYN);
    let mut window = frame(DATA, ACK, 1, WINDOW).to_vec();
    window.resize(12 + WINDOW as usize, 7);
    let mut read = vec![0; WINDOW as usize];
    within(async { tokio::join!(raw.write_all(&window), stream.read_exact(&mut read)) }).await.1.unwrap();
    send(&mut stream, b"y").await;
    assert_eq!(next_frame(&mut raw).await, Frame { kind: DATA, flags: 0, stream: 1, length: 1 });
    // No timer, such as the one that releases idle buffers, has to come first.
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    let reading = tokio::spawn(async move { stream.read_u8().await });
    let update = next_frame(&mut raw).await;
    assert_eq!((update.kind, update.stream), (WINDOW_UPDATE, 1));
    assert_eq!(begun.elapsed(), Duration::ZERO);
    reading.abort();
}

/// A session ends when its last handle is dropped, whichever that is.
#[tokio::test]
async fn handles_can_be_dropped_in_any_order() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let (session, theirs) = sessions().await;
        let stream = session.outgoing().open().await.unwrap();
        let (outgoing, incoming) = session.split();
        let mut handles =
            [Some(Handle::Stream(stream)), Some(Handle::Outgoing(outgoing)), Some(Handle::Incoming(incoming))];
        for one in order {
            assert!(!theirs.outgoing().is_ended(), "{order:?}");
            handles[one] = None;
        }
        within(theirs.outgoing().ended()).await.unwrap();
    }
}

/// Held, not read.
enum Handle {
    Stream(#[expect(dead_code)] volplane_transport::YamuxStream),
    Outgoing(#[expect(dead_code)] volplane_transport::Outgoing),
    Incoming(#[expect(dead_code)] volplane_transport::Incoming),
}
