//! A crate made of generated code, checked by cargo. All tests share one target directory, so that volo is built once.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use volplane_build::internal::lower::lower;
use volplane_build::internal::model::Model;
use volplane_build::internal::rust::{Api, ServiceApi};
use volplane_build::internal::write::CodeOptions;
use volplane_build::internal::{Checked, Disk, MessageFormat, Severity, check, emit, render};
use volplane_build_testkit::generated::{workspace, write};

/// The model of IDL that has no error.
pub(crate) fn model(files: &[PathBuf], include_dirs: &[PathBuf]) -> Model {
    let Checked { model, mut diagnostics, sources } = check(files, include_dirs, &Disk);
    diagnostics.retain(|diagnostic| diagnostic.severity() == Severity::Error);
    model.unwrap_or_else(|| panic!("{}", render(&diagnostics, &sources, MessageFormat::Short, false)))
}

/// An IDL file of these tests.
pub(crate) fn idl(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emit/idl").join(name)
}

/// The generated code of a model, in one file.
pub(crate) fn code(model: &Model) -> String {
    let mut files = files(model, &CodeOptions::default());
    assert_eq!(files.len(), 1);
    files.remove(0).text
}

/// The files of the generated code of a model.
pub(crate) fn files(model: &Model, options: &CodeOptions) -> Vec<emit::GeneratedFile> {
    let dir = tempfile::tempdir().expect("a temporary folder");
    emit::emit(&lower(model, options), dir.path()).expect("generated code")
}

/// A workspace below cargo's directory for tests, with a crate for each model.
pub(crate) struct Project {
    dir: PathBuf,
    edition: &'static str,
}

impl Project {
    /// A workspace without a crate; what an earlier run left is thrown away, unless it stays as it is.
    pub(crate) fn new(name: &str) -> Project {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&dir).expect("a folder for the workspace");
        for entry in std::fs::read_dir(&dir).expect("the folder").flatten() {
            // Sources that stay the same keep their time, and cargo its work.
            let _ = std::fs::remove_file(entry.path().join("Cargo.toml"));
        }
        let manifest = format!(
            "[workspace]\nresolver = \"3\"\nmembers = [\"*\"]\nexclude = [\"target\"]\n\n[workspace.dependencies]\n{}\n\n\
             [profile.dev]\ndebug = false\n",
            versions()
        );
        write(&dir.join("Cargo.toml"), manifest.as_bytes());
        std::fs::copy(workspace().join("Cargo.lock"), dir.join("Cargo.lock")).expect("the workspace's versions");
        Project { dir, edition: "2024" }
    }

    /// The same workspace for crates of another edition of Rust.
    pub(crate) fn with_edition(&self, edition: &'static str) -> Project {
        Project { dir: self.dir.clone(), edition }
    }

    /// The manifest of a crate.
    fn manifest(&self, name: &str) -> String {
        include_str!("Cargo.toml.in").replace("NAME", name).replace("EDITION", self.edition)
    }

    /// Adds a crate with generated code and a handler for each of its services.
    pub(crate) fn add(&self, name: &str, model: &Model) {
        self.add_with(name, model, &CodeOptions::default());
    }

    /// The same for a crate whose code is made with these options.
    pub(crate) fn add_with(&self, name: &str, model: &Model, options: &CodeOptions) {
        let dir = self.dir.join(name);
        std::fs::create_dir_all(dir.join("src")).expect("a folder for the crate");
        write(&dir.join("Cargo.toml"), self.manifest(name).as_bytes());
        for file in files(model, options) {
            write(&dir.join("src").join(file.path), file.text.as_bytes());
        }
        let api = Api::new(model, "crate");
        let handlers: String = api.services.iter().map(handler).collect();
        let root = "//! Generated code, as a user's crate holds it.\n#![deny(warnings, missing_docs, unreachable_pub)]\n#![forbid(unsafe_code)]\n\n\
                    include!(\"volplane_gen.rs\");\n\n#[allow(deprecated, unreachable_pub, reason = \"handlers are for the test alone\")]\nmod handlers;\n";
        write(&dir.join("src/lib.rs"), root.as_bytes());
        write(&dir.join("src/handlers.rs"), handlers.as_bytes());
    }

    /// Adds a program that includes generated code.
    pub(crate) fn add_program(&self, name: &str, model: &Model, options: &CodeOptions, text: &str) {
        let dir = self.dir.join(name);
        std::fs::create_dir_all(dir.join("src")).expect("a folder for the crate");
        let tokio = "tokio = { workspace = true, features = [\"macros\", \"net\", \"rt\", \"time\"] }\n";
        write(&dir.join("Cargo.toml"), (self.manifest(name) + tokio).as_bytes());
        for file in files(model, options) {
            write(&dir.join("src").join(file.path), file.text.as_bytes());
        }
        write(&dir.join("src/main.rs"), text.as_bytes());
    }

    /// Adds a crate with generated types, and tests of them.
    pub(crate) fn add_tests(&self, name: &str, model: &Model, options: &CodeOptions, tests: &str) {
        let dir = self.dir.join(name);
        std::fs::create_dir_all(dir.join("src")).expect("a folder for the crate");
        let manifest = self.manifest(name);
        // Types need pilota alone.
        let manifest: String =
            manifest.lines().filter(|line| !line.starts_with("volo")).map(|line| format!("{line}\n")).collect();
        let features: String =
            options.serde_feature.iter().map(|feature| format!("\n[features]\n{feature} = []\n")).collect();
        write(&dir.join("Cargo.toml"), (manifest + &features).as_bytes());
        for file in files(model, options) {
            write(&dir.join("src").join(file.path), file.text.as_bytes());
        }
        let root = format!(
            "#![deny(warnings)]\n\ninclude!({:?});\n\n#[cfg(test)]\nmod messages;\n#[cfg(test)]\nmod tests;\n",
            volplane_build::OUTPUT
        );
        write(&dir.join("src/lib.rs"), root.as_bytes());
        write(&dir.join("src/messages.rs"), include_bytes!("data/messages.rs"));
        write(&dir.join("src/tests.rs"), tests.as_bytes());
    }

    /// Runs cargo on all of it and panics with what it says if it fails.
    pub(crate) fn cargo(&self, arguments: &[&str]) {
        self.run(&[arguments, &["--workspace"]].concat());
    }

    /// Builds and runs a program.
    pub(crate) fn run_program(&self, name: &str) {
        self.run(&["run", "--package", name]);
    }

    fn run(&self, arguments: &[&str]) {
        for entry in std::fs::read_dir(&self.dir).expect("the folder").flatten() {
            // A crate of an earlier run that was not added again.
            if entry.path().is_dir() && !entry.path().join("Cargo.toml").exists() {
                let _ = std::fs::remove_dir_all(entry.path());
            }
        }
        let output = Command::new(env!("CARGO"))
            .args(arguments)
            .args(["--quiet", "--offline", "--color=never"])
            .current_dir(&self.dir)
            .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated-target"))
            .env_remove("RUSTFLAGS")
            .output()
            .expect("cargo");
        let said = [output.stdout, output.stderr].concat();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
    }
}

/// A handler, what serves it, and a call of each method of the client.
fn handler(service: &ServiceApi) -> String {
    let mut text =
        format!("pub struct {0}Handler;\n\nimpl {1}::{0} for {0}Handler {{\n", service.ident, service.module);
    for method in &service.methods {
        let unused: String = method.arguments.iter().map(|argument| format!("let _ = {};", argument.ident)).collect();
        let _ = writeln!(text, "    {} {{ {unused} unimplemented!() }}", method.signature);
    }
    let _ = writeln!(text, "}}\n");
    let (module, ident) = (&service.module, &service.ident);
    let _ = writeln!(
        text,
        "#[allow(dead_code, reason = \"it is only compiled\")]\nfn {}_is_served() {{\n    let _ = {module}::{}::from_handler({ident}Handler);\n    let _ = \
         {module}::{}::new(\"x\");\n    let _ = std::mem::size_of::<{module}::{}>();\n}}\n",
        service.snake, service.server, service.client_builder, service.request,
    );
    for (index, method) in service.methods.iter().enumerate() {
        let parameters: String =
            method.arguments.iter().map(|argument| format!(", {}: {}", argument.ident, argument.ty)).collect();
        let values: Vec<&str> = method.arguments.iter().map(|argument| argument.ident.as_str()).collect();
        let values = values.join(", ");
        let _ = writeln!(
            text,
            "#[allow(dead_code, reason = \"it is only compiled\")]\nasync fn {0}_is_called_{index}(volplane_client: {module}::{1}{parameters}) {{\n    \
             let _ = volplane_client.{2}({values}).await;\n}}\n",
            service.snake, service.client, method.ident,
        );
    }
    text
}

/// The workspace's own requirements on what generated code needs.
fn versions() -> String {
    let manifest = std::fs::read_to_string(workspace().join("Cargo.toml")).expect("the workspace's manifest");
    let wanted = ["pilota = ", "tokio = ", "volo = ", "volo-thrift = "];
    manifest.lines().filter(|line| wanted.iter().any(|wanted| line.starts_with(wanted))).collect::<Vec<_>>().join("\n")
}
