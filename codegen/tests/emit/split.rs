//! Generated code in a file for each namespace.

use std::path::PathBuf;

use volplane_build::internal::write::CodeOptions;
use volplane_build::internal::{MemorySource, check};

use crate::support::{self, Project};

fn split() -> CodeOptions {
    CodeOptions { split: true, ..CodeOptions::default() }
}

#[test]
fn each_namespace_has_a_file_where_rust_looks_for_it() {
    let memory = MemorySource::new()
        .with("a.thrift", "namespace rs a.type\ninclude \"b.thrift\"\ninclude \"d.thrift\"\nstruct A { 1: b.B b }")
        .with("b.thrift", "namespace rs a\nstruct B {}")
        .with("d.thrift", "namespace rs a.mod\nstruct D {}")
        .with("c.thrift", "namespace rs volplane_runtime\nstruct C {}");
    let paths = [PathBuf::from("a.thrift"), PathBuf::from("c.thrift")];
    let model = check(&paths, &[], &memory).model.expect("IDL without a mistake");
    let files = support::files(&model, &split());
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "volplane_gen.rs",
            "volplane_gen/volplane_runtime.rs",
            "volplane_gen/a.rs",
            "volplane_gen/a/type.rs",
            "volplane_gen/a/mod2.rs",
            "volplane_gen/volplane_runtime2.rs"
        ]
    );
    insta::assert_snapshot!(files[0].text);
    assert!(files[2].text.ends_with("pub mod r#type;\npub mod mod2;\n"), "{}", files[2].text);
}

pub(crate) fn add_to(project: &Project) {
    project.add_with("awkward_split", &support::model(&[support::idl("awkward.thrift")], &[]), &split());
}
