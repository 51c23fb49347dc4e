//! How a struct or an exception is read and written.

use std::fmt::Write as _;

/// What is written of one record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    /// Its Rust identifier, as it is written in text.
    pub(crate) ident: String,
    /// Its name in the IDL, for messages.
    pub(crate) name: String,
    /// Its fields, in the order of the IDL.
    pub(crate) fields: Vec<RecordField>,
    /// Whether a value of it can contain another one.
    pub(crate) recursive: bool,
    /// Whether it implements `Default`.
    pub(crate) has_default: bool,
    /// Whether it keeps fields that it does not know, in a last field `_unknown_fields`.
    pub(crate) keep_unknown_fields: bool,
}

/// A field of a record.
#[derive(Clone, Debug, Default)]
pub(crate) struct RecordField {
    /// Its id in messages.
    pub(crate) id: i32,
    /// Its Rust identifier, as it is written in text.
    pub(crate) ident: String,
    /// Its name in the IDL, for messages.
    pub(crate) name: String,
    /// Whether its type is an `Option`.
    pub(crate) presence: Presence,
    /// The expression of its default value, without `Some`.
    pub(crate) default: Option<String>,
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

/// The `impl`s: how it is read and written. `runtime` is the path of the runtime module.
pub(crate) fn impls(record: &Record, runtime: &str) -> String {
    let (out, write) = write(record);
    let body = Body { out, write, read: read(record) };
    frame(runtime, &record.ident, &record.name, record.recursive, &body)
}

/// The statements that read and write a record, a line each.
pub(crate) struct Body {
    /// The name of the writer in `write`.
    pub(crate) out: &'static str,
    pub(crate) write: String,
    pub(crate) read: String,
}

/// `Record` and `message!` around what reads and writes it.
pub(crate) fn frame(runtime: &str, ident: &str, name: &str, recursive: bool, body: &Body) -> String {
    let recursive = if recursive { "    const RECURSIVE: bool = true;\n" } else { "" };
    let Body { out, write, read } = body;
    format!(
        "impl {runtime}::Record for {ident} {{
    const NAME: &'static str = {name:?};
{recursive}
    fn write<W: {runtime}::FieldWriter>(&self, {out}: &mut W) -> {runtime}::Result<(), W::Error> {{
{write}    }}

    fn read<T: ::pilota::thrift::TInputProtocol>(
        fields: &mut {runtime}::Fields<'_, T>,
    ) -> {runtime}::Result<Self> {{
{read}    }}
}}

{runtime}::message!({runtime}, {ident});
"
    )
}

/// The statement that reads a record of which no field is known, with what ends it.
pub(crate) fn read_none(end: &str) -> String {
    format!("        while fields.next()?.is_some() {{\n            fields.skip()?;\n        }}\n        {end}\n")
}

/// The name of the writer, and the statements of `write`.
fn write(record: &Record) -> (&'static str, String) {
    let far = are_far(record.fields.iter().map(|field| field.id));
    let mut calls: Vec<String> = record
        .fields
        .iter()
        .map(|field| {
            let method = match (field.presence, far) {
                (Presence::Required, false) => "field",
                (Presence::Required, true) => "far",
                (Presence::Optional, false) => "optional",
                (Presence::Optional, true) => "far_optional",
            };
            format!("out.{method}({}, &self.{})", field.id, field.ident)
        })
        .collect();
    if record.keep_unknown_fields {
        calls.push("out.unknown(&self._unknown_fields)".to_owned());
    }
    if calls.is_empty() {
        return ("_", "        Ok(())\n".to_owned());
    }
    ("out", format!("        {}\n", calls.join("?;\n        ")))
}

/// Whether ids are so far from each other that pilota's compact writer overflows: it counts from the last one, or from 0.
pub(crate) fn are_far(ids: impl Iterator<Item = i32> + Clone) -> bool {
    let ids = ids.chain([0]);
    ids.clone().max().zip(ids.min()).is_some_and(|(max, min)| max - min > i32::from(i16::MAX))
}

/// The statements of `read`.
fn read(record: &Record) -> String {
    if record.fields.is_empty() && !record.keep_unknown_fields {
        return read_none("Ok(Self {})");
    }
    let all_optional = record.fields.iter().all(|field| field.presence == Presence::Optional);
    if all_optional && record.has_default && !record.keep_unknown_fields {
        let text = read_into(record, |field, _| format!("this.{}", field.ident));
        return format!("        let mut this = Self::default();\n{text}        Ok(this)\n");
    }
    let mut text = locals(record);
    text.push_str(&read_into(record, |_, local| local.to_owned()));
    text.push_str("        Ok(Self {\n");
    for field in &record.fields {
        let local = local(field);
        let value = match (field.presence, &field.default) {
            (Presence::Required, None) => format!("fields.required({local}, {:?})?", field.name),
            (Presence::Required, Some(default)) => {
                format!("{local}.unwrap_or_else(|| {default})")
            }
            (Presence::Optional, None) => local,
            (Presence::Optional, Some(default)) => format!("{local}.or_else(|| Some({default}))"),
        };
        let _ = writeln!(text, "            {}: {value},", field.ident);
    }
    if record.keep_unknown_fields {
        text.push_str("            _unknown_fields: unknown,\n");
    }
    text.push_str("        })\n");
    text
}

/// The declarations of what the fields are read into. A field's own name could be that of a constant.
fn locals(record: &Record) -> String {
    let mut text = String::new();
    match &record.fields[..] {
        fields @ [_, _, ..] if fields.len() <= 6 => {
            let names: Vec<String> = fields.iter().map(|field| format!("mut {}", local(field))).collect();
            let _ = writeln!(text, "        let ({}) = ({});", names.join(", "), vec!["None"; fields.len()].join(", "));
        }
        fields => {
            for field in fields {
                let _ = writeln!(text, "        let mut {} = None;", local(field));
            }
        }
    }
    if record.keep_unknown_fields {
        text.push_str("        let mut unknown = ::pilota::BytesVec::with_capacity(0);\n");
    }
    text
}

fn read_into(record: &Record, place: impl Fn(&RecordField, &str) -> String) -> String {
    let mut text = "        while let Some(field) = fields.next()? {\n            match field {\n".to_owned();
    let (read, unknown) = if record.keep_unknown_fields { ("read_or_keep", ", &mut unknown") } else { ("read", "") };
    for field in &record.fields {
        let place = place(field, &local(field));
        let _ = writeln!(text, "                {} => fields.{read}(&mut {place}{unknown})?,", field.id);
    }
    let other = if record.keep_unknown_fields { "fields.keep(&mut unknown)" } else { "fields.skip()" };
    let _ = writeln!(text, "                _ => {other}?,\n            }}\n        }}");
    text
}

fn local(field: &RecordField) -> String {
    format!("f{}", field.id).replace('-', "_")
}
