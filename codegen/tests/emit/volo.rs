//! A program that was written for volo-build's code runs with ours.

use crate::support::{self, Project};

#[test]
fn a_program_written_for_volo_build_runs() {
    let project = Project::new("volo");
    project.add_program("shop", &support::model(&[support::idl("volo.thrift")], &[]), include_str!("volo_program.rs"));
    project.run_program("shop");
}
