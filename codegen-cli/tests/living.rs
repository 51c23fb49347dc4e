//! Projects on the disk that live for 20 updates by the real command. Hundreds of them live in `src/update/living.rs`,
//! without a disk.

#[path = "living/mod.rs"]
mod model;
mod support;

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use model::dice::rolls;
use model::idl::Idl;
use model::life::{Anything, Project, Step, Told, live, tool};
use model::marks::Files;
use support::{Sandbox, TestResult};

/// Lives that are lived in every run.
const SEEDS: [u64; 3] = [1, 2, 3];

struct OnDisk {
    sandbox: Sandbox,
    has_tool: bool,
}

impl OnDisk {
    fn new(options: &[&str]) -> Result<Self, Box<dyn Error>> {
        let texts = Idl::first().texts();
        let sandbox = texts.iter().try_fold(Sandbox::new()?, |sandbox, (path, text)| sandbox.file(path, text))?;
        let made = sandbox.run(&[&["-q", "new", "idl/shop.thrift", "hello"], options].concat())?;
        assert_eq!(made.code, Some(0), "{}", made.stderr);
        Ok(Self { sandbox, has_tool: false })
    }

    fn root(&self) -> PathBuf {
        self.sandbox.path().join("hello")
    }

    fn run(&self, arguments: &[&str]) -> Result<(Option<i32>, String), String> {
        let outcome = self.sandbox.run_in("hello", arguments).map_err(|error| error.to_string())?;
        Ok((outcome.code, outcome.stderr))
    }
}

impl Project for OnDisk {
    fn files(&self) -> Result<Files, String> {
        let mut files = support::tree(&self.root()).map_err(|error| error.to_string())?;
        files.retain(|path, _| !path.ends_with('/') && !path.starts_with(".volplane/"));
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
        let (code, text) = self.run(&arguments)?;
        match code {
            Some(0) => Ok(Told { waits: false, text }),
            Some(3) => Ok(Told { waits: true, text }),
            code => Err(format!("{arguments:?} ended with {code:?}\n{text}")),
        }
    }

    fn check(&self) -> Result<bool, String> {
        Ok(self.run(&["check"])?.0 == Some(0))
    }
}

#[test]
fn the_command_keeps_the_users_lines_for_20_updates() -> TestResult {
    for seed in SEEDS {
        let mut project = OnDisk::new(&["--runtime=git=https://example.org/volplane", "--transport=stdnet,yamux"])?;
        let numbers = rolls(seed, 20 * 64);
        let step = |numbers: &[u32]| Step {
            idl: Some(numbers[..16].to_vec()),
            user: numbers[16..16 + 8 * (numbers[63] as usize % 4)].chunks(8).map(<[u32]>::to_vec).collect(),
        };
        let steps: Vec<Step> = numbers.chunks(64).map(step).collect();
        let story = live(&mut project, &Anything, &steps).map_err(|error| format!("seed {seed}: {error}"))?;
        println!("seed {seed}: {} edits, {} conflicts", story.edits, story.fights.len());
        assert!(story.edits > 15, "seed {seed}: only {} edits applied", story.edits);
    }
    Ok(())
}
