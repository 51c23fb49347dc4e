//! Names that packages and Rust code can have.

use std::str::FromStr;

use thiserror::Error;

/// The prefix of a project's package names: `hello` in `hello-cmd`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Module(String);

impl Module {
    /// The name as packages have it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as Rust code has it.
    pub(crate) fn ident(&self) -> String {
        self.0.replace('-', "_")
    }
}

/// A name that can't be the prefix of a package's name.
#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum ModuleError {
    /// Nothing at all.
    #[error("a module's name can't be empty")]
    Empty,
    /// The first character.
    #[error("`{name}` can't name a module: it begins with `{first}`, and a Rust name begins with a letter")]
    First {
        /// The name.
        name: String,
        /// Its first character.
        first: char,
    },
    /// A character further on.
    #[error("`{name}` can't name a module: `{found}` is no letter, digit, `-` or `_` of ASCII")]
    Character {
        /// The name.
        name: String,
        /// The character.
        found: char,
    },
    /// A keyword.
    #[error("`{name}` can't name a module: it is a keyword of Rust")]
    Keyword {
        /// The name.
        name: String,
    },
}

impl FromStr for Module {
    type Err = ModuleError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let first = name.chars().next().ok_or(ModuleError::Empty)?;
        if let Some(found) = name.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))) {
            return Err(ModuleError::Character { name: name.to_owned(), found });
        }
        if !first.is_ascii_alphabetic() {
            return Err(ModuleError::First { name: name.to_owned(), first });
        }
        if is_keyword(name) {
            return Err(ModuleError::Keyword { name: name.to_owned() });
        }
        Ok(Self(name.to_owned()))
    }
}

/// Whether Rust keeps this word for itself.
pub(crate) fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// The keywords of Rust's 2024 edition, reserved ones included.
const KEYWORDS: &[&str] = &[
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super",
    "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_a_package_prefix_and_a_rust_name() {
        for good in ["hello", "my-shop", "a1", "X", "snake_case"] {
            assert_eq!(good.parse::<Module>().map(|m| m.0), Ok(good.to_owned()));
        }
        assert_eq!("my-shop".parse::<Module>().map(|m| m.ident()), Ok("my_shop".to_owned()));
        for bad in ["", "1st", "-x", "_x", "a.b", "a b", "ö", "a/b", "type", "Self", "gen"] {
            assert!(bad.parse::<Module>().is_err(), "{bad:?}");
        }
    }
}
