//! From text to an endpoint.

use super::host::{self, HostError};
use super::socket::Socket;
use super::{Endpoint, EndpointError, Scheme, Target, percent, shown};
use crate::Protocol;

/// Parses the whole text. Quoting it in an error costs as much as parsing, so that is left to the errors.
pub(super) fn endpoint(text: &str) -> Result<Endpoint, EndpointError> {
    let given = || shown(text);
    if text.len() > Endpoint::MAX_LEN {
        return Err(EndpointError::TooLong { given: given() });
    }
    if let Some(character) = text.chars().find(|character| character.is_control() || character.is_whitespace()) {
        return Err(EndpointError::Character { given: given(), character });
    }
    let Some((name, rest)) = split_scheme(text) else {
        return Err(EndpointError::NoScheme { given: given(), meant: meant_without_scheme(text) });
    };
    let (yamux, name) = match strip_yamux(name) {
        Some(name) if strip_yamux(name).is_some() => return Err(EndpointError::RepeatedYamux { given: given() }),
        Some(name) => (true, name),
        None => (false, name),
    };
    let Some(scheme) = Scheme::named(name) else {
        return Err(EndpointError::UnknownScheme { given: given(), meant: meant_scheme(name, rest) });
    };
    if rest.contains('#') {
        return Err(EndpointError::Fragment { given: given() });
    }
    let (address, query) = match rest.split_once('?') {
        Some((address, query)) => (address, Some(query)),
        None => (rest, None),
    };
    let (protocol, query) = match query {
        Some(query) => split_protocol(query, scheme, given)?,
        None => (None, None),
    };
    // A query that has only empty parameters is treated as absent.
    if !scheme.has_path() && query.as_ref().is_some_and(|query| query.bytes().any(|byte| byte != b'&')) {
        return Err(EndpointError::Parameter { given: given(), scheme });
    }
    let target = match scheme {
        Scheme::Unix => socket(address, given)?,
        _ => network(scheme, address, query, given)?,
    };
    Endpoint { yamux, target, protocol }.checked(given)
}

/// The parts before and after `://`, if the text begins with something that has the form of a scheme.
pub(super) fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    is_scheme.then_some((scheme, rest))
}

fn strip_yamux(scheme: &str) -> Option<&str> {
    let (first, rest) = scheme.split_once('+')?;
    first.eq_ignore_ascii_case("yamux").then_some(rest)
}

/// Takes our own parameter out of a query. What is left is `None` where there was nothing else.
fn split_protocol(
    query: &str,
    scheme: Scheme,
    given: impl Fn() -> String,
) -> Result<(Option<Protocol>, Option<String>), EndpointError> {
    let mut protocol = None;
    let mut others = Vec::new();
    for parameter in query.split('&') {
        if !is_protocol(parameter) {
            others.push(parameter);
            continue;
        }
        let value = parameter.split_once('=').map_or("", |(_, value)| value);
        let parsed = match scheme.protocol_named(value) {
            Some(protocol) => protocol,
            None => value.parse().map_err(|_| EndpointError::Protocol { given: given(), value: shown(value) })?,
        };
        if protocol.replace(parsed).is_some() {
            return Err(EndpointError::RepeatedProtocol { given: given() });
        }
    }
    if others.is_empty() {
        return Ok((protocol, None));
    }
    let others = percent::complete(&others.join("&"), percent::in_query);
    Ok((protocol, Some(others.ok_or_else(|| EndpointError::Escape { given: given() })?)))
}

/// Whether this is the parameter `protocol`, with or without a value.
pub(super) fn is_protocol(parameter: &str) -> bool {
    parameter.strip_prefix("protocol").is_some_and(|value| value.is_empty() || value.starts_with('='))
}

fn socket(address: &str, given: impl Fn() -> String) -> Result<Target, EndpointError> {
    let (is_abstract, name) = match address.strip_prefix('@') {
        Some(name) => (true, name),
        None => (false, address),
    };
    let name = percent::decode(name).ok_or_else(|| EndpointError::Escape { given: given() })?;
    let socket = Socket::new(name, is_abstract);
    socket.map(Target::Socket).map_err(|problem| EndpointError::Path { given: given(), problem })
}

fn network(
    scheme: Scheme,
    address: &str,
    query: Option<String>,
    given: impl Fn() -> String,
) -> Result<Target, EndpointError> {
    let (authority, path) = address.split_at(address.find('/').unwrap_or(address.len()));
    if authority.contains('@') {
        return Err(EndpointError::UserInfo { given: given() });
    }
    let authority = host::split(authority).map_err(|error| match error {
        HostError::Missing => EndpointError::MissingHost { given: given() },
        HostError::Invalid(problem) => EndpointError::Host { given: given(), problem },
    })?;
    let port = match authority.port {
        // A password with a slash in it looks like a bad port and a path.
        Some(port) => parse_port(port).ok_or_else(|| match path.contains('@') {
            true => EndpointError::UserInfo { given: given() },
            false => EndpointError::Port { given: given() },
        })?,
        None => scheme.default_port().ok_or_else(|| EndpointError::MissingPort { given: given(), scheme })?,
    };
    if !scheme.has_path() {
        if !path.is_empty() {
            let problem = "this scheme has none; end the endpoint after the port";
            return Err(EndpointError::Path { given: given(), problem });
        }
        return Ok(Target::Network { scheme, host: authority.host, port, path: String::new(), query: None });
    }
    let path = if path.is_empty() { "/" } else { path };
    let path = percent::complete(path, percent::in_path).ok_or_else(|| EndpointError::Escape { given: given() })?;
    Ok(Target::Network { scheme, host: authority.host, port, path, query })
}

/// Only digits: the standard library's parser takes `+80`, too.
fn parse_port(port: &str) -> Option<u16> {
    port.bytes().all(|byte| byte.is_ascii_digit()).then(|| port.parse().ok()).flatten()
}

/// What was probably meant by a text that has no scheme.
fn meant_without_scheme(text: &str) -> Option<String> {
    if let Some((scheme, rest)) = text.split_once(':')
        && let Some(scheme) = Scheme::named(strip_yamux(scheme).unwrap_or(scheme)).and(Some(scheme))
    {
        let rest = if scheme.to_ascii_lowercase().ends_with("unix") { rest } else { rest.trim_start_matches('/') };
        return meant(format!("{scheme}://{rest}"));
    }
    if text.starts_with(['/', '@']) || text.starts_with("./") || text.starts_with("../") || text.ends_with(".sock") {
        return meant(format!("unix://{text}"));
    }
    if text.contains(':') && text.contains('/') {
        return meant(format!("ws://{text}"));
    }
    // Where a program listens, Go's `:8889` is every interface.
    let host = if text.starts_with(':') { "0.0.0.0" } else { "" };
    meant(format!("tcp://{host}{text}"))
}

/// What was probably meant by an unknown scheme.
fn meant_scheme(name: &str, rest: &str) -> Option<String> {
    let scheme = match name.to_ascii_lowercase().as_str() {
        "yamux" => "yamux+tcp",
        "tcp+yamux" => "yamux+tcp",
        "ws+yamux" => "yamux+ws",
        "wss+yamux" => "yamux+wss",
        "thrift" | "tcp4" | "tcp6" => "tcp",
        "ssl" | "tcps" => "tls",
        "websocket" => "ws",
        "file" | "uds" | "unixs" => "unix",
        _ => return None,
    };
    meant(format!("{scheme}://{rest}"))
}

/// A suggestion is made only where it is an endpoint, and one that fits into a line.
fn meant(candidate: String) -> Option<String> {
    let meant = endpoint(&candidate).ok()?.to_string();
    (meant.len() <= 160).then_some(meant)
}
