//! `Authorization`: bearer tokens (RFC 6750), and user and password (RFC 7617).

use ::http::HeaderMap;
use ::http::header::{AUTHORIZATION, HeaderValue};
use data_encoding::BASE64;

use super::request::at_most_one;

/// `None` if a header can't contain the token.
pub(super) fn bearer(token: &str) -> Option<HeaderValue> {
    let valid = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    valid.then(|| sensitive(format!("Bearer {token}"))).flatten()
}

/// `None` if the user's name contains a colon, which separates it from the password, or either a control character.
pub(super) fn basic(user: &str, password: &str) -> Option<HeaderValue> {
    let valid = !user.contains(':') && !user.chars().chain(password.chars()).any(char::is_control);
    valid.then(|| sensitive(format!("Basic {}", BASE64.encode(format!("{user}:{password}").as_bytes())))).flatten()
}

/// A value that `Debug` does not show.
fn sensitive(value: String) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(value).ok()?;
    value.set_sensitive(true);
    Some(value)
}

pub(super) fn read_bearer(headers: &HeaderMap) -> Option<&str> {
    read(headers, "Bearer")
}

pub(super) fn read_basic(headers: &HeaderMap) -> Option<(String, String)> {
    let decoded = BASE64.decode(read(headers, "Basic")?.as_bytes()).ok()?;
    let decoded = String::from_utf8(decoded).ok()?;
    let (user, password) = decoded.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

fn read<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let value = at_most_one(headers, AUTHORIZATION).ok()??.to_str().ok()?;
    let (found, credentials) = value.split_once(' ')?;
    let credentials = credentials.trim_start_matches(' ');
    (found.eq_ignore_ascii_case(scheme) && !credentials.is_empty()).then_some(credentials)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&'static str]) -> HeaderMap {
        values.iter().map(|value| (AUTHORIZATION, HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn what_is_written_can_be_read() {
        let written: HeaderMap = [(AUTHORIZATION, bearer("abc.def").unwrap())].into_iter().collect();
        assert_eq!(read_bearer(&written), Some("abc.def"));
        let written: HeaderMap = [(AUTHORIZATION, basic("ann", "pa:ß").unwrap())].into_iter().collect();
        assert_eq!(read_basic(&written), Some(("ann".to_owned(), "pa:ß".to_owned())));
        assert!(!format!("{written:?}").contains("YW5u"), "{written:?}");
        assert_eq!((bearer(""), bearer("a b"), bearer("a\r\nb"), basic("a:b", "c")), (None, None, None, None));
        assert_eq!(basic("a", "\n"), None);
    }

    #[test]
    fn reads_one_authorization_of_the_right_scheme() {
        assert_eq!(read_bearer(&headers(&["bearer  x"])), Some("x"));
        assert_eq!(read_bearer(&headers(&["Bearer x", "Bearer y"])), None);
        assert_eq!(read_bearer(&headers(&["Basic eA=="])), None);
        assert_eq!(read_bearer(&headers(&["Bearer"])), None);
        assert_eq!(read_bearer(&headers(&["Bearer "])), None);
        assert_eq!(read_basic(&headers(&["Basic YW5uOmI="])), Some(("ann".to_owned(), "b".to_owned())));
        assert_eq!(read_basic(&headers(&["Basic YW5u"])), None);
        assert_eq!(read_basic(&headers(&["Basic !"])), None);
    }
}
