//! The types of one Rust module as one normalised IDL file.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::LoweredFile;
use crate::model::{Annotation, DefId, DefinitionKind, Field, Model, Requiredness, StructKind, Type, TypeKind};
use crate::rust::keys::{Form, Keys};
use crate::rust::layout::RustPaths;
use crate::rust::{graph, idents};

/// The file of a module, and the names of its definitions whose floating point numbers are all ordered ones.
pub(super) fn file(model: &Model, layout: &RustPaths, keys: &Keys, index: usize) -> (LoweredFile, Vec<String>) {
    let mut printer = LoweredPrinter {
        model,
        layout,
        keys,
        module: index,
        includes: BTreeSet::new(),
        ordered: Vec::new(),
        text: String::new(),
    };
    let module = &layout.modules()[index];
    for &file in &module.files {
        for (index, definition) in (0..).zip(&model.file(file).definitions) {
            printer.definition(DefId { file, index }, &definition.kind, &definition.annotations);
        }
    }
    let mut text = format!("namespace rs {}\n", module.path.join("."));
    for &include in &printer.includes {
        let _ = writeln!(text, "include \"{}.thrift\"", qualifier(include));
    }
    text.push_str(&printer.text);
    (LoweredFile { name: format!("{}.thrift", qualifier(index)), text }, printer.ordered)
}

struct LoweredPrinter<'a> {
    model: &'a Model,
    layout: &'a RustPaths,
    keys: &'a Keys,
    module: usize,
    includes: BTreeSet<usize>,
    ordered: Vec<String>,
    text: String,
}

impl LoweredPrinter<'_> {
    fn definition(&mut self, id: DefId, kind: &DefinitionKind, annotations: &[Annotation]) {
        let name = self.layout.name(id).to_owned();
        let pinned = format!("(pilota.name = \"{name}\")");
        match kind {
            DefinitionKind::Typedef(ty) => {
                let ty_text = self.ty(ty);
                let tags = self.tags(id, ty, annotations);
                let _ = writeln!(self.text, "typedef {ty_text} {name} (pilota.name = \"{name}\"{tags})");
            }
            DefinitionKind::Senum(_) => {
                let _ = writeln!(self.text, "typedef string {name} {pinned}");
            }
            // It is written elsewhere; here fields only name it.
            DefinitionKind::Enum(_) => {
                let _ = writeln!(self.text, "enum {name} {{}} {pinned}");
            }
            DefinitionKind::Struct(StructKind::Union, fields) => {
                let _ = writeln!(self.text, "union {name} {{");
                for (field, ident) in fields.iter().zip(idents::variants(fields)) {
                    self.arm(id, field, &ident);
                }
                let _ = writeln!(self.text, "}} {pinned}");
            }
            DefinitionKind::Struct(StructKind::Struct | StructKind::Exception, fields) => {
                let _ = writeln!(self.text, "struct {name} {{");
                for (field, ident) in fields.iter().zip(idents::fields(fields)) {
                    self.field(id, field, &ident);
                }
                let _ = writeln!(self.text, "}} {pinned}");
            }
            DefinitionKind::Const(..) | DefinitionKind::Service(_) => {}
        }
        if self.keys.is_hashed(id) {
            self.ordered.push(name);
        }
    }

    fn field(&mut self, owner: DefId, field: &Field, ident: &str) {
        let required = match field.requiredness {
            Requiredness::Required => "required ",
            Requiredness::Optional => "optional ",
            Requiredness::Default => "",
        };
        let ty = self.ty(&field.ty);
        let name = idl_name(field);
        let tags = self.tags(owner, &field.ty, &field.annotations);
        let _ = writeln!(self.text, "  {}: {required}{ty} {name} (pilota.name = \"{ident}\"{tags});", field.id);
    }

    fn arm(&mut self, owner: DefId, field: &Field, ident: &str) {
        let ty = self.ty(&field.ty);
        let mut tags = self.tags(owner, &field.ty, &[]);
        if graph::is_shared(self.model, owner, field) {
            tags.push_str(", pilota.rust_wrapper_arc = \"true\"");
        }
        // pilota reads those of an arm's type, not of the arm.
        let tags = if tags.is_empty() { tags } else { format!(" ({})", tags.trim_start_matches(", ")) };
        let name = idl_name(field);
        let _ = writeln!(self.text, "  {}: {ty}{tags} {name} (pilota.name = \"{ident}\");", field.id);
    }

    /// What follows `pilota.name` at a field or typedef: the form that it needs, or else what the user wants.
    fn tags(&self, owner: DefId, ty: &Type, user: &[Annotation]) -> String {
        match self.keys.form_in(owner, ty) {
            Form { btree: true, .. } => ", pilota.rust_type = \"btree\"".to_owned(),
            Form { ordered: true, .. } => String::new(),
            Form { .. } => kept_annotations(self.model, ty, user),
        }
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
fn idl_name(field: &Field) -> String {
    field.name.text.replace('.', "_")
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
            _ => false,
        };
        if fits {
            let _ = write!(kept, ", {} = \"{}\"", annotation.key, annotation.value);
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
