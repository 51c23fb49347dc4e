use std::net::SocketAddr;

use proptest::prelude::*;

use super::*;
use crate::proxy_protocol::crc32c::crc32c;

/// Reads a header from a stream that delivers `chunk` bytes at a time. Returns it and what is left of the stream.
fn read(mut stream: &[u8], chunk: usize) -> Result<Option<(ProxyHeader, &[u8])>, ProxyProtocolError> {
    let mut reader = HeaderReader::default();
    while !stream.is_empty() {
        let (part, rest) = stream.split_at(reader.wanted().min(chunk).min(stream.len()));
        stream = rest;
        if let Some(header) = reader.push(part)? {
            return Ok(Some((header, stream)));
        }
    }
    Ok(None)
}

/// The header, however the bytes arrive, and that nothing after it is taken.
fn parsed(bytes: &[u8]) -> ProxyHeader {
    let with_more = [bytes, b"after"].concat();
    let headers = [1, 2, 3, 7, 5000].map(|chunk| {
        let (header, rest) = read(&with_more, chunk).unwrap().expect("it is complete");
        assert_eq!(rest, b"after");
        header
    });
    for length in 0..bytes.len() {
        assert_eq!(read(&bytes[..length], 5000).unwrap(), None, "it is not complete at {length}");
    }
    headers[0].clone()
}

fn refused(bytes: &[u8]) -> String {
    let errors = [1, 5000].map(|chunk| read(bytes, chunk).unwrap_err().to_string());
    assert_eq!(errors[0], errors[1]);
    errors[0].clone()
}

fn ip(source: &str, destination: &str) -> Origin {
    Origin::Ip { source: source.parse().unwrap(), destination: destination.parse().unwrap() }
}

/// A header of version 2 with the right length.
fn v2_header(version_and_command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
    let length = u16::try_from(rest.len()).unwrap().to_be_bytes();
    [v2::SIGNATURE, &[version_and_command, family], &length, rest].concat()
}

fn value(kind: u8, value: &[u8]) -> Vec<u8> {
    [&[kind], &u16::try_from(value.len()).unwrap().to_be_bytes()[..], value].concat()
}

#[test]
fn lines_of_version_1() {
    for (line, origin) in [
        ("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443", ip("192.168.0.1:56324", "192.168.0.11:443")),
        ("PROXY TCP4 0.0.0.0 255.255.255.255 0 65535", ip("0.0.0.0:0", "255.255.255.255:65535")),
        ("PROXY TCP6 2001:db8::1 ::1 56324 443", ip("[2001:db8::1]:56324", "[::1]:443")),
        ("PROXY UNKNOWN", Origin::Unknown),
        ("PROXY UNKNOWN ffff:f...f:ffff anything 65535 65535", Origin::Unknown),
    ] {
        assert_eq!(parsed(format!("{line}\r\n").as_bytes()).origin, origin, "{line}");
    }
    // The longest one: section 2.1.
    let full = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
    let longest = format!("PROXY UNKNOWN {full} {full} 65535 65535\r\n");
    assert_eq!(longest.len(), 107);
    assert_eq!(parsed(longest.as_bytes()).origin, Origin::Unknown);
}

#[test]
fn what_is_no_line_of_version_1() {
    let form = "invalid header of the PROXY protocol: expected PROXY TCP4 or PROXY TCP6 with two addresses and two ports, \
                or PROXY UNKNOWN";
    for line in [
        "PROXY TCP4 192.168.0.1 192.168.0.11 56324",
        "PROXY TCP4 192.168.0.1 192.168.0.11 56324 443 ",
        "PROXY TCP4  192.168.0.1 192.168.0.11 56324 443",
        "PROXY TCP4 192.168.0.1 192.168.0.11 056324 443",
        "PROXY TCP4 192.168.0.1 192.168.0.11 +1 443",
        "PROXY TCP4 192.168.0.1 192.168.0.11 65536 443",
        "PROXY TCP4 192.168.0.01 192.168.0.11 1 443",
        "PROXY TCP4 ::1 ::1 1 443",
        "PROXY TCP6 192.168.0.1 192.168.0.11 1 443",
        "PROXY UDP4 192.168.0.1 192.168.0.11 1 443",
        "PROXY tcp4 192.168.0.1 192.168.0.11 1 443",
    ] {
        assert_eq!(refused(format!("{line}\r\n").as_bytes()), form, "{line}");
    }
    let too_long = "the header of the PROXY protocol has more than 107 bytes";
    assert_eq!(refused(format!("PROXY UNKNOWN {}", "a".repeat(200)).as_bytes()), too_long);
    assert_eq!(refused(format!("PROXY UNKNOWN {}\r\n", "a".repeat(92)).as_bytes()), too_long);
    assert_eq!(refused(b"PROXY UNKNOWN\nGET"), "invalid header of the PROXY protocol: a line does not end with CR LF");
    assert_eq!(refused(b"PROXY UNK\xff\xff\xff\xff\r\n"), "invalid header of the PROXY protocol: the line is not text");
}

#[test]
fn a_connection_without_a_header_is_refused_at_its_first_wrong_byte() {
    let missing = "the connection does not begin with a header of the PROXY protocol";
    for bytes in [&b"G"[..], b"\0", b"PROXZ", b"\r\n\r\n\0\r\nQUIT\r", b"\r\nG"] {
        assert_eq!(refused(bytes), missing);
    }
}

#[test]
fn headers_of_version_2() {
    let ipv4 = [192, 168, 0, 1, 192, 168, 0, 11, 0xDC, 0x04, 0x01, 0xBB];
    assert_eq!(parsed(&v2_header(0x21, 0x11, &ipv4)).origin, ip("192.168.0.1:56324", "192.168.0.11:443"));
    let [source, destination] = ["[2001:db8::1]:56324", "[::1]:443"].map(|text| text.parse::<SocketAddr>().unwrap());
    assert_eq!(parsed(&v2::encode(Some((source, destination)))).origin, ip("[2001:db8::1]:56324", "[::1]:443"));
    assert_eq!(parsed(&v2_header(0x21, 0x31, &[1; 216])).origin, Origin::Unix);
    for ignored in [&[][..], &ipv4, &[0xFF; 50]] {
        assert_eq!(parsed(&v2_header(0x21, 0x00, ignored)).origin, Origin::Unknown);
        assert_eq!(parsed(&v2_header(0x20, 0x00, ignored)).origin, Origin::Proxy);
        assert_eq!(parsed(&v2_header(0x20, 0x11, ignored)).origin, Origin::Proxy, "LOCAL ignores the family");
    }
    let with_values = [&ipv4[..], &value(0x02, b"echo.example"), &value(0x04, b""), &value(0x02, b"second")].concat();
    let header = parsed(&v2_header(0x21, 0x11, &with_values));
    assert_eq!(header.source().unwrap().to_string(), "192.168.0.1:56324");
    assert_eq!(header.destination().unwrap().to_string(), "192.168.0.11:443");
    assert_eq!(header.value(0x02), Some(&b"echo.example"[..]));
    assert_eq!((header.value(0x04), header.value(0x05)), (Some(&[][..]), None));
    let largest = [&ipv4[..], &value(0x05, &[0; v2::MAX_HEADER - 16 - 12 - 3])].concat();
    assert_eq!(parsed(&v2_header(0x21, 0x11, &largest)).value(0x05).unwrap().len(), v2::MAX_HEADER - 31);
}

#[test]
fn what_is_no_header_of_version_2() {
    let ipv4 = [0; 12];
    for (bytes, why) in [
        (v2_header(0x31, 0x11, &ipv4), "unknown version"),
        (v2_header(0x11, 0x11, &ipv4), "unknown version"),
        (v2_header(0x22, 0x11, &ipv4), "unknown command"),
        (v2_header(0x21, 0x41, &ipv4), "unknown address family or transport"),
        (v2_header(0x21, 0x10, &ipv4), "unknown address family or transport"),
        (v2_header(0x21, 0x12, &ipv4), "datagrams can't be served"),
        (v2_header(0x21, 0x11, &ipv4[1..]), "it is shorter than its addresses"),
        (v2_header(0x21, 0x21, &[0; 35]), "it is shorter than its addresses"),
        (v2_header(0x21, 0x31, &[0; 215]), "it is shorter than its addresses"),
        (v2_header(0x21, 0x11, &[0; 13]), "an additional value is longer than the header"),
        (v2_header(0x21, 0x11, &[&ipv4[..], &[2, 0, 2, 1]].concat()), "an additional value is longer than the header"),
        (v2_header(0x21, 0x11, &[&ipv4[..], &value(3, b"123")].concat()), "a checksum has 4 bytes"),
    ] {
        assert_eq!(refused(&bytes), format!("invalid header of the PROXY protocol: {why}"));
    }
    // Refused before its bytes are waited for.
    let too_long = [v2::SIGNATURE, &[0x21, 0x11, 0xFF, 0xFF]].concat();
    assert_eq!(refused(&too_long), "the header of the PROXY protocol has more than 4328 bytes");
}

#[test]
fn a_checksum_is_checked() {
    let rest = [&[1; 12][..], &value(0x05, b"id"), &value(0x03, &[0; 4]), &value(0x02, b"name")].concat();
    let mut header = v2_header(0x21, 0x11, &rest);
    assert_eq!(refused(&header), "the header of the PROXY protocol has a wrong checksum");
    let checksum = crc32c(header.iter().copied()).to_be_bytes();
    let position = 16 + 12 + 5 + 3;
    header[position..position + 4].copy_from_slice(&checksum);
    assert_eq!(parsed(&header).value(0x03), Some(&checksum[..]));
    for changed in 16..header.len() {
        let mut other = header.clone();
        other[changed] ^= 1;
        // Without its type it is not a checksum.
        assert!(read(&other, 5000).is_err() || changed == position - 3, "at {changed}");
    }
}

proptest! {
    #[test]
    fn what_is_sent_is_read(source: SocketAddr, destination: SocketAddr, rest: Vec<u8>, chunk in 1usize..60) {
        let stream = [v2::encode(Some((source, destination))), rest.clone()].concat();
        let (header, left) = read(&stream, chunk).unwrap().unwrap();
        prop_assert_eq!(left, &rest[..]);
        let found = header.source().unwrap();
        prop_assert_eq!(found.ip().to_canonical(), source.ip().to_canonical());
        prop_assert_eq!(found.port(), source.port());
    }

    #[test]
    fn no_bytes_panic(bytes: Vec<u8>, line in "[TCPUNKNOW46]{0,7}[ 0-9a-f:.\r]{0,100}", kind: u8, family: u8, chunk in 1usize..60) {
        for stream in [
            bytes.clone(),
            [b"PROXY ", &bytes[..]].concat(),
            format!("PROXY {line}\r\n").into_bytes(),
            [v2::SIGNATURE, &bytes].concat(),
            v2_header(0x20 | (kind & 1), family, &bytes),
            v2_header(0x21, 0x11, &[&[0; 12], &bytes[..]].concat()),
            v2_header(0x21, 0x11, &[&[0; 12][..], &value(kind & 7, &bytes)].concat()),
        ] {
            let one = read(&stream, chunk).map_err(|error| error.to_string());
            prop_assert_eq!(&one, &read(&stream, 5000).map_err(|error| error.to_string()));
        }
    }
}
