//! A user at work in a project.

use super::dice::Dice;
use super::evolve::method_mut;
use super::idl::Idl;
use super::marks::{Files, lines_of, mark, parses};

/// How many places are tried for a line that may not stand everywhere.
const TRIES: usize = 12;

/// One edit; what it was, or `None` if it does not apply to what there is. `number` is the mark of its line.
pub fn edit(files: &mut Files, number: usize, dice: &mut Dice<'_>) -> Option<String> {
    let kind = dice.roll(18);
    match kind {
        0..=2 => remark(files, number, dice),
        3 => statement(files, number, dice),
        4 => item(files, number, dice),
        5 => import(files, number, dice),
        6 | 7 => implement(files, number, dice),
        8 => use_parameter(files, dice),
        9 => attribute(files, number, dice),
        10 => comment_in_signature(files, number, dice),
        11 => dependency(files, number, dice),
        12 => new_module(files, number, dice),
        13 => argument(files, number, dice),
        14 => move_handler(files, number, dice),
        15 => make_generic(files, number, dice),
        16 => windows_newlines(files, dice),
        _ => delete(files, dice),
    }
}

/// The files that a user edits, of these kinds.
fn editable(files: &Files, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let is_own = |path: &str| {
        (path.starts_with("cmd/") || !path.contains('/') || path == "generated/Cargo.toml")
            && path != "volplane.lock"
            && path != "Cargo.lock"
    };
    files.keys().filter(|path| is_own(path) && wanted(path)).cloned().collect()
}

fn is_rust(path: &str) -> bool {
    path.ends_with(".rs")
}

/// Modules of the package: handlers, mostly.
fn is_source(path: &str) -> bool {
    path.starts_with("cmd/src/") && is_rust(path)
}

fn newline(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// Puts a line before the line `at`.
fn inserted(text: &str, at: usize, line: &str) -> String {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    let line = format!("{line}{}", newline(text));
    lines.insert(at.min(lines.len()), &line);
    // A last line without an end would swallow what comes behind.
    if at >= lines.len() - 1 && !text.is_empty() && !text.ends_with('\n') {
        return format!("{text}{}{line}", newline(text));
    }
    lines.concat()
}

/// Puts a line somewhere from `at` on where the file still parses.
fn fitted(path: &str, text: &str, at: usize, line: &str, fits: impl Fn(&[&str], usize) -> bool) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let places = (0..=lines.len()).map(|step| (at + step) % (lines.len() + 1)).filter(|place| fits(&lines, *place));
    places.take(TRIES).map(|place| inserted(text, place, line)).find(|text| parses(path, text).is_ok())
}

/// Puts a line into a file of a kind.
fn insert(
    files: &mut Files,
    wanted: impl Fn(&str) -> bool,
    line: &str,
    dice: &mut Dice<'_>,
    fits: impl Fn(&[&str], usize) -> bool,
) -> Option<String> {
    let path = dice.pick(&editable(files, wanted))?.clone();
    let text = files.get(&path)?;
    let at = dice.roll(text.lines().count() + 1);
    let new = fitted(&path, text, at, line, fits)?;
    files.insert(path.clone(), new);
    Some(format!("{path}: {line}"))
}

fn indent(lines: &[&str], at: usize) -> usize {
    lines.get(at).map_or(0, |line| line.len() - line.trim_start().len())
}

pub fn remark(files: &mut Files, number: usize, dice: &mut Dice<'_>) -> Option<String> {
    let path = dice.pick(&editable(files, |_| true))?.clone();
    let text = files.get(&path)?;
    let word = mark(number);
    let line = match path.rsplit_once('.') {
        Some((_, "rs")) => format!("// {word}"),
        Some((_, "md")) => format!("Mind {word}."),
        _ => format!("# {word}"),
    };
    let at = dice.roll(text.lines().count() + 1);
    let new = fitted(&path, text, at, &line, |_, _| true)?;
    files.insert(path.clone(), new);
    Some(format!("{path}: {line}"))
}

pub fn statement(files: &mut Files, number: usize, dice: &mut Dice<'_>) -> Option<String> {
    let line = format!("    let _{} = {number};", mark(number));
    insert(files, is_rust, &line, dice, |lines, at| indent(lines, at) > 0)
}

/// An item at the top of a file.
pub fn item(files: &mut Files, number: usize, dice: &mut Dice<'_>) -> Option<String> {
    let line = format!("const _: &str = \"{}\";", mark(number));
    insert(files, is_rust, &line, dice, |lines, at| {
        let before = at.checked_sub(1).and_then(|at| lines.get(at));
        before.is_some_and(|line| line.is_empty()) && indent(lines, at) == 0
    })
}

fn import(files: &mut Files, number: usize, dice: &mut Dice<'_>) -> Option<String> {
    let line = format!("use std::fmt as {};", mark(number));
    insert(files, is_rust, &line, dice, |lines, at| {
        let is_use = |line: Option<&&str>| line.is_some_and(|line| line.starts_with("use "));
        is_use(lines.get(at)) || is_use(at.checked_sub(1).and_then(|at| lines.get(at)))
    })
}

/// Writes a method's body.
fn implement(files: &mut Files, number: usize, dice: &mut Dice<'_>) -> Option<String> {
    let stubs = stubs(files);
    let (path, stub) = dice.pick(&stubs)?.clone();
    let text = files.get_mut(&path)?;
    let end = newline(text);
    let body = format!("let {0} = {number};{end}        Ok({0}.into())", mark(number));
    *text = text.replacen(&stub, &body, 1);
    Some(format!("{path}: the body of {stub}"))
}

/// Writes a method's body such that it compiles, and goes on compiling as long as the IDL leaves its answer alone.
pub fn settle(files: &mut Files, idl: &mut Idl, number: usize, dice: &mut Dice<'_>) -> Option<String> {
    let stubs = stubs(files);
    let (path, stub) = dice.pick(&stubs)?.clone();
    let method = method_mut(idl, stub.split('"').nth(1)?)?;
    method.is_settled = true;
    let text = files.get_mut(&path)?;
    let end = newline(text);
    let answer = if method.throws.is_empty() { "Ok(answer)" } else { "Ok(::volo_thrift::MaybeException::Ok(answer))" };
    let body = format!("let answer = Default::default(); // {}{end}        {answer}", mark(number));
    *text = text.replacen(&stub, &body, 1);
    if !text.contains("not_implemented(") {
        *text = text.replace(&format!("use crate::not_implemented;{end}"), "");
    }
    Some(format!("{path}: an answer for {stub}"))
}

/// Writes a method's body such that it compiles now; the IDL may change its answer later.
pub fn answer(files: &mut Files, idl: &mut Idl, number: usize, dice: &mut Dice<'_>) -> Option<String> {
    let mut unsettled = idl.clone();
    settle(files, &mut unsettled, number, dice)
}

/// Uses a parameter of a method in its body.
pub fn read_parameter(files: &mut Files, number: usize, dice: &mut Dice<'_>) -> Option<String> {
    let path = dice.pick(&editable(files, is_source))?.clone();
    let text = files.get_mut(&path)?;
    let end = newline(text);
    let is_signature =
        |line: &&str| line.contains("async fn ") && line.contains("&self, _") && line.trim_end().ends_with('{');
    let lines: Vec<String> = text.split_inclusive('\n').filter(is_signature).map(str::to_owned).collect();
    let line = dice.pick(&lines)?;
    let (_, rest) = line.split_once("&self, _")?;
    let name = rest.split_once(':')?.0;
    let used = line.replacen(&format!("&self, _{name}:"), &format!("&self, {name}:"), 1);
    *text = text.replacen(line.as_str(), &format!("{used}        let _ = &{name}; // {}{end}", mark(number)), 1);
    Some(format!("{path}: the parameter {name} is read"))
}

/// Uses a type that a handler imports.
pub fn name_type(files: &mut Files, number: usize, dice: &mut Dice<'_>) -> Option<String> {
    let path = dice.pick(&editable(files, is_source))?.clone();
    let text = files.get_mut(&path)?;
    let end = newline(text);
    let imports = text.lines().filter(|line| line.starts_with("use hello_generated::"));
    let names =
        imports.flat_map(|line| line.trim_end_matches(';').rsplit(['{', ':']).next().unwrap_or("").split([',', '}']));
    let names: Vec<String> = names
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty() && text.contains(&format!(": {name}")))
        .collect();
    let name = dice.pick(&names)?.clone();
    text.push_str(&format!("{end}const _: fn({name}) = |_| {{}}; // {}{end}", mark(number)));
    Some(format!("{path}: {name} is used"))
}

/// Methods that nobody has written, as (path, expression).
pub fn stubs(files: &Files) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for path in editable(files, is_source) {
        for line in files[&path].lines().map(str::trim) {
            if line.starts_with("Err(not_implemented(\"") && line.ends_with("\"))") {
                found.push((path.clone(), line.to_owned()));
            }
        }
    }
    found
}

/// Takes the underscore off a parameter.
fn use_parameter(files: &mut Files, dice: &mut Dice<'_>) -> Option<String> {
    let path = dice.pick(&editable(files, is_source))?.clone();
    let text = files.get_mut(&path)?;
    let places: Vec<usize> = text.match_indices("&self, _").map(|(place, _)| place).collect();
    let place = *dice.pick(&places)?;
    text.replace_range(place..place + "&self, _".len(), "&self, ");
    Some(format!("{path}: a parameter is used"))
}

fn attribute(files: &mut Files, number: usize, dice: &mut Dice<'_>) -> Option<String> {
    let line = format!("    #[allow(unused)] // {}", mark(number));
    insert(files, is_source, &line, dice, |lines, at| {
        lines.get(at).is_some_and(|line| line.starts_with("    async fn "))
    })
}

fn comment_in_signature(files: &mut Files, number: usize, dice: &mut Dice<'_>) -> Option<String> {
    let path = dice.pick(&editable(files, is_source))?.clone();
    let text = files.get_mut(&path)?;
    let end = newline(text);
    let places: Vec<usize> = text.match_indices("(&self").map(|(place, _)| place + 1).collect();
    let place = *dice.pick(&places)?;
    text.insert_str(place, &format!("{end}        // {}{end}        ", mark(number)));
    Some(format!("{path}: a comment in a signature"))
}

fn dependency(files: &mut Files, number: usize, dice: &mut Dice<'_>) -> Option<String> {
    let line = format!("{} = \"1\"", mark(number));
    insert(
        files,
        |path| path.ends_with("Cargo.toml"),
        &line,
        dice,
        |lines, at| {
            // Somewhere in the table of the dependencies.
            let table = lines.get(..at).and_then(|lines| lines.iter().rposition(|line| line.starts_with('[')));
            table.is_some_and(|table| lines[table].ends_with("dependencies]"))
        },
    )
}

pub fn new_module(files: &mut Files, number: usize, dice: &mut Dice<'_>) -> Option<String> {
    let word = mark(number);
    let line = format!("mod {word};");
    let said = insert(
        files,
        |path| path == "cmd/src/lib.rs",
        &line,
        dice,
        |lines, at| {
            let is_mod = |line: Option<&&str>| line.is_some_and(|line| line.starts_with("mod "));
            is_mod(lines.get(at)) || is_mod(at.checked_sub(1).and_then(|at| lines.get(at)))
        },
    )?;
    files.insert(format!("cmd/src/{word}.rs"), format!("//! {word}\n"));
    Some(said)
}

/// Another argument of a program.
fn argument(files: &mut Files, number: usize, dice: &mut Dice<'_>) -> Option<String> {
    let path = dice.pick(&editable(files, |path| path.ends_with("main.rs")))?.clone();
    let text = files.get_mut(&path)?;
    let end = newline(text);
    let begin = text.find("struct Args {")?;
    let close = begin + text[begin..].find("\n}")? + 1;
    text.insert_str(close, &format!("    #[arg(long)]{end}    {}: bool,{end}", mark(number)));
    Some(format!("{path}: an argument"))
}

/// Moves a handler to another file.
fn move_handler(files: &mut Files, number: usize, dice: &mut Dice<'_>) -> Option<String> {
    let shared = ["clients", "hub", "lib", "peer", "services"].map(|name| format!("cmd/src/{name}.rs"));
    let handlers = editable(files, |path| is_source(path) && !shared.iter().any(|other| other == path));
    let path = dice.pick(&handlers)?.clone();
    let old = path.strip_prefix("cmd/src/")?.strip_suffix(".rs")?.to_owned();
    let new = mark(number);
    let lib = files.get("cmd/src/lib.rs")?;
    let renamed =
        lib.replace(&format!("mod {old};"), &format!("mod {new};")).replace(&format!("{old}::"), &format!("{new}::"));
    if renamed == *lib || lines_of(lib).iter().any(|line| line.contains(&format!("mod {old};"))) {
        return None;
    }
    files.insert("cmd/src/lib.rs".to_owned(), renamed);
    let text = files.remove(&path)?;
    files.insert(format!("cmd/src/{new}.rs"), text);
    Some(format!("{path} is {new}.rs now"))
}

fn make_generic(files: &mut Files, number: usize, dice: &mut Dice<'_>) -> Option<String> {
    let path = dice.pick(&editable(files, is_source))?.clone();
    let text = files.get_mut(&path)?;
    let begin = text.find("pub struct ")? + "pub struct ".len();
    let name = text[begin..].split_once(';').map(|(name, _)| name.to_owned())?;
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return None;
    }
    let word = mark(number);
    let rest = text.split_off(begin);
    text.push_str(&rest.replacen(
        &format!("{name};"),
        &format!("{name}<T>(std::marker::PhantomData<T>); // {word}"),
        1,
    ));
    *text = text.replace(&format!(" for {name} {{"), &format!(" for {name}<T> {{")).replace("\nimpl ", "\nimpl<T> ");
    Some(format!("{path}: {name} is generic"))
}

pub fn windows_newlines(files: &mut Files, dice: &mut Dice<'_>) -> Option<String> {
    let path = dice.pick(&editable(files, |_| true))?.clone();
    let text = files.get_mut(&path)?;
    if text.contains("\r\n") {
        return None;
    }
    *text = text.replace('\n', "\r\n");
    Some(format!("{path}: Windows newlines"))
}

fn delete(files: &mut Files, dice: &mut Dice<'_>) -> Option<String> {
    let path =
        dice.pick(&editable(files, |path| path.starts_with("cmd/tests/") && path.matches('/').count() == 2))?.clone();
    files.remove(&path);
    Some(format!("{path}: away"))
}
