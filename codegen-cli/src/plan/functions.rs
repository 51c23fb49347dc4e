//! What templates call to write Rust as rustfmt would.

use minijinja::Environment;
use volplane_edit::rust::{Imports, WIDTH};

/// Adds the functions under the names that templates know.
pub(super) fn add(environment: &mut Environment<'_>) {
    environment.add_function("uses", uses);
    environment.add_function("reexports", reexports);
    environment.add_function("chain", chain);
    environment.add_function("arm", arm);
    environment.add_function("array", array);
    environment.add_function("binding", binding);
    environment.add_filter("rust", rust);
    environment.add_filter("toml", toml);
    environment.add_filter("toml_key", toml_key);
}

/// A text as a literal of Rust's.
fn rust(text: &str) -> String {
    format!("{text:?}")
}

/// A text as TOML writes it, quotes included.
fn toml(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}

/// The same for the left-hand side.
fn toml_key(text: &str) -> String {
    toml_edit::Key::new(text).to_string()
}

/// `use` lines for these paths, sorted and merged.
fn uses(paths: Vec<String>) -> String {
    lines(&paths, WIDTH).join("\n")
}

/// The same with `pub use`.
fn reexports(paths: Vec<String>) -> String {
    lines(&paths, WIDTH - "pub ".len()).iter().map(|line| format!("pub {line}")).collect::<Vec<_>>().join("\n")
}

fn lines(paths: &[String], width: usize) -> Vec<String> {
    let mut imports = Imports::default();
    for (module, name) in paths.iter().filter_map(|path| path.rsplit_once("::")) {
        imports.import(module, name);
    }
    imports.lines(width)
}

/// `before root.call().call()after`: on one line of this indentation, or one call a line.
fn chain(indent: usize, before: String, root: String, calls: Vec<String>, after: String) -> String {
    let line = format!("{before}{root}.{}{after}", calls.join("."));
    if indent + line.len() <= WIDTH {
        return line;
    }
    let blanks = " ".repeat(indent + 4);
    let calls: String = calls.iter().map(|call| format!("\n{blanks}.{call}")).collect();
    format!("{before}{root}{calls}{after}")
}

/// `before[item, item]after`: on one line of this indentation, or one item a line.
fn array(indent: usize, before: String, items: Vec<String>, after: String) -> String {
    let line = format!("{before}[{}]{after}", items.join(", "));
    if indent + line.len() <= WIDTH {
        return line;
    }
    let blanks = " ".repeat(indent);
    let items: String = items.iter().map(|item| format!("\n{blanks}    {item},")).collect();
    format!("{before}[{items}\n{blanks}]{after}")
}

/// `pattern => value,`: on one line of this indentation, or with the value in a block.
fn arm(indent: usize, pattern: String, value: String) -> String {
    let line = format!("{pattern} => {value},");
    if indent + line.len() <= WIDTH {
        return line;
    }
    let blanks = " ".repeat(indent);
    format!("{pattern} => {{\n{blanks}    {value}\n{blanks}}}")
}

/// `let name = value;`: on one line of this indentation, or with the value on the next.
fn binding(indent: usize, name: String, value: String) -> String {
    let line = format!("let {name} = {value};");
    if indent + line.len() <= WIDTH { line } else { format!("let {name} =\n{}{value};", " ".repeat(indent + 4)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_breaks_at_every_call_or_at_none() {
        let chain = |root: String| chain(4, "let x = ".into(), root, vec!["a()".into(), "b()".into()], ";".into());
        assert_eq!(chain("X::new()".into()), "let x = X::new().a().b();");
        let long = "X".repeat(110);
        assert_eq!(chain(long.clone()), format!("let x = {long}\n        .a()\n        .b();"));
    }

    #[test]
    fn a_long_arm_is_a_block() {
        let arm = |value: String| arm(8, "_".into(), value);
        assert_eq!(arm("1".repeat(106)), format!("_ => {},", "1".repeat(106)));
        assert_eq!(arm("1".repeat(107)), format!("_ => {{\n            {}\n        }}", "1".repeat(107)));
    }

    #[test]
    fn a_long_value_begins_on_the_next_line() {
        let binding = |value: String| binding(8, "x".into(), value);
        assert_eq!(binding("1".repeat(103)), format!("let x = {};", "1".repeat(103)));
        assert_eq!(binding("1".repeat(104)), format!("let x =\n            {};", "1".repeat(104)));
    }
}
