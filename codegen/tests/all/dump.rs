//! The model as JSON: every place in it is that of what it says, no comment is lost, and the keys are documented.

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;
use volplane_build::internal::{Checked, Disk, MemorySource, Sources, check, dump};
use volplane_build_testkit::corpus::{Entry, entries, read};

fn json(checked: &Checked) -> Value {
    let model = checked.model.as_ref().unwrap_or_else(|| panic!("{:?}", checked.diagnostics));
    let text = dump::to_json(model, &checked.sources).expect("a model is JSON");
    serde_json::from_str(&text).expect("what is written is JSON")
}

fn dumped(text: &str) -> Value {
    json(&check(&[PathBuf::from("main.thrift")], &[], &MemorySource::new().with("main.thrift", text)))
}

/// Calls `visit` for every object with the file that it is of.
fn objects<'a>(value: &'a Value, visit: &mut impl FnMut(&'a serde_json::Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            visit(object);
            object.values().for_each(|value| objects(value, visit));
        }
        Value::Array(list) => list.iter().for_each(|value| objects(value, visit)),
        _ => {}
    }
}

fn number(span: &Value, key: &str) -> usize {
    span[key].as_u64().unwrap_or_else(|| panic!("{key} of {span}")) as usize
}

/// The text of a span, of which line and column have to agree with the bytes.
fn slice<'a>(text: &'a str, span: &Value) -> &'a str {
    let (start, end) = (number(span, "start"), number(span, "end"));
    for (at, line, column) in [(start, "line", "column"), (end, "end_line", "end_column")] {
        let before = &text[..at];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let place = (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1);
        assert_eq!((number(span, line), number(span, column)), place, "{span}");
    }
    &text[start..end]
}

fn places_are_right(text: &str, object: &serde_json::Map<String, Value>) {
    if let (Some(span), Some(name)) = (object.get("name_span"), object.get("name").and_then(Value::as_str)) {
        let shown = slice(text, span);
        // An exception that is thrown without a name has its type's place.
        assert!(shown == name || name.starts_with('_'), "{shown} is not {name}");
        let whole = slice(text, &object["span"]);
        assert!(whole.contains(shown) && !whole.ends_with([',', ';', ' ', '\n']), "{name}: {whole}");
    }
    if let (Some(span), Some(spelling)) = (object.get("span"), object.get("spelling").and_then(Value::as_str)) {
        assert_eq!(slice(text, span), spelling);
    }
    if let Some(span) = object.get("key_span") {
        assert_eq!(Some(slice(text, span)), object["key"].as_str());
    }
    if let Some(position) = object.get("position").and_then(Value::as_str) {
        assert!(slice(text, &object["span"]).starts_with(['/', '#']));
        assert!(["before", "behind", "inside"].contains(&position));
    }
}

/// How many comments a text has, as another program would count them.
fn comments(sources: &Sources, file: usize) -> usize {
    let (_, source) = sources.iter().nth(file).expect("the file was read");
    let mut rest = source.text();
    let mut count = 0;
    while let Some(at) = rest.find(['/', '#', '"', '\'']) {
        let found = &rest[at..];
        let end = match found.as_bytes()[0] {
            b'#' => found.find('\n').unwrap_or(found.len()),
            b'/' if found.starts_with("//") => found.find('\n').unwrap_or(found.len()),
            b'/' => found.find("*/").map_or(found.len(), |end| end + 2),
            quote => {
                count -= 1;
                let mut end = 1;
                while found.as_bytes()[end] != quote {
                    end += if found.as_bytes()[end] == b'\\' { 2 } else { 1 };
                }
                end + 1
            }
        };
        count += 1;
        rest = &found[end..];
    }
    usize::try_from(count).expect("each literal counts once")
}

/// The JSON of a file's model, with the text. `None` if there is no model, or if counting lines anew for every place would
/// take long.
fn file_of(entry: &Entry) -> Option<(Value, Checked, usize)> {
    if read(&entry.path).len() > 12_000 {
        return None;
    }
    let checked = check(std::slice::from_ref(&entry.path), &entry.include_dirs, &Disk);
    checked.model.as_ref()?;
    let json = json(&checked);
    let root = json["roots"][0].as_u64().expect("there is a root") as usize;
    Some((json, checked, root))
}

fn places_are_right_and_no_comment_is_lost(entry: &Entry) {
    let Some((json, checked, root)) = file_of(entry) else { return };
    let source = checked.sources.iter().nth(root).expect("the file was read").1;
    let mut found = 0;
    // The files that it includes have tests of their own.
    objects(&json["files"][root], &mut |object| {
        places_are_right(source.text(), object);
        found += usize::from(object.contains_key("position"));
    });
    assert_eq!(found, comments(&checked.sources, root));
}

mod corpus {
    test_each_file!(places_are_right_and_no_comment_is_lost);
}

#[test]
fn every_key_is_documented() {
    let mut keys = BTreeSet::from(["version", "roots", "files"].map(str::to_owned));
    for (json, _, root) in entries().iter().filter_map(file_of) {
        objects(&json["files"][root], &mut |object| keys.extend(object.keys().cloned()));
    }
    let documentation = include_str!("../../src/dump.rs");
    let missing: Vec<&String> = keys.iter().filter(|key| !documentation.contains(&format!("`{key}`"))).collect();
    assert!(missing.is_empty(), "not documented: {missing:?}");
}

#[test]
fn a_comment_belongs_to_what_it_stands_beside() {
    let json = dumped(
        "// license\n\n// left out\n\n// struct 1\n// struct 2\nstruct S { // body\n  // field a\n  1: i32 a, // a's\n\
         \x20 2: i32 b // b's\n  ; /* c */ 3: i32 c, /* d */ 4: i32 d\n\n  // end\n} # behind S\n\
         /** service */\n\nservice T {\n  void m( // list\n    /* x */ 1: i32 x /* x too */,\n    2: i32 y) // behind m\n}\n// last\n",
    );
    let mut found = Vec::new();
    let file = &json["files"][0];
    objects(file, &mut |object| {
        let owner = object.get("name").or(object.get("stem")).and_then(Value::as_str);
        for comment in object.get("comments").and_then(Value::as_array).into_iter().flatten() {
            let text = comment["text"].as_str().unwrap_or_default();
            found.push(format!(
                "{}: {} {text}",
                owner.unwrap_or_default(),
                comment["position"].as_str().unwrap_or_default()
            ));
        }
    });
    insta::assert_snapshot!(found.join("\n"));
}

#[test]
fn all_methods_are_those_of_the_trait_with_where_they_are_from() {
    let json = dumped(
        "service Top { void a() void b() }\nservice Middle extends Top { void c() }\nservice Bottom extends Middle { void D() }\n",
    );
    let bottom = &json["files"][0]["definitions"][2];
    let list = bottom["all_methods"].as_array().expect("a list");
    let shown: Vec<String> = list
        .iter()
        .map(|method| {
            let from = &method["service"];
            let definition = &json["files"][number(from, "file")]["definitions"][number(from, "index")];
            let original = &definition["methods"][number(method, "method")];
            assert_eq!((&original["name"], &original["rust"]), (&method["name"], &method["rust"]));
            format!("{}.{} {} {}", definition["name"], method["name"], method["rust"], method["inherited"])
        })
        .collect();
    let expected =
        [r#""Top"."a" "a" true"#, r#""Top"."b" "b" true"#, r#""Middle"."c" "c" true"#, r#""Bottom"."D" "d" false"#];
    assert_eq!(shown, expected);
}
