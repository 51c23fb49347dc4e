//! Names of Unix domain sockets.

use std::ffi::OsString;
use std::path::Path;

use super::percent;

/// Where a Unix domain socket is. From [`Endpoint::socket_path`](super::Endpoint::socket_path).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SocketPath<'a> {
    /// A file, as in `unix:///run/echo.sock`.
    File(&'a Path),
    /// A name in Linux's abstract namespace, as in `unix://@echo`, without the `@`. It can contain any bytes.
    Abstract(&'a [u8]),
}

/// What an endpoint keeps of it. Unlike `PathBuf`, it is equal only to the same text.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Socket {
    File(OsString),
    Abstract(Vec<u8>),
}

/// Linux takes 108 bytes with a zero byte at the end, or at the beginning of an abstract name: `unix(7)`.
const MAX_BYTES: usize = 107;

impl Socket {
    /// Reads what follows `unix://`, up to the query, in its decoded form. `is_abstract` where it began with `@`.
    pub(super) fn new(name: Vec<u8>, is_abstract: bool) -> Result<Self, &'static str> {
        if name.is_empty() {
            return Err("it is empty; expected unix:///absolute/path, unix://relative/path, or unix://@abstract-name");
        }
        if name.len() > MAX_BYTES {
            return Err("a Unix domain socket's path has at most 107 bytes");
        }
        if is_abstract {
            return Ok(Self::Abstract(name));
        }
        if name.contains(&0) {
            return Err("a file's path can't contain a zero byte");
        }
        os_string(name).map(Self::File).ok_or("not valid UTF-8, which this operating system's paths are")
    }

    /// What follows `unix://`, percent-encoded.
    pub(super) fn encoded(&self) -> String {
        match self {
            Self::Abstract(name) => format!("@{}", percent::encode(name, percent::in_path)),
            Self::File(path) => {
                let encoded = percent::encode(path.as_encoded_bytes(), percent::in_path);
                match encoded.strip_prefix('@') {
                    // Else it would be read as an abstract name.
                    Some(rest) => format!("%40{rest}"),
                    None => encoded,
                }
            }
        }
    }

    pub(super) fn path(&self) -> SocketPath<'_> {
        match self {
            Self::File(path) => SocketPath::File(Path::new(path)),
            Self::Abstract(name) => SocketPath::Abstract(name),
        }
    }
}

/// All bytes are a path on Unix, UTF-8 is one elsewhere.
#[cfg(unix)]
fn os_string(bytes: Vec<u8>) -> Option<OsString> {
    Some(std::os::unix::ffi::OsStringExt::from_vec(bytes))
}

#[cfg(not(unix))]
fn os_string(bytes: Vec<u8>) -> Option<OsString> {
    String::from_utf8(bytes).ok().map(OsString::from)
}
