//! The running handshakes of a listener, and which one is dropped when there are too many.
//!
//! Otherwise one host could use all of them: 1,100 connections of one host that sent nothing made 5 of 13 other clients
//! wait for 5 s. Several hosts could, too: 2,500 such connections of 25 hosts blocked all new clients until the deadline.

use std::cmp::Reverse;
use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, Ipv6Addr};

use tokio::task::{AbortHandle, Id};
use volo::net::Address;

use super::HandshakeOptions;

/// The running handshakes of each address. Those that were dropped from here no longer count.
#[derive(Debug, Default)]
pub(super) struct Running {
    /// The oldest first, with their numbers. Never empty. `None`: peers without an IP address.
    of: HashMap<Option<IpAddr>, VecDeque<(u64, AbortHandle)>>,
    address_of: HashMap<Id, Option<IpAddr>>,
    /// How many have been started.
    started: u64,
    /// How many there are in `of`.
    count: usize,
}

impl Running {
    /// A handshake with a peer at `address` has been started. Ends the oldest one of the same address if there are more
    /// than `per_address`: that is the one which is most likely to never end by itself, and a new client of an address
    /// that many share, such as a proxy's, is not locked out.
    ///
    /// If there are more than `concurrency` of all addresses, ends the oldest one of the address that has most. Without
    /// the count, whoever connects most often would also end the handshakes of those who connect once.
    pub(super) fn started(&mut self, address: Option<Address>, task: AbortHandle, options: &HandshakeOptions) {
        let address = address.as_ref().and_then(group);
        self.address_of.insert(task.id(), address);
        let running = self.of.entry(address).or_default();
        running.push_back((self.started, task));
        self.started += 1;
        self.count += 1;
        if address.is_some() && running.len() > options.per_address {
            self.make_room(address, options.per_address);
        }
        if self.count > options.concurrency
            && let Some(most) = self.address_with_most()
        {
            let all_but_one = self.of.get(&most).map_or(0, VecDeque::len).saturating_sub(1);
            self.make_room(most, all_but_one);
        }
    }

    /// The address with the most running handshakes; of several, the one whose oldest is the oldest of all.
    fn address_with_most(&self) -> Option<Option<IpAddr>> {
        let oldest = |running: &VecDeque<(u64, AbortHandle)>| running.front().map(|(number, _)| *number);
        self.of.iter().max_by_key(|(_, running)| (running.len(), Reverse(oldest(running)))).map(|(address, _)| *address)
    }

    /// Ends the oldest handshake of `address` if more than `limit` of it still run.
    fn make_room(&mut self, address: Option<IpAddr>, limit: usize) {
        let Some(running) = self.of.get_mut(&address) else { return };
        let before = running.len();
        running.retain(|(_, task)| !task.is_finished());
        if running.len() > limit
            && let Some((_, oldest)) = running.pop_front()
        {
            tracing::debug!(?address, limit, "oldest handshake of an address ended");
            oldest.abort();
        }
        self.count -= before - running.len();
        if running.is_empty() {
            self.of.remove(&address);
        }
    }

    /// A handshake has ended, in any way.
    pub(super) fn ended(&mut self, task: Id) {
        let Some(address) = self.address_of.remove(&task) else { return };
        if let Some(running) = self.of.get_mut(&address) {
            let before = running.len();
            running.retain(|(_, other)| other.id() != task);
            self.count -= before - running.len();
            if running.is_empty() {
                self.of.remove(&address);
            }
        }
    }
}

/// What counts as one address: of IPv6 the first 64 bits, as one host usually has that many
/// ([RFC 6177](https://www.rfc-editor.org/rfc/rfc6177)). `None` for peers without an IP address.
fn group(address: &Address) -> Option<IpAddr> {
    let Address::Ip(address) = address else { return None };
    Some(match address.ip().to_canonical() {
        IpAddr::V6(address) if !address.is_loopback() => {
            Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into()
        }
        address => address,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_addresses_by_host() {
        let group = |address: &str| group(&Address::Ip(address.parse().unwrap())).unwrap().to_string();
        assert_eq!(group("192.0.2.1:1"), "192.0.2.1");
        assert_eq!(group("[::ffff:192.0.2.1]:1"), "192.0.2.1");
        assert_eq!(group("[2001:db8:1:2:3:4:5:6]:1"), "2001:db8:1:2::");
        assert_eq!(group("[::1]:1"), "::1");
    }

    fn at(host: u8) -> Option<Address> {
        Some(Address::Ip(([192, 0, 2, host], 1).into()))
    }

    #[tokio::test]
    async fn ends_the_oldest_of_the_address_that_still_runs_and_forgets_all_that_ended() {
        let mut tasks = tokio::task::JoinSet::new();
        let mut all = Running::default();
        let options = HandshakeOptions::default().with_per_address(3);
        let started: Vec<AbortHandle> = (0..4).map(|_| tasks.spawn(std::future::pending::<()>())).collect();
        for task in &started {
            all.started(at(1), task.clone(), &options);
        }
        let ended = tasks.join_next_with_id().await.unwrap().unwrap_err().id();
        assert_eq!(ended, started[0].id());
        all.ended(ended);
        // A handshake that has ended makes room.
        started[1].abort();
        let ended = tasks.join_next_with_id().await.unwrap().unwrap_err().id();
        all.started(at(1), tasks.spawn(std::future::pending()), &options);
        assert!(!started[2].is_finished());
        all.ended(ended);
        // Other addresses don't count.
        all.started(at(2), tasks.spawn(std::future::pending()), &options);
        all.started(None, tasks.spawn(std::future::pending()), &options);
        assert_eq!(all.count, tasks.len());
        tasks.abort_all();
        while let Some(ended) = tasks.join_next_with_id().await {
            all.ended(ended.unwrap_err().id());
        }
        assert!(all.of.is_empty() && all.address_of.is_empty() && all.count == 0);
    }

    #[tokio::test]
    async fn ends_the_oldest_of_the_address_that_has_most() {
        let mut tasks = tokio::task::JoinSet::new();
        let mut all = Running::default();
        let options = HandshakeOptions::default().with_concurrency(4);
        let mut ended = Vec::new();
        let mut started = Vec::new();
        for host in [at(1), at(2), None, at(2), at(3), at(4), at(5), at(6)] {
            let task = tasks.spawn(std::future::pending::<()>());
            started.push(task.id());
            all.started(host, task, &options);
            if started.len() > 4 {
                ended.push(tasks.join_next_with_id().await.unwrap().unwrap_err().id());
                all.ended(ended[ended.len() - 1]);
            }
            assert_eq!(all.count, tasks.len());
        }
        // Of the address with two, and then, as each has one, of the oldest address.
        assert_eq!(ended, [started[1], started[0], started[2], started[3]]);
    }
}
