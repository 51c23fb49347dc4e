//! The role of each end of a session.

use std::fmt;

/// The role of one end of a session. It determines the numbers of the streams that this end opens. Both ends may open and accept streams
/// in either role.
///
/// The two ends need different roles ([yamux specification](https://github.com/hashicorp/yamux/blob/master/spec.md),
/// "StreamID Field"): Go's library ends a session when both ends open a stream of one number, Rust's at the first stream with
/// a number of its own role. By default the end that dialed is the client. Set a role if a peer expects another one
/// ([`YamuxOptions::with_role`](crate::YamuxOptions::with_role),
/// [`SessionListener::with_role_of`](crate::SessionListener::with_role_of)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum YamuxRole {
    /// Opens streams with odd numbers. `yamux.Client` in Go.
    Client,
    /// Opens streams with even numbers. `yamux.Server` in Go.
    Server,
}

impl YamuxRole {
    /// Whether a stream with this number was opened by an end of this role.
    pub(super) fn opens(self, stream: u32) -> bool {
        match self {
            YamuxRole::Client => !stream.is_multiple_of(2),
            // 0 is the session itself.
            YamuxRole::Server => stream != 0 && stream.is_multiple_of(2),
        }
    }

    /// The role as the library names it.
    pub(super) fn mode(self) -> yamux::Mode {
        match self {
            YamuxRole::Client => yamux::Mode::Client,
            YamuxRole::Server => yamux::Mode::Server,
        }
    }
}

impl fmt::Display for YamuxRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            YamuxRole::Client => "client",
            YamuxRole::Server => "server",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_belongs_to_one_role_and_none_to_the_session() {
        for (stream, client, server) in [(0, false, false), (1, true, false), (2, false, true), (u32::MAX, true, false)]
        {
            assert_eq!(
                (YamuxRole::Client.opens(stream), YamuxRole::Server.opens(stream)),
                (client, server),
                "{stream}"
            );
        }
    }
}
