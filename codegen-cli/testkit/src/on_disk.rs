//! A project on the disk, and the real command.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use crate::living::idl::Idl;
use crate::living::life::{Project, Told, tool};
use crate::living::marks::Files;
use crate::sandbox::{Sandbox, tree};

/// A project in a sandbox, and the real command.
pub struct OnDisk {
    sandbox: Sandbox,
    has_tool: bool,
    /// Whether methods that are gone are commented out.
    prunes: bool,
}

impl OnDisk {
    /// A new one in the folder `hello`.
    pub fn new(options: &[&str], prunes: bool) -> Result<Self, Box<dyn Error>> {
        let texts = Idl::first().texts();
        let sandbox = texts.iter().try_fold(Sandbox::new()?, |sandbox, (path, text)| sandbox.file(path, text))?;
        let made = sandbox.run(&[&["-q", "new", "idl/shop.thrift", "hello"], options].concat())?;
        assert_eq!(made.code, Some(0), "{}", made.stderr);
        Ok(Self { sandbox, has_tool: false, prunes })
    }

    /// Its folder.
    pub fn root(&self) -> PathBuf {
        self.sandbox.path().join("hello")
    }

    fn run(&self, arguments: &[&str]) -> Result<(Option<i32>, String), String> {
        let outcome = self.sandbox.run_in("hello", arguments).map_err(|error| error.to_string())?;
        Ok((outcome.code, outcome.stderr))
    }
}

impl Project for OnDisk {
    fn files(&self) -> Result<Files, String> {
        let mut files = tree(&self.root()).map_err(|error| error.to_string())?;
        let foreign = [".volplane/", "runtime/"];
        files.retain(|path, _| !path.ends_with('/') && !foreign.iter().any(|folder| path.starts_with(folder)));
        Ok(files)
    }

    fn save(&mut self, files: &Files) -> Result<(), String> {
        let now = self.files()?;
        let changed = files.iter().filter(|(path, text)| now.get(*path) != Some(text));
        let written = changed.map(|(path, text)| {
            let path = self.root().join(path);
            fs::create_dir_all(path.parent().unwrap_or(&path))?;
            fs::write(path, text)
        });
        let gone =
            now.keys().filter(|path| !files.contains_key(*path)).map(|path| fs::remove_file(self.root().join(path)));
        written.chain(gone).collect::<Result<(), _>>().map_err(|error| error.to_string())
    }

    fn update(&mut self, idl: &Idl) -> Result<Told, String> {
        let tool = tool();
        let arguments = match (self.has_tool, idl.has_tool) {
            (false, true) => vec!["add", tool.as_str()],
            (true, false) => vec!["remove", tool.as_str()],
            _ => vec!["update"],
        };
        self.has_tool = idl.has_tool;
        let (mut code, mut text) = self.run(&arguments)?;
        // Methods that are gone are said with 3, as conflicts are.
        if self.prunes && matches!(code, Some(0 | 3)) {
            let (again, more) = self.run(&["update", "--prune"])?;
            text.push_str(&more);
            code = again;
        }
        match code {
            Some(0) => Ok(Told { waits: false, text }),
            Some(3) => Ok(Told { waits: true, text }),
            code => Err(format!("{arguments:?} ended with {code:?}\n{text}")),
        }
    }

    fn check(&self) -> Result<bool, String> {
        Ok(self.run(&["check"])?.0 == Some(0))
    }

    fn prunes(&self) -> bool {
        self.prunes
    }
}
