//! The program that holds the code of both, and the messages for it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use volplane_build::internal::lower::{Lowered, lower};
use volplane_build::internal::model::{DefId, DefinitionKind, Model};
use volplane_build::internal::rust::keys::definitions;
use volplane_build::internal::rust::layout::RustPaths;
use volplane_build::internal::write::CodeOptions;

use super::random::{Fill, Maker};
use volplane_build_testkit::generated::{self, workspace, write};
use volplane_build_testkit::message::{Value, binary, compact};

/// What pilota-build's own code is made from.
pub enum Theirs {
    /// This file.
    Of(PathBuf),
    /// What is made of the model for pilota-build: its parser stumbles over the file itself, or names differ.
    Lowered,
    /// Nothing: it would not compile.
    None,
}

/// What a message can be used for, as bits.
const EXACT: u8 = 1;
const SORTED: u8 = 2;
const THEY_READ_COMPACT: u8 = 4;

/// A crate below cargo's directory for tests.
pub struct Program {
    dir: PathBuf,
    modules: String,
    checks: Vec<String>,
    messages: Vec<u8>,
    seed: u64,
}

impl Program {
    pub fn new() -> Self {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("differential");
        Self { dir, modules: String::new(), checks: Vec::new(), messages: Vec::new(), seed: 0 }
    }

    /// Adds the code of a model and so many messages of each of its records.
    pub fn add(&mut self, name: &str, model: &Model, theirs: Theirs, count: usize) {
        let lowered = lower(model, &types_only());
        self.module("ours", name, &generated::ours(model, &lowered.options));
        let temporary = tempfile::tempdir().expect("a temporary folder");
        // What is lowered has no defaults.
        let has_defaults = !matches!(theirs, Theirs::Lowered);
        let has_theirs = match &theirs {
            Theirs::Of(file) => Some(vec![file.clone()]),
            Theirs::Lowered => Some(files(&lowered, model, temporary.path())),
            Theirs::None => None,
        };
        if let Some(files) = &has_theirs {
            self.module("theirs", name, &generated::theirs(files));
        }
        let layout = RustPaths::new(model);
        for (id, definition) in definitions(model) {
            let DefinitionKind::Struct(_, fields) = &definition.kind else { continue };
            let path = layout.path(id);
            // A union without an arm has no value.
            if fields.is_empty() && !path.contains("Empty") {
                continue;
            }
            let check = if has_theirs.is_some() {
                format!("pair::<ours_{name}::{path}, theirs_{name}::theirs::{path}>")
            } else {
                format!("ours::<ours_{name}::{path}>")
            };
            self.checks.push(format!("    (\"{name}::{path}\", {check}),\n"));
            self.messages_of(model, id, count, has_defaults);
        }
    }

    /// Builds and runs it; panics with what it says if it fails.
    pub fn run(self) {
        let text = format!(
            "{}\nconst CHECKS: &[(&str, Check)] = &[\n{}];\n\n{}",
            self.modules,
            self.checks.concat(),
            include_str!("program.rs.in")
        );
        write(&self.dir.join("src/main.rs"), text.as_bytes());
        write(&self.dir.join("messages.bin"), &self.messages);
        let options = types_only();
        let manifest = generated::manifest("differential", &options, "[profile.dev]\ndebug = false\n");
        write(&self.dir.join("Cargo.toml"), manifest.as_bytes());
        std::fs::copy(workspace().join("Cargo.lock"), self.dir.join("Cargo.lock")).expect("the workspace's versions");
        let output = Command::new(env!("CARGO"))
            .args(["run", "--quiet", "--offline", "--color=never", "--", "messages.bin"])
            .current_dir(&self.dir)
            // As the other tests that compile generated code, so that its dependencies are built once.
            .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated-target"))
            .env_remove("RUSTFLAGS")
            .output()
            .expect("cargo");
        let (said, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{said}{wrong}");
    }

    fn module(&mut self, whose: &str, name: &str, code: &str) {
        let file = format!("{whose}_{name}.rs");
        write(&self.dir.join("src").join(&file), code.as_bytes());
        // What is compared are bytes: of the types, only some are used, and pilota-build's code has warnings.
        let _ = writeln!(self.modules, "#[allow(warnings)]\nmod {whose}_{name} {{\n    include!(\"{file}\");\n}}");
    }

    fn messages_of(&mut self, model: &Model, id: DefId, count: usize, has_defaults: bool) {
        for number in 0..count {
            let fill = if has_defaults && number % 3 == 0 { Fill::Loose } else { Fill::Exact };
            let mut maker = Maker { model, rng: fastrand::Rng::with_seed(self.seed), fill };
            self.seed += 1;
            let value = maker.record(id, 0);
            let several = |value: &Value| match value {
                Value::Set(_, values) => values.len() > 1,
                Value::Map(_, _, entries) => entries.len() > 1,
                _ => false,
            };
            let mut flags = 0;
            if fill == Fill::Exact {
                flags |= EXACT;
            }
            if !value.any(&several) {
                flags |= SORTED;
            }
            // Otherwise what is written has fields that the value does not have.
            if fill == Fill::Exact && they_read_compact(&value) {
                flags |= THEY_READ_COMPACT;
            }
            self.messages.extend((self.checks.len() as u32 - 1).to_le_bytes());
            self.messages.push(flags);
            let (mut one, mut two, mut three) = (Vec::new(), Vec::new(), Vec::new());
            binary(&value, &mut one);
            compact(&value, false, &mut two);
            compact(&value, true, &mut three);
            for bytes in [one, two, three] {
                self.messages.extend((bytes.len() as u32).to_le_bytes());
                self.messages.extend(bytes);
            }
        }
    }
}

/// Services are not compared.
fn types_only() -> CodeOptions {
    CodeOptions { types_only: true, ..CodeOptions::default() }
}

/// Whether pilota-build's own code reads the value from compact encoding. It panics on a field that is a bool, and after
/// a nested struct it takes the id of the next field from the wrong one.
fn they_read_compact(value: &Value) -> bool {
    let Value::Struct(fields) = value else { return true };
    let is_struct = |value: &Value| matches!(value, Value::Struct(_));
    fields.iter().all(|(_, value)| !matches!(value, Value::Bool(_)) && !value.any(&is_struct))
}

/// Writes the files for pilota-build, with the members of the enums, which it otherwise need not know.
fn files(lowered: &Lowered, model: &Model, dir: &Path) -> Vec<PathBuf> {
    let dir = dir.join("lowered");
    std::fs::create_dir_all(&dir).expect("a folder for the IDL");
    let layout = RustPaths::new(model);
    let mut paths = Vec::new();
    for file in &lowered.files {
        let mut text = file.text.clone();
        for (id, definition) in definitions(model) {
            if let DefinitionKind::Enum(members) = &definition.kind {
                let numbers: std::collections::BTreeSet<i32> = members.iter().map(|member| member.value).collect();
                let members: String =
                    numbers.iter().enumerate().map(|(index, number)| format!("M{index} = {number}, ")).collect();
                let head = format!("enum {} {{", layout.name(id));
                text = text.replace(&format!("{head}}}"), &format!("{head} {members}}}"));
            }
        }
        let path = dir.join(&file.name);
        write(&path, text.as_bytes());
        paths.push(path);
    }
    paths
}
