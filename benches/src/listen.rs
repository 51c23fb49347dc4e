//! Listening where another process listens, too: how a server is replaced without a moment in which nobody listens.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpSocket};

/// Connections that may wait to be accepted; what tokio takes by default.
const BACKLOG: u32 = 1024;

/// Listens on `address` together with every other process that does so this way.
///
/// # Errors
///
/// When the system refuses, or has no such thing as `SO_REUSEPORT`.
pub fn listen_beside_others(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    share_port(&socket)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

// Where tokio has `set_reuseport`.
#[cfg(all(unix, not(target_os = "solaris"), not(target_os = "illumos")))]
fn share_port(socket: &TcpSocket) -> io::Result<()> {
    socket.set_reuseport(true)
}

#[cfg(not(all(unix, not(target_os = "solaris"), not(target_os = "illumos"))))]
fn share_port(_: &TcpSocket) -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "two processes cannot listen on one port here"))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::time::Duration;

    use tokio::net::TcpStream;

    use super::*;

    #[tokio::test]
    async fn two_listen_on_one_port_and_the_second_goes_on_alone() {
        let first = listen_beside_others(([127, 0, 0, 1], 0).into()).unwrap();
        let address = first.local_addr().unwrap();
        let second = listen_beside_others(address).unwrap();
        drop(first);
        // A program that another test is just starting may hold `first` for a moment more, and get a connection.
        let dialing = async {
            let mut connections = Vec::new();
            loop {
                connections.push(TcpStream::connect(address).await);
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let accepted = tokio::select! {
            accepted = second.accept() => accepted,
            () = dialing => unreachable!("it dials for ever"),
        };
        assert!(accepted.unwrap().1.ip().is_loopback());
    }
}
