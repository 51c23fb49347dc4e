//! How a type of the IDL is spelled in Rust.

use super::keys::Form;
use super::layout::RustPaths;
use super::names;
use crate::model::{DefId, Type, TypeKind};

/// The type's text, with the user's types as `path` has them.
pub fn spell(ty: &Type, form: Form, path: &dyn Fn(DefId) -> String) -> String {
    place(ty, form, path, form.ordered)
}

/// `ordered` where floating point numbers are ordered ones: below a set's element or a map's key, at any depth.
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
            format!("{map}<{}, {}>", place(key, form, path, true), place(value, form, path, ordered))
        }
        TypeKind::Named(id) => path(*id),
    }
}

/// The path of a definition as seen from a module of the same crate.
pub(crate) fn relative_path(layout: &RustPaths, from: usize, id: DefId) -> String {
    let from = &layout.modules()[from].path;
    let to = &layout.modules()[layout.module_of(id.file)].path;
    let common = from.iter().zip(to).take_while(|(a, b)| a == b).count();
    let mut segments = vec!["super".to_owned(); from.len() - common];
    segments.extend(to[common..].iter().map(|segment| names::escape(segment)));
    segments.push(names::escape(layout.name(id)));
    segments.join("::")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::check::check;
    use crate::model::DefinitionKind;
    use crate::read::MemorySource;
    use crate::rust::keys::{Keys, definitions};

    /// The Rust type of each typedef.
    fn typedefs(idl: &str) -> Vec<String> {
        let memory = MemorySource::new().with("a.thrift", idl);
        let model = check(&[PathBuf::from("a.thrift")], &[], &memory).model.expect("IDL without a mistake");
        let keys = Keys::new(&model);
        let of = |(id, definition): (DefId, &crate::model::Definition)| match &definition.kind {
            DefinitionKind::Typedef(ty) => Some(spell(ty, keys.form_in(id, ty), &|_| "X".to_owned())),
            _ => None,
        };
        definitions(&model).filter_map(of).collect()
    }

    #[test]
    fn doubles_are_ordered_wherever_they_have_to_be_hashed() {
        let idl = "typedef map<set<i32>, double> A\ntypedef set<map<i32, list<double>>> B\n\
                   typedef map<double, list<double>> C\ntypedef map<map<string, double>, map<string, double>> D\n\
                   typedef list<double> Key\ntypedef set<Key> E\ntypedef map<i32, double> Other\ntypedef set<Other> F";
        insta::assert_snapshot!(typedefs(idl).join("\n"), @r#"
::std::collections::BTreeMap<::std::collections::BTreeSet<i32>, f64>
::std::collections::BTreeSet<::std::collections::BTreeMap<i32, ::std::vec::Vec<::pilota::OrderedFloat<f64>>>>
::pilota::AHashMap<::pilota::OrderedFloat<f64>, ::std::vec::Vec<f64>>
::std::collections::BTreeMap<::std::collections::BTreeMap<::pilota::FastStr, ::pilota::OrderedFloat<f64>>, ::std::collections::BTreeMap<::pilota::FastStr, f64>>
::std::vec::Vec<::pilota::OrderedFloat<f64>>
::pilota::AHashSet<X>
::std::collections::BTreeMap<i32, ::pilota::OrderedFloat<f64>>
::pilota::AHashSet<X>
"#);
    }
}
