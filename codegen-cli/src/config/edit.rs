//! Edits of volplane.toml: comments, order and spelling of everything else stay.

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, TomlError, value};
use volplane_edit::newlines::Newlines;

use crate::settings::IdlSettings;

/// Adds an `[[idl]]` behind the others.
///
/// # Errors
/// When `text` is not valid TOML.
pub(crate) fn add_idl(text: &str, idl: &IdlSettings) -> Result<String, TomlError> {
    let newlines = Newlines::of(text);
    let mut document: DocumentMut = newlines.plain(text).parse()?;
    let mut table = Table::new();
    table.insert("path", value(idl.path.as_str()));
    table.insert("service", value(idl.service.as_str()));
    if !idl.include.is_empty() {
        table.insert("include", value(idl.include.iter().collect::<Array>()));
    }
    table.decor_mut().set_prefix("\n");
    let list = document.entry("idl").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    if let Some(list) = list.as_array_of_tables_mut() {
        list.push(table);
    }
    Ok(newlines.restore(document.to_string()))
}

/// Removes the `[[idl]]` with this path, as [`super::Project`] spells it.
///
/// # Errors
/// When `text` is not valid TOML.
pub(crate) fn remove_idl(text: &str, place: usize) -> Result<String, TomlError> {
    let newlines = Newlines::of(text);
    let mut document: DocumentMut = newlines.plain(text).parse()?;
    let Some(list) = document.get_mut("idl").and_then(Item::as_array_of_tables_mut) else { return Ok(text.to_owned()) };
    let Some(table) = list.get(place) else { return Ok(text.to_owned()) };
    // What stands before the first table, and before the paragraph right above another one, is not this table's alone.
    let above = prefix(table);
    let kept = if place == 0 { above.len() } else { above.rfind("\n\n").unwrap_or(0) };
    let kept = above.get(..kept).unwrap_or_default().trim_end().to_owned();
    list.remove(place);
    match list.get_mut(place) {
        _ if kept.is_empty() => {}
        Some(next) => {
            let joined = format!("{kept}\n{}", prefix(next));
            next.decor_mut().set_prefix(joined);
        }
        None => {
            let behind = document.trailing().as_str().unwrap_or_default().to_owned();
            document.set_trailing(format!("{kept}\n{behind}"));
        }
    }
    Ok(newlines.restore(document.to_string()))
}

/// The comments and blank lines above a table.
fn prefix(table: &Table) -> String {
    table.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    const TEXT: &str = "# mine\nmodule = 'a'   # why\n\n[[idl]]\npath = \"idl/a.thrift\"\n# here\nservice = \"a\"\n";

    #[test]
    fn an_idl_comes_and_goes() -> Result<(), TomlError> {
        let idl = IdlSettings { path: "idl/b.thrift".into(), service: "b".into(), include: vec!["idl/c".into()] };
        let added = add_idl(TEXT, &idl)?;
        let lines = "\n[[idl]]\npath = \"idl/b.thrift\"\nservice = \"b\"\ninclude = [\"idl/c\"]\n";
        assert_eq!(added, format!("{TEXT}{lines}"));
        assert_eq!(remove_idl(&added, 1)?, TEXT);
        assert!(remove_idl(&added, 0)?.starts_with("# mine\nmodule = 'a'   # why\n"));
        Ok(())
    }

    #[test]
    fn what_stands_above_an_idl_stays() -> Result<(), TomlError> {
        let text =
            "a = 1\n# b = 2\n\n# All of them.\n[[idl]]\nx = 1\n\n# For everybody.\n\n# The second.\n[[idl]]\nx = 2\n";
        let first = remove_idl(text, 0)?;
        assert_eq!(first, "a = 1\n# b = 2\n\n# All of them.\n\n# For everybody.\n\n# The second.\n[[idl]]\nx = 2\n");
        let second = remove_idl(text, 1)?;
        assert_eq!(second, "a = 1\n# b = 2\n\n# All of them.\n[[idl]]\nx = 1\n\n# For everybody.\n");
        Ok(())
    }

    #[test]
    fn tables_behind_stay_behind() -> Result<(), TomlError> {
        let text = format!("{TEXT}\n[set]\nowner = \"me\"\n");
        let idl = IdlSettings { path: "b.thrift".into(), service: "b".into(), include: vec![] };
        assert!(add_idl(&text, &idl)?.ends_with("\n[set]\nowner = \"me\"\n"));
        Ok(())
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_or_rejected_and_an_added_idl_can_be_removed(text in any_settings()) {
            if let Ok(settings) = super::super::read::settings(&text) {
                let idl = IdlSettings { path: "idl/new.thrift".into(), service: "new".into(), include: vec![] };
                let added = add_idl(&text, &idl).expect("it was read");
                let read = super::super::read::settings(&added).expect("one more is no error");
                prop_assert_eq!(read.idls.last(), Some(&idl));
                let removed = remove_idl(&added, settings.idls.len()).expect("it was read");
                let read = super::super::read::settings(&removed).expect("it was read before");
                prop_assert_eq!(format!("{read:?}"), format!("{settings:?}"));
                let comments = |text: &str| text.lines().filter(|line| line.starts_with('#')).count();
                prop_assert_eq!(comments(&removed), comments(&text));
            }
        }
    }

    /// Lines of settings in any order, good ones and bad ones.
    fn any_settings() -> impl Strategy<Value = String> {
        let lines = [
            "module = \"a\"",
            "# mine",
            "",
            "codegen = \"checked-in\"",
            "transports = [\"stdnet\"]",
            "set = { a = \"b\" }",
            "[set]",
            "owner = \"me\"",
            "[[idl]]",
            "path = \"idl/a.thrift\"",
            "path = \"b.thrift\" # why",
            "service = \"s\"",
            "include = [\"..\"]",
            "include = \"\"",
            "idl = []",
            "[idl]",
            "[[",
            "\u{e9} = 3",
            "runtime = { git = \"x\" }",
        ];
        let known = proptest::collection::vec(select(lines.to_vec()), 0..12).prop_map(|lines| lines.join("\n"));
        let good = known
            .clone()
            .prop_map(|rest| format!("module = \"a\"\n[[idl]]\npath = \"a.thrift\"\nservice = \"a\"\n{rest}"));
        prop_oneof![known, good, any::<String>()]
    }
}
