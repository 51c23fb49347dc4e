//! Version 1 of the header: one line of text.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use super::ProxyProtocolError;
use super::header::{Origin, ProxyHeader};

pub(super) const SIGNATURE: &[u8] = b"PROXY ";

/// The longest line with its end: section 2.1 of the specification.
const MAX_LINE: usize = 107;

/// How many bytes the line has at least after `bytes`.
pub(super) fn wanted(bytes: &[u8]) -> usize {
    if bytes.ends_with(b"\r") { 1 } else { 2 }
}

pub(super) fn parse(bytes: &[u8]) -> Result<Option<ProxyHeader>, ProxyProtocolError> {
    let Some(line) = bytes.strip_suffix(b"\r\n") else {
        return match bytes.len() {
            MAX_LINE.. => Err(ProxyProtocolError::TooLong { limit: MAX_LINE }),
            _ if bytes.contains(&b'\n') => Err(ProxyProtocolError::Invalid("a line does not end with CR LF")),
            _ => Ok(None),
        };
    };
    if bytes.len() > MAX_LINE {
        return Err(ProxyProtocolError::TooLong { limit: MAX_LINE });
    }
    let line = str::from_utf8(line).ok().and_then(|line| line.strip_prefix("PROXY "));
    let line = line.ok_or(ProxyProtocolError::Invalid("the line is not text"))?;
    let origin = origin(line).ok_or(ProxyProtocolError::Invalid(
        "expected PROXY TCP4 or PROXY TCP6 with two addresses and two ports, or PROXY UNKNOWN",
    ))?;
    Ok(Some(ProxyHeader { origin, values: Vec::new() }))
}

fn origin(line: &str) -> Option<Origin> {
    let mut words = line.split(' ');
    let address: fn(&str) -> Option<IpAddr> = match words.next()? {
        // What follows is ignored: section 2.1.
        "UNKNOWN" => return Some(Origin::Unknown),
        "TCP4" => |text| Ipv4Addr::from_str(text).ok().map(IpAddr::V4),
        "TCP6" => |text| Ipv6Addr::from_str(text).ok().map(IpAddr::V6),
        _ => return None,
    };
    let (source, destination) = (address(words.next()?)?, address(words.next()?)?);
    let (source_port, destination_port) = (port(words.next()?)?, port(words.next()?)?);
    let origin = Origin::Ip {
        source: SocketAddr::new(source, source_port),
        destination: SocketAddr::new(destination, destination_port),
    };
    words.next().is_none().then_some(origin)
}

/// A number without a sign and without leading zeros.
fn port(text: &str) -> Option<u16> {
    let is_canonical = text == "0" || text.bytes().next().is_some_and(|digit| (b'1'..=b'9').contains(&digit));
    text.parse().ok().filter(|_| is_canonical)
}
