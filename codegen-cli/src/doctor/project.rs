//! A project's lock file, conflict markers and addresses.

use super::{
    Finding, FindingLevel, GitState, LockFacts, LockState, PortFacts, PortState, ProjectFacts, Subject, UpdateFacts,
    UpdateProblem,
};
use crate::record;
use crate::version::Version;

pub(super) fn findings(facts: &ProjectFacts) -> Vec<Finding> {
    let mut findings: Vec<Finding> = facts.lock.written_by.as_deref().map(version).into_iter().collect();
    findings.extend(lock(&facts.lock));
    findings.extend(facts.problem.as_ref().map(problem));
    findings.extend(facts.update.iter().flat_map(UpdateFacts::findings));
    findings.extend(facts.markers.iter().map(|(path, line)| {
        let message = format!("{path}:{line} has conflict markers");
        Finding::error(Subject::Conflicts, message, "choose between the two sides and remove the markers")
    }));
    findings.extend(ports(&facts.ports));
    findings
}

fn problem(problem: &UpdateProblem) -> Finding {
    let UpdateProblem { subject, message, help } = problem.clone();
    Finding { subject, level: FindingLevel::Error, message, help }
}

fn version(written_by: &str) -> Finding {
    let (own, theirs) = (Version::own(), Version::new(written_by));
    if own.is_older_than(&theirs) {
        let message = format!("the last update was made by volplane {theirs}, and this is {own}");
        return Finding::error(Subject::Version, message, format!("install volplane {theirs} or a later version"));
    }
    if theirs.is_older_than(&own) {
        let message = format!("the last update was made by volplane {theirs}, and this is {own}");
        return Finding::warning(Subject::Version, message, "run `volplane upgrade`");
    }
    Finding::ok(Subject::Version, format!("the last update was made by this volplane, {own}"))
}

fn lock(facts: &LockFacts) -> Vec<Finding> {
    const RESTORE: &str = "restore it with `git checkout volplane.lock`, then run `volplane update`";
    let file = record::FILE;
    let error = |what: String| Finding::error(Subject::Lock, what, RESTORE);
    let state = match facts.state {
        LockState::Missing => return vec![error(format!("{file} is missing"))],
        LockState::Empty => error(format!("{file} is empty")),
        LockState::Cut => error(format!("lines of {file} are missing")),
        LockState::Foreign(line) => error(format!("{file}:{line} is a line that volplane did not write")),
        LockState::Markers => {
            let help = "run `volplane update`, which reads both sides and writes the file without them";
            Finding::warning(Subject::Lock, format!("{file} has conflict markers"), help)
        }
        LockState::Whole => match facts.git {
            GitState::Tracked => Finding::ok(Subject::Lock, format!("{file} is complete and in Git")),
            _ => Finding::ok(Subject::Lock, format!("{file} is complete")),
        },
    };
    let git = match facts.git {
        GitState::Unknown | GitState::Tracked => None,
        GitState::Untracked => {
            let message = format!("{file} is not in Git: without it, updates can't tell your edits from volplane's");
            Some(Finding::warning(Subject::Lock, message, format!("run `git add {file}`, and commit it")))
        }
        GitState::Ignored => {
            let message = format!("Git ignores {file}: without it, updates can't tell your edits from volplane's");
            let help =
                format!("remove it from .gitignore (`git check-ignore -v {file}` names the line), and commit it");
            Some(Finding::warning(Subject::Lock, message, help))
        }
    };
    [Some(state), git].into_iter().flatten().collect()
}

fn ports(ports: &[PortFacts]) -> Vec<Finding> {
    let taken: Vec<Finding> = ports.iter().filter_map(port).collect();
    if !taken.is_empty() || ports.is_empty() {
        return taken;
    }
    let all: Vec<String> = ports.iter().map(|port| port.address.to_string()).collect();
    vec![Finding::ok(Subject::Ports, format!("the addresses of the servers are free: {}", all.join(", ")))]
}

fn port(facts: &PortFacts) -> Option<Finding> {
    let PortFacts { program, flag, address, state } = facts;
    let what = match state {
        PortState::Free => return None,
        PortState::InUse => format!("another process uses {address}, the address of {program}-server"),
        PortState::Refused(error) => format!("{program}-server can't listen on {address} ({error})"),
    };
    let help = format!("stop that process, or give the server another address with `{flag}`");
    let help = if *state == PortState::InUse { help } else { format!("give the server another address with `{flag}`") };
    Some(Finding::warning(Subject::Ports, what, help))
}

/// The address that a server's source gives as its default: what stands in the first `default_value`.
pub(crate) fn default_address(source: &str) -> Option<&str> {
    let (_, rest) = source.split_once("default_value = \"")?;
    let (value, _) = rest.split_once('"')?;
    let address = value.split_once("://").map_or(value, |(_, address)| address);
    address.split('/').next().filter(|address| !address.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(findings: &[Finding]) -> String {
        let lines: Vec<String> =
            findings.iter().map(|finding| format!("{} {}", finding.level.verb(), finding.text())).collect();
        lines.join("\n")
    }

    #[test]
    fn the_version_that_a_project_was_updated_by() {
        let levels = ["0.0.1", env!("CARGO_PKG_VERSION"), "999.0.0"].map(|text| version(text).level);
        assert_eq!(levels, [FindingLevel::Warning, FindingLevel::Ok, FindingLevel::Error]);
    }

    #[test]
    fn every_state_of_the_lock_says_what_to_do() {
        use LockState::{Cut, Empty, Foreign, Markers, Missing, Whole};
        let mut all = Vec::new();
        for state in [Missing, Empty, Cut, Markers, Foreign(3), Whole] {
            all.extend(lock(&LockFacts { state, written_by: None, git: GitState::Unknown }));
        }
        for git in [GitState::Tracked, GitState::Untracked, GitState::Ignored] {
            all.extend(lock(&LockFacts { state: Whole, written_by: None, git }));
        }
        insta::assert_snapshot!(texts(&all));
    }

    #[test]
    fn addresses_that_are_taken_are_warnings() {
        let port = |port: u16, state| PortFacts {
            program: "02-stdnet".into(),
            flag: "--addr",
            address: ([127, 0, 0, 1], port).into(),
            state,
        };
        let free = ports(&[port(8888, PortState::Free), port(8889, PortState::Free)]);
        let taken = ports(&[
            port(8888, PortState::Free),
            port(8889, PortState::InUse),
            port(80, PortState::Refused("permission denied".into())),
        ]);
        insta::assert_snapshot!(texts(&[free, taken].concat()));
        assert_eq!(ports(&[]), []);
    }

    #[test]
    fn the_address_of_a_server_stands_in_its_source() {
        let of = |value: &str| {
            format!("struct Args {{\n    #[arg(long, default_value = \"{value}\")]\n    addr: String,\n}}")
        };
        assert_eq!(default_address(&of("127.0.0.1:8888")), Some("127.0.0.1:8888"));
        assert_eq!(default_address(&of("ws://127.0.0.1:8890/kitex-ws")), Some("127.0.0.1:8890"));
        assert_eq!(default_address(&of("unix:///run/echo.sock")), None);
        assert_eq!(default_address("fn main() {}"), None);
    }
}
