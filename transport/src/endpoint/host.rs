//! The part between `://` and the path: `HOST:PORT`.

use std::net::{Ipv4Addr, SocketAddrV6};

/// An authority that was split, and whose host was checked.
pub(super) struct Authority<'a> {
    /// In lower case; IPv6 without brackets.
    pub(super) host: String,
    /// The text after the colon that separates host and port.
    pub(super) port: Option<&'a str>,
}

/// Why a text is not an authority.
pub(super) enum HostError {
    Missing,
    Invalid(&'static str),
}

/// Splits `HOST:PORT` and checks the host.
pub(super) fn split(authority: &str) -> Result<Authority<'_>, HostError> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (address, after) = rest.split_once(']').ok_or(HostError::Invalid("] is missing"))?;
        let host = ipv6(address)?;
        return match after.strip_prefix(':') {
            None if after.is_empty() => Ok(Authority { host, port: None }),
            None => Err(HostError::Invalid("expected a colon and the port after ]")),
            port => Ok(Authority { host, port }),
        };
    }
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    if port.is_some_and(|port| port.contains(':')) {
        return Err(HostError::Invalid("an IPv6 address is written in brackets, as in [::1]"));
    }
    Ok(Authority { host: name_or_ipv4(host)?, port })
}

/// An IPv6 address as Rust prints it. A scope is a number, as in `fe80::1%2`: the only form that can be connected to.
fn ipv6(address: &str) -> Result<String, HostError> {
    // The parser of socket addresses is the only one that knows scopes.
    let parsed = format!("[{address}]:0").parse::<SocketAddrV6>();
    let parsed = parsed.map_err(|_| HostError::Invalid("what is in brackets is not an IPv6 address"))?;
    Ok(match parsed.scope_id() {
        0 => parsed.ip().to_string(),
        scope => format!("{}%{scope}", parsed.ip()),
    })
}

/// A name by the rules of [RFC 1123](https://www.rfc-editor.org/rfc/rfc1123#section-2), and with underscores, which
/// container networks use; or an IPv4 address.
fn name_or_ipv4(host: &str) -> Result<String, HostError> {
    let without_root = host.strip_suffix('.').unwrap_or(host);
    let labels = || without_root.split('.');
    if host.is_empty() {
        return Err(HostError::Missing);
    }
    if !host.is_ascii() {
        return Err(HostError::Invalid("a name outside ASCII is written in its xn-- form"));
    }
    if host == "*" {
        return Err(HostError::Invalid("all interfaces are written 0.0.0.0 or [::]"));
    }
    if !host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
        return Err(HostError::Invalid("a name has only letters, digits, -, _ and dots"));
    }
    // Resolvers take 127.1 and 0177.0.0.1 for addresses, each in its own way.
    if labels().next_back().is_some_and(|last| !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit())) {
        let address = host.parse::<Ipv4Addr>();
        return match address {
            Ok(address) => Ok(address.to_string()),
            Err(_) => Err(HostError::Invalid("not an IPv4 address, which is four numbers from 0 to 255")),
        };
    }
    if without_root.len() > 253 || labels().any(|label| label.len() > 63) {
        return Err(HostError::Invalid("a name has at most 253 characters, and 63 between dots"));
    }
    if labels().any(|label| label.is_empty() || label.starts_with('-') || label.ends_with('-')) {
        return Err(HostError::Invalid("a part between dots is empty, or begins or ends with -"));
    }
    Ok(host.to_ascii_lowercase())
}
