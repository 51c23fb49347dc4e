//! What to try if a server has never answered: it may not understand the protocol of the client.

use std::io;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use super::pooled::ExchangeError;
use crate::codec::ReadError;
use crate::protocol::{Encoding, Framing, Protocol};
use crate::wire::{ForeignProtocol, WireError};

/// Whether a client has got an answer on any of its connections, and in which protocol it calls.
#[derive(Debug, Default)]
pub(super) struct FirstAnswer {
    /// `None` inside: another protocol can't be used on this connection.
    protocol: OnceLock<Option<Protocol>>,
    came: AtomicBool,
}

impl FirstAnswer {
    /// A connection was made, which carries this protocol. `is_only` if it can't carry one with another framing.
    pub(super) fn expect_in(&self, protocol: Protocol, is_only: bool) {
        self.protocol.get_or_init(|| Some(protocol).filter(|_| !is_only));
    }

    /// A connection has got an answer. Written once, as all calls share it.
    #[inline]
    pub(super) fn set_came(&self) {
        if !self.came.load(Ordering::Relaxed) {
            self.came.store(true, Ordering::Relaxed);
        }
    }

    /// What to try after a call has failed. `None` if a server has answered, as then the protocol is not the reason.
    pub(super) fn advice(&self, error: &ExchangeError) -> Option<String> {
        if self.came.load(Ordering::Relaxed) {
            return None;
        }
        match error {
            ExchangeError::Read(ReadError::Wire(error)) => other_program(error),
            ExchangeError::Read(ReadError::Ended) => self.other_protocols(),
            ExchangeError::Read(ReadError::Io(error)) | ExchangeError::Send(error) if may_be_refusal(error) => {
                self.other_protocols()
            }
            _ => None,
        }
    }

    /// What to try after a call that was sent has timed out. Apache Thrift's servers take the beginning of a message
    /// in another protocol for a length, and wait for more bytes.
    pub(super) fn advice_on_timeout(&self) -> Option<String> {
        if self.came.load(Ordering::Relaxed) { None } else { self.other_protocols() }
    }

    fn other_protocols(&self) -> Option<String> {
        let protocol = (*self.protocol.get()?)?;
        let (framing, encoding) = (protocol.framing(), protocol.encoding());
        let another = if framing == Framing::Buffered { Framing::Framed } else { Framing::Buffered };
        let one = match (encoding, framing) {
            // Kitex does not understand the compact encoding.
            (Encoding::Compact, framing) => Protocol::new(framing, Encoding::Binary),
            (Encoding::Binary, Framing::TtHeader) => Protocol::FRAMED,
            (Encoding::Binary, _) => Protocol::TTHEADER,
        };
        let another = Protocol::new(another, encoding);
        Some(format!(
            "the server has not answered any call yet: if it does not understand the protocol {protocol}, try \
             `?protocol={one}` or `?protocol={another}` in the endpoint (`connect_with_protocol` in code)"
        ))
    }
}

/// Whether a server that refuses a message may end its connection in this way.
fn may_be_refusal(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, TimedOut, UnexpectedEof};
    // It says itself why the session was ended.
    #[cfg(feature = "yamux")]
    if error.get_ref().is_some_and(|error| error.is::<crate::SessionError>()) {
        return false;
    }
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | TimedOut | UnexpectedEof)
}

/// What to try if the first bytes of the server are not those of a Thrift message.
fn other_program(error: &WireError) -> Option<String> {
    match error {
        WireError::Foreign(ForeignProtocol::Http) => {
            Some("the server speaks HTTP: try an endpoint with `http://` or `ws://`".to_owned())
        }
        WireError::Foreign(ForeignProtocol::Tls) => {
            Some("the server speaks TLS: try an endpoint with `tls://`, `wss://` or `https://`".to_owned())
        }
        // A length, as it seems.
        WireError::TooLarge { size, .. } => text(&u32::try_from(size.checked_sub(4)?).ok()?.to_be_bytes()),
        WireError::UnknownProtocol { first } => text(first),
        _ => None,
    }
}

/// That the first bytes are text, as the greetings of many servers are.
fn text(first: &[u8]) -> Option<String> {
    let text = str::from_utf8(first).ok()?.trim_end();
    let is_text = text.len() >= 3 && text.chars().all(|char| char == ' ' || char.is_ascii_graphic());
    is_text.then(|| format!("the server does not speak Thrift: its first bytes are the text {text:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended() -> ExchangeError {
        ExchangeError::Read(ReadError::Ended)
    }

    #[test]
    fn the_other_protocols_are_named_until_a_server_has_answered() {
        let cases = [
            (Protocol::TTHEADER, "`?protocol=framed` or `?protocol=buffered`"),
            (Protocol::FRAMED, "`?protocol=ttheader` or `?protocol=buffered`"),
            (Protocol::BUFFERED, "`?protocol=ttheader` or `?protocol=framed`"),
            (Protocol::TTHEADER.compact(), "`?protocol=ttheader` or `?protocol=buffered-compact`"),
            (Protocol::FRAMED.compact(), "`?protocol=framed` or `?protocol=buffered-compact`"),
            (Protocol::BUFFERED.compact(), "`?protocol=buffered` or `?protocol=framed-compact`"),
        ];
        for (protocol, expected) in cases {
            let first = FirstAnswer::default();
            assert_eq!(first.advice(&ended()), None, "no connection was made");
            first.expect_in(protocol, false);
            let advice = first.advice(&ended()).unwrap();
            assert!(advice.contains(&format!("protocol {protocol}, try {expected}")), "{advice}");
            assert_eq!(first.advice_on_timeout(), Some(advice));
            first.set_came();
            assert_eq!((first.advice(&ended()), first.advice_on_timeout()), (None, None));
        }
    }

    #[test]
    fn no_other_framing_is_named_where_none_can_be_used() {
        let first = FirstAnswer::default();
        first.expect_in(Protocol::BUFFERED, true);
        assert_eq!((first.advice(&ended()), first.advice_on_timeout()), (None, None));
    }

    #[test]
    fn another_program_is_named() {
        let first = FirstAnswer::default();
        first.expect_in(Protocol::TTHEADER, false);
        let advice = |error| first.advice(&ExchangeError::Read(ReadError::Wire(error))).unwrap_or_default();
        assert!(advice(WireError::Foreign(ForeignProtocol::Http)).contains("`http://` or `ws://`"));
        assert!(advice(WireError::Foreign(ForeignProtocol::Tls)).contains("`tls://`"));
        let size = u32::from_be_bytes(*b"SSH-") as usize + 4;
        assert!(advice(WireError::TooLarge { size, limit: 1 }).ends_with("the text \"SSH-\""));
        assert_eq!(advice(WireError::TooLarge { size: 1 << 25, limit: 1 }), "");
        assert!(advice(WireError::UnknownProtocol { first: *b"+OK\r\n " }).ends_with("the text \"+OK\""));
        assert_eq!(advice(WireError::UnknownProtocol { first: [0, 0, 0, 9, 1, 2] }), "");
    }
}
