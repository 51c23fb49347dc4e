//! A gate to something that one task works on, and that others may work on while nobody else does.
//!
//! Whoever has something to do enters, does it and leaves. Nobody waits in front of the gate: who finds somebody inside
//! leaves a note ([`tell`](Gate::tell)), and whoever is inside goes on, or hands over to the task.
//!
//! | state | who is inside | what a note does |
//! |---|---|---|
//! | 0 | nobody | wakes the task |
//! | `HELD` | somebody | becomes `AGAIN` |
//! | `HELD + AGAIN` | somebody, who looks again before leaving | nothing |
//! | `HELD + TASK` | somebody, who wakes the task on leaving | becomes `AGAIN`, too |
//! | `CLOSED` | nobody, for ever | wakes the task |

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use futures_util::task::AtomicWaker;

const HELD: u8 = 1;
const AGAIN: u8 = 2;
const TASK: u8 = 4;
const CLOSED: u8 = 8;

/// How often a visitor polls again when others have come meanwhile, before the task takes over.
const ROUNDS: usize = 4;

#[derive(Debug)]
pub(super) struct Gate<E> {
    state: AtomicU8,
    /// Locked only by who is inside, so never contended for longer than it takes to leave. `None` once closed.
    inside: Mutex<Option<E>>,
    task: AtomicWaker,
}

/// What a visitor has left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Visit {
    /// Nothing to do.
    Done,
    /// There may be more that a visitor can do.
    More,
    /// Something that only the task can do.
    Task,
}

/// What the task has met.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Work<R> {
    Done(R),
    /// Somebody is inside. The task is woken when they leave.
    Held,
    Closed,
}

impl<E> Gate<E> {
    pub(super) fn new(inside: E) -> Self {
        Self { state: AtomicU8::new(0), inside: Mutex::new(Some(inside)), task: AtomicWaker::new() }
    }

    /// To be called by the task whenever it is polled.
    pub(super) fn register_task(&self, waker: &Waker) {
        self.task.register(waker);
    }

    /// Does `work` inside, if nobody else is, and again while it or others ask for it, up to a bound. The task does what
    /// is left. `before` comes before it each time, with the gate held: what it brings needs no note.
    pub(super) fn visit(&self, mut before: impl FnMut(), mut work: impl FnMut(&mut E) -> Visit) {
        if !self.enter() {
            return;
        }
        let leaving = Leaving(self);
        for _ in 0..ROUNDS {
            before();
            // What was noted so far is seen to by the work that follows.
            self.state.fetch_and(!AGAIN, Ordering::AcqRel);
            match self.inside().as_mut().map(&mut work) {
                Some(Visit::More) => {}
                Some(Visit::Done) => match self.state.compare_exchange(HELD, 0, Ordering::AcqRel, Ordering::Acquire) {
                    Ok(_) => {
                        std::mem::forget(leaving);
                        return;
                    }
                    Err(state) if state & (TASK | CLOSED) != 0 => break,
                    Err(_) => {}
                },
                Some(Visit::Task) | None => break,
            }
        }
        self.state.fetch_or(TASK, Ordering::AcqRel);
    }

    /// Does `work` inside, as the task. A note that has come meanwhile wakes the task.
    pub(super) fn work<R>(&self, work: impl FnOnce(&mut E) -> R) -> Work<R> {
        while !self.enter() {
            let state = self.state.fetch_or(TASK, Ordering::AcqRel);
            if state & CLOSED != 0 {
                return Work::Closed;
            }
            if state & HELD != 0 {
                return Work::Held;
            }
            // Whoever was inside has left between the two looks.
        }
        let _leaving = Leaving(self);
        self.inside().as_mut().map(work).map_or(Work::Closed, Work::Done)
    }

    /// Says that there is something to do, to whoever is inside, or to the task.
    pub(super) fn tell(&self) {
        let note = |state: u8| (state & HELD != 0).then_some(state | AGAIN);
        if self.state.fetch_update(Ordering::AcqRel, Ordering::Acquire, note).is_err() {
            self.task.wake();
        }
    }

    /// Nobody enters any more, and what is inside is dropped, at the latest by who is inside now.
    pub(super) fn close(&self) {
        if self.state.fetch_or(CLOSED, Ordering::AcqRel) & HELD == 0 {
            self.empty();
        }
    }

    fn enter(&self) -> bool {
        let enter = |state: u8| (state & (HELD | CLOSED) == 0).then_some(HELD);
        self.state.fetch_update(Ordering::AcqRel, Ordering::Acquire, enter).is_ok()
    }

    fn inside(&self) -> MutexGuard<'_, Option<E>> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn empty(&self) {
        let gone = self.inside().take();
        // Not under the lock: what is dropped wakes others.
        drop(gone);
    }
}

/// Leaves when dropped, also when the work panics.
struct Leaving<'a, E>(&'a Gate<E>);

impl<E> Drop for Leaving<'_, E> {
    fn drop(&mut self) {
        let state = self.0.state.fetch_and(CLOSED, Ordering::AcqRel);
        if state & CLOSED != 0 {
            self.0.empty();
        }
        if state & (AGAIN | TASK) != 0 {
            self.0.task.wake();
        }
    }
}

#[cfg(test)]
mod tests {
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
    fn a_note_with_nobody_inside_wakes_the_task() {
        let (gate, count) = gate();
        gate.tell();
        assert_eq!(woken(&gate, &count), 1);
    }

    #[test]
    fn a_visitor_sees_to_what_it_brings_and_wakes_nobody() {
        let (gate, count) = gate();
        let mut visits = 0;
        gate.visit(
            || gate.tell(),
            |inside| {
                *inside += 1;
                visits += 1;
                Visit::Done
            },
        );
        assert_eq!((visits, woken(&gate, &count)), (1, 0));
    }

    #[test]
    fn a_note_during_a_visit_makes_it_longer_up_to_a_bound() {
        for (notes, visits, task) in [(0, 1, 0), (1, 2, 0), (3, 4, 0), (4, 4, 1), (9, 4, 1)] {
            let (gate, count) = gate();
            let mut polled = 0;
            gate.visit(
                || {},
                |_| {
                    if polled < notes {
                        gate.tell();
                    }
                    polled += 1;
                    Visit::Done
                },
            );
            assert_eq!((polled, woken(&gate, &count)), (visits, task), "{notes} notes");
        }
    }

    #[test]
    fn what_a_visitor_cannot_do_the_task_does() {
        let (gate, count) = gate();
        gate.visit(|| {}, |_| Visit::Task);
        assert_eq!(woken(&gate, &count), 1);
        assert_eq!(gate.work(|_| ()), Work::Done(()));
        assert_eq!(woken(&gate, &count), 0);
    }

    #[test]
    fn a_task_that_meets_a_visitor_is_woken_when_the_visitor_leaves() {
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
    fn a_note_while_the_task_is_inside_wakes_it_again() {
        let (gate, count) = gate();
        assert_eq!(gate.work(|_| gate.tell()), Work::Done(()));
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
    fn nobody_is_left_waiting_when_many_come_at_once() {
        let (gate, count) = gate();
        let brought = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..10_000 {
                        brought.fetch_add(1, Ordering::SeqCst);
                        let mut entered = false;
                        let take = |inside: &mut u32| {
                            *inside += u32::try_from(brought.swap(0, Ordering::SeqCst)).unwrap();
                            Visit::Done
                        };
                        gate.visit(|| entered = true, take);
                        if !entered {
                            gate.tell();
                        }
                    }
                });
            }
            let mut all = 0;
            while all < 40_000 {
                // Only when woken: what nobody has taken, somebody has told of.
                if woken(&gate, &count) > 0 {
                    gate.work(|inside| *inside += u32::try_from(brought.swap(0, Ordering::SeqCst)).unwrap());
                }
                if let Work::Done(inside) = gate.work(|inside| *inside) {
                    all = inside;
                }
                std::thread::yield_now();
            }
        });
    }
}
