//! What has to be true of any bytes where an HTTP head is expected.

use ::http::header::ORIGIN;

use super::head_end::HeadEnd;
use super::{HeadError, MAX_HEAD, MAX_HEADERS, Origins, Refusal, RequestHead, ResponseHead, path_id};

/// Reads `bytes` as the head of a request and of a response, in pieces of `piece` bytes.
///
/// # Panics
///
/// If pieces make a difference, or if what is accepted breaks a promise.
pub fn check(bytes: &[u8], piece: usize) {
    let found = HeadEnd::default().find(bytes);
    assert_eq!(found, find_in_pieces(bytes, piece.max(1)));
    let head = match found {
        Ok(Some(length)) => bytes.get(..length).expect("a head is in front of the bytes"),
        Ok(None) => return,
        Err(error) => return check_refusal(error),
    };
    assert!(head.len() <= MAX_HEAD && head.ends_with(b"\r\n\r\n"));
    match RequestHead::parse(head) {
        Ok(request) => check_request(&request),
        Err(error) => check_refusal(error),
    }
    if let Ok(response) = ResponseHead::parse(head) {
        assert!((100..=599).contains(&response.status()) && response.headers().len() <= MAX_HEADERS);
    }
}

fn find_in_pieces(bytes: &[u8], piece: usize) -> Result<Option<usize>, HeadError> {
    let mut end = HeadEnd::default();
    for seen in (piece..bytes.len()).step_by(piece) {
        if let Some(length) = end.find(&bytes[..seen])? {
            return Ok(Some(length));
        }
    }
    end.find(bytes)
}

fn check_request(request: &RequestHead) {
    let visible = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
    assert!(request.path().starts_with('/') && visible(request.path()) && request.query().is_none_or(visible));
    assert!(request.header_map().len() <= MAX_HEADERS);
    assert!(!request.is_http_11() || request.host().is_some());
    assert!(request.bearer().is_none() || request.basic().is_none());
    if let Ok(id) = path_id("/", request.path()) {
        assert!((1..=128).contains(&id.len()) && !id.chars().any(char::is_control));
    }
    let origin = request.header_map().get(ORIGIN).and_then(|origin| origin.to_str().ok());
    if let Some(origin) = origin.filter(|origin| Origins::default().admit(origin, request.host())) {
        assert!(!origin.eq_ignore_ascii_case("null") && request.host().is_some());
    }
}

/// A refusal is a response that can be read.
fn check_refusal(error: HeadError) {
    let bytes = Refusal::from(error).to_bytes(true);
    let length = HeadEnd::default().find(&bytes).expect("a head").expect("a whole one");
    let response = ResponseHead::parse(&bytes[..length]).expect("a response");
    assert!((400..=599).contains(&response.status()));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_bytes_break_a_promise(bytes: Vec<u8>, piece in 1usize..40) {
            check(&bytes, piece);
        }

        #[test]
        fn nor_do_heads(
            head in "(GET|POST|HTTP/1.1) [/a%?:*2-4]{1,9} (HTTP/1.[01]|OK)\r\n((Host|Content-Length|Origin|Authorization): ?(http://a|a|null|Basic YTpi|Bearer x|[0-9:]{0,4})\r?\n){0,4}\r\n",
            piece in 1usize..40,
        ) {
            check(head.as_bytes(), piece);
        }
    }
}
