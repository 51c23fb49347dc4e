//! Which Rust files of a project are the user's: not those of tools, of other packages, or copies that nothing compiles.

use std::collections::BTreeSet;
use std::path::Path;

use super::DiskError;
use super::packages::Packages;
use crate::config;

/// Adds the Rust files below a folder; `""` is the project itself.
///
/// # Errors
/// When a folder can't be read.
pub(super) fn rust_files(
    root: &Path,
    folder: &str,
    packages: &Packages,
    found: &mut BTreeSet<String>,
) -> Result<(), DiskError> {
    let place = root.join(folder);
    let failed = |source| DiskError { path: place.display().to_string(), source };
    for entry in place.read_dir().map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_dir() {
            if !is_foreign(&path, &name, &entry.path()) && !packages.is_foreign(root, &path) {
                rust_files(root, &path, packages, found)?;
            }
        } else if kind.is_file() && (is_source(&name) || name == "Cargo.toml") {
            found.insert(path);
        }
    }
    Ok(())
}

/// Whether a file is one that cargo or a `mod` can mean. `echo (copy).rs` and `echo.orig.rs` are copies of an editor or a
/// file manager.
fn is_source(name: &str) -> bool {
    let is_word = |stem: &str| !stem.is_empty() && stem.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    name.strip_suffix(".rs").is_some_and(is_word)
}

/// Whether a folder holds no source of this project: hidden, made by a tool, or a project of its own.
fn is_foreign(path: &str, name: &str, place: &Path) -> bool {
    // Below `src` these may be names of modules.
    let is_module = path.split('/').any(|part| part == "src");
    name.starts_with('.')
        || name == "node_modules"
        || (matches!(name, "target" | "vendor") && !is_module)
        || place.join("CACHEDIR.TAG").is_file()
        || place.join(config::FILE).is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_no_sources() {
        for name in ["echo.rs", "a_b.rs", "02-stdnet.rs", "größe.rs"] {
            assert!(is_source(name), "{name}");
        }
        for name in ["echo (copy).rs", "echo copy.rs", "echo.orig.rs", "echo.rs.bak", "echo.rs~", "#echo.rs", ".rs"] {
            assert!(!is_source(name), "{name}");
        }
    }
}
