//! Every error is reported exactly once, however many errors there are.

use std::path::PathBuf;
use volplane_build::internal::{Checked, Code, Diagnostic, Disk, MemorySource, MessageFormat, check, render};

fn run(files: &MemorySource) -> Checked {
    check(&[PathBuf::from("main.thrift")], &[], files)
}

fn checked(text: impl Into<Vec<u8>>) -> Checked {
    run(&MemorySource::new().with("main.thrift", text))
}

fn shown(checked: &Checked, format: MessageFormat) -> String {
    render(&checked.diagnostics, &checked.sources, format, false)
}

fn short(checked: &Checked) -> String {
    shown(checked, MessageFormat::Short)
}

/// With the help lines.
fn human(text: &str) -> String {
    shown(&checked(text), MessageFormat::Human)
}

fn codes(checked: &Checked) -> Vec<&'static str> {
    checked.diagnostics.iter().map(|diagnostic| diagnostic.code().as_str()).collect()
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

#[test]
fn mistakes_behind_many_warnings_of_a_file_are_told() {
    let checked = checked(format!("{}struct {{\nconst i32 = 1\n", lines(300, |n| format!("struct S{n} {{}};\n"))));
    assert!(checked.model.is_none());
    let found = short(&checked);
    let errors: Vec<&str> = found.lines().filter(|line| line.contains("error[")).collect();
    insta::assert_snapshot!(errors.join("\n"), @r#"
main.thrift:301:8: error[E020]: expected the name of the struct, found `{`
main.thrift:302:11: error[E020]: expected the name of the constant, found `=`
"#);
    insta::assert_snapshot!(found.lines().last().unwrap_or_default(), @r#"warning[W099]: 202 more warnings are not shown (help: fix what is shown, then check again)"#);
}

#[test]
fn no_number_of_warnings_is_a_mistake() {
    // Some come from the parser, some from the checks.
    for text in
        [lines(12_000, |n| format!("struct S{n} {{}};\n")), lines(12_000, |n| format!("struct S{n} {{ -1: i32 a }}\n"))]
    {
        let checked = checked(text);
        assert!(checked.model.is_some());
        assert_eq!(checked.diagnostics.len(), 101);
        let last = checked.diagnostics.last().expect("there are 101");
        assert_eq!((last.code(), last.message.as_str()), (Code::W099, "11900 more warnings are not shown"));
        assert_eq!(checked.diagnostics.iter().map(Diagnostic::count).sum::<usize>(), 12_000);
    }
}

#[test]
fn a_single_hidden_one_is_told_in_the_singular() {
    let mistakes = checked(lines(101, |n| format!("typedef Missing{n} T{n}\n")));
    assert_eq!(mistakes.diagnostics[100].message, "1 more error is not shown");
    let warnings = checked(lines(101, |n| format!("struct S{n} {{}};\n")));
    assert_eq!(warnings.diagnostics[100].message, "1 more warning is not shown");
    assert_eq!(checked(lines(100, |n| format!("struct S{n} {{}};\n"))).diagnostics.len(), 100);
}

#[test]
fn ids_that_are_no_good_clash_with_nothing() {
    insta::assert_snapshot!(short(&checked(
        "struct S {\n 99999999999: i32 a\n 99999999998: i32 b\n 99999999999999999999: i32 c\n \
         99999999999999999998: i32 d\n 40000: i32 e\n 40000: i32 f\n 1x: i32 g\n 1x: i32 h\n}\n"
    )), @r#"
main.thrift:2:2: error[E050]: the field id 99999999999 is out of range (help: an id is sent as 16 bits: 1 to 32767)
main.thrift:3:2: error[E050]: the field id 99999999998 is out of range (help: an id is sent as 16 bits: 1 to 32767)
main.thrift:4:2: error[E015]: 99999999999999999999 does not fit into a signed 64-bit integer (help: integers go from -9223372036854775808 to 9223372036854775807)
main.thrift:5:2: error[E015]: 99999999999999999998 does not fit into a signed 64-bit integer (help: integers go from -9223372036854775808 to 9223372036854775807)
main.thrift:6:2: error[E050]: the field id 40000 is out of range (help: an id is sent as 16 bits: 1 to 32767)
main.thrift:7:2: error[E050]: the field id 40000 is out of range (help: an id is sent as 16 bits: 1 to 32767)
main.thrift:8:2: error[E014]: `1x` is neither a number nor a name (help: numbers are written `12`, `-12`, `0x1f`, `0o17`, `1.5` or `1e9`; a name can't begin with a digit)
main.thrift:9:2: error[E014]: `1x` is neither a number nor a name (help: numbers are written `12`, `-12`, `0x1f`, `0o17`, `1.5` or `1e9`; a name can't begin with a digit)
"#);
}

#[test]
fn counting_beyond_the_last_id_is_told_once() {
    insta::assert_snapshot!(short(&checked(format!("struct S {{\n{}}}\n", lines(32_800, |n| format!(" i32 a{n}\n"))))), @r#"
main.thrift:2:6: warning[W016]: 32768 fields have no ids: `a0` gets -1, `a1` gets -2, `a2` gets -3, `a3` gets -4, `a4` gets -5, `a5` gets -6, `a6` gets -7, `a7` gets -8, and so on, down to -32768 (help: write the ids, such as `1:`; other ids than these change what is sent, so client and server have to change together)
main.thrift:32770:6: error[E050]: the field id -32769 is out of range (help: an id is sent as 16 bits: 1 to 32767)
"#);
}

#[test]
fn members_counted_behind_a_bad_value_are_quiet() {
    insta::assert_snapshot!(short(&checked(
        "enum A { X = 3000000000, Y, Z, }\nenum B { X = 2147483647, Y, Z, U = 1, V = 1 }\n\
         enum C { X = 99999999999999999999, Y, Z }\n"
    )), @r#"
main.thrift:1:14: error[E051]: the enum value 3000000000 is out of range (help: an enum is sent as 32 bits: -2147483648 to 2147483647)
main.thrift:2:26: error[E051]: counting on gives the value 2147483648, which is out of range (help: an enum is sent as 32 bits: -2147483648 to 2147483647)
main.thrift:2:43: warning[W015]: `V` has the value 1 of `U` (help: give `V` another value, unless it is meant as a second name of `U`: the two can't be told apart)
main.thrift:3:14: error[E015]: 99999999999999999999 does not fit into a signed 64-bit integer (help: integers go from -9223372036854775808 to 9223372036854775807)
"#);
}

#[test]
fn a_circle_of_services_hides_nothing_elsewhere() {
    insta::assert_snapshot!(short(&checked(
        "service A extends B { void a() }\nservice B extends A { void a() }\nservice Below extends A { void a() }\n\
         service Top { void t() }\nservice Middle extends Top {}\nservice Leaf extends Middle { void t() void t() }\n\
         service Other extends Top { void o() }\nservice Another extends Top { void o() }\n"
    )), @r#"
main.thrift:1:9: error[E036]: these services extend each other: A -> B -> A
main.thrift:3:32: error[E046]: `a` is inherited from `A` (help: give one of the two another name)
main.thrift:6:36: error[E046]: `t` is inherited from `Top` (help: give one of the two another name)
main.thrift:6:45: error[E045]: the method `t` occurs twice (help: rename or remove one of the two)
"#);
}

/// With quadratic time, this test does not end within minutes.
#[test]
fn a_long_line_of_services_is_checked() {
    let checked = checked(format!(
        "service S0 {{ void first() }}\n{}",
        lines(8_000, |n| format!("service S{} extends S{n} {{ void a{n}() void b{}() }}\n", n + 1, n % 7_999))
    ));
    assert_eq!(codes(&checked), ["E046"]);
}

#[test]
fn each_broken_header_line_is_told() {
    insta::assert_snapshot!(short(&checked(
        "include foo\ninclude\nnamespace\nnamespace rs\ncpp_include x\nnamespace\ninclude y\ntypedef\nstruct\nstruct S { 1: Missing a }\n"
    )), @r#"
main.thrift:1:9: error[E020]: expected the path of a thrift file in quotes, found `foo` (help: write `include "foo.thrift"`)
main.thrift:2:8: error[E020]: expected the path of a thrift file in quotes here
main.thrift:3:10: error[E020]: expected the language of the namespace, or `*` here
main.thrift:4:13: error[E020]: expected the name of the namespace here
main.thrift:5:13: error[E020]: expected the path of a C++ header in quotes, found `x`
main.thrift:6:10: error[E020]: expected the language of the namespace, or `*` here
main.thrift:7:9: error[E020]: expected the path of a thrift file in quotes, found `y` (help: write `include "y.thrift"`)
main.thrift:8:8: error[E020]: expected a type here
main.thrift:9:7: error[E020]: expected the name of the struct here
main.thrift:10:15: error[E030]: no type is named `Missing`
"#);
}

#[test]
fn a_line_of_a_circle_is_not_told_to_be_unused() {
    let files = MemorySource::new()
        .with("main.thrift", "include \"other.thrift\"\ninclude \"unused.thrift\"\nstruct S {}\n")
        .with("other.thrift", "include \"main.thrift\"\nstruct O {}\n")
        .with("unused.thrift", "struct U {}\n");
    insta::assert_snapshot!(short(&run(&files)), @r#"
main.thrift:2:9: warning[W001]: nothing from "unused.thrift" is used (help: remove the line)
other.thrift:1:9: error[E005]: these files include each other: main.thrift -> other.thrift -> main.thrift (help: move what both need into a file of its own)
"#);
}

#[test]
fn attributes_nest_as_deep_as_anything() {
    let nested = |levels: usize| {
        let open = "1: i32 a xsd_attrs { ".repeat(levels);
        format!("struct S {{ {open}2: i32 b {} 3: Missing c }}", "}".repeat(levels))
    };
    assert_eq!(codes(&checked(nested(1))), ["E030"]);
    assert_eq!(codes(&checked(nested(64))), ["E030"]);
    for levels in [65, 100_000] {
        assert_eq!(codes(&checked(nested(levels))), ["E024", "E030"]);
    }
}

#[test]
fn utf_16_is_named_and_nothing_else_said() {
    let utf16 = |bom: [u8; 2], unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        bom.into_iter().chain("struct Foo { 1: Missing a }".encode_utf16().flat_map(unit)).collect()
    };
    let little = utf16([0xff, 0xfe], u16::to_le_bytes);
    let big = utf16([0xfe, 0xff], u16::to_be_bytes);
    for bytes in [little, big] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(short(&checked(bytes.clone())), @r#"error[E003]: main.thrift is UTF-16, not UTF-8 (help: save the file as UTF-8)"#);
        }
        let included = MemorySource::new()
            .with("main.thrift", "include \"other.thrift\"\nstruct S { 1: other.Foo a }\n")
            .with("other.thrift", bytes);
        assert_eq!(codes(&run(&included)), ["E003"]);
    }
}

#[test]
fn nul_bytes_are_told_once_for_a_file() {
    insta::assert_snapshot!(human("struct\0 S { 1: i32\0\0 a }\n\0struct T { \0 }\n"), @r#"
error[E010]: unexpected control character \u{0}
 --> main.thrift:1:7
  |
1 | struct␀ S { 1: i32␀␀ a }
  |       ^ and in 3 more places
  |
  = help: remove it
"#);
    assert_eq!(codes(&checked("s\0t\0r\0u\0c\0t\0 \0A\0 \0{\0}\0")), ["E010"]);
}

#[test]
fn forms_of_fbthrift_are_named() {
    insta::assert_snapshot!(short(&checked(
        "service S {\n performs Session;\n performs Other\n performs m()\n}\nstruct performs {}\nstruct terse {}\n\
         struct T {\n 1: terse i32 a\n 2: terse list<i32> b;\n 3: terse c\n 4: terse terse\n terse d i32 e\n}\n"
    )), @r#"
main.thrift:2:2: error[E025]: `performs`: fbthrift syntax, not Apache's thrift (help: leave it out, and write a service in place of the interaction)
main.thrift:3:2: error[E025]: `performs`: fbthrift syntax, not Apache's thrift (help: leave it out, and write a service in place of the interaction)
main.thrift:9:5: error[E025]: `terse`: fbthrift syntax, not Apache's thrift (help: leave it out)
main.thrift:10:5: error[E025]: `terse`: fbthrift syntax, not Apache's thrift (help: leave it out)
main.thrift:13:8: warning[W016]: 2 fields have no ids: `d` gets -1, `e` gets -2 (help: write the ids, such as `1:`; other ids than these change what is sent, so client and server have to change together)
"#);
}

#[test]
fn capital_x_is_for_us_alone() {
    insta::assert_snapshot!(human("const i32 A = 0X1f\nconst i32 B = -0X1F\nconst i32 C = 0x1F\n"), @r#"
warning[W004]: `0X1f` has a capital `X`
 --> main.thrift:1:15
  |
1 | const i32 A = 0X1f
  |               ^^^^
  |
  = help: write `0x1f`: Apache's compiler doesn't know `0X`

warning[W004]: `-0X1F` has a capital `X`
 --> main.thrift:2:15
  |
2 | const i32 B = -0X1F
  |               ^^^^^
  |
  = help: write `-0x1F`: Apache's compiler doesn't know `0X`
"#);
}

#[test]
fn what_to_do_about_what_stands_twice() {
    insta::assert_snapshot!(human(
        "struct S {\n  1: i32 a\n  7: i32 a\n  7: i32 b\n}\nservice T {\n  void m(1: i32 a, 32767: i32 b, 1: i32 c)\n  void m()\n}\n\
         const map<i32, i32> M = {1: 1, 1: 2}\nconst i64 N = 0xffffffffffffffff\n"
    ), @r#"
error[E042]: the field `a` occurs twice
 --> main.thrift:3:10
  |
2 |   1: i32 a
  |          - first here
3 |   7: i32 a
  |          ^ here again
  |
  = help: rename or remove one of the two

error[E041]: the id 7 is used twice
 --> main.thrift:4:3
  |
3 |   7: i32 a
  |   - first here
4 |   7: i32 b
  |   ^ here again
  |
  = help: the next free id is 8

error[E041]: the id 1 is used twice
 --> main.thrift:7:34
  |
7 |   void m(1: i32 a, 32767: i32 b, 1: i32 c)
  |          - first here            ^ here again
  |
  = help: give one of the two another id

error[E045]: the method `m` occurs twice
 --> main.thrift:8:8
  |
7 |   void m(1: i32 a, 32767: i32 b, 1: i32 c)
  |        - first here
8 |   void m()
  |        ^ here again
  |
  = help: rename or remove one of the two

error[E048]: the key 1 occurs twice
  --> main.thrift:10:32
   |
10 | const map<i32, i32> M = {1: 1, 1: 2}
   |                          -     ^ here again
   |                          |
   |                          first here
   |
   = help: remove one of the two

error[E015]: 0xffffffffffffffff does not fit into a signed 64-bit integer
  --> main.thrift:11:15
   |
11 | const i64 N = 0xffffffffffffffff
   |               ^^^^^^^^^^^^^^^^^^
   |
   = help: integers go from -9223372036854775808 to 9223372036854775807
"#);
}

/// Reading either would never end.
#[cfg(unix)]
#[test]
fn only_regular_files_are_read() {
    let socket = tempfile::tempdir().expect("a folder");
    let path = socket.path().join("a.thrift");
    let _listener = std::os::unix::net::UnixListener::bind(&path).expect("a socket");
    for (path, why) in [
        (path, "it is not a regular file"),
        (PathBuf::from("/dev/zero"), "it is not a regular file"),
        (socket.path().to_owned(), "it is a directory"),
    ] {
        let checked = check(std::slice::from_ref(&path), &[], &Disk);
        assert_eq!(checked.diagnostics.len(), 1);
        assert_eq!(checked.diagnostics[0].message, format!("cannot read {}: {why}", path.display()));
    }
}

#[test]
fn members_of_one_value_are_told_by_the_first_and_are_one_key() {
    let text =
        "enum E { P, Q = -1, R, S = -1, T = -1 }\nconst map<E, i32> M = {E.P: 1, E.Q: 2, E.R: 3}\nconst E C = 0\n";
    insta::assert_snapshot!(short(&checked(text)), @r#"
main.thrift:1:21: warning[W015]: counting on gives `R` the value 0 of `P` (help: give `R` another value, unless it is meant as a second name of `P`: the two can't be told apart)
main.thrift:1:28: warning[W015]: `S` has the value -1 of `Q` (help: give `S` another value, unless it is meant as a second name of `Q`: the two can't be told apart)
main.thrift:1:36: warning[W015]: `T` has the value -1 of `Q` (help: give `T` another value, unless it is meant as a second name of `Q`: the two can't be told apart)
main.thrift:2:40: error[E048]: the key `E.R` occurs twice (help: remove one of the two)
"#);
}

#[test]
fn a_key_that_hardly_any_language_can_hash_is_told_by_its_kind() {
    let text = "union U { 1: i32 a }\nstruct S {}\nconst map<U, i32> A = {}\nconst map<S, i32> B = {}\n";
    let found = short(&checked(text));
    let kinds: Vec<&str> = found.lines().filter_map(|line| line.split("the keys of this map are ").nth(1)).collect();
    let kinds: Vec<&str> = kinds.iter().filter_map(|rest| rest.split(" each").next()).collect();
    assert_eq!(kinds, ["a union", "a struct"], "{found}");
}

#[test]
fn counted_ids_are_told_once_for_each_list_of_fields() {
    insta::assert_snapshot!(human(
        "exception X { string why }\nstruct A { i32 a, 1: string b, bool c }\n\
         service S { void m(A a, 2: i32 b) throws (X x) }\nstruct Damaged { i32 a, 1: ] i32 b }\n"
    ), @r#"
warning[W016]: the field `why` has no id and gets -1
 --> main.thrift:1:22
  |
1 | exception X { string why }
  |                      ^^^ sent as -1
  |
  = help: write the ids, such as `1:`; other ids than these change what is sent, so client and server have to change together

warning[W016]: 2 fields have no ids: `a` gets -1, `c` gets -2
 --> main.thrift:2:16
  |
2 | struct A { i32 a, 1: string b, bool c }
  |                ^ sent as -1         - sent as -2
  |
  = help: write the ids, such as `1:`; other ids than these change what is sent, so client and server have to change together

warning[W016]: the argument `a` has no id and gets -1
 --> main.thrift:3:22
  |
3 | service S { void m(A a, 2: i32 b) throws (X x) }
  |                      ^ sent as -1
  |
  = help: write the ids, such as `1:`; other ids than these change what is sent, so client and server have to change together

warning[W016]: the exception `x` has no id and gets -1
 --> main.thrift:3:45
  |
3 | service S { void m(A a, 2: i32 b) throws (X x) }
  |                                             ^ sent as -1
  |
  = help: write the ids, such as `1:`; other ids than these change what is sent, so client and server have to change together

error[E020]: expected a type, found `]`
 --> main.thrift:4:28
  |
4 | struct Damaged { i32 a, 1: ] i32 b }
  |                            ^ expected a type
"#);
}

#[test]
fn defaults_without_an_end_are_told_once_each() {
    insta::assert_snapshot!(human(
        "struct A { 1: optional B b = {}; 2: i32 x }\nstruct B { 1: optional list<A> more = [{\"x\": 1}]; 2: optional A none }\n\
         struct C { 1: optional D d = {} }\nstruct D { 1: required C c }\nstruct Deep { 1: optional Deep deep = {\"deep\": {}} }\n\
         struct Viaconst { 1: optional Viaconst c = K }\nconst Viaconst K = {}\nunion U { 1: Inside inside }\n\
         struct Inside { 1: required U u = {\"inside\": {}} }\nstruct Ends { 1: optional A a; 2: optional Ends e }\n\
         struct NoEnd { 1: required NoEnd again }\n"
    ), @r#"
error[E038]: these defaults contain each other: A.b -> B.more -> A.b
 --> main.thrift:1:26
  |
1 | struct A { 1: optional B b = {}; 2: i32 x }
  |                          ^
2 | struct B { 1: optional list<A> more = [{"x": 1}]; 2: optional A none }
  |                                ----
  |
  = help: leave one of the defaults out: a value takes the default of every field that it does not name, and so on without end

error[E038]: the default of `C.d` contains itself
 --> main.thrift:3:26
  |
3 | struct C { 1: optional D d = {} }
  |                          ^
  |
  = help: leave one of the defaults out: a value takes the default of every field that it does not name, and so on without end

error[E038]: the default of `Deep.deep` contains itself
 --> main.thrift:5:32
  |
5 | struct Deep { 1: optional Deep deep = {"deep": {}} }
  |                                ^^^^
  |
  = help: leave one of the defaults out: a value takes the default of every field that it does not name, and so on without end

error[E038]: the default of `Viaconst.c` contains itself
 --> main.thrift:6:40
  |
6 | struct Viaconst { 1: optional Viaconst c = K }
  |                                        ^
  |
  = help: leave one of the defaults out: a value takes the default of every field that it does not name, and so on without end

error[E038]: the default of `Inside.u` contains itself
 --> main.thrift:9:31
  |
9 | struct Inside { 1: required U u = {"inside": {}} }
  |                               ^
  |
  = help: leave one of the defaults out: a value takes the default of every field that it does not name, and so on without end
"#);
}
