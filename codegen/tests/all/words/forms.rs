//! Forms of other languages, and marks that are missing or wrong.

use super::support::cases;

#[test]
fn types_of_other_languages() {
    let shown = cases(&[
        "struct A { 1: list a, 2: i32 b }",
        "struct A { 1: list<> a, 2: i32 b }",
        "struct A { 1: map<string> a, 2: i32 b }",
        "struct A { 1: list<string, i32> a, 2: i32 b }",
        "struct A {\n  1: []string a\n  2: i32 b\n}",
        "struct A {\n  1: []i32 a\n}\nstruct B { 1: A a }",
        "struct A {\n  1: []byte a\n}",
        "struct A {\n  1: string[] a\n  2: i32 b\n}",
        "struct A {\n  1: [string] a\n}",
        "struct A {\n  1: map[string]i32 a\n  2: i32 b\n}",
        "struct A {\n  1: map[string, i32] a\n}",
        "struct A {\n  1: list[i32] a\n}",
        "struct B {}\nstruct A {\n  1: *B a\n  2: i32 b\n}",
        "struct A { 1: Int64 a }",
        "struct A { 1: int a, 2: i32 b }",
        "struct A { 1: long a }",
        "struct A { 1: float a }",
        "struct A { 1: str a }",
        "struct A { 1: uint64 a }",
        "struct A { 1: Date a }",
        "struct A { 1: any a }",
        "struct A { 1: List<i32> a, 2: i32 b }",
        "struct A { 1: Map<string, list<i32>> a, 2: i32 b }",
        "struct A { 1: vector<i32> a }",
        "struct A { 1: Vec<i32> a }",
        "struct A { 1: HashMap<string, i32> a }",
        "struct A { 1: Option<i32> a, 2: i32 b }",
        "struct A {\n  1: repeated string a\n  2: i32 b\n}",
        "struct A { 1: i32 a = null, 2: i32 b }",
        "struct A { 1: string a = nil }",
        "struct A { 1: i32 a = None }",
    ]);
    insta::assert_snapshot!(shown);
}

#[test]
fn values_in_brackets_of_another_kind() {
    let shown = cases(&[
        "const list<i32> A = {1, 2}\nconst i32 B = 1",
        "const set<i32> A = {1}\nstruct S { 1: i32 a }",
        "const map<string, i32> A = [\"a\": 1, \"b\": 2]\nstruct S { 1: i32 a }",
        "const map<i32, list<i32>> A = {1: {2, 3}}",
        "struct S { 1: list<string> a = {\"x\"}, 2: i32 b }",
    ]);
    insta::assert_snapshot!(shown);
}

#[test]
fn missing_and_wrong_marks() {
    let shown = cases(&[
        "struct A {\n  1 i32 a\n  2: i32 b\n}",
        "struct A {\n  1 = i32 a\n  2: i32 b\n}",
        "struct A {\n  1. i32 a\n  2: i32 b\n}",
        "struct A {\n  1) list<i32> a\n}",
        "struct A\n  1: i32 a\n}",
        "struct A {\n  1: i32 a\n",
        "service S {\n  void f()\n",
        "enum E {\n  A\n  B\n",
        "struct A {\n  1: list<i32 a\n  2: i32 b\n}",
        "struct A {\n  1: map<string, list<i32> a\n  2: i32 b\n}",
        "struct A {\n  1: list<i32>> a\n}",
        "struct A {\n  1: map<string i32> a\n}",
        "struct A {\n  1: map<string: i32> a\n}",
        "struct A {}\nservice S {\n  A get(1: A a\n  A put(1: A a)\n}",
        "struct A {}\nservice S {\n  void get(1: A a\n  list<A> put(1: A a)\n}",
        "service S {\n  void f(1: i32 a\n  i32 count(1: string word, 2: i32 times)\n}",
        "service S {\n  void del(1: i32 id\n}",
        "service S {\n  void del(1: i32 id;\n  void get(1: i32 id);\n}",
        "exception E {}\nservice S {\n  void del(1: i32 id throws (1: E e)\n  void get()\n}",
        "service S {\n  void f 1: i32 a)\n  void g()\n}",
        "service S {\n  void f\n  void g()\n}",
        "service S {\n  f(1: i32 a)\n  void g()\n}",
        "const i32 A 1\nconst i32 B = A",
        "const i32 A := 1\nconst i32 B = A",
        "const A = 1\nconst i32 B = A",
        "enum E { A: 1, B = 2 }",
        "enum E { A 1, B = 2 }",
        "const list<i32> A = [1, 2",
    ]);
    insta::assert_snapshot!(shown);
}

#[test]
fn definitions_of_other_languages() {
    let shown = cases(&[
        "import \"x.thrift\"\nstruct A { 1: x.B b }",
        "import x.thrift\nstruct A { 1: x.B b }",
        "include <x.thrift>\nstruct A { 1: x.B b }",
        "include x.thrift\nstruct A { 1: x.B b }",
        "include dir/x.thrift\nstruct A { 1: x.B b }",
        "include x\nstruct A { 1: x.B b }",
        "struct Y {}\nstruct X extends Y { 1: i32 a }",
        "struct Y {}\nstruct X : Y {\n  1: i32 a\n}",
        "enum Color : i32 { RED }",
        "struct A {\n  1: i32 a\n  struct B {\n    1: i32 b\n  }\n  2: B c\n}",
        "struct A {\n  enum B { X, Y }\n  1: B b = B.X\n}",
        "service S {\n  struct B { 1: i32 b }\n  void f(1: B b)\n}",
        "struct A {\n  1: struct { 1: i32 b } b\n  2: i32 c\n}",
        "struct B {}\nstruct A {\n  1: struct B b\n  2: i32 c\n}",
        "struct A {\n  1: name: string\n  2: i32 c\n}",
        "struct A {\n  name?: string\n}",
        "service S {\n  void f(name: string)\n}",
        "struct A {}\nmessage B {\n  string name = 1;\n  repeated A as = 2;\n}\nstruct C { 1: B b }",
        "struct A {}\ntype B struct {\n  Name string\n}\nstruct C { 1: B b }",
        "struct A {}\ntype B = A\nstruct C { 1: B b }",
        "struct A {}\nservice S {\n  rpc Get (A) returns (A) {}\n  A put(1: A a)\n}",
        "struct A {}\nservice S {\n  fn get(a: A) -> A\n  A put(1: A a)\n}",
        "struct A {}\nservice S {\n  public A get(1: A a)\n}",
    ]);
    insta::assert_snapshot!(shown);
}
