//! How often one kind of message is logged: a peer that misbehaves all the time must not fill the disk, or hide other
//! messages.
//!
//! [`Limiter`] is pure; [`allows`] is the process's own, with the clock of the operating system.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use volo::net::Address;

/// After this time the counts begin again.
const WINDOW: Duration = Duration::from_secs(10);

/// How many messages of one kind are logged of one peer in a window, and of events whose peer is not known.
const MAX_OF_PEER: u32 = 10;

/// How many messages of one kind are logged of all peers together in a window.
const MAX_OF_KIND: u32 = 100;

/// A kind of message that peers can cause at will.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum EventKind {
    /// A listener cannot accept.
    Accept,
    /// A handshake failed or was not finished in time.
    Handshake,
    /// Bytes on a connection that are not a call of the service.
    Message,
    /// A peer took too long.
    Timeout,
    /// A session failed, was refused, or was replaced.
    Session,
    /// A stream was refused.
    #[cfg_attr(not(feature = "yamux"), expect(dead_code, reason = "only yamux has streams"))]
    Stream,
    /// A handler panicked, or its answer cannot be encoded.
    Handler,
}

impl EventKind {
    /// What happened, in the plural.
    fn events(self) -> &'static str {
        match self {
            EventKind::Accept => "errors of accepting",
            EventKind::Handshake => "failed handshakes",
            EventKind::Message => "invalid messages",
            EventKind::Timeout => "connections that took too long",
            EventKind::Session => "sessions that failed or were refused or replaced",
            EventKind::Stream => "refused streams",
            EventKind::Handler => "failed handlers",
        }
    }
}

/// Logs at most [`MAX_OF_PEER`] messages of a kind and peer in [`WINDOW`]: `limited!(WARN, EventKind::Message, address, ..)`,
/// and then what `tracing::event!` takes. `address` is volo's address of the peer, or `None`.
macro_rules! limited {
    ($level:ident, $kind:expr, $peer:expr, $($event:tt)+) => {
        if tracing::enabled!(tracing::Level::$level) && $crate::log::allows($kind, $peer) {
            tracing::event!(tracing::Level::$level, $($event)+);
        }
    };
}
pub(crate) use limited;

static LIMITER: LazyLock<Mutex<Limiter>> = LazyLock::new(|| Mutex::new(Limiter::new(Instant::now())));

/// Whether a message of this kind may be logged now. Logs how many were not.
pub(crate) fn allows(kind: EventKind, peer: Option<Address>) -> bool {
    // No code panics with the lock held.
    let decision = LIMITER.lock().unwrap_or_else(PoisonError::into_inner).decide(kind, network(peer), Instant::now());
    for (kind, omitted) in decision.omitted {
        tracing::warn!("{omitted} more {} were not logged", kind.events());
    }
    if decision.verdict == Verdict::FirstOmitted {
        tracing::warn!("many {}: more like this are counted and not logged for up to {WINDOW:?}", kind.events());
    }
    decision.verdict == Verdict::Log
}

/// What counts as one peer: an IPv4 address, or a network of 64 bits, of which one host usually has all IPv6 addresses
/// (RFC 6177).
fn network(peer: Option<Address>) -> Option<IpAddr> {
    match peer? {
        Address::Ip(address) => Some(match address.ip().to_canonical() {
            IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64)),
            v4 => v4,
        }),
        // volo's address can also be a Unix socket, whose peers all count as one.
        _ => None,
    }
}

/// Counts messages. Its size is bounded: no more peers of a kind are counted than are logged.
#[derive(Debug)]
struct Limiter {
    began: Instant,
    logged_of_peers: HashMap<(EventKind, Option<IpAddr>), u32>,
    kinds: BTreeMap<EventKind, Tally>,
}

/// The messages of a kind in this window.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    logged: u32,
    omitted: u64,
}

#[derive(Debug, PartialEq, Eq)]
struct Decision {
    /// How many messages of which kinds were omitted in the window that has ended.
    omitted: Vec<(EventKind, u64)>,
    verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Log,
    /// Not logged, as the first of its kind in this window.
    FirstOmitted,
    Omitted,
}

impl Limiter {
    fn new(now: Instant) -> Self {
        Self { began: now, logged_of_peers: HashMap::new(), kinds: BTreeMap::new() }
    }

    fn decide(&mut self, kind: EventKind, peer: Option<IpAddr>, now: Instant) -> Decision {
        let mut omitted = Vec::new();
        if now.saturating_duration_since(self.began) >= WINDOW {
            let ended = std::mem::take(&mut self.kinds).into_iter();
            omitted.extend(ended.map(|(kind, tally)| (kind, tally.omitted)).filter(|(_, omitted)| *omitted > 0));
            self.logged_of_peers.clear();
            self.began = now;
        }
        let tally = self.kinds.entry(kind).or_default();
        let of_peer = self.logged_of_peers.get(&(kind, peer)).copied().unwrap_or_default();
        let verdict = if tally.logged < MAX_OF_KIND && of_peer < MAX_OF_PEER {
            tally.logged += 1;
            self.logged_of_peers.insert((kind, peer), of_peer + 1);
            Verdict::Log
        } else {
            tally.omitted += 1;
            if tally.omitted == 1 { Verdict::FirstOmitted } else { Verdict::Omitted }
        };
        Decision { omitted, verdict }
    }
}

#[cfg(test)]
mod tests;
