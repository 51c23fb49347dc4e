//! Plays a case, and holds the project to what is true after every update.

use std::error::Error;
use std::fs;
use std::path::Path;

use super::case::{Case, Step};
use super::changes::{Content, LOCK, Tree, read, shown, told, without_versions};
use super::project::{self, NAME, age};
use volplane_testkit::volplane;

/// Plays a case; the report says what each run of the command did.
///
/// # Errors
/// When a step can't be made, or the project is not what it has to be afterwards.
pub(crate) fn run(case: &Case) -> Result<String, Box<dyn Error>> {
    let sandbox = project::project(&case.new, &case.idl)?;
    let root = sandbox.path().join(NAME);
    let mut report = String::new();
    let mut last = None;
    for step in &case.steps {
        match step {
            Step::Run { dir, args } => {
                let (code, text) = command(sandbox.path(), &root.join(dir), args)?;
                report.push_str(&text);
                last = Some((args, code));
            }
            Step::AsNew => as_new(case, &root)?,
            Step::Show(path) => {
                let text = fs::read_to_string(root.join(path))?;
                let text = shown(if path == LOCK { outline(&text) } else { text }.as_bytes());
                report.push_str(&format!("{path}:\n{text}\n"));
            }
            step => user(step, &root)?,
        }
    }
    let (args, code) = last.ok_or("the case runs nothing")?;
    if !only_looks(args) && matches!(code, 0 | 3) {
        settled(case, sandbox.path(), code)?;
    }
    Ok(without_versions(&report))
}

/// What volplane.lock says, without what changes with every template: prints, and the texts that merges start from.
fn outline(lock: &str) -> String {
    let is_print = |word: &str| word.len() == 40 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let line = |line: &str| {
        line.split(' ').map(|word| if is_print(word) { "[PRINT]" } else { word }).collect::<Vec<_>>().join(" ") + "\n"
    };
    lock.lines().filter(|line| !line.starts_with("base ")).map(line).collect()
}

/// Runs the command and tells what it did.
fn command(sandbox: &Path, dir: &Path, args: &[String]) -> Result<(i32, String), Box<dyn Error>> {
    let root = sandbox.join(NAME);
    age(&root)?;
    let before = read(&root)?;
    let was_at_work = root.join(".volplane").exists();
    let output = volplane().args(args).current_dir(dir).output()?;
    let after = read(&root)?;
    let code = output.status.code().ok_or("it was killed")?;
    let mut text = format!("$ volplane {}\n", args.join(" "));
    for stream in [output.stdout, output.stderr] {
        // Both ways in which the system names the sandbox.
        let said = String::from_utf8(stream)?;
        let said = said.replace(&fs::canonicalize(sandbox)?.to_string_lossy().into_owned(), "[SANDBOX]");
        let said = said.replace(&*sandbox.to_string_lossy(), "[SANDBOX]");
        text.push_str(&said.replace('\u{1b}', "␛"));
    }
    let changes = told(&before, &after)?;
    let changes = if changes.is_empty() { "(nothing changed)\n" } else { &changes };
    text.push_str(&format!("exit: {code}\n\n{changes}\n"));
    if (only_looks(args) || matches!(code, 1 | 2)) && before != after {
        return Err(format!("nothing may change here:\n{text}").into());
    }
    if only_looks(args) && !was_at_work && root.join(".volplane").exists() {
        return Err(format!("who only looks needs no workshop:\n{text}").into());
    }
    Ok((code, text))
}

/// Whether a run is asked to write nothing.
fn only_looks(args: &[String]) -> bool {
    args.iter().any(|word| matches!(word.as_str(), "check" | "--diff" | "--dry-run"))
}

/// What users do.
fn user(step: &Step, root: &Path) -> Result<(), Box<dyn Error>> {
    match step {
        Step::Write(path, bytes) => {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap_or(root))?;
            fs::write(path, bytes)?;
        }
        Step::Edit(path, hunks) => {
            let path = root.join(path);
            let mut text = fs::read_to_string(&path)?;
            for hunk in hunks {
                text = hunk.apply(&text)?;
            }
            fs::write(path, text)?;
        }
        Step::Delete(path) => {
            let path = root.join(path);
            if path.is_dir() { fs::remove_dir_all(path)? } else { fs::remove_file(path)? }
        }
        Step::Move(from, to) => {
            let to = root.join(to);
            fs::create_dir_all(to.parent().unwrap_or(root))?;
            fs::rename(root.join(from), to)?;
        }
        Step::Crlf(path) if path == "*" => {
            for path in project::files(root)?.into_iter().filter(|path| path.is_file()) {
                crlf(&path)?;
            }
        }
        Step::Crlf(path) => crlf(&root.join(path))?,
        Step::Link(path, to) => link(&root.join(path), to)?,
        Step::ReadOnly(path) => {
            let path = root.join(path);
            let mut permissions = fs::metadata(&path)?.permissions();
            permissions.set_readonly(true);
            fs::set_permissions(path, permissions)?;
        }
        Step::Run { .. } | Step::AsNew | Step::Show(_) => {}
    }
    Ok(())
}

fn crlf(path: &Path) -> Result<(), Box<dyn Error>> {
    Ok(fs::write(path, fs::read_to_string(path)?.replace('\n', "\r\n"))?)
}

#[cfg(unix)]
fn link(path: &Path, to: &str) -> Result<(), Box<dyn Error>> {
    Ok(std::os::unix::fs::symlink(to, path)?)
}

#[cfg(not(unix))]
fn link(_: &Path, _: &str) -> Result<(), Box<dyn Error>> {
    Err("symbolic links need a Unix here".into())
}

/// What holds after every update: the project is Rust, `check` agrees, and another update has nothing to do.
fn settled(case: &Case, sandbox: &Path, code: i32) -> Result<(), Box<dyn Error>> {
    let root = sandbox.join(NAME);
    for (path, entry) in read(&root)? {
        if let Content::File(bytes) = entry.content
            && path.ends_with(".rs")
        {
            let is_rust = str::from_utf8(&bytes).is_ok_and(|text| syn::parse_file(text).is_ok());
            if is_rust == case.broken.contains(&path) {
                return Err(format!("{path} is {} Rust in the end", if is_rust { "after all" } else { "no" }).into());
            }
        }
    }
    memory(sandbox, &read(&root)?)?;
    let words = |text: &str| vec![text.to_owned()];
    let expected = case.ends.unwrap_or(if code == 3 { 4 } else { 0 });
    let (said, text) = command(sandbox, &root, &words("check"))?;
    if said != expected {
        return Err(format!("check does not say {expected}:\n{text}").into());
    }
    let (again, text) = command(sandbox, &root, &words("update"))?;
    if again != case.again.unwrap_or(code) || !text.contains("(nothing changed)") {
        return Err(format!("the second update is not at rest:\n{text}").into());
    }
    Ok(())
}

/// What holds of volplane.lock: it names nothing outside, and every line once, in order within its kind.
fn memory(sandbox: &Path, tree: &Tree) -> Result<(), Box<dyn Error>> {
    let Some(Content::File(bytes)) = tree.get(LOCK).map(|entry| &entry.content) else { return Ok(()) };
    let text = String::from_utf8_lossy(bytes);
    if text.contains(&*sandbox.to_string_lossy()) {
        return Err(format!("{LOCK} names the folder of this run").into());
    }
    // The bases are texts in their own order, as the methods are words in it.
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("file ")).collect();
    if !lines.is_sorted() || lines.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(format!("the files in {LOCK} are not sorted:\n{}", lines.join("\n")).into());
    }
    Ok(())
}

/// Holds a project that nobody has edited to what `new` makes of the same IDL now.
fn as_new(case: &Case, root: &Path) -> Result<(), Box<dyn Error>> {
    let idl = |(path, _): &(String, String)| Ok((path.clone(), fs::read_to_string(root.join(path))?));
    let idl = case.idl.iter().map(idl).collect::<Result<Vec<_>, std::io::Error>>()?;
    let fresh = project::new(&case.new, &idl)?;
    age(fresh.path())?;
    age(root)?;
    let difference = told(&read(&fresh.path().join(NAME))?, &read(root)?)?;
    if difference.is_empty() { Ok(()) } else { Err(format!("this is not what `new` makes:\n{difference}").into()) }
}
