//! Types as a person would write them: `Vec<Request>` and a `use` line, instead of paths in full.

use std::collections::BTreeMap;

/// Names that a `use` must not take: the prelude's, and what handler files say in short.
const RESERVED: &[&str] = &[
    "AsMut",
    "AsRef",
    "Box",
    "Clone",
    "Copy",
    "Default",
    "Drop",
    "Eq",
    "Err",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Future",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Self",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
];

/// Paths that the prelude has a short name for.
const PRELUDE: &[(&str, &str)] = &[
    ("::core::result::Result", "Result"),
    ("::std::boxed::Box", "Box"),
    ("::std::option::Option", "Option"),
    ("::std::result::Result", "Result"),
    ("::std::string::String", "String"),
    ("::std::vec::Vec", "Vec"),
];

/// The names that one file imports, and from where.
#[derive(Debug, Default)]
pub struct Imports {
    /// Module by imported name.
    names: BTreeMap<String, String>,
    taken: Vec<String>,
}

impl Imports {
    /// No import yet; `taken` are names that the file itself defines.
    pub fn new(taken: &[&str]) -> Self {
        Self { names: BTreeMap::new(), taken: taken.iter().map(|name| (*name).to_owned()).collect() }
    }

    /// Imports `name` from `module` and says how to write it: in short, unless that name means something else already.
    pub fn import(&mut self, module: &str, name: &str) -> String {
        let module = module.trim_start_matches("::");
        let known = self.names.get(name).is_some_and(|other| other == module);
        if !known && (self.names.contains_key(name) || self.is_taken(name)) {
            return format!("{module}::{name}");
        }
        self.names.insert(name.to_owned(), module.to_owned());
        name.to_owned()
    }

    /// Writes a type with every path in short.
    pub fn shorten(&mut self, ty: &str) -> String {
        map_paths(ty, |path| match (in_prelude(path), path.rsplit_once("::")) {
            (Some(short), _) => short.to_owned(),
            (None, Some((module, name))) => self.import(module, name),
            (None, None) => path.to_owned(),
        })
    }

    /// The `use` lines, in rustfmt's order and width.
    pub fn lines(&self, width: usize) -> Vec<String> {
        let mut modules: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, module) in &self.names {
            modules.entry(module).or_default().push(name);
        }
        let mut modules: Vec<(&str, Vec<&str>)> = modules.into_iter().collect();
        for (_, names) in &mut modules {
            names.sort_by_key(|name| sort_key(name));
        }
        modules.sort_by_cached_key(|(module, names)| {
            let single = names.first().filter(|_| names.len() == 1);
            // A list in braces comes after every name in its place, and `crate` before every other module.
            let last = single.map_or((true, Vec::new()), |name| (false, sort_key(name)));
            let path = module.split("::").map(|part| (false, sort_key(part))).chain([last]);
            (*module != "crate", path.collect::<Vec<_>>())
        });
        modules.into_iter().map(|(module, names)| use_line(module, &names, width)).collect()
    }

    fn is_taken(&self, name: &str) -> bool {
        is_reserved(name) || self.taken.iter().any(|other| other == name)
    }
}

/// A type with every path that has a module replaced.
pub(crate) fn map_paths(ty: &str, mut map: impl FnMut(&str) -> String) -> String {
    let is_path = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '#');
    let mut out = String::new();
    let mut rest = ty;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c| is_path(c) != is_path(first)).unwrap_or(rest.len());
        let (part, tail) = rest.split_at(end);
        match part.rsplit_once("::") {
            // `name: Type` is no path, and a colon with a blank behind it can't be part of one.
            Some((_, name)) if is_path(first) && !name.is_empty() => out.push_str(&map(part)),
            _ => out.push_str(part),
        }
        rest = tail;
    }
    out
}

/// The short name that the prelude has for a path.
pub(crate) fn in_prelude(path: &str) -> Option<&'static str> {
    PRELUDE.iter().find(|(full, _)| *full == path).map(|(_, short)| *short)
}

/// Whether a `use` of this name would surprise whoever reads the file.
pub(crate) fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
}

/// One `use` of some names of a module, broken where it is longer than `width`.
pub(crate) fn use_line(module: &str, names: &[&str], width: usize) -> String {
    if let [name] = names {
        return format!("use {module}::{name};");
    }
    let line = format!("use {module}::{{{}}};", names.join(", "));
    if line.len() <= width {
        return line;
    }
    let mut out = format!("use {module}::{{\n   ");
    let mut column = 3;
    for name in names {
        if column + name.len() + 2 > width {
            out.push_str("\n   ");
            column = 3;
        }
        out.push_str(&format!(" {name},"));
        column += name.len() + 2;
    }
    out.push_str("\n};");
    out
}

/// rustfmt's order: as characters go, but numbers in names count as numbers.
pub(crate) fn sort_key(name: &str) -> Vec<(String, u64)> {
    let name = name.trim_start_matches("r#");
    let mut parts = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let (text, tail) = rest.split_at(rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len()));
        let (digits, tail) = tail.split_at(tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len()));
        parts.push((text.to_owned(), digits.parse().unwrap_or(0)));
        rest = tail;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_short_names_and_use_lines() {
        let mut imports = Imports::new(&["EchoHandler"]);
        let ty = "::core::result::Result<::std::vec::Vec<x::api::Request>, ::volo_thrift::ServerError>";
        assert_eq!(imports.shorten(ty), "Result<Vec<Request>, ServerError>");
        assert_eq!(imports.shorten("::pilota::AHashMap<i32, x::api::Item10>"), "AHashMap<i32, Item10>");
        assert_eq!(imports.shorten("(x::api::Item9, [u8; 16])"), "(Item9, [u8; 16])");
        insta::assert_snapshot!(imports.lines(120).join("\n"), @"
        use pilota::AHashMap;
        use volo_thrift::ServerError;
        use x::api::{Item9, Item10, Request};
        ");
        insta::assert_snapshot!(imports.lines(24).join("\n"), @"
        use pilota::AHashMap;
        use volo_thrift::ServerError;
        use x::api::{
            Item9, Item10,
            Request,
        };
        ");
    }

    #[test]
    fn a_list_stands_behind_the_modules_beside_it_and_a_name_among_them() {
        let mut imports = Imports::default();
        for (module, name) in
            [("x", "Item"), ("x::api", "A"), ("y", "A2"), ("y", "B2"), ("y::api", "C"), ("crate", "D")]
        {
            imports.import(module, name);
        }
        insta::assert_snapshot!(imports.lines(120).join("\n"), @"
        use crate::D;
        use x::Item;
        use x::api::A;
        use y::api::C;
        use y::{A2, B2};
        ");
    }

    #[test]
    fn a_name_with_two_meanings_stays_a_path() {
        let mut imports = Imports::new(&["EchoHandler"]);
        assert_eq!(imports.shorten("x::api::Result"), "x::api::Result");
        assert_eq!(imports.shorten("x::api::EchoHandler"), "x::api::EchoHandler");
        assert_eq!(imports.shorten("x::a::Item"), "Item");
        assert_eq!(imports.shorten("x::b::Item"), "x::b::Item");
        assert_eq!(imports.shorten("x::a::Item"), "Item");
        assert_eq!(imports.shorten("x::r#type::r#Self_"), "r#Self_");
    }
}
