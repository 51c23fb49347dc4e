//! Version 2 of the header: binary.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::ProxyProtocolError;
use super::crc32c::crc32c;
use super::header::{Origin, ProxyHeader};

pub(super) const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

/// Signature, version and command, family and transport, and the length of the rest.
const FIXED: usize = 16;

/// The longest header: the addresses of two Unix sockets, and 4 KiB of additional values. haproxy sends at most some
/// hundred bytes of them unless it passes certificates on.
pub(super) const MAX_HEADER: usize = FIXED + 216 + 4096;

/// The type of the additional value that has a checksum of the header.
const CHECKSUM: u8 = 0x03;

/// The length of the header. `None` before its first 16 bytes are there.
fn length(bytes: &[u8]) -> Option<usize> {
    let (fixed, _) = bytes.split_first_chunk::<FIXED>()?;
    let [.., high, low] = fixed;
    Some(FIXED + usize::from(u16::from_be_bytes([*high, *low])))
}

/// How many bytes are missing.
pub(super) fn wanted(bytes: &[u8]) -> usize {
    length(bytes).unwrap_or(FIXED).saturating_sub(bytes.len())
}

pub(super) fn parse(bytes: &[u8]) -> Result<Option<ProxyHeader>, ProxyProtocolError> {
    let invalid = ProxyProtocolError::Invalid;
    // The fixed part is checked before more is read.
    let (Some(length), Some((fixed, rest))) = (length(bytes), bytes.split_first_chunk::<FIXED>()) else {
        return Ok(None);
    };
    if length > MAX_HEADER {
        return Err(ProxyProtocolError::TooLong { limit: MAX_HEADER });
    }
    let [.., version_and_command, family_and_transport, _, _] = fixed;
    let is_proxied = match version_and_command {
        0x20 => false,
        0x21 => true,
        0x22..=0x2F => return Err(invalid("unknown command")),
        _ => return Err(invalid("unknown version")),
    };
    let origin_of = match family_and_transport {
        // What follows is ignored: section 2.2.
        _ if !is_proxied => None,
        0x00 => Some(unspecified as fn(&[u8]) -> Option<(Origin, &[u8])>),
        0x11 => Some(ipv4 as _),
        0x21 => Some(ipv6 as _),
        0x31 => Some(unix as _),
        0x12 | 0x22 | 0x32 => return Err(invalid("datagrams can't be served")),
        _ => return Err(invalid("unknown address family or transport")),
    };
    if bytes.len() < length {
        return Ok(None);
    }
    let Some(origin_of) = origin_of else {
        return Ok(Some(ProxyHeader { origin: Origin::Proxy, values: Vec::new() }));
    };
    let (origin, additional) = origin_of(rest).ok_or(invalid("it is shorter than its addresses"))?;
    if origin == Origin::Unknown {
        return Ok(Some(ProxyHeader { origin, values: Vec::new() }));
    }
    if values(additional).any(|value| value.is_none()) {
        return Err(invalid("an additional value is longer than the header"));
    }
    verify(bytes, additional)?;
    Ok(Some(ProxyHeader { origin, values: additional.to_vec() }))
}

/// Nothing is known of the length of the addresses.
fn unspecified(rest: &[u8]) -> Option<(Origin, &[u8])> {
    Some((Origin::Unknown, rest))
}

fn ipv4(rest: &[u8]) -> Option<(Origin, &[u8])> {
    let (source, rest) = rest.split_first_chunk::<4>()?;
    let (destination, rest) = rest.split_first_chunk::<4>()?;
    with_ports(Ipv4Addr::from(*source).into(), Ipv4Addr::from(*destination).into(), rest)
}

fn ipv6(rest: &[u8]) -> Option<(Origin, &[u8])> {
    let (source, rest) = rest.split_first_chunk::<16>()?;
    let (destination, rest) = rest.split_first_chunk::<16>()?;
    with_ports(Ipv6Addr::from(*source).into(), Ipv6Addr::from(*destination).into(), rest)
}

fn with_ports(source: IpAddr, destination: IpAddr, rest: &[u8]) -> Option<(Origin, &[u8])> {
    let (source_port, rest) = rest.split_first_chunk::<2>()?;
    let (destination_port, rest) = rest.split_first_chunk::<2>()?;
    let source = SocketAddr::new(source, u16::from_be_bytes(*source_port));
    let destination = SocketAddr::new(destination, u16::from_be_bytes(*destination_port));
    Some((Origin::Ip { source, destination }, rest))
}

fn unix(rest: &[u8]) -> Option<(Origin, &[u8])> {
    rest.split_first_chunk::<216>().map(|(_, rest)| (Origin::Unix, rest))
}

/// The additional values, each a type, a length of two bytes, and so many bytes. `None` is one that is cut off, the last
/// one.
pub(super) fn values(mut rest: &[u8]) -> impl Iterator<Item = Option<(u8, &[u8])>> {
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let value = rest.split_first_chunk::<3>().and_then(|(&[kind, high, low], after)| {
            let (value, after) = after.split_at_checked(usize::from(u16::from_be_bytes([high, low])))?;
            rest = after;
            Some((kind, value))
        });
        if value.is_none() {
            rest = &[];
        }
        Some(value)
    })
}

/// Compares the checksum, if there is one, with that of the header, in which the checksum itself is zero: section
/// 2.2.3.
fn verify(header: &[u8], additional: &[u8]) -> Result<(), ProxyProtocolError> {
    let mut position = header.len() - additional.len();
    for (kind, value) in values(additional).flatten() {
        position += 3;
        if kind == CHECKSUM {
            let sent: [u8; 4] = value.try_into().map_err(|_| ProxyProtocolError::Invalid("a checksum has 4 bytes"))?;
            let own = position..position + value.len();
            let zeroed = header.iter().enumerate().map(|(at, &byte)| if own.contains(&at) { 0 } else { byte });
            if crc32c(zeroed) != u32::from_be_bytes(sent) {
                return Err(ProxyProtocolError::Checksum);
            }
        }
        position += value.len();
    }
    Ok(())
}

/// The header of a client's connection, or of a proxy's own.
pub(super) fn encode(addresses: Option<(SocketAddr, SocketAddr)>) -> Vec<u8> {
    let mut header = SIGNATURE.to_vec();
    let Some((source, destination)) = addresses else {
        header.extend([0x20, 0, 0, 0]);
        return header;
    };
    match (source.ip(), destination.ip()) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            header.extend([0x21, 0x11, 0, 12]);
            header.extend([source.octets(), destination.octets()].concat());
        }
        (source, destination) => {
            let mapped = |address| match address {
                IpAddr::V4(address) => Ipv4Addr::to_ipv6_mapped(&address),
                IpAddr::V6(address) => address,
            };
            header.extend([0x21, 0x21, 0, 36]);
            header.extend([mapped(source).octets(), mapped(destination).octets()].concat());
        }
    }
    header.extend([source.port().to_be_bytes(), destination.port().to_be_bytes()].concat());
    header
}
