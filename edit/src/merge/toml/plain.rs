//! What TOML says, whatever it looks like.

use std::collections::BTreeMap;

use toml_edit::{Item, Value};

/// A value without its spelling, comments and order of keys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Plain {
    Table(BTreeMap<String, Plain>),
    Array(Vec<Plain>),
    Text(String),
    /// Numbers, dates and the like.
    Other(String),
}

impl Plain {
    /// What an item says; nothing says nothing.
    pub(super) fn of(item: &Item) -> Option<Self> {
        if let Some(table) = item.as_table_like() {
            let entry = |(key, item): (&str, &Item)| Some((key.to_owned(), Self::of(item)?));
            return Some(Self::Table(table.iter().filter_map(entry).collect()));
        }
        match item {
            Item::Value(value) => Some(Self::of_value(value)),
            Item::ArrayOfTables(tables) => {
                let table = |table: &toml_edit::Table| Self::of(&Item::Table(table.clone()));
                Some(Self::Array(tables.iter().filter_map(table).collect()))
            }
            Item::None | Item::Table(_) => None,
        }
    }

    pub(super) fn of_value(value: &Value) -> Self {
        match value {
            Value::String(text) => Self::Text(text.value().clone()),
            Value::Integer(number) => Self::Other(number.value().to_string()),
            Value::Float(number) => Self::Other(format!("float {}", number.value())),
            Value::Boolean(truth) => Self::Other(truth.value().to_string()),
            Value::Datetime(time) => Self::Other(format!("time {}", time.value())),
            Value::Array(array) => Self::Array(array.iter().map(Self::of_value).collect()),
            Value::InlineTable(table) => {
                let entry = |(key, value): (&str, &Value)| (key.to_owned(), Self::of_value(value));
                Self::Table(table.iter().map(entry).collect())
            }
        }
    }

    /// Whether this table says all that another one does.
    pub(super) fn holds(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Table(all), Self::Table(some)) => some.iter().all(|(key, value)| all.get(key) == Some(value)),
            _ => self == other,
        }
    }
}

/// Whether cargo is told to take a dependency from the workspace and from elsewhere, too.
pub(super) fn is_doubly_sourced(item: &Option<Plain>) -> bool {
    let Some(Plain::Table(table)) = item else { return false };
    let elsewhere = ["version", "path", "git", "registry"];
    let here = table.get("workspace") == Some(&Plain::Other("true".to_owned()));
    (here && elsewhere.iter().any(|key| table.contains_key(*key)))
        || table.values().any(|value| is_doubly_sourced(&Some(value.clone())))
}
