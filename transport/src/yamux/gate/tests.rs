use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::task::Wake;

use super::*;

#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A gate to a number, and how often its task was woken.
fn gate() -> (Arc<Gate<u32>>, Arc<Count>) {
    let gate = Arc::new(Gate::new(0));
    let count = Arc::new(Count::default());
    gate.register_task(&Waker::from(Arc::clone(&count)));
    (gate, count)
}

fn woken(gate: &Gate<u32>, count: &Arc<Count>) -> usize {
    gate.register_task(&Waker::from(Arc::clone(count)));
    count.0.swap(0, Ordering::SeqCst)
}

#[test]
fn a_notification_at_a_free_gate_wakes_the_task() {
    let (gate, count) = gate();
    gate.notify();
    assert_eq!(woken(&gate, &count), 1);
}

#[test]
fn a_notification_before_the_work_of_a_visitor_wakes_nobody() {
    let (gate, count) = gate();
    let mut visits = 0;
    gate.visit(
        || gate.notify(),
        |inside| {
            *inside += 1;
            visits += 1;
            Visit::Done
        },
    );
    assert_eq!((visits, woken(&gate, &count)), (1, 0));
}

#[test]
fn notifications_during_a_visit_repeat_its_work_up_to_a_bound() {
    for (notifications, visits, task) in [(0, 1, 0), (1, 2, 0), (3, 4, 0), (4, 4, 1), (9, 4, 1)] {
        let (gate, count) = gate();
        let mut polled = 0;
        gate.visit(
            || {},
            |_| {
                if polled < notifications {
                    gate.notify();
                }
                polled += 1;
                Visit::Done
            },
        );
        assert_eq!((polled, woken(&gate, &count)), (visits, task), "{notifications} notifications");
    }
}

#[test]
fn work_for_the_task_wakes_the_task() {
    let (gate, count) = gate();
    gate.visit(|| {}, |_| Visit::Task);
    assert_eq!(woken(&gate, &count), 1);
    assert_eq!(gate.work(|_| ()), Work::Done(()));
    assert_eq!(woken(&gate, &count), 0);
}

#[test]
fn a_task_that_finds_a_visitor_is_woken_when_the_visitor_leaves() {
    let (gate, count) = gate();
    let mut visits = 0;
    gate.visit(
        || {},
        |_| {
            visits += 1;
            assert_eq!(gate.work(|_| ()), Work::Held);
            assert_eq!(count.0.load(Ordering::SeqCst), 0, "not yet");
            Visit::Done
        },
    );
    assert_eq!((visits, woken(&gate, &count)), (1, 1));
    assert_eq!(gate.work(|_| ()), Work::Done(()));
}

#[test]
fn a_notification_during_the_work_of_the_task_wakes_it_again() {
    let (gate, count) = gate();
    assert_eq!(gate.work(|_| gate.notify()), Work::Done(()));
    assert_eq!(woken(&gate, &count), 1);
}

#[test]
fn a_closed_gate_lets_nobody_in_and_is_empty() {
    let (gate, _) = gate();
    gate.visit(
        || {},
        |_| {
            gate.close();
            Visit::Done
        },
    );
    gate.visit(|| panic!("closed"), |_| panic!("closed"));
    assert_eq!(gate.work(|_| ()), Work::Closed);
    assert_eq!(*gate.inside(), None);
}

#[test]
fn no_work_is_lost_between_concurrent_visitors() {
    let (gate, count) = gate();
    let added = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..10_000 {
                    added.fetch_add(1, Ordering::SeqCst);
                    let mut entered = false;
                    let take = |inside: &mut u32| {
                        *inside += u32::try_from(added.swap(0, Ordering::SeqCst)).unwrap();
                        Visit::Done
                    };
                    gate.visit(|| entered = true, take);
                    if !entered {
                        gate.notify();
                    }
                }
            });
        }
        let mut all = 0;
        while all < 40_000 {
            // Only if woken: work that no visitor has taken comes with a notification.
            if woken(&gate, &count) > 0 {
                gate.work(|inside| *inside += u32::try_from(added.swap(0, Ordering::SeqCst)).unwrap());
            }
            if let Work::Done(inside) = gate.work(|inside| *inside) {
                all = inside;
            }
            std::thread::yield_now();
        }
    });
}
