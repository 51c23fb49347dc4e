//! Tests of the counts.

use super::*;

fn ip(last: u8) -> Option<IpAddr> {
    Some(IpAddr::from([192, 0, 2, last]))
}

/// Of `count` messages, how many are logged.
fn logged(limiter: &mut Limiter, kind: EventKind, peer: Option<IpAddr>, now: Instant, count: usize) -> usize {
    (0..count).filter(|_| limiter.decide(kind, peer, now).verdict == Verdict::Log).count()
}

#[test]
fn one_peer_gets_ten_lines_in_ten_seconds_and_a_count_of_the_rest() {
    let start = Instant::now();
    let mut limiter = Limiter::new(start);
    assert_eq!(logged(&mut limiter, EventKind::Message, ip(1), start, 10), 10);
    let decide = |limiter: &mut Limiter, after| limiter.decide(EventKind::Message, ip(1), start + after);
    assert_eq!(decide(&mut limiter, Duration::from_secs(1)).verdict, Verdict::FirstOmitted);
    assert_eq!(
        logged(&mut limiter, EventKind::Message, ip(1), start + WINDOW - Duration::from_millis(1), 1_000_000),
        0
    );
    let next = decide(&mut limiter, WINDOW);
    assert_eq!(next, Decision { omitted: vec![(EventKind::Message, 1_000_001)], verdict: Verdict::Log });
    let next = decide(&mut limiter, WINDOW);
    assert_eq!(next, Decision { omitted: Vec::new(), verdict: Verdict::Log });
}

#[test]
fn kinds_and_peers_are_counted_apart() {
    let start = Instant::now();
    let mut limiter = Limiter::new(start);
    for peer in [ip(1), ip(2), None] {
        for kind in [EventKind::Message, EventKind::Handshake, EventKind::Accept] {
            assert_eq!(logged(&mut limiter, kind, peer, start, 50), 10, "{kind:?} of {peer:?}");
        }
    }
}

#[test]
fn many_peers_share_a_limit_and_a_table_that_does_not_grow() {
    let start = Instant::now();
    let mut limiter = Limiter::new(start);
    let peers = (0..100_000_u32).map(|bits| Some(IpAddr::from(bits.to_be_bytes())));
    let total: usize = peers.map(|peer| logged(&mut limiter, EventKind::Handshake, peer, start, 1)).sum();
    assert_eq!((total, limiter.logged_of_peers.len()), (100, 100));
    let next = limiter.decide(EventKind::Accept, None, start + 3 * WINDOW);
    assert_eq!(next.omitted, [(EventKind::Handshake, 99_900)], "also told by another kind");
}

#[test]
fn a_clock_that_goes_back_is_no_problem() {
    let start = Instant::now();
    let mut limiter = Limiter::new(start + WINDOW);
    assert_eq!(logged(&mut limiter, EventKind::Message, None, start, 20), 10);
}

#[test]
fn an_ipv6_host_counts_once_whatever_address_it_uses() {
    let of = |text: &str| network(text.parse().ok().map(Address::Ip));
    assert_eq!(of("[2001:db8:1:2::1]:80"), of("[2001:db8:1:2:ffff:eeee:dddd:cccc]:9"));
    assert_ne!(of("[2001:db8:1:2::1]:80"), of("[2001:db8:1:3::1]:80"));
    assert_eq!(of("192.0.2.1:80"), ip(1));
    assert_eq!(of("[::ffff:192.0.2.1]:80"), ip(1), "mapped addresses are those of IPv4");
    assert_eq!(network(None), None);
}
