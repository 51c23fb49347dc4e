//! The grammar of `traceparent` and `tracestate`: W3C Trace Context, level 1, sections 3.2 and 3.3.

use std::num::{NonZeroU64, NonZeroU128};

/// A `traceparent` is not as the W3C's specification says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TraceContextError {
    /// Not the four fields in lower-case hexadecimal digits.
    #[error("expected a traceparent such as 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    Malformed,
    /// The version ff.
    #[error("the version ff of traceparent is invalid")]
    Version,
    /// The id of the trace or of the span is zero.
    #[error("an id in a traceparent is zero")]
    ZeroId,
}

/// How much of a `tracestate` is carried on: what the specification asks for at least (section 3.3.1.5).
const MAX_STATE: usize = 512;

/// Trace id, parent id, and whether the sampled flag is set. Of a later version, what version 00 has, too.
pub(super) fn parent(text: &str) -> Result<(NonZeroU128, NonZeroU64, bool), TraceContextError> {
    let malformed = TraceContextError::Malformed;
    let mut fields = text.splitn(5, '-');
    let mut field = |length| fields.next().and_then(|field| hex(field, length)).ok_or(malformed);
    let (version, trace, parent, flags) = (field(2)?, field(32)?, field(16)?, field(2)?);
    match (version, fields.next()) {
        (0xff, _) => return Err(TraceContextError::Version),
        (0, Some(_)) => return Err(malformed),
        _ => {}
    }
    let zero = TraceContextError::ZeroId;
    let trace = NonZeroU128::new(trace).ok_or(zero)?;
    // 16 digits fit 64 bits.
    let parent = u64::try_from(parent).ok().and_then(NonZeroU64::new).ok_or(zero)?;
    Ok((trace, parent, flags & 1 == 1))
}

fn hex(text: &str, length: usize) -> Option<u128> {
    let digits = text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    digits.then(|| u128::from_str_radix(text, 16).ok()).flatten()
}

/// The list in its shortest form, shortened by whole entries. `None` if it is invalid.
pub(super) fn state(text: &str) -> Option<String> {
    let mut keys = Vec::new();
    let mut out = String::new();
    for entry in text.split(',').map(|entry| entry.trim_matches([' ', '\t'])).filter(|entry| !entry.is_empty()) {
        let (key, value) = entry.split_once('=')?;
        if !is_key(key) || !is_value(value) || keys.contains(&key) || keys.len() == 32 {
            return None;
        }
        keys.push(key);
        if out.len() + 1 + entry.len() <= MAX_STATE {
            if !out.is_empty() {
                out.push(',');
            }
            out.push_str(entry);
        }
    }
    Some(out)
}

/// `vendor` or `tenant@vendor`.
fn is_key(key: &str) -> bool {
    let begins =
        |text: &str, digit: bool| text.starts_with(|c: char| c.is_ascii_lowercase() || (digit && c.is_ascii_digit()));
    let continues =
        |text: &str| text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/'));
    match key.split_once('@') {
        None => key.len() <= 256 && begins(key, false) && continues(key),
        Some((tenant, vendor)) => {
            tenant.len() <= 241
                && vendor.len() <= 14
                && begins(tenant, true)
                && begins(vendor, false)
                && continues(tenant)
                && continues(vendor)
        }
    }
}

/// Printable ASCII without `,` and `=`, not empty.
fn is_value(value: &str) -> bool {
    (1..=256).contains(&value.len())
        && value.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b',' && byte != b'=')
}

#[cfg(test)]
mod tests {
    use super::TraceContextError::{Malformed, Version, ZeroId};
    use super::*;

    const TRACE: u128 = 0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c;
    const PARENT: u64 = 0xb7ad_6b71_6920_3331;

    fn read(text: &str) -> Result<(u128, u64, bool), TraceContextError> {
        parent(text).map(|(trace, parent, sampled)| (trace.get(), parent.get(), sampled))
    }

    #[test]
    fn a_traceparent_has_four_fields() {
        let ids = "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331";
        assert_eq!(read(&format!("00-{ids}-01")), Ok((TRACE, PARENT, true)));
        assert_eq!(read(&format!("00-{ids}-00")), Ok((TRACE, PARENT, false)));
        // Unknown flags are ignored, and so is what a later version adds.
        assert_eq!(read(&format!("00-{ids}-fe")), Ok((TRACE, PARENT, false)));
        assert_eq!(read(&format!("cc-{ids}-01")), Ok((TRACE, PARENT, true)));
        assert_eq!(read(&format!("cc-{ids}-01-what-comes-later")), Ok((TRACE, PARENT, true)));
    }

    #[test]
    fn what_is_not_a_traceparent_is_refused() {
        let trace = "0af7651916cd43dd8448eb211c80319c";
        let parent = "b7ad6b7169203331";
        let zeros = "0".repeat(32);
        let cases = [
            (String::new(), Malformed),
            ("00".to_owned(), Malformed),
            (format!("00-{trace}-{parent}"), Malformed),
            (format!("00-{trace}-{parent}-01-extra"), Malformed),
            (format!("00-{trace}-{parent}-01-"), Malformed),
            (format!("cc-{trace}-{parent}-01.x"), Malformed),
            (format!("00-{}-{parent}-01", trace.to_uppercase()), Malformed),
            (format!("00-{trace}0-{parent}-01"), Malformed),
            (format!("00-{}-{parent}-01", &trace[1..]), Malformed),
            (format!("00-{trace}-{parent}-1"), Malformed),
            (format!("0-{trace}-{parent}-01"), Malformed),
            (format!("00-{trace}-{parent}-+1"), Malformed),
            (format!(" 00-{trace}-{parent}-01"), Malformed),
            (format!("00_{trace}_{parent}_01"), Malformed),
            (format!("ff-{trace}-{parent}-01"), Version),
            (format!("00-{zeros}-{parent}-01"), ZeroId),
            (format!("00-{trace}-{}-01", &zeros[16..]), ZeroId),
        ];
        for (text, error) in cases {
            assert_eq!(read(&text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn a_tracestate_is_a_list_of_pairs() {
        for (text, kept) in [
            ("", ""),
            ("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"),
            (" a=1 ,\t, b=x y ", "a=1,b=x y"),
            ("0tenant@vendor=~!", "0tenant@vendor=~!"),
        ] {
            assert_eq!(state(text).as_deref(), Some(kept), "{text:?}");
        }
        for text in
            ["a", "a=", "=1", "A=1", "0a=1", "a=1,a=2", "a=b=c", "a@=1", "@a=1", "a@0=1", "a=\n", "a=é", "a b=1"]
        {
            assert_eq!(state(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_long_tracestate_loses_whole_entries() {
        let entry = |at: usize| format!("key{at}={}", "v".repeat(90));
        let list = |count: usize| (0..count).map(entry).collect::<Vec<_>>().join(",");
        assert_eq!(state(&list(32)), Some(list(5)), "five entries take 487 bytes");
        assert_eq!(state(&list(33)), None, "32 entries at most");
        assert_eq!(state(&format!("a={}", "v".repeat(257))), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[-0-9a-f]{0,70}|.*") {
            let _ = parent(&text);
            if let Some(kept) = state(&text) {
                proptest::prop_assert!(kept.len() <= MAX_STATE);
                proptest::prop_assert_eq!(state(&kept), Some(kept.clone()));
            }
        }
    }
}
