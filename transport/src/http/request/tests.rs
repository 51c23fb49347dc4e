//! Heads that are understood, and those that are refused.

use proptest::prelude::*;

use super::*;

fn parse(lines: &str) -> Result<RequestHead, HeadError> {
    RequestHead::parse(format!("{}\r\n\r\n", lines.replace('\n', "\r\n")).as_bytes())
}

#[test]
fn reads_what_clients_send() {
    let head = parse(
        "GET /kitex-ws/a%20b?token=x?y HTTP/1.1\nhost: Example.com:8890\nConnection: keep-alive, Upgrade\nX-Two: 1\nX-Two: 2\nLatin: \u{fc}",
    )
    .unwrap();
    assert_eq!((head.method(), head.path(), head.query()), ("GET", "/kitex-ws/a%20b", Some("token=x?y")));
    assert_eq!(head.host(), HostPort::parse("example.com:8890").as_ref());
    assert_eq!((head.header("x-two"), head.header("latin"), head.header("none")), (Some("1"), None, None));
    assert!(head.has_token(CONNECTION, "upgrade") && head.keeps_alive() && head.is_http_11());
    assert_eq!(head.body(), BodyLength::Unstated);
}

#[test]
fn reads_the_forms_of_a_target() {
    for (target, expected) in [
        ("/", Some(("/", None))),
        ("/a?", Some(("/a", Some("")))),
        ("/a://b", Some(("/a://b", None))),
        ("http://a/b?c", Some(("/b", Some("c")))),
        ("WS://A", Some(("/", None))),
        ("ws://a?c", Some(("/", Some("c")))),
        ("http://b/", None),
        ("http://", None),
        ("ftp://a/", None),
        ("*", None),
        ("a", None),
        ("/a#b", None),
        ("/\u{fc}", None),
    ] {
        let head = parse(&format!("GET {target} HTTP/1.1\nHost: a"));
        assert_eq!(head.as_ref().ok().map(|head| (head.path(), head.query())), expected, "{target}: {head:?}");
    }
}

#[test]
fn finds_the_length_of_a_body() {
    for (headers, expected) in [
        ("Content-Length: 0", Ok(BodyLength::Known(0))),
        ("Content-Length: 17", Ok(BodyLength::Known(17))),
        ("Transfer-Encoding: Chunked", Ok(BodyLength::Chunked)),
        ("Content-Length: 1\nContent-Length: 1", Err(HeadError::ContentLength)),
        ("Content-Length: 1, 1", Err(HeadError::ContentLength)),
        ("Content-Length: +1", Err(HeadError::ContentLength)),
        ("Content-Length: -1", Err(HeadError::ContentLength)),
        ("Content-Length: 99999999999999999999", Err(HeadError::ContentLength)),
        ("Content-Length:", Err(HeadError::ContentLength)),
        ("Content-Length: 1\nTransfer-Encoding: chunked", Err(HeadError::ContentLength)),
        ("Transfer-Encoding: gzip, chunked", Err(HeadError::TransferEncoding)),
        ("Transfer-Encoding: chunked\nTransfer-Encoding: chunked", Err(HeadError::TransferEncoding)),
    ] {
        let head = parse(&format!("POST / HTTP/1.1\nHost: a\n{headers}"));
        assert_eq!(head.map(|head| head.body()), expected, "{headers}");
    }
}

#[test]
fn refuses_what_is_malformed() {
    let many = format!("GET / HTTP/1.1\nHost: a{}", "\nX: y".repeat(MAX_HEADERS));
    for (head, error) in [
        ("GET / HTTP/1.1", HeadError::Host),
        ("GET / HTTP/1.1\nHost: a\nHost: a", HeadError::Host),
        ("GET / HTTP/1.1\nHost:", HeadError::Host),
        ("GET / HTTP/1.1\nHost: a/b", HeadError::Host),
        ("GET / HTTP/1.1\nHost: a, b", HeadError::Host),
        ("GET / HTTP/2.0\nHost: a", HeadError::Version),
        ("GET  / HTTP/1.1\nHost: a", HeadError::Syntax),
        ("GET /\nHost: a", HeadError::Syntax),
        ("GET / HTTP/1.1\nHost : a", HeadError::Syntax),
        ("GET / HTTP/1.1\nHost: a\nno colon", HeadError::Syntax),
        ("GET / HTTP/1.1\nHost: a\nX: \u{1}", HeadError::Syntax),
        ("GET / HTTP/1.1\nHost: a\n: x", HeadError::Syntax),
        (&many, HeadError::TooManyHeaders),
    ] {
        assert_eq!(parse(head).err(), Some(error), "{head:?}");
    }
    assert!(parse("GET / HTTP/1.0").is_ok_and(|head| !head.keeps_alive()));
    assert!(parse("GET / HTTP/1.1\nHost: a\nConnection: x, Close").is_ok_and(|head| !head.keeps_alive()));
}

#[test]
fn debug_shows_no_credentials() {
    let head = parse("GET /a?token=secret HTTP/1.1\nHost: a\nAuthorization: Bearer secret").unwrap();
    let shown = format!("{head:?}");
    assert!(!shown.contains("secret") && shown.contains("/a") && shown.contains("authorization"), "{shown}");
}

proptest! {
    #[test]
    fn no_head_panics(head in "(GET|POST|x) [/a-c?#:*%]{0,9} HTTP/1.[01]\r\n((Host|Content-Length|a): ?[a-c0-9:\\[\\], ]{0,5}\r\n){0,4}\r\n") {
        if let Ok(head) = RequestHead::parse(head.as_bytes()) {
            prop_assert!(head.path().starts_with('/'));
            prop_assert!(!head.is_http_11() || head.host().is_some());
        }
    }

    #[test]
    fn no_bytes_panic(head: Vec<u8>) {
        let _either = RequestHead::parse(&head);
    }
}
