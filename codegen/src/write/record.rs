//! The text of one record: of a struct or an exception, or of the arguments or the result of a method.

use std::fmt::Write as _;

use crate::write::doc;

/// What is written of one record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    /// Its Rust identifier, as it stands in text.
    pub(crate) ident: String,
    /// Its name in the IDL, for messages.
    pub(crate) name: String,
    /// Its doc comment.
    pub(crate) doc: Option<String>,
    /// More attributes of its definition, a line each: `#[derive(Clone, Debug)]`.
    pub(crate) attributes: Vec<String>,
    /// Its fields, in the order of the IDL.
    pub(crate) fields: Vec<RecordField>,
    /// Whether a value of it can contain another one.
    pub(crate) recursive: bool,
    /// Whether it keeps fields that it does not know, in a last field `_unknown_fields`.
    pub(crate) keep_unknown_fields: bool,
}

/// A field of a record.
#[derive(Clone, Debug, Default)]
pub(crate) struct RecordField {
    /// Its id in messages.
    pub(crate) id: i32,
    /// Its Rust identifier, as it stands in text.
    pub(crate) ident: String,
    /// Its name in the IDL, for messages.
    pub(crate) name: String,
    /// The Rust type of its value, without `Option` and without `Box`.
    pub(crate) ty: String,
    /// Whether its type is an `Option`.
    pub(crate) presence: Presence,
    /// The expression of its default value, a `ty` or a `Box` of it.
    pub(crate) default: Option<String>,
    /// Whether it is in a `Box`, because it leads back to the record.
    pub(crate) boxed: bool,
    /// Its doc comment.
    pub(crate) doc: Option<String>,
    /// More attributes of it, a line each.
    pub(crate) attributes: Vec<String>,
}

/// Whether a field has to be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Presence {
    /// It has to, unless it has a default value: without it, reading is an error.
    Required,
    /// It is an `Option`, left out of messages where it is `None`.
    #[default]
    Optional,
}

/// The definition: `pub struct Inner { .. }` with its doc comment and attributes.
pub(crate) fn definition(record: &Record) -> String {
    let mut text = doc::lines(record.doc.as_deref(), "");
    for attribute in &record.attributes {
        let _ = writeln!(text, "{attribute}");
    }
    let _ = writeln!(text, "pub struct {} {{", record.ident);
    for field in &record.fields {
        text.push_str(&doc::lines(field.doc.as_deref(), "    "));
        for attribute in &field.attributes {
            let _ = writeln!(text, "    {attribute}");
        }
        let mut ty = field.ty.clone();
        if field.boxed {
            ty = format!("::std::boxed::Box<{ty}>");
        }
        if field.presence == Presence::Optional {
            ty = format!("::std::option::Option<{ty}>");
        }
        let _ = writeln!(text, "    pub {}: {ty},", field.ident);
    }
    if record.keep_unknown_fields {
        text.push_str(
            "    /// Fields of a message that the IDL does not have.\n    pub _unknown_fields: ::pilota::BytesVec,\n",
        );
    }
    text.push_str("}\n");
    text
}

/// The `impl`s: how it is read and written. `runtime` is the path of the runtime module.
pub(crate) fn impls(record: &Record, runtime: &str) -> String {
    let _ = (record, runtime);
    String::new()
}
