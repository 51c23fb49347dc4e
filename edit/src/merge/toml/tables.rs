//! Tables, key by key.

use std::collections::BTreeMap;

use toml_edit::{InlineTable, Item, Key, RawString, TableLike, Value};

use super::arrays::{merge_named, merge_words, unplace};
use super::plain::{Plain, is_doubly_sourced};

/// Which side's value a key gets if both have changed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Yours,
    Ours,
}

/// Takes into `target`, a table of the user's, what `ours` has changed of `base`; how many keys both have changed
/// differently.
pub(super) fn merge(target: &mut Item, base: &Item, ours: &Item, side: Side) -> usize {
    let (Some(ours), Some(yours)) = (ours.as_table_like(), target.as_table_like()) else { return 0 };
    let before = base.as_table_like();
    let none = Item::None;
    let in_base = |key: &str| before.and_then(|table| table.get(key)).unwrap_or(&none);
    let mut keys: Vec<String> = ours.iter().map(|(key, _)| key.to_owned()).collect();
    let gone = before.into_iter().flat_map(|table| table.iter()).map(|(key, _)| key.to_owned());
    keys.extend(gone.filter(|key| !ours.contains_key(key)));
    let order = order(yours, ours);

    let mut conflicts = 0;
    for key in &keys {
        let (before, now) = (in_base(key), ours.get(key).unwrap_or(&none));
        let Some(table) = target.as_table_like_mut() else { return conflicts };
        let yours = table.get(key).cloned().unwrap_or_default();
        let [old, mine, new] = [before, &yours, now].map(Plain::of);
        if mine == new || old == new {
            continue;
        }
        if old == mine {
            put(table, key, ours);
            continue;
        }
        match both(&yours, before, now, side) {
            Some((merged, more)) => {
                conflicts += more;
                if let Some(place) = table.get_mut(key) {
                    *place = merged;
                }
            }
            None => {
                conflicts += 1;
                if side == Side::Ours {
                    put(table, key, ours);
                }
            }
        }
        if now.is_none() && table.get(key).is_some_and(is_empty) && !is_empty(&yours) {
            table.remove(key);
        }
    }
    if let Item::Table(table) = target {
        let place = |key: &Key| order.get(key.get()).copied();
        table.sort_values_by(|one, _, other, _| match (place(one), place(other)) {
            (Some(one), Some(other)) => one.cmp(&other),
            _ => std::cmp::Ordering::Equal,
        });
    }
    conflicts
}

/// What both have made of one key, as far as it goes together.
fn both(yours: &Item, before: &Item, now: &Item, side: Side) -> Option<(Item, usize)> {
    if yours.is_none() {
        return None;
    }
    let [old, mine, new] = [before, yours, now].map(Plain::of);
    if let Item::ArrayOfTables(tables) = yours {
        let mut tables = tables.clone();
        let none = toml_edit::ArrayOfTables::new();
        let now = if now.is_none() { &none } else { now.as_array_of_tables()? };
        let conflicts = merge_named(&mut tables, before.as_array_of_tables(), now, side)?;
        return Some((Item::ArrayOfTables(tables), conflicts));
    }
    if let Some(array) = yours.as_array() {
        let merged = merge_words(array, before.as_array(), now.as_array()?)?;
        let mut value = Value::Array(merged);
        *value.decor_mut() = array.decor().clone();
        return Some((Item::Value(value), 0));
    }
    let table = yours.as_table_like()?;
    let is_section = matches!(yours, Item::Table(table) if !table.is_dotted());
    let empty = Item::Table(toml_edit::Table::new());
    let now = if now.is_none() && is_section { &empty } else { now };
    // `name = "1"` says the same as `name = { version = "1" }`.
    let spelled = |item: &Item| match item.as_str() {
        Some(version) if table.contains_key("version") => {
            let table: InlineTable = [("version", Value::from(version))].into_iter().collect();
            Item::Value(table.into())
        }
        _ => item.clone(),
    };
    let (before, now) = (spelled(before), spelled(now));
    now.as_table_like()?;
    if old.is_none() && !is_section {
        // Two that both have added: one of them has to say all that the other does.
        let (mine, new) = (mine?, new?);
        return match (mine.holds(&new), new.holds(&mine)) {
            (true, _) => Some((yours.clone(), 0)),
            (_, true) => Some((now, 0)),
            _ => None,
        };
    }
    let mut merged = yours.clone();
    let conflicts = merge(&mut merged, &before, &now, side);
    let is_odd = |item: &Item| is_doubly_sourced(&Plain::of(item));
    let is_torn = !is_section && is_odd(&merged) && !is_odd(yours);
    (!is_torn).then_some((merged, conflicts))
}

fn is_empty(item: &Item) -> bool {
    item.as_table_like().is_some_and(|table| table.is_empty())
        || item.as_array_of_tables().is_some_and(|all| all.is_empty())
}

/// Gives a key the value that it has in `ours`, or takes it out. The comment before the key stays.
fn put(table: &mut dyn TableLike, key: &str, ours: &dyn TableLike) {
    let Some((written, item)) = ours.get_key_value(key) else {
        table.remove(key);
        return;
    };
    let mut item = item.clone();
    unplace(&mut item);
    let before = table.get(key).and_then(|_| prefix(table, key));
    let is_new = !table.contains_key(key);
    table.insert(key, item);
    if is_new {
        if let Some(mut place) = table.key_mut(key) {
            *place.leaf_decor_mut() = written.leaf_decor().clone();
            *place.dotted_decor_mut() = written.dotted_decor().clone();
        }
    } else if let Some(before) = before {
        set_prefix(table, key, before);
    }
}

/// The comments and empty lines before a key.
fn prefix(table: &dyn TableLike, key: &str) -> Option<RawString> {
    let (written, item) = table.get_key_value(key)?;
    match item {
        Item::Table(inner) if inner.is_dotted() => inner.iter().next().and_then(|(first, _)| prefix(inner, first)),
        _ => written.leaf_decor().prefix().cloned(),
    }
}

fn set_prefix(table: &mut dyn TableLike, key: &str, before: RawString) {
    if let Some(Item::Table(inner)) = table.get_mut(key)
        && inner.is_dotted()
    {
        let first = inner.iter().next().map(|(first, _)| first.to_owned());
        if let Some(first) = first {
            set_prefix(inner, &first, before);
        }
        return;
    }
    if let Some(mut place) = table.key_mut(key) {
        place.leaf_decor_mut().set_prefix(before);
    }
}

/// The places of all keys: the user's as they are, new ones behind what stands before them in `ours`.
fn order(yours: &dyn TableLike, ours: &dyn TableLike) -> BTreeMap<String, usize> {
    let mut keys: Vec<&str> = yours.iter().map(|(key, _)| key).collect();
    let mut last = None;
    for (key, _) in ours.iter() {
        let place = match keys.iter().position(|other| *other == key) {
            Some(place) => place,
            None => {
                let place = last.map_or(keys.len(), |last| last + 1);
                keys.insert(place, key);
                place
            }
        };
        last = Some(place);
    }
    keys.into_iter().enumerate().map(|(place, key)| (key.to_owned(), place)).collect()
}
