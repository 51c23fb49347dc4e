//! When an item of a vendored crate is compiled, as its `#[cfg(…)]` attributes say.

use std::fmt;

/// Set in no project: what needs one of them is left out of the copies.
const NEVER: &[&str] = &["doc", "doctest", "fuzzing", "test"];

/// A feature that no project turns on.
const NEVER_FEATURES: &[&str] = &["unstable-messages"];

/// A feature that no transport needs: users turn it on by hand, so what depends on it is in every copy.
const BY_HAND: &[&str] = &["metrics"];

/// A condition on the cargo features of a crate. Written as Rust, it is a value of `embedded::When`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Holds in all projects, or depends on something else than features.
    Always,
    /// Holds in no project.
    Never,
    Feature(String),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

impl Condition {
    /// Reads what is between the parentheses of `#[cfg(…)]`.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Some((name, inner)) = text.strip_suffix(')').and_then(|text| text.split_once('(')) {
            let mut parts = split(inner).into_iter().map(Self::read).collect::<Result<Vec<_>, _>>()?;
            return match name {
                "all" => Ok(Self::all(parts)),
                "any" => Ok(Self::any(parts)),
                "not" => Ok(match parts.pop() {
                    // `not(unix)` holds in some projects, as `unix` does.
                    None | Some(Self::Always | Self::Never) => Self::Always,
                    Some(part) => Self::Not(Box::new(part)),
                }),
                _ => Err(format!("an unknown condition: {text}")),
            };
        }
        Ok(match text.split_once(" = ") {
            None if NEVER.contains(&text) => Self::Never,
            Some(("feature", name)) => match name.trim_matches('"') {
                name if NEVER_FEATURES.contains(&name) => Self::Never,
                name if BY_HAND.contains(&name) => Self::Always,
                name => Self::Feature(name.to_owned()),
            },
            _ => Self::Always,
        })
    }

    pub(crate) fn all(parts: Vec<Self>) -> Self {
        let mut parts: Vec<Self> = parts.into_iter().filter(|part| *part != Self::Always).collect();
        parts.dedup();
        match parts.as_slice() {
            _ if parts.contains(&Self::Never) => Self::Never,
            [] => Self::Always,
            [one] => one.clone(),
            _ => Self::All(parts),
        }
    }

    fn any(parts: Vec<Self>) -> Self {
        let parts: Vec<Self> = parts.into_iter().filter(|part| *part != Self::Never).collect();
        match parts.as_slice() {
            _ if parts.contains(&Self::Always) => Self::Always,
            [] => Self::Never,
            [one] => one.clone(),
            _ => Self::Any(parts),
        }
    }
}

/// The parts of a list, whose commas may also be in the lists in it.
fn split(list: &str) -> Vec<&str> {
    let mut depth = 0;
    let parts = list.split(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        c == ',' && depth == 0
    });
    parts.filter(|part| !part.trim().is_empty()).collect()
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, name: &str, parts: &[Self]| {
            write!(f, "When::{name}(&[")?;
            parts.iter().try_for_each(|part| write!(f, "{part}, "))?;
            f.write_str("])")
        };
        match self {
            Self::Always => f.write_str("When::All(&[])"),
            Self::Never => f.write_str("When::Any(&[])"),
            Self::Feature(name) => write!(f, "When::Feature({name:?})"),
            Self::Not(part) => write!(f, "When::Not(&{part})"),
            Self::All(parts) => list(f, "All", parts),
            Self::Any(parts) => list(f, "Any", parts),
        }
    }
}
