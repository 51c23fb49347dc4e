//! Host and port, as `Host` and `Origin` have them.

use std::net::IpAddr;

/// `HOST[:PORT]` of a header. It is only compared, so a host is any text without delimiters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HostPort {
    /// In lower case; IPv6 in brackets.
    host: String,
    port: Option<u16>,
}

impl HostPort {
    /// `None` if it is malformed.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (host, port) = match text.rsplit_once(':') {
            // The colons of an IPv6 address without a port precede its bracket.
            Some((_, after)) if after.ends_with(']') => (text, None),
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        };
        // RFC 3986 lets the port be empty.
        let port = match port {
            None | Some("") => None,
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(digits.parse().ok()?),
            Some(_) => return None,
        };
        let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let valid = match bracketed {
            Some(address) => address.bytes().all(|byte| byte.is_ascii_hexdigit() || b":.%".contains(&byte)),
            None => host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)),
        };
        let host = host.strip_suffix('.').unwrap_or(host);
        (valid && !host.is_empty()).then(|| Self { host: host.to_ascii_lowercase(), port })
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn port(&self) -> Option<u16> {
        self.port
    }

    /// Whether the host is this machine: `localhost`, `127.0.0.0/8` or `[::1]`.
    pub(crate) fn is_loopback(&self) -> bool {
        let address = self.host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        self.host == "localhost"
            || self.host.ends_with(".localhost")
            || address.is_ok_and(|address| address.is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_host_and_port() {
        for (text, parts) in [
            ("Example.COM", Some(("example.com", None))),
            ("example.com.:8080", Some(("example.com", Some(8080)))),
            ("example.com:", Some(("example.com", None))),
            ("[::1]", Some(("[::1]", None))),
            ("[::1]:80", Some(("[::1]", Some(80)))),
            ("", None),
            (".", None),
            (":80", None),
            ("a:b", None),
            ("a:+1", None),
            ("a:65536", None),
            ("::1", None),
            ("a/b", None),
            ("a@b", None),
            ("a b", None),
            ("a,b", None),
            ("[a/b]", None),
        ] {
            let parsed = HostPort::parse(text);
            assert_eq!(parsed.as_ref().map(|authority| (authority.host(), authority.port())), parts, "{text:?}");
        }
    }

    #[test]
    fn knows_this_machine() {
        for (text, loopback) in [
            ("localhost:1", true),
            ("127.0.0.2", true),
            ("[::1]:80", true),
            ("app.localhost", true),
            ("127.evil.com", false),
            ("10.0.0.1", false),
            ("localhost.evil.com", false),
        ] {
            assert_eq!(HostPort::parse(text).is_some_and(|authority| authority.is_loopback()), loopback, "{text}");
        }
    }
}
