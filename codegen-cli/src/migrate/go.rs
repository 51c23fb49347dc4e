//! What Go says of a project: the module's name, and just enough of Go's syntax to find handlers and options. Pure.

use std::collections::BTreeMap;

use super::scan::{self, Language};
use crate::settings::Module;

/// The module's path, from the text of a go.mod.
pub(crate) fn module_path(go_mod: &str) -> Option<String> {
    go_mod.lines().find_map(|line| {
        let path = line.trim_start().strip_prefix("module")?.split("//").next()?;
        let path = path.strip_prefix(char::is_whitespace)?.trim().trim_matches(['"', '`']);
        (!path.is_empty()).then(|| path.to_owned())
    })
}

/// The name for a project of a Go module's path: its last part, without a version.
pub(crate) fn project_name(module: &str) -> String {
    let parts: Vec<&str> = module.split('/').filter(|part| !part.is_empty()).collect();
    let last = match parts.as_slice() {
        [.., name, version] if is_version(version) => name,
        [.., name] => name,
        [] => "",
    };
    // gopkg.in/yaml.v3
    let last = last.rsplit_once('.').filter(|(_, version)| is_version(version)).map_or(last, |(name, _)| name);
    Module::near(last).as_str().to_owned()
}

fn is_version(part: &str) -> bool {
    part.strip_prefix('v').is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// A method: `func (s *EchoImpl) Echo(ctx context.Context, …) … { … }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Method {
    /// The type that has it, without a pointer's star.
    pub(crate) receiver: String,
    /// Its name.
    pub(crate) name: String,
    /// The line of `func`.
    pub(crate) line: usize,
    /// Whether it takes a context, as every handler does.
    pub(crate) takes_context: bool,
    /// Whether somebody wrote it: what kitex makes has a comment and a bare `return`.
    pub(crate) is_written: bool,
}

/// The methods that a Go file defines.
pub(crate) fn methods(text: &str) -> Vec<Method> {
    let code = scan::code(text, Language::Go);
    let starts = code.match_indices("func").filter(|(place, _)| *place == 0 || code[..*place].ends_with('\n'));
    starts.filter_map(|(place, _)| method(&code, place)).collect()
}

fn method(code: &str, start: usize) -> Option<Method> {
    let receiver_open = bracket(code, start + "func".len(), '(')?;
    let receiver_close = scan::closing(code, receiver_open)?;
    // Type parameters come last: `(s *Impl[T])`.
    let receiver = code.get(receiver_open + 1..receiver_close)?.split('[').next()?;
    let receiver = scan::words(receiver).last()?.1;
    let (name_place, name) = scan::words(code.get(receiver_close..)?).next()?;
    let arguments_open = bracket(code, receiver_close + name_place + name.len(), '(')?;
    let arguments_close = scan::closing(code, arguments_open)?;
    let arguments = code.get(arguments_open..arguments_close)?;
    let body_open = body(code, arguments_close + 1)?;
    let body = code.get(body_open + 1..scan::closing(code, body_open)?)?;
    Some(Method {
        receiver: receiver.to_owned(),
        name: name.to_owned(),
        line: scan::line(code, start),
        takes_context: arguments.contains("context.Context"),
        is_written: !matches!(body.trim(), "" | "return"),
    })
}

/// The place of a bracket that nothing but blanks stand before.
fn bracket(code: &str, from: usize, bracket: char) -> Option<usize> {
    let rest = code.get(from..)?;
    let blanks = rest.len() - rest.trim_start().len();
    rest.trim_start().starts_with(bracket).then_some(from + blanks)
}

/// The brace that opens a function's body, behind its results, which may hold braces of their own.
fn body(code: &str, mut from: usize) -> Option<usize> {
    loop {
        let open = from + code.get(from..)?.find(['(', '{'])?;
        let before = code.get(from..open)?.trim_end();
        let is_type = before.ends_with("interface") || before.ends_with("struct");
        if code.as_bytes().get(open) == Some(&b'{') && !is_type {
            return Some(open);
        }
        from = scan::closing(code, open)? + 1;
    }
}

/// A use of one of kitex's options: `server.WithServiceAddr(…)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OptionUse {
    /// The package's path below kitex: `server`, `client`, `client/callopt`; the whole path for an extension's.
    pub(crate) package: String,
    /// The option.
    pub(crate) name: String,
    /// Where.
    pub(crate) line: usize,
}

/// The uses of kitex's options in a Go file.
pub(crate) fn options(text: &str) -> Vec<OptionUse> {
    let code = scan::code(text, Language::Go);
    let imports = imports(text, &code);
    let mut found = Vec::new();
    for (place, word) in scan::words(&code) {
        let Some(package) = imports.get(word) else { continue };
        let Some(rest) = code.get(place + word.len()..).and_then(|rest| rest.strip_prefix('.')) else { continue };
        let name: String = rest.chars().take_while(|c| scan::is_word(*c)).collect();
        let is_called = rest.get(name.len()..).is_some_and(|rest| rest.trim_start().starts_with('('));
        if name.starts_with("With") && is_called && !code[..place].ends_with('.') {
            found.push(OptionUse { package: package.clone(), name, line: scan::line(&code, place) });
        }
    }
    found
}

/// The packages of kitex and its extensions that a file imports, by the names that it has for them.
fn imports(text: &str, code: &str) -> BTreeMap<String, String> {
    // Each path is a literal on its line, behind nothing but `import` and another name.
    let lines = text.lines().zip(code.lines()).filter_map(|(line, code)| {
        let (before, rest) = line.split_once('"')?;
        let path = rest.split('"').next()?;
        let name = before.trim().trim_start_matches("import").trim();
        let is_import = code.trim().trim_start_matches("import").trim() == name && !name.contains(char::is_whitespace);
        let name = if name.is_empty() { path.rsplit('/').next()? } else { name };
        is_import.then(|| (name.to_owned(), path.to_owned()))
    });
    let kitexs = |path: String| {
        let own = path.strip_prefix("github.com/cloudwego/kitex/").map(str::to_owned);
        own.or_else(|| path.starts_with("github.com/kitex-contrib/").then_some(path))
    };
    lines.filter_map(|(name, path)| Some((name, kitexs(path)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIN: &str = r#"package main

import (
	"context"

	"github.com/cloudwego/kitex/client"
	opt "github.com/cloudwego/kitex/client/callopt"
	"github.com/cloudwego/kitex/server" // server.WithNothing()
	"example.com/other/transport"
	tracing "github.com/kitex-contrib/obs-opentelemetry/tracing"
)

func main() {
	svr := echo.NewServer(new(EchoImpl), server.WithServiceAddr(addr),
		server.WithMuxTransport(), /* server.WithLimit(x) */
		transport.WithFrames())
	s := "server.WithString()"
	c.Echo(ctx, req, opt.WithRPCTimeout(1))
	x.server.WithField(1)
	client.WithSuite(tracing.WithTracer (1))
}
"#;

    #[test]
    fn options_are_found_by_what_is_imported() {
        let found: Vec<String> =
            options(MAIN).iter().map(|found| format!("{} {}.{}", found.line, found.package, found.name)).collect();
        assert_eq!(
            found,
            [
                "14 server.WithServiceAddr",
                "15 server.WithMuxTransport",
                "18 client/callopt.WithRPCTimeout",
                "20 client.WithSuite",
                "20 github.com/kitex-contrib/obs-opentelemetry/tracing.WithTracer",
            ]
        );
        assert_eq!(options("import \"github.com/cloudwego/kitex/server\"\nvar x = server.WithMuxTransport()").len(), 1);
    }

    #[test]
    fn methods_and_whether_somebody_wrote_them() {
        let text = "package main
// func (s *A) Comment() {}
func free() {}
func (s *EchoImpl) Echo(ctx context.Context, req *api.Request) (resp *api.Response, err error) {
	// TODO: Your code here...
	return
}
func (EchoImpl) Any(ctx context.Context) (x interface{}, err error) {
	return struct{}{}, nil
}
func (s *Box[T]) Get() map[string]interface{} { return nil }
func (s *Open";
        let found: Vec<String> = methods(text)
            .iter()
            .map(|m| format!("{} {}.{} {} {}", m.line, m.receiver, m.name, m.takes_context, m.is_written))
            .collect();
        assert_eq!(found, ["4 EchoImpl.Echo true false", "8 EchoImpl.Any true true", "11 Box.Get false true"]);
    }

    #[test]
    fn a_go_mod_names_its_module() {
        assert_eq!(module_path("// x\nmodule example.com/shop // y\n\ngo 1.20\n").as_deref(), Some("example.com/shop"));
        assert_eq!(module_path("module \"example.com/shop\"").as_deref(), Some("example.com/shop"));
        assert_eq!(module_path("modules x\nmodule\n"), None);
    }

    #[test]
    fn a_module_path_ends_with_the_projects_name() {
        for (path, name) in [
            ("github.com/rectcircle/kitex-customize-underlying-connection", "kitex-customize-underlying-connection"),
            ("example.com/shop/v2", "shop"),
            ("gopkg.in/yaml.v3", "yaml"),
            ("hello", "hello"),
            ("example.com/my.shop/", "my-shop"),
            ("v2", "v2"),
            ("example.com/MyShop", "myshop"),
            ("", "project"),
        ] {
            assert_eq!(project_name(path), name, "{path}");
        }
    }
}
