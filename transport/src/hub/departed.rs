//! The ids of peers that left: a limited number, for a limited time.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use tokio::time::Instant;

#[derive(Debug)]
pub(super) struct Departed {
    by_id: HashMap<String, (u64, Instant)>,
    /// In the order in which they left.
    order: BTreeMap<u64, String>,
    departures: u64,
    max: usize,
    remember: Duration,
}

impl Departed {
    pub(super) fn new(max: usize, remember: Duration) -> Self {
        Self { by_id: HashMap::new(), order: BTreeMap::new(), departures: 0, max, remember }
    }

    pub(super) fn add(&mut self, id: String, now: Instant) {
        self.remove(&id);
        self.departures += 1;
        self.order.insert(self.departures, id.clone());
        self.by_id.insert(id, (self.departures, now));
        while self.by_id.len() > self.max || self.first_is_expired(now) {
            let Some((_, first)) = self.order.pop_first() else { break };
            self.by_id.remove(&first);
        }
    }

    pub(super) fn remove(&mut self, id: &str) {
        if let Some((number, _)) = self.by_id.remove(id) {
            self.order.remove(&number);
        }
    }

    /// How long ago the peer left. `None` if it is not remembered.
    pub(super) fn gone_for(&self, id: &str, now: Instant) -> Option<Duration> {
        let (_, since) = self.by_id.get(id)?;
        Some(now.saturating_duration_since(*since)).filter(|gone_for| *gone_for < self.remember)
    }

    fn first_is_expired(&self, now: Instant) -> bool {
        let first = self.order.first_key_value();
        first.is_some_and(|(_, id)| self.gone_for(id, now).is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_limited_in_number_and_time() {
        let start = Instant::now();
        let mut departed = Departed::new(3, Duration::from_secs(60));
        for (number, id) in ["a", "b", "c", "d"].into_iter().enumerate() {
            departed.add(id.to_owned(), start + Duration::from_secs(number as u64));
        }
        let now = start + Duration::from_secs(10);
        assert_eq!(departed.gone_for("a", now), None, "the first one made room");
        assert_eq!(departed.gone_for("b", now), Some(Duration::from_secs(9)));
        // It came again, and left again.
        departed.add("b".to_owned(), now);
        departed.add("e".to_owned(), now);
        assert_eq!(departed.gone_for("c", now), None);
        assert_eq!(departed.gone_for("b", now), Some(Duration::ZERO));
        assert_eq!(departed.gone_for("b", now + Duration::from_secs(60)), None, "too long ago");
        departed.add("f".to_owned(), now + Duration::from_secs(120));
        assert_eq!((departed.by_id.len(), departed.order.len()), (1, 1), "the expired ones are gone");
    }

    #[test]
    fn ids_that_come_and_go_take_no_more_memory() {
        let now = Instant::now();
        let mut departed = Departed::new(10, Duration::from_secs(60));
        for _ in 0..1000 {
            departed.add("a".to_owned(), now);
        }
        assert_eq!((departed.by_id.len(), departed.order.len()), (1, 1));
        let mut none = Departed::new(0, Duration::from_secs(60));
        none.add("a".to_owned(), now);
        assert_eq!(none.gone_for("a", now), None);
    }
}
