//! Tables of what is parsed, what is refused, and what can be changed.

mod properties;
mod refused;

use std::path::Path;

use super::*;

fn parse(text: &str) -> Endpoint {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

/// What it was parsed from, what it prints.
#[test]
fn prints_one_form() {
    for (text, printed) in [
        ("tcp://127.0.0.1:8889", "tcp://127.0.0.1:8889"),
        ("TCP://Example.COM.:0", "tcp://example.com.:0"),
        ("tcp://my_service:65535", "tcp://my_service:65535"),
        ("tcp://h:0080", "tcp://h:80"),
        ("tcp://h:1?", "tcp://h:1"),
        ("tcp://h:1?&protocol=TTHeader&", "tcp://h:1?protocol=ttheader"),
        ("tls://[::1]:8443", "tls://[::1]:8443"),
        ("tcp://[FE80:0::1%2]:1", "tcp://[fe80::1%2]:1"),
        ("tcp://[::ffff:10.0.0.1]:1", "tcp://[::ffff:10.0.0.1]:1"),
        ("yamux+tcp://h:1?protocol=framed-compact", "yamux+tcp://h:1?protocol=framed-compact"),
        ("ws://h", "ws://h:80/"),
        ("ws://h/", "ws://h:80/"),
        ("ws://h?", "ws://h:80/?"),
        ("wss://h?a=b?c", "wss://h:443/?a=b?c"),
        ("wss://h?protocol=framed&", "wss://h:443/?protocol=framed&"),
        ("http://[::1]/a//b/../c", "http://[::1]:80/a//b/../c"),
        ("https://h:8443/@x", "https://h:8443/@x"),
        ("YAMUX+WS://h:1/p?a&protocol=buffered&b", "yamux+ws://h:1/p?protocol=buffered&a&b"),
        ("ws://h/?%70rotocol=mqtt&protocols=x&Protocol=y", "ws://h:80/?%70rotocol=mqtt&protocols=x&Protocol=y"),
        ("ws://h/grüße%2f%7e?q=[\"ö\"]", "ws://h:80/gr%C3%BC%C3%9Fe%2f%7e?q=%5B%22%C3%B6%22%5D"),
        ("unix:///run/echo.sock", "unix:///run/echo.sock"),
        ("unix://run/echo.sock", "unix://run/echo.sock"),
        ("unix://./@echo", "unix://./@echo"),
        ("unix://%40echo@x", "unix://%40echo@x"),
        ("unix://@echo", "unix://@echo"),
        ("unix://@@%00%ff", "unix://@@%00%FF"),
        ("unix:///%61%20%3f%23%25%FF", "unix:///a%20%3F%23%25%FF"),
        ("unix:///ü?protocol=framed", "unix:///%C3%BC?protocol=framed"),
        ("yamux+unix:///s", "yamux+unix:///s"),
    ] {
        assert_eq!(parse(text).to_string(), printed, "{text}");
        assert_eq!(parse(text), parse(printed), "{text}");
    }
}

#[test]
fn gives_its_parts() {
    let endpoint = parse("yamux+wss://[::1]/a?x=1&protocol=framed&y");
    assert_eq!((endpoint.scheme(), endpoint.is_yamux()), (Some(Scheme::Wss), true));
    assert_eq!((endpoint.host(), endpoint.port()), (Some("::1"), Some(443)));
    assert_eq!(endpoint.authority().as_deref(), Some("[::1]:443"));
    assert_eq!((endpoint.path(), endpoint.query()), ("/a", Some("x=1&y")));
    assert_eq!(endpoint.path_and_query().as_deref(), Some("/a?x=1&y"));
    assert_eq!((endpoint.protocol(), endpoint.socket_path()), (Some(Protocol::FRAMED), None));

    let endpoint = parse("tcp://h:1?protocol=framed");
    assert_eq!((endpoint.path(), endpoint.query(), endpoint.path_and_query()), ("", None, None));

    let endpoint = parse("unix://a%20b");
    assert_eq!(endpoint.scheme(), Some(Scheme::Unix));
    assert_eq!((endpoint.host(), endpoint.port(), endpoint.authority()), (None, None, None));
    assert_eq!((endpoint.path(), endpoint.path_and_query()), ("", None));
    assert_eq!(endpoint.socket_path(), Some(SocketPath::File(Path::new("a b"))));
    assert_eq!(parse("unix://@a%00").socket_path(), Some(SocketPath::Abstract(b"a\0")));
    assert_eq!(format!("{endpoint:?}"), "Endpoint(\"unix://a%20b\")");
    // The same file, but not the same text.
    assert_ne!(parse("unix:///a//b"), parse("unix:///a/b"));
}

#[test]
fn is_made_of_addresses_and_paths() {
    for text in ["127.0.0.1:1", "[::1]:65535", "[fe80::1%7]:0", "[::ffff:1.2.3.4]:5"] {
        let address: SocketAddr = text.parse().unwrap();
        let endpoint = Endpoint::from(address);
        assert_eq!(endpoint, parse(&format!("tcp://{text}")));
        assert_eq!(endpoint.authority().unwrap().parse(), Ok(address));
    }
    assert_eq!(Endpoint::unix("@a").unwrap(), parse("unix://%40a"));
    assert_eq!(Endpoint::unix_abstract("a").unwrap(), parse("unix://@a"));
    assert!(Endpoint::unix("a".repeat(107)).is_ok() && Endpoint::unix_abstract([b'a'; 107]).is_ok());
    for refused in [
        Endpoint::unix(""),
        Endpoint::unix("a\0"),
        Endpoint::unix("a".repeat(108)),
        Endpoint::unix_abstract(""),
        Endpoint::unix_abstract([b'a'; 108]),
    ] {
        assert!(matches!(refused, Err(EndpointError::Path { .. })));
    }
}

#[test]
fn a_name_is_only_displayed() {
    let named = Endpoint::named("the client's\nend").with_port(1);
    assert_eq!(named.to_string(), "the client's\\nend");
    assert_eq!(named.clone().with_yamux(true).to_string(), "yamux+the client's\\nend");
    assert_eq!((named.scheme(), named.host(), named.port(), named.authority()), (None, None, None, None));
    assert_eq!((named.path(), named.query(), named.socket_path()), ("", None, None));
    assert!(named.clone().with_path("/").is_err() && named.with_scheme(Scheme::Tcp).is_err());
}

#[test]
fn one_part_can_be_changed() {
    let ws = || parse("ws://h/a?b");
    for (changed, printed) in [
        (Ok(ws().with_port(0)), "ws://h:0/a?b"),
        (Ok(ws().with_yamux(true)), "yamux+ws://h:80/a?b"),
        (Ok(ws().with_yamux(true).with_yamux(false)), "ws://h:80/a?b"),
        (Ok(ws().with_protocol(Some(Protocol::FRAMED))), "ws://h:80/a?protocol=framed&b"),
        (Ok(ws().with_protocol(Some(Protocol::FRAMED)).with_protocol(None)), "ws://h:80/a?b"),
        (ws().with_path("/c d?e#%2F"), "ws://h:80/c%20d%3Fe%23%2F?b"),
        (ws().with_query(None), "ws://h:80/a"),
        (ws().with_query(Some("c=d e#?&%20\n")), "ws://h:80/a?c=d%20e%23?&%20%0A"),
        (ws().with_scheme(Scheme::Wss), "wss://h:80/a?b"),
        (ws().with_scheme(Scheme::Tls), "tls://h:80"),
        (parse("tcp://h:1").with_scheme(Scheme::Http), "http://h:1/"),
        (Ok(parse("unix:///s").with_port(1).with_yamux(true)), "yamux+unix:///s"),
        (parse("unix:///s").with_scheme(Scheme::Unix), "unix:///s"),
        (parse("unix:///s").with_query(None), "unix:///s"),
    ] {
        let changed = changed.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(changed.to_string(), printed);
        assert_eq!(changed, parse(printed));
    }
}
