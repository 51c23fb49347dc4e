//! When to ping, and when the peer is dead.
//!
//! A ping arrives behind everything that was written before it. A socket buffer of some MB on a link of 10 KB/s delays it
//! by minutes, and the acknowledgements of TCP are not visible here. So a [`Pulse`] keeps the time by which a link of
//! [`MIN_RATE`] has carried everything that was written, and waits for an answer from then on. Answers to pings confirm
//! what was written before them: under load a ping is sent for each [`MARK`] bytes, so that little is unconfirmed when
//! the link is cut.

use std::time::Duration;

use tokio::time::Instant;

use super::Keepalive;
use crate::deadline::LONGEST;

/// The rate in bytes per second that every live link is taken to have. Slower links need a longer timeout.
const MIN_RATE: u64 = 8_000;

/// How many bytes are written without a confirmation before a ping asks for one. At [`MIN_RATE`], 8 s.
const MARK: u64 = 64 * 1024;

/// How many written bytes can be under way at most: the largest send buffer of a socket by Linux's default (`tcp_wmem`).
const MAX_UNDER_WAY: u64 = 4 * 1024 * 1024;

/// What a connection knows of its peer's life.
#[derive(Debug)]
pub(crate) struct Pulse {
    options: Keepalive,
    /// How long the connection may take no bytes while a ping waits to be written.
    write_timeout: Duration,
    /// When the last byte arrived.
    heard: Instant,
    /// How many bytes the connection has taken, and when it took the last one.
    written: u64,
    progress: Instant,
    /// How many of them have arrived at the peer, by its answers.
    confirmed: u64,
    /// When a link of [`MIN_RATE`] has carried all of them.
    carried: Instant,
    /// The newest ping that was not answered.
    ping: Option<Ping>,
    /// The next ping does not wait for the interval.
    probe: bool,
}

#[derive(Debug)]
struct Ping {
    id: u32,
    queued: Instant,
    /// The value of `written` once it is written.
    end: u64,
    /// When a link of [`MIN_RATE`] has delivered it. `None` until it is written.
    delivered: Option<Instant>,
    /// It was sent for [`Pulse::probe`].
    probe: bool,
    /// A byte has arrived since it was queued, so the peer is alive.
    outlived: bool,
}

/// What a connection has to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PulseStep {
    /// Queue a ping with this id now, and report it with [`Pulse::pinged`].
    Ping(u32),
    /// Wait until then, unless something arrives or is written. Then call [`Pulse::fire`].
    Wait(Instant),
}

/// The peer is dead: for how long no byte has arrived.
pub(crate) type Dead = Duration;

impl Pulse {
    pub(crate) fn new(options: Keepalive, write_timeout: Duration, now: Instant) -> Self {
        Self {
            options: Keepalive { interval: options.interval.min(LONGEST), timeout: options.timeout.min(LONGEST) },
            write_timeout: write_timeout.min(LONGEST),
            heard: now,
            written: 0,
            progress: now,
            confirmed: 0,
            carried: now,
            ping: None,
            probe: false,
        }
    }

    /// Bytes have arrived.
    pub(crate) fn heard(&mut self, now: Instant) {
        self.heard = now;
        self.probe = false;
        if let Some(ping) = &mut self.ping {
            ping.outlived = true;
        }
    }

    /// The connection has taken bytes.
    pub(crate) fn wrote(&mut self, count: usize, now: Instant) {
        self.written += count as u64;
        self.progress = now;
        self.carried = (self.carried.max(now) + carrying(count as u64)).min(now + carrying(MAX_UNDER_WAY));
        if let Some(ping) = &mut self.ping
            && ping.delivered.is_none()
            && self.written >= ping.end
        {
            ping.delivered = Some(self.carried);
        }
    }

    /// The answer to the ping with this id has arrived: everything that was written before it has, too.
    pub(crate) fn answered(&mut self, id: u32, now: Instant) {
        // The id is in units of 1 KiB, without the upper bits.
        let behind = u64::from(kibibytes(self.written).wrapping_sub(id) & ID_BITS) * 1024;
        self.confirm((self.written & !1023).saturating_sub(behind), now);
        self.ping.take_if(|ping| ping.id == id);
    }

    /// So many of the written bytes have arrived at the peer.
    pub(crate) fn confirm(&mut self, bytes: u64, now: Instant) {
        self.confirmed = self.confirmed.max(bytes.min(self.written));
        self.carried = self.carried.min(now + carrying(self.written - self.confirmed));
    }

    /// The peer may be dead: sends a ping at once.
    #[cfg(any(test, feature = "yamux"))]
    pub(crate) fn probe(&mut self) {
        self.probe = true;
    }

    /// What to do next. Cheap: it is called at every poll of an idle connection.
    pub(crate) fn next(&self) -> PulseStep {
        let due = self.heard + self.options.interval;
        match &self.ping {
            Some(ping) if !ping.outlived => match ping.delivered {
                None => PulseStep::Wait(ping.queued.max(self.progress) + self.write_timeout),
                Some(_) if self.probe && !ping.probe => self.ping(),
                Some(delivered) => {
                    let at_least = if ping.probe { delivered } else { due.max(delivered) };
                    PulseStep::Wait(at_least + self.options.timeout)
                }
            },
            _ if self.probe => self.ping(),
            // The bytes behind an unanswered ping get no second one before it is due: the peer may answer none.
            None if self.written - self.confirmed >= MARK => self.ping(),
            _ => PulseStep::Wait(due),
        }
    }

    fn ping(&self) -> PulseStep {
        PulseStep::Ping(kibibytes(self.written))
    }

    /// The time of [`PulseStep::Wait`] has come: a ping is due, or the peer is dead.
    pub(crate) fn fire(&mut self, now: Instant) -> Result<(), Dead> {
        match &self.ping {
            Some(ping) if !ping.outlived => Err(now - self.heard),
            _ => {
                self.probe = true;
                Ok(())
            }
        }
    }

    /// A ping was queued. `queued` bytes are not written yet, its own among them.
    pub(crate) fn pinged(&mut self, id: u32, queued: usize, now: Instant) {
        let end = self.written + queued as u64;
        // One that is due is not a probe.
        let probe = self.probe && now < self.heard + self.options.interval;
        self.probe = false;
        // A second one beside one that is due gives the peer no more time: one call after the other may be given up.
        let due = self.ping.take().filter(|ping| !probe && !ping.outlived);
        let delivered = due.and_then(|ping| ping.delivered);
        self.ping = Some(Ping { id, queued: now, end, delivered, probe, outlived: false });
    }
}

/// The bits of a ping's id that are used: yamux needs the two highest ones.
const ID_BITS: u32 = 0x3fff_ffff;

fn kibibytes(bytes: u64) -> u32 {
    u32::try_from((bytes / 1024) & u64::from(ID_BITS)).unwrap_or(0)
}

/// How long a link of [`MIN_RATE`] takes for `bytes`.
fn carrying(bytes: u64) -> Duration {
    Duration::from_micros(bytes.saturating_mul(1_000_000 / MIN_RATE))
}

#[cfg(test)]
mod tests;
