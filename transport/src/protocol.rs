//! Which Thrift protocol a connection carries.

use std::fmt;
use std::str::FromStr;

/// The Thrift protocol of a connection: how messages are delimited ([`Framing`]) and how values are encoded
/// ([`Encoding`]).
///
/// A client has to use a protocol that its server understands. Set it with
/// [`connect_with_protocol`](crate::ConnectWith::connect_with_protocol), or in the query of an
/// [`Endpoint`](crate::Endpoint). A server of this crate, of volo or of Kitex detects it; Kitex does not understand the
/// compact encoding.
///
/// | text | value | who uses it |
/// |---|---|---|
/// | `ttheader` (default) | [`Protocol::TTHEADER`] | volo's clients by default; volo and Kitex servers accept it |
/// | `framed` | [`Protocol::FRAMED`] | Apache Thrift servers with a framed transport |
/// | `buffered` | [`Protocol::BUFFERED`] | Kitex clients by default; Apache Thrift servers with a buffered transport |
///
/// Each of them can be followed by `-compact`, for Thrift's compact encoding: `framed-compact`. Upper and lower case
/// are the same when a text is parsed; [`Display`](fmt::Display) prints lower case.
///
/// ```
/// use volplane_transport::{Encoding, Framing, Protocol};
///
/// let protocol: Protocol = "framed-compact".parse()?;
/// assert_eq!(protocol, Protocol::FRAMED.compact());
/// assert_eq!((protocol.framing(), protocol.encoding()), (Framing::Framed, Encoding::Compact));
/// assert_eq!(Protocol::default().to_string(), "ttheader");
///
/// let error = "json".parse::<Protocol>().unwrap_err();
/// assert!(error.to_string().contains("ttheader, framed, buffered"));
/// # Ok::<(), volplane_transport::ProtocolError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Protocol {
    framing: Framing,
    encoding: Encoding,
}

/// How the messages on a connection are delimited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Framing {
    /// A [TTHeader](https://www.cloudwego.io/docs/kitex/reference/transport-protocol-ttheader/) before each framed
    /// message: the message's length, and headers such as the caller's name. The only one that carries metadata and
    /// business errors.
    #[default]
    TtHeader,
    /// Four bytes of length, big-endian, before each message.
    Framed,
    /// Messages follow each other without a length; decoding a message finds its end.
    Buffered,
}

/// How the values of a message are encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// Thrift's binary protocol: numbers have a fixed size.
    #[default]
    Binary,
    /// Thrift's compact protocol: numbers have a variable size.
    Compact,
}

impl Protocol {
    /// TTHeader over framed binary. The default.
    pub const TTHEADER: Self = Self::new(Framing::TtHeader, Encoding::Binary);
    /// Framed binary.
    pub const FRAMED: Self = Self::new(Framing::Framed, Encoding::Binary);
    /// Binary without a frame.
    pub const BUFFERED: Self = Self::new(Framing::Buffered, Encoding::Binary);

    const ALL: [Self; 6] = [
        Self::TTHEADER,
        Self::FRAMED,
        Self::BUFFERED,
        Self::TTHEADER.compact(),
        Self::FRAMED.compact(),
        Self::BUFFERED.compact(),
    ];

    /// Every text that is a protocol, as error messages list them.
    pub(crate) const EXPECTED: &str = "ttheader, framed, buffered, ttheader-compact, framed-compact, buffered-compact";

    /// The protocol with this framing and this encoding.
    pub const fn new(framing: Framing, encoding: Encoding) -> Self {
        Self { framing, encoding }
    }

    /// The same framing with the compact encoding.
    #[must_use]
    pub const fn compact(self) -> Self {
        Self::new(self.framing, Encoding::Compact)
    }

    /// How messages are delimited.
    pub const fn framing(self) -> Framing {
        self.framing
    }

    /// How values are encoded.
    pub const fn encoding(self) -> Encoding {
        self.encoding
    }

    /// The text that [`FromStr`] parses and [`Display`](fmt::Display) prints.
    pub const fn as_str(self) -> &'static str {
        match (self.framing, self.encoding) {
            (Framing::TtHeader, Encoding::Binary) => "ttheader",
            (Framing::Framed, Encoding::Binary) => "framed",
            (Framing::Buffered, Encoding::Binary) => "buffered",
            (Framing::TtHeader, Encoding::Compact) => "ttheader-compact",
            (Framing::Framed, Encoding::Compact) => "framed-compact",
            (Framing::Buffered, Encoding::Compact) => "buffered-compact",
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Protocol {
    type Err = ProtocolError;

    /// Parses one of the texts in the [table](Protocol).
    ///
    /// # Errors
    ///
    /// When `text` is none of them. The message lists them.
    fn from_str(text: &str) -> Result<Self, ProtocolError> {
        let found = Self::ALL.into_iter().find(|protocol| protocol.as_str().eq_ignore_ascii_case(text));
        found.ok_or_else(|| ProtocolError { given: crate::endpoint::shown(text) })
    }
}

/// A text that is not a [`Protocol`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown protocol \"{given}\"; expected one of {}", Protocol::EXPECTED)]
pub struct ProtocolError {
    given: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_protocol_is_parsed_from_what_it_prints() {
        for protocol in Protocol::ALL {
            assert_eq!(protocol.to_string().parse(), Ok(protocol));
            assert_eq!(protocol.to_string().to_uppercase().parse(), Ok(protocol));
            assert_eq!(Protocol::new(protocol.framing(), protocol.encoding()), protocol);
        }
        assert_eq!(Protocol::default(), Protocol::TTHEADER);
        assert_eq!(Protocol::FRAMED.compact().compact().as_str(), "framed-compact");
    }

    #[test]
    fn the_error_lists_every_protocol() {
        assert_eq!(Protocol::ALL.map(Protocol::as_str).join(", "), Protocol::EXPECTED);
        for text in ["", "binary", "compact", "framed-", "framed-binary", "framed compact", " framed", "ſramed"] {
            let error = text.parse::<Protocol>().unwrap_err().to_string();
            assert!(error.ends_with(Protocol::EXPECTED) && error.contains(&format!("{text:?}")), "{error}");
        }
        assert_eq!(
            "fra\nmed".parse::<Protocol>().unwrap_err().to_string(),
            format!("unknown protocol \"fra\\nmed\"; expected one of {}", Protocol::EXPECTED)
        );
    }
}
