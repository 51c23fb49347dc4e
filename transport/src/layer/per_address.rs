//! How many handshakes run at a time for one address. One host could otherwise hold them all: 1,100 silent connections of
//! one made 5 of 13 others wait for 5 s.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, Ipv6Addr};

use tokio::task::{AbortHandle, Id};
use volo::net::Address;

/// The running handshakes of each address.
#[derive(Debug, Default)]
pub(super) struct PerAddress {
    /// The oldest first. Never empty.
    running: HashMap<IpAddr, VecDeque<AbortHandle>>,
    address_of: HashMap<Id, IpAddr>,
}

impl PerAddress {
    /// A handshake with a peer at `address` has been started. Ends the oldest one of the same address if there are more
    /// than `limit`: that is the one which is most likely to never end by itself, and a new client of an address that
    /// many share, such as a proxy's, is not locked out.
    pub(super) fn started(&mut self, address: Option<Address>, task: AbortHandle, limit: usize) {
        let Some(address) = address.as_ref().and_then(group) else { return };
        self.address_of.insert(task.id(), address);
        let running = self.running.entry(address).or_default();
        running.push_back(task);
        if running.len() > limit {
            running.retain(|task| !task.is_finished());
        }
        if running.len() > limit
            && let Some(oldest) = running.pop_front()
        {
            tracing::debug!(%address, limit, "oldest handshake of an address ended");
            oldest.abort();
        }
    }

    /// A handshake has ended, in any way.
    pub(super) fn ended(&mut self, task: Id) {
        let Some(address) = self.address_of.remove(&task) else { return };
        if let Some(running) = self.running.get_mut(&address) {
            running.retain(|other| other.id() != task);
            if running.is_empty() {
                self.running.remove(&address);
            }
        }
    }
}

/// What counts as one address: of IPv6 the first 64 bits, as one host usually has that many
/// ([RFC 6177](https://www.rfc-editor.org/rfc/rfc6177)). `None` for peers without an IP address, which are not limited.
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

    #[tokio::test]
    async fn ends_the_oldest_that_still_runs_and_forgets_all_that_ended() {
        let mut tasks = tokio::task::JoinSet::new();
        let mut addresses = PerAddress::default();
        let at = |port| Some(Address::Ip(([192, 0, 2, 1], port).into()));
        let started: Vec<AbortHandle> = (0..4).map(|_| tasks.spawn(std::future::pending::<()>())).collect();
        for (port, task) in started.iter().enumerate() {
            addresses.started(at(u16::try_from(port).unwrap()), task.clone(), 3);
        }
        let ended = tasks.join_next_with_id().await.unwrap().unwrap_err().id();
        assert_eq!(ended, started[0].id());
        addresses.ended(ended);
        // One that has ended by itself makes room.
        started[1].abort();
        let ended = tasks.join_next_with_id().await.unwrap().unwrap_err().id();
        addresses.started(at(9), tasks.spawn(std::future::pending()), 3);
        assert!(!started[2].is_finished());
        addresses.ended(ended);
        // Other addresses don't count.
        addresses.started(Some(Address::Ip(([192, 0, 2, 2], 1).into())), tasks.spawn(std::future::pending()), 3);
        addresses.started(None, tasks.spawn(std::future::pending()), 3);
        tasks.abort_all();
        while let Some(ended) = tasks.join_next_with_id().await {
            addresses.ended(ended.unwrap_err().id());
        }
        assert!(addresses.running.is_empty() && addresses.address_of.is_empty());
    }
}
