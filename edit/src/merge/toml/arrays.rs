//! Arrays: lists of words without an order, and tables of which each has a name.

use std::collections::BTreeSet;

use toml_edit::{Array, ArrayOfTables, Item, Table};

use super::plain::Plain;
use super::tables::{self, Side};

/// Takes into `yours` what `ours` has put to and taken from `base`. `None` if the same value stands twice somewhere: then
/// the order may matter.
pub(super) fn merge_words(yours: &Array, base: Option<&Array>, ours: &Array) -> Option<Array> {
    let words = |array: &Array| -> Option<Vec<Plain>> {
        let words: Vec<Plain> = array.iter().map(Plain::of_value).collect();
        let is_apart = words.iter().collect::<BTreeSet<_>>().len() == words.len();
        (is_apart && !words.iter().any(|word| matches!(word, Plain::Array(_) | Plain::Table(_)))).then_some(words)
    };
    let (your_words, our_words) = (words(yours)?, words(ours)?);
    let base_words = base.map_or(Some(Vec::new()), words)?;
    let mut out = yours.clone();
    for (place, word) in your_words.iter().enumerate().rev() {
        if base_words.contains(word) && !our_words.contains(word) {
            let gone = out.remove(place);
            if let Some(next) = out.get_mut(place).filter(|_| place == 0) {
                *next.decor_mut() = gone.decor().clone();
            }
        }
    }
    for (value, word) in ours.iter().zip(&our_words) {
        if base_words.contains(word) || your_words.contains(word) {
            continue;
        }
        let last = out.iter().last().and_then(|value| value.decor().prefix()?.as_str()).map(str::to_owned);
        let prefix = match last {
            Some(prefix) if prefix.contains('\n') && !prefix.contains('#') => prefix,
            Some(_) => " ".to_owned(),
            None => String::new(),
        };
        out.push_formatted(value.clone().decorated(prefix, ""));
    }
    Some(out)
}

/// Merges tables by their names, as those of `[[bin]]`. `None` if one has no name or two have one name.
pub(super) fn merge_named(
    target: &mut ArrayOfTables,
    base: Option<&ArrayOfTables>,
    ours: &ArrayOfTables,
    side: Side,
) -> Option<usize> {
    let none = ArrayOfTables::new();
    let base = base.unwrap_or(&none);
    let (your_names, base_names, our_names) = (names(target)?, names(base)?, names(ours)?);
    let find = |tables: &ArrayOfTables, names: &[String], name: &String| {
        let place = names.iter().position(|other| other == name)?;
        tables.get(place).map(|table| Item::Table(table.clone()))
    };
    let mut conflicts = 0;
    let mut gone = Vec::new();
    for (place, name) in your_names.iter().enumerate() {
        let (before, now) = (find(base, &base_names, name), find(ours, &our_names, name));
        let Some(table) = target.get_mut(place) else { continue };
        let yours = Item::Table(table.clone());
        match (before, now) {
            (before, Some(now)) => {
                let mut merged = yours;
                conflicts += tables::merge(&mut merged, before.as_ref().unwrap_or(&Item::None), &now, side);
                if let Item::Table(merged) = merged {
                    *table = merged;
                }
            }
            (Some(before), None) => {
                let is_changed = Plain::of(&before) != Plain::of(&yours);
                conflicts += usize::from(is_changed);
                if !is_changed || side == Side::Ours {
                    gone.push(place);
                }
            }
            (None, None) => {}
        }
    }
    for place in gone.into_iter().rev() {
        target.remove(place);
    }
    for (name, table) in our_names.iter().zip(ours.iter()).filter(|(name, _)| !your_names.contains(name)) {
        match find(base, &base_names, name) {
            None => target.push(unplaced(table.clone())),
            // The user has taken it out.
            Some(before) if Plain::of(&before) == Plain::of(&Item::Table(table.clone())) => {}
            Some(_) => {
                conflicts += 1;
                if side == Side::Ours {
                    target.push(unplaced(table.clone()));
                }
            }
        }
    }
    Some(conflicts)
}

fn names(tables: &ArrayOfTables) -> Option<Vec<String>> {
    let name = |table: &Table| ["name", "path"].iter().find_map(|key| Some(table.get(key)?.as_str()?.to_owned()));
    let names: Vec<String> = tables.iter().map(name).collect::<Option<_>>()?;
    (names.iter().collect::<BTreeSet<_>>().len() == names.len()).then_some(names)
}

/// A table of another document, without its place there.
pub(super) fn unplaced(mut table: Table) -> Table {
    table.set_position(None);
    for (_, item) in table.iter_mut() {
        unplace(item);
    }
    table
}

/// Takes away the places that an item's tables have in another document.
pub(super) fn unplace(item: &mut Item) {
    match item {
        Item::Table(table) => *table = unplaced(std::mem::take(table)),
        Item::ArrayOfTables(tables) => {
            for table in tables.iter_mut() {
                *table = unplaced(std::mem::take(table));
            }
        }
        _ => {}
    }
}
