//! One Rust module as one normalised IDL file.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{Limit, LoweredFile, Patch, doc, graph, literal, value};
use crate::model::{
    Annotation, DefId, Definition, DefinitionKind, EnumValue, Field, Method, Model, Requiredness, Service, StructKind,
    Type, TypeKind, Value,
};
use crate::rust::layout::{Layout, method_ident, pilota_name};
use crate::rust::{field_ident, names};
use crate::span::Span;

pub(super) struct Printer<'a> {
    model: &'a Model,
    layout: &'a Layout,
    module: usize,
    patches: &'a mut Vec<Patch>,
    limits: &'a mut Vec<Limit>,
    includes: BTreeSet<usize>,
    text: String,
}

impl<'a> Printer<'a> {
    pub(super) fn new(
        model: &'a Model,
        layout: &'a Layout,
        module: usize,
        patches: &'a mut Vec<Patch>,
        limits: &'a mut Vec<Limit>,
    ) -> Self {
        Printer { model, layout, module, patches, limits, includes: BTreeSet::new(), text: String::new() }
    }

    pub(super) fn file(mut self) -> LoweredFile {
        let layout = self.layout;
        let module = &layout.modules()[self.module];
        for &file in &module.files {
            for (index, definition) in self.model.file(file).definitions.iter().enumerate() {
                self.definition(DefId { file, index: index as u32 }, definition);
            }
        }
        let mut text = format!("namespace rs {}\n", module.path.join("."));
        for &include in &self.includes {
            let _ = writeln!(text, "include \"{}.thrift\"", qualifier(include));
        }
        text.push_str(&self.text);
        LoweredFile { name: format!("{}.thrift", qualifier(self.module)), text }
    }

    fn definition(&mut self, id: DefId, definition: &'a Definition) {
        self.text.push('\n');
        self.text.push_str(&doc::lines(definition.doc.as_deref(), ""));
        let name = self.layout.name(id).to_owned();
        let pinned = format!("(pilota.name = {})", literal::quote(&name));
        match &definition.kind {
            DefinitionKind::Typedef(ty) => {
                let ty_text = self.ty(ty);
                let kept = kept_annotations(self.model, ty, &definition.annotations);
                let _ = writeln!(self.text, "typedef {ty_text} {name} (pilota.name = \"{name}\"{kept})");
            }
            DefinitionKind::Senum(_) => {
                let _ = writeln!(self.text, "typedef string {name} {pinned}");
            }
            DefinitionKind::Enum(members) => {
                let _ = writeln!(self.text, "enum {name} {{");
                for member in members {
                    self.member(member);
                }
                let _ = writeln!(self.text, "}} {pinned}");
            }
            DefinitionKind::Const(ty, value) => self.constant(id, &name, definition.name.span, ty, value),
            DefinitionKind::Struct(kind, fields) => {
                let keyword = match kind {
                    StructKind::Struct => "struct",
                    StructKind::Union => "union",
                    StructKind::Exception => "exception",
                };
                let _ = writeln!(self.text, "{keyword} {name} {{");
                for field in fields {
                    match kind {
                        StructKind::Union => self.variant(id, field),
                        StructKind::Struct | StructKind::Exception => self.field(field),
                    }
                }
                let _ = writeln!(self.text, "}} {pinned}");
            }
            DefinitionKind::Service(service) => self.service(&name, service),
        }
    }

    fn member(&mut self, member: &EnumValue) {
        self.text.push_str(&doc::lines(member.doc.as_deref(), "  "));
        let ident = member_ident(member);
        let _ = writeln!(self.text, "  {ident} = {} (pilota.name = \"{ident}\")", member.value);
    }

    /// A constant stands in the IDL as a mark, for which its Rust item is put in afterwards.
    fn constant(&mut self, id: DefId, name: &str, span: Span, ty: &Type, constant: &Value) {
        let mark = format!("volplane constant {} {}", id.file.0, id.index);
        let _ = writeln!(self.text, "const string {name} = \"{mark}\" (pilota.name = \"{name}\")");
        match value::item(self.model, self.layout, self.module, name, ty, constant) {
            Some(to) => {
                let from = format!("pub const {}: &'static str = \"{mark}\";", names::escape(name));
                self.patches.push(Patch { from, to });
            }
            None => self.limits.push(Limit {
                span,
                message: "this constant has no Rust value".to_owned(),
                help: "write the value out with the type that its place has".to_owned(),
            }),
        }
    }

    fn field(&mut self, field: &Field) {
        self.text.push_str(&doc::lines(field.doc.as_deref(), "  "));
        let required = match field.requiredness {
            Requiredness::Required => "required ",
            Requiredness::Optional => "optional ",
            Requiredness::Default => "",
        };
        let ty = self.ty(&field.ty);
        let default = self.default(field);
        let (name, ident) = (field_idl_name(field), field_ident(field));
        let kept = kept_annotations(self.model, &field.ty, &field.annotations);
        let _ =
            writeln!(self.text, "  {}: {required}{ty} {name}{default} (pilota.name = \"{ident}\"{kept});", field.id);
    }

    fn default(&mut self, field: &Field) -> String {
        let Some(value) = &field.default else { return String::new() };
        match literal::print(self.model, value, &field.ty) {
            Some(text) => format!(" = {text}"),
            None => {
                self.limits.push(Limit {
                    span: field.name.span,
                    message: format!("the default of `{}` can't be expressed in Rust", field.name),
                    help: "a default may not be or hold a uuid, a union or a record that contains itself: leave it \
                           out and set the field where the value is made"
                        .to_owned(),
                });
                String::new()
            }
        }
    }

    fn variant(&mut self, owner: DefId, field: &Field) {
        self.text.push_str(&doc::lines(field.doc.as_deref(), "  "));
        let ty = self.ty(&field.ty);
        let arc = match variant_is_arc(self.model, owner, field) {
            true => " (pilota.rust_wrapper_arc = \"true\")",
            false => "",
        };
        let (name, ident) = (field_idl_name(field), variant_ident(field));
        let _ = writeln!(self.text, "  {}: {ty}{arc} {name} (pilota.name = \"{ident}\");", field.id);
    }

    fn service(&mut self, name: &str, service: &Service) {
        let extends = match service.extends {
            Some(parent) => format!(" extends {}", self.path(parent)),
            None => String::new(),
        };
        let _ = writeln!(self.text, "service {name}{extends} {{");
        for method in &service.methods {
            self.method(method);
        }
        let _ = writeln!(self.text, "}}");
    }

    fn method(&mut self, method: &Method) {
        if method.name.text.contains('.') {
            self.limits.push(Limit {
                span: method.name.span,
                message: format!("the method name `{}` holds a dot", method.name),
                help: "volo has no name with a dot on the wire: rename the method".to_owned(),
            });
        }
        self.text.push_str(&doc::lines(method.doc.as_deref(), "  "));
        let oneway = if method.oneway { "oneway " } else { "" };
        let result = method.result.as_ref().map_or_else(|| "void".to_owned(), |ty| self.ty(ty));
        let _ = writeln!(self.text, "  {oneway}{result} {} (", method.name);
        for argument in &method.arguments {
            self.argument(argument);
        }
        self.text.push_str("  )");
        if !method.throws.is_empty() {
            self.text.push_str(" throws (");
            for field in &method.throws {
                let ty = self.ty(&field.ty);
                let _ = write!(self.text, "{}: {ty} {}, ", field.id, names::throws_name(&field.name.text));
            }
            self.text.push(')');
        }
        let _ = writeln!(self.text, " (pilota.name = \"{}\");", method_ident(method));
    }

    fn argument(&mut self, field: &Field) {
        self.text.push_str(&doc::lines(field.doc.as_deref(), "    "));
        let optional = if field.requiredness == Requiredness::Optional { "optional " } else { "" };
        let ty = self.ty(&field.ty);
        let (name, ident) = (field_idl_name(field), field_ident(field));
        let default = self.default(field);
        let _ = writeln!(self.text, "    {}: {optional}{ty} {name}{default} (pilota.name = \"{ident}\");", field.id);
    }

    fn ty(&mut self, ty: &Type) -> String {
        match &ty.kind {
            TypeKind::Bool => "bool".into(),
            TypeKind::I8 => "i8".into(),
            TypeKind::I16 => "i16".into(),
            TypeKind::I32 => "i32".into(),
            TypeKind::I64 => "i64".into(),
            TypeKind::Double => "double".into(),
            TypeKind::String => "string".into(),
            TypeKind::Binary => "binary".into(),
            TypeKind::Uuid => "uuid".into(),
            TypeKind::List(item) => format!("list<{}>", self.ty(item)),
            TypeKind::Set(item) => format!("set<{}>", self.ty(item)),
            TypeKind::Map(key, value) => format!("map<{}, {}>", self.ty(key), self.ty(value)),
            TypeKind::Named(id) => self.path(*id),
        }
    }

    fn path(&mut self, id: DefId) -> String {
        let module = self.layout.module_of(id.file);
        let name = self.layout.name(id);
        if module == self.module {
            return name.to_owned();
        }
        self.includes.insert(module);
        format!("{}.{name}", qualifier(module))
    }
}

/// The stem of a module's file, by which others name its definitions.
fn qualifier(module: usize) -> String {
    format!("volplane_{module}")
}

/// The name under which pilota's parser reads a field: the IDL's own, but for dots.
pub(super) fn field_idl_name(field: &Field) -> String {
    field.name.text.replace('.', "_")
}

pub(super) fn member_ident(member: &EnumValue) -> String {
    pilota_name(&member.annotations).map_or_else(|| names::constant_name(&member.name.text), str::to_owned)
}

pub(super) fn variant_ident(field: &Field) -> String {
    pilota_name(&field.annotations).map_or_else(|| names::variant_name(&field.name.text), str::to_owned)
}

/// Whether a union's alternative needs a pointer, because it leads back to the union.
pub(super) fn variant_is_arc(model: &Model, owner: DefId, field: &Field) -> bool {
    matches!(field.ty.kind, TypeKind::Named(ty) if graph::holds_by_unions(model, ty, owner))
}

/// The user's `pilota.*` annotations that hold for a field or typedef, as far as pilota takes them without a panic.
fn kept_annotations(model: &Model, ty: &Type, annotations: &[Annotation]) -> String {
    let mut kept = String::new();
    for annotation in annotations {
        let fits = match annotation.key.text.as_str() {
            "pilota.rust_type" => match annotation.value.as_str() {
                "string" => ty.kind == TypeKind::String,
                "vec" => ty.kind == TypeKind::Binary,
                "ordered_f64" => ty.kind == TypeKind::Double,
                "btree" => true,
                _ => false,
            },
            "pilota.rust_wrapper_arc" => annotation.value == "true" && ends_in_record(model, ty),
            "pilota.serde_attribute" => true,
            _ => false,
        };
        if fits {
            let _ = write!(kept, ", {} = {}", annotation.key, literal::quote(&annotation.value));
        }
    }
    kept
}

fn ends_in_record(model: &Model, ty: &Type) -> bool {
    match &ty.kind {
        TypeKind::List(item) | TypeKind::Set(item) | TypeKind::Map(_, item) => ends_in_record(model, item),
        TypeKind::Named(id) => matches!(model.definition(*id).kind, DefinitionKind::Struct(..)),
        _ => false,
    }
}
