//! CRC-32C ([RFC 3720, appendix B.4](https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4)), bit by bit: a header is
//! short, and there is one for each connection.

/// The polynomial, reversed.
const POLYNOMIAL: u32 = 0x82F6_3B78;

pub(super) fn crc32c(bytes: impl IntoIterator<Item = u8>) -> u32 {
    !bytes.into_iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (POLYNOMIAL & 0_u32.wrapping_sub(crc & 1)))
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_examples_of_rfc_3720() {
        assert_eq!(super::crc32c(*b"123456789"), 0xE306_9283);
        assert_eq!(super::crc32c([0; 32]), 0x8A91_36AA);
        assert_eq!(super::crc32c([0xFF; 32]), 0x62A8_AB43);
    }
}
