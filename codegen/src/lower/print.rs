//! One Rust module as one normalised IDL file.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{Limit, LoweredFile, Patch, literal, value};
use crate::model::{
    Annotation, DefId, Definition, DefinitionKind, EnumValue, Field, Method, Model, Requiredness, Service, StructKind,
    Type, TypeKind, Value,
};
use crate::rust::graph;
use crate::rust::keys::{self, Form, Keys};
use crate::rust::layout::{self, Layout};
use crate::rust::{idents, names};
use crate::span::Span;
use crate::write::doc;

pub(super) struct Printer<'a> {
    model: &'a Model,
    layout: &'a Layout,
    keys: &'a Keys,
    module: usize,
    patches: &'a mut Vec<Patch>,
    limits: &'a mut Vec<Limit>,
    includes: BTreeSet<usize>,
    aliases: String,
    text: String,
}

impl<'a> Printer<'a> {
    pub(super) fn new(
        model: &'a Model,
        layout: &'a Layout,
        keys: &'a Keys,
        module: usize,
        patches: &'a mut Vec<Patch>,
        limits: &'a mut Vec<Limit>,
    ) -> Self {
        Printer {
            model,
            layout,
            keys,
            module,
            patches,
            limits,
            includes: BTreeSet::new(),
            aliases: String::new(),
            text: String::new(),
        }
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
        text.push_str(&self.aliases);
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
                let kept = self.annotations(id, ty, &definition.annotations, definition.name.span);
                let _ = writeln!(self.text, "typedef {ty_text} {name} (pilota.name = \"{name}\"{kept})");
            }
            DefinitionKind::Senum(_) => {
                let _ = writeln!(self.text, "typedef string {name} {pinned}");
            }
            DefinitionKind::Enum(members) => {
                let _ = writeln!(self.text, "enum {name} {{");
                for (member, ident) in members.iter().zip(idents::members(members)) {
                    self.member(member, &ident);
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
                let idents = match kind {
                    StructKind::Union => idents::variants(fields),
                    StructKind::Struct | StructKind::Exception => idents::fields(fields),
                };
                for (field, ident) in fields.iter().zip(&idents) {
                    match kind {
                        StructKind::Union => self.variant(id, field, ident),
                        StructKind::Struct | StructKind::Exception => self.field(id, field, ident),
                    }
                }
                let _ = writeln!(self.text, "}} {pinned}");
            }
            DefinitionKind::Service(service) => self.service(id, &name, service),
        }
    }

    fn member(&mut self, member: &EnumValue, ident: &str) {
        self.text.push_str(&doc::lines(member.doc.as_deref(), "  "));
        let _ = writeln!(self.text, "  {ident} = {} (pilota.name = \"{ident}\")", member.value);
    }

    /// A constant stands in the IDL as a mark, for which its Rust item is put in afterwards.
    fn constant(&mut self, id: DefId, name: &str, span: Span, ty: &Type, constant: &Value) {
        let mark = format!("volplane constant {} {}", id.file.0, id.index);
        let _ = writeln!(self.text, "const string {name} = \"{mark}\" (pilota.name = \"{name}\")");
        match value::item(self.model, self.layout, self.keys, self.module, name, ty, constant) {
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

    fn field(&mut self, owner: DefId, field: &Field, ident: &str) {
        self.text.push_str(&doc::lines(field.doc.as_deref(), "  "));
        let required = match field.requiredness {
            Requiredness::Required => "required ",
            Requiredness::Optional => "optional ",
            Requiredness::Default => "",
        };
        let ty = self.ty(&field.ty);
        let default = self.default(field);
        let name = field_idl_name(field);
        let kept = self.annotations(owner, &field.ty, &field.annotations, field.name.span);
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

    fn variant(&mut self, owner: DefId, field: &Field, ident: &str) {
        self.text.push_str(&doc::lines(field.doc.as_deref(), "  "));
        let ty = self.ty(&field.ty);
        let mut tags = self.annotations(owner, &field.ty, &[], field.name.span);
        if graph::is_shared(self.model, owner, field) {
            tags.push_str(", pilota.rust_wrapper_arc = \"true\"");
        }
        // pilota reads those of an alternative's type, not of the alternative.
        let tags = if tags.is_empty() { tags } else { format!(" ({})", tags.trim_start_matches(", ")) };
        let name = field_idl_name(field);
        let _ = writeln!(self.text, "  {}: {ty}{tags} {name} (pilota.name = \"{ident}\");", field.id);
    }

    fn service(&mut self, id: DefId, name: &str, service: &Service) {
        let extends = match service.extends {
            Some(parent) => format!(" extends {}", self.path(parent)),
            None => String::new(),
        };
        let _ = writeln!(self.text, "service {name}{extends} {{");
        for (method, ident) in service.methods.iter().zip(idents::methods(self.model, id)) {
            self.method(name, method, &ident);
        }
        let _ = writeln!(self.text, "}}");
    }

    fn method(&mut self, service: &str, method: &Method, ident: &str) {
        if method.name.text.contains('.') {
            self.limits.push(Limit {
                span: method.name.span,
                message: format!("the method name `{}` holds a dot", method.name),
                help: "volo has no name with a dot on the wire: rename the method".to_owned(),
            });
        }
        self.text.push_str(&doc::lines(method.doc.as_deref(), "  "));
        let oneway = if method.oneway { "oneway " } else { "" };
        let result = match &method.result {
            Some(ty) => self.aliased(ty, || layout::alias_name(service, ident, None)),
            None => "void".to_owned(),
        };
        let _ = writeln!(self.text, "  {oneway}{result} {} (", method.name);
        for (argument, name) in method.arguments.iter().zip(idents::fields(&method.arguments)) {
            self.argument(argument, &name, || layout::alias_name(service, ident, Some(&name)));
        }
        self.text.push_str("  )");
        if !method.throws.is_empty() {
            self.text.push_str(" throws (");
            for (field, name) in method.throws.iter().zip(idents::throws(method)) {
                let ty = self.ty(&field.ty);
                let _ = write!(self.text, "{}: {ty} {name}, ", field.id);
            }
            self.text.push(')');
        }
        let _ = writeln!(self.text, " (pilota.name = \"{ident}\");");
    }

    fn argument(&mut self, field: &Field, ident: &str, alias: impl FnOnce() -> String) {
        self.text.push_str(&doc::lines(field.doc.as_deref(), "    "));
        let optional = if field.requiredness == Requiredness::Optional { "optional " } else { "" };
        let ty = self.aliased(&field.ty, alias);
        let name = field_idl_name(field);
        let default = self.default(field);
        let _ = writeln!(self.text, "    {}: {optional}{ty} {name}{default} (pilota.name = \"{ident}\");", field.id);
    }

    /// The type of an argument or a result, by a typedef where it needs a form that only typedefs can be given.
    fn aliased(&mut self, ty: &Type, name: impl FnOnce() -> String) -> String {
        let text = self.ty(ty);
        let form = self.keys.form(ty);
        if form == Form::default() {
            return text;
        }
        let name = name();
        let _ = writeln!(self.aliases, "typedef {text} {name} (pilota.name = \"{name}\"{})", tags(ty, form));
        name
    }

    /// What stands behind `pilota.name` at a field or typedef: the form it needs, and the user's own.
    fn annotations(&mut self, owner: DefId, ty: &Type, user: &[Annotation], span: Span) -> String {
        let form = self.keys.form_in(owner, ty);
        if form.ordered && !keys::ordered_by_tag(ty) {
            self.limits.push(Limit {
                span,
                message: "floating point numbers in a list or as a map's value, inside a set's element or a map's key"
                    .to_owned(),
                help: "Rust can't hash them: make the number a field of its own".to_owned(),
            });
        }
        if form == Form::default() { kept_annotations(self.model, ty, user) } else { tags(ty, form) }
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

fn tags(ty: &Type, form: Form) -> String {
    let mut tags = String::new();
    if form.btree {
        tags.push_str(", pilota.rust_type = \"btree\"");
    } else if form.ordered && ty.kind == TypeKind::Double {
        tags.push_str(", pilota.rust_type = \"ordered_f64\"");
    }
    tags
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
