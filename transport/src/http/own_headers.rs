//! The headers that a client adds to its requests.

use ::http::HeaderMap;
use ::http::header::{self, AUTHORIZATION, HeaderName, HeaderValue};

use super::credentials;

/// Headers to send, or the first error in them. Builders can't fail, so connecting does.
#[derive(Clone, Debug)]
pub(crate) struct OwnHeaders(Result<HeaderMap, InvalidHeader>);

/// A header that can't be sent. The message contains no value: it may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidHeader {
    /// The name has characters that names can't have.
    #[error("{0:?} is not a valid header name")]
    Name(String),
    /// The value has characters that values can't have.
    #[error("the value of the header {0} has characters that headers can't contain")]
    Value(String),
    /// The connection sets this header itself.
    #[error("the header {0} is set by the connection")]
    Reserved(String),
    /// The token, user or password can't be sent.
    #[error("credentials can't contain control characters, a token no spaces, and a user no colon")]
    Credentials,
}

/// What the handshakes and the framing of messages are made of.
const RESERVED: [HeaderName; 9] = [
    header::HOST,
    header::CONNECTION,
    header::UPGRADE,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::SEC_WEBSOCKET_KEY,
    header::SEC_WEBSOCKET_VERSION,
    header::SEC_WEBSOCKET_EXTENSIONS,
    header::SEC_WEBSOCKET_PROTOCOL,
];

impl Default for OwnHeaders {
    fn default() -> Self {
        Self(Ok(HeaderMap::new()))
    }
}

impl OwnHeaders {
    /// Adds a header; one of the same name stays.
    pub(crate) fn add(&mut self, name: &str, value: &str) {
        let header = match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Err(_), _) => Err(InvalidHeader::Name(name.to_owned())),
            (Ok(name), _) if RESERVED.contains(&name) => Err(InvalidHeader::Reserved(name.to_string())),
            (Ok(name), Err(_)) => Err(InvalidHeader::Value(name.to_string())),
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(true);
                Ok((name, value))
            }
        };
        self.change(header, |headers, (name, value)| {
            headers.append(name, value);
        });
    }

    /// Sets `Authorization: Bearer`.
    pub(crate) fn set_bearer(&mut self, token: &str) {
        self.set_authorization(credentials::bearer(token));
    }

    /// Sets `Authorization: Basic`.
    pub(crate) fn set_basic(&mut self, user: &str, password: &str) {
        self.set_authorization(credentials::basic(user, password));
    }

    /// The headers.
    pub(crate) fn get(&self) -> Result<&HeaderMap, &InvalidHeader> {
        self.0.as_ref()
    }

    fn set_authorization(&mut self, value: Option<HeaderValue>) {
        let value = value.ok_or(InvalidHeader::Credentials);
        self.change(value, |headers, value| {
            headers.insert(AUTHORIZATION, value);
        });
    }

    /// The first error stays.
    fn change<T>(&mut self, given: Result<T, InvalidHeader>, apply: impl FnOnce(&mut HeaderMap, T)) {
        match (&mut self.0, given) {
            (Ok(headers), Ok(given)) => apply(headers, given),
            (Ok(_), Err(error)) => self.0 = Err(error),
            (Err(_), _) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_headers_and_the_first_error() {
        let mut headers = OwnHeaders::default();
        headers.add("X-Tenant", "a");
        headers.add("x-tenant", "b");
        headers.set_basic("ann", "secret");
        headers.set_bearer("secret");
        assert!(!format!("{headers:?}").contains("secret"), "{headers:?}");
        let sent = headers.get().unwrap();
        assert_eq!(sent.get_all("x-tenant").iter().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(sent.get_all(AUTHORIZATION).iter().collect::<Vec<_>>(), ["Bearer secret"]);

        for (name, value, error) in [
            ("a b", "c", InvalidHeader::Name("a b".to_owned())),
            ("x", "a\r\nb", InvalidHeader::Value("x".to_owned())),
            ("Host", "a", InvalidHeader::Reserved("host".to_owned())),
        ] {
            let mut headers = OwnHeaders::default();
            headers.add(name, value);
            headers.set_bearer("not a token");
            assert_eq!(headers.get(), Err(&error));
        }
    }
}
