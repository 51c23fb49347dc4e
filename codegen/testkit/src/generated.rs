//! Generated code, ours and pilota-build's own, and crates that hold it.

use std::path::{Path, PathBuf};

use volplane_build::internal::emit::emit;
use volplane_build::internal::lower::lower;
use volplane_build::internal::model::Model;
use volplane_build::internal::write::CodeOptions;
use volplane_build::internal::{Checked, Disk, MessageFormat, check, render};

/// The model of IDL that has no error.
pub fn model(file: &Path, include_dirs: &[PathBuf]) -> Model {
    let Checked { model, diagnostics, sources } = check(&[file.to_owned()], include_dirs, &Disk);
    model.unwrap_or_else(|| panic!("{}", render(&diagnostics, &sources, MessageFormat::Short, false)))
}

/// Our code, in one file.
pub fn ours(model: &Model, options: &CodeOptions) -> String {
    let dir = tempfile::tempdir().expect("a temporary directory");
    emit(&lower(model, options), dir.path()).expect("generated code").remove(0).text
}

/// What pilota-build makes of the files by itself, in a module `theirs`.
pub fn theirs(files: &[PathBuf]) -> String {
    let dir = tempfile::tempdir().expect("a temporary directory");
    // With the ending `.rs` it would run rustfmt. The name becomes that of the module.
    let out = dir.path().join("theirs.txt");
    let output = pilota_build::Output::File(out.clone());
    pilota_build::Builder::thrift().ignore_unused(false).compile(files, output);
    std::fs::read_to_string(out).expect("pilota-build's code")
}

/// A manifest of a crate of generated code, with more after it. Types alone need nothing but pilota.
pub fn manifest(name: &str, options: &CodeOptions, more: &str) -> String {
    let manifest = std::fs::read_to_string(workspace().join("Cargo.toml")).expect("the workspace's manifest");
    let wanted: &[&str] = if options.types_only { &["pilota = "] } else { &["pilota = ", "volo = ", "volo-thrift = "] };
    let versions = manifest.lines().filter(|line| wanted.iter().any(|wanted| line.starts_with(wanted)));
    let versions = versions.collect::<Vec<_>>().join("\n");
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
         [dependencies]\n{versions}\n\n[workspace]\n\n{more}"
    )
}

/// The repository's root.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace")
}

/// Writes a file unless it is the same already: then cargo need not build again.
pub fn write(path: &Path, bytes: &[u8]) {
    if std::fs::read(path).is_ok_and(|old| old == bytes) {
        return;
    }
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir).expect("a directory");
    }
    std::fs::write(path, bytes).expect("a file of the crate");
}
