//! The options of TCP sockets.

use std::net::IpAddr;
use std::time::Duration;

/// Options of TCP connections, and of the socket that accepts them.
///
/// Set with [`StdNet::with_tcp_options`](crate::StdNet::with_tcp_options) and
/// [`StdNet::bind_with`](crate::StdNet::bind_with). A tokio `TcpListener` that is used as a
/// [`Listener`](crate::Listener) gives its connections the defaults.
///
/// | option | default | used by |
/// |---|---|---|
/// | `nodelay` | on | both ends |
/// | `keepalive` | 20 s | both ends |
/// | `keepalive_interval` | 3 s | both ends |
/// | `keepalive_probes` | 2 | both ends, where there is no `user_timeout` |
/// | `user_timeout` | 26 s | both ends, on Linux and Android |
/// | `local_address` | none | clients |
/// | `backlog` | 1,024 | listeners |
/// | `reuse_port` | off | listeners, on Unix |
///
/// # Dead connections
///
/// With the defaults, a connection whose peer has vanished is closed less than 30 s after the last sign of life. If it
/// is idle, a keepalive probe is due after 20 s, and two without an answer end it; Linux sends the first up to 2 s late.
/// If bytes were sent and are not acknowledged, `user_timeout` ends it.
///
/// A slow peer is not closed while it acknowledges bytes. But Linux also counts the time in which a peer answers and
/// has no room for a segment (`tcp_probe_timer` in the kernel's `tcp_timer.c`): a peer that reads nothing for 26 s while
/// bytes wait is closed. For peers that pause longer, set a longer `user_timeout` or none. Measured over loopback, a
/// peer that reads 10 KB/s and has a full window survives 26 s, and is closed with 10 s.
///
/// ```
/// use std::time::Duration;
/// use volplane_transport::{StdNet, TcpOptions};
///
/// let options = TcpOptions::default().with_keepalive(Some(Duration::from_secs(60))).with_user_timeout(None);
/// let connector = StdNet::to("127.0.0.1:8889").with_tcp_options(options);
/// # drop(connector);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpOptions {
    nodelay: bool,
    keepalive: Option<Duration>,
    keepalive_interval: Duration,
    keepalive_probes: u32,
    user_timeout: Option<Duration>,
    local_address: Option<IpAddr>,
    backlog: u32,
    reuse_port: bool,
}

/// The limits of Linux: `MAX_TCP_KEEPIDLE`, `MAX_TCP_KEEPINTVL` and `MAX_TCP_KEEPCNT` in `include/net/tcp.h`.
const MAX_KEEPALIVE: Duration = Duration::from_secs(32_767);
const MAX_PROBES: u32 = 127;

/// The option is a number of milliseconds that the kernel keeps as a signed one. Zero would mean none.
const MAX_USER_TIMEOUT: Duration = Duration::from_millis(i32::MAX as u64);
const MIN_USER_TIMEOUT: Duration = Duration::from_millis(1);

impl Default for TcpOptions {
    fn default() -> Self {
        Self {
            nodelay: true,
            keepalive: Some(Duration::from_secs(20)),
            keepalive_interval: Duration::from_secs(3),
            keepalive_probes: 2,
            user_timeout: Some(Duration::from_secs(26)),
            local_address: None,
            backlog: 1024,
            reuse_port: false,
        }
    }
}

impl TcpOptions {
    /// `TCP_NODELAY`: small writes are sent at once. Default: on, because a call is one small write in each direction,
    /// for which somebody waits.
    pub fn with_nodelay(self, nodelay: bool) -> Self {
        Self { nodelay, ..self }
    }

    /// How long a connection is idle before the first keepalive probe, in whole seconds from 1 s to 32,767 s; `None`
    /// sends no probes. Default: 20 s, below the 60 s after which proxies and NAT routers forget a connection.
    pub fn with_keepalive(self, idle: Option<Duration>) -> Self {
        let idle = idle.map(|idle| idle.clamp(Duration::from_secs(1), MAX_KEEPALIVE));
        Self { keepalive: idle, ..self }
    }

    /// How long after a probe without an answer the next one follows, in whole seconds from 1 s to 32,767 s. Default: 3
    /// s.
    pub fn with_keepalive_interval(self, interval: Duration) -> Self {
        Self { keepalive_interval: interval.clamp(Duration::from_secs(1), MAX_KEEPALIVE), ..self }
    }

    /// How many probes without an answer end a connection, from 1 to 127. Default: 2. Linux uses it only if there is no
    /// [`user_timeout`](Self::with_user_timeout), which otherwise decides.
    pub fn with_keepalive_probes(self, probes: u32) -> Self {
        Self { keepalive_probes: probes.clamp(1, MAX_PROBES), ..self }
    }

    /// `TCP_USER_TIMEOUT` ([RFC 5482](https://www.rfc-editor.org/rfc/rfc5482)): how long sent bytes or probes may stay
    /// without an acknowledgement, and how long the peer may have no room for more, before the connection is closed.
    /// `None` leaves it to the operating system, which takes some 15 min. Default: 26 s. It exists on Linux and
    /// Android only.
    pub fn with_user_timeout(self, timeout: Option<Duration>) -> Self {
        let timeout = timeout.map(|timeout| timeout.clamp(MIN_USER_TIMEOUT, MAX_USER_TIMEOUT));
        Self { user_timeout: timeout, ..self }
    }

    /// The address of this machine from which a client connects. Only addresses of the same family are connected to.
    /// `None` lets the operating system choose. Default: none.
    pub fn with_local_address(self, address: Option<IpAddr>) -> Self {
        Self { local_address: address, ..self }
    }

    /// How many established connections may wait to be accepted, at least 1. Default: 1,024. Linux limits it to
    /// `net.core.somaxconn`, 4,096 by default.
    pub fn with_backlog(self, connections: u32) -> Self {
        Self { backlog: connections.clamp(1, i32::MAX as u32), ..self }
    }

    /// `SO_REUSEPORT`: several listeners of one user share an address, and the operating system distributes connections
    /// among them. Default: off, so that starting a second server accidentally is an error. Use it for rolling restarts: start the
    /// new server, then stop the old one. Connections that an old server has not accepted when it closes its listener
    /// are reset; [`serve`](crate::serve) accepts those that have already been made first. Ignored where it does not
    /// exist.
    pub fn with_reuse_port(self, reuse: bool) -> Self {
        Self { reuse_port: reuse, ..self }
    }

    /// See [`with_nodelay`](Self::with_nodelay).
    pub fn nodelay(&self) -> bool {
        self.nodelay
    }

    /// See [`with_keepalive`](Self::with_keepalive).
    pub fn keepalive(&self) -> Option<Duration> {
        self.keepalive
    }

    /// See [`with_keepalive_interval`](Self::with_keepalive_interval).
    pub fn keepalive_interval(&self) -> Duration {
        self.keepalive_interval
    }

    /// See [`with_keepalive_probes`](Self::with_keepalive_probes).
    pub fn keepalive_probes(&self) -> u32 {
        self.keepalive_probes
    }

    /// See [`with_user_timeout`](Self::with_user_timeout).
    pub fn user_timeout(&self) -> Option<Duration> {
        self.user_timeout
    }

    /// See [`with_local_address`](Self::with_local_address).
    pub fn local_address(&self) -> Option<IpAddr> {
        self.local_address
    }

    /// See [`with_backlog`](Self::with_backlog).
    pub fn backlog(&self) -> u32 {
        self.backlog
    }

    /// See [`with_reuse_port`](Self::with_reuse_port).
    pub fn reuse_port(&self) -> bool {
        self.reuse_port
    }
}
