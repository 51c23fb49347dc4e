//! Percent-encoding of paths and queries, as [RFC 3986](https://www.rfc-editor.org/rfc/rfc3986) has it.

/// Whether a path can contain this byte as it is: `pchar` of RFC 3986 without the percent sign, and `/`.
pub(super) fn in_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/".contains(&byte)
}

/// Whether a query can contain this byte as it is.
pub(super) fn in_query(byte: u8) -> bool {
    in_path(byte) || byte == b'?'
}

/// Encodes every byte that is not `allowed`. The result is ASCII.
pub(crate) fn encode(bytes: &[u8], allowed: fn(u8) -> bool) -> String {
    let mut encoded = String::with_capacity(bytes.len());
    for &byte in bytes {
        if allowed(byte) {
            encoded.push(char::from(byte));
        } else {
            const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
            encoded.push('%');
            encoded.push(char::from(DIGITS[usize::from(byte >> 4)]));
            encoded.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
    encoded
}

/// Encodes every byte that is not `allowed`, and keeps what is percent-encoded already. `None` where a `%` is not
/// followed by two hexadecimal digits: it can't be known what was meant.
pub(super) fn complete(text: &str, allowed: fn(u8) -> bool) -> Option<String> {
    let mut pieces = text.split('%');
    let mut completed = encode(pieces.next().unwrap_or_default().as_bytes(), allowed);
    for piece in pieces {
        escaped(piece)?;
        // The two digits are letters and digits, which are allowed everywhere.
        completed.push('%');
        completed.push_str(&encode(piece.as_bytes(), allowed));
    }
    Some(completed)
}

/// Decodes a percent-encoded text. `None` if a `%` is not followed by two hexadecimal digits.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut pieces = text.split('%');
    let mut decoded = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        decoded.push(escaped(piece)?);
        decoded.extend_from_slice(&piece.as_bytes()[2..]);
    }
    Some(decoded)
}

/// The byte whose two hexadecimal digits this text begins with.
fn escaped(piece: &str) -> Option<u8> {
    let digit = |at: usize| piece.as_bytes().get(at).and_then(|&byte| char::from(byte).to_digit(16));
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keeps_what_is_encoded_and_encodes_what_is_not() {
        for (text, completed) in [
            ("/a/b", Some("/a/b")),
            ("/a%2fb", Some("/a%2fb")),
            ("/a b?#\"", Some("/a%20b%3F%23%22")),
            ("/ü", Some("/%C3%BC")),
            ("%25", Some("%25")),
            ("%", None),
            ("%2", None),
            ("a%2gb", None),
            ("%ü", None),
            ("%%25", None),
        ] {
            assert_eq!(complete(text, in_path).as_deref(), completed, "{text}");
        }
        assert_eq!(decode("a%00%fFb"), Some(b"a\0\xffb".to_vec()));
        assert_eq!(decode("%+1"), None);
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(bytes: Vec<u8>) {
            let encoded = encode(&bytes, in_path);
            prop_assert_eq!(decode(&encoded).unwrap(), bytes);
            prop_assert_eq!(complete(&encoded, in_path).unwrap(), encoded);
        }
    }
}
