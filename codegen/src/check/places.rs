//! Where the fields of a record and the members of an enum are, by name and by number. A constant may name thousands.

use crate::model::{DefId, EnumValue, Field};
use std::borrow::Borrow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::Hash;

/// The tables of the records and enums that values have named so far.
#[derive(Default)]
pub(super) struct Places<'a> {
    names: Tables<&'a str>,
    numbers: Tables<i64>,
}

/// A table for each definition.
type Tables<K> = RefCell<HashMap<DefId, HashMap<K, u32>>>;

impl<'a> Places<'a> {
    /// The first field of this name.
    pub(super) fn field(&self, id: DefId, fields: &'a [Field], name: &str) -> Option<u32> {
        find(&self.names, id, fields.iter().map(|field| field.name.text.as_str()), name)
    }

    /// The first member of this name.
    pub(super) fn member(&self, id: DefId, members: &'a [EnumValue], name: &str) -> Option<u32> {
        find(&self.names, id, members.iter().map(|member| member.name.text.as_str()), name)
    }

    /// The first member with this number.
    pub(super) fn numbered(&self, id: DefId, members: &[EnumValue], number: i64) -> Option<u32> {
        find(&self.numbers, id, members.iter().map(|member| i64::from(member.value)), &number)
    }
}

fn find<K, Q>(tables: &Tables<K>, id: DefId, keys: impl Iterator<Item = K>, wanted: &Q) -> Option<u32>
where
    K: Eq + Hash + Borrow<Q>,
    Q: Eq + Hash + ?Sized,
{
    let mut tables = tables.borrow_mut();
    let table = tables.entry(id).or_insert_with(|| {
        let mut table = HashMap::new();
        for (place, key) in (0..).zip(keys) {
            table.entry(key).or_insert(place);
        }
        table
    });
    table.get(wanted).copied()
}
