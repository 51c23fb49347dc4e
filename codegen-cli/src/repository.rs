//! This repository's generated/ and cmd/ are what the command writes for `idl/echo.thrift`; its handlers aside, nothing
//! there is edited by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use volplane_build::internal::MemorySource;

use crate::embedded;
use crate::plan::NewFile;
use crate::plan::templates::{Flavour, Templates};
use crate::project::{CheckedIdl, Copies, Idl};
use crate::settings::{Codegen, Generated, PackageDir, Runtime, Settings, Transport};

/// Written by hand.
const HANDLERS: &[&str] = &["cmd/src/echo.rs"];

/// Set to anything, it makes the test write the files instead of comparing them. They are no snapshots: they are compiled.
const REGENERATE: &str = "VOLPLANE_REGENERATE";

fn expected() -> Result<Vec<NewFile>, Box<dyn Error>> {
    let path = "idl/echo.thrift";
    let idl = Idl::read_from(&[path.into()], &[], &MemorySource::new().with(path, embedded::file(path)?));
    let model = idl.model.as_ref().ok_or("idl/echo.thrift has mistakes")?;
    let copies = Copies::new(&idl, model)?;
    let settings = Settings {
        module: "volplane".parse()?,
        idls: vec![copies.settings("example".to_owned())],
        package: PackageDir::default(),
        workspace: None,
        features_by_hand: BTreeSet::new(),
        transports: Transport::ALL.to_vec(),
        with: Vec::new(),
        codegen: Codegen::BuildRs,
        runtime: Runtime::Path(".".to_owned()),
        generated: Generated::default(),
        templates: None,
        set: BTreeMap::new(),
    };
    let files = CheckedIdl::new(model, &settings)?.render(&Templates::built_in(Flavour::Demo), &[])?;
    Ok(files.into_iter().filter(|file| is_held(&file.path)).collect())
}

fn is_held(path: &str) -> bool {
    (path.starts_with("cmd/") || path.starts_with("generated/")) && !HANDLERS.contains(&path)
}

fn present(root: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut found = Vec::new();
    let mut waiting: Vec<PathBuf> = ["cmd", "generated"].iter().map(|name| root.join(name)).collect();
    while let Some(dir) = waiting.pop() {
        for entry in fs::read_dir(dir)? {
            let path = entry?.path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                found.push(path.strip_prefix(root)?.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found.retain(|path| is_held(path));
    found.sort();
    Ok(found)
}

#[test]
fn this_repository_is_a_project_of_its_own() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let expected = expected()?;
    if std::env::var_os(REGENERATE).is_some() {
        for file in &expected {
            let path = root.join(&file.path);
            fs::create_dir_all(path.parent().unwrap_or(&root))?;
            if fs::read_to_string(&path).ok().as_deref() != Some(&file.text) {
                fs::write(path, &file.text)?;
            }
        }
        return Ok(());
    }
    let paths: Vec<&str> = expected.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(present(&root)?, paths, "set {REGENERATE}=1 to write what is missing; remove what is too much");
    for file in &expected {
        let text = fs::read_to_string(root.join(&file.path))?;
        assert_eq!(text, file.text, "{} differs: set {REGENERATE}=1 to write it", file.path);
    }
    Ok(())
}

/// The Rust files of a package, by their paths in its folder.
fn sources(package: &str) -> Result<BTreeMap<String, String>, Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(package).join("src");
    let mut found = BTreeMap::new();
    let mut waiting = vec![root.clone()];
    while let Some(dir) = waiting.pop() {
        for entry in fs::read_dir(dir)? {
            let path = entry?.path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root)?.to_string_lossy().replace('\\', "/");
                found.insert(name, fs::read_to_string(&path)?);
            }
        }
    }
    Ok(found)
}

#[test]
fn no_two_types_of_a_package_have_one_name() -> Result<(), Box<dyn Error>> {
    for package in ["codegen-cli", "edit"] {
        let mut types: BTreeMap<String, String> = BTreeMap::new();
        for (path, text) in sources(package)? {
            for line in text.lines().map(str::trim_start) {
                let mut words = line.split([' ', '<', '(', ';', '{', ':']).filter(|word| !word.starts_with("pub"));
                let words = words.by_ref().skip_while(|word| *word == "crate)" || *word == "super)" || word.is_empty());
                let [kind, name] = words.take(2).collect::<Vec<_>>()[..] else { continue };
                if !["struct", "enum", "trait"].contains(&kind) || !name.starts_with(char::is_uppercase) {
                    continue;
                }
                if let Some(other) = types.insert(name.to_owned(), path.clone()) {
                    return Err(format!("{package} has two types {name}: in {other} and in {path}").into());
                }
            }
        }
        assert!(types.len() > 30, "{types:?}");
    }
    Ok(())
}

#[test]
fn layers_of_the_command_stay_apart() -> Result<(), Box<dyn Error>> {
    let all = sources("codegen-cli")?;
    let users = |text: &str| -> Vec<&str> {
        let found = all.iter().filter(|(path, source)| *path != "repository.rs" && source.contains(text));
        found.map(|(path, _)| path.as_str()).collect()
    };
    let outside: Vec<&str> =
        users("commands::").into_iter().filter(|path| *path != "main.rs" && !path.starts_with("commands/")).collect();
    assert_eq!(outside, [""; 0], "only main and the commands themselves use a command");
    assert_eq!(users("set_current_dir"), [""; 0], "the root of a project is passed as a value");
    // A watch goes on after an error.
    assert_eq!(users("printer.error("), ["commands/watch/teller.rs", "main.rs"], "errors are printed in one place");
    Ok(())
}
