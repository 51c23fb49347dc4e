//! The forms of messages, and the model as JSON.

use std::path::PathBuf;
use volplane_build::internal::{Checked, MemorySource, MessageFormat, check, dump, render};

const FORMATS: [MessageFormat; 4] =
    [MessageFormat::Human, MessageFormat::Short, MessageFormat::Json, MessageFormat::Github];

/// Two files with errors of both kinds: several labels, several files, a help line, a place beyond ASCII.
fn mistakes() -> Checked {
    let files = MemorySource::new()
        .with("idl/a,b.thrift", "exception Gone {}\nservice Base {\n  void ping()\n}\n")
        .with(
            "idl/main.thrift",
            "include \"a,b.thrift\"\ninclude \"none.thrift\"\nservice Main {\n  /* é */ Strin ping(1: required bool x = 7)\n}\n\
             struct S {\n  1: i32 a,\n  /* é */ 3: slist words,\n  1: list<i32> /* over\n  two lines */ b = {1:\n 2}\n}\n",
        );
    check(&[PathBuf::from("idl/main.thrift"), PathBuf::from("missing.thrift")], &[], &files)
}

#[test]
fn human() {
    let Checked { sources, diagnostics, .. } = mistakes();
    insta::assert_snapshot!(render(&diagnostics, &sources, MessageFormat::Human, false));
}

#[test]
fn human_with_colour_says_the_same() {
    let Checked { sources, diagnostics, .. } = mistakes();
    let coloured = render(&diagnostics, &sources, MessageFormat::Human, true);
    assert!(coloured.contains("\u{1b}["));
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, escape)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = escape.split_once('m').map_or("", |(_, rest)| rest);
    }
    plain.push_str(rest);
    assert_eq!(plain, render(&diagnostics, &sources, MessageFormat::Human, false));
}

#[test]
fn short() {
    let Checked { sources, diagnostics, .. } = mistakes();
    insta::assert_snapshot!(render(&diagnostics, &sources, MessageFormat::Short, false));
}

#[test]
fn json() {
    let Checked { sources, diagnostics, .. } = mistakes();
    let text = render(&diagnostics, &sources, MessageFormat::Json, false);
    for line in text.lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{line}");
    }
    insta::assert_snapshot!(text);
}

/// The keys of a value, those of an object in a list as `list[].key`, in their order.
fn keys(value: &serde_json::Value, before: &str, out: &mut Vec<String>) {
    if let serde_json::Value::Object(object) = value {
        for (key, value) in object {
            let key = format!("{before}{key}");
            if !out.contains(&key) {
                out.push(key.clone());
            }
            for element in value.as_array().into_iter().flatten() {
                keys(element, &format!("{key}[]."), out);
            }
        }
    }
}

#[test]
fn the_documented_keys_of_a_json_diagnostic_are_those_that_are_written() {
    let Checked { sources, diagnostics, .. } = mistakes();
    let mut written = Vec::new();
    for line in render(&diagnostics, &sources, MessageFormat::Json, false).lines() {
        keys(&serde_json::from_str(line).expect("each line is an object"), "", &mut written);
    }
    let page = include_str!("../../../docs/commands.md");
    let (_, section) = page.split_once("## Diagnostics for programs").expect("docs/commands.md has this section");
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    let mut documented: Vec<String> = rows.map(|(key, _)| key.to_owned()).collect();
    documented.sort_unstable();
    written.sort_unstable();
    assert_eq!(documented, written);
}

#[test]
fn github() {
    let Checked { sources, diagnostics, .. } = mistakes();
    insta::assert_snapshot!(render(&diagnostics, &sources, MessageFormat::Github, false));
}

#[test]
fn a_format_is_read_as_it_is_shown() {
    for format in FORMATS {
        assert_eq!(format.to_string().parse(), Ok(format));
    }
    let error = "xml".parse::<MessageFormat>().map_err(|error| error.to_string());
    assert_eq!(error, Err("`xml` is not a message format: use human, short, json or github".to_owned()));
}

#[test]
fn what_is_certain_comes_as_a_fix_and_a_guess_does_not() {
    let files = MemorySource::new().with("a.thrift", "struct S {\n  1: slist words\n  2: Strin text\n}\n");
    let checked = check(&[PathBuf::from("a.thrift")], &[], &files);
    let [slist, guess] = checked.diagnostics.as_slice() else { panic!("{:?}", checked.diagnostics) };
    let [fix] = slist.fixes() else { panic!("{slist:?}") };
    assert_eq!((fix.span.start, fix.span.end, fix.replacement.as_str()), (16, 21, "string"));
    assert!(guess.help.is_some() && guess.fixes().is_empty(), "{guess:?}");
}

#[test]
fn the_same_file_by_two_paths_is_one() {
    let files = MemorySource::new()
        .with("a/x.thrift", "include \"../a/y.thrift\"\ninclude \"y.thrift\"\nstruct X { 1: y.Y y 2: Missing m }")
        .with("a/y.thrift", "struct Y {}");
    let checked = check(&[PathBuf::from("a/../a/x.thrift"), PathBuf::from("./a/x.thrift")], &[], &files);
    assert_eq!(checked.diagnostics.len(), 1);
    assert_eq!(
        checked.sources.iter().map(|(_, source)| source.path()).collect::<Vec<_>>(),
        ["a/../a/x.thrift", "a/../a/../a/y.thrift"]
    );
}

#[test]
fn the_folder_of_the_includer_comes_before_those_given() {
    let files = MemorySource::new()
        .with("main.thrift", "include \"sub/x.thrift\"\nstruct M { 1: x.Near near }")
        .with("sub/x.thrift", "include \"y.thrift\"\ninclude \"z.thrift\"\nstruct Near { 1: y.Own own 2: z.Far far }")
        .with("sub/y.thrift", "struct Own {}")
        .with("y.thrift", "struct Current {}")
        .with("given/y.thrift", "struct Given {}")
        .with("given/z.thrift", "struct Far {}");
    let checked = check(&[PathBuf::from("main.thrift")], &[PathBuf::from("given")], &files);
    assert!(checked.model.is_some(), "{}", render(&checked.diagnostics, &checked.sources, MessageFormat::Human, false));
}

#[test]
fn the_model_as_json() {
    let files = MemorySource::new()
        .with("shared.thrift", "namespace rs shared\n/** What went wrong. */\nexception Gone { 1: string why } (key = \"value\", flag)\n\
                                service Base { void ping() }\n")
        .with(
            "main.thrift",
            "// Of the file.\n\n# Red and\n# green.\ninclude \"shared.thrift\"\nnamespace rs main.api;\n\
             enum Color { RED = 0x1 (a = \"b\"), GREEN } // Colours.\nsenum Words { \"a\" }\n\
             typedef map<string, list<Color>> (x = \"y\") Index\nconst i32 ONE = 1\nconst Index INDEX = {\"a\": [Color.RED]}\n\
             const uuid ID = \"00112233-4455-6677-8899-aabbccddeeff\"\n\
             // A point.\nstruct Point { /* é */ 1: required double x = 1e3; // Right.\n\
             0x02: optional Point & next byte type = ONE /* last */ // really\n // Of nothing.\n }\n\
             const Point ORIGIN = {\"x\": 0}\nunion U { 1: bool b }\n\
             service Main extends shared.Base {\n  /** Does it. */\n  set<i8> run(1: Point p /* where */) throws (1: shared.Gone gone)\n  oneway void fire()\n}\n",
        );
    let checked = check(&[PathBuf::from("main.thrift")], &[], &files);
    let model = checked.model.expect("the files are right");
    insta::assert_snapshot!(dump::to_json(&model, &checked.sources).expect("a model is JSON"));
}
