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

    /// A name that is as close as can be to `text`, which may be anything, such as the name of a folder: in lowercase letters
    /// of ASCII, `-` in place of everything else.
    pub(crate) fn near(text: &str) -> Self {
        let mut name = String::new();
        for c in text.chars() {
            match c.to_ascii_lowercase() {
                c if c.is_ascii_alphanumeric() => name.push(c),
                // rustc warns about crates' names with two of them in a row, or one at the end.
                _ if name.ends_with(['-', '_']) || name.is_empty() => {}
                '_' => name.push('_'),
                _ => name.push('-'),
            }
        }
        let name = name.trim_end_matches(['-', '_']);
        match name.chars().next() {
            None => Self(STAND_IN.to_owned()),
            Some(first) if !first.is_ascii_alphabetic() || is_keyword(name) => Self(format!("{STAND_IN}-{name}")),
            Some(_) => Self(name.to_owned()),
        }
    }

    /// The name as Rust code has it.
    pub(crate) fn ident(&self) -> String {
        self.0.replace('-', "_")
    }
}

/// What stands for a name, or before it, that can't be one by itself.
const STAND_IN: &str = "project";

/// A name that can't be the prefix of a package's name.
#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum ModuleError {
    /// Nothing at all.
    #[error("the name of a module can't be empty")]
    Empty,
    /// The first character.
    #[error("`{name}` is not a valid name of a module: expected a letter first, found `{first}`")]
    First {
        /// The name.
        name: String,
        /// Its first character.
        first: char,
    },
    /// A character further on.
    #[error(
        "`{name}` is not a valid name of a module: expected lowercase ASCII letters, digits, `-` and `_`, found `{found}`"
    )]
    Character {
        /// The name.
        name: String,
        /// The character.
        found: char,
    },
    /// Two separators in a row, or one at the end: rustc warns about crates' names that have `__`.
    #[error("`{name}` is not a valid name of a module: each `-` and `_` has to be between letters or digits")]
    Separator {
        /// The name.
        name: String,
    },
    /// A keyword.
    #[error("`{name}` is not a valid name of a module: it is a keyword of Rust")]
    Keyword {
        /// The name.
        name: String,
    },
}

impl FromStr for Module {
    type Err = ModuleError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let first = name.chars().next().ok_or(ModuleError::Empty)?;
        if let Some(found) =
            name.chars().find(|c| !(c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_')))
        {
            return Err(ModuleError::Character { name: name.to_owned(), found });
        }
        if !first.is_ascii_alphabetic() {
            return Err(ModuleError::First { name: name.to_owned(), first });
        }
        if name.split(['-', '_']).any(str::is_empty) {
            return Err(ModuleError::Separator { name: name.to_owned() });
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
        for good in ["hello", "my-shop", "a1", "x", "snake_case"] {
            assert_eq!(good.parse::<Module>().map(|m| m.0), Ok(good.to_owned()));
        }
        assert_eq!("my-shop".parse::<Module>().map(|m| m.ident()), Ok("my_shop".to_owned()));
        for bad in ["", "1st", "-x", "_x", "x-", "a--b", "a.b", "a b", "ö", "a/b", "type", "Self", "gen", "X", "myShop"]
        {
            assert!(bad.parse::<Module>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn any_folder_has_a_name_for_its_packages() {
        for (folder, name) in [
            ("hello", "hello"),
            ("snake_case", "snake_case"),
            ("P1", "p1"),
            ("My Shop", "my-shop"),
            ("shop.v2", "shop-v2"),
            (" a -_- b. ", "a-b"),
            ("2024-shop", "project-2024-shop"),
            ("type", "project-type"),
            ("Müller", "m-ller"),
            ("商店", "project"),
            ("", "project"),
        ] {
            assert_eq!(Module::near(folder).as_str(), name, "{folder:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_name_near_any_text_is_a_name(text in "\\PC*") {
            let name = Module::near(&text);
            proptest::prop_assert_eq!(name.as_str().parse::<Module>(), Ok(name.clone()));
            proptest::prop_assert_eq!(Module::near(name.as_str()), name);
        }
    }
}
