//! The resolved model as JSON, for other people's programs.
//!
//! The object has
//! - `version`: 1. It grows when a program that reads this form would misread the new one; keys may be added without.
//! - `roots`: the files that were asked for, as indices into `files`.
//! - `files`: each with `path`, `stem` (what others qualify its names with), `includes` (`path` as written, `file`),
//!   `namespaces` (`scope`, `name`, `annotations`) and `definitions`.
//!
//! A definition has `name`, `line` and `column` (from 1), `doc` (text or null), `annotations` (a list of `key`,
//! `value`) and by its `kind`:
//! - `typedef`: `type`
//! - `enum`: `members`, each `name`, `value`, `doc`, `annotations`
//! - `senum`: `values`
//! - `const`: `type`, `value`
//! - `struct`, `union`, `exception`: `fields`
//! - `service`: `extends` (a reference or null) and `methods`, each `name`, `oneway`, `result` (a type, or null for
//!   void), `arguments`, `throws`, `doc`, `annotations`
//!
//! A field has `id`, `implicit_id` (it was not written), `name`, `requiredness` (`default`, `required`, `optional`),
//! `type`, `default` (a value or null), `reference` (written with `&`), `doc`, `annotations`.
//!
//! A type has `kind` and `annotations`: the base types by their IDL names (`byte` is `i8`), `list` and `set` with
//! `element`, `map` with `key` and `value`, `named` with `definition`, a reference. A reference has `file` and
//! `index`, which count from 0, and for reading `name`.
//!
//! A value has `kind`: `bool`, `int`, `double`, `string`, `uuid` with `value`; `enum` with `definition` and the index
//! `member`; `const` with `definition`; `list` with `elements` (sets too); `map` with `entries` of `key` and `value`;
//! `struct` with `definition` and `fields` of the index `field` and `value`. Integers are JSON numbers of up to 64
//! bits: some readers have to be told to keep them exact.

mod shape;

use crate::model::Model;
use crate::source::Sources;

/// The form of the JSON, see above.
pub const VERSION: u32 = 1;

/// The model as indented JSON, with a line break at the end. Pure, and the same bytes for the same model.
///
/// # Errors
/// None that are known: the model has nothing that JSON lacks.
pub fn to_json(model: &Model, sources: &Sources) -> serde_json::Result<String> {
    let mut text = serde_json::to_string_pretty(&shape::Dump::new(model, sources))?;
    text.push('\n');
    Ok(text)
}
