//! How a type of the IDL is spelled in Rust.

use super::keys::Form;
use super::layout::Layout;
use super::names;
use crate::model::{DefId, Type, TypeKind};

/// The type's text, with the user's types as `path` has them.
pub fn spell(ty: &Type, form: Form, path: &dyn Fn(DefId) -> String) -> String {
    place(ty, form, path, form.ordered)
}

/// `ordered` where the value is a set's element or a map's key: there pilota orders floating point numbers.
fn place(ty: &Type, form: Form, path: &dyn Fn(DefId) -> String, ordered: bool) -> String {
    let (set, map) = if form.btree {
        ("::std::collections::BTreeSet", "::std::collections::BTreeMap")
    } else {
        ("::pilota::AHashSet", "::pilota::AHashMap")
    };
    match &ty.kind {
        TypeKind::Bool => "bool".into(),
        TypeKind::I8 => "i8".into(),
        TypeKind::I16 => "i16".into(),
        TypeKind::I32 => "i32".into(),
        TypeKind::I64 => "i64".into(),
        TypeKind::Double if ordered => "::pilota::OrderedFloat<f64>".into(),
        TypeKind::Double => "f64".into(),
        TypeKind::String => "::pilota::FastStr".into(),
        TypeKind::Binary => "::pilota::Bytes".into(),
        TypeKind::Uuid => "[u8; 16]".into(),
        TypeKind::List(item) => format!("::std::vec::Vec<{}>", place(item, form, path, ordered)),
        TypeKind::Set(item) => format!("{set}<{}>", place(item, form, path, true)),
        TypeKind::Map(key, value) => {
            format!("{map}<{}, {}>", place(key, form, path, true), place(value, form, path, form.ordered))
        }
        TypeKind::Named(id) => path(*id),
    }
}

/// The path of a definition as seen from a module of the same crate.
pub(crate) fn relative_path(layout: &Layout, from: usize, id: DefId) -> String {
    let from = &layout.modules()[from].path;
    let to = &layout.modules()[layout.module_of(id.file)].path;
    let common = from.iter().zip(to).take_while(|(a, b)| a == b).count();
    let mut segments = vec!["super".to_owned(); from.len() - common];
    segments.extend(to[common..].iter().map(|segment| names::escape(segment)));
    segments.push(names::escape(layout.name(id)));
    segments.join("::")
}
