//! Tests of the repository itself: generated/ and cmd/ are what the command writes for `idl/echo.thrift`, except for the
//! handlers; the docs agree with each other, and name files that exist.

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

/// Files in cmd/ that are edited.
const HANDLERS: &[&str] = &["cmd/src/echo.rs"];

/// Set to anything, it makes the test write the files instead of comparing them. They are no snapshots: they are compiled.
const REGENERATE: &str = "VOLPLANE_REGENERATE";

fn expected() -> Result<Vec<NewFile>, Box<dyn Error>> {
    let path = "idl/echo.thrift";
    let idl = Idl::read_from(&[path.into()], &[], &MemorySource::new().with(path, embedded::file(path)?));
    let model = idl.model.as_ref().ok_or("idl/echo.thrift has errors")?;
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
    assert_eq!(present(&root)?, paths, "set {REGENERATE}=1 to write missing files; remove the others");
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
    assert_eq!(users("printer.error("), ["commands/watch/reporter.rs", "main.rs"], "errors are printed in one place");
    Ok(())
}

/// A page of the docs, with each paragraph on one line.
fn page(name: &str) -> Result<String, Box<dyn Error>> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name))?;
    Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn the_docs_agree_on_deleted_and_edited_files() -> Result<(), Box<dyn Error>> {
    let facts = [
        "Programs, tests, manifests and other files of yours that you delete stay deleted; `generated/` and `runtime/` come back.",
        "conflict markers",
        "exit code",
        "kept and reported",
        "volplane update --rename Echo=Parrot",
    ];
    for name in ["README.md", "docs/keeping.md"] {
        let text = page(name)?;
        for fact in facts {
            let fact = fact.strip_prefix("volplane ").unwrap_or(fact);
            assert!(text.contains(fact), "{name} lacks: {fact}");
        }
        let runtime: Vec<&str> =
            text.split("| `runtime/` | ").skip(1).filter_map(|row| row.split(" |").nth(1)).collect();
        assert_eq!(runtime, [" kept and reported"], "the row of runtime/ in {name}");
    }
    Ok(())
}

#[test]
fn architecture_names_files_that_exist() -> Result<(), Box<dyn Error>> {
    const PARENTS: [&str; 9] = [
        "",
        "codegen",
        "codegen/src",
        "codegen-cli",
        "codegen-cli/src",
        "edit/src",
        "transport",
        "transport/src",
        "transport/tests/all",
    ];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let exists = |path: &str| {
        PARENTS
            .iter()
            .map(|parent| root.join(parent).join(path))
            .any(|path| path.exists() || path.with_extension("rs").exists())
    };
    let text = page("ARCHITECTURE.md")?;
    let is_path = |word: &&str| {
        let is_file = [".rs", ".md", ".toml", ".in", ".j2", ".thrift"].iter().any(|end| word.ends_with(end));
        (word.contains('/') || is_file)
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte))
    };
    // What projects have, not this repository.
    let of_projects = ["volplane.toml", ".volplane/lock", "main.rs"];
    let named: Vec<&str> =
        text.split('`').skip(1).step_by(2).filter(is_path).filter(|path| !of_projects.contains(path)).collect();
    assert!(named.len() > 40, "{named:?}");
    let missing: Vec<&str> = named.into_iter().filter(|path| !exists(path)).collect();
    assert_eq!(missing, [""; 0], "ARCHITECTURE.md names files that do not exist");
    Ok(())
}
