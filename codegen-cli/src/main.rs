//! `volplane`: makes a volo-thrift project from a thrift IDL.

mod apply;
mod changelog;
mod cli;
mod command_error;
mod commands;
mod config;
mod demo;
mod diagnostics;
mod disk;
mod doctor;
mod embedded;
mod exit;
mod generate;
mod input;
mod interrupt;
mod layout;
mod messages;
mod migrate;
mod plan;
mod printer;
mod project;
mod project_path;
mod record;
#[cfg(test)]
mod repository;
mod sample;
mod settings;
mod summary;
mod target_dir;
mod template_dir;
mod update;
mod update_run;
mod version;
mod workspace;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use cli::{Cli, Command, kitex_args};
use command_error::CommandResult;
use printer::Printer;

fn main() -> ExitCode {
    let cli = Cli::parse_from(kitex_args::rewritten(std::env::args_os(), &Cli::command()));
    let printer = Printer::new(cli.output, cli.command.message_format());
    let exit = run(&cli.command, printer).unwrap_or_else(|error| {
        if !error.is_reported() {
            printer.error(error.as_ref(), error.help().as_deref());
        }
        error.exit()
    });
    printer.summary(cli.command.name(), exit);
    exit.into()
}

fn run(command: &Command, printer: Printer) -> CommandResult {
    match command {
        Command::New(args) => commands::new::run(args, printer),
        Command::Update(args) => commands::update::run(args, printer),
        Command::Check(args) => commands::update::check(args, printer),
        Command::Add(args) => commands::add::run(args, printer),
        Command::Remove(args) => commands::add::remove(args, printer),
        Command::Watch(args) => commands::watch::run(args, printer),
        Command::Doctor(args) => commands::doctor::run(args, printer),
        Command::Upgrade(args) => commands::upgrade::run(args, printer),
        Command::Demo(args) => commands::demo::run(args, printer),
        Command::CheckIdl(args) => commands::check_idl::run(args, printer),
        Command::Explain(args) => commands::explain::run(args, printer),
        Command::Dump(args) => commands::dump::run(args, printer),
        Command::Templates(action) => commands::templates::run(action, printer),
        Command::Migrate(args) => commands::migrate::run(args, printer),
        Command::Completions { shell } => commands::completions::run(*shell, printer),
        Command::Man { dir } => commands::man::run(dir.as_deref(), printer),
        Command::Shorthand(args) => commands::shorthand::run(args, printer),
        Command::Emit { dir } => Ok(generate::child(dir)?),
    }
}
