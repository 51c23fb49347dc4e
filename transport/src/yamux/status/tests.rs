use std::sync::atomic::AtomicUsize;
use std::task::Wake;

use super::super::frame::{ACK, DATA, FIN, FrameHeader};
use super::*;
use crate::connection::NotDelivered;

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn error_after(frames: &[FrameHeader]) -> bool {
    let status = Status::new(1, YamuxRole::Client);
    status.add_stream(1, None);
    for frame in frames {
        if status.frame_received(*frame) {
            status.frame_read(*frame);
        }
    }
    NotDelivered::is(&status.reset_error(1))
}

#[test]
fn not_delivered_is_claimed_only_where_it_is_certain() {
    let acknowledged = FrameHeader { kind: DATA, flags: ACK, stream: 1, length: 0 };
    for (frames, certain) in [
        (&[][..], false),
        (&[FrameHeader::reset(1)][..], false),
        (&[FrameHeader::refusal(1)][..], true),
        (&[FrameHeader::refusal(3)][..], false),
        (&[FrameHeader::go_away(true)][..], true),
        (&[FrameHeader::go_away(false)][..], false),
        (&[acknowledged, FrameHeader::refusal(1)][..], false),
        (&[acknowledged, FrameHeader::go_away(true)][..], false),
    ] {
        assert_eq!(error_after(frames), certain, "{frames:?}");
    }
}

#[test]
fn the_end_of_a_refused_stream_is_sent_as_a_refusal() {
    let status = Status::new(1, YamuxRole::Client);
    status.refuse(2);
    let end = FrameHeader { kind: DATA, flags: FIN, stream: 2, length: 0 };
    assert_eq!(status.frame_sent(end), FrameHeader::refusal(2));
    assert_eq!(status.frame_sent(end), end, "once");
    assert_eq!(status.frame_sent(FrameHeader::reset(4)), FrameHeader::reset(4));
}

#[test]
fn a_refused_stream_that_the_peer_resets_is_forgotten() {
    let status = Status::new(1, YamuxRole::Client);
    status.refuse(2);
    status.frame_read(FrameHeader::reset(2));
    status.add_stream(4, None);
    status.frame_read(FrameHeader::reset(4));
    status.refuse(4);
    assert!(status.record().refused.is_empty());
}

#[test]
fn the_last_acknowledgement_before_a_go_away_wakes_the_driver() {
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    let status = Status::new(1, YamuxRole::Client);
    status.register_driver(&waker);
    assert!(status.accept(|| true));
    status.go_away();
    status.register_driver(&waker);
    woken.0.store(0, Ordering::SeqCst);
    status.frame_sent(FrameHeader { kind: DATA, flags: ACK, stream: 2, length: 0 });
    assert!(status.all_acknowledged());
    assert_eq!(woken.0.load(Ordering::SeqCst), 1);
}
