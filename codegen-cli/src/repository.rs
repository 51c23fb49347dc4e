//! This repository's generated/ and cmd/ are what the command writes for `idl/echo.thrift`; its handlers aside, nothing
//! there is edited by hand.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use volplane_build::Memory;

use crate::embedded;
use crate::plan::NewFile;
use crate::plan::templates::{Flavour, Templates};
use crate::project::{self, Copies, Idl};
use crate::settings::{Codegen, Generated, PackageDir, Runtime, Settings, Transport};

/// Written by hand.
const HANDLERS: &[&str] = &["cmd/src/echo.rs"];

/// Set to anything, it makes the test write the files instead of comparing them.
const WRITE: &str = "VOLPLANE_WRITE";

fn expected() -> Result<Vec<NewFile>, Box<dyn Error>> {
    let path = "idl/echo.thrift";
    let idl = Idl::read_from(&[path.into()], &[], &Memory::new().with(path, embedded::file(path)?));
    let meaning = idl.meaning.as_ref().ok_or("idl/echo.thrift has mistakes")?;
    let copies = Copies::new(&idl, meaning)?;
    let settings = Settings {
        module: "volplane".parse()?,
        idls: vec![copies.settings("example".to_owned())],
        package: PackageDir::default(),
        transports: Transport::ALL.to_vec(),
        with: Vec::new(),
        codegen: Codegen::BuildRs,
        runtime: Runtime::Path(".".to_owned()),
        generated: Generated::default(),
        templates: None,
        set: BTreeMap::new(),
    };
    let files = project::render(meaning, &settings, &Templates::built_in(Flavour::Demo))?;
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
    if std::env::var_os(WRITE).is_some() {
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
    assert_eq!(present(&root)?, paths, "set {WRITE}=1 to write what is missing; remove what is too much");
    for file in &expected {
        let text = fs::read_to_string(root.join(&file.path))?;
        assert_eq!(text, file.text, "{} differs: set {WRITE}=1 to write it", file.path);
    }
    Ok(())
}
