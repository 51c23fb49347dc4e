//! Defaults that would never end: a value takes the defaults of the fields that it leaves out, and those may need it again.

use super::canon::{CanonicalKind, Types, shorten};
use super::cycles::sort;
use super::resolve::Resolved;
use super::sink::Sink;
use super::symbols::SymbolTable;
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::model::{DefId, Definition, DefinitionKind, Field, Requiredness, StructKind, Value};

/// What a value can need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum DefaultPart {
    /// A field's value where none is given.
    Field(DefId, u32),
    /// A record's value where none is given.
    Record(DefId),
    /// A constant.
    Const(DefId),
}

/// Looks through every default, once all values are in their places.
pub(super) fn check(symbols: &SymbolTable, resolved: &Resolved<'_>, types: &mut Types, sink: &mut Sink) {
    let mut needs = Needs { definitions: &resolved.definitions, types };
    let mut roots = Vec::new();
    for (file, unit) in symbols.iter() {
        for index in 0..unit.tree.definitions.len() as u32 {
            let id = DefId { file, index };
            let fields = (0..).zip(needs.fields(id));
            roots.extend(
                fields.filter(|(_, field)| field.default.is_some()).map(|(place, _)| DefaultPart::Field(id, place)),
            );
        }
    }
    let (_, cycles) = sort(roots, |node| needs.of(node));
    for cycle in cycles {
        let written = |node: &DefaultPart| match node {
            DefaultPart::Field(id, place) => {
                let field = needs.fields(*id).get(*place as usize)?;
                field.default.is_some().then_some((*id, field))
            }
            DefaultPart::Record(_) | DefaultPart::Const(_) => None,
        };
        let defaults: Vec<(DefId, &Field)> = cycle.iter().filter_map(written).collect();
        sink.extend(cycle_of(symbols, &defaults));
    }
}

fn cycle_of(symbols: &SymbolTable, defaults: &[(DefId, &Field)]) -> Option<Diagnostic> {
    let name = |(id, field): &(DefId, &Field)| format!("{}.{}", symbols.definition(*id).name, field.name);
    let names: Vec<String> = defaults.iter().map(name).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let message = match names.as_slice() {
        // Records that can't be without each other, whatever the defaults say.
        [] => return None,
        [one] => format!("the default of `{one}` contains itself"),
        [first, ..] => format!("these defaults contain each other: {} -> {first}", shorten(&names)),
    };
    let mut diagnostic = Diagnostic::new(Code::E038, message).help(
        "leave one of the defaults out: a value takes the default of every field that it does not name, and so on without end",
    );
    for (_, field) in defaults.iter().take(10) {
        diagnostic = diagnostic.label(field.name.span, "");
    }
    Some(diagnostic)
}

struct Needs<'a> {
    definitions: &'a [Vec<Definition>],
    types: &'a mut Types,
}

impl<'a> Needs<'a> {
    fn definition(&self, id: DefId) -> Option<&'a Definition> {
        self.definitions.get(id.file.0 as usize)?.get(id.index as usize)
    }

    fn fields(&self, id: DefId) -> &'a [Field] {
        match self.definition(id).map(|definition| &definition.kind) {
            Some(DefinitionKind::Struct(_, fields)) => fields,
            _ => &[],
        }
    }

    fn is_union(&self, id: DefId) -> bool {
        let kind = self.definition(id).map(|definition| &definition.kind);
        matches!(kind, Some(DefinitionKind::Struct(StructKind::Union, _)))
    }

    fn of(&mut self, node: DefaultPart) -> Vec<DefaultPart> {
        let mut out = Vec::new();
        match node {
            // A union that isn't given is its first alternative.
            DefaultPart::Record(id) if self.is_union(id) => {
                out.extend(self.fields(id).first().map(|_| DefaultPart::Field(id, 0)))
            }
            DefaultPart::Record(id) => self.left_out(id, |_| false, &mut out),
            DefaultPart::Const(id) => {
                if let Some(DefinitionKind::Const(_, value)) = self.definition(id).map(|definition| &definition.kind) {
                    self.value(value, &mut out);
                }
            }
            DefaultPart::Field(id, place) => {
                let Some(field) = self.fields(id).get(place as usize) else { return out };
                let ty = self.types.of(&field.ty);
                match (&field.default, self.types.shape(ty)) {
                    (Some(value), _) => self.value(value, &mut out),
                    (None, CanonicalKind::Record(record)) => out.push(DefaultPart::Record(record)),
                    (None, _) => {}
                }
            }
        }
        out
    }

    /// Fields that have a value though none is given.
    fn left_out(&self, id: DefId, is_given: impl Fn(u32) -> bool, out: &mut Vec<DefaultPart>) {
        for (place, field) in (0..).zip(self.fields(id)) {
            let has_value = field.default.is_some() || field.requiredness == Requiredness::Required;
            if has_value && !is_given(place) {
                out.push(DefaultPart::Field(id, place));
            }
        }
    }

    /// Values nest as deep as the parser lets them.
    fn value(&self, value: &Value, out: &mut Vec<DefaultPart>) {
        match value {
            Value::Const(id) => out.push(DefaultPart::Const(*id)),
            Value::List(items) => items.iter().for_each(|item| self.value(item, out)),
            Value::Map(entries) => {
                for (key, value) in entries {
                    self.value(key, out);
                    self.value(value, out);
                }
            }
            Value::Struct(id, given) => {
                given.iter().for_each(|(_, value)| self.value(value, out));
                if !self.is_union(*id) {
                    self.left_out(*id, |place| given.iter().any(|(given, _)| *given == place), out);
                }
            }
            Value::Bool(_) | Value::Int(_) | Value::Double(_) | Value::String(_) | Value::Uuid(_) | Value::Enum(..) => {
            }
        }
    }
}
