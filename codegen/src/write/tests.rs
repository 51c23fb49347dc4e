//! The text of each kind of type.

use std::path::PathBuf;

use super::CodeOptions;
use crate::check::check;
use crate::lower::{Piece, lower};
use crate::read::MemorySource;

fn text(idl: &str, options: &CodeOptions) -> String {
    let memory = MemorySource::new().with("a.thrift", idl);
    let model = check(&[PathBuf::from("a.thrift")], &[], &memory).model.expect("IDL without a mistake");
    let mut text = String::new();
    for piece in lower(&model, options).modules.remove(0).pieces {
        match piece {
            Piece::Own(own) => text.push_str(&own),
            Piece::Shape(shape) => {
                text.push_str(&format!("=== {}\n{}", shape.name, shape.head));
                for (index, field) in shape.fields.iter().enumerate() {
                    text.push_str(&format!("--- {index}\n{field}"));
                }
                text.push_str(&format!("---\n{}", shape.impls));
            }
        }
        text.push('\n');
    }
    text
}

#[test]
fn structs_and_exceptions() {
    insta::assert_snapshot!(text(
        "/** A point. */
         struct Point {
             1: required double x // to the right
             2: required double y = 0.5 (deprecated)
             -1: optional Point next
         } (deprecated = \"take \\\"Place\\\"\")
         struct Plain { 1: i32 f1 2: string fields 3: list<i32> type }
         struct Empty {}
         struct Defaults { 1: i32 a = 3 2: required string b = 'x' 3: Point p = {'x': 1, 'next': {'x': 2, 'y': 1}} }
         exception Fault { 1: required i32 code 2: string reason }
         exception Named { 1: required string what } (message = 'what')
         exception Bare {}",
        &CodeOptions::default()
    ));
}

#[test]
fn unions() {
    insta::assert_snapshot!(text(
        "union Either { 1: i32 number // a number
             -2: string text (deprecated) }
         union Tree { 1: Tree left 2: list<Tree> all 3: string leaf }
         union Never {}
         struct Holder { 1: required Never never }",
        &CodeOptions::default()
    ));
}

#[test]
fn enums_typedefs_and_constants() {
    insta::assert_snapshot!(text(
        "/** Colors. */
         enum Color { RED = 1 /* again */ CRIMSON = 1, BELOW = -3 (deprecated) }
         enum Nothing {}
         typedef map<string, double> Ratios
         /** Words. */ senum Word { 'a', 'b' }
         typedef set<list<double>> Keys
         struct In { 1: uuid id = '00112233-4455-6677-8899-aabbccddeeff' }
         union U { 1: In in 2: double d }
         /** The best. */ const Color BEST = Color.CRIMSON
         const string TEXT = 'te\"xt'
         const map<U, list<U>> TABLE = {{'d': 1}: [{'in': {}}]} (deprecated)
         const Word WORD = 'a'
         const double HALF = 0.5",
        &CodeOptions::default()
    ));
}

#[test]
fn settings_reach_every_type() {
    let options = CodeOptions {
        keep_unknown_fields: true,
        derive: vec!["::some::Trait".to_owned(), "Eq".to_owned()],
        serde_feature: Some("serde".to_owned()),
        ..CodeOptions::default()
    };
    insta::assert_snapshot!(text(
        "struct S { 1: i32 a (pilota.serde_attribute = '#[serde(rename = \"b\")]') 2: required i32 c }
         struct All { 1: i32 a = 1 }
         union U { 1: i32 a }
         enum E { A }
         typedef i32 T",
        &options
    ));
}
