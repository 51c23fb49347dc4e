//! The model as IDL again: what is read from it is the same model. For tests, and for tools that write IDL.

use crate::model::{
    Annotation, DefId, Definition, DefinitionKind, EnumValue, Field, Include, Method, Model, Requiredness, Service,
    StructKind, Type, TypeKind, Value,
};
use crate::span::FileId;
use std::fmt::{self, Write};

/// The text of one file of a model, in a form that Apache's compiler accepts, except for what it rejects itself.
///
/// Reading it again gives an equal model if its includes are found under the paths that the model has.
pub fn to_idl(model: &Model, file: FileId) -> String {
    let mut printer = IdlPrinter { model, file, out: String::new() };
    // Writing to a `String` can't fail.
    let _ = printer.file();
    printer.out
}

/// The canonical form of a UUID.
pub(crate) fn uuid(bytes: &[u8; 16]) -> String {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let part = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default().to_owned();
    [part(0..8), part(8..12), part(12..16), part(16..20), part(20..32)].join("-")
}

struct IdlPrinter<'a> {
    model: &'a Model,
    file: FileId,
    out: String,
}

impl<'a> IdlPrinter<'a> {
    fn file(&mut self) -> fmt::Result {
        let file = self.model.file(self.file);
        for include in &file.includes {
            writeln!(self.out, "include {}", quoted(&include.path.text))?;
        }
        for space in &file.namespaces {
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
            if space.scope.text == "xsd" && !space.name.text.chars().all(plain) {
                // The old form takes any text.
                writeln!(self.out, "xsd_namespace {}", quoted(&space.name.text))?;
                continue;
            }
            write!(self.out, "namespace {} {}", space.scope, space.name)?;
            self.annotations(&space.annotations)?;
            self.out.push('\n');
        }
        for definition in &file.definitions {
            self.out.push('\n');
            self.definition(definition)?;
        }
        Ok(())
    }

    fn definition(&mut self, definition: &'a Definition) -> fmt::Result {
        let name = &definition.name;
        self.doc(definition.doc.as_deref(), "")?;
        match &definition.kind {
            DefinitionKind::Typedef(ty) => {
                self.out.push_str("typedef ");
                self.ty(ty)?;
                write!(self.out, " {name}")?;
            }
            DefinitionKind::Const(ty, value) => {
                self.out.push_str("const ");
                self.ty(ty)?;
                write!(self.out, " {name} = ")?;
                self.value(value)?;
            }
            DefinitionKind::Enum(members) => {
                writeln!(self.out, "enum {name} {{")?;
                for EnumValue { name, value, doc, annotations } in members {
                    self.doc(doc.as_deref(), "  ")?;
                    write!(self.out, "  {name} = {value}")?;
                    self.annotations(annotations)?;
                    self.out.push('\n');
                }
                self.out.push('}');
            }
            DefinitionKind::Senum(values) => {
                writeln!(self.out, "senum {name} {{")?;
                for value in values {
                    writeln!(self.out, "  {}", quoted(value))?;
                }
                self.out.push('}');
            }
            DefinitionKind::Struct(kind, fields) => {
                let word = match kind {
                    StructKind::Struct => "struct",
                    StructKind::Union => "union",
                    StructKind::Exception => "exception",
                };
                writeln!(self.out, "{word} {name} {{")?;
                for field in fields {
                    self.doc(field.doc.as_deref(), "  ")?;
                    self.out.push_str("  ");
                    self.field(field)?;
                    self.out.push('\n');
                }
                self.out.push('}');
            }
            DefinitionKind::Service(service) => self.service(&name.text, service)?,
        }
        self.annotations(&definition.annotations)?;
        self.out.push('\n');
        Ok(())
    }

    fn service(&mut self, name: &str, service: &'a Service) -> fmt::Result {
        write!(self.out, "service {name}")?;
        if let Some(parent) = service.extends {
            write!(self.out, " extends {}", self.qualified(parent))?;
        }
        self.out.push_str(" {\n");
        for method in &service.methods {
            self.method(method)?;
        }
        self.out.push('}');
        Ok(())
    }

    fn method(&mut self, method: &'a Method) -> fmt::Result {
        self.doc(method.doc.as_deref(), "  ")?;
        self.out.push_str(if method.oneway { "  oneway " } else { "  " });
        match &method.result {
            Some(ty) => self.ty(ty)?,
            None => self.out.push_str("void"),
        }
        write!(self.out, " {}(", method.name)?;
        self.inline_fields(&method.arguments)?;
        self.out.push(')');
        if !method.throws.is_empty() {
            self.out.push_str(" throws (");
            self.inline_fields(&method.throws)?;
            self.out.push(')');
        }
        self.annotations(&method.annotations)?;
        self.out.push('\n');
        Ok(())
    }

    fn inline_fields(&mut self, fields: &'a [Field]) -> fmt::Result {
        for (index, field) in fields.iter().enumerate() {
            self.out.push_str(if index > 0 { ", " } else { "" });
            if field.doc.is_some() {
                self.out.push('\n');
                self.doc(field.doc.as_deref(), "    ")?;
                self.out.push_str("    ");
            }
            self.field(field)?;
        }
        Ok(())
    }

    fn field(&mut self, field: &'a Field) -> fmt::Result {
        if !field.implicit_id {
            write!(self.out, "{}: ", field.id)?;
        }
        self.out.push_str(match field.requiredness {
            Requiredness::Default => "",
            Requiredness::Required => "required ",
            Requiredness::Optional => "optional ",
        });
        self.ty(&field.ty)?;
        self.out.push_str(if field.reference { " &" } else { "" });
        write!(self.out, " {}", field.name)?;
        if let Some(value) = &field.default {
            self.out.push_str(" = ");
            self.value(value)?;
        }
        self.annotations(&field.annotations)
    }

    fn ty(&mut self, ty: &'a Type) -> fmt::Result {
        match &ty.kind {
            TypeKind::Bool => self.out.push_str("bool"),
            TypeKind::I8 => self.out.push_str("i8"),
            TypeKind::I16 => self.out.push_str("i16"),
            TypeKind::I32 => self.out.push_str("i32"),
            TypeKind::I64 => self.out.push_str("i64"),
            TypeKind::Double => self.out.push_str("double"),
            TypeKind::String => self.out.push_str("string"),
            TypeKind::Binary => self.out.push_str("binary"),
            TypeKind::Uuid => self.out.push_str("uuid"),
            TypeKind::List(element) => self.container("list<", element, None)?,
            TypeKind::Set(element) => self.container("set<", element, None)?,
            TypeKind::Map(key, value) => self.container("map<", key, Some(value))?,
            TypeKind::Named(id) => {
                let name = self.qualified(*id);
                self.out.push_str(&name);
            }
        }
        self.annotations(&ty.annotations)
    }

    fn container(&mut self, open: &str, first: &'a Type, second: Option<&'a Type>) -> fmt::Result {
        self.out.push_str(open);
        self.ty(first)?;
        if let Some(second) = second {
            self.out.push_str(", ");
            self.ty(second)?;
        }
        self.out.push('>');
        Ok(())
    }

    fn value(&mut self, value: &'a Value) -> fmt::Result {
        match value {
            Value::Bool(value) => write!(self.out, "{value}"),
            Value::Int(value) => write!(self.out, "{value}"),
            // Debug always has a point or an exponent, so that it is read as a double again.
            Value::Double(value) => write!(self.out, "{value:?}"),
            Value::String(text) => self.out.write_str(&quoted(text)),
            Value::Uuid(bytes) => write!(self.out, "\"{}\"", uuid(bytes)),
            Value::Const(id) => {
                let name = self.qualified(*id);
                self.out.write_str(&name)
            }
            Value::Enum(id, member) => {
                let name = self.qualified(*id);
                let member = match &self.model.definition(*id).kind {
                    DefinitionKind::Enum(members) => members.get(*member as usize).map(|member| &member.name),
                    _ => None,
                };
                write!(self.out, "{name}.{}", member.map_or("", |name| name.text.as_str()))
            }
            Value::List(elements) => {
                self.out.push('[');
                for (index, element) in elements.iter().enumerate() {
                    self.out.push_str(if index > 0 { ", " } else { "" });
                    self.value(element)?;
                }
                self.out.push(']');
                Ok(())
            }
            Value::Map(entries) => {
                self.out.push('{');
                for (index, (key, value)) in entries.iter().enumerate() {
                    self.out.push_str(if index > 0 { ", " } else { "" });
                    self.value(key)?;
                    self.out.push_str(": ");
                    self.value(value)?;
                }
                self.out.push('}');
                Ok(())
            }
            Value::Struct(id, set) => self.record(*id, set),
        }
    }

    fn record(&mut self, id: DefId, set: &'a [(u32, Value)]) -> fmt::Result {
        let fields = match &self.model.definition(id).kind {
            DefinitionKind::Struct(_, fields) => fields.as_slice(),
            _ => &[],
        };
        self.out.push('{');
        for (index, (field, value)) in set.iter().enumerate() {
            let name = fields.get(*field as usize).map_or("", |field| field.name.text.as_str());
            write!(self.out, "{}\"{name}\": ", if index > 0 { ", " } else { "" })?;
            self.value(value)?;
        }
        self.out.push('}');
        Ok(())
    }

    /// A definition's name as this file has to write it.
    fn qualified(&self, id: DefId) -> String {
        let name = &self.model.definition(id).name;
        if id.file == self.file {
            return name.text.clone();
        }
        let include = self.model.file(self.file).includes.iter().find(|include| include.file == id.file);
        format!("{}.{name}", include.map_or(self.model.file(id.file).stem.as_str(), Include::stem))
    }

    fn annotations(&mut self, annotations: &[Annotation]) -> fmt::Result {
        if annotations.is_empty() {
            return Ok(());
        }
        let one = |it: &Annotation| format!("{} = {}", it.key, quoted(&it.value));
        write!(self.out, " ({})", annotations.iter().map(one).collect::<Vec<_>>().join(", "))
    }

    fn doc(&mut self, doc: Option<&str>, indent: &str) -> fmt::Result {
        let Some(doc) = doc else { return Ok(()) };
        writeln!(self.out, "{indent}/**")?;
        for line in doc.lines() {
            let space = if line.is_empty() { "" } else { " " };
            writeln!(self.out, "{indent} *{space}{line}")?;
        }
        writeln!(self.out, "{indent} */")
    }
}

/// A text in quotes. A line break in it is written as an escape.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
