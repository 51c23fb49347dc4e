//! Exclusive access to a value that a task works on, and that other tasks may work on while it is free.
//!
//! A task with work enters the gate, does its work and leaves. Nobody waits at the gate: a task that finds it occupied
//! leaves a notification ([`notify`](Gate::notify)), and the occupant repeats its work or leaves it to the gate's task.
//!
//! | state | occupied by | effect of a notification |
//! |---|---|---|
//! | 0 | nobody | wakes the task |
//! | `HELD` | a visitor or the task | sets `AGAIN` |
//! | `HELD + AGAIN` | as above; a visitor repeats its work before it leaves | none |
//! | `HELD + TASK` | a visitor, which wakes the task when it leaves | sets `AGAIN` |
//! | `CLOSED` | nobody, for good | wakes the task |

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use futures_util::task::AtomicWaker;

const HELD: u8 = 1;
const AGAIN: u8 = 2;
const TASK: u8 = 4;
const CLOSED: u8 = 8;

/// How many times a visitor does its work, if notifications keep arriving, before it leaves the rest to the task.
const ROUNDS: usize = 4;

#[derive(Debug)]
pub(super) struct Gate<E> {
    state: AtomicU8,
    /// Locked only by the occupant, so never contended. `None` once closed.
    inside: Mutex<Option<E>>,
    task: AtomicWaker,
}

/// What is left to do after a visitor's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Visit {
    /// Nothing to do.
    Done,
    /// More that a visitor can do.
    More,
    /// Work that only the task can do.
    Task,
}

/// The result of an attempt of the task to work.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Work<R> {
    Done(R),
    /// A visitor is inside. It wakes the task when it leaves.
    Held,
    Closed,
}

impl<E> Gate<E> {
    pub(super) fn new(inside: E) -> Self {
        Self { state: AtomicU8::new(0), inside: Mutex::new(Some(inside)), task: AtomicWaker::new() }
    }

    /// Sets the task's waker. The task calls it in every poll.
    pub(super) fn register_task(&self, waker: &Waker) {
        self.task.register(waker);
    }

    /// Does `work` if the gate is free, and repeats it while `work` itself or a notification asks for it, at most
    /// [`ROUNDS`] times. The task does the rest. `before` runs before each `work`, inside the gate: what it adds needs no
    /// notification.
    pub(super) fn visit(&self, mut before: impl FnMut(), mut work: impl FnMut(&mut E) -> Visit) {
        if !self.enter() {
            return;
        }
        let leaving = Leaving(self);
        for _ in 0..ROUNDS {
            before();
            // The work that follows covers all notifications so far.
            self.state.fetch_and(!AGAIN, Ordering::AcqRel);
            let left = self.inside().as_mut().map(&mut work);
            match left {
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

    /// Does `work` as the task. A notification that arrives during it wakes the task again.
    pub(super) fn work<R>(&self, work: impl FnOnce(&mut E) -> R) -> Work<R> {
        while !self.enter() {
            let state = self.state.fetch_or(TASK, Ordering::AcqRel);
            if state & CLOSED != 0 {
                return Work::Closed;
            }
            if state & HELD != 0 {
                return Work::Held;
            }
            // The visitor left between the two checks.
        }
        let _leaving = Leaving(self);
        let done = self.inside().as_mut().map(work);
        done.map_or(Work::Closed, Work::Done)
    }

    /// Tells the occupant, or the task if there is none, that there is work.
    pub(super) fn notify(&self) {
        let again = |state: u8| (state & HELD != 0).then_some(state | AGAIN);
        if self.state.fetch_update(Ordering::AcqRel, Ordering::Acquire, again).is_err() {
            self.task.wake();
        }
    }

    /// Closes the gate for good and drops the value; if the gate is occupied, the occupant drops it when it leaves.
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
        let value = self.inside().take();
        // Not under the lock: the drop wakes other tasks.
        drop(value);
    }
}

/// Leaves the gate when it is dropped, also if the work panics.
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
mod tests;
