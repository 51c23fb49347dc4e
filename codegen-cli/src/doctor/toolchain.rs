//! cargo, rustc and a C compiler.

use super::{Finding, ProgramVersion, Subject, ToolchainFacts};
use crate::version::Version;

/// Where Rust comes from.
const INSTALL: &str = "install Rust from https://rustup.rs";

pub(super) fn findings(facts: &ToolchainFacts) -> Vec<Finding> {
    let mut findings = vec![cargo(&facts.cargo), rustc(&facts.rustc, &facts.rust_version)];
    findings.extend(facts.c_compiler.as_ref().map(|compiler| c_compiler(compiler, facts.compiles_c)));
    findings
}

fn cargo(cargo: &ProgramVersion) -> Finding {
    match cargo {
        Ok(version) => Finding::ok(Subject::Toolchain, version.clone()),
        Err(error) => Finding::error(Subject::Toolchain, format!("cargo can't be run ({error})"), INSTALL),
    }
}

fn rustc(rustc: &ProgramVersion, needed: &str) -> Finding {
    let text = match rustc {
        Ok(text) => text,
        Err(error) => return Finding::error(Subject::Toolchain, format!("rustc can't be run ({error})"), INSTALL),
    };
    // `rustc 1.95.0 (59807616e 2026-04-14)`
    let version = text.split_whitespace().nth(1).unwrap_or_default();
    if Version::new(version).is_older_than(&Version::new(needed)) {
        let message = format!("rustc {version} is too old: the project needs {needed}");
        return Finding::error(Subject::Toolchain, message, "run `rustup update`");
    }
    Finding::ok(Subject::Toolchain, format!("{text}; the project needs {needed}"))
}

fn c_compiler(compiler: &ProgramVersion, compiles_c: bool) -> Finding {
    let needed_for = if compiles_c { "the TLS library and for linking" } else { "linking" };
    match compiler {
        Ok(version) => Finding::ok(Subject::Toolchain, format!("C compiler for {needed_for}: {version}")),
        Err(error) => {
            let message = format!("no C compiler was found ({error}), which is needed for {needed_for}");
            let help = "install gcc or clang, or name one in the environment variable CC";
            if compiles_c {
                Finding::error(Subject::Toolchain, message, help)
            } else {
                Finding::warning(Subject::Toolchain, message, help)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::FindingLevel;

    fn levels(rustc: &str, compiler: Option<ProgramVersion>, compiles_c: bool) -> Vec<FindingLevel> {
        let facts = ToolchainFacts {
            cargo: Ok("cargo 1.95.0".into()),
            rustc: Ok(rustc.into()),
            rust_version: "1.95".into(),
            c_compiler: compiler,
            compiles_c,
        };
        findings(&facts).into_iter().map(|finding| finding.level).collect()
    }

    #[test]
    fn rustc_has_to_be_as_new_as_the_project_asks_for() {
        use FindingLevel::{Error, Ok};
        assert_eq!(levels("rustc 1.95.0 (abc 2026-01-01)", None, false), [Ok, Ok]);
        assert_eq!(levels("rustc 1.100.0-nightly (abc 2026-01-01)", None, false), [Ok, Ok]);
        assert_eq!(levels("rustc 1.94.1 (abc 2026-01-01)", None, false), [Ok, Error]);
    }

    #[test]
    fn a_c_compiler_is_an_error_where_c_is_compiled() {
        use FindingLevel::{Error, Ok, Warning};
        let none = || Some(Err("not found".to_owned()));
        assert_eq!(levels("rustc 1.95.0", none(), false), [Ok, Ok, Warning]);
        assert_eq!(levels("rustc 1.95.0", none(), true), [Ok, Ok, Error]);
        assert_eq!(levels("rustc 1.95.0", Some(Result::Ok("cc 14".into())), true), [Ok, Ok, Ok]);
    }
}
