//! Reads a lock file in the form in which cargo writes it, line by line: every run reads it, and a parser of all TOML takes
//! a large part of a run.

use super::CargoLockError;

/// A package of the lock file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LockedPackage<'a> {
    pub(super) name: &'a str,
    pub(super) version: &'a str,
    pub(super) source: Option<&'a str>,
    pub(super) checksum: Option<&'a str>,
    /// Names, with versions where a name alone is not enough.
    pub(super) dependencies: Vec<&'a str>,
}

/// The packages, in the order of the file.
///
/// # Errors
/// When a line is in another form.
pub(super) fn packages(text: &str) -> Result<Vec<LockedPackage<'_>>, CargoLockError> {
    let mut packages: Vec<LockedPackage<'_>> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        take(line, &mut packages).ok_or(CargoLockError::Form { line: number + 1 })?;
    }
    Ok(packages)
}

fn take<'a>(line: &'a str, packages: &mut Vec<LockedPackage<'a>>) -> Option<()> {
    let quoted = |text: &'a str| text.strip_prefix('"')?.strip_suffix('"');
    if line == "[[package]]" {
        packages.push(LockedPackage::default());
        return Some(());
    }
    // The version of the form itself goes before the first package.
    let is_between = |line: &str| line.is_empty() || line == "]" || line == "dependencies = [" || line.starts_with('#');
    let Some(package) = packages.last_mut() else {
        return (is_between(line) || line.starts_with("version = ")).then_some(());
    };
    if is_between(line) {
        return Some(());
    }
    if let Some(dependency) = line.strip_prefix(' ') {
        package.dependencies.push(quoted(dependency.strip_suffix(',')?)?);
        return Some(());
    }
    let (key, value) = line.split_once(" = ")?;
    let value = quoted(value)?;
    match key {
        "name" => package.name = value,
        "version" => package.version = value,
        "source" => package.source = Some(value),
        "checksum" => package.checksum = Some(value),
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded;

    #[test]
    fn it_reads_what_a_parser_of_toml_reads() -> Result<(), Box<dyn std::error::Error>> {
        let text = embedded::file("Cargo.lock")?;
        let document: toml_edit::DocumentMut = text.parse()?;
        let tables = document["package"].as_array_of_tables().ok_or("no packages")?;
        let packages = packages(text)?;
        assert!(packages.len() > 100 && packages.len() == tables.len());
        for (package, table) in packages.iter().zip(tables) {
            let text = |key: &str| table.get(key).and_then(toml_edit::Item::as_str);
            let dependencies = table.get("dependencies").and_then(toml_edit::Item::as_array);
            let read = LockedPackage {
                name: text("name").unwrap_or_default(),
                version: text("version").unwrap_or_default(),
                source: text("source"),
                checksum: text("checksum"),
                dependencies: dependencies.into_iter().flatten().filter_map(toml_edit::Value::as_str).collect(),
            };
            assert_eq!(*package, read);
        }
        Ok(())
    }

    #[test]
    fn another_form_is_refused_with_its_line() {
        for text in ["\nx", "[[package]]\nname = 1", "[[package]]\n \"a\"", "[metadata]", "[[package]]\nnamed = \"a\""]
        {
            let line = text.lines().count();
            assert!(matches!(packages(text), Err(CargoLockError::Form { line: found }) if found == line), "{text:?}");
        }
    }
}
