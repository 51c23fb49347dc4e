//! Names that Rust reserves, or that the generated code uses itself.

use std::path::PathBuf;

use volplane_build::internal::{MemorySource, check};

use crate::support::{self, Project};

pub(crate) fn add_to(project: &Project) {
    let idl = support::idl("awkward.thrift");
    project.add("awkward", &support::model(&[idl], &[]));
}

#[test]
fn a_service_keeps_its_name_on_the_wire_whatever_others_are_called_in_rust() {
    let texts = [
        ("a.thrift", "namespace rs api\nservice Echo { void a() }"),
        ("b.thrift", "namespace rs audit.log\nservice echo { void b() }"),
        ("c.thrift", "namespace rs type.Upper\nservice ECHO { void c() }"),
        ("d.thrift", "namespace rs zoo\nservice zoo {}"),
    ];
    let memory = texts.iter().fold(MemorySource::new(), |memory, (path, text)| memory.with(*path, *text));
    let paths: Vec<PathBuf> = texts.iter().map(|(path, _)| path.into()).collect();
    let model = check(&paths, &[], &memory).model.expect("IDL without a mistake");
    let code = support::code(&model);
    let names: Vec<&str> =
        code.lines().filter_map(|line| line.trim().split_once(" in volplane_runtime;")).map(|(name, _)| name).collect();
    assert_eq!(names, ["\"Echo\"", "\"echo\"", "\"ECHO\"", "\"zoo\""]);
}
