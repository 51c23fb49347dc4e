//! `volplane man`

use std::io;
use std::path::Path;

use clap_mangen::Man;
use thiserror::Error;

use crate::apply::{self, CreateError};
use crate::cli::tree;
use crate::command_error::{CommandError, CommandResult, Help};
use crate::exit::Exit;
use crate::plan::{NewFile, Policy};
use crate::printer::Printer;
use crate::project_path::ProjectPath;
use crate::summary::count;

/// The pages can't be printed or written.
#[derive(Debug, Error)]
enum ManError {
    /// A page can't be made: a defect of this build.
    #[error("cannot render a man page")]
    Page(#[from] io::Error),
    /// The disk.
    #[error(transparent)]
    Write(#[from] CreateError),
}

impl CommandError for ManError {
    fn help(&self) -> Help {
        match self {
            Self::Page(_) => None,
            Self::Write(error) => error.help(),
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Page(_) => Exit::Failure,
            Self::Write(error) => error.exit(),
        }
    }
}

/// Prints the main page, or writes one page for the command and each subcommand into a folder.
///
/// # Errors
/// When the pages can't be written.
pub(crate) fn run(dir: Option<&Path>, printer: Printer) -> CommandResult {
    Ok(man(dir, printer)?)
}

fn man(dir: Option<&Path>, printer: Printer) -> Result<Exit, ManError> {
    let pages = pages(&tree::shown())?;
    let Some(dir) = dir else {
        printer.line(pages.first().map_or("", |page| page.text.trim_end()));
        return Ok(Exit::Success);
    };
    apply::put(dir, &pages)?;
    for page in &pages {
        printer.detail("Wrote", dir.join(&page.path).display());
    }
    printer.status("Wrote", format_args!("{}: {}", dir.display(), count(pages.len(), "page")));
    Ok(Exit::Success)
}

/// One page for the command, which is the first, and one for each subcommand, as git has it: `volplane-new.1`.
fn pages(command: &clap::Command) -> io::Result<Vec<NewFile>> {
    // clap's own `help` needs no page.
    let command = command.clone().disable_help_subcommand(true);
    let mut pages = vec![page(&command)?];
    collect(&command, command.get_name(), &mut pages)?;
    Ok(pages)
}

fn collect(parent: &clap::Command, prefix: &str, pages: &mut Vec<NewFile>) -> io::Result<()> {
    for command in parent.get_subcommands().filter(|command| !command.is_hide_set()) {
        let name = format!("{prefix}-{}", command.get_name());
        let shown =
            command.clone().display_name(&name).version(env!("CARGO_PKG_VERSION")).disable_help_subcommand(true);
        pages.push(page(&shown)?);
        collect(command, &name, pages)?;
    }
    Ok(())
}

fn page(command: &clap::Command) -> io::Result<NewFile> {
    let man = Man::new(command.clone());
    let path = man.get_filename();
    let mut text = Vec::new();
    man.render(&mut text)?;
    let path = ProjectPath::new(path).map_err(io::Error::other)?;
    Ok(NewFile { path, text: String::from_utf8_lossy(&text).into_owned(), policy: Policy::Overwrite })
}
