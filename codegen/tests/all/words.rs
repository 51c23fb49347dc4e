//! Frequent errors: misspelled keywords, look-alike characters, forms of other languages, missing marks. Each
//! gives one error; a second, independent one further down is still found; the fix, if there is one, leaves only that.

mod forms;
mod support;

use std::path::PathBuf;
use support::{LATER, cases, checked, errors, fixed, shown};
use volplane_build::internal::{Code, MemorySource, check};

#[test]
fn misspelled_keywords_of_definitions() {
    let shown = cases(&[
        "Struct A { 1: i32 a }\nstruct B { 1: A a }",
        "strcut A {\n  1: i32 a\n  2: optional string b = \"x\"\n}\nstruct B { 1: A a }",
        "exeption A { 1: i32 a }\nservice S { void f() throws (1: A a) }",
        "enumm A { X, Y = 5 }\nconst A a = A.Y",
        "Enum A { X, Y = 5 }\nstruct B { 1: A a = A.X }",
        "unoin A { 1: i32 a }\nstruct B { 1: A a }",
        "typdef i32 A\nstruct B { 1: A a = 3 }",
        "cosnt i32 A = 1\nconst i32 B = A",
        "CONST string A = \"x\"\nconst string B = A",
        "servcie S { void f(1: i32 a) }\nservice T extends S {}",
        "Service S {\n  i32 f(1: i32 a),\n  oneway void g()\n}",
        "namspace rs demo\nstruct B { 1: i32 a }",
        "Namespace * demo",
        "interface S { void f() }",
        "class A { 1: i32 a }\nstruct B { 1: A a }",
        "package demo\nstruct A { 1: i32 a }",
        "struct A { 1: i32 a }\npackage demo;",
    ]);
    insta::assert_snapshot!(shown);
}

#[test]
fn misspelled_keywords_inside_of_definitions() {
    let shown = cases(&[
        "struct A { 1: optinal i32 a, 2: i32 b }",
        "struct A {\n  1: reqired list<string> a = [\"x\"]\n  2: i32 b\n}",
        "struct A {\n  1: Optional i32 a (x = \"y\")\n}",
        "struct B {}\nstruct A {\n  1: opt B a;\n  2: B b;\n}",
        "service S { void f(1: optoinal i32 a, 2: i32 b) }",
        "service S { viod f(1: i32 a) }",
        "service S { Void f() }",
        "service S { oneway viod f() }",
        "service S { onewya void f() void g() }",
        "exception E {}\nservice S {\n  void f() thows (1: E e)\n  void g()\n}",
        "exception E {}\nservice S {\n  void f() raises (1: E e),\n}",
        "service B { void f() }\nservice S extend B { void g() }",
        "service B { void f() }\nservice S implements B { void g() }",
        "service B { void f() }\nservice S : B { void g() }",
        "struct A {\n  1: strng a\n}",
        "struct A {\n  1: lsit<i32> a\n}",
        "struct A {\n  1: bool a = True\n}",
        "const bool A = flase",
        "struct A {\n  1: i32 a\n  2: public string b\n}",
    ]);
    insta::assert_snapshot!(shown);
}

#[test]
fn a_definition_with_a_misspelled_keyword_ends_an_open_body() {
    let found = checked("struct A {\n  1: i32 a\n\nservcie S {\n  void f()\n}\n");
    insta::assert_snapshot!(shown(&found));
}

#[test]
fn characters_that_look_like_others() {
    let shown = cases(&[
        "struct A { 1: i32 a， 2: i32 b }",
        "struct A { 1： i32 a }",
        "struct A { 1: i32 a； 2: i32 b }",
        "struct A { 1: i32 a、 2: i32 b }",
        "service S { void f（1: i32 a) }",
        "service S { void f(1: i32 a） }",
        "struct A ｛ 1: i32 a }",
        "struct A { 1: list＜i32> a }",
        "struct A { 1: list<i32＞ a }",
        "const i32 A ＝ 1\nconst i32 B = A",
        "const string A = “hello”\nconst string B = A",
        "const string A = ‘it is \"so\"’",
        "const string A = \"hello”",
        "const string A = `hello`",
        "const i32 A = −1",
        "const i32 A = １２",
        "ｓｔｒｕｃｔ A { 1: i32 a }\nstruct B { 1: A a }",
        "struct A { 1: i32 a\u{3000}2: i32 b }",
        "struct A {\u{a0}1: i32 a }",
        "struct A { 1: i32 na\u{200b}me }",
        "struct A\u{200b} { 1: i32 name }\nstruct B { 1: A a }",
        "struct A {}\u{feff}\nstruct B { 1: A a }",
        "// The first letter is Cyrillic.\nstruct Ас { 1: i32 a }\nstruct B { 1: Ac a }",
        "／／ a comment\nstruct B { 1: i32 a }",
        "const string X = 'x'。",
    ]);
    insta::assert_snapshot!(shown);
}

#[test]
fn a_character_that_occurs_often_is_reported_once_with_all_fixes() {
    let fields: String = (1..=40).map(|id| format!("  {id}： i32 a{id}，\n")).collect();
    let text = format!("struct A {{\n{fields}}}\n{LATER}");
    let found = checked(&text);
    insta::assert_snapshot!(shown(&found));
    let mut text = text;
    for _ in 0..2 {
        let found = checked(&text);
        text = fixed(&text, errors(&found)[0]);
    }
    assert_eq!(errors(&checked(&text)).len(), 1, "{text}");
}

#[test]
fn files_of_other_languages() {
    let mut out = String::new();
    for text in [
        "syntax = \"proto3\";\npackage foo;\nimport \"google/protobuf/any.proto\";\nmessage Foo {\n  string name = 1;\n}\n",
        "// A comment.\npackage foo.bar;\n\nmessage Foo {\n  repeated string names = 1;\n}\n",
        "message Foo {\n  string name = 1;\n}\nservice Echo {\n  rpc Say (Foo) returns (Foo) {}\n}\n",
        "package main\n\nimport (\n\t\"fmt\"\n)\n\ntype Foo struct {\n\tName string `json:\"name\"`\n}\n",
        "type Foo struct {\n\tName string\n}\n",
        "use std::collections::HashMap;\n\n#[derive(Debug)]\npub struct Foo {\n    pub name: String,\n}\n",
        "pub struct Foo<'a> {\n    pub name: &'a str,\n}\n",
        "{\n  \"openapi\": \"3.0.0\",\n  \"paths\": {}\n}\n",
        "{\n  \"name\": \"x\",\n  \"ids\": [1, 2]\n}\n",
        "openapi: 3.0.0\ninfo:\n  title: x\n",
        "package com.example;\n\nimport java.util.List;\n\npublic class Foo {\n  private String name;\n}\n",
        "export interface Foo {\n  name: string;\n  ids?: number[];\n}\n",
        "from dataclasses import dataclass\n\nclass Foo:\n    name: str\n",
        "type Foo {\n  name: String!\n  ids: [Int]\n}\n",
        "<!DOCTYPE html>\n<html></html>\n",
    ] {
        let found = checked(text);
        let [one] = errors(&found)[..] else { panic!("{}", shown(&found)) };
        assert_eq!(one.code(), Code::E006);
        out.push_str(&shown(&found));
    }
    insta::assert_snapshot!(out);
}

/// The file may define what another file uses.
#[test]
fn names_of_a_file_of_another_language_are_not_reported_as_missing() {
    let files = MemorySource::new()
        .with("main.thrift", "include \"foo.thrift\"\nstruct A { 1: foo.Foo a }\n")
        .with("foo.thrift", "syntax = \"proto3\";\nmessage Foo {}\n");
    let found = check(&[PathBuf::from("main.thrift")], &[], &files);
    assert_eq!(errors(&found).iter().map(|one| one.code()).collect::<Vec<_>>(), [Code::E006]);
}

#[test]
fn what_a_misspelled_include_names_is_read() {
    let found = checked("import \"x.thrift\"\ninculde \"dir/none.thrift\"\nstruct A { 1: x.B b 2: x.C c }\n");
    let codes: Vec<Code> = errors(&found).iter().map(|one| one.code()).collect();
    assert_eq!(codes, [Code::E027, Code::E027, Code::E002, Code::E030], "{}", shown(&found));
}

/// Valid, however much it looks like an error.
#[test]
fn odd_names_of_valid_files_stay_names() {
    let text = "struct Optional {}\nstruct Void {}\nstruct List {}\nstruct TypeDef {}\nstruct message {}\n\
        struct A {\n  Optional string List x\n  1: Void void_ 2: List option\n  TypeDef a Void b\n  message type;\n}\n\
        enum B { True, None }\nconst B True = B.True\n\
        service S {\n  Void f()\n  List throw(1: Optional optional_)\n  message fn(\n    List a (x = \"y\"),\n    A b\n  )\n}\n";
    let found = checked(text);
    assert!(found.model.is_some(), "{}", shown(&found));
}
