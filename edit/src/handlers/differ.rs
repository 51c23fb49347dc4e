//! Tells a type that is certainly another one from one that its owner only spells in another way.

use syn::{GenericArgument, PathArguments, Type, TypePath};

use super::names::{Around, Names, same};
use super::scope::{Id, Meaning, Scopes, leads_out, plain, segments};
use crate::rust::in_prelude;

/// Types that are there without an import.
const PRIMITIVES: &[&str] = &[
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8", "u16", "u32", "u64", "u128",
    "usize",
];

/// Types of the prelude.
const PRELUDE: &[(&str, &str)] = &[
    ("Box", "std::boxed::Box"),
    ("Option", "std::option::Option"),
    ("Result", "std::result::Result"),
    ("String", "std::string::String"),
    ("Vec", "std::vec::Vec"),
];

/// Compares a user's types with the IDL's, and takes for a difference only what can't be the same.
pub(super) struct HandlerDifference<'a> {
    pub(super) names: &'a Names<'a>,
    pub(super) scope: Id,
    pub(super) around: &'a Around,
}

impl HandlerDifference<'_> {
    /// Whether a user's type is certainly not this one, which is written with full paths.
    pub(super) fn is_certain(&self, users: &str, full: &str) -> bool {
        match (syn::parse_str::<Type>(users), syn::parse_str::<Type>(full)) {
            (Ok(users), Ok(full)) => self.differ(&users, &full),
            _ => false,
        }
    }

    fn differ(&self, users: &Type, full: &Type) -> bool {
        match (bare(users), bare(full)) {
            (Type::Path(users), Type::Path(full)) => self.paths_differ(users, full),
            (Type::Tuple(users), Type::Tuple(full)) => {
                users.elems.len() != full.elems.len()
                    || users.elems.iter().zip(&full.elems).any(|(users, full)| self.differ(users, full))
            }
            (Type::Array(users), Type::Array(full)) => self.differ(&users.elem, &full.elem),
            (Type::Path(users), Type::Tuple(_) | Type::Array(_)) => self.meant(users).is_some(),
            (Type::Tuple(_) | Type::Array(_) | Type::Slice(_) | Type::Reference(_) | Type::Ptr(_), full) => {
                matches!(full, Type::Path(_) | Type::Tuple(_) | Type::Array(_))
            }
            _ => false,
        }
    }

    fn paths_differ(&self, users: &TypePath, full: &TypePath) -> bool {
        let Some(meant) = self.meant(users) else { return false };
        let expected = written(full);
        let is_generated = |path: &[String]| self.names.generated_root() == path.first().map(String::as_str);
        // What is gone from a module and is in another one now is a stale `use`, not another type.
        let may_be_same = |path: &[String]| !is_generated(path) || !self.names.certainly_exports(path);
        let is_one_of_two_names = meant.len() > 1 && meant.last() == expected.last() && may_be_same(&meant);
        if !same(&meant, &expected) && !is_one_of_two_names {
            return true;
        }
        let (users, full) = (arguments(users), arguments(full));
        users.len() == full.len() && users.iter().zip(full).any(|(users, full)| self.differ(users, full))
    }

    /// The full path of a type that is known: a primitive one, one of the standard library's that everybody knows, one of
    /// the generated crate, or one that a service uses.
    fn meant(&self, users: &TypePath) -> Option<Vec<String>> {
        if users.qself.is_some() {
            return None;
        }
        let mut path = written(users);
        let leading = users.path.leading_colon.is_some();
        let scopes = &self.names.scopes;
        let first = path.first()?.clone();
        if first == "Self" || self.around.parameters.contains(&first) {
            return None;
        }
        let is_named =
            leading || path.len() > 1 || scopes.chain(self.scope).any(|(_, scope)| scope.names.contains_key(&first));
        if !is_named {
            return self.unnamed(scopes, &first);
        }
        if leading {
            path.insert(0, String::new());
        }
        let mut meanings = scopes.resolve(self.scope, &path).into_iter();
        let (Some(Meaning::Path(path)), None) = (meanings.next(), meanings.next()) else { return None };
        (!leads_out(&path) && self.is_known(&path)).then_some(path)
    }

    /// What a name means that the file neither defines nor imports by itself.
    fn unnamed(&self, scopes: &Scopes, name: &str) -> Option<Vec<String>> {
        if PRIMITIVES.contains(&name) {
            return Some(vec![name.to_owned()]);
        }
        let mut elsewhere = scopes.chain(self.scope).any(|(_, scope)| scope.hides_names);
        for (id, scope) in scopes.chain(self.scope) {
            for glob in &scope.globs {
                match scopes
                    .certain(id, glob)
                    .filter(|path| path.first().map(String::as_str) == self.names.generated_root())
                {
                    Some(mut path) => {
                        path.push(name.to_owned());
                        if self.names.exports(&path) == Some(true) {
                            return Some(path);
                        }
                    }
                    None => elsewhere = true,
                }
            }
        }
        let (_, path) = PRELUDE.iter().find(|(short, _)| *short == name).filter(|_| !elsewhere)?;
        Some(segments(path))
    }

    fn is_known(&self, path: &[String]) -> bool {
        match path.first().map(String::as_str) {
            Some("std" | "core" | "alloc") => {
                let full = format!("::{}", path.join("::"));
                let last = path.last().map(String::as_str).unwrap_or_default();
                in_prelude(&full).is_some()
                    || ["HashMap", "HashSet", "BTreeMap", "BTreeSet", "Arc", "Rc"].contains(&last)
            }
            root if root == self.names.generated_root() => self.names.exports(path).is_some(),
            _ => self.names.knows(path),
        }
    }
}

fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Paren(ty) => bare(&ty.elem),
        Type::Group(ty) => bare(&ty.elem),
        ty => ty,
    }
}

fn written(ty: &TypePath) -> Vec<String> {
    ty.path.segments.iter().map(|segment| plain(&segment.ident.to_string()).to_owned()).collect()
}

fn arguments(ty: &TypePath) -> Vec<&Type> {
    let Some(PathArguments::AngleBracketed(arguments)) = ty.path.segments.last().map(|last| &last.arguments) else {
        return Vec::new();
    };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}
