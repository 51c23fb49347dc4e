//! `volplane man`

use std::io;
use std::path::Path;

use clap_mangen::Man;

use crate::apply;
use crate::cli::tree;
use crate::exit::Exit;
use crate::plan::{NewFile, Policy};
use crate::printer::Printer;
use crate::summary::count;

/// Prints the main page, or writes one page for the command and each subcommand into a folder.
pub(crate) fn run(dir: Option<&Path>, printer: Printer) -> Exit {
    let pages = match pages(&tree::shown()) {
        Ok(pages) => pages,
        Err(error) => {
            printer.error(&error, None);
            return Exit::Failure;
        }
    };
    let Some(dir) = dir else {
        printer.line(pages.first().map_or("", |page| page.text.trim_end()));
        return Exit::Success;
    };
    if let Err(error) = apply::put(dir, &pages) {
        printer.error(&error, Some("name a folder that can be made and written in"));
        return Exit::Usage;
    }
    for page in &pages {
        printer.detail("Wrote", dir.join(&page.path).display());
    }
    printer.status("Wrote", format_args!("{}: {}", dir.display(), count(pages.len(), "page")));
    Exit::Success
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
    Ok(NewFile { path, text: String::from_utf8_lossy(&text).into_owned(), policy: Policy::Overwrite })
}
