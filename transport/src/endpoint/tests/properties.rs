//! What holds for every endpoint and every text.

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::*;

/// Texts that are endpoints, in most cases.
fn written() -> impl Strategy<Value = String> {
    let http = ("(yamux\\+)?(ws|wss|HTTP|https)", host(), "(:[0-9]{1,4})?", path(), parameters());
    let http = http.prop_map(|(scheme, host, port, path, query)| format!("{scheme}://{host}{port}{path}{query}"));
    let plain = ("(Yamux\\+)?(tcp|tls)", host(), any::<u16>(), PROTOCOL);
    let plain = plain.prop_map(|(scheme, host, port, protocol)| format!("{scheme}://{host}:{port}{protocol}"));
    let unix = ("(yamux\\+)?unix://@?[@a]?", path(), PROTOCOL);
    let unix = unix.prop_map(|(scheme, path, protocol)| format!("{scheme}{path}{protocol}"));
    prop_oneof![http, plain, unix]
}

const PROTOCOL: &str = "(\\?protocol=(ttheader|framed|Buffered)(-compact)?)?";

fn host() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9]([a-zA-Z0-9_-]{0,9}[a-z])?(\\.[a-z]{1,4})?\\.?",
        any::<std::net::Ipv4Addr>().prop_map(|ip| ip.to_string()),
        any::<std::net::Ipv6Addr>().prop_map(|ip| format!("[{ip}]")),
        (any::<std::net::Ipv6Addr>(), any::<u32>()).prop_map(|(ip, scope)| format!("[{ip}%{scope}]")),
    ]
}

fn path() -> impl Strategy<Value = String> {
    "(/[a-zA-Z0-9@:.~ü^|%]{0,9}){0,3}".prop_map(|path| path.replace('%', "%fF"))
}

/// The parameter `protocol` alone, before or after others, or not at all.
fn parameters() -> impl Strategy<Value = String> {
    let query = "[a-c=&?%/ü\"]{0,8}".prop_map(|query| query.replace('%', "%4a"));
    (PROTOCOL, proptest::option::of(query), any::<bool>()).prop_map(|(protocol, query, first)| match query {
        None => protocol,
        Some(query) if protocol.is_empty() => format!("?{query}"),
        Some(query) if first => format!("{protocol}&{query}"),
        Some(query) => format!("?{query}&{}", &protocol[1..]),
    })
}

/// The same with some characters replaced, added or taken out.
fn mutated() -> impl Strategy<Value = String> {
    let edits = vec((any::<prop::sample::Index>(), 0..2usize, "[a@:/?#%&=+\\[\\] \u{0}\u{202e}ü1.-]{0,2}"), 1..4);
    (written(), edits).prop_map(|(text, edits)| {
        let mut characters: Vec<char> = text.chars().collect();
        for (at, removed, added) in edits {
            let at = at.index(characters.len() + 1);
            let end = (at + removed).min(characters.len());
            characters.splice(at..end, added.chars());
        }
        characters.into_iter().collect()
    })
}

/// What an endpoint promises, whatever it was parsed from.
fn check(endpoint: &Endpoint) -> Result<(), TestCaseError> {
    let printed = endpoint.to_string();
    let again: Endpoint = printed.parse().map_err(|error| TestCaseError::fail(format!("{error}")))?;
    prop_assert_eq!(&again, endpoint);
    prop_assert_eq!(again.to_string(), &*printed);
    prop_assert!(printed.len() <= Endpoint::MAX_LEN);
    prop_assert!(printed.bytes().all(|byte| byte.is_ascii_graphic()), "{}", printed);
    prop_assert_eq!(endpoint.path_and_query().is_some(), endpoint.path().starts_with('/'));
    if let Some(host) = endpoint.host() {
        prop_assert!(!host.contains(['[', ']', '/', '@']), "{}", host);
        prop_assert!(printed.contains(&endpoint.authority().unwrap()));
    }
    Ok(())
}

/// Either an endpoint, or an error that is one short line.
fn check_text(text: &str) -> Result<(), TestCaseError> {
    match text.parse::<Endpoint>() {
        Ok(endpoint) => check(&endpoint),
        Err(error) => {
            let message = error.to_string();
            prop_assert!(message.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{}", message);
            prop_assert!(message.len() < 1000, "{}", message);
            Ok(())
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_parsed_and_printed(text in written()) {
        // The only ones that are not endpoints: an empty socket path, and a name that ends in a number.
        if let Err(error) = text.parse::<Endpoint>() {
            let expected = matches!(error, EndpointError::Path { .. } | EndpointError::Host { .. });
            prop_assert!(expected, "{}", error);
        }
        check_text(&text)?;
    }

    #[test]
    fn whatever_is_parsed_is_printed_and_parsed_again(text in mutated()) {
        check_text(&text)?;
    }

    #[test]
    fn any_text_is_an_endpoint_or_an_error(text: String) {
        check_text(&text)?;
        check_text(&format!("ws://h/{text}"))?;
        check_text(&format!("unix://{text}"))?;
    }

    #[test]
    fn any_bytes_name_a_socket(bytes in vec(1..=255u8, 1..=107)) {
        let endpoint = Endpoint::unix_abstract(&bytes).unwrap();
        prop_assert_eq!(endpoint.socket_path(), Some(SocketPath::Abstract(&bytes)));
        check(&endpoint)?;
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStrExt;
            let path = Path::new(std::ffi::OsStr::from_bytes(&bytes));
            let endpoint = Endpoint::unix(path).unwrap();
            prop_assert_eq!(endpoint.socket_path(), Some(SocketPath::File(path)));
            check(&endpoint)?;
        }
    }

    #[test]
    fn whatever_is_set_stays_an_endpoint(
        text in written(), port: u16, path: String, query: String, scheme in 0..Scheme::ALL.len(), yamux: bool,
    ) {
        let Ok(endpoint) = text.parse::<Endpoint>() else { return Ok(()) };
        let endpoint = endpoint.with_port(port).with_yamux(yamux).with_protocol(Some(Protocol::BUFFERED.compact()));
        check(&endpoint)?;
        let changes = [
            endpoint.clone().with_path(&format!("/{path}")),
            endpoint.clone().with_query(Some(&query)),
            endpoint.with_scheme(Scheme::ALL[scheme]),
        ];
        changes.iter().flatten().try_for_each(check)?;
    }

    #[test]
    fn an_address_is_the_same_after_parsing(address: SocketAddr) {
        let endpoint = Endpoint::from(address);
        prop_assert_eq!((endpoint.port(), endpoint.scheme()), (Some(address.port()), Some(Scheme::Tcp)));
        check(&endpoint)?;
    }
}
