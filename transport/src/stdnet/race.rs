//! Tries the addresses of a name, and returns the first connection.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::net::TcpStream;

use super::TcpOptions;

/// How long an attempt runs alone before the next one starts beside it:
/// [RFC 8305, section 5](https://www.rfc-editor.org/rfc/rfc8305#section-5).
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// Connects to the first of `addresses` that answers. The next attempt starts when one has failed, or after 250 ms; the
/// first success ends the others.
///
/// # Errors
///
/// If all attempts fail. Of several, the error has an [`FailedAttempts`] with what each address answered.
///
/// # Cancel safety
///
/// Cancel safe: all attempts end.
pub(super) async fn race(addresses: &[SocketAddr], options: &TcpOptions) -> io::Result<TcpStream> {
    let mut waiting = addresses.iter().copied();
    let mut running = FuturesUnordered::new();
    let mut failed = Vec::new();
    let mut start_next = true;
    loop {
        if start_next && let Some(address) = waiting.next() {
            running.push(async move { (address, options.connect(address).await) });
        }
        start_next = tokio::select! {
            Some((address, result)) = running.next() => match result {
                Ok(stream) => return Ok(stream),
                Err(error) => {
                    failed.push((address, error));
                    true
                }
            },
            () = tokio::time::sleep(ATTEMPT_DELAY), if waiting.len() > 0 && !running.is_empty() => true,
            else => return Err(all_failed(failed)),
        };
    }
}

fn all_failed(mut failed: Vec<(SocketAddr, io::Error)>) -> io::Error {
    match failed.pop() {
        Some((_, error)) if failed.is_empty() => error,
        Some((address, error)) => {
            // The kind that they share. If they differ, one that is not "refused": that address may have a server.
            let refused = io::ErrorKind::ConnectionRefused;
            let kinds = failed.iter().map(|(_, error)| error.kind());
            let kind = kinds.chain([error.kind()]).find(|kind| *kind != refused).unwrap_or(refused);
            failed.push((address, error));
            io::Error::new(kind, FailedAttempts(failed))
        }
        None => io::Error::new(io::ErrorKind::NotFound, "the host has no address to connect to"),
    }
}

/// What each address of a name answered.
#[derive(Debug)]
struct FailedAttempts(Vec<(SocketAddr, io::Error)>);

impl fmt::Display for FailedAttempts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, (address, error)) in self.0.iter().enumerate() {
            let separator = if position == 0 { "" } else { "; " };
            write!(f, "{separator}{address}: {error}")?;
        }
        Ok(())
    }
}

impl Error for FailedAttempts {}

#[cfg(test)]
mod tests;
