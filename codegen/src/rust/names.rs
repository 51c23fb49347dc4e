//! From a name in the IDL to the identifier it has in Rust.
//!
//! The rules are pilota's (heck's cases, leading underscores kept), and beyond them names that would not compile,
//! or that would hide something the generated code uses, get an underscore after them.

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};

use crate::write::RUNTIME;

/// What Rust reserves, up to edition 2024.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true",
    "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "Self",
];

/// Keywords that stay keywords after `r#`.
const PATH_KEYWORDS: &[&str] = &["self", "Self", "super", "crate"];

/// Names that the generated code writes bare: type parameters, and what is in the prelude.
const USED_BARE: &[&str] = &["Err", "From", "None", "Ok", "S", "Self", "Send", "Some", "Sync", "T"];

/// What a generated client has of its own. Its functions that connect give way to methods instead.
const METHODS_OF_CLIENTS: &[&str] = &["with_callopt"];

/// Methods of the prelude that every value has and that take it by value: Rust finds them before a method that borrows, so
/// that `client.into(1)` would not be the call.
const METHODS_OF_EVERYTHING: &[&str] = &["into", "try_into"];

/// The type of a struct, union, exception, enum or typedef. One without a letter would have the name that an argument can
/// have, too, and Rust takes the argument for the type's constructor.
pub fn type_name(idl: &str) -> String {
    let name = cased(idl, |s| s.to_upper_camel_case());
    if !has_letter(&name) {
        return format!("Type{name}");
    }
    beside_bare(name)
}

/// The name of a type that the user has chosen, or one beside it that hides nothing.
pub fn beside_bare(name: String) -> String {
    if USED_BARE.contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// The trait of a service. The backend derives a dozen names from it and cases it again, so it can't end in an
/// underscore.
pub fn service_name(idl: &str) -> String {
    let name = cased_for_good(idl);
    if USED_BARE.contains(&name.as_str()) { format!("{name}Service") } else { name }
}

/// The constant of a `const`. One without a letter is named as [`type_name`] does it.
pub fn const_name(idl: &str) -> String {
    let name = constant_name(idl);
    if has_letter(&name) { name } else { format!("CONST{name}") }
}

fn has_letter(name: &str) -> bool {
    name.contains(|c: char| c.is_ascii_alphabetic())
}

/// The constant of an enum's member.
pub fn constant_name(idl: &str) -> String {
    cased(idl, |s| s.to_shouty_snake_case())
}

/// The variant of a union's field.
pub fn variant_name(idl: &str) -> String {
    let name = cased(idl, |s| s.to_upper_camel_case());
    match name.as_str() {
        "Self" => "Self_".to_owned(),
        // Types that keep what they do not know have it.
        "_UnknownFields" => "UnknownFields".to_owned(),
        _ => name,
    }
}

/// The variant of a declared exception, beside the variant `Ok` of the result. It is cased again by the backend.
pub fn throws_name(idl: &str) -> String {
    let name = cased_for_good(idl);
    if matches!(name.as_str(), "Ok" | "Self") { format!("{name}Exception") } else { name }
}

/// A field or an argument, keywords not yet escaped.
pub fn field_name(idl: &str) -> String {
    let name = lower(idl);
    // Types that keep what they do not know have it.
    if name == "_unknown_fields" { "unknown_fields".to_owned() } else { name }
}

/// A method, keywords not yet escaped.
pub fn method_name(idl: &str) -> String {
    let name = lower(idl);
    match name.as_str() {
        // The variant made of it would be `Self`.
        "self_" => "self_method".to_owned(),
        taken if METHODS_OF_CLIENTS.contains(&taken) || METHODS_OF_EVERYTHING.contains(&taken) => format!("{name}_"),
        _ => name,
    }
}

/// The modules that a dotted namespace means, keywords not yet escaped.
pub fn module_path(namespace: &str) -> Vec<String> {
    let mut path: Vec<String> = namespace
        .split('.')
        .filter(|segment| !segment.is_empty())
        .map(|segment| {
            let valid: String = segment.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
            let name = lower(&valid);
            if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
        })
        .collect();
    // Modules import the runtime by its name, the file of a module `mod` would be taken for the one of the module around it,
    // and the crate's root has a module of all others.
    let taken = |segment: &&mut String| *segment == RUNTIME || *segment == "mod";
    path.iter_mut().filter(taken).for_each(|segment| segment.push('2'));
    match path.first_mut() {
        Some(first) if first == "volplane_gen" => first.push('2'),
        Some(_) => {}
        None => path.push("idl".to_owned()),
    }
    path
}

/// The identifier as it is written in Rust text.
pub fn escape(name: &str) -> String {
    if PATH_KEYWORDS.contains(&name) {
        format!("{name}_")
    } else if KEYWORDS.contains(&name) {
        format!("r#{name}")
    } else {
        name.to_owned()
    }
}

fn lower(idl: &str) -> String {
    let name = cased(idl, |s| s.to_snake_case());
    if PATH_KEYWORDS.contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// Upper camel case that casing again leaves as it is: `a_a` is `AA` at first, and `Aa` from then on.
fn cased_for_good(idl: &str) -> String {
    let mut name = cased(idl, |s| s.to_upper_camel_case());
    // The second round merges what the first one left of single letters; there is nothing left for a third.
    for _ in 0..2 {
        name = cased(&name, |s| s.to_upper_camel_case());
    }
    name
}

/// Cases everything after the leading underscores.
fn cased(idl: &str, case: impl Fn(&str) -> String) -> String {
    let body = idl.trim_start_matches('_');
    let underscores = &idl[..idl.len() - body.len()];
    let name = format!("{underscores}{}", case(body));
    // A lone underscore is no identifier.
    if name == "_" { "__".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_rust_reserves_or_the_backend_uses() {
        assert_eq!(type_name("Self"), "Self_");
        assert_eq!(type_name("send"), "Send_");
        assert_eq!(type_name("Result"), "Result");
        assert_eq!(service_name("Self"), "SelfService");
        assert_eq!(throws_name("ok"), "OkException");
        assert_eq!(service_name("a_a"), "Aa");
        assert_eq!(escape(&field_name("type")), "r#type");
        assert_eq!(escape(&field_name("Self")), "self_");
        assert_eq!(method_name("Self"), "self_method");
        assert_eq!(method_name("tryInto"), "try_into_");
        assert_eq!(method_name("Connect"), "connect");
        assert_eq!(method_name("clone"), "clone");
        assert_eq!(field_name("_"), "__");
        assert_eq!(
            (field_name("_unknownFields"), variant_name("_unknown_fields")),
            ("unknown_fields".to_owned(), "UnknownFields".to_owned())
        );
        assert_eq!(beside_bare("Some".to_owned()), "Some_");
        assert_eq!(const_name("_1"), "CONST_1");
        assert_eq!(type_name("_1"), "Type_1");
        assert_eq!(const_name("maxSize"), "MAX_SIZE");
        assert_eq!(field_name("a.b"), "a_b");
        assert_eq!(module_path("my-go.1st.Self"), ["my_go", "_1st", "self_"]);
        assert_eq!(module_path(""), ["idl"]);
        assert_eq!(module_path("a.mod"), ["a", "mod2"]);
        assert_eq!(module_path("volplaneGen.volplane_gen"), ["volplane_gen2", "volplane_gen"]);
        assert_eq!(module_path("a.volplaneRuntime"), ["a", "volplane_runtime2"]);
        assert_eq!(module_path("volplane_runtime.a"), ["volplane_runtime2", "a"]);
    }

    proptest! {
        // pilota cases service, throws and module names once more.
        #[test]
        fn casing_twice_changes_nothing(idl in "[a-zA-Z_][a-zA-Z0-9_]{0,12}") {
            let service = service_name(&idl);
            prop_assert_eq!(service_name(&service), service.clone());
            let throws = throws_name(&idl);
            prop_assert_eq!(throws_name(&throws), throws.clone());
            for segment in module_path(&idl) {
                prop_assert_eq!(module_path(&segment), vec![segment.clone()]);
            }
        }
    }
}
