//! What follows a base path, and the ids of clients in it.

use crate::endpoint::{percent_decode, percent_encode};

use crate::printable::is_printable;

/// The longest id, in bytes after decoding: room for a host name of half the longest length, a UUID or a hash in
/// hexadecimal digits.
const MAX_ID: usize = 128;

/// Why a path has no valid id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathIdError {
    /// There is nothing after the base path, or the path is another one.
    #[error("expected an id after the path")]
    Missing,
    /// There is more than one segment after the base path.
    #[error("expected PATH/ID, with an id of one path segment")]
    Segments,
    /// A `%` is not followed by two hexadecimal digits, or the decoded bytes are not UTF-8.
    #[error("the id in the path is not percent-encoded UTF-8")]
    Encoding,
    /// It is longer than 128 bytes.
    #[error("the id in the path is longer than {MAX_ID} bytes")]
    TooLong,
    /// It contains a slash, a control character, one that has no width, or one that turns the direction of text; or
    /// it is `.` or `..`.
    #[error("the id in the path contains a character that ids can't have")]
    Character,
}

/// The id in `path`: the one segment after `base`, percent-decoded.
///
/// It is 1 to 128 bytes of UTF-8, without slashes and without characters that can't be seen: two ids that look the same
/// in a log would be two peers.
///
/// ```
/// use volplane_transport::{PathIdError, path_id};
///
/// assert_eq!(path_id("/kitex-ws", "/kitex-ws/agent%207").as_deref(), Ok("agent 7"));
/// assert_eq!(path_id("/kitex-ws", "/kitex-ws/a/b"), Err(PathIdError::Segments));
/// assert_eq!(path_id("/kitex-ws", "/kitex-ws/a%0Ab"), Err(PathIdError::Character));
/// ```
///
/// # Errors
///
/// If there is no such segment, or it is not valid.
pub fn path_id(base: &str, path: &str) -> Result<String, PathIdError> {
    let after = path_below(base, path).and_then(|rest| rest.strip_prefix('/'));
    let segment = after.filter(|segment| !segment.is_empty()).ok_or(PathIdError::Missing)?;
    if segment.contains('/') {
        return Err(PathIdError::Segments);
    }
    let id = percent_decode(segment).and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(PathIdError::Encoding)?;
    if id.len() > MAX_ID {
        return Err(PathIdError::TooLong);
    }
    if id == "." || id == ".." || id.chars().any(|character| character == '/' || !is_printable(character)) {
        return Err(PathIdError::Character);
    }
    Ok(id)
}

/// An id as a segment of a path, from which [`path_id`] reads it: percent-encoded, but for letters, digits, `-`, `.`, `_`
/// and `~`.
///
/// ```
/// use volplane_transport::{encode_path_id, path_id};
///
/// assert_eq!(encode_path_id("agent 7?"), "agent%207%3F");
/// assert_eq!(path_id("/kitex-ws", &format!("/kitex-ws/{}", encode_path_id("ü"))).as_deref(), Ok("ü"));
/// ```
pub fn encode_path_id(id: &str) -> String {
    percent_encode(id.as_bytes(), |byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// What follows `base` in `path`: nothing, `/` or a path below it. `None` for another path.
///
/// One slash at the end of `base` makes no difference: clients and proxies add it, or drop it. An encoded one (`%2F`) is a
/// part of a name, and no end.
pub(crate) fn path_below<'a>(base: &str, path: &'a str) -> Option<&'a str> {
    let base = base.strip_suffix('/').unwrap_or(base);
    path.strip_prefix(base).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn takes_one_visible_segment() {
        let longest = "a".repeat(MAX_ID);
        for (path, id) in [
            ("/hub/a", Ok("a")),
            ("/hub/a%20b", Ok("a b")),
            ("/hub/%C3%BC", Ok("ü")),
            ("/hub/%2525", Ok("%25")),
            (&format!("/hub/{longest}"), Ok(longest.as_str())),
            (&format!("/hub/{longest}a"), Err(PathIdError::TooLong)),
            ("/hub", Err(PathIdError::Missing)),
            ("/hub/", Err(PathIdError::Missing)),
            ("/hubs", Err(PathIdError::Missing)),
            ("/other/a", Err(PathIdError::Missing)),
            ("/hub/a/b", Err(PathIdError::Segments)),
            ("/hub/a/", Err(PathIdError::Segments)),
            ("/hub//a", Err(PathIdError::Segments)),
            ("/hub/%", Err(PathIdError::Encoding)),
            ("/hub/%zz", Err(PathIdError::Encoding)),
            ("/hub/%FF", Err(PathIdError::Encoding)),
            ("/hub/%2F", Err(PathIdError::Character)),
            ("/hub/..", Err(PathIdError::Character)),
            ("/hub/%2e", Err(PathIdError::Character)),
            ("/hub/a%00", Err(PathIdError::Character)),
            ("/hub/a%0D%0Ab", Err(PathIdError::Character)),
            ("/hub/a%1B%5B31m", Err(PathIdError::Character)),
            ("/hub/a%C2%85", Err(PathIdError::Character)),
            ("/hub/%E2%80%AEa", Err(PathIdError::Character)),
            ("/hub/a%E2%80%8B", Err(PathIdError::Character)),
            ("/hub/%EF%BB%BFa", Err(PathIdError::Character)),
        ] {
            assert_eq!(path_id("/hub", path).as_deref(), id.as_ref().map(|id| *id), "{path}");
        }
        assert_eq!(path_id("/", "/a").as_deref(), Ok("a"));
        assert_eq!(path_id("/hub/", "/hub/a").as_deref(), Ok("a"));
    }

    proptest! {
        #[test]
        fn an_encoded_id_is_one_segment_that_is_read_again(id in any::<String>()) {
            let segment = encode_path_id(&id);
            prop_assert!(segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)));
            match path_id("/hub", &format!("/hub/{segment}")) {
                Ok(read) => prop_assert_eq!(read, id),
                // It is refused for what it says, not for how it is written.
                Err(error) => prop_assert!(!matches!(error, PathIdError::Segments | PathIdError::Encoding), "{}", error),
            }
        }
    }

    #[test]
    fn a_slash_at_the_end_makes_no_difference() {
        for (base, path, below) in [
            ("/hub", "/hub", Some("")),
            ("/hub", "/hub/", Some("/")),
            ("/hub/", "/hub", Some("")),
            ("/hub/", "/hub/", Some("/")),
            ("/hub/", "/hub/a", Some("/a")),
            ("/", "/", Some("/")),
            ("", "/", Some("/")),
            ("/a%20b", "/a%20b/", Some("/")),
            ("/hub", "/hub//", Some("//")),
            ("/hub//", "/hub//", Some("/")),
            ("/hub//", "/hub/", Some("")),
            ("/hub//", "/hub", None),
            ("//", "//", Some("/")),
            ("/hub", "/hub%2F", None),
            ("/hub", "/hubs", None),
            ("/hub", "/Hub", None),
            ("/hub", "/", None),
        ] {
            assert_eq!(path_below(base, path), below, "{base} {path}");
        }
    }

    proptest! {
        #[test]
        fn no_path_panics(base in "/[a/]{0,3}", path in "/[a/%0-9A-F]{0,20}") {
            if let Ok(id) = path_id(&base, &path) {
                prop_assert!((1..=MAX_ID).contains(&id.len()) && !id.contains('/'));
            }
        }
    }
}
