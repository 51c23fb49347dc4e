//! Which web pages may connect. A browser lets every page open WebSockets to every server, and says in `Origin` where
//! the page is from ([RFC 6455, 10.2](https://www.rfc-editor.org/rfc/rfc6455#section-10.2)).

use super::HostPort;

/// The origins that a server accepts. Requests without `Origin` come from no browser, and are not looked at here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origins {
    any: bool,
    /// As [`Origin::normal`] prints them.
    allowed: Vec<String>,
}

impl Origins {
    /// Why the request of a page is refused. A program that sends `Origin` gets the same error if a proxy changes `Host`.
    pub(crate) const REFUSED: &str = "pages of this origin may not connect: it is not allowed, and not that of the Host \
                                      header; if a proxy changed Host, let it pass Host on or allow the origin";

    pub(crate) fn any() -> Self {
        Self { any: true, allowed: Vec::new() }
    }

    /// These, and that of the server itself.
    pub(crate) fn of(allowed: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        Self { any: false, allowed: allowed.into_iter().map(|origin| normal(origin.as_ref())).collect() }
    }

    /// Whether a page of `origin` may send a request to `host`. The opaque origin `null` is never allowed.
    pub(crate) fn admit(&self, origin: &str, host: Option<&HostPort>) -> bool {
        if self.any {
            return true;
        }
        if origin.trim().eq_ignore_ascii_case("null") {
            return false;
        }
        let same = Origin::parse(origin).zip(host).is_some_and(|(origin, host)| origin.is_at(host));
        same || self.allowed.contains(&normal(origin))
    }
}

/// Scheme, host and port of a page.
struct Origin {
    scheme: String,
    authority: HostPort,
}

impl Origin {
    /// A path is ignored: Go's x/net/websocket sends one.
    fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.trim().split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next().and_then(HostPort::parse)?;
        Some(Self { scheme: scheme.to_ascii_lowercase(), authority })
    }

    fn default_port(&self) -> Option<u16> {
        match self.scheme.as_str() {
            "http" | "ws" => Some(80),
            "https" | "wss" => Some(443),
            _ => None,
        }
    }

    /// Whether the page is from the server itself. The scheme is ignored: behind a proxy that ends TLS, the server
    /// does not know its own.
    ///
    /// On loopback, an origin with a default port also is: programs that are not browsers, such as users of x/net, send
    /// `http://localhost/` to any port. A page from port 80 of the same machine can therefore connect, too.
    fn is_at(&self, host: &HostPort) -> bool {
        let Some(default) = self.default_port() else { return false };
        let port = self.authority.port().unwrap_or(default);
        let at_host = self.authority.host() == host.host() && port == host.port().unwrap_or(default);
        at_host || (port == default && self.authority.is_loopback() && host.is_loopback())
    }
}

/// An origin in the one form in which it is compared.
fn normal(text: &str) -> String {
    match Origin::parse(text) {
        Some(origin) => {
            let port = origin.authority.port().or_else(|| origin.default_port());
            let port = port.map(|port| format!(":{port}")).unwrap_or_default();
            format!("{}://{}{port}", origin.scheme, origin.authority.host())
        }
        None => text.trim().to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_origin_is_admitted_and_others_are_not() {
        for (origin, host, admitted) in [
            ("http://example.com", "example.com", true),
            ("https://Example.com", "example.com", true),
            ("https://example.com", "example.com:443", true),
            ("https://example.com:443", "example.com", true),
            ("http://example.com:8890", "example.com:8890", true),
            ("https://example.com", "example.com:8890", false),
            ("http://example.com:8890", "example.com", false),
            ("http://example.com", "example.com:443", false),
            ("http://evil.com", "example.com", false),
            ("http://example.com.evil.com", "example.com", false),
            ("http://evil.com/http://example.com", "example.com", false),
            ("http://example.com@evil.com", "example.com", false),
            ("http://sub.example.com", "example.com", false),
            ("null", "example.com", false),
            ("", "example.com", false),
            ("example.com", "example.com", false),
            ("file://", "example.com", false),
            ("chrome-extension://example.com", "example.com", false),
            // The article's client, our own, and the usual one of x/net.
            ("ws://127.0.0.1:8890/kitex-ws", "127.0.0.1:8890", true),
            ("http://127.0.0.1:8890", "127.0.0.1:8890", true),
            ("http://localhost/", "127.0.0.1:8890", true),
            ("http://[::1]", "[::1]:8890", true),
            // A page of another local program, and of another site.
            ("http://localhost:3000", "127.0.0.1:8890", false),
            ("http://localhost:3000", "localhost:8890", false),
            ("http://evil.com", "127.0.0.1:8890", false),
            ("http://evil.com", "localhost", false),
            ("http://localhost", "example.com:8890", false),
        ] {
            let host = HostPort::parse(host);
            assert_eq!(Origins::default().admit(origin, host.as_ref()), admitted, "{origin} at {host:?}");
            assert!(Origins::any().admit(origin, host.as_ref()));
        }
        assert!(!Origins::default().admit("http://example.com", None));
    }

    #[test]
    fn the_list_is_of_whole_origins() {
        let origins = Origins::of(["https://App.example.com", "http://localhost:3000/", "tauri://localhost", "null"]);
        let host = HostPort::parse("api.example.com");
        for (origin, admitted) in [
            ("https://app.example.com", true),
            ("https://app.example.com:443", true),
            ("http://app.example.com", false),
            ("https://app.example.com:444", false),
            ("http://localhost:3000", true),
            ("tauri://localhost", true),
            ("https://api.example.com", true),
            ("null", false),
        ] {
            assert_eq!(origins.admit(origin, host.as_ref()), admitted, "{origin}");
        }
    }
}
