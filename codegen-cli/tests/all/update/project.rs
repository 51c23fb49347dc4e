//! Projects to try things on. Each is made once by the real command, and written anew for each case.

use std::collections::HashMap;
use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use volplane_testkit::volplane;

/// The project's folder in its sandbox, and its module.
pub(crate) const NAME: &str = "hello";

/// What projects are made with where a case doesn't say otherwise: small, and nothing vendored.
const DEFAULTS: [(&str, &str); 2] = [("--runtime", "version=0.1"), ("--transport", "stdnet")];

/// What a project was made with: options, and IDL files by path.
type Options = (Vec<String>, Vec<(String, String)>);

/// Every file of a project and of the IDL beside it; `None` is an empty folder.
type Files = Vec<(PathBuf, Option<Vec<u8>>)>;

/// Those that were made before; in memory, because nothing would remove them from the disk.
static MADE: Mutex<Option<HashMap<Options, Arc<Files>>>> = Mutex::new(None);

/// A copy of a new project, in a sandbox of its own.
///
/// # Errors
/// When it can't be made.
pub(crate) fn project(options: &[String], idl: &[(String, String)]) -> Result<TempDir, Box<dyn Error>> {
    let copy = tempfile::tempdir()?;
    for (path, content) in made(options, idl)?.iter() {
        let target = copy.path().join(path);
        match content {
            Some(bytes) => {
                fs::create_dir_all(target.parent().unwrap_or(copy.path()))?;
                fs::write(target, bytes)?;
            }
            None => fs::create_dir_all(target)?,
        }
    }
    Ok(copy)
}

/// The files of a new project, which is made if it was not before.
fn made(options: &[String], idl: &[(String, String)]) -> Result<Arc<Files>, Box<dyn Error>> {
    let key = (options.to_vec(), idl.to_vec());
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let made = made.get_or_insert_default();
    if let Some(files) = made.get(&key) {
        return Ok(files.clone());
    }
    let sandbox = new(options, idl)?;
    let file = |path: PathBuf| {
        let content = if path.is_dir() { None } else { Some(fs::read(&path)?) };
        Ok((path.strip_prefix(sandbox.path())?.to_owned(), content))
    };
    let files = files(sandbox.path())?.into_iter().map(file).collect::<Result<Files, Box<dyn Error>>>()?;
    Ok(made.entry(key).or_insert(Arc::new(files)).clone())
}

/// Makes a project anew.
///
/// # Errors
/// When the command fails.
pub(crate) fn new(options: &[String], idl: &[(String, String)]) -> Result<TempDir, Box<dyn Error>> {
    let sandbox = tempfile::tempdir()?;
    let mut command = volplane();
    command.current_dir(&sandbox).arg("new");
    for (path, text) in idl {
        let file = sandbox.path().join(path);
        fs::create_dir_all(file.parent().unwrap_or(sandbox.path()))?;
        fs::write(file, text)?;
    }
    command.args(idl.first().map(|(path, _)| path)).arg(NAME).args(options);
    for (option, value) in DEFAULTS {
        if !options.iter().any(|word| word == option) {
            command.args([option, value]);
        }
    }
    let output = command.output()?;
    if output.status.success() { Ok(sandbox) } else { Err(String::from_utf8(output.stderr)?.into()) }
}

/// Gives every file the same old time, so that whatever is written is seen to be.
///
/// # Errors
/// When the system refuses.
pub(crate) fn age(dir: &Path) -> Result<(), Box<dyn Error>> {
    for path in files(dir)? {
        let writable =
            fs::metadata(&path).is_ok_and(|metadata| metadata.is_file() && !metadata.permissions().readonly());
        if writable {
            File::options().write(true).open(&path)?.set_modified(then())?;
        }
    }
    Ok(())
}

/// The time that [`age`] gives.
pub(crate) fn then() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000)
}

/// Every path below a folder that is no folder, and every folder with nothing in it.
///
/// # Errors
/// When the system refuses.
pub(crate) fn files(dir: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    let mut waiting = vec![dir.to_owned()];
    while let Some(folder) = waiting.pop() {
        let mut is_empty = true;
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            is_empty = false;
            if entry.file_type()?.is_dir() { waiting.push(entry.path()) } else { found.push(entry.path()) }
        }
        if is_empty {
            found.push(folder);
        }
    }
    Ok(found)
}
