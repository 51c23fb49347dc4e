//! Names that Rust reserves, or that the generated code uses itself.

use crate::support::{self, Project};

#[test]
fn awkward_names_compile() {
    let idl = support::idl("awkward.thrift");
    let project = Project::new("awkward");
    project.add("awkward", &support::model(&[idl], &[]));
    project.cargo(&["check"]);
}
