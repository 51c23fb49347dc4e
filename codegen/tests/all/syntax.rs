//! What the grammar takes, what is said of what it doesn't, and how the rest of the text is read all the same.

use std::path::{Path, PathBuf};
use volplane_build::internal::model::{DefinitionKind, Model};
use volplane_build::internal::{Checked, Code, Disk, MemorySource, MessageFormat, check, render};

fn checked(text: impl Into<Vec<u8>>) -> Checked {
    check(&[PathBuf::from("main.thrift")], &[], &MemorySource::new().with("main.thrift", text))
}

fn human(checked: &Checked) -> String {
    render(&checked.diagnostics, &checked.sources, MessageFormat::Human, false)
}

fn short(checked: &Checked) -> String {
    render(&checked.diagnostics, &checked.sources, MessageFormat::Short, false)
}

fn model(text: &str) -> Model {
    let checked = checked(text);
    checked.model.clone().unwrap_or_else(|| panic!("{}", human(&checked)))
}

fn codes(checked: &Checked) -> Vec<&'static str> {
    checked.diagnostics.iter().map(|diagnostic| diagnostic.code().as_str()).collect()
}

#[test]
fn every_oddity_of_apaches_grammar_is_taken() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all/syntax/oddities.thrift");
    let checked = check(&[path], &[], &Disk);
    assert!(checked.model.is_some(), "{}", human(&checked));
    let warnings: Vec<Code> = checked.diagnostics.iter().map(|diagnostic| diagnostic.code()).collect();
    insta::assert_debug_snapshot!(warnings);
}

#[test]
fn ids_that_are_not_written_count_down_from_minus_one() {
    let model = model("struct S { i32 a 1: i32 b i32 c -7: i32 d i32 e } service T { void m(i32 x, i32 y) }");
    let DefinitionKind::Struct(_, fields) = &model.files[0].definitions[0].kind else { panic!("a struct") };
    let ids: Vec<(i32, bool)> = fields.iter().map(|field| (field.id, field.implicit_id)).collect();
    assert_eq!(ids, [(-1, true), (1, false), (-2, true), (-7, false), (-8, true)]);
    let DefinitionKind::Service(service) = &model.files[0].definitions[1].kind else { panic!("a service") };
    let ids: Vec<i32> = service.methods[0].arguments.iter().map(|field| field.id).collect();
    assert_eq!(ids, [-1, -2]);
}

#[test]
fn docs_go_to_what_stands_behind_them() {
    let model = model(
        "/** file */\nnamespace rs x\n/** S\n * two\n */\nstruct S {\n /** field */ // no doc\n 1: i32 a\n /* of b */ 2: i32 b\n}\n\
         /** E */ enum E { /** member */ A }\n/** T */ service T { /** method */ void m(/** argument */ 1: i32 x) }",
    );
    insta::assert_debug_snapshot!(docs(&model));
}

#[test]
fn plain_comments_describe_what_they_stand_at() {
    let model = model(
        "// The header of the file.\n\n// ------\n// S, in\n//   two lines\n// ------\nstruct S { // and behind it\n  1: i32 a, // trailing\n\
         \n  # above\n  2: i32 b # and behind\n  /* a block\n   * of two */\n  3: i32 c;\n  // apart\n\n  4: i32 d\n  \
         5: i32 e, 6: i32 f // whose?\n  // 7: i32 gone\n  8: i32 h /* ends */\n  /** doc */ // not this\n  9: i32 i // nor this\n\
         } // end of S\nenum E { A, B } // E\nservice T {\n  void m( // what?\n    1: i32 x, // of x\n  ) // no\n  void n() // of n\n}\n",
    );
    insta::assert_debug_snapshot!(docs(&model));
}

#[test]
fn a_comment_before_something_on_its_line_describes_it() {
    let model = model(
        "struct S { /* of a */ 1: i32 a, /* of b */ /* too */ 2: i32 b\n  3: i32 c, // of c\n  /* of d */ 4: i32 d /* no */, 5: i32 e }\n\
         service T { void m(/* of x */ 1: i32 x, 2: i32 y) }\n",
    );
    let docs = docs(&model);
    let docs: Vec<(&str, &str)> =
        docs.iter().map(|(name, doc)| (name.as_str(), doc.as_deref().unwrap_or_default())).collect();
    let expected = [
        ("S", ""),
        ("a", "of a"),
        ("b", "of b\ntoo"),
        ("c", "of c"),
        ("d", "of d"),
        ("e", ""),
        ("T", ""),
        ("m", ""),
        ("x", "of x"),
        ("y", ""),
    ];
    assert_eq!(docs, expected);
}

fn docs(model: &Model) -> Vec<(String, Option<String>)> {
    let mut out = Vec::new();
    for definition in &model.files[0].definitions {
        out.push((definition.name.text.clone(), definition.doc.clone()));
        match &definition.kind {
            DefinitionKind::Struct(_, fields) => {
                out.extend(fields.iter().map(|field| (field.name.text.clone(), field.doc.clone())));
            }
            DefinitionKind::Enum(members) => {
                out.extend(members.iter().map(|member| (member.name.text.clone(), member.doc.clone())));
            }
            DefinitionKind::Service(service) => {
                for method in &service.methods {
                    out.push((method.name.text.clone(), method.doc.clone()));
                    out.extend(method.arguments.iter().map(|field| (field.name.text.clone(), field.doc.clone())));
                }
            }
            _ => {}
        }
    }
    out
}

#[test]
fn byte_order_mark_and_carriage_returns_are_space() {
    let model = model("\u{feff}namespace rs x\r\nstruct S {\r\n  1: i32 a\r\n}\r\n");
    assert_eq!(model.files[0].definitions.len(), 1);
}

#[test]
fn old_forms_are_taken_with_a_warning() {
    let checked = checked(
        "namespace * with-hyphens.two\nphp_namespace a.b\nxsd_namespace \"http://example.com\"\n\
         struct S { 1: slist a, };\nnamespace * b (c)\n\
         typedef set<i32> cpp_type \"x\" T\ninclude_me = 1\n",
    );
    insta::assert_snapshot!(short(&checked));
}

#[test]
fn includes_may_come_late_and_exceptions_without_names() {
    let checked = checked(
        "exception A {}\nexception B {}\nservice S { void m() throws (1: A, B) void n() throws (A) }\nnamespace rs late;\n",
    );
    insta::assert_snapshot!(short(&checked));
    assert!(checked.model.is_some());
}

#[test]
fn one_run_reports_every_independent_mistake_once() {
    let text = include_str!("syntax/mistakes.thrift");
    insta::assert_snapshot!(human(&checked(text)));
}

#[test]
fn fbthrift_is_named() {
    let text = include_str!("syntax/fbthrift.thrift");
    insta::assert_snapshot!(human(&checked(text)));
}

#[test]
fn depth_is_limited_with_a_place() {
    let deep = |open: &str, inner: &str, close: &str, levels: usize| {
        format!("{}{inner}{}", open.repeat(levels), close.repeat(levels))
    };
    assert!(checked(format!("typedef {} T", deep("list<", "i32", ">", 64))).model.is_some());
    for levels in [65, 10_000, 100_000] {
        let ty = deep("list<", "i32", ">", levels);
        assert_eq!(codes(&checked(format!("typedef {ty} T"))), ["E024"]);
        assert_eq!(codes(&checked(format!("struct S {{ 1: {ty} a 2: Missing b }}"))), ["E024", "E030"]);
        let map = deep("map<i32, ", "i32", ">", levels);
        assert_eq!(codes(&checked(format!("struct S {{ 1: {map} a 2: Missing b }}"))), ["E024", "E030"]);
        let value = deep("[", "", "]", levels);
        assert_eq!(codes(&checked(format!("const list<i32> A = {value} const i32 B = C"))), ["E064", "E024", "E031"]);
        let value = deep("{1: ", "1", "}", levels);
        assert_eq!(
            codes(&checked(format!("const map<i32, i32> A = {value} const i32 B = C"))),
            ["E064", "E024", "E031"]
        );
        assert_eq!(codes(&checked("list<".repeat(levels))), ["E020"]);
        assert_eq!(codes(&checked(format!("const i32 A = {}", "[{".repeat(levels)))), ["E024"]);
        assert_eq!(codes(&checked(format!("struct S {{ 1: {}", "map<".repeat(levels)))), ["E024"]);
    }
}

#[test]
fn long_chains_are_no_deep_recursion() {
    const LENGTH: usize = 20_000;
    let chain = |link: &dyn Fn(usize) -> String| (0..LENGTH).map(link).collect::<String>();
    let typedefs = format!("{}typedef i32 T{LENGTH}\n", chain(&|n| format!("typedef T{} T{n}\n", n + 1)));
    assert!(checked(typedefs).model.is_some());
    let lists = format!("{}typedef i32 T{LENGTH}\n", chain(&|n| format!("typedef list<T{}> T{n}\n", n + 1)));
    assert_eq!(codes(&checked(lists)).first(), Some(&"E024"));
    let consts = format!("{}const i32 C{LENGTH} = 1\n", chain(&|n| format!("const i32 C{n} = C{}\n", n + 1)));
    assert!(checked(consts).model.is_some());
    let services = format!(
        "{}service S{LENGTH} {{ void m() }}\n",
        chain(&|n| format!("service S{n} extends S{} {{ void m{n}() }}\n", n + 1))
    );
    assert!(checked(services).model.is_some());
    let cycle = chain(&|n| format!("typedef T{} T{n}\n", (n + 1) % LENGTH));
    assert_eq!(codes(&checked(cycle)), ["E035"]);
    let includes = (0..2_000).fold(MemorySource::new().with("f2000.thrift", "struct S {}"), |files, n| {
        files.with(format!("f{n}.thrift"), format!("include \"f{}.thrift\"", n + 1))
    });
    assert_eq!(check(&[PathBuf::from("f0.thrift")], &[], &includes).model.map(|model| model.files.len()), Some(2001));
}
