//! The URL of a proxy, which can have credentials. Endpoints can't.

use crate::connect::{ConnectError, ConnectErrorKind};
use crate::endpoint::{Endpoint, Scheme, percent_decode, shown};
use crate::target::{self, Target, WrongEndpoint};

/// A user name and a password, decoded.
type Credentials = (Vec<u8>, Vec<u8>);

/// Splits `http://[USER[:PASSWORD]@]HOST[:PORT]` into the endpoint of the proxy, as `tcp://`, and the credentials.
pub(super) fn parse(url: &str) -> (Target, Option<Credentials>) {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    // An unencoded @ in a password is accepted, as browsers do.
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    if path.contains('@') {
        let why = "in a user name or password, the characters / ? # are written %2F, %3F, %23";
        return (invalid(url, why), None);
    }
    let (userinfo, host) = match authority.rsplit_once('@') {
        Some((userinfo, host)) => (Some(userinfo), host),
        None => (None, authority),
    };
    let without = format!("{scheme}://{host}{path}");
    let target = match target::parse(&without, Scheme::Http) {
        Ok(endpoint) => proxy_at(&endpoint),
        // The text of an error shows what was given, so it must not have the credentials.
        Err(error) => Target::parsed(&shown(&without), Err(error)),
    };
    let Some(userinfo) = userinfo else { return (target, None) };
    match credentials(userinfo) {
        Ok(credentials) => (target, Some(credentials)),
        Err(why) => (invalid(&without, why), None),
    }
}

fn proxy_at(endpoint: &Endpoint) -> Target {
    if endpoint.path() != "/" || endpoint.query().is_some() {
        return invalid(&endpoint.to_string(), "a proxy has no path; expected http://HOST:PORT");
    }
    let tcp = endpoint.clone().with_scheme(Scheme::Tcp);
    Target::parsed(&endpoint.to_string(), tcp.map_err(WrongEndpoint::from))
}

fn invalid(url: &str, why: &'static str) -> Target {
    Target::from(ConnectError::new(ConnectErrorKind::InvalidEndpoint).at(shown(url)).because(why))
}

fn credentials(userinfo: &str) -> Result<Credentials, &'static str> {
    let (user, password) = userinfo.split_once(':').unwrap_or((userinfo, ""));
    let decoded = |text| percent_decode(text).ok_or("the credentials have a % without two hexadecimal digits after it");
    let (user, password) = (decoded(user)?, decoded(password)?);
    if user.contains(&b':') {
        return Err("the user name has a colon, which Basic credentials can't have");
    }
    Ok((user, password))
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::*;

    fn parsed(url: &str) -> (String, Option<(String, String)>) {
        let (target, credentials) = parse(url);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let credentials = credentials.map(|(user, password)| (text(user), text(password)));
        (target.endpoint().unwrap().to_string(), credentials)
    }

    fn pair(user: &str, password: &str) -> Option<(String, String)> {
        Some((user.to_owned(), password.to_owned()))
    }

    #[test]
    fn credentials_are_split_off_and_decoded() {
        for (url, endpoint, credentials) in [
            ("http://proxy:3128", "tcp://proxy:3128", None),
            ("http://proxy/", "tcp://proxy:80", None),
            ("proxy:3128", "tcp://proxy:3128", None),
            ("http://[::1]:3128", "tcp://[::1]:3128", None),
            ("http://user@proxy:3128", "tcp://proxy:3128", pair("user", "")),
            ("http://user:a:b@proxy:3128", "tcp://proxy:3128", pair("user", "a:b")),
            ("http://us%40er:%3a%2f@proxy:3128/", "tcp://proxy:3128", pair("us@er", ":/")),
            ("http://user:p@ss@proxy:3128", "tcp://proxy:3128", pair("user", "p@ss")),
        ] {
            assert_eq!(parsed(url), (endpoint.to_owned(), credentials), "{url}");
        }
    }

    #[test]
    fn an_invalid_url_is_told_without_the_credentials() {
        for (url, why) in [
            ("https://user:secret@proxy:3128", "expected an endpoint with http://, found https://proxy:3128/"),
            ("http://user:secret@proxy:3128/path", "a proxy has no path; expected http://HOST:PORT"),
            ("http://user:secret@proxy:99999", "invalid port"),
            ("http://us%3Aer:secret@proxy:1", "the user name has a colon, which Basic credentials can't have"),
            ("http://user:secret%@proxy:1", "the credentials have a % without two hexadecimal digits after it"),
            ("http://user:secret@", "has no host"),
            ("http://user:sec/secret@proxy:1", "in a user name or password, the characters / ? # are written"),
            ("https://user/secret@proxy:1", "in a user name or password, the characters / ? # are written"),
            ("socks5://user:secret@proxy:1080", "unknown scheme"),
        ] {
            let (target, _) = parse(url);
            let error = target.endpoint().unwrap_err();
            assert_eq!(error.kind(), ConnectErrorKind::InvalidEndpoint, "{url}");
            let shown = format!("{error}: {}", error.source().unwrap());
            assert!(shown.contains(why), "{shown}");
            assert!(!shown.contains("secret") && !format!("{target:?}").contains("secret"), "{shown}");
        }
    }
}
