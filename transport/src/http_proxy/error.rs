//! Why a proxy gave no connection.

use std::io;

use crate::endpoint::Endpoint;

/// Why an HTTP proxy gave no connection to the target. It is the source of a [`ConnectError`](crate::ConnectError),
/// which has the endpoint of the target. It never has credentials.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProxyError {
    /// The proxy answered with a status other than 2xx.
    #[error("the proxy {proxy} answered {status}{}{}", spaced(.reason), advice(*.status))]
    Refused {
        /// The endpoint of the proxy.
        proxy: Endpoint,
        /// The HTTP status: 401 and 407 ask for other credentials, 403 forbids the target, 502 to 504 could not reach it.
        status: u16,
        /// The reason that the proxy gave beside the status, at most 80 characters of it.
        reason: String,
    },
    /// What the proxy sent is not the head of an HTTP/1 response.
    #[error("the proxy {proxy} did not answer with the head of an HTTP/1 response: {why}")]
    Malformed {
        /// The endpoint of the proxy.
        proxy: Endpoint,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The connection to the proxy failed, or the proxy closed it before it answered.
    #[error("no answer from the proxy {proxy}")]
    Io {
        /// The endpoint of the proxy.
        proxy: Endpoint,
        /// The error of the connection.
        #[source]
        source: io::Error,
    },
    /// The target has no host and port that a proxy could connect to.
    #[error("an HTTP proxy needs a host and a port, which {target} does not have")]
    NoHost {
        /// The target.
        target: Endpoint,
    },
    /// The layer was put on a listener.
    #[error("an HTTP proxy is for connectors, not for listeners")]
    NotForListeners,
}

fn spaced(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(" {reason}") }
}

fn advice(status: u16) -> &'static str {
    match status {
        401 | 407 => "; give its user name and password, as in http://USER:PASSWORD@HOST:PORT",
        403 | 405 => "; it does not allow connections to this target",
        502..=504 => "; it could not reach the target",
        _ => "",
    }
}
