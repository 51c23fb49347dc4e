//! Words of other languages where a type or a value belongs, and misspelled ones: what to write in their place.

use super::resolve::{near, not_included};
use super::world::{Wanted, World};
use crate::diagnostic::Diagnostic;
use crate::nearest::nearest;
use crate::span::FileId;

/// The types that need no definition, containers included.
pub(super) const BASE_TYPES: &[&str] =
    &["bool", "byte", "i8", "i16", "i32", "i64", "double", "string", "binary", "uuid", "list", "set", "map"];

/// Adds what to do about the name of a type that is not found.
pub(super) fn type_help(world: &World, file: FileId, name: &str, diagnostic: Diagnostic) -> Diagnostic {
    let lower = name.to_ascii_lowercase();
    let same = match lower.as_str() {
        "int" | "integer" | "int32" | "int32_t" => Some("i32"),
        "long" | "int64" | "int64_t" | "bigint" => Some("i64"),
        "short" | "int16" | "int16_t" => Some("i16"),
        "int8" | "int8_t" => Some("i8"),
        "float" | "float32" | "float64" | "f32" | "f64" | "real" => Some("double"),
        "boolean" => Some("bool"),
        "str" | "text" | "varchar" => Some("string"),
        "bytes" | "blob" | "bytearray" => Some("binary"),
        "guid" => Some("uuid"),
        word => BASE_TYPES.iter().copied().find(|base| *base == word),
    };
    if let Some(base) = same {
        return replace(diagnostic, &format!("write `{base}`"), base);
    }
    let other = match lower.as_str() {
        "u8" | "uint8" | "uint8_t" | "char" => {
            Some("thrift has no such type: write `i8`, or `i16` for values above 127")
        }
        "u16" | "uint16" | "uint16_t" => {
            Some("thrift has no unsigned types: write `i16`, or `i32` for values above 32767")
        }
        "u32" | "uint32" | "uint32_t" | "uint" => {
            Some("thrift has no unsigned types: write `i32`, or `i64` for values above 2147483647")
        }
        "u64" | "uint64" | "uint64_t" | "usize" | "size_t" => Some("thrift has no unsigned types: write `i64`"),
        "date" | "datetime" | "time" | "timestamp" | "instant" | "time.time" | "duration" => {
            Some("thrift has no type for times: write `i64`, such as milliseconds since 1970, or `string`")
        }
        "decimal" | "bigdecimal" | "money" | "numeric" => {
            Some("thrift has no decimal numbers: write `string`, or `i64` with a fixed unit")
        }
        "number" => Some("write `i64` for whole numbers, `double` for others"),
        "any" | "object" | "json" | "jsonvalue" | "dynamic" | "interface" | "variant" | "struct" => {
            Some("thrift has no type for any value: write a union of the possible ones, or `string` with JSON")
        }
        "error" => Some("define an exception, and declare it with `throws`"),
        "array" | "vec" | "vector" | "arraylist" => Some("write a list, as in `list<string>`"),
        "hashmap" | "dict" | "dictionary" => Some("write a map, as in `map<string, i64>`"),
        _ => None,
    };
    // A definition that is named nearly so is more likely.
    let found = not_included(world, file, name, Wanted::Type);
    let found = found.or_else(|| other.map(str::to_owned));
    if let Some(help) = found {
        return diagnostic.help(help);
    }
    match near(world, file, name, Wanted::Type) {
        Some(near) => did_you_mean(diagnostic, name, &near, BASE_TYPES),
        None => diagnostic,
    }
}

/// Adds what to do about the name of a value that is not found.
pub(super) fn value_help(world: &World, file: FileId, name: &str, diagnostic: Diagnostic) -> Diagnostic {
    let word = match name.to_ascii_lowercase().as_str() {
        "true" | "yes" => Some("true"),
        "false" | "no" => Some("false"),
        "null" | "nil" | "none" | "nullptr" | "undefined" => {
            let help = "thrift has no null: leave the value out, and make the field `optional`";
            return diagnostic.help(help);
        }
        _ => None,
    };
    if let Some(word) = word {
        return replace(diagnostic, &format!("write `{word}`"), word);
    }
    if let Some(help) = not_included(world, file, name, Wanted::Value) {
        return diagnostic.help(help);
    }
    match near(world, file, name, Wanted::Value) {
        Some(near) => did_you_mean(diagnostic, name, &near, &["true", "false"]),
        None => diagnostic,
    }
}

/// Whether the name of a type was meant to be `void`.
pub(super) fn is_void(name: &str) -> bool {
    nearest(name, BASE_TYPES.iter().copied().chain(["void"])) == Some("void")
}

fn replace(diagnostic: Diagnostic, help: &str, word: &str) -> Diagnostic {
    let place = diagnostic.labels.first().map(|label| label.span);
    let diagnostic = diagnostic.help(help);
    match place {
        Some(place) => diagnostic.fix(place, word),
        None => diagnostic,
    }
}

/// Only a word of the language leaves no doubt, if it is misspelled in small letters: names of types have a capital.
fn did_you_mean(diagnostic: Diagnostic, name: &str, near: &str, words: &[&str]) -> Diagnostic {
    let help = format!("did you mean `{near}`?");
    if !words.contains(&near) {
        diagnostic.help(help)
    } else if name.eq_ignore_ascii_case(near) {
        replace(diagnostic, &format!("keywords are lowercase: write `{near}`"), near)
    } else if name.contains(|c: char| c.is_ascii_uppercase()) {
        diagnostic.help(help)
    } else {
        replace(diagnostic, &help, near)
    }
}

/// Adds that the name of a type was probably meant to be `void`.
pub(super) fn void_help(name: &str, diagnostic: Diagnostic) -> Diagnostic {
    did_you_mean(diagnostic, name, "void", &["void"])
}
