//! An IDL with everything that is awkward in Rust gives projects that build without a warning.

use crate::workshop::{RUNTIME_HERE, Workshop};
use volplane_testkit::{Sandbox, TestResult};

fn sandbox() -> Result<Sandbox, Box<dyn std::error::Error>> {
    Sandbox::new()?
        .file("idl/shop.thrift", include_str!("idl/shop.thrift"))?
        .file("common/base.thrift", include_str!("idl/base.thrift"))
}

fn builds(codegen: &str) -> TestResult {
    let workshop = Workshop::enter();
    let sandbox = sandbox()?;
    let options = ["--transport=stdnet,yamux", "--codegen", codegen, RUNTIME_HERE];
    let outcome = sandbox.run(&[&["new", "-I", "common", "idl/shop.thrift", "shop"][..], &options].concat())?;
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let project = sandbox.path().join("shop");
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
