//! `volplane templates`

use std::path::Path;

use thiserror::Error;

use crate::apply::{self, CreateError, DirState};
use crate::cli::templates::{CheckTemplates, Eject, TemplatesAction as Action};
use crate::command_error::{CommandError, CommandResult, Help};
use crate::exit::Exit;
use crate::plan::templates::{Flavour, Templates};
use crate::plan::{NewFile, Policy};
use crate::printer::Printer;
use crate::project_path::{ProjectPath, ProjectPathError};
use crate::sample::{self, SampleError};
use crate::settings::Set;
use crate::summary::count;
use crate::template_dir::{self, ReadTemplatesError};

/// Templates can't be written or checked.
#[derive(Debug, Error)]
enum TemplatesError {
    /// The folder is taken.
    #[error("{dir} is not empty: it holds {entry}")]
    NotEmpty {
        /// The folder.
        dir: String,
        /// Something in it.
        entry: String,
    },
    /// The folder is a file.
    #[error("{dir} exists and is not a directory")]
    NotAFolder {
        /// Its path.
        dir: String,
    },
    /// The disk.
    #[error(transparent)]
    Apply(#[from] CreateError),
    /// The templates.
    #[error(transparent)]
    Read(#[from] ReadTemplatesError),
    /// One has a name that a file can't have: a defect of this build.
    #[error("cannot name a template")]
    Path(#[from] ProjectPathError),
    /// What they are tried on.
    #[error(transparent)]
    Sample(#[from] SampleError),
    /// They have errors, which were printed.
    #[error("{errors} in {dir}")]
    Wrong {
        /// How many.
        errors: String,
        /// Where.
        dir: String,
    },
}

impl CommandError for TemplatesError {
    fn help(&self) -> Help {
        match self {
            Self::NotEmpty { .. } | Self::NotAFolder { .. } => Some("name a new or empty directory".into()),
            Self::Apply(error) => error.help(),
            Self::Read(error) => error.help(),
            Self::Sample(error) => error.help(),
            Self::Path(_) | Self::Wrong { .. } => None,
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::NotEmpty { .. } | Self::NotAFolder { .. } => Exit::Usage,
            Self::Apply(error) => error.exit(),
            Self::Read(error) => error.exit(),
            Self::Sample(error) => error.exit(),
            Self::Path(_) | Self::Wrong { .. } => Exit::Failure,
        }
    }
}

/// Writes or checks templates.
///
/// # Errors
/// When they can't be written or read, or are wrong.
pub(crate) fn run(action: &Action, printer: Printer) -> CommandResult {
    match action {
        Action::Eject(args) => eject(args, printer)?,
        Action::Check(args) => check(args, printer)?,
    }
    Ok(Exit::Success)
}

fn eject(args: &Eject, printer: Printer) -> Result<(), TemplatesError> {
    let dir = args.dir.display();
    match apply::look(&args.dir)? {
        DirState::Free | DirState::EmptyFolder => {}
        DirState::Occupied(entry) => return Err(TemplatesError::NotEmpty { dir: dir.to_string(), entry }),
        DirState::NoFolder => return Err(TemplatesError::NotAFolder { dir: dir.to_string() }),
    }
    let templates = Templates::built_in(Flavour::General);
    let file = |(path, text): (&str, &str)| {
        Ok(NewFile { path: ProjectPath::new(path)?, text: text.to_owned(), policy: Policy::Skip })
    };
    let files = templates.files().map(file).collect::<Result<Vec<NewFile>, ProjectPathError>>()?;
    apply::create(&args.dir, &files)?;
    printer.status("Created", format_args!("{dir}: {}", count(files.len(), "file")));
    printer.note("Next", format_args!("edit them, then volplane templates check {dir}"));
    printer.note("Use", format_args!("volplane new IDL --template-dir {dir}, or templates = \"…\" in a volplane.toml"));
    Ok(())
}

fn check(args: &CheckTemplates, printer: Printer) -> Result<(), TemplatesError> {
    let dir = shown(&args.dir);
    let templates = template_dir::read(&args.dir, &dir)?;
    let tried = sample::try_on(&templates, &Set::all(&args.set))?;
    if tried.errors.is_empty() {
        let (number, files) = (templates.files().count() - 1, tried.files);
        let files = format!("{} in {}", count(files, "file"), count(sample::PROJECTS, "sample project"));
        printer.status("Checked", format_args!("{dir}: {} make {files}", count(number, "template")));
        return Ok(());
    }
    let errors = count(tried.errors.len(), "error");
    for line in templates.errors(tried.errors).lines() {
        printer.raw(&line);
    }
    Err(TemplatesError::Wrong { errors, dir })
}

/// The folder before the names of what lies in it: without a slash at its end.
fn shown(dir: &Path) -> String {
    dir.components().collect::<std::path::PathBuf>().display().to_string()
}
