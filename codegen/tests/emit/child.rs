//! The backend in a process of its own: this test program is its own child.

use std::path::Path;

use volplane_build::internal::emit::{self, ChildError, emit_in_child, run_child};
use volplane_build::internal::lower::{Piece, Shape, lower};
use volplane_build::internal::write::CodeOptions;

use volplane_build_testkit::generated::workspace;

use crate::support;

/// The child's part. Without a directory after the test's name it has nothing to do.
#[test]
fn as_a_child() {
    let dir = std::env::args().next_back().unwrap_or_default();
    if Path::new(&dir).join("request.json").is_file() {
        run_child(Path::new(&dir)).expect("an answer");
    }
}

fn this_program() -> std::path::PathBuf {
    std::env::current_exe().expect("this program")
}

#[test]
fn the_code_is_that_of_a_direct_run() {
    let model = support::model(&[workspace().join("idl/echo.thrift")], &[]);
    let lowered = lower(&model, &CodeOptions::default());
    let code =
        emit_in_child(&this_program(), &["--nocapture", "--exact", "child::as_a_child"], &lowered).expect("code");
    assert_eq!(code, support::files(&model, &CodeOptions::default()));
}

#[test]
fn an_exit_of_the_backend_is_an_error_here() {
    let model = support::model(&[workspace().join("idl/echo.thrift")], &[]);
    let mut lowered = lower(&model, &CodeOptions::default());
    lowered.files[0].text.push_str("struct {");
    let error = emit_in_child(&this_program(), &["--nocapture", "--exact", "child::as_a_child"], &lowered)
        .expect_err("no code");
    let ChildError::Stopped { status, said } = &error else { panic!("{error:?}") };
    assert!(!status.success());
    assert!(said.contains("Failed to parse thrift file"), "{said}");
    assert!(error.to_string().contains("please report it"), "{error}");
}

#[test]
fn a_definition_that_is_not_there_is_named() {
    let model = support::model(&[workspace().join("idl/echo.thrift")], &[]);
    let mut lowered = lower(&model, &CodeOptions::default());
    lowered.modules[0].pieces.push(Piece::Shape(Shape { name: "Nobody".to_owned(), ..Shape::default() }));
    let dir = tempfile::tempdir().expect("a temporary folder");
    let error = emit::emit(&lowered, dir.path()).expect_err("no code");
    assert!(error.to_string().contains("does not define api::Nobody"), "{error}");
}
