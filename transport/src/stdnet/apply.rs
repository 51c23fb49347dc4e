//! Sets options on sockets.

use std::io;
use std::net::SocketAddr;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use super::TcpOptions;

impl TcpOptions {
    /// Sets the options of a connection. If one can't be set, the connection works without it: if the peer has gone, the
    /// first read reports it.
    pub(crate) fn apply(&self, stream: &TcpStream) {
        if let Err(error) = self.try_apply(SockRef::from(stream)) {
            let peer = stream.peer_addr().ok();
            tracing::debug!(?peer, %error, "TCP options not set");
        }
    }

    fn try_apply(&self, socket: SockRef<'_>) -> io::Result<()> {
        socket.set_tcp_nodelay(self.nodelay())?;
        if let Some(idle) = self.keepalive() {
            let keepalive = TcpKeepalive::new().with_time(idle).with_interval(self.keepalive_interval());
            // Windows had no such option before its version 10.
            #[cfg(not(windows))]
            let keepalive = keepalive.with_retries(self.keepalive_probes());
            socket.set_tcp_keepalive(&keepalive)?;
        }
        #[cfg(any(target_os = "linux", target_os = "android"))]
        socket.set_tcp_user_timeout(self.user_timeout())?;
        Ok(())
    }

    /// A listener on `address`.
    pub(super) fn listen(&self, address: SocketAddr) -> io::Result<TcpListener> {
        let socket = of_family(address)?;
        // On Unix it admits an address whose old connections are in TIME_WAIT; on Windows it would admit one in use.
        #[cfg(unix)]
        socket.set_reuseaddr(true)?;
        #[cfg(all(unix, not(any(target_os = "solaris", target_os = "illumos", target_os = "cygwin"))))]
        if self.reuse_port() {
            socket.set_reuseport(true)?;
        }
        socket.bind(address)?;
        socket.listen(self.backlog())
    }

    /// A connection to `address`.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: the attempt ends.
    pub(super) async fn connect(&self, address: SocketAddr) -> io::Result<TcpStream> {
        let socket = of_family(address)?;
        if let Some(local) = self.local_address() {
            socket.bind(SocketAddr::new(local, 0))?;
        }
        let stream = socket.connect(address).await?;
        self.apply(&stream);
        Ok(stream)
    }
}

fn of_family(address: SocketAddr) -> io::Result<TcpSocket> {
    match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }
}
