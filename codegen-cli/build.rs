//! Puts into the command what a scaffolded project is made of: the templates, the runtime's sources, and the versions
//! that this workspace was tested with. The command then works without this repository.

mod build {
    pub(crate) mod condition;
    pub(crate) mod sources;
}

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// What is embedded, relative to the workspace: files, and folders with everything in them.
const EMBEDDED: &[&str] = &[
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "codegen/Cargo.toml",
    "idl/echo.thrift",
    "rustfmt.toml",
    "templates",
    "transport/Cargo.toml",
];

/// The crates that projects get copies of.
const VENDORED: &[&str] = &["codegen", "transport"];

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("..").canonicalize()?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut files = Vec::new();
    for path in EMBEDDED {
        println!("cargo::rerun-if-changed={}", root.join(path).display());
        collect(&root.join(path), &mut files)?;
    }
    files.sort();

    let mut code = String::from("&[\n");
    for file in &files {
        let name = file.strip_prefix(&root)?.to_str().ok_or("a path that is not UTF-8")?.replace('\\', "/");
        let path = file.to_str().ok_or("a path that is not UTF-8")?;
        writeln!(code, "    ({name:?}, include_str!({path:?})),")?;
    }
    code.push_str("]\n");
    fs::write(out.join("embedded.rs"), code)?;

    let mut code = String::from("&[\n");
    for folder in VENDORED {
        println!("cargo::rerun-if-changed={}", root.join(folder).join("src").display());
        for (path, source) in build::sources::of(&root, folder)? {
            let full = root.join(&path);
            let full = full.to_str().ok_or("a path that is not UTF-8")?;
            writeln!(
                code,
                "    Source {{ path: {path:?}, text: include_str!({full:?}), when: {}, cuts: &[{}] }},",
                source.when,
                source.cuts.join(", ")
            )?;
        }
    }
    code.push_str("]\n");
    fs::write(out.join("vendored.rs"), code)?;

    let manifest = fs::read_to_string(root.join("Cargo.toml"))?;
    let version = manifest
        .lines()
        .find_map(|line| line.strip_prefix("volo-thrift = \"")?.strip_suffix('"'))
        .map(|requirement| requirement.trim_start_matches('='))
        .ok_or("Cargo.toml names no version of volo-thrift")?;
    println!("cargo::rustc-env=VOLO_THRIFT_VERSION={version}");
    Ok(())
}

/// Adds `path`, or every file in it.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let entries = fs::read_dir(path)?.collect::<Result<Vec<_>, _>>()?;
    entries.iter().map(fs::DirEntry::path).collect::<BTreeSet<_>>().iter().try_for_each(|path| collect(path, files))
}
