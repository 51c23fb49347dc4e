//! Fields: ids given and counted, names, requiredness, defaults to come.

use super::duplicates::{RENAME, Seen};
use super::resolve::{Pending, Slot, or_placeholder, resolve_type};
use super::sink::Sink;
use super::symbols::SymbolTable;
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::model::{DefId, Field, Requiredness};
use crate::span::{Name, Span};
use crate::syntax::tree;
use std::cell::LazyCell;

/// What a list of fields belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// A struct or an exception.
    Record,
    /// A union.
    Union,
    /// The method with this index.
    Arguments(usize),
    /// The method with this index.
    Throws(usize),
}

pub(super) fn resolve<'a>(
    symbols: &SymbolTable,
    id: DefId,
    owner: Owner,
    fields: &'a [tree::FieldNode],
    pending: &mut Vec<Pending<'a>>,
    sink: &mut Sink,
) -> Vec<Field> {
    let mut next = -1;
    let free = LazyCell::new(|| next_free(fields));
    let mut ids = Seen::new(Code::E041);
    let mut names = Seen::new(Code::E042);
    let mut out: Vec<Field> = Vec::with_capacity(fields.len());
    for (index, field) in fields.iter().enumerate() {
        let (number, implicit_id) = number(field, owner, &mut next, sink);
        let name = field.name.clone().unwrap_or_else(|| Name { text: format!("_{}", index + 1), span: field.ty.span });
        let place = field.id.map_or(name.span, |id| id.span);
        // Of an id that is no good, nothing more is said.
        if let Some(number) = number {
            ids.see(number, place, sink, |id| {
                // Counted ids clash with written negative ones only.
                let message = if implicit_id {
                    format!("`{name}` gets the id {id}, which is taken")
                } else {
                    format!("the id {id} is used twice")
                };
                (message, free.clone())
            });
        }
        let message = |_: &_| (format!("the {} `{name}` occurs twice", what(owner)), RENAME.to_owned());
        // Names that were made up differ by place.
        if let Some(name) = &field.name {
            names.see(name.text.as_str(), name.span, sink, message);
        }
        let ty = resolve_type(symbols, id.file, &field.ty, sink);
        if let Some(value) = &field.default {
            let slot = match owner {
                Owner::Record | Owner::Union => Slot::Field(id, index),
                Owner::Arguments(method) => Slot::Argument(id, method, index),
                Owner::Throws(method) => Slot::Throws(id, method, index),
            };
            pending.push(Pending { file: id.file, value, ty: ty.clone(), slot });
        }
        out.push(Field {
            id: number.unwrap_or_default(),
            implicit_id,
            requiredness: requiredness(field, owner, &name, sink),
            name,
            ty: or_placeholder(ty, field.ty.span),
            default: None,
            reference: field.reference,
            doc: field.doc.clone(),
            annotations: field.annotations.clone(),
        });
    }
    if owner == Owner::Union {
        check_defaults_of_union(fields, sink);
    }
    // Of a definition that was not read whole, a field may be none, or its id be lost.
    if !symbols.definition(id).damaged {
        sink.extend(without_ids(&out, owner));
    }
    out
}

/// How many fields without ids a warning lists.
const TOLD: usize = 8;

/// One warning for all fields that got their ids by counting: what is sent depends on their order.
fn without_ids(fields: &[Field], owner: Owner) -> Option<Diagnostic> {
    let counted: Vec<&Field> = fields.iter().filter(|field| field.implicit_id && field.id != 0).collect();
    let told = &counted[..counted.len().min(TOLD)];
    let (first, last) = (counted.first()?, counted.last()?);
    let mut ids: Vec<String> = told.iter().map(|field| format!("`{}` gets {}", field.name, field.id)).collect();
    if counted.len() > TOLD {
        ids.push(format!("and so on, down to {}", last.id));
    }
    let what = what(owner);
    let message = match counted.len() {
        1 => format!("the {what} `{}` has no id and gets {}", first.name, first.id),
        count => format!("{count} {what}s have no ids: {}", ids.join(", ")),
    };
    let mut warning = Diagnostic::new(Code::W016, message);
    for field in told {
        warning = warning.label(field.name.span, format!("sent as {}", field.id));
    }
    Some(warning.help(
        "write the ids, such as `1:`; other ids than these change what is sent, so client and server have to change \
         together",
    ))
}

fn what(owner: Owner) -> &'static str {
    match owner {
        Owner::Record | Owner::Union => "field",
        Owner::Arguments(_) => "argument",
        Owner::Throws(_) => "exception",
    }
}

/// The id of a field if it has a good one, and whether it was counted. `next` is the one that Apache's compiler would give.
fn number(field: &tree::FieldNode, owner: Owner, next: &mut i32, sink: &mut Sink) -> (Option<i32>, bool) {
    let Some(written) = field.id else {
        let given = *next;
        *next = given.saturating_sub(1);
        // Reported once: each one after it is out of range, too.
        if given == i32::from(i16::MIN) - 1 {
            let span = field.name.as_ref().map_or(field.ty.span, |name| name.span);
            sink.push(out_of_range(span, i64::from(given)));
        }
        return ((given >= i32::from(i16::MIN)).then_some(given), true);
    };
    let span = written.span;
    let Some(value) = written.value else { return (None, false) };
    let Ok(id) = i16::try_from(value) else {
        sink.push(out_of_range(span, value));
        return (None, false);
    };
    let id = i32::from(id);
    if let (0, Owner::Throws(_)) = (id, owner) {
        sink.push(
            Diagnostic::at(Code::E069, span, "the id 0 of a reply is reserved for the result", "").help("begin with 1"),
        );
    } else if id <= 0 {
        let mut warning = Diagnostic::at(Code::W006, span, format!("the field id {id} is not positive"), "");
        if id != *next {
            warning = warning.help(format!(
                "write a positive one: without `--allow-neg-keys` Apache's compiler makes it {next}, so that both \
                 sides would not understand each other"
            ));
        }
        sink.push(warning);
        *next = id - 1;
    }
    (Some(id), false)
}

/// What to write in place of an id that is taken.
fn next_free(fields: &[tree::FieldNode]) -> String {
    let written = fields.iter().filter_map(|field| i16::try_from(field.id?.value?).ok());
    match written.max().unwrap_or_default().max(0).checked_add(1) {
        Some(free) => format!("the next free id is {free}"),
        None => "give one of the two another id".to_owned(),
    }
}

fn out_of_range(span: Span, id: i64) -> Diagnostic {
    Diagnostic::at(Code::E050, span, format!("the field id {id} is out of range"), "")
        .help("an id is sent as 16 bits: 1 to 32767")
}

fn requiredness(field: &tree::FieldNode, owner: Owner, name: &Name, sink: &mut Sink) -> Requiredness {
    let (written, span) = field.requiredness;
    let Some(span) = span else { return written };
    match (owner, written) {
        (Owner::Union, Requiredness::Required) => {
            sink.push(
                Diagnostic::at(Code::E060, span, format!("the field `{name}` of a union can't be required"), "")
                    .help("leave `required` out: exactly one field of a union is there")
                    .fix(span, ""),
            );
            written
        }
        (Owner::Throws(_), _) => {
            let word = if written == Requiredness::Required { "required" } else { "optional" };
            sink.push(
                Diagnostic::at(Code::W011, span, format!("`{word}` has no effect in `throws`"), "ignored")
                    .help("remove it")
                    .fix(span, ""),
            );
            Requiredness::Default
        }
        _ => written,
    }
}

fn check_defaults_of_union(fields: &[tree::FieldNode], sink: &mut Sink) {
    let mut defaults = fields.iter().filter_map(|field| field.default.as_ref());
    let Some(first) = defaults.next() else { return };
    for second in defaults {
        sink.push(
            Diagnostic::at(Code::E068, second.span, "a union can have one default only", "a second one")
                .label(first.span, "the first one"),
        );
    }
}
