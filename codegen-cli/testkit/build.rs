//! Lists the text cases of tests, so that each is a test with a name of its own: a new case is a new file, nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The macros, and the folders whose cases they list, from this package's folder.
const LISTS: &[(&str, &str, &str)] = &[
    ("update_cases", "../tests/all/update/cases", "The cases of `volplane update`, a module for each folder of them."),
    ("handler_cases", "../../edit/tests/all/handlers/cases", "The cases of edited handlers."),
];

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let mut code = String::new();
    for (name, folder, says) in LISTS {
        let folder = root.join(folder).canonicalize()?;
        println!("cargo::rerun-if-changed={}", folder.display());
        let mut tests = String::new();
        write_tests(&folder, "", &mut tests)?;
        writeln!(
            code,
            "/// {says}\n///\n/// Each is a test that calls `$check` with the folder of all cases and the case's path in it, without the ending."
        )?;
        writeln!(code, "#[macro_export]\nmacro_rules! {name} {{\n($check:path) => {{\n{tests}}};\n}}")?;
    }
    Ok(fs::write(PathBuf::from(env::var("OUT_DIR")?).join("cases.rs"), code)?)
}

/// Writes a test for each case of a folder, and a module for each folder in it.
fn write_tests(root: &Path, within: &str, tests: &mut String) -> Result<(), Box<dyn Error>> {
    let (mut cases, mut snapshots, mut folders) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
    for entry in fs::read_dir(root.join(within))? {
        let path = entry?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).ok_or("a case whose name is not UTF-8")?.to_owned();
        let inner = if within.is_empty() { stem.clone() } else { format!("{within}/{stem}") };
        match path.extension().and_then(|extension| extension.to_str()) {
            None if path.is_dir() => drop(folders.insert(stem, inner)),
            Some("case") => drop(cases.insert((stem, inner))),
            Some("snap") => drop(snapshots.insert((stem, inner))),
            _ => {}
        }
    }
    if let Some((_, orphan)) = snapshots.difference(&cases).next() {
        return Err(format!("{}/{orphan}.snap is the snapshot of no case: remove it", root.display()).into());
    }
    for (stem, path) in cases {
        // A case may be called as a keyword.
        writeln!(
            tests,
            "#[test]\nfn r#{stem}() -> ::std::result::Result<(), ::std::boxed::Box<dyn ::std::error::Error>> {{\n    \
             $check({:?}, {path:?})\n}}",
            root.to_str().ok_or("a folder whose name is not UTF-8")?
        )?;
    }
    for (stem, path) in folders {
        writeln!(tests, "mod {stem} {{")?;
        write_tests(root, &path, tests)?;
        writeln!(tests, "}}")?;
    }
    Ok(())
}
