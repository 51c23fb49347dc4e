//! What is measured, and in which order.

use fastrand::Rng;
use serde::Serialize;

use crate::arguments::PlanArguments;
use crate::process::Scheduler;
use crate::results::Point;
use crate::transport::Transport;

/// What is measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plan<T = Transport> {
    /// What the transports have to carry.
    pub workloads: Vec<Workload>,
    /// What is compared.
    pub transports: Vec<T>,
    /// How long calls count in one measurement, in seconds.
    pub seconds: f64,
    /// How long to call before, in seconds.
    pub warm_up: f64,
    /// How often everything is measured.
    pub rounds: u16,
    /// What the order of the turns is drawn from.
    pub seed: u32,
    /// tokio's scheduler in both processes.
    pub runtime: Scheduler,
}

/// The size of a message, and how many call at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Workload {
    /// Bytes in a message.
    pub size: usize,
    /// Callers at once.
    pub callers: u16,
}

/// One measurement to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Turn<T = Transport> {
    /// From 1.
    pub round: u16,
    /// Of what.
    pub point: Point<T>,
}

/// From this size on, 64 callers would only wait for memory; the design's bars name 16.
const LARGE: usize = 64 * 1024;

/// What is measured where nothing else is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Defaults {
    sizes: &'static [usize],
    callers: fn(usize) -> &'static [u16],
    seconds: f64,
    warm_up: f64,
    rounds: u16,
}

impl Defaults {
    /// Of the comparison of all transports: those that the bars of the design need.
    pub const TRANSPORTS: Defaults = Defaults {
        sizes: &[64, 1024, LARGE],
        callers: |size| match size {
            LARGE.. => &[1, 4, 16],
            ..=64 => &[1, 4, 64, 512],
            _ => &[1, 4, 64],
        },
        seconds: 1.0,
        warm_up: 0.3,
        rounds: 7,
    };

    /// Of the comparison with Kitex: some ten minutes.
    pub const KITEX: Defaults =
        Defaults { callers: |_| &[1, 64, 512], seconds: 0.4, rounds: 5, ..Defaults::TRANSPORTS };

    /// A look at whether everything works.
    pub const TEST: Defaults = Defaults { sizes: &[64], callers: |_| &[4], seconds: 0.05, warm_up: 0.01, rounds: 1 };
}

impl<T: Copy> Plan<T> {
    /// As asked, with `defaults` for the rest.
    pub fn new(asked: &PlanArguments, defaults: &Defaults, transports: Vec<T>) -> Self {
        let mut workloads = Vec::new();
        for &size in or_default(&asked.sizes, defaults.sizes) {
            let callers = or_default(&asked.callers, (defaults.callers)(size));
            workloads.extend(callers.iter().map(|&callers| Workload { size, callers }));
        }
        Self {
            workloads,
            transports,
            seconds: asked.seconds.map_or(defaults.seconds, |asked| asked.as_secs_f64()),
            warm_up: defaults.warm_up,
            rounds: asked.rounds.unwrap_or(defaults.rounds),
            seed: asked.seed.unwrap_or_else(|| fastrand::u32(..)),
            runtime: asked.runtime,
        }
    }

    /// All measurements. In each round the workloads come in random order, and for each of them the transports do: no
    /// transport always has the machine that another one has left behind. The transports of one workload are measured
    /// right after each other, so that their ratios hold when the machine drifts.
    pub fn turns(&self) -> Vec<Turn<T>> {
        let mut random = Rng::with_seed(self.seed.into());
        let (mut workloads, mut transports) = (self.workloads.clone(), self.transports.clone());
        let mut turns = Vec::new();
        for round in 1..=self.rounds {
            random.shuffle(&mut workloads);
            for &Workload { size, callers } in &workloads {
                random.shuffle(&mut transports);
                let points = transports.iter().map(|&transport| Point { size, callers, transport });
                turns.extend(points.map(|point| Turn { round, point }));
            }
        }
        turns
    }
}

pub(crate) fn or_default<'a, T>(asked: &'a [T], default: &'a [T]) -> &'a [T] {
    if asked.is_empty() { default } else { asked }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::Parser;

    use super::*;
    use crate::arguments::Arguments;

    fn plan(line: &str, benchmark: bool) -> Plan {
        let words = ["bench"].into_iter().chain(line.split_whitespace());
        let defaults = if benchmark { Defaults::TRANSPORTS } else { Defaults::TEST };
        let asked = Arguments::try_parse_from(words).unwrap().plan;
        Plan::new(&asked, &defaults, or_default(&asked.transports, &Transport::ALL).to_vec())
    }

    fn workloads(line: &str, benchmark: bool) -> Vec<(usize, u16)> {
        plan(line, benchmark).workloads.iter().map(|workload| (workload.size, workload.callers)).collect()
    }

    #[test]
    fn large_messages_have_fewer_callers_unless_asked() {
        let small = [(64, 1), (64, 4), (64, 64), (64, 512), (1024, 1), (1024, 4), (1024, 64)];
        let large = [(65536, 1), (65536, 4), (65536, 16)];
        assert_eq!(workloads("", true), [small.as_slice(), &large].concat());
        assert_eq!(workloads("--sizes 65536", true), large);
        assert_eq!(workloads("--callers 64,2", true), [64, 1024, 65536].map(|size| [(size, 64), (size, 2)]).concat());
        assert_eq!(workloads("--callers 3 --sizes 7,9", false), [(7, 3), (9, 3)]);
        assert_eq!(workloads("", false), [(64, 4)]);
    }

    #[test]
    fn every_round_measures_everything_once() {
        let plan = plan("", true);
        let turns = plan.turns();
        let all: BTreeSet<Turn> = turns.iter().copied().collect();
        assert_eq!((turns.len(), all.len()), (7 * 13 * 10, 7 * 13 * 10));
        // The transports of a workload have neighbouring turns.
        for of_one_workload in turns.chunks(plan.transports.len()) {
            let with: BTreeSet<_> =
                of_one_workload.iter().map(|turn| (turn.round, turn.point.size, turn.point.callers)).collect();
            assert_eq!(with.len(), 1, "{of_one_workload:?}");
        }
    }

    #[test]
    fn the_order_differs_by_round_and_by_seed_and_only_by_them() {
        let turns = plan("--seed 1", true).turns();
        assert_eq!(plan("--seed 1", true).turns(), turns);
        assert_ne!(plan("--seed 2", true).turns(), turns);
        let rounds: BTreeSet<Vec<Point>> =
            turns.chunks(turns.len() / 7).map(|round| round.iter().map(|turn| turn.point).collect()).collect();
        assert_eq!(rounds.len(), 7);
    }
}
