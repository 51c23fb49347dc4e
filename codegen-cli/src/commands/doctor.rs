//! `volplane doctor`: collects the facts that `crate::doctor` examines, and prints what it finds.

mod programs;

use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::path::Path;
use std::{fs, io};

use volplane_edit::merge::unresolved;

use crate::cli::{DiagnosticArgs, Doctor};
use crate::command_error::{CommandError, CommandResult, in_one_line};
use crate::config::{ConfigError, Project};
use crate::disk;
use crate::doctor::{
    self, DoctorFacts, Finding, FindingLevel, LockFacts, LockState, PortFacts, PortState, ProjectFacts, Subject,
    ToolchainFacts, UpdateFacts, UpdateProblem,
};
use crate::embedded;
use crate::plan::{highest_rust_version, turned_on};
use crate::printer::Printer;
use crate::project_path::ProjectPath;
use crate::record::{self, Damage, Record, RecordError};
use crate::settings::{Settings, Transport};
use crate::summary::count;
use crate::update::tree::Tree;
use crate::update_run::{self, UpdateError, UpdateRequest};

/// Checks the tools, and the project that the current folder lies in.
///
/// # Errors
/// When the project's folder can't be looked for.
pub(crate) fn run(args: &Doctor, printer: Printer) -> CommandResult {
    let root = match update_run::root() {
        Ok(root) => Some(root),
        Err(UpdateError::Config(ConfigError::NoProject { .. })) => None,
        Err(error) => return Err(error.into()),
    };
    let facts = match &root {
        Some(root) => facts(root, &args.diagnostic_args, printer)?,
        None => DoctorFacts { toolchain: toolchain(Path::new("."), &Tree::default()), project: None },
    };
    let findings = doctor::examine(&facts);
    findings.iter().for_each(|finding| printer.finding(finding, &args.diagnostic_args));
    if root.is_none() {
        printer.note("Note", "there is no project here: the tools alone were checked");
    }
    printer.status("Finished", totals(&findings));
    Ok(doctor::exit(&findings, args.diagnostic_args.deny_warnings))
}

fn totals(findings: &[Finding]) -> String {
    let of = |level| findings.iter().filter(|finding| finding.level == level).count();
    let (warnings, errors) = (of(FindingLevel::Warning), of(FindingLevel::Error));
    format!("{}: {}, {}", count(findings.len(), "check"), count(errors, "error"), count(warnings, "warning"))
}

fn facts(root: &Path, diagnostic_args: &DiagnosticArgs, printer: Printer) -> Result<DoctorFacts, UpdateError> {
    let lock = fs::read_to_string(root.join(record::FILE)).ok();
    let (state, record) = lock_state(lock.as_deref());
    let record = record.unwrap_or_default();
    let tree = disk::read(root, record.files.keys())?;
    let has_markers = |(path, text): (&ProjectPath, &str)| Some((path.to_string(), unresolved(text)?));
    let markers: Vec<(String, usize)> = tree.texts().filter_map(has_markers).collect();

    let (project, problem) = match Project::read(root) {
        Ok(project) => (Some(project), None),
        Err(error) => (None, problem(&UpdateError::from(error))),
    };
    let planned = project.as_ref().map(|project| planned(project, diagnostic_args, printer));
    let (update, problem) = match planned {
        None => (None, problem),
        Some(Ok(planned)) => (Some(UpdateFacts::of(&planned, &markers)), None),
        Some(Err(error)) => (None, self::problem(&error)),
    };
    let settings = project.as_ref().map(|project| &project.settings);
    Ok(DoctorFacts {
        toolchain: toolchain(root, &tree),
        project: Some(ProjectFacts {
            lock: LockFacts {
                state,
                written_by: lock.as_deref().and_then(record::written_by).map(|version| version.to_string()),
                git: programs::git_state(root, record::FILE),
            },
            update,
            problem,
            markers,
            ports: settings.map(|settings| ports(root, settings)).unwrap_or_default(),
        }),
    })
}

fn planned(
    project: &Project,
    diagnostic_args: &DiagnosticArgs,
    printer: Printer,
) -> Result<update_run::Planned, UpdateError> {
    update_run::look(&project.root)?;
    update_run::plan(&UpdateRequest::new(project, diagnostic_args), printer)
}

/// What there is of volplane.lock, and what it says if it can be read.
fn lock_state(text: Option<&str>) -> (LockState, Option<Record>) {
    let Some(text) = text else { return (LockState::Missing, None) };
    match Record::parse(text) {
        Err(RecordError::Line { line }) => (LockState::Foreign(line), None),
        // That it is newer is told with the versions.
        Err(RecordError::Newer { .. }) => (LockState::Whole, None),
        Ok(record) => {
            let state = match record.damage {
                Some(Damage::Cut) => LockState::Cut,
                _ if record.files.is_empty() => LockState::Empty,
                Some(Damage::Markers) => LockState::Markers,
                None => LockState::Whole,
            };
            (state, Some(record))
        }
    }
}

/// Why there can't be an update; `None` if volplane.lock is the reason.
fn problem(error: &UpdateError) -> Option<UpdateProblem> {
    let subject = match error {
        UpdateError::Record(_) | UpdateError::ReadRecord(_) => return None,
        UpdateError::Idl(_) => {
            return Some(UpdateProblem {
                subject: Subject::Idl,
                message: error.to_string(),
                help: Some("`volplane check` lists every error with its place".to_owned()),
            });
        }
        UpdateError::Config(_) | UpdateError::Templates(_) | UpdateError::Package(_) => Subject::Settings,
        _ => Subject::Files,
    };
    let message = in_one_line(error);
    let help = error.help().or_else(|| (subject == Subject::Settings).then(|| "correct the file".into()));
    // Each mistake in volplane.toml has a line of its own.
    let lines: Vec<&str> = message.lines().map(str::trim).collect();
    Some(UpdateProblem { subject, message: lines.join("; "), help: help.map(Into::into) })
}

fn toolchain(root: &Path, tree: &Tree) -> ToolchainFacts {
    let own = embedded::file("Cargo.toml").unwrap_or_default();
    let manifests = || tree.texts().filter(|(path, _)| path.is_manifest()).map(|(_, text)| text);
    let has_tls = |text: &str| turned_on(text).contains("tls");
    ToolchainFacts {
        cargo: programs::version(root, "CARGO", "cargo"),
        rustc: programs::version(root, "RUSTC", "rustc"),
        rust_version: highest_rust_version(manifests().chain([own])),
        c_compiler: programs::c_compiler(root),
        compiles_c: manifests().any(has_tls),
    }
}

/// The addresses that the project's servers listen on, as their sources give them.
fn ports(root: &Path, settings: &Settings) -> Vec<PortFacts> {
    let port = |transport: &Transport| {
        let program = format!("{}-{}", transport.number(), transport.name());
        let source = root.join(settings.package.as_str()).join(&program).join("server/main.rs");
        let source = fs::read_to_string(source).ok()?;
        let address = doctor::default_address(&source)?.to_socket_addrs().ok()?.next()?;
        Some(PortFacts { program, flag: transport.address_flag(), address, state: port_state(address) })
    };
    settings.transports.iter().filter_map(port).collect()
}

fn port_state(address: SocketAddr) -> PortState {
    match TcpListener::bind(address) {
        Ok(_) => PortState::Free,
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => PortState::InUse,
        Err(error) => PortState::Refused(error.to_string()),
    }
}
