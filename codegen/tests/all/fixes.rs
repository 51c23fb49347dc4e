//! Fixes: each form that has one, what has none, and that fixing makes nothing worse.

use crate::common::each;
use proptest::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use volplane_build::internal::fix::{Fixed, fix, left_alone};
use volplane_build::internal::{Checked, Code, Diagnostic, Disk, MemorySource, ReadSource, Severity, check};
use volplane_build_testkit::corpus::{self, Entry, entries};

/// What a form becomes, with a file beside it.
const FORMS: &[(&str, &str)] = &[
    ("struct A {};\nstruct B {},", "struct A {}\nstruct B {}"),
    ("namespace rs a;\n", "namespace rs a\n"),
    ("java_package a.b\n", "namespace java a.b\n"),
    ("smalltalk_prefix \"a\"\n", "namespace smalltalk.prefix a\n"),
    ("namespace cpp2 \"a.b\"\n", "namespace cpp2 a.b\n"),
    ("hs_include \"x\"\nstruct A {}", "struct A {}"),
    ("safe client exception A {}", "exception A {}"),
    ("service A { readonly i32 a() }", "service A { i32 a() }"),
    ("service A { async void a() }", "service A { oneway void a() }"),
    ("exception E {} service A { void a() raises (1: E e) }", "exception E {} service A { void a() throws (1: E e) }"),
    (
        "exception E {} service A { void a() throws (1: optional E e) }",
        "exception E {} service A { void a() throws (1: E e) }",
    ),
    ("union A {\n  1: required i32 a\n}", "union A {\n  1: i32 a\n}"),
    ("struct A { 1: i32 a (key = true) }", "struct A { 1: i32 a (key = \"true\") }"),
    ("struct A { 1: i32 a (key = 1.5, other = word) }", "struct A { 1: i32 a (key = \"1.5\", other = \"word\") }"),
    ("struct A { 1: hash_map<i32, hash_set<i8>> a }", "struct A { 1: map<i32, set<i8>> a }"),
    ("struct A { 1: set<i8> cpp_type \"x\" a }", "struct A { 1: set cpp_type \"x\" <i8> a }"),
    ("const i32 A = -0o17", "const i32 A = -15"),
    ("const i32 A = 0XfF", "const i32 A = 0xfF"),
    ("const bool A = 7", "const bool A = true"),
    ("const uuid A = '00112233445566778899aabbccddeeff'", "const uuid A = \"00112233-4455-6677-8899-aabbccddeeff\""),
    ("struct A { 1: slist a 2: String b 3: int64 c }", "struct A { 1: string a 2: string b 3: i64 c }"),
    ("struct Item {} struct A { 1: item a 2: main.Item b }", "struct Item {} struct A { 1: Item a 2: Item b }"),
    ("include \"shared\"\nconst i32 A = shared.ONE", "include \"shared.thrift\"\nconst i32 A = shared.ONE"),
    ("include '.\\\\shared.thrift'\nconst i32 A = shared.ONE", "include \"./shared.thrift\"\nconst i32 A = shared.ONE"),
    ("include \"shared.thrift\"\nconst i32 A = ONE", "include \"shared.thrift\"\nconst i32 A = shared.ONE"),
    ("include \"shared.thrift\" ;\r\nstruct A {}\r\n", "struct A {}\r\n"),
    ("include \"shared.thrift\" // why\nstruct A {}", "// why\nstruct A {}"),
    ("enum E { RED } const E A = E.red\nconst E B = RED", "enum E { RED } const E A = E.RED\nconst E B = E.RED"),
    ("struct P { 1: i32 x } const P A = {'X': 1}", "struct P { 1: i32 x } const P A = {\"x\": 1}"),
    ("service Base {} service A extends base {}", "service Base {} service A extends Base {}"),
    (
        "struct A { 1: i32 a (Pilota.name = \"b\", pilota.Name = \"b\") }",
        "struct A { 1: i32 a (Pilota.name = \"b\", pilota.name = \"b\") }",
    ),
];

/// What is only guessed, or has more than one way out.
const GUESSES: &[&str] = &[
    "struct A { 1: Strin a 2: int b 3: float c }",
    "struct Request {} struct A { 1: Requets a }",
    "struct Item {} struct ITEM {} struct A { 1: item a }",
    "service A { oneway i32 a() }",
    "struct A { 1: i32 a 1: i32 b }",
    "const i32 A = 010",
    "const i32 SEVEN = 7 const bool A = SEVEN",
    "include \"shared.thrift\"\nstruct A { 1: shred.Thing a }",
    "include \"none\"",
    "const string A = \"\\w\"",
    "struct list {}",
];

fn beside() -> MemorySource {
    MemorySource::new().with("shared.thrift", "const i32 ONE = 1\nstruct Thing {}\n")
}

fn run(text: &str) -> Fixed {
    fix(&[PathBuf::from("main.thrift")], &[], &beside().with("main.thrift", text), &|_| true)
}

#[test]
fn every_form_with_one_meaning_is_corrected() {
    each(FORMS, |(wrong, right)| {
        let fixed = run(wrong);
        let [file] = fixed.files.as_slice() else { panic!("{:?}", fixed.checked.diagnostics) };
        assert_eq!((file.text.as_str(), file.before.as_str(), file.path.as_str()), (*right, *wrong, "main.thrift"));
        assert!(file.errors + file.warnings > 0);
        assert!(fixed.checked.model.is_some(), "{:?}", fixed.checked.diagnostics);
    });
}

#[test]
fn a_guess_stays_a_guess() {
    each(GUESSES, |text| {
        let fixed = run(text);
        assert_eq!(fixed.files, []);
        assert!(!fixed.checked.diagnostics.is_empty());
    });
}

#[test]
fn what_is_corrected_is_counted_and_may_take_rounds() {
    // The include is needless once the name is right.
    let fixed = run("include \"shared.thrift\"\nstruct Item {}\nstruct A { 1: item a };\n");
    let [file] = fixed.files.as_slice() else { panic!("{:?}", fixed.checked.diagnostics) };
    assert_eq!((file.text.as_str(), file.errors, file.warnings), ("struct Item {}\nstruct A { 1: Item a }\n", 1, 2));
    assert_eq!(fixed.checked.diagnostics, []);
    // More than a run shows.
    let many: String = (0..250).map(|number| format!("struct S{number} {{ 1: String a }};\n")).collect();
    let fixed = run(&many);
    assert_eq!((fixed.files[0].errors, fixed.files[0].warnings), (250, 250));
    assert_eq!(fixed.checked.diagnostics, []);
}

#[test]
fn a_file_that_may_not_change_or_is_not_utf8_stays() {
    let files = MemorySource::new()
        .with(
            "main.thrift",
            "include \"other.thrift\"\ninclude \"latin.thrift\"\nstruct A { 1: other.B b 2: latin.C c };",
        )
        .with("other.thrift", "struct B {};")
        .with("latin.thrift", b"// \xe9\nstruct C {};".to_vec());
    let may = |path: &str| path != "other.thrift";
    let fixed = fix(&[PathBuf::from("main.thrift")], &[], &files, &may);
    let changed: Vec<&str> = fixed.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(changed, ["main.thrift"]);
    assert_eq!(left_alone(&fixed.checked, &may).into_iter().collect::<Vec<_>>(), [("other.thrift".to_owned(), 1)]);
}

fn errors(checked: &Checked) -> usize {
    let errors = checked.diagnostics.iter().filter(|found| found.severity() == Severity::Error);
    errors.map(|found| found.count()).sum()
}

/// Correcting it brings text to light that has not been checked yet: that of the included file.
fn uncovers(diagnostic: &Diagnostic) -> bool {
    diagnostic.code() == Code::E002 || diagnostic.fixes().iter().any(|fix| fix.replacement.contains("include"))
}

/// The fixes of each diagnostic alone, then all of them, then all of them again.
fn nothing_gets_worse(path: &Path, include_dirs: &[PathBuf], reader: &dyn ReadSource) -> Result<(), TestCaseError> {
    let roots = [path.to_owned()];
    let checked = check(&roots, include_dirs, reader);
    let before = errors(&checked);
    for diagnostic in checked.diagnostics.iter().filter(|found| !found.fixes().is_empty()).take(8) {
        let applied =
            volplane_build::internal::fix::apply(std::slice::from_ref(diagnostic), &checked.sources, &|_| true);
        prop_assert!(!applied.is_empty(), "{:?} can't be applied", diagnostic);
        let one = applied.iter().fold(With::new(reader), |with, file| {
            with.and(checked.sources.file(file.file).map_or("", |source| source.path()), &file.text)
        });
        let after = errors(&check(&roots, include_dirs, &one));
        prop_assert!(uncovers(diagnostic) || after <= before, "{} errors, then {} by {:?}", before, after, diagnostic);
    }
    let fixed = fix(&roots, include_dirs, reader, &|_| true);
    let covered = checked.diagnostics.iter().any(uncovers);
    prop_assert!(covered || errors(&fixed.checked) <= before);
    let left: Vec<_> = fixed.checked.diagnostics.iter().filter(|found| !found.fixes().is_empty()).collect();
    prop_assert!(left.is_empty(), "still to fix: {:?}", left);
    let texts = fixed.files.iter().fold(With::new(reader), |with, file| with.and(&file.path, &file.text));
    prop_assert_eq!(fix(&roots, include_dirs, &texts, &|_| true).files, []);
    Ok(())
}

/// Some files with other texts.
struct With<'a> {
    reader: &'a dyn ReadSource,
    texts: Vec<(PathBuf, String)>,
}

impl<'a> With<'a> {
    fn new(reader: &'a dyn ReadSource) -> Self {
        Self { reader, texts: Vec::new() }
    }

    fn and(mut self, path: &str, text: &str) -> Self {
        let identity = self.reader.identity(Path::new(path)).expect("the file was read");
        self.texts.push((identity, text.to_owned()));
        self
    }
}

impl ReadSource for With<'_> {
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        let identity = self.identity(path)?;
        match self.texts.iter().find(|(known, _)| *known == identity) {
            Some((_, text)) => Ok(text.clone().into_bytes()),
            None => self.reader.read(path),
        }
    }

    fn identity(&self, path: &Path) -> std::io::Result<PathBuf> {
        self.reader.identity(path)
    }
}

fn gets_no_worse(entry: &Entry) {
    if let Err(error) = nothing_gets_worse(&entry.path, &entry.include_dirs, &Disk) {
        panic!("{error}");
    }
}

mod each_file {
    test_each_file!(gets_no_worse);
}

/// Small enough to be checked many times.
static SMALL: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let small = |entry: &Entry| corpus::read(&entry.path).len() < 12_000;
    entries().into_iter().filter(small).collect()
});

/// What people write instead.
const MUTATIONS: &[(&str, &str)] = &[
    (" string ", " String "),
    (" string ", " slist "),
    (" i32 ", " int32 "),
    (" i64 ", " int64 "),
    ("bool ", "boolean "),
    ("binary ", "bytes "),
    ("throws", "raises"),
    ("void ", "async void "),
    ("oneway ", "async "),
    (".thrift\"", "\""),
    ("}\n", "};\n"),
    ("}\n", "},\n"),
    ("map<", "hash_map<"),
    ("optional ", "required "),
    ("required ", ""),
    ("struct ", "union "),
    ("exception ", "safe exception "),
    ("throws (1: ", "throws (1: required "),
    (" = 1", " = 0X1"),
    (" = \"", " = "),
    ("namespace java ", "java_package "),
    ("namespace ", "namespace; "),
    ("(", "( "),
    (")", ""),
    (">", "> cpp_type \"x\""),
    (": ", ":"),
    ("struct ", "strcut "),
    ("struct ", "Struct "),
    ("service ", "servcie "),
    ("optional ", "optinal "),
    ("extends ", "extend "),
    ("enum ", "Enum "),
    ("list<", "List<"),
    (",", "，"),
    (";", "；"),
    ("\"", "”"),
    ("(", "（"),
    ("{", ""),
    ("}", ""),
    ("include ", "import "),
    ("true", "True"),
    ("1: ", "1 "),
    ("string", "strnig"),
    ("e", "E"),
    ("S", "s"),
    ("struct ", "Struct "),
    ("service ", "servcie "),
    ("optional ", "optinal "),
    ("include ", "import "),
    ("list<", "Vec<"),
    ("list<", "[]"),
    (",", "，"),
    (":", "："),
    ("\"", "“"),
    ("\"", "`"),
    (" ", "\u{a0}"),
    (": ", " "),
    ("{\n", "\n"),
    ("}\n", "\n"),
    (">", ""),
    ("(", ""),
    (" = ", " := "),
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mutated_file_of_the_corpus_gets_no_worse(
        file in any::<prop::sample::Index>(),
        mutations in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..5),
    ) {
        let entry = &SMALL[file.index(SMALL.len())];
        let mut text = corpus::read(&entry.path);
        for (mutation, place) in mutations {
            let (from, to) = MUTATIONS[mutation.index(MUTATIONS.len())];
            let places: Vec<usize> = text.match_indices(from).map(|(at, _)| at).collect();
            if !places.is_empty() {
                let at = places[place.index(places.len())];
                text.replace_range(at..at + from.len(), to);
            }
        }
        let path = entry.path.display().to_string();
        nothing_gets_worse(&entry.path, &entry.include_dirs, &With::new(&Disk).and(&path, &text))?;
    }
}
