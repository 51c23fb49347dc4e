//! A name in a value: a constant, or a member of an enum.

use super::canon::{CanonicalKind, TypeId};
use super::resolve::ambiguous;
use super::sink::Sink;
use super::symbols::{Found, Table};
use super::values::{Evaluator, Scalar};
use super::words::Meant;
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::model::{DefId, Value};
use crate::nearest::{nearest, same_but_case};
use crate::span::{FileId, Span};

/// What a name in a value means.
enum NamedValue {
    Const(DefId),
    Member(DefId, u32),
}

impl Evaluator<'_> {
    pub(super) fn named(&mut self, file: FileId, name: &str, span: Span, ty: TypeId, sink: &mut Sink) -> Option<Value> {
        let shape = self.types.shape(ty);
        match self.find(file, name, shape, span, sink)? {
            NamedValue::Member(id, member) => {
                if shape == CanonicalKind::Enum(id) {
                    return Some(Value::Enum(id, member));
                }
                self.convert(&Scalar::Enum(id, member), false, shape, span, sink)
            }
            NamedValue::Const(id) => {
                let constant = self.consts.get(&id)?.as_ref()?;
                if constant.ty == ty {
                    return Some(Value::Const(id));
                }
                let scalar = constant.scalar.clone();
                let Some(scalar) = scalar else {
                    let place = self.symbols.definition(id).name.span;
                    let message = format!("the constant `{name}` is not {}", self.type_name(shape));
                    sink.push(Diagnostic::at(Code::E064, span, message, "").label(place, "defined here"));
                    return None;
                };
                self.convert(&scalar, false, shape, span, sink)
            }
        }
    }

    /// What a name means. Apache's compiler takes an enum's member by the member's name alone where an enum is
    /// wanted and the name has any qualifier; here the qualifier has to be the enum, a typedef of it, or its file.
    fn find(&self, file: FileId, name: &str, wanted: CanonicalKind, span: Span, sink: &mut Sink) -> Option<NamedValue> {
        let mut lost = false;
        match self.symbols.find(file, name, Table::Consts) {
            Found::One(id) => return Some(NamedValue::Const(id)),
            Found::Several(ids) => {
                sink.push(ambiguous(self.symbols, name, span, &ids));
                return None;
            }
            Found::Lost => lost = true,
            Found::Nothing => {}
        }
        let member_of =
            |id: DefId, member: &str| self.member_named(id, member).map(|place| NamedValue::Member(id, place));
        if let Some((owner, member)) = name.rsplit_once('.') {
            match self.symbols.find(file, owner, Table::Types) {
                Found::One(id) => {
                    let CanonicalKind::Enum(id) = self.types.definition(id) else {
                        sink.push(
                            Diagnostic::at(Code::E031, span, format!("`{owner}` has no values to name"), "")
                                .label(self.symbols.definition(id).name.span, "this is not an enum"),
                        );
                        return None;
                    };
                    if let Some(found) = member_of(id, member) {
                        return Some(found);
                    }
                    if !self.symbols.definition(id).damaged {
                        let diagnostic = self.no_member(id, member, span);
                        sink.push(diagnostic);
                    }
                    return None;
                }
                Found::Several(ids) => {
                    sink.push(ambiguous(self.symbols, owner, span, &ids));
                    return None;
                }
                Found::Lost => lost = true,
                Found::Nothing => {}
            }
            if let CanonicalKind::Enum(id) = wanted
                && (self.symbols.unit(id.file).stem == owner
                    || self.symbols.stems(file, id.file).any(|stem| stem == owner))
                && let Some(found) = member_of(id, member)
            {
                return Some(found);
            }
        }
        if lost {
            return None;
        }
        let diagnostic = Diagnostic::at(Code::E031, span, format!("no constant is named `{name}`"), "not found");
        let meant = match wanted {
            CanonicalKind::Enum(id) if member_of(id, name).is_some() => {
                Some(Meant::certain(format!("{}.{name}", self.qualified(file, id))))
            }
            _ if sink.wants_help() => Meant::for_value(self.symbols, file, name),
            _ => None,
        };
        sink.push(Meant::put(meant, diagnostic, span));
        None
    }

    fn qualified(&self, file: FileId, id: DefId) -> String {
        let name = &self.symbols.definition(id).name.text;
        if id.file == file {
            return name.clone();
        }
        let stem = self.symbols.stems(file, id.file).next();
        format!("{}.{name}", stem.unwrap_or(&self.symbols.unit(id.file).stem))
    }

    fn no_member(&self, id: DefId, member: &str, span: Span) -> Diagnostic {
        let name = &self.symbols.definition(id).name;
        let diagnostic = Diagnostic::at(Code::E066, span, format!("the enum `{name}` has no member `{member}`"), "")
            .label(name.span, "defined here");
        let names = || self.members(id).iter().map(|value| value.name.text.as_str());
        // The enum's name before it stays as it is written.
        let place = Span { start: span.end.saturating_sub(member.len() as u32), ..span };
        match nearest(member, names()) {
            Some(near) => diagnostic
                .help(format!("did you mean `{name}.{near}`?"))
                .fix_with(place, same_but_case(member, names())),
            None => diagnostic,
        }
    }
}
