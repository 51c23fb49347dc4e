//! Edits of volplane.toml: comments, order and spelling of everything else stay.

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, TomlError, value};

use crate::settings::IdlSettings;

/// Adds an `[[idl]]` behind the others.
///
/// # Errors
/// When `text` is no TOML.
pub(crate) fn add_idl(text: &str, idl: &IdlSettings) -> Result<String, TomlError> {
    let mut document: DocumentMut = text.parse()?;
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
    Ok(document.to_string())
}

/// Removes the `[[idl]]` with this path, as [`super::Project`] spells it.
///
/// # Errors
/// When `text` is no TOML.
pub(crate) fn remove_idl(text: &str, place: usize) -> Result<String, TomlError> {
    let mut document: DocumentMut = text.parse()?;
    if let Some(list) = document.get_mut("idl").and_then(Item::as_array_of_tables_mut)
        && place < list.len()
    {
        list.remove(place);
    }
    Ok(document.to_string())
}

#[cfg(test)]
mod tests {
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
    fn tables_behind_stay_behind() -> Result<(), TomlError> {
        let text = format!("{TEXT}\n[set]\nowner = \"me\"\n");
        let idl = IdlSettings { path: "b.thrift".into(), service: "b".into(), include: vec![] };
        assert!(add_idl(&text, &idl)?.ends_with("\n[set]\nowner = \"me\"\n"));
        Ok(())
    }
}
