//! From an endpoint to text.

use std::fmt;

use super::{Endpoint, Target};

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.yamux {
            f.write_str("yamux+")?;
        }
        let query = match &self.target {
            Target::Network { scheme, host, port, path, query } => {
                write!(f, "{scheme}://{}{path}", DisplayAuthority(host, *port))?;
                query.as_deref()
            }
            Target::Socket(socket) => {
                write!(f, "unix://{}", socket.encoded())?;
                None
            }
            // Names go into logs: a line stays a line.
            Target::Named(name) => {
                let mut printed = String::with_capacity(name.len());
                name.chars().for_each(|character| super::error::escape(character, &mut printed));
                return f.write_str(&printed);
            }
        };
        match (self.protocol, query) {
            (Some(protocol), Some(query)) => write!(f, "?protocol={protocol}&{query}"),
            (Some(protocol), None) => write!(f, "?protocol={protocol}"),
            (None, Some(query)) => write!(f, "?{query}"),
            (None, None) => Ok(()),
        }
    }
}

/// `Endpoint("tcp://127.0.0.1:8889")`.
impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Endpoint").field(&self.to_string()).finish()
    }
}

/// `HOST:PORT`, with brackets around an IPv6 address.
pub(super) struct DisplayAuthority<'a>(pub(super) &'a str, pub(super) u16);

impl fmt::Display for DisplayAuthority<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(host, port) = self;
        match host.contains(':') {
            true => write!(f, "[{host}]:{port}"),
            false => write!(f, "{host}:{port}"),
        }
    }
}
