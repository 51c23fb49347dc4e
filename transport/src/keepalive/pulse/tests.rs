use std::collections::VecDeque;

use proptest::prelude::*;

use super::*;

/// One end of a link, and a clock that is moved by hand.
struct Link {
    pulse: Pulse,
    began: Instant,
    now: Instant,
    /// Bytes per second.
    rate: u64,
    /// Bytes that the connection took and that have not arrived.
    under_way: u64,
    /// The pings among them: how many bytes have to arrive until they have.
    pings: VecDeque<(u64, u32)>,
}

impl Link {
    fn new(rate: u64) -> Self {
        let now = Instant::now();
        let pulse = Pulse::new(Keepalive::default(), Duration::from_secs(30), now);
        Self { pulse, began: now, now, rate, under_way: 0, pings: VecDeque::new() }
    }

    fn write(&mut self, count: usize) {
        self.pulse.wrote(count, self.now);
        self.under_way += count as u64;
    }

    /// Does what the pulse asks for.
    fn poll(&mut self) -> Result<(), Dead> {
        loop {
            match self.pulse.next() {
                PulseStep::Ping(id) => {
                    self.pulse.pinged(id, 12, self.now);
                    self.write(12);
                    self.pings.push_back((self.under_way, id));
                }
                PulseStep::Wait(until) if until <= self.now => self.pulse.fire(self.now)?,
                PulseStep::Wait(_) => return Ok(()),
            }
        }
    }

    /// A tenth of a second passes. The peer answers pings.
    fn pass(&mut self) -> Result<(), Dead> {
        self.now += Duration::from_millis(100);
        let carried = (self.rate / 10).min(self.under_way);
        self.under_way -= carried;
        for (left, _) in &mut self.pings {
            *left = left.saturating_sub(carried);
        }
        while let Some((0, id)) = self.pings.front().copied().filter(|_| self.rate > 0) {
            self.pings.pop_front();
            self.pulse.heard(self.now);
            self.pulse.answered(id, self.now);
        }
        self.poll()
    }

    fn run(&mut self, time: Duration) -> Result<(), Dead> {
        let end = self.now + time;
        while self.now < end {
            self.pass()?;
        }
        Ok(())
    }

    /// How long it takes until the peer counts as dead, to the second: carrying a ping takes some time, too.
    fn death(&mut self) -> Duration {
        let from = self.now;
        while self.pass().is_ok() {
            assert!(self.now - from < Duration::from_secs(3600));
        }
        seconds((self.now - from).as_secs())
    }
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn a_time_of_any_length_can_be_waited_for() {
    let never = Keepalive::default().with_interval(Duration::MAX).with_timeout(Duration::MAX);
    let mut pulse = Pulse::new(never, Duration::from_secs(30), Instant::now());
    assert!(matches!(pulse.next(), PulseStep::Wait(_)));
    pulse.probe();
    pulse.pinged(0, 12, Instant::now());
    pulse.wrote(12, Instant::now());
    assert!(matches!(pulse.next(), PulseStep::Wait(_)));
}

#[test]
fn a_silent_peer_gets_a_ping_after_20_s_and_is_dead_after_30_s() {
    let mut link = Link::new(0);
    assert_eq!(link.pulse.next(), PulseStep::Wait(link.began + seconds(20)));
    assert_eq!(link.death(), seconds(30));
    assert_eq!(link.pings.len(), 1);
    assert!(link.pass().is_err_and(|silence| silence > seconds(30) && silence < seconds(31)));
}

#[test]
fn any_byte_counts_as_life() {
    let mut link = Link::new(0);
    for _ in 0..10 {
        link.run(seconds(29)).expect("alive");
        link.pulse.heard(link.now);
    }
    assert_eq!(link.death(), seconds(30));
}

#[test]
fn an_idle_link_is_pinged_every_20_s() {
    let mut link = Link::new(1_000_000);
    let mut pings = 0;
    for _ in 0..1000 {
        link.now += Duration::from_millis(100);
        link.poll().expect("alive");
        if let Some((_, id)) = link.pings.pop_front() {
            pings += 1;
            link.pulse.heard(link.now);
            link.pulse.answered(id, link.now);
        }
    }
    assert_eq!(pings, 5);
}

#[test]
fn one_megabyte_at_10_kilobytes_a_second_is_never_taken_for_death() {
    let mut link = Link::new(10_000);
    link.write(1_000_000);
    link.run(seconds(600)).expect("alive");
    link.rate = 0;
    assert!(link.death() <= seconds(30), "and everything is confirmed again");
}

#[test]
fn a_link_that_is_cut_after_a_lot_of_traffic_is_noticed_soon() {
    let mut link = Link::new(100_000_000);
    for _ in 0..1000 {
        link.write(5_000_000);
        link.run(seconds(1)).expect("alive");
    }
    link.rate = 0;
    link.write(50_000);
    assert!(link.death() <= seconds(30));
}

#[test]
fn a_probe_does_not_wait_for_the_interval() {
    let mut link = Link::new(0);
    link.run(seconds(3)).expect("alive");
    link.pulse.probe();
    assert_eq!(link.death(), seconds(10));
    assert_eq!(link.pings.len(), 1);
}

#[test]
fn probes_without_end_give_a_dead_peer_no_more_time() {
    for first in [3, 15, 25] {
        let mut link = Link::new(0);
        link.run(seconds(first)).expect("alive");
        let mut ended = None;
        for second in 0..60 {
            link.pulse.probe();
            if link.run(seconds(1)).is_err() {
                ended = Some(first + second + 1);
                break;
            }
        }
        let latest = (first + 11).min(31);
        assert!(ended.is_some_and(|ended| ended <= latest), "{ended:?}, and the first call was given up at {first} s");
    }
}

#[test]
fn the_longest_times_are_as_good_as_never() {
    let now = Instant::now();
    let never = Keepalive::default().with_interval(Duration::MAX).with_timeout(Duration::MAX);
    let mut pulse = Pulse::new(never, Duration::MAX, now);
    let year = seconds(60 * 60 * 24 * 365);
    assert!(matches!(pulse.next(), PulseStep::Wait(until) if until > now + year));
    pulse.probe();
    let PulseStep::Ping(id) = pulse.next() else { panic!("a ping") };
    pulse.pinged(id, 12, now);
    assert!(matches!(pulse.next(), PulseStep::Wait(until) if until > now + year));
    pulse.wrote(12, now);
    assert!(matches!(pulse.next(), PulseStep::Wait(until) if until > now + year));
}

#[test]
fn a_probe_that_is_answered_changes_nothing() {
    let mut link = Link::new(1_000_000);
    link.run(seconds(3)).expect("alive");
    link.pulse.probe();
    link.run(seconds(1)).expect("alive");
    link.rate = 0;
    let death = link.death();
    assert!(death > seconds(28) && death <= seconds(30), "{death:?}");
}

#[test]
fn a_ping_that_cannot_be_written_counts_from_the_last_progress() {
    let mut link = Link::new(0);
    link.now += seconds(20);
    link.pulse.fire(link.now).expect("a ping is due");
    let PulseStep::Ping(id) = link.pulse.next() else { panic!("a ping") };
    link.pulse.pinged(id, 100_000, link.now);
    assert_eq!(link.pulse.next(), PulseStep::Wait(link.now + seconds(30)));
    link.now += seconds(29);
    link.pulse.wrote(10_000, link.now);
    assert_eq!(link.pulse.next(), PulseStep::Wait(link.now + seconds(30)));
}

#[test]
fn a_forged_answer_confirms_no_more_than_was_written() {
    let mut link = Link::new(0);
    link.write(10_000);
    for id in [0, 9, 10, 4711, u32::MAX] {
        link.pulse.answered(id, link.now);
        assert!(link.pulse.confirmed <= link.pulse.written);
    }
}

const LARGEST_WRITE: usize = 400_000;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_live_link_is_never_dead_and_a_cut_one_is_dead_in_time(
        rate in 8_500_u64..1_000_000,
        writes in proptest::collection::vec((0..LARGEST_WRITE, 0_u64..60), 1..20),
    ) {
        let mut link = Link::new(rate);
        for (count, pause) in writes {
            // The socket's buffer takes no more.
            let room = usize::try_from(MAX_UNDER_WAY.saturating_sub(link.under_way)).unwrap_or(0);
            link.write(count.min(room));
            prop_assert_eq!(link.run(seconds(pause)), Ok(()));
        }
        let under_way = link.under_way;
        link.rate = 0;
        let death = link.death();
        // What was written last may have arrived without a ping behind it: less than a mark, and one write.
        let most = seconds(31) + carrying(under_way + 2 * MARK + LARGEST_WRITE as u64);
        prop_assert!(death <= most, "{:?} with {} bytes under way", death, under_way);
    }
}
