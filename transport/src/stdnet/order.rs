//! The order in which the addresses of a name are tried.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};

/// How many addresses of one name are tried. Names of public services have fewer; a limit keeps a hostile answer of DNS
/// from making a client open hundreds of connections.
pub(super) const MAX_ATTEMPTS: usize = 16;

/// Orders resolved addresses by [RFC 8305, section 4](https://www.rfc-editor.org/rfc/rfc8305#section-4): the resolver's
/// order, which is that of RFC 6724, with the two families interleaved, beginning with that of the first address. So
/// IPv6 is first unless the resolver knows that it can't be used. Each address is tried once, and at most
/// [`MAX_ATTEMPTS`].
///
/// A connection from `local` can only reach addresses of the same family; the others are left out.
pub(super) fn order(resolved: impl IntoIterator<Item = SocketAddr>, local: Option<IpAddr>) -> Vec<SocketAddr> {
    let mut preferred = VecDeque::new();
    let mut other = VecDeque::new();
    let mut first_is_ipv6 = None;
    for address in resolved {
        if local.is_some_and(|local| local.is_ipv6() != address.is_ipv6()) {
            continue;
        }
        let is_preferred = *first_is_ipv6.get_or_insert(address.is_ipv6()) == address.is_ipv6();
        let family = if is_preferred { &mut preferred } else { &mut other };
        // Few addresses: a set would not be faster.
        if family.len() < MAX_ATTEMPTS && !family.contains(&address) {
            family.push_back(address);
        }
    }
    let mut ordered = Vec::with_capacity(MAX_ATTEMPTS.min(preferred.len() + other.len()));
    while ordered.len() < MAX_ATTEMPTS && !(preferred.is_empty() && other.is_empty()) {
        ordered.extend(preferred.pop_front());
        ordered.extend(other.pop_front());
    }
    ordered.truncate(MAX_ATTEMPTS);
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| SocketAddr::new(text.parse().unwrap(), 80)).collect()
    }

    fn ordered(texts: &[&str]) -> Vec<SocketAddr> {
        order(addresses(texts), None)
    }

    #[test]
    fn families_are_interleaved_beginning_with_that_of_the_first_address() {
        assert_eq!(ordered(&["::1", "::2", "::3", "1.1.1.1"]), addresses(&["::1", "1.1.1.1", "::2", "::3"]));
        assert_eq!(
            ordered(&["1.1.1.1", "2.2.2.2", "::1", "::2"]),
            addresses(&["1.1.1.1", "::1", "2.2.2.2", "::2"]),
            "the resolver puts IPv4 first where IPv6 can't be used"
        );
        assert_eq!(ordered(&["2.2.2.2", "1.1.1.1"]), addresses(&["2.2.2.2", "1.1.1.1"]));
        assert_eq!(ordered(&[]), []);
    }

    #[test]
    fn an_address_is_tried_once() {
        assert_eq!(ordered(&["::1", "1.1.1.1", "::1", "1.1.1.1"]), addresses(&["::1", "1.1.1.1"]));
    }

    #[test]
    fn the_number_of_attempts_is_limited_and_both_families_get_some() {
        let many = (0..1000_u16).map(|n| SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, n], 80)));
        let one = SocketAddr::from(([1, 1, 1, 1], 80));
        let ordered = order(many.chain([one]), None);
        assert_eq!(ordered.len(), MAX_ATTEMPTS);
        assert_eq!(ordered[1], one);
    }

    #[test]
    fn a_local_address_leaves_out_the_other_family() {
        let all = addresses(&["::1", "1.1.1.1", "::2"]);
        assert_eq!(order(all.clone(), Some([0, 0, 0, 0].into())), addresses(&["1.1.1.1"]));
        assert_eq!(order(all, Some([0_u16; 8].into())), addresses(&["::1", "::2"]));
    }
}
