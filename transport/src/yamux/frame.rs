//! The header of a yamux frame: version, type, flags (2), stream (4), length (4). Only data frames have a body.

/// The size of a header.
pub(super) const HEADER: usize = 12;

pub(super) const DATA: u8 = 0;
pub(super) const WINDOW_UPDATE: u8 = 1;
pub(super) const PING: u8 = 2;
pub(super) const GO_AWAY: u8 = 3;

/// The bit that tells our pings from the library's.
const OWN_PING: u32 = 1 << 31;

/// The bit that tells marks from the pings of the keepalive.
const MARK: u32 = 1 << 30;

pub(super) const SYN: u16 = 1;
pub(super) const ACK: u16 = 2;
pub(super) const FIN: u16 = 4;
pub(super) const RST: u16 = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FrameHeader {
    pub(super) kind: u8,
    pub(super) flags: u16,
    pub(super) stream: u32,
    /// The size of the body of a data frame, the credit of a window update, the code of a GoAway.
    pub(super) length: u32,
}

impl FrameHeader {
    /// A GoAway for a normal end, code 0.
    ///
    /// The ACK flag is our own addition. The specification gives flags of a GoAway no meaning, and neither hashicorp's
    /// implementation nor the Rust library reads them. It states that every stream that was accepted has been acknowledged
    /// in an earlier frame.
    pub(super) fn go_away(all_acknowledged: bool) -> Self {
        FrameHeader { kind: GO_AWAY, flags: if all_acknowledged { ACK } else { 0 }, stream: 0, length: 0 }
    }

    /// The end of a session whose ends have the same role: a protocol error, sent at the first stream.
    ///
    /// The SYN flag is our own addition, as the ACK flag above, so that the peer can say what is wrong. It states also
    /// that no stream of the peer was accepted.
    pub(super) fn same_role() -> Self {
        FrameHeader { kind: GO_AWAY, flags: SYN, stream: 0, length: 1 }
    }

    /// A ping of our own. The library numbers its pings from 0 and gets none of [`OWN_PING`].
    pub(super) fn ping(id: u32) -> Self {
        FrameHeader { kind: PING, flags: SYN, stream: 0, length: OWN_PING | id }
    }

    /// A ping that shows how fast the session's bytes arrive.
    pub(super) fn mark(number: u32) -> Self {
        Self::ping(MARK | number)
    }

    /// The answer to a ping of the peer.
    pub(super) fn pong(id: u32) -> Self {
        FrameHeader { kind: PING, flags: ACK, stream: 0, length: id }
    }

    /// The number of the mark that this is the answer to.
    pub(super) fn answered_mark(&self) -> Option<u32> {
        self.answered_ping().filter(|id| id & MARK != 0).map(|id| id & !MARK)
    }

    /// The id of our own ping that this is the answer to.
    pub(super) fn answered_ping(&self) -> Option<u32> {
        (self.kind == PING && self.has(ACK) && self.length & OWN_PING != 0).then_some(self.length & !OWN_PING)
    }

    /// Resets a stream.
    pub(super) fn reset(stream: u32) -> Self {
        FrameHeader { kind: DATA, flags: RST, stream, length: 0 }
    }

    /// Refuses a stream that was never accepted: a reset in a window update, as hashicorp's implementation sends it. The
    /// Rust library resets with data frames, including streams that were served.
    pub(super) fn refusal(stream: u32) -> Self {
        FrameHeader { kind: WINDOW_UPDATE, flags: RST, stream, length: 0 }
    }

    pub(super) fn has(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    /// Whether the frame is one of a stream.
    pub(super) fn is_of_stream(&self) -> bool {
        matches!(self.kind, DATA | WINDOW_UPDATE)
    }

    /// How many bytes follow the header.
    pub(super) fn body(&self) -> usize {
        if self.kind == DATA { self.length as usize } else { 0 }
    }

    pub(super) fn decode(bytes: [u8; HEADER]) -> Self {
        let [_, kind, f0, f1, s0, s1, s2, s3, l0, l1, l2, l3] = bytes;
        FrameHeader {
            kind,
            flags: u16::from_be_bytes([f0, f1]),
            stream: u32::from_be_bytes([s0, s1, s2, s3]),
            length: u32::from_be_bytes([l0, l1, l2, l3]),
        }
    }

    pub(super) fn encode(&self) -> [u8; HEADER] {
        let [f0, f1] = self.flags.to_be_bytes();
        let [s0, s1, s2, s3] = self.stream.to_be_bytes();
        let [l0, l1, l2, l3] = self.length.to_be_bytes();
        [0, self.kind, f0, f1, s0, s1, s2, s3, l0, l1, l2, l3]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_survives_encoding() {
        let header = FrameHeader { kind: DATA, flags: ACK | FIN, stream: 0x0102_0304, length: 0x0506_0708 };
        let bytes = header.encode();
        assert_eq!(bytes, [0, 0, 0, 6, 1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(FrameHeader::decode(bytes), header);
    }
}
