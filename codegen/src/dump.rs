//! The resolved model as JSON, for other programs.
//!
//! The object has
//! - `version`: 2. It grows when a program that reads this form would misread the new one; keys may be added without.
//! - `roots`: the files that were asked for, as indices into `files`.
//! - `files`: each with `path`, `stem` (what others qualify its names with), `rust_module` (its module below the root of
//!   the generated crate), `comments`, `includes` (`path` as written, `file`, `span` of the quoted path), `namespaces`
//!   (`scope`, `name`, `span`, `annotations`) and `definitions`.
//!
//! Every `span` is a stretch of the file's text: `line`, `column`, `end_line`, `end_column` (from 1, columns in characters),
//! `start`, `end` (bytes from 0); the end is exclusive.
//!
//! Definitions, members of enums, fields, arguments, thrown exceptions and methods have `name`, `rust` (the name in the
//! generated code, with `r#` where Rust needs it), `span` (all of it, without the separator), `name_span`, `doc` (the text of
//! the doc comment, or null), `comments` and `annotations`, a list of `key`, `value`, `key_span`.
//!
//! A comment has `position` (`before` what it belongs to, `behind` it on its last line, or `inside`: between its parts),
//! `doc` (written `/** … */`), `text` without marks, and `span`. Every comment of a file is in one list only. A plain
//! comment with an empty line after it belongs to what it is in, not to what follows.
//!
//! A definition has `rust_path` below the root of the generated crate, too, and by its `kind`:
//! - `typedef`: `type`
//! - `enum`: `members`, with `value` and `value_spelling` (as written: `0x10`; null if it was counted)
//! - `senum`: `values`
//! - `const`: `type`, `value`
//! - `struct`, `union`, `exception`: `fields`
//! - `service`: `extends` (a reference or null), `methods` of its own, with `oneway`, `result` (a type, or null for
//!   void), `arguments` and `throws`, and `all_methods`: those of the services above it first, in the order of the
//!   generated trait. Each of these has `name`, `service` (a reference to where it is defined), `method` (its index in
//!   the `methods` there), `inherited`, `rust`, and `rust_signature`, which a handler writes, as seen from inside the
//!   generated crate. `rust_server`, `rust_client` and `rust_client_builder` are types beside the trait.
//!
//! A field has `id`, `implicit_id` (it was not written), `id_spelling` (as written, or null), `requiredness` (`default`,
//! `required`, `optional`), `type`, `default` (a value or null), `reference` (written with `&`).
//!
//! A type has `kind`, `spelling` (as written: `byte`), `span` and `annotations`: the base types by their IDL names (`byte` is
//! `i8`), `list` and `set` with `element`, `map` with `key` and `value`, `named` with `definition`, a reference. A reference has
//! `file` and `index`, which count from 0, and for reading `name`.
//!
//! A value has `kind`, `span` and `spelling` (as written: `1e3`; null for lists, maps and structs): `bool`, `int`, `double`,
//! `string`, `uuid` with `value`; `enum` with `definition` and the index `member`; `const` with `definition`; `list` with
//! `elements` (sets too); `map` with `entries` of `key` and `value`; `struct` with `definition` and `fields` of the index `field`
//! and `value`. Integers are JSON numbers of up to 64 bits: some JSON readers need an option to keep them exact.

mod comments;
mod lines;
mod shape;
mod values;
mod view;

use crate::model::Model;
use crate::source::Sources;

/// The form of the JSON, see above.
pub const VERSION: u32 = 2;

/// The model as JSON, each definition, field and method on a line of its own. Pure, and the same bytes for the same model.
/// `sources` are the texts that the model was made from. The time is in proportion to the text and to the length of
/// `all_methods`.
///
/// # Errors
/// None that are known: the model has nothing that JSON lacks.
pub fn to_json(model: &Model, sources: &Sources) -> serde_json::Result<String> {
    view::json(model, sources)
}
