//! Bodies in pieces of any size, valid and invalid ones.

use proptest::prelude::*;

use super::*;

/// Decodes `bytes`, which arrive in pieces of `piece` bytes: the contents, and what follows the body.
fn decode(
    length: BodyLength,
    limit: usize,
    bytes: &[u8],
    piece: usize,
) -> Result<(Vec<u8>, Option<Vec<u8>>), BodyError> {
    let mut decoder = BodyDecoder::new(length, limit)?;
    let (mut input, mut contents) = (BytesMut::new(), BytesMut::new());
    let mut pieces = bytes.chunks(piece);
    let mut complete = decoder.decode(&mut input, &mut contents)?;
    while !complete {
        let Some(piece) = pieces.next() else { return Ok((contents.to_vec(), None)) };
        input.extend_from_slice(piece);
        complete = decoder.decode(&mut input, &mut contents)?;
    }
    let rest = input.iter().copied().chain(pieces.flatten().copied()).collect();
    Ok((contents.to_vec(), Some(rest)))
}

/// `contents` in chunks of these sizes, with extensions and trailer fields.
fn chunked(contents: &[u8], sizes: &[usize], extension: &str, trailers: &str) -> Vec<u8> {
    let mut encoded = Vec::new();
    let (mut rest, mut sizes) = (contents, sizes.iter().cycle());
    while !rest.is_empty() {
        let size = sizes.next().copied().unwrap_or(1).clamp(1, rest.len());
        let (chunk, after) = rest.split_at(size);
        encoded.extend(format!("{size:X}{extension}\r\n").into_bytes());
        encoded.extend(chunk);
        encoded.extend(b"\r\n");
        rest = after;
    }
    encoded.extend(format!("0{extension}\r\n{trailers}\r\n").into_bytes());
    encoded
}

proptest! {
    #[test]
    fn chunks_are_decoded_wherever_they_are_cut(
        contents in proptest::collection::vec(any::<u8>(), 0..60),
        sizes in proptest::collection::vec(1usize..40, 1..5),
        extension in "|;name|; name=\"value\"| ;x=1",
        trailers in "|A: b\r\n|A: b\r\nLonger: trailer\r\n",
        rest in proptest::collection::vec(any::<u8>(), 0..20),
        piece in 1usize..50,
    ) {
        let mut bytes = chunked(&contents, &sizes, &extension, &trailers);
        bytes.extend(&rest);
        let (decoded, after) = decode(BodyLength::Chunked, 300, &bytes, piece).unwrap();
        prop_assert_eq!(decoded, contents);
        prop_assert_eq!(after, Some(rest));
    }

    #[test]
    fn a_body_of_a_given_length_leaves_the_rest(
        bytes in proptest::collection::vec(any::<u8>(), 0..100), length in 0usize..100, piece in 1usize..50,
    ) {
        let (decoded, rest) = decode(BodyLength::Known(length as u64), 100, &bytes, piece).unwrap();
        prop_assert_eq!(&decoded[..], &bytes[..length.min(bytes.len())]);
        prop_assert_eq!(rest, bytes.get(length..).map(<[u8]>::to_vec));
    }

    #[test]
    fn the_pieces_in_which_any_bytes_arrive_change_nothing(
        bytes in "[0-9a-fA-F;: xX\r\n\u{0}-]{0,60}", limit in 0usize..40, piece in 1usize..10,
    ) {
        let whole = decode(BodyLength::Chunked, limit, bytes.as_bytes(), bytes.len().max(1));
        let pieces = decode(BodyLength::Chunked, limit, bytes.as_bytes(), piece);
        prop_assert_eq!(whole.is_err(), pieces.is_err());
        if let (Ok(whole), Ok(pieces)) = (whole, pieces) {
            prop_assert!(whole.0.len() <= limit);
            prop_assert_eq!(whole, pieces);
        }
    }
}

#[test]
fn what_other_readers_may_read_differently_is_refused() {
    for bytes in [
        "\r\n",
        "5\nhello\r\n0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n",
        "5\r\nhello\r\n0\n\r\n",
        "5\r\nhello\r\n0\r\n\n",
        "5\r\nhellooo",
        "-5\r\n",
        "+5\r\n",
        "0x5\r\n",
        "5 5\r\r",
        ";x\r\n",
        "5;a\nb\r\n",
        "5\r\rhello",
        "5\r\nhello\r\r",
        "0\r\nA: b\n\r\n",
        "g\r\n",
        "5\0\r\n",
    ] {
        let outcome = decode(BodyLength::Chunked, 100, bytes.as_bytes(), 3);
        assert!(matches!(outcome, Err(BodyError::Chunk { .. })), "{bytes:?}: {outcome:?}");
    }
    let digits = decode(BodyLength::Chunked, 100, b"00000000000000000", 5);
    assert_eq!(digits, Err(BodyError::ChunkSize));
}

#[test]
fn everything_is_bounded() {
    let too_large = Err(BodyError::TooLarge { limit: 10 });
    assert_eq!(decode(BodyLength::Known(11), 10, b"", 1), too_large);
    assert_eq!(decode(BodyLength::Known(u64::MAX), 10, b"", 1), too_large);
    assert_eq!(decode(BodyLength::Chunked, 10, b"b\r\n", 1), too_large, "before its contents");
    assert_eq!(decode(BodyLength::Chunked, 10, b"ffffffffffffffff\r\n", 1), too_large);
    assert_eq!(decode(BodyLength::Chunked, 10, b"6\r\nabcdef\r\n5\r\n", 4), too_large, "of all chunks");
    assert_eq!(decode(BodyLength::Unstated, 10, b"elevenbytes", 4), too_large);
    let extension = format!("1;{}", "x".repeat(MAX_EXTENSIONS + 1));
    let overhead = decode(BodyLength::Chunked, 10, extension.as_bytes(), 100);
    assert_eq!(overhead, Err(BodyError::Overhead { what: "extensions", limit: MAX_EXTENSIONS }));
    let trailers = format!("0\r\n{}", "A: b\r\n".repeat(MAX_TRAILERS / 6 + 2));
    let overhead = decode(BodyLength::Chunked, 10, trailers.as_bytes(), 100);
    assert_eq!(overhead, Err(BodyError::Overhead { what: "trailer fields", limit: MAX_TRAILERS }));
}
