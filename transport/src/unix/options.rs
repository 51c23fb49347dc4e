//! The options of a listening Unix domain socket.

/// Options of a Unix domain socket that accepts connections. Set with [`Unix::bind_with`](crate::Unix::bind_with).
///
/// | option | default | what it does |
/// |---|---|---|
/// | `mode` | none | permissions of the socket's file; the process's umask decides |
/// | `backlog` | 1,024 | further connections wait in the client |
///
/// On Linux, a process needs write permission for the file to connect. Abstract sockets have no permissions: every
/// process in the same network namespace can connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnixOptions {
    mode: Option<u32>,
    backlog: u32,
}

impl Default for UnixOptions {
    fn default() -> Self {
        Self { mode: None, backlog: 1024 }
    }
}

impl UnixOptions {
    /// The permissions of the socket's file, such as `0o660`. They are set before anybody can connect. `None` leaves
    /// them to the process's umask. Default: none. Ignored for abstract sockets.
    pub fn with_mode(self, mode: Option<u32>) -> Self {
        Self { mode: mode.map(|mode| mode & 0o7777), ..self }
    }

    /// How many connections may wait to be accepted, at least 1. Default: 1,024. Linux limits it to
    /// `net.core.somaxconn`, 4,096 by default.
    pub fn with_backlog(self, connections: u32) -> Self {
        Self { backlog: connections.clamp(1, i32::MAX as u32), ..self }
    }

    /// See [`with_mode`](Self::with_mode).
    pub fn mode(&self) -> Option<u32> {
        self.mode
    }

    /// See [`with_backlog`](Self::with_backlog).
    pub fn backlog(&self) -> u32 {
        self.backlog
    }
}
