//! What is wrong with a project and the tools that it needs. Pure: facts in, findings out; the command `doctor` collects the
//! facts.

mod project;
mod toolchain;
mod update;

use std::net::SocketAddr;

use crate::exit::Exit;
pub(crate) use project::default_address;
pub(crate) use update::UpdateFacts;

/// What was found out about the tools, and about the project if there is one.
#[derive(Debug)]
pub(crate) struct DoctorFacts {
    /// The tools.
    pub(crate) toolchain: ToolchainFacts,
    /// The project; `None` outside of one.
    pub(crate) project: Option<ProjectFacts>,
}

/// The first line that a program writes when it is asked for its version, or why it can't be run.
pub(crate) type ProgramVersion = Result<String, String>;

/// The tools that build a project.
#[derive(Debug)]
pub(crate) struct ToolchainFacts {
    /// `cargo --version`
    pub(crate) cargo: ProgramVersion,
    /// `rustc --version`
    pub(crate) rustc: ProgramVersion,
    /// The version that the project's packages need, the highest of all.
    pub(crate) rust_version: String,
    /// The C compiler, which also links on Unix; `None` where it can't be looked for by its name.
    pub(crate) c_compiler: Option<ProgramVersion>,
    /// Whether the project compiles C: the TLS library does.
    pub(crate) compiles_c: bool,
}

/// A project.
#[derive(Debug)]
pub(crate) struct ProjectFacts {
    /// volplane.lock.
    pub(crate) lock: LockFacts,
    /// What an update would do; `None` if there can't be one.
    pub(crate) update: Option<UpdateFacts>,
    /// Why there can't be one, unless volplane.lock says it.
    pub(crate) problem: Option<UpdateProblem>,
    /// Files with conflict markers, and the line of the first one.
    pub(crate) markers: Vec<(String, usize)>,
    /// The addresses that its servers listen on.
    pub(crate) ports: Vec<PortFacts>,
}

/// Why there can't be an update.
#[derive(Clone, Debug)]
pub(crate) struct UpdateProblem {
    /// What it is about.
    pub(crate) subject: Subject,
    /// What happened.
    pub(crate) message: String,
    /// What to do.
    pub(crate) help: Option<String>,
}

/// volplane.lock.
#[derive(Debug)]
pub(crate) struct LockFacts {
    /// What is there.
    pub(crate) state: LockState,
    /// The version of volplane that wrote it.
    pub(crate) written_by: Option<String>,
    /// Whether it is in version control.
    pub(crate) git: GitState,
}

/// What there is of volplane.lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LockState {
    /// Nothing.
    Missing,
    /// A file that says nothing.
    Empty,
    /// Lines are missing.
    Cut,
    /// Git's conflict markers are in it.
    Markers,
    /// A line that volplane did not write, counted from 1.
    Foreign(usize),
    /// All of it.
    Whole,
}

/// What git knows of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GitState {
    /// The project is in no repository, or git is not there.
    Unknown,
    /// The file is in the repository.
    Tracked,
    /// It is not.
    Untracked,
    /// It is not, and a .gitignore has it.
    Ignored,
}

/// The address that a server listens on unless told otherwise.
#[derive(Debug)]
pub(crate) struct PortFacts {
    /// The programs, such as `02-stdnet`.
    pub(crate) program: String,
    /// The flag that gives another address.
    pub(crate) flag: &'static str,
    /// The address.
    pub(crate) address: SocketAddr,
    /// Whether it can be listened on.
    pub(crate) state: PortState,
}

/// Whether an address can be listened on.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PortState {
    /// It can.
    Free,
    /// Another process listens on it.
    InUse,
    /// The system refuses it.
    Refused(String),
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// cargo, rustc, a C compiler.
    Toolchain,
    /// The version of volplane that the project was made by.
    Version,
    /// volplane.lock.
    Lock,
    /// volplane.toml, templates: what the project is made from, IDL aside.
    Settings,
    /// The IDL.
    Idl,
    /// The project's files, compared with what an update would write.
    Files,
    /// The vendored crates.
    Runtime,
    /// The versions in `[workspace.dependencies]`.
    Dependencies,
    /// The handlers.
    Handlers,
    /// Conflict markers in files.
    Conflicts,
    /// The addresses of the servers.
    Ports,
}

impl Subject {
    /// What programs call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Toolchain => "toolchain",
            Self::Version => "version",
            Self::Lock => "lock",
            Self::Settings => "settings",
            Self::Idl => "idl",
            Self::Files => "files",
            Self::Runtime => "runtime",
            Self::Dependencies => "dependencies",
            Self::Handlers => "handlers",
            Self::Conflicts => "conflicts",
            Self::Ports => "ports",
        }
    }
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FindingLevel {
    /// All is well.
    Ok,
    /// The project works, but something will go wrong sooner or later.
    Warning,
    /// The project does not build, can't be updated, or needs a manual fix.
    Error,
}

impl FindingLevel {
    /// What programs call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// What it is called in a line for people.
    pub(crate) fn verb(self) -> &'static str {
        match self {
            Self::Ok => "Ok",
            Self::Warning => "Warning",
            Self::Error => "Error",
        }
    }
}

/// Something that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// What it is about.
    pub(crate) subject: Subject,
    /// How much it matters.
    pub(crate) level: FindingLevel,
    /// What was found.
    pub(crate) message: String,
    /// What to do, if the message does not say it.
    pub(crate) help: Option<String>,
}

impl Finding {
    /// All is well.
    fn ok(subject: Subject, message: impl Into<String>) -> Self {
        Self { subject, level: FindingLevel::Ok, message: message.into(), help: None }
    }

    /// Something to look at.
    fn warning(subject: Subject, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { subject, level: FindingLevel::Warning, message: message.into(), help: Some(help.into()) }
    }

    /// Something to fix.
    fn error(subject: Subject, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { subject, level: FindingLevel::Error, message: message.into(), help: Some(help.into()) }
    }

    /// The line that people get, without its first word.
    pub(crate) fn text(&self) -> String {
        match &self.help {
            Some(help) => format!("{}: {help}", self.message),
            None => self.message.clone(),
        }
    }
}

/// Examines the facts.
pub(crate) fn examine(facts: &DoctorFacts) -> Vec<Finding> {
    let mut findings = toolchain::findings(&facts.toolchain);
    if let Some(project) = &facts.project {
        findings.extend(project::findings(project));
    }
    findings
}

/// How the command ends: warnings alone are no reason to fail, unless they are denied.
pub(crate) fn exit(findings: &[Finding], deny_warnings: bool) -> Exit {
    let limit = if deny_warnings { FindingLevel::Warning } else { FindingLevel::Error };
    let fails = findings.iter().any(|finding| finding.level >= limit);
    if fails { Exit::ActionRequired } else { Exit::Success }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_needs_a_manual_fix_ends_with_another_code() {
        let ok = Finding::ok(Subject::Lock, "x");
        let warning = Finding::warning(Subject::Ports, "x", "y");
        let error = Finding::error(Subject::Handlers, "x", "y");
        assert_eq!(exit(&[ok.clone(), warning.clone()], false), Exit::Success);
        assert_eq!(exit(&[ok.clone(), warning.clone()], true), Exit::ActionRequired);
        assert_eq!(exit(std::slice::from_ref(&ok), true), Exit::Success);
        assert_eq!(exit(&[warning, error, ok], false), Exit::ActionRequired);
    }
}
