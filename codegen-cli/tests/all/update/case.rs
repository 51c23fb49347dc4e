//! The form of a case: lines that say what it shows, then steps. A step is a line `=== what …` and the lines below it.
//!
//!     === new OPTIONS        what the project is made with, if not the defaults (project.rs)
//!     === idl PATH           an IDL that the project is made from, if not cases/echo.thrift
//!     === write PATH         a file, old or new
//!     === edit PATH          changes of a file, as a diff without line numbers; `@@` between its hunks
//!     === bytes PATH         a file from hexadecimal bytes
//!     === delete PATH
//!     === move PATH TO
//!     === link PATH TO       makes a symbolic link at PATH
//!     === crlf PATH          gives a file, or all (`*`), Windows newlines
//!     === read-only PATH     takes away the permission to write a file
//!     === run [-C DIR] ARGS  runs the command, and reports what it says and what it changes
//!     === as-new             asserts that the project is what `new` would make now, byte for byte
//!     === show PATH          reports a file whole
//!     === ends N             what `check` says in the end, if it is not 0, or 4 where something waits for the user
//!     === again N            what another update ends with, if not the same as the last one
//!     === broken PATH        a file that is no Rust in the end
//!
//! Paths are relative to the project.

use super::edit::Hunk;

/// The IDL that projects are made from where a case doesn't say otherwise.
const ECHO: &str = include_str!("cases/echo.thrift");

/// A case.
#[derive(Debug, Default)]
pub(crate) struct Case {
    /// Options of `new`.
    pub(crate) new: Vec<String>,
    /// The IDL that the project is made from; the first is what `new` is called with.
    pub(crate) idl: Vec<(String, String)>,
    /// What happens then.
    pub(crate) steps: Vec<Step>,
    /// What `check` says in the end.
    pub(crate) ends: Option<i32>,
    /// What another update ends with.
    pub(crate) again: Option<i32>,
    /// Files that are no Rust in the end.
    pub(crate) broken: Vec<String>,
}

/// Something that happens.
#[derive(Debug)]
pub(crate) enum Step {
    Write(String, Vec<u8>),
    Edit(String, Vec<Hunk>),
    Delete(String),
    Move(String, String),
    Link(String, String),
    Crlf(String),
    ReadOnly(String),
    Run { dir: String, args: Vec<String> },
    AsNew,
    Show(String),
}

/// Reads a case.
///
/// # Errors
/// When it is written in another form.
pub(crate) fn parse(text: &str) -> Result<Case, String> {
    let mut case = Case::default();
    let text = format!("\n{text}");
    let mut sections = text.split("\n=== ");
    if sections.next().is_none_or(|purpose| purpose.trim().is_empty()) {
        return Err("a case begins with a line that says what it shows".to_owned());
    }
    for section in sections {
        let (head, body) = section.split_once('\n').unwrap_or((section, ""));
        let mut words = head.split_whitespace().map(str::to_owned);
        let what = words.next().unwrap_or_default();
        let words: Vec<String> = words.collect();
        let body = if body.is_empty() || body.ends_with('\n') { body.to_owned() } else { format!("{body}\n") };
        let step = match (what.as_str(), words.as_slice()) {
            ("new", options) => {
                case.new = options.to_vec();
                continue;
            }
            ("idl", [path]) => {
                case.idl.push((path.clone(), body));
                continue;
            }
            ("ends", [code]) => {
                case.ends = Some(code.parse().map_err(|error| format!("{head}: {error}"))?);
                continue;
            }
            ("again", [code]) => {
                case.again = Some(code.parse().map_err(|error| format!("{head}: {error}"))?);
                continue;
            }
            ("broken", [path]) => {
                case.broken.push(path.clone());
                continue;
            }
            ("write", [path]) => Step::Write(path.clone(), body.into_bytes()),
            ("bytes", [path]) => Step::Write(path.clone(), bytes(&body)?),
            ("edit", [path]) => Step::Edit(path.clone(), Hunk::all(&body)),
            ("delete", [path]) => Step::Delete(path.clone()),
            ("move", [from, to]) => Step::Move(from.clone(), to.clone()),
            ("link", [path, to]) => Step::Link(path.clone(), to.clone()),
            ("crlf", [path]) => Step::Crlf(path.clone()),
            ("read-only", [path]) => Step::ReadOnly(path.clone()),
            ("as-new", []) => Step::AsNew,
            ("show", [path]) => Step::Show(path.clone()),
            ("run", [flag, dir, args @ ..]) if flag == "-C" => Step::Run { dir: dir.clone(), args: args.to_vec() },
            ("run", args) => Step::Run { dir: ".".to_owned(), args: args.to_vec() },
            _ => return Err(format!("`=== {head}` is no step")),
        };
        case.steps.push(step);
    }
    if case.idl.is_empty() {
        case.idl.push(("idl/echo.thrift".to_owned(), ECHO.to_owned()));
    }
    Ok(case)
}

fn bytes(body: &str) -> Result<Vec<u8>, String> {
    body.split_whitespace()
        .map(|byte| u8::from_str_radix(byte, 16).map_err(|error| format!("{byte}: {error}")))
        .collect()
}
