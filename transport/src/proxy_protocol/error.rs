//! Why a connection with the PROXY protocol is refused.

use std::io;

/// Why a connection to a listener with the layer [`ProxyProtocol`](crate::ProxyProtocol) is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProxyProtocolError {
    /// The connection does not come from one of the trusted networks. Nothing was read from it.
    #[error("the peer is not in the networks of `ProxyProtocol::from_networks`")]
    Untrusted,
    /// The connection does not begin with a header.
    #[error("the connection does not begin with a header of the PROXY protocol")]
    Missing,
    /// The header is too long.
    #[error("the header of the PROXY protocol has more than {limit} bytes")]
    TooLong {
        /// The most bytes that are read.
        limit: usize,
    },
    /// The header does not follow the specification.
    #[error("invalid header of the PROXY protocol: {0}")]
    Invalid(&'static str),
    /// The checksum in the header is not that of its bytes.
    #[error("the header of the PROXY protocol has a wrong checksum")]
    Checksum,
    /// The connection failed or ended before the header was complete.
    #[error("the connection ended before the header of the PROXY protocol was complete")]
    Io(#[from] io::Error),
}
