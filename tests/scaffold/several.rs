//! A project that gets a second IDL: servers and clients are for the services of both.

use std::fs;

use crate::workshop::{RUNTIME_HERE, Workshop};
use volplane_testkit::{Sandbox, TestResult};

fn builds(codegen: &str) -> TestResult {
    let workshop = Workshop::enter();
    let sandbox = Sandbox::with_echo()?
        .file("more/audit.thrift", include_str!("idl/audit.thrift"))?
        .file("common/base.thrift", include_str!("idl/base.thrift"))?;
    let options = ["--transport=stdnet,yamux", "--codegen", codegen, RUNTIME_HERE];
    let new = sandbox.run(&[&["new", "idl/echo.thrift", "hello"][..], &options].concat())?;
    assert_eq!(new.code, Some(0), "{}", new.stderr);
    let add = ["add", "-I", "../common", "../more/audit.thrift", "--service", "audit.api"];
    let add = sandbox.run_in("hello", &add)?;
    assert_eq!(add.code, Some(0), "{}", add.stderr);
    let check = sandbox.run_in("hello", &["check"])?;
    assert_eq!(check.code, Some(0), "{}{}", check.stdout, check.stderr);

    let project = sandbox.path().join("hello");
    let clients = fs::read_to_string(project.join("cmd/src/clients.rs"))?;
    assert!(clients.contains("::new(\"audit.api\")"), "{clients}");
    workshop.assert_formatted(&project)?;
    workshop.build_and_test(&project)
}

#[test]
fn built_by_a_build_script() -> TestResult {
    builds("build-rs")
}

#[test]
fn checked_in() -> TestResult {
    builds("checked-in")
}
