//! What an unknown name was meant to be: a name that is nearly the same, or what thrift calls the type or
//! the value of another language.

use super::symbols::{SymbolTable, Wanted};
use crate::diagnostic::Diagnostic;
use crate::nearest::{nearest, same_but_case};
use crate::span::{FileId, Span};

/// What an unknown name was meant to be.
pub(super) struct Meant {
    help: String,
    /// What to write instead, if that is certain.
    replacement: Option<String>,
}

impl Meant {
    /// Puts it into the diagnostic of the name at `span`.
    pub(super) fn put(meant: Option<Self>, diagnostic: Diagnostic, span: Span) -> Diagnostic {
        match meant {
            Some(Self { help, replacement }) => diagnostic.help(help).fix_with(span, replacement),
            None => diagnostic,
        }
    }

    /// The help says what to write, and nothing else can be meant.
    pub(super) fn certain(name: String) -> Self {
        Self { help: format!("write `{name}`"), replacement: Some(name) }
    }

    /// What the name of a type was meant to be.
    pub(super) fn for_type(symbols: &SymbolTable, file: FileId, name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        if let Some(base) = same_type(&lower) {
            return Some(Self::certain(base.to_owned()));
        }
        Self::not_included(symbols, file, name, Wanted::Type)
            .or_else(|| other_type(&lower).map(|help| Self { help: help.to_owned(), replacement: None }))
            .or_else(|| Self::near(symbols, file, name, Wanted::Type))
    }

    /// What the name of a value was meant to be.
    pub(super) fn for_value(symbols: &SymbolTable, file: FileId, name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            word @ ("true" | "false") => Some(Self::certain(word.to_owned())),
            "null" | "nil" | "none" | "nullptr" | "undefined" => {
                let help = "thrift has no null: leave the value out, and make the field `optional`";
                Some(Self { help: help.to_owned(), replacement: None })
            }
            _ => Self::find(symbols, file, name, Wanted::Value),
        }
    }

    /// The name of a type was meant to be `void`. `None` if another type is as near.
    pub(super) fn void(name: &str) -> Option<Self> {
        let near = nearest(name, BASE_TYPES.iter().copied().chain(["void"]));
        near.filter(|near| *near == "void").map(|near| Self::word(name, near))
    }

    /// A word of the language that is nearly `name`. Only names of definitions have capitals.
    fn word(name: &str, near: &str) -> Self {
        let capital = name.contains(|c: char| c.is_ascii_uppercase());
        let certain = !capital || name.eq_ignore_ascii_case(near);
        Self { help: did_you_mean(near), replacement: certain.then(|| near.to_owned()) }
    }

    /// What else `name` could be in `file`.
    pub(super) fn find(symbols: &SymbolTable, file: FileId, name: &str, wanted: Wanted) -> Option<Self> {
        Self::not_included(symbols, file, name, wanted).or_else(|| Self::near(symbols, file, name, wanted))
    }

    /// "Did you mean", among all that `file` can name.
    fn near(symbols: &SymbolTable, file: FileId, name: &str, wanted: Wanted) -> Option<Self> {
        let candidates = symbols.candidates(file, wanted);
        // The right name in another file is nearer than any misspelling.
        let last = name.rsplit('.').next().unwrap_or(name);
        let elsewhere = || candidates.iter().filter(|candidate| candidate.rsplit('.').next() == Some(last));
        // The least of several, so that the message is the same in every run; `nearest` does so, too.
        if let Some(found) = elsewhere().min() {
            let certain = last == name && elsewhere().all(|other| other == found);
            return Some(Self { help: did_you_mean(found), replacement: certain.then(|| found.to_string()) });
        }
        let base = match wanted {
            Wanted::Type => BASE_TYPES,
            Wanted::Value => &["true", "false"],
            Wanted::Service => &[],
        };
        let words = || candidates.iter().map(AsRef::as_ref).chain(base.iter().copied());
        let near = nearest(name, words())?;
        if base.contains(&near) {
            return Some(Self::word(name, near));
        }
        let help = did_you_mean(near);
        Some(Self { help, replacement: same_but_case(name, words()).map(str::to_owned) })
    }

    /// The file is known, but this one doesn't include it: names don't pass through an include.
    fn not_included(symbols: &SymbolTable, file: FileId, name: &str, wanted: Wanted) -> Option<Self> {
        let (stem, name) = name.rsplit_once('.')?;
        let unit = symbols.unit(file);
        if (0..).zip(&unit.includes).any(|(place, id)| id.is_some() && unit.stem_of_include(place) == stem) {
            return None;
        }
        let other =
            symbols.units.iter().find(|other| other.stem == stem && other.table(wanted.table()).contains_key(name))?;
        if std::ptr::eq(other, unit) {
            return Some(Self {
                help: format!("inside of its own file write `{name}`"),
                replacement: Some(name.to_owned()),
            });
        }
        let help = format!("include {} here too: an include does not bring the includes of the other file", other.path);
        Some(Self { help, replacement: None })
    }
}

fn did_you_mean(name: &str) -> String {
    format!("did you mean `{name}`?")
}

/// The base type that other languages call so, of the same size and sign; in small letters.
fn same_type(name: &str) -> Option<&'static str> {
    Some(match name {
        "int8" | "int8_t" => "i8",
        "int16" | "int16_t" => "i16",
        "int32" | "int32_t" => "i32",
        "int64" | "int64_t" => "i64",
        "float64" | "f64" => "double",
        "boolean" => "bool",
        "str" | "text" | "varchar" => "string",
        "bytes" | "blob" | "bytearray" => "binary",
        "guid" => "uuid",
        word => BASE_TYPES.iter().copied().find(|base| *base == word)?,
    })
}

/// What to write for a type of other languages, where that depends on what is meant; in small letters.
fn other_type(name: &str) -> Option<&'static str> {
    Some(match name {
        "int" | "integer" => "write `i32`",
        "long" | "bigint" => "write `i64`",
        "short" => "write `i16`",
        "float" | "float32" | "f32" | "real" => "write `double`",
        "u8" | "uint8" | "uint8_t" | "char" => "thrift has no such type: write `i8`, or `i16` for values above 127",
        "u16" | "uint16" | "uint16_t" => "thrift has no unsigned types: write `i16`, or `i32` for values above 32767",
        "u32" | "uint32" | "uint32_t" | "uint" => {
            "thrift has no unsigned types: write `i32`, or `i64` for values above 2147483647"
        }
        "u64" | "uint64" | "uint64_t" | "usize" | "size_t" => "thrift has no unsigned types: write `i64`",
        "date" | "datetime" | "time" | "timestamp" | "instant" | "time.time" | "duration" => {
            "thrift has no type for times: write `i64`, such as milliseconds since 1970, or `string`"
        }
        "decimal" | "bigdecimal" | "money" | "numeric" => {
            "thrift has no decimal numbers: write `string`, or `i64` with a fixed unit"
        }
        "number" => "write `i64` for whole numbers, `double` for others",
        "any" | "object" | "json" | "jsonvalue" | "dynamic" | "interface" | "variant" | "struct" => {
            "thrift has no type for any value: write a union of the possible ones, or `string` with JSON"
        }
        "error" => "define an exception, and declare it with `throws`",
        "array" | "vec" | "vector" | "arraylist" => "write a list, as in `list<string>`",
        "hashmap" | "dict" | "dictionary" => "write a map, as in `map<string, i64>`",
        _ => return None,
    })
}

/// The types that need no definition, containers included.
const BASE_TYPES: &[&str] =
    &["bool", "byte", "i8", "i16", "i32", "i64", "double", "string", "binary", "uuid", "list", "set", "map"];
