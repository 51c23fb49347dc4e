//! Handler files that nobody thought of: nothing panics, and the user's lines stay.

use proptest::prelude::*;
use volplane_edit::handlers::{Request, Service, Stub, Trait, implementations, update};

use super::support::{self, traits};

/// Texts that are mostly Rust, and mention the service.
const WORDS: &[&str] = &[
    "impl ",
    "Echo ",
    "for X",
    "{",
    "}",
    "(",
    ")",
    "async fn echo(",
    "&self",
    ", ",
    "req: Request",
    "-> ",
    "Result<(), E>",
    "use hello_generated::api::Echo;",
    "use super::*;",
    "\n",
    "\r\n",
    "    ",
    "\t",
    "// c\n",
    "/* c */",
    "/*",
    "\"s\"",
    "\"",
    "r#\"",
    "'a",
    "#[cfg(x)]",
    "#![x]",
    "mod m ",
    "::",
    ";",
    "日本",
    "\u{feff}",
    "#!/x\n",
    "macro_rules! m ",
    "<",
    ">",
    "where ",
    "T: ",
    "/// d\n",
    "//! d\n",
    "todo!()",
    "const _: () = ",
    "\0",
    "r#type",
    "..",
    "->",
    "!",
];

/// Types of arguments, as `support` reads them.
const TYPES: &[&str] = &["i32", "~Request", "Vec<~Item>", "Option<FastStr>", "other_generated::api::Item", "~Result"];
const NAMES: &[&str] = &["a", "req", "r#type", "_b", "limit", "a_very_long_name_of_an_argument"];

/// Lines that a user may have put somewhere.
const NOTES: &[&str] = &["", "// a note", "/* a block\n   of two lines */", "// }", "/* { */", "// \"open"];

/// What a file may begin with.
const HEADS: &[&str] = &[
    "use hello_generated::api::*;\n",
    "use hello_generated::api::Echo;\n",
    "use hello_generated::api;\n",
    "use hello_generated::api::{Echo as E, Item, Request as Req};\nuse volo_thrift::ServerError;\n",
    "use super::*;\n",
    "// Copyright\n\n//! Doc\n#![allow(x)]\nuse std::sync::Arc;\n\nuse hello_generated::api::Echo;\n",
    "#![allow(x)]\nstruct Item;\nuse hello_generated::api::Echo;\n",
    "",
];

fn service() -> impl Strategy<Value = Trait> {
    let argument = (prop::sample::select(NAMES), prop::sample::select(TYPES));
    let arguments = prop::collection::vec(argument, 0..4);
    let method =
        (prop::sample::select(&["echo", "put", "r#match", "list"][..]), arguments, prop::sample::select(TYPES));
    prop::collection::vec(method, 0..5).prop_map(|methods| {
        let mut text = String::from("trait Echo in hello_generated::api\n");
        let mut seen: Vec<&str> = Vec::new();
        for (name, arguments, output) in methods {
            if seen.contains(&name) {
                continue;
            }
            seen.push(name);
            let mut names: Vec<&str> = Vec::new();
            let mut list: Vec<String> = Vec::new();
            for (name, ty) in arguments {
                if !names.contains(&name) {
                    names.push(name);
                    list.push(format!("{name}: {ty}"));
                }
            }
            text.push_str(&format!("{name}({}) -> {output}\n", list.join("; ")));
        }
        traits(&text).remove(0)
    })
}

/// A file without methods, and notes to put between its methods.
fn start() -> impl Strategy<Value = String> {
    let note = || prop::sample::select(NOTES);
    (prop::sample::select(HEADS), note(), note(), any::<bool>(), any::<bool>()).prop_map(
        |(head, outer, inner, module, crlf)| {
            let name = match head {
                _ if head.contains("as E") => "E",
                _ if head.contains("Echo;") || head.contains('*') => "Echo",
                _ if head.contains("api;") => "api::Echo",
                _ => "hello_generated::api::Echo",
            };
            let text = if module {
                format!(
                    "{outer}\nmod inner {{\n    {head}    {outer}\n    impl {name} for X {{\n    {inner}\n    }}\n}}\n"
                )
                .replace("#![allow(x)]\n", "")
                .replace("//! Doc\n", "")
            } else {
                format!("{head}{outer}\nimpl {name} for X {{\n    {inner}\n}}\n{outer}\n")
                    .replace("// Copyright\n\n//! Doc", "//! Doc")
            };
            if crlf { text.replace('\n', "\r\n") } else { text }
        },
    )
}

/// The same file with a comment of the user's behind the first brace of every method, and with a body.
fn write_bodies(text: &str, note: usize) -> String {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    text.replace(
        "        Err(",
        &format!("        // note {note}{newline}        let _ = {note};{newline}        Err("),
    )
}

/// The same file with a comment somewhere in each signature that stands on one line.
fn comment(text: &str, note: usize) -> String {
    let comment = |line: &str| {
        if !line.contains("async fn") || !line.contains("->") {
            return line.to_owned();
        }
        let mut depth = 0;
        let mut places = Vec::new();
        for (at, c) in line.char_indices() {
            match c {
                '(' | '<' | '[' => depth += 1,
                '>' if line[..at].ends_with('-') => {}
                ')' | '>' | ']' => depth -= 1,
                _ => {}
            }
            let is_open = c == '(' && depth == 1;
            if is_open || (c == ',' && depth == 1) {
                places.push(at + 1);
            } else if c == ')' && depth == 0 {
                places.push(at);
                break;
            }
        }
        let at = places[note % places.len()];
        format!("{}/* note {note} */{}", &line[..at], &line[at..])
    };
    text.split_inclusive('\n').map(comment).collect()
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

/// Lines that no signature and no brace stands in: the user's, whatever happens.
fn own_lines(text: &str) -> Vec<&str> {
    let is_signature = |line: &&str| {
        line.contains("fn ")
            || line.starts_with(')')
            || line.ends_with(',')
            || line.starts_with("impl")
            || *line == "&self"
    };
    lines(text).into_iter().filter(|line| !is_signature(line)).collect()
}

fn is_subsequence(part: &[&str], all: &[&str]) -> Result<(), String> {
    let mut rest = all.iter();
    part.iter().try_for_each(|line| rest.find(|other| *other == line).map(|_| ()).ok_or((*line).to_owned()))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_texts_are_no_reason_to_panic(
        words in prop::collection::vec(prop::sample::select(WORDS), 0..40),
        before in service(),
        after in service(),
        prune: bool,
    ) {
        let text = format!("{}Echo", words.concat());
        let services = [Service { before: Some(&before), after: &after }];
        let request = Request { services: &services, generated: None, crate_name: None, skip: &[], stub: &Stub::NotImplemented, prune };
        let _ = implementations(&text, &services);
        if let Ok(outcome) = update(&text, &request)
            && outcome.text != text
        {
            prop_assert!(syn::parse_file(&outcome.text).is_ok(), "{text}\n---\n{}", outcome.text);
        }
    }

    #[test]
    fn cut_files_are_no_reason_to_panic(
        case: prop::sample::Index,
        from: prop::sample::Index,
        to: prop::sample::Index,
        by_lines in prop::bool::weighted(0.8),
        prune: bool,
    ) {
        let cases = CASES.with(|cases| case.get(cases).clone());
        let (text, before, after) = cases;
        let marks: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let (a, b) = (*from.get(&marks), *to.get(&marks));
        // Whole lines, more often than not.
        let line = |at: usize| if by_lines { text[..at].rfind('\n').map_or(0, |found| found + 1) } else { at };
        let (a, b) = (line(a), line(b));
        let cut = format!("{}{}", &text[..a.min(b)], &text[a.max(b)..]);
        let services: Vec<Service<'_>> = after.iter().map(|after| Service { before: before.as_deref().and_then(<[_]>::first), after }).collect();
        let request = Request { services: &services, generated: None, crate_name: None, skip: &[], stub: &Stub::NotImplemented, prune };
        if let Ok(outcome) = update(&cut, &request)
            && outcome.text != cut
        {
            prop_assert!(syn::parse_file(&outcome.text).is_ok(), "{cut}\n---\n{}", outcome.text);
        }
    }

    #[test]
    fn over_years_no_line_is_lost(start in start(), versions in prop::collection::vec(service(), 1..6), prune: bool, forgets in 0..8usize, comments in prop::collection::vec(0..6usize, 0..6)) {
        let mut text = start;
        let mut before: Option<&Trait> = None;
        for (number, after) in versions.iter().enumerate() {
            let services = [Service { before: before.filter(|_| number != forgets), after }];
            let request = Request { services: &services, generated: None, crate_name: None, skip: &[], stub: &Stub::NotImplemented, prune };
            let outcome = update(&text, &request).unwrap();
            if outcome.implementations.is_empty() && text.contains("use super::*") {
                // Nothing but methods that nobody remembers: a trait that a glob brings could be anybody's then.
                break;
            }
            let new = &outcome.text;
            prop_assert!(syn::parse_file(new).is_ok(), "{text}\n---\n{new}");
            if !prune {
                prop_assert_eq!(is_subsequence(&own_lines(&text), &lines(new)), Ok(()), "{}\n---\n{}", text, new);
            }
            if text.contains("\r\n") {
                prop_assert_eq!(new.matches('\n').count(), new.matches("\r\n").count());
            }
            // All methods are there.
            for method in &after.methods {
                prop_assert!(new.contains(&format!("async fn {}(", method.ident)), "{}\n---\n{new}", method.ident);
            }
            for before in [Some(after), None] {
                let services = [Service { before, after }];
                let again = update(new, &Request { services: &services, ..request.clone() }).unwrap();
                prop_assert_eq!(&again.text, new);
            }
            for line in text.split("/* ").skip(1).filter_map(|rest| rest.split_once(" */")).map(|(note, _)| note) {
                prop_assert!(new.contains(&format!("/* {line} */")), "{text}\n---\n{new}");
            }
            text = write_bodies(new, number);
            if comments.contains(&number) {
                text = comment(&text, number);
            }
            before = Some(after);
        }
    }
}

type Sample = (String, Option<Vec<Trait>>, Vec<Trait>);

thread_local! {
    static CASES: Vec<Sample> = support::cases().into_iter().map(|case| (case.text, case.before, case.after)).collect();
}
