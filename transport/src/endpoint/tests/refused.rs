//! What is refused, and the message.

use super::super::*;
use super::parse;

fn message(text: &str) -> String {
    text.parse::<Endpoint>().expect_err(text).to_string()
}

const SCHEMES: &str =
    "expected one of tcp://, unix://, tls://, ws://, wss://, http://, https://, and yamux+ before any of them";

#[test]
fn says_what_was_probably_meant() {
    for (text, meant) in [
        ("127.0.0.1:8889", "tcp://127.0.0.1:8889"),
        ("[::1]:8889", "tcp://[::1]:8889"),
        ("localhost:8889?protocol=framed", "tcp://localhost:8889?protocol=framed"),
        (":8889", "tcp://0.0.0.0:8889"),
        ("h:80/kitex-ws", "ws://h:80/kitex-ws"),
        ("/run/user@1/echo", "unix:///run/user@1/echo"),
        ("echo.sock", "unix://echo.sock"),
        ("@echo", "unix://@echo"),
        ("unix:/run/echo", "unix:///run/echo"),
        ("unix:@echo", "unix://@echo"),
        ("tcp:h:1", "tcp://h:1"),
        ("yamux+tcp:/h:1", "yamux+tcp://h:1"),
        ("yamux://h:1", "yamux+tcp://h:1"),
        ("wss+yamux://h/a", "yamux+wss://h:443/a"),
        ("ssl://h:1", "tls://h:1"),
    ] {
        assert!(message(text).ends_with(&format!("; write {meant}")), "{}", message(text));
    }
    for text in ["", "localhost", "8889", "tcp", "tcp:", "quic://h:1", "u:p@h:1", "ssl://u:p@h:1", "://h:1", "yamux://"]
    {
        assert!(message(text).ends_with(SCHEMES), "{}", message(text));
    }
}

#[test]
fn says_what_is_wrong_and_what_is_allowed() {
    let host = "expected a name, an IPv4 address, or an IPv6 address in brackets";
    let character = "remove it, or write it percent-encoded (a space is %20)";
    for (text, says) in [
        ("yamux+yamux+tcp://h:1", "has yamux+ more than once; expected it once, as in yamux+tcp://127.0.0.1:8891"),
        ("yamux+quic://h:1", &format!("has an unknown scheme; {SCHEMES}")),
        ("tcp://h", "has no port; tcp:// has no default port: expected tcp://HOST:PORT"),
        ("tls://[::1]", "has no port; tls:// has no default port: expected tls://HOST:PORT"),
        ("tcp://h:", "has an invalid port; expected a number from 0 to 65535 after the host and a colon"),
        ("tcp://h:65536", "has an invalid port; expected a number from 0 to 65535 after the host and a colon"),
        ("ws://h:+80/", "has an invalid port; expected a number from 0 to 65535 after the host and a colon"),
        ("ws://h:-1", "has an invalid port; expected a number from 0 to 65535 after the host and a colon"),
        ("tcp://:1", "has no host; expected HOST:PORT. To listen on all interfaces, write 0.0.0.0 or [::] as the host"),
        ("tcp://*:1", &format!("has an invalid host: all interfaces are written 0.0.0.0 or [::]; {host}")),
        ("tcp://::1:1", &format!("has an invalid host: an IPv6 address is written in brackets, as in [::1]; {host}")),
        ("tcp://[::1:1", &format!("has an invalid host: ] is missing; {host}")),
        ("tcp://[::1]1", &format!("has an invalid host: expected a colon and the port after ]; {host}")),
        ("tcp://[1.2.3.4]:1", &format!("has an invalid host: what is in brackets is not an IPv6 address; {host}")),
        ("tcp://[::1%eth0]:1", &format!("has an invalid host: what is in brackets is not an IPv6 address; {host}")),
        (
            "tcp://1.2.3:1",
            &format!("has an invalid host: not an IPv4 address, which is four numbers from 0 to 255; {host}"),
        ),
        ("tcp://bücher:1", &format!("has an invalid host: a name outside ASCII is written in its xn-- form; {host}")),
        ("tcp://a%20b:1", &format!("has an invalid host: a name has only letters, digits, -, _ and dots; {host}")),
        ("tcp://h:1/", "has an invalid path: this scheme has none; end the endpoint after the port"),
        ("tcp://h:1?protocl=framed", "has an unknown parameter; tcp:// takes only ?protocol=PROTOCOL"),
        ("unix:///s?mode=7", "has an unknown parameter; unix:// takes only ?protocol=PROTOCOL"),
        (
            "ws://h/?a&protocol=json",
            "has the unknown protocol \"json\"; expected one of ttheader, framed, buffered, ttheader-compact, \
             framed-compact, buffered-compact",
        ),
        ("ws://h/?protocol=framed&protocol=framed", "has the parameter protocol more than once; expected it once"),
        ("ws://h/#a", "has a fragment, which endpoints do not have; remove it, or write # as %23"),
        ("tcp://h:1#", "has a fragment, which endpoints do not have; remove it, or write # as %23"),
        ("ws://h/%zz", "has a % without two hexadecimal digits after it; write % itself as %25"),
        ("ws://h/?a=%", "has a % without two hexadecimal digits after it; write % itself as %25"),
        ("unix:///%2", "has a % without two hexadecimal digits after it; write % itself as %25"),
        (
            "unix://",
            "has an invalid path: it is empty; expected unix:///absolute/path, unix://relative/path, or \
             unix://@abstract-name",
        ),
        ("unix:///%00", "has an invalid path: a file's path can't contain a zero byte"),
        (" tcp://h:1", &format!("contains a space; {character}")),
        ("ws://h/a b", &format!("contains a space; {character}")),
    ] {
        assert_eq!(message(text), format!("\"{text}\" {says}"));
    }
    assert_eq!(message("tcp://h:1\n"), format!("\"tcp://h:1\\n\" contains the character U+000A; {character}"));
    for text in ["tcp://a..b:1", "tcp://.:1", "tcp://-a:1", "tcp://a-:1", &format!("tcp://{}:1", "a".repeat(64))] {
        assert!(matches!(text.parse::<Endpoint>(), Err(EndpointError::Host { .. })), "{text}");
    }
}

#[test]
fn no_message_has_a_password() {
    for text in [
        "tcp://user:secret@h:1",
        "ws://user:secret@h/p",
        "ws://user:secret@[::1/p",
        "wss://user:secret/@h",
        "ws://user:secret?@h",
        "tcp://user:1/secret@h:1",
        "tcp://user:1?secret@h:1",
        "tcp://user:1?protocol=secret@h:1",
        "tcp://user:secret#@h",
        "tcp://user:secret @h",
        "tcp://user:sec@secret@h",
        "yamux+yamux+tcp://user:secret@h:1",
        "quic://user:secret@h:1",
        "yamux://user:secret@h:1",
        "user:secret@h:1",
        "user:secret://secret@h:1",
        "tcp:user:secret@h:1",
        &format!("tcp://user:secret@h:1{}", "0".repeat(5000)),
    ] {
        let error = text.parse::<Endpoint>().expect_err(text);
        assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    }
    assert_eq!(
        message("tcp://user:secret@h:1"),
        "\"tcp://***@h:1\" has a user name or password before the host; remove everything up to and including the @"
    );
    for text in ["tcp://u:p@h:1", "ws://u@h", "ws://@h", "wss://u:p/w@h"] {
        assert!(matches!(text.parse::<Endpoint>(), Err(EndpointError::UserInfo { .. })), "{text}");
    }
}

#[test]
fn length_is_bounded() {
    // `ws://h/` and `ws://h:80/` have 64 bytes of room beside host and path.
    let longest = "a".repeat(Endpoint::MAX_LEN - 64 - 2);
    assert!(format!("ws://h/{longest}").parse::<Endpoint>().is_ok());
    for text in [
        format!("ws://h/{longest}a"),
        format!("ws://h/{}", "ü".repeat(1000)),
        format!("ws://h/?{}", "ü".repeat(1000)),
        "x".repeat(Endpoint::MAX_LEN + 1),
    ] {
        let error = text.parse::<Endpoint>().unwrap_err();
        assert!(matches!(error, EndpointError::TooLong { .. }), "{error}");
        assert!(error.to_string().len() < 250, "{error}");
    }
    assert!(matches!(parse("ws://h").with_path(&format!("/{longest}a")), Err(EndpointError::TooLong { .. })));
    let host = ["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(61)].join(".");
    assert!(format!("tcp://{host}:1").parse::<Endpoint>().is_ok());
    assert!(format!("tcp://{host}d:1").parse::<Endpoint>().is_err());
}

#[test]
fn changes_are_refused_where_they_do_not_apply() {
    let only = "only ws://, wss://, http:// and https:// endpoints can";
    let error = |changed: Result<Endpoint, EndpointError>| changed.unwrap_err().to_string();
    assert_eq!(error(parse("tcp://h:1").with_path("/a")), format!("\"tcp://h:1\" can't have a path; {only}"));
    assert_eq!(error(parse("unix:///s").with_query(Some("a"))), format!("\"unix:///s\" can't have a query; {only}"));
    assert_eq!(error(parse("ws://h").with_path("a")), "\"a\" has an invalid path: it does not begin with /");
    assert_eq!(
        error(parse("ws://h").with_query(Some("a&protocol=framed"))),
        "the query \"a&protocol=framed\" has the parameter protocol, which is not sent; set it using with_protocol"
    );
    assert!(matches!(parse("ws://h").with_path("/%"), Err(EndpointError::Escape { .. })));
    assert!(matches!(parse("ws://h").with_query(Some("%x")), Err(EndpointError::Escape { .. })));
    for refused in [parse("ws://h").with_scheme(Scheme::Unix), parse("unix:///s").with_scheme(Scheme::Tcp)] {
        assert!(matches!(refused, Err(EndpointError::NotApplicable { .. })));
    }
}
