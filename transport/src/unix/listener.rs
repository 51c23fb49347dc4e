//! Listens on a Unix domain socket.

use std::ffi::OsStr;
use std::io;
use std::os::fd::OwnedFd;

use socket2::{Domain, SockAddr, Socket, Type};
use tokio::net::{UnixListener, UnixStream};

use super::UnixOptions;
use super::file::{SocketFile, lock_directory};
use super::path_of;
use crate::endpoint::{Endpoint, SocketPath};
use crate::listen::{Listener, UnixPeer};
use crate::stdnet::BindError;

/// Accepts connections over a Unix domain socket. Made by [`Unix::bind`](crate::Unix::bind). Dropping it removes the
/// socket's file.
#[derive(Debug)]
pub struct UnixSocketListener {
    /// `None` for an abstract socket. Dropped before the socket: as long as that is open, no other file has its inode.
    _file: Option<SocketFile>,
    socket: UnixListener,
    endpoint: Endpoint,
}

impl UnixSocketListener {
    pub(super) async fn bind(endpoint: Endpoint, options: UnixOptions) -> Result<Self, BindError> {
        let Some(path) = endpoint.socket_path() else {
            return Err(BindError::Unsupported { endpoint, why: "it is not a Unix socket" });
        };
        let bound = match path {
            SocketPath::File(file) => {
                // Held until the socket listens: before that, it looks stale to others.
                let _lock = lock_directory(file).await;
                listen(path, options)
            }
            SocketPath::Abstract(_) => listen(path, options),
        };
        let (_file, socket) = bound.map_err(BindError::on(&endpoint))?;
        Ok(Self { _file, socket, endpoint })
    }
}

fn listen(path: SocketPath<'_>, options: UnixOptions) -> io::Result<(Option<SocketFile>, UnixListener)> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    let file = match path {
        SocketPath::File(file) => Some(SocketFile::bind(&socket, file, options.mode())?),
        SocketPath::Abstract(_) => {
            socket.bind(&SockAddr::unix::<&OsStr>(&path_of(path))?)?;
            None
        }
    };
    // The permissions are set: no client can connect before this.
    socket.listen(i32::try_from(options.backlog()).unwrap_or(i32::MAX))?;
    Ok((file, UnixListener::from_std(OwnedFd::from(socket).into())?))
}

impl Listener for UnixSocketListener {
    type Connection = UnixStream;
    type Peer = UnixPeer;

    async fn accept(&mut self) -> Option<(UnixStream, UnixPeer)> {
        Listener::accept(&mut self.socket).await
    }

    fn endpoint(&self) -> Endpoint {
        self.endpoint.clone()
    }
}
