//! Generated types, compiled and used: a program with tests of its own, `data/tests.rs`.

use volplane_build::internal::write::CodeOptions;
use volplane_build::internal::{MemorySource, check};

use crate::support::{self, Project};

#[test]
fn data_survives_and_hostile_bytes_are_refused() {
    let model = support::model(&[support::idl("../data/rich.thrift")], &[]);
    let project = Project::new("data");
    let options = CodeOptions { types_only: true, ..CodeOptions::default() };
    project.add_tests("rich", &model, &options, include_str!("data/tests.rs"));
    let kept = CodeOptions { keep_unknown_fields: true, ..options.clone() };
    project.add_tests("kept", &model, &kept, include_str!("data/kept.rs"));
    let memory = MemorySource::new().with("tree.thrift", include_str!("data/tree.thrift"));
    let model = check(&["tree.thrift".into()], &[], &memory).model.expect("IDL without a mistake");
    let served = CodeOptions { serde_feature: Some("serde".to_owned()), ..options };
    project.add_tests("served", &model, &served, include_str!("data/served.rs"));
    project.cargo(&["test", "--all-features"]);
}
