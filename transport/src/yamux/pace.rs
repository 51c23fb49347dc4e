//! How many bytes a session has under way, so that a small message does not wait behind a large one.
//!
//! Streams take turns, but what was given to the connection is in one queue: the buffers of sockets and of relays on the
//! way hold some MB, which is seconds on a slow link. So a session learns how long its bytes take: pings among them
//! ([`Mark`]s) are answered when everything before them has arrived. If that takes longer than an empty link does, fewer
//! bytes may be under way. It is the idea of TCP Vegas (Brakmo and Peterson, 1995), above the socket.
//!
//! A peer that answers no pings, and a link without a queue, are not limited.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// How long bytes may wait in queues on the way, at least. At 4 MB/s, 12 KB.
const QUEUE: Duration = Duration::from_millis(3);

/// How many bytes may be under way at least.
const MIN_WINDOW: u64 = 12 * 1024;

/// How many bytes may be under way when a peer has answered for the first time. It doubles as long as no queue shows.
const FIRST_WINDOW: u64 = 64 * 1024;

/// From how many bytes on they are not limited.
const MAX_WINDOW: u64 = 16 * 1024 * 1024;

/// How many bytes there are between two marks, at most and at least.
const MAX_STEP: u64 = 256 * 1024;
const MIN_STEP: u64 = 4 * 1024;

/// After what time a mark is not waited for any more.
const LOST: Duration = Duration::from_secs(10);

/// How many marks may be unanswered.
const MARKS: usize = 8;

/// How many bytes there may be before a mark that measures an empty link.
const ALMOST_NONE: u64 = 2 * 1024;

/// For how long a base counts: the route may change.
const BASE: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(super) struct Pace {
    /// How many bytes may be under way. `None`: any number.
    window: Option<u64>,
    /// When the window last grew. Only a later mark shows the effect.
    grew: Option<Instant>,
    /// How many bytes have certainly arrived.
    confirmed: u64,
    marks: VecDeque<Mark>,
    /// The number of the next mark, and the position of the last one.
    next: u32,
    last: u64,
    base: Option<Base>,
    /// The base is old: one frame is sent after the answer to the other, until a mark has found an empty link.
    probing: bool,
}

/// A ping that is not answered yet.
#[derive(Debug)]
struct Mark {
    number: u32,
    /// The position behind it.
    end: u64,
    /// How many bytes were under way, its own among them.
    under_way: u64,
    queued: Instant,
    /// The window was full since the mark before.
    limited: bool,
}

/// How long a mark takes on an empty link: the shortest time of those with little before them.
#[derive(Debug)]
struct Base {
    took: Duration,
    at: Instant,
}

impl Pace {
    pub(super) fn new() -> Self {
        Self {
            window: None,
            grew: None,
            confirmed: 0,
            marks: VecDeque::new(),
            next: 0,
            last: 0,
            base: None,
            probing: false,
        }
    }

    /// Whether no frame may be written now, behind `position` bytes. An answer will come. The time is only asked for
    /// when there are too many.
    pub(super) fn is_full(&mut self, position: u64, now: impl FnOnce() -> Instant) -> bool {
        let full = self.probing || self.window.is_some_and(|window| position.saturating_sub(self.confirmed) >= window);
        let since = self.marks.front().map(|mark| mark.queued);
        if full && since.is_some_and(|since| now() - since >= LOST) {
            // Some peers drop pings when there are many.
            self.marks.clear();
            self.window = None;
            self.probing = false;
        }
        match self.marks.back_mut() {
            Some(mark) => {
                mark.limited |= full && !self.probing;
                full
            }
            None => false,
        }
    }

    /// When the oldest mark without an answer counts as lost.
    pub(super) fn lost_at(&self) -> Option<Instant> {
        self.marks.front().map(|mark| mark.queued + LOST)
    }

    /// The size that frames should have: several fit into the window.
    pub(super) fn frame(&self) -> usize {
        self.window.map_or(usize::MAX, |window| usize::try_from(window / 8).unwrap_or(usize::MAX))
    }

    /// The number of the mark to send behind `position` bytes, if one is due.
    pub(super) fn due(&self, position: u64) -> Option<u32> {
        let step = (self.window.unwrap_or(u64::MAX) / 4).clamp(MIN_STEP, MAX_STEP);
        let due = if self.probing { self.marks.is_empty() } else { self.next == 0 || position - self.last >= step };
        (due && self.marks.len() < MARKS).then_some(self.next)
    }

    /// A mark was queued; `end` is the position behind it.
    pub(super) fn marked(&mut self, number: u32, end: u64, now: Instant) {
        let under_way = end - self.confirmed;
        self.marks.push_back(Mark { number, end, under_way, queued: now, limited: false });
        self.next = next(number);
        self.last = end;
    }

    /// A mark was answered. Returns how many bytes have certainly arrived.
    pub(super) fn answered(&mut self, number: u32, now: Instant) -> Option<u64> {
        let at = self.marks.iter().position(|mark| mark.number == number)?;
        let mark = self.marks.drain(..=at).next_back()?;
        self.confirmed = mark.end;
        let took = now - mark.queued;
        let base = self.base(&mark, took, now);
        let most = base + QUEUE.max(base / 2);
        if took > most {
            let fitting = (mark.under_way as f64 * most.as_secs_f64() / took.as_secs_f64()) as u64;
            self.window = Some(fitting.max(MIN_WINDOW));
            self.grew = Some(now);
        } else if number == 0 {
            // The peer answers. What its link can carry is not known yet.
            self.window = Some(FIRST_WINDOW);
        } else if let Some(window) = &mut self.window {
            if mark.limited && self.grew.is_none_or(|grew| mark.queued >= grew) {
                self.grew = Some(now);
                // Much more if there is no queue at all.
                *window += if took <= base + QUEUE / 4 { *window } else { *window / 4 };
            }
            if *window > MAX_WINDOW {
                self.window = None;
            }
        }
        Some(self.confirmed)
    }

    /// How long a mark takes on an empty link, by what is known now.
    fn base(&mut self, mark: &Mark, took: Duration, now: Instant) -> Duration {
        let is_old = |base: &Base| now - base.at >= BASE;
        let measures = mark.under_way <= ALMOST_NONE;
        if measures && self.base.as_ref().is_none_or(|base| took <= base.took || is_old(base)) {
            self.base = Some(Base { took, at: now });
        }
        self.probing = self.base.as_ref().is_some_and(is_old);
        self.base.as_ref().map_or(took, |base| base.took)
    }
}

/// 0 is only the first one.
fn next(number: u32) -> u32 {
    if number >= (1 << 30) - 1 { 1 } else { number + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A link that carries `rate` bytes per second, after `delay`; the sender always has something to send. Returns the
    /// longest time that bytes waited after the first five seconds, and how many bytes arrived.
    fn send_for(seconds: u64, rate: f64, delay: Duration, answers: bool) -> (Duration, u64, Pace) {
        let began = Instant::now();
        let (mut pace, mut position, mut carried) = (Pace::new(), 0_u64, 0.0);
        let mut answers_due = VecDeque::new();
        let mut marks: VecDeque<(u64, u32)> = VecDeque::new();
        let mut longest = Duration::ZERO;
        for tick in 0..seconds * 10_000 {
            let now = began + Duration::from_micros(tick * 100);
            carried = f64::min(carried + rate / 10_000.0, position as f64);
            while marks.front().is_some_and(|(end, _)| *end as f64 <= carried) {
                answers_due.extend(marks.pop_front().map(|(_, number)| (now + delay, number)));
            }
            while answers && answers_due.front().is_some_and(|(at, _)| *at <= now) {
                let (_, number) = answers_due.pop_front().unwrap();
                pace.answered(number, now).unwrap();
            }
            // The socket takes 4 MB.
            while position as f64 - carried < 4e6 {
                if let Some(number) = pace.due(position) {
                    position += 12;
                    pace.marked(number, position, now);
                    marks.push_back((position, number));
                }
                if pace.is_full(position, || now) {
                    break;
                }
                position += pace.frame().min(128 * 1024) as u64;
            }
            if tick > 50_000 {
                longest = longest.max(Duration::from_secs_f64((position as f64 - carried) / rate));
            }
        }
        (longest, carried as u64, pace)
    }

    #[test]
    fn a_slow_link_gets_a_short_queue_and_is_used_fully() {
        for (rate, delay) in [(1e6, 0), (4e6, 0), (4e6, 20), (10e6, 50), (100e6, 2)] {
            let (longest, carried, _) = send_for(30, rate, Duration::from_millis(delay), true);
            let queue =
                Duration::from_secs_f64(MIN_WINDOW as f64 / rate).max(QUEUE.max(Duration::from_millis(delay / 2)));
            let most = Duration::from_millis(delay) + 4 * queue;
            assert!(longest <= most, "{longest:?} at {rate} and {delay} ms");
            let share = carried as f64 / (30.0 * rate);
            assert!(share > 0.8, "{share} at {rate} and {delay} ms");
        }
    }

    #[test]
    fn a_peer_that_answers_nothing_is_not_limited() {
        let (_, _, mut pace) = send_for(1, 4e6, Duration::ZERO, false);
        assert_eq!((pace.window, pace.marks.len()), (None, MARKS));
        assert!(!pace.is_full(u64::MAX, Instant::now));
    }

    #[test]
    fn an_answer_that_is_lost_holds_nothing_up_for_ever() {
        let (_, _, mut pace) = send_for(5, 4e6, Duration::ZERO, true);
        let now = pace.marks.back().unwrap().queued;
        let position = pace.last + 1_000_000;
        assert!(pace.is_full(position, || now + LOST / 2));
        assert!(!pace.is_full(position, || now + LOST));
        let number = pace.due(position).expect("it is asked anew");
        pace.marked(number, position, now + LOST);
        assert_eq!(pace.answered(number, now + LOST), Some(position));
    }

    #[test]
    fn a_link_that_was_slow_and_became_fast_is_used_fully_again() {
        let (_, _, mut pace) = send_for(10, 1e6, Duration::ZERO, true);
        let mut now = Instant::now() + Duration::from_secs(60);
        let mut position = pace.last + 1_000_000;
        for _ in 0..1000 {
            loop {
                if let Some(number) = pace.due(position) {
                    pace.marked(number, position, now);
                }
                if pace.is_full(position, || now) {
                    break;
                }
                position += pace.frame().min(128 * 1024) as u64;
                if pace.window.is_none() {
                    return;
                }
            }
            now += Duration::from_micros(100);
            let number = pace.marks.back().unwrap().number;
            pace.answered(number, now).unwrap();
        }
        panic!("{pace:?}");
    }
}
