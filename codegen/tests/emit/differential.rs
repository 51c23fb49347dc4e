//! Our code and pilota-build's own, on the same values: the bytes are equal, and each reads the other's.
//!
//! The values are messages made at random from the checked IDL, written by an encoder of the testkit (`message`) as
//! Apache's specifications say. Code of both is compiled into one program, which decodes and encodes them all and
//! compares (`program.rs.in`).

mod program;
mod random;

use std::path::Path;

use volplane_build_testkit::generated::model;

use self::program::{Program, Theirs};

/// Files of the corpus: Apache's own test, and the longest.
const CORPUS: [&str; 2] = ["apache+thrift/test/ThriftTest.thrift", "evernote+evernote-thrift/src/NoteStore.thrift"];

#[test]
fn bytes_are_those_of_pilota_build() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emit/differential/idl");
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/idl-corpus");
    let mut program = Program::new();
    program.add("kinds", &model(&own.join("kinds.thrift"), &[]), Theirs::Of(own.join("kinds.thrift")), 300);
    program.add("only_ours", &model(&own.join("ours.thrift"), &[]), Theirs::None, 300);
    for (number, file) in CORPUS.iter().enumerate() {
        let set = corpus.join(file.split('/').next().expect("a directory"));
        program.add(&format!("corpus{number}"), &model(&corpus.join(file), &[set]), Theirs::Lowered, 20);
    }
    program.run();
}
