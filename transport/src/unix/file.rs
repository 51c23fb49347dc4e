//! The file of a listening Unix domain socket.

use std::fs::{self, File, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use socket2::{Domain, SockAddr, Socket, Type};

/// A socket's file that this process has made. Dropping it removes the file, unless another one has taken its place.
#[derive(Debug)]
pub(super) struct SocketFile {
    path: PathBuf,
    /// Device and inode.
    identity: (u64, u64),
}

impl SocketFile {
    /// Binds `socket` to the file `path`. An existing socket there is removed if no process listens on it.
    pub(super) fn bind(socket: &Socket, path: &Path, mode: Option<u32>) -> io::Result<Self> {
        // A relative path is shorter, and an address has only 107 bytes.
        let address = SockAddr::unix(path)?;
        // The process may change its directory before the file is removed.
        let path = std::path::absolute(path)?;
        match socket.bind(&address) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && is_stale(&path, &address)? => {
                fs::remove_file(&path)?;
                socket.bind(&address)?;
            }
            result => result?,
        }
        let file = Self { identity: identity(&fs::symlink_metadata(&path)?), path };
        if let Some(mode) = mode {
            fs::set_permissions(&file.path, Permissions::from_mode(mode))?;
        }
        Ok(file)
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let ours = fs::symlink_metadata(&self.path).is_ok_and(|metadata| identity(&metadata) == self.identity);
        if ours && let Err(error) = fs::remove_file(&self.path) {
            tracing::debug!(path = %self.path.display(), %error, "the file of a Unix socket is not removed");
        }
    }
}

fn identity(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

/// Whether the file is a socket on which no process listens. If its backlog is full, a process listens on it.
fn is_stale(path: &Path, address: &SockAddr) -> io::Result<bool> {
    if !fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket()) {
        return Ok(false);
    }
    let probe = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    probe.set_nonblocking(true)?;
    let refused = |error: io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
    Ok(probe.connect(address).is_err_and(refused))
}

/// How long another process may take to bind in the same directory.
const LOCK_ATTEMPTS: u32 = 100;
const LOCK_PAUSE: Duration = Duration::from_millis(10);

/// Locks the directory of the socket while a server looks whether the socket in it is stale, and replaces it: without a
/// lock, two servers that start at the same time remove each other's socket. `None` if the directory can't be read, or
/// if somebody keeps it locked for 1 s.
pub(super) async fn lock_directory(path: &Path) -> Option<File> {
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let directory = File::open(directory).ok()?;
    for _ in 0..LOCK_ATTEMPTS {
        match directory.try_lock() {
            Ok(()) => return Some(directory),
            Err(fs::TryLockError::WouldBlock) => tokio::time::sleep(LOCK_PAUSE).await,
            Err(fs::TryLockError::Error(_)) => return None,
        }
    }
    None
}
