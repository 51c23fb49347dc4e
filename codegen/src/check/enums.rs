//! The members of enums: names and numbers.

use super::duplicates::{RENAME, Seen};
use super::sink::Sink;
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::model::EnumValue;
use crate::span::Span;
use crate::syntax::tree::{self, Literal};
use std::collections::HashMap;

/// The members with their numbers, counted where none is written.
pub(super) fn number(values: &[tree::EnumValueNode], sink: &mut Sink) -> Vec<EnumValue> {
    // Unknown after an invalid number, which was reported.
    let mut next = Some(0_i64);
    let mut names = Seen::new(Code::E043);
    let mut numbers: HashMap<i32, (&str, Span)> = HashMap::new();
    let mut out = Vec::with_capacity(values.len());
    for member in values {
        let name = &member.name;
        names.see(name.text.as_str(), name.span, sink, |name| {
            (format!("the member `{name}` occurs twice"), RENAME.to_owned())
        });
        let number = member.value.map_or(next, |value| value.value);
        let span = member.value.map_or(name.span, |value| value.span);
        let value = number.and_then(|number| {
            let value = i32::try_from(number).ok();
            if value.is_none() {
                sink.push(out_of_range(number, span, member.value.is_none()));
            }
            value
        });
        next = value.map(|value| i64::from(value) + 1);
        let Some(value) = value else {
            out.push(numbered(member, 0));
            continue;
        };
        match numbers.get(&value) {
            // A member that occurs twice is reported separately.
            Some((first, _)) if *first == name.text => {}
            Some((first, place)) => sink.push(alias(member, value, span, first, *place)),
            None => {
                numbers.insert(value, (&name.text, span));
            }
        }
        out.push(numbered(member, value));
    }
    out
}

/// A second name of one value: Apache's compiler takes it.
fn alias(member: &tree::EnumValueNode, value: i32, span: Span, first: &str, place: Span) -> Diagnostic {
    let name = &member.name;
    let message = if member.value.is_none() {
        format!("counting on gives `{name}` the value {value} of `{first}`")
    } else {
        format!("`{name}` has the value {value} of `{first}`")
    };
    Diagnostic::at(Code::W015, span, message, "here again").label(place, "first here").help(format!(
        "give `{name}` another value, unless it is meant as a second name of `{first}`: the two can't be told apart"
    ))
}

fn numbered(member: &tree::EnumValueNode, value: i32) -> EnumValue {
    EnumValue { name: member.name.clone(), value, doc: member.doc.clone(), annotations: member.annotations.clone() }
}

fn out_of_range(number: i64, span: Span, counted: bool) -> Diagnostic {
    let message = if counted {
        format!("counting on gives the value {number}, which is out of range")
    } else {
        format!("the enum value {number} is out of range")
    };
    Diagnostic::at(Code::E051, span, message, "").help("an enum is sent as 32 bits: -2147483648 to 2147483647")
}

/// The texts of a senum must be unique.
pub(super) fn check_senum(values: &[Literal], sink: &mut Sink) {
    let mut texts = Seen::new(Code::E043);
    for value in values {
        texts.see(value.text.as_str(), value.span, sink, |text| {
            (format!("the text \"{text}\" occurs twice"), "remove one of the two".to_owned())
        });
    }
}
