//! A single value in the form that the type of its place wants.

use super::canon::CanonicalKind;
use super::sink::Sink;
use super::values::{Evaluator, Scalar};
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::model::{DefId, Value};
use crate::span::Span;
use crate::syntax::tree::ValueNodeKind;

impl Evaluator<'_> {
    /// The rules of Apache's compiler: `true` and `false` are 1 and 0, an integer can be the value of a double, a bool or a
    /// member of an enum, a member for its number. What its type can't hold is wrong here, though not there.
    /// `written` tells a value in the text from that of a constant.
    pub(super) fn convert(
        &self,
        scalar: &Scalar,
        written: bool,
        shape: CanonicalKind,
        span: Span,
        sink: &mut Sink,
    ) -> Option<Value> {
        let number = match scalar {
            Scalar::Bool(value) => Some(i64::from(*value)),
            Scalar::Int(value) => Some(*value),
            Scalar::Enum(id, member) => self.number_of(*id, *member),
            _ => None,
        };
        let value = match (shape, scalar, number) {
            (CanonicalKind::Bool, Scalar::Bool(value), _) => Value::Bool(*value),
            (CanonicalKind::Bool, _, Some(number)) => {
                if number != 0 && number != 1 {
                    let message = format!("{number} is used as a bool");
                    let warning = Diagnostic::at(Code::W009, span, message, "").help("write `true`");
                    // In the place of a constant's name it would hide where the value comes from.
                    sink.push(warning.fix_with(span, written.then_some("true")));
                }
                Value::Bool(number != 0)
            }
            (CanonicalKind::I8, _, Some(number)) => integer(number, i8::MIN.into(), i8::MAX.into(), "i8", span, sink)?,
            (CanonicalKind::I16, _, Some(number)) => {
                integer(number, i16::MIN.into(), i16::MAX.into(), "i16", span, sink)?
            }
            (CanonicalKind::I32, _, Some(number)) => {
                integer(number, i32::MIN.into(), i32::MAX.into(), "i32", span, sink)?
            }
            (CanonicalKind::I64, _, Some(number)) => Value::Int(number),
            (CanonicalKind::Double, Scalar::Double(value), _) => Value::Double(*value),
            (CanonicalKind::Double, _, Some(number)) => Value::Double(number as f64),
            (CanonicalKind::String | CanonicalKind::Binary, Scalar::Text(text), _) => Value::String(text.to_string()),
            (CanonicalKind::Uuid, Scalar::Uuid(value), _) => Value::Uuid(*value),
            (CanonicalKind::Uuid, Scalar::Text(text), _) => match uuid(text) {
                Some(value) => Value::Uuid(value),
                None => {
                    let undashed = written.then(|| dashed(text)).flatten();
                    let shown = undashed.as_deref().unwrap_or("\"00112233-4455-6677-8899-aabbccddeeff\"");
                    sink.push(
                        Diagnostic::at(Code::E067, span, format!("{text:?} is not a UUID"), "")
                            .help(format!("write it as {shown}"))
                            .fix_with(span, undashed),
                    );
                    return None;
                }
            },
            (CanonicalKind::Enum(id), Scalar::Bool(_) | Scalar::Int(_), Some(number)) => match self
                .member_with(id, number)
            {
                Some(member) => Value::Enum(id, member),
                None => {
                    let name = self.enum_name(id);
                    sink.push(
                        Diagnostic::at(Code::E066, span, format!("the enum `{name}` has no member with {number}"), "")
                            .label(name.span, "defined here"),
                    );
                    return None;
                }
            },
            _ => {
                let (wanted, found) = (self.type_name(shape), self.show(scalar));
                let label = format!("expected {wanted}");
                let message = if written {
                    format!("{found} is not {wanted}")
                } else {
                    format!("the value {found} of this constant is not {wanted}")
                };
                sink.push(Diagnostic::at(Code::E064, span, message, label));
                return None;
            }
        };
        Some(value)
    }

    /// A list or a map where something else belongs.
    pub(super) fn mismatch(&self, shape: CanonicalKind, found: &ValueNodeKind, span: Span) -> Diagnostic {
        let found = if matches!(found, ValueNodeKind::List(_)) { "a list in brackets" } else { "a map in braces" };
        let wanted = match shape {
            CanonicalKind::List(_) => "a list".to_owned(),
            CanonicalKind::Set(_) => "a set".to_owned(),
            CanonicalKind::Map(..) => "a map".to_owned(),
            other => self.type_name(other),
        };
        let help = match shape {
            CanonicalKind::List(_) | CanonicalKind::Set(_) => "write `[a, b]`",
            CanonicalKind::Map(..) => "write `{key: value}`",
            CanonicalKind::Record(_) => "write `{\"field\": value}`",
            _ => "",
        };
        let diagnostic =
            Diagnostic::at(Code::E064, span, format!("{found} is not {wanted}"), format!("expected {wanted}"));
        if help.is_empty() { diagnostic } else { diagnostic.help(help) }
    }

    pub(super) fn type_name(&self, shape: CanonicalKind) -> String {
        match shape {
            CanonicalKind::Unknown => "of a known type".to_owned(),
            CanonicalKind::Bool => "a bool".to_owned(),
            CanonicalKind::I8 => "an i8".to_owned(),
            CanonicalKind::I16 => "an i16".to_owned(),
            CanonicalKind::I32 => "an i32".to_owned(),
            CanonicalKind::I64 => "an i64".to_owned(),
            CanonicalKind::Double => "a double".to_owned(),
            CanonicalKind::String => "a string".to_owned(),
            CanonicalKind::Binary => "a binary".to_owned(),
            CanonicalKind::Uuid => "a uuid".to_owned(),
            CanonicalKind::List(_) => "a list of that type".to_owned(),
            CanonicalKind::Set(_) => "a set of that type".to_owned(),
            CanonicalKind::Map(..) => "a map of that type".to_owned(),
            CanonicalKind::Enum(id) | CanonicalKind::Record(id) => format!("a `{}`", self.symbols.definition(id).name),
        }
    }

    pub(super) fn show(&self, scalar: &Scalar) -> String {
        match scalar {
            Scalar::Bool(value) => value.to_string(),
            Scalar::Int(value) => value.to_string(),
            Scalar::Double(value) => value.to_string(),
            Scalar::Text(value) => format!("{value:?}"),
            Scalar::Uuid(value) => format!("{value:02x?}"),
            Scalar::Enum(id, member) => {
                let name = &self.symbols.definition(*id).name;
                let member = self.members(*id).get(*member as usize);
                format!("`{name}.{}`", member.map_or("?", |member| member.name.text.as_str()))
            }
        }
    }

    /// Members of one value are one key: the first represents all of them.
    pub(super) fn first_of_its_value(&self, scalar: &Scalar) -> Scalar {
        let Scalar::Enum(id, member) = *scalar else { return scalar.clone() };
        let number = self.number_of(id, member);
        Scalar::Enum(id, number.and_then(|number| self.member_with(id, number)).unwrap_or(member))
    }

    fn number_of(&self, id: DefId, member: u32) -> Option<i64> {
        self.members(id).get(member as usize).map(|member| i64::from(member.value))
    }

    fn enum_name(&self, id: DefId) -> crate::span::Name {
        self.symbols.definition(id).name.clone()
    }
}

fn integer(number: i64, least: i64, most: i64, ty: &str, span: Span, sink: &mut Sink) -> Option<Value> {
    if (least..=most).contains(&number) {
        return Some(Value::Int(number));
    }
    let message = format!("{number} does not fit into an {ty}");
    sink.push(Diagnostic::at(Code::E052, span, message, "").help(format!("an {ty} holds {least} to {most}")));
    None
}

/// The canonical form, braces around it allowed, as Apache's compiler has it.
fn uuid(text: &str) -> Option<[u8; 16]> {
    let text = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(text);
    let parts: Vec<&str> = text.split('-').collect();
    if parts.iter().map(|part| part.len()).ne([8, 4, 4, 4, 12]) {
        return None;
    }
    let digits = parts.concat();
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u128::from_str_radix(&digits, 16).ok().map(u128::to_be_bytes)
}

/// The canonical form, in quotes, of 32 digits that only lack its dashes.
fn dashed(text: &str) -> Option<String> {
    let digits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    digits.then(|| format!("\"{}-{}-{}-{}-{}\"", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_with_and_without_braces() {
        let bytes = Some([0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff]);
        assert_eq!(uuid("00112233-4455-6677-8899-AABBCCDDEEFF"), bytes);
        assert_eq!(uuid("{00112233-4455-6677-8899-aabbccddeeff}"), bytes);
        assert_eq!(uuid("00112233445566778899aabbccddeeff"), None);
        assert_eq!(uuid("+0112233-4455-6677-8899-aabbccddeeff"), None);
    }
}
