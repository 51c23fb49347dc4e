//! tokio's own listeners.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};

use super::{Listener, accept_with_retry};
use crate::endpoint::Endpoint;
use crate::stdnet::TcpOptions;

/// Accepted connections have the default [`TcpOptions`].
impl Listener for TcpListener {
    type Connection = TcpStream;
    type Peer = SocketAddr;

    async fn accept(&mut self) -> Option<(TcpStream, SocketAddr)> {
        let (stream, peer) = accept_with_retry("the TCP listener", || TcpListener::accept(self)).await;
        TcpOptions::default().apply(&stream);
        Some((stream, peer))
    }

    fn endpoint(&self) -> Endpoint {
        self.local_addr().map_or_else(|_| Endpoint::named("a TCP listener"), Endpoint::from)
    }
}

#[cfg(unix)]
pub use unix::UnixPeer;
#[cfg(unix)]
pub(crate) use unix::endpoint_of;

#[cfg(unix)]
mod unix {
    use std::any::{Any, TypeId};
    use std::fmt;

    use tokio::net::unix::{SocketAddr, UCred};
    use tokio::net::{UnixListener, UnixStream};
    use volo::net::Address;

    use crate::connection::Peer;
    use crate::endpoint::Endpoint;
    use crate::listen::{Listener, accept_with_retry};

    impl Listener for UnixListener {
        type Connection = UnixStream;
        type Peer = UnixPeer;

        async fn accept(&mut self) -> Option<(UnixStream, UnixPeer)> {
            let (stream, _) = accept_with_retry("the Unix socket", || UnixListener::accept(self)).await;
            let peer = UnixPeer { credentials: stream.peer_cred().ok() };
            Some((stream, peer))
        }

        fn endpoint(&self) -> Endpoint {
            let address = self.local_addr().ok();
            address.as_ref().and_then(endpoint_of).unwrap_or_else(|| Endpoint::named("a Unix socket"))
        }
    }

    /// `None` for a socket without a name.
    pub(crate) fn endpoint_of(address: &SocketAddr) -> Option<Endpoint> {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        if let Some(name) = address.as_abstract_name() {
            return Endpoint::unix_abstract(name).ok();
        }
        Endpoint::unix(address.as_pathname()?).ok()
    }

    /// The process at the other end of a Unix socket, as the operating system reports it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct UnixPeer {
        credentials: Option<UCred>,
    }

    impl UnixPeer {
        /// The id of the user under which the process connected. `None` if the operating system does not report it.
        pub fn user_id(&self) -> Option<u32> {
            self.credentials.as_ref().map(UCred::uid)
        }

        /// The id of the process that connected. `None` if the operating system does not report it.
        pub fn process_id(&self) -> Option<i32> {
            self.credentials.as_ref().and_then(UCred::pid)
        }
    }

    impl fmt::Display for UnixPeer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            match (self.process_id(), self.user_id()) {
                (Some(process), Some(user)) => write!(f, "process {process} of user {user}"),
                (None, Some(user)) => write!(f, "a process of user {user}"),
                _ => f.write_str("a process on this machine"),
            }
        }
    }

    impl Peer for UnixPeer {
        fn address(&self) -> Option<Address> {
            None
        }

        fn detail(&self, wanted: TypeId) -> Option<&dyn Any> {
            (wanted == TypeId::of::<Self>()).then_some(self)
        }
    }
}
