//! Runs the real command in a folder of its own.

use std::collections::BTreeMap;
use std::env;
use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// What a test returns.
pub type TestResult = Result<(), Box<dyn Error>>;

/// The IDL of the demo.
pub const ECHO: &str = include_str!("../../../idl/echo.thrift");

/// A folder that goes away with the test.
pub struct Sandbox {
    dir: TempDir,
}

/// What a run came to.
pub struct Outcome {
    /// Its exit code, if no signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Outcome {
    fn of(output: Output) -> Result<Self, Box<dyn Error>> {
        Ok(Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout)?,
            stderr: String::from_utf8(output.stderr)?,
        })
    }

    /// All of it, for snapshots.
    pub fn text(&self) -> String {
        let code = self.code.map_or("signal".to_owned(), |code| code.to_string());
        format!("exit: {code}\n--- stdout\n{}--- stderr\n{}", self.stdout, without_counts(&self.stderr))
    }
}

impl Sandbox {
    /// An empty folder.
    pub fn new() -> Result<Self, Box<dyn Error>> {
        Ok(Self { dir: tempfile::tempdir()? })
    }

    /// A folder with `idl/echo.thrift`.
    pub fn with_echo() -> Result<Self, Box<dyn Error>> {
        Self::new()?.file("idl/echo.thrift", ECHO)
    }

    /// The same with one more file.
    pub fn file(self, path: &str, text: &str) -> Result<Self, Box<dyn Error>> {
        let path = self.dir.path().join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, text)?;
        Ok(self)
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Runs the command here.
    pub fn run(&self, arguments: &[&str]) -> Result<Outcome, Box<dyn Error>> {
        self.run_in(".", arguments)
    }

    /// Runs the command here, with a text as its standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Result<Outcome, Box<dyn Error>> {
        let mut command = volplane();
        command.args(arguments).current_dir(self.dir.path());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        // Taken, so that it is closed once it is written.
        child.stdin.take().ok_or("no standard input")?.write_all(input.as_bytes())?;
        Outcome::of(child.wait_with_output()?)
    }

    /// Runs the command in a folder of it.
    pub fn run_in(&self, dir: &str, arguments: &[&str]) -> Result<Outcome, Box<dyn Error>> {
        Outcome::of(volplane().args(arguments).current_dir(self.dir.path().join(dir)).output()?)
    }

    /// Every file with its text, and every folder (with a slash at its end).
    pub fn tree(&self) -> Result<BTreeMap<String, String>, Box<dyn Error>> {
        tree(self.dir.path())
    }
}

/// The same text with `[N] files` for every number of files: the runtime's sources come and go.
pub fn without_counts(text: &str) -> String {
    let words: Vec<&str> = text.split_inclusive(' ').collect();
    let counts = |word: &str, next: Option<&&str>| {
        word.trim().parse::<usize>().is_ok() && next.is_some_and(|next| next.starts_with("files"))
    };
    let word = |(place, word): (usize, &&str)| {
        if counts(word, words.get(place + 1)) { "[N] ".to_owned() } else { (*word).to_owned() }
    };
    words.iter().enumerate().map(word).collect()
}

/// The command, whose help does not depend on the terminal.
pub fn volplane() -> Command {
    // cargo sets it for the tests of the package that has the program.
    let program =
        env::var_os("CARGO_BIN_EXE_volplane").expect("tests of the command are run by cargo test -p volplane");
    let mut command = Command::new(program);
    command.env("COLUMNS", "100").env_remove("CARGO_TARGET_DIR").env_remove("CLICOLOR_FORCE");
    command
}

/// Every file below `root` with its text, and every folder.
pub fn tree(root: &Path) -> Result<BTreeMap<String, String>, Box<dyn Error>> {
    let mut found = BTreeMap::new();
    let mut waiting: Vec<PathBuf> = vec![root.to_owned()];
    while let Some(dir) = waiting.pop() {
        for entry in fs::read_dir(dir)? {
            let path = entry?.path();
            let name = path.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
            let kind = fs::symlink_metadata(&path)?.file_type();
            if kind.is_symlink() {
                found.insert(name, fs::read_link(&path)?.to_string_lossy().into_owned());
            } else if kind.is_dir() {
                found.insert(format!("{name}/"), String::new());
                waiting.push(path);
            } else {
                found.insert(name, String::from_utf8_lossy(&fs::read(&path)?).into_owned());
            }
        }
    }
    Ok(found)
}
