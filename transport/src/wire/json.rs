//! Answers to Apache's JSON encoding, which this crate does not support: `[1,"echo",1,7,{"1":..}]`, version, method, kind,
//! sequence id and arguments, in a frame or without one.

use super::plain;

/// The longest head that is waited for.
const MAX_HEAD: usize = 1024;

/// The application exception "invalid protocol" of Thrift.
pub(super) const INVALID_PROTOCOL: i32 = 9;

struct JsonHead<'a> {
    method: &'a str,
    seq_id: i32,
}

/// Whether the head of a message without a frame is there, or will never be.
pub(super) fn has_head(bytes: &[u8]) -> bool {
    bytes.len() >= MAX_HEAD || parts(bytes).is_some()
}

/// The version, method, kind and sequence id, each followed by a comma.
fn parts(bytes: &[u8]) -> Option<[&[u8]; 4]> {
    let mut parts = bytes.get(..MAX_HEAD).unwrap_or(bytes).split(|byte| *byte == b',');
    let four = [parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    parts.next().map(|_| four)
}

/// A head whose method is a valid name in an IDL. Other messages get an answer without a method.
fn head(bytes: &[u8]) -> Option<JsonHead<'_>> {
    let [_version, method, _kind, seq_id] = parts(bytes)?.map(|part| std::str::from_utf8(part).ok().map(str::trim));
    let method = plain::method(method?.strip_prefix('"')?.strip_suffix('"')?);
    let is_name = method.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    is_name.then_some(JsonHead { method, seq_id: seq_id?.parse().ok()? })
}

/// Whether the peer expects no answer: the message is one-way, or an answer itself.
fn is_no_call(bytes: &[u8]) -> bool {
    parts(bytes).is_some_and(|[_version, _method, kind, _seq_id]| matches!(kind.trim_ascii(), b"2" | b"3" | b"4"))
}

/// The exception `text` in the form of the message. `None` if the message is one-way, or an answer.
pub(super) fn exception(bytes: &[u8], text: &str) -> Option<Vec<u8>> {
    let has_frame = !bytes.starts_with(b"[");
    let message = if has_frame { bytes.get(4..)? } else { bytes };
    if is_no_call(message) {
        return None;
    }
    let JsonHead { method, seq_id } = head(message).unwrap_or(JsonHead { method: "", seq_id: 0 });
    let text = escaped(text);
    let json = format!(r#"[1,"{method}",3,{seq_id},{{"1":{{"str":"{text}"}},"2":{{"i32":{INVALID_PROTOCOL}}}}}]"#)
        .into_bytes();
    Some(if has_frame { [&u32::try_from(json.len()).ok()?.to_be_bytes(), &json[..]].concat() } else { json })
}

/// The inside of a JSON string.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '"' | '\\' => escaped.extend(['\\', char]),
            '\0'..' ' => escaped.push(' '),
            _ => escaped.push(char),
        }
    }
    escaped
}
