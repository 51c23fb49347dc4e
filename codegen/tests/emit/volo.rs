//! A program that was written for volo-build's code runs with ours.

use volplane_build::internal::write::CodeOptions;

use crate::support::{self, Project};

#[test]
fn a_program_written_for_volo_build_runs() {
    let project = Project::new("volo");
    let options = CodeOptions { descriptors: true, ..CodeOptions::default() };
    let model = support::model(&[support::idl("volo.thrift")], &[]);
    project.add_program("shop", &model, &options, include_str!("volo_program.rs"));
    project.run_program("shop");
}
