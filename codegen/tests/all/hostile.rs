//! Invalid input: random bytes, soups of tokens, broken files of the corpus. Nothing panics, nothing hangs, and
//! what is refused is told where.

use proptest::prelude::*;
use std::path::{Path, PathBuf};
use volplane_build::internal::lower::lower;
use volplane_build::internal::rust::Api;
use volplane_build::internal::span::FileId;
use volplane_build::internal::write::CodeOptions;
use volplane_build::internal::{
    Checked, MemorySource, MessageFormat, ReadSource, Severity, check, dump, print, render, syntax,
};
use volplane_build_testkit::Random;
use volplane_build_testkit::corpus::{Entry, Overlay, entries, read};

/// Checks a text in every way that a user can, and holds the result to its promises.
fn torture(text: &[u8], include_dirs: &[PathBuf], files: &dyn ReadSource, root: &Path) -> Checked {
    let checked = check(&[root.to_owned()], include_dirs, files);
    let refused = checked.diagnostics.iter().any(|diagnostic| diagnostic.severity() == Severity::Error);
    assert_eq!(refused, checked.model.is_none());
    assert!(checked.diagnostics.len() <= 102);
    for diagnostic in &checked.diagnostics {
        assert!(!diagnostic.message.is_empty());
        for label in &diagnostic.labels {
            let source = checked.sources.file(label.span.file).expect("a label is in a file of the run");
            let range = label.span.start as usize..label.span.end as usize;
            assert!(source.text().get(range).is_some(), "{label:?} of {diagnostic:?}");
        }
    }
    for format in [MessageFormat::Human, MessageFormat::Short, MessageFormat::Json, MessageFormat::Github] {
        let shown = render(&checked.diagnostics, &checked.sources, format, false);
        assert_eq!(shown.is_empty(), checked.diagnostics.is_empty());
    }
    if let Some(model) = &checked.model {
        dump::to_json(model, &checked.sources).expect("a model is JSON");
        (0..model.files.len() as u32).for_each(|file| drop(print::to_idl(model, FileId(file))));
    }
    if let Ok(text) = std::str::from_utf8(text) {
        syntax::parse(FileId(0), text);
    }
    checked
}

fn alone(text: &[u8]) -> Checked {
    let root = Path::new("main.thrift");
    torture(text, &[], &MemorySource::new().with(root, text).with("other.thrift", "struct Other {}"), root)
}

const WORDS: &str = "const enum exception service struct typedef union include namespace cpp_include senum slist \
    string i32 i64 bool double binary uuid list set map void oneway async throws extends required optional true false \
    cpp_type xsd_all xsd_optional xsd_attrs A B C a b other.Other A.a php_namespace stream interaction package * & @ < > \
    { } ( ) [ ] : , ; = - 1 -1 0 2 32768 0x1f 0o7 1.5 1e999 99999999999999999999 \"x\" 'y' \"other.thrift\" \"\\q\" \
    \"open // # /* */ /** é $ \u{feff} ， ： （ ） ｛ ｝ “x” ‘y ` ｓｔｒｕｃｔ １ − 。 ／／ \u{200b} \u{3000} Аа optinal Struct servcie \
    extend thows inculde List<i32> Vec< [] [string] map[ message rpc returns type fn import syntax nil True ? := 1. a: ->";

fn words() -> impl Strategy<Value = String> {
    let mut words: Vec<&str> = WORDS.split_whitespace().collect();
    words.extend(["\n", "\n", "\n", "struct A {", "enum B {", "service C {", "1: A a", "void m(", "const i32 a ="]);
    proptest::collection::vec(proptest::sample::select(words), 0..120).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn random_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        alone(&bytes);
    }

    #[test]
    fn random_words(text in words()) {
        alone(text.as_bytes());
    }
}

/// One to four small damages.
fn mutate(original: &[u8], random: &mut Random) -> Vec<u8> {
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let mut text = original.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(text.len() + 1);
        let end = (at + 1 + random.below(60)).min(text.len());
        match random.below(7) {
            0 => drop(text.drain(at.min(end)..end)),
            1 => text.truncate(at),
            2 => {
                let piece = text[at.min(end)..end].to_vec();
                let to = random.below(text.len() + 1);
                text.splice(to..to, piece);
            }
            3 => drop(text.splice(at..at, [random.below(256) as u8])),
            4 => {
                if let Some(byte) = text.get_mut(at) {
                    *byte = random.below(256) as u8;
                }
            }
            5 => {
                let word = format!(" {} ", words[random.below(words.len())]);
                text.splice(at..at, word.into_bytes());
            }
            _ => {
                let bracket = b"{}()<>[],;:\"'"[random.below(13)];
                text.splice(at..at, std::iter::repeat_n(bracket, 1 + random.below(300)));
            }
        }
    }
    text
}

/// The same again and again: what one place reports or reads ahead may not disturb the next.
#[test]
fn long_runs_of_what_is_reported_or_read_ahead() {
    const LENGTH: usize = 2_000;
    for piece in [
        "，",
        "“",
        "“”",
        "\"”",
        "'”",
        "`",
        "１",
        "ａ.",
        "ａ。",
        "ａé",
        "a\u{200b}",
        "\u{200b}",
        "−",
        "−1",
        "／／",
        "＃",
        "。",
        "😀",
        "Struct A {",
        "struct A {\n ",
        "enum A {",
        "  struct A {\n",
        "A B {\n",
        "a b c\n",
        "include x\n",
        "import <",
        "message A { a b = 1; }\n",
        "type A {",
        "rpc A(B) ",
        "List<",
        "Map<a,",
        "[",
        "[]",
        "[a",
        "a[]",
        "map[a]",
        "*",
        "list ",
        "list<i32,",
        "1. i32 a ",
        "1 i32 a\n",
        "a: i32 ",
        "optinal i32 a (",
        "void f(\n",
        "A f(\n",
        "f(a b\n",
        "A B C D (\n",
        "> ",
        "package a;\n",
    ] {
        let run = piece.repeat(LENGTH / piece.len());
        for before in ["", "struct S {\n", "struct S { 1: ", "service S {\n", "const string A = ", "enum E { "] {
            alone(format!("{before}{run}").as_bytes());
        }
    }
}

/// `VOLPLANE_MUTATIONS=100000 cargo test --release …` runs more of them.
#[test]
fn broken_files_of_the_corpus() {
    let count = std::env::var("VOLPLANE_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(600);
    let entries: Vec<Entry> = entries();
    let texts: Vec<Vec<u8>> = entries.iter().map(|entry| read(&entry.path).into_bytes()).collect();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..count {
        let which = random.below(entries.len());
        let text = mutate(&texts[which], &mut random);
        let entry = &entries[which];
        torture(&text, &entry.include_dirs, &Overlay { path: &entry.path, text: &text }, &entry.path);
    }
}

/// Without names, the last of these types has 2^60 parts: whoever walks through them never comes to an end.
#[test]
fn chained_typedefs() {
    let typedefs: String = (1..=60).map(|n| format!("typedef map<T{0}, T{0}> T{n}\n", n - 1)).collect();
    let lists: String = (1..=60)
        .map(|n| format!("struct S{n} {{ 1: S{0} a; 2: required S{0} b; 3: map<S{0}, S{0}> c }}\n", n - 1))
        .collect();
    let text = format!(
        "typedef map<i32, i32> T0\n{typedefs}struct S0 {{}}\n{lists}const T60 EMPTY = {{}}\n\
         struct Holder {{ 1: T60 t = {{}}; 2: map<T60, list<T59>> more; 3: T60 same = EMPTY; 4: required S60 s = {{}} }}\n\
         union U {{ 1: T60 t; 2: S60 s }}\nservice S {{ T60 get(1: T60 t, 2: Holder holder, 3: U u) }}\n"
    );
    let model =
        torture(text.as_bytes(), &[], &MemorySource::new().with("main.thrift", &*text), Path::new("main.thrift")).model;
    let model = model.expect("IDL without a mistake");
    assert_eq!(Api::new(&model, "crate").services.len(), 1);
    assert_eq!(lower(&model, &CodeOptions::default()).files.len(), 1);
}
