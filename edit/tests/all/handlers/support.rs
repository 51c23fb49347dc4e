//! Reads cases.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its cases has to stop")]

use std::fs;
use std::path::{Path, PathBuf};

use volplane_edit::handlers::{Argument, GeneratedNames, Method, Request, Service, Stub, Trait};

/// A case.
pub struct Case {
    pub name: String,
    pub title: String,
    pub text: String,
    pub before: Option<Vec<Trait>>,
    pub after: Vec<Trait>,
    /// `generated`: what the generated crate exports, a path a line.
    generated: Option<GeneratedNames>,
    /// Behind `== file`: `prune`, `inline` (a stub without a function), `crlf`, `bom`, `remembered` (without a memory
    /// it comes out in another way), `renamed` (the generated crate is called `wire`).
    settings: Vec<String>,
    stub: Stub,
}

/// All cases, by name.
pub fn cases() -> Vec<Case> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/all/handlers/cases");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "case"));
    paths.sort();
    paths.iter().map(|path| Case::read(path)).collect()
}

impl Case {
    pub fn read(path: &Path) -> Self {
        let all = fs::read_to_string(path).unwrap();
        let mut parts = all.split("\n== ");
        let title = parts.next().unwrap().to_owned();
        let mut sections: Vec<(&str, String)> = Vec::new();
        for part in parts {
            let (head, text) = part.split_once('\n').unwrap_or((part, ""));
            sections.push((head, if text.is_empty() { String::new() } else { format!("{text}\n") }));
        }
        let known = ["generated", "before", "after", "file"];
        let unknown = sections.iter().find(|(head, _)| !known.contains(&head.split(' ').next().unwrap_or_default()));
        assert!(unknown.is_none(), "{}: no section is called {unknown:?}", path.display());
        // The last section ends with the file's own line break.
        if let Some((_, text)) = sections.last_mut() {
            text.pop();
        }
        let section = |name: &str| sections.iter().find(|(head, _)| head.split(' ').next() == Some(name));
        let text = |name: &str| section(name).map(|(_, text)| text.clone()).unwrap_or_default();
        let settings: Vec<String> = section("file").unwrap().0.split(' ').skip(1).map(str::to_owned).collect();
        let has = |name: &str| settings.iter().any(|setting| setting == name);
        let inline = "Err(::volo_thrift::ServerError::from(\"{method} is not implemented\"))";
        Case {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            title,
            before: section("before").map(|(_, text)| traits(text)),
            after: traits(&text("after")),
            stub: if has("inline") { Stub::Inline(inline.to_owned()) } else { Stub::NotImplemented },
            text: {
                let text = text("file");
                let text = if has("crlf") { text.replace('\n', "\r\n") } else { text };
                if has("bom") { format!("\u{feff}{text}") } else { text }
            },
            generated: section("generated").map(|(_, text)| names(text)),
            settings,
        }
    }

    /// Whether the file has this setting.
    pub fn has(&self, name: &str) -> bool {
        self.settings.iter().any(|setting| setting == name)
    }

    pub fn services<'a>(&'a self, before: Option<&'a [Trait]>) -> Vec<Service<'a>> {
        let service = |after: &'a Trait| Service {
            before: before.and_then(|all| all.iter().find(|one| one.idl_name == after.idl_name)),
            after,
        };
        self.after.iter().map(service).collect()
    }

    pub fn request<'a>(&'a self, services: &'a [Service<'a>]) -> Request<'a> {
        Request {
            services,
            generated: self.generated.as_ref(),
            crate_name: self.has("renamed").then_some("wire"),
            skip: &[],
            stub: &self.stub,
            prune: self.has("prune"),
        }
    }

    /// The text as the section has it.
    pub fn plain(&self, text: &str) -> String {
        let mut text = text.to_owned();
        if self.has("bom") {
            text = text.strip_prefix('\u{feff}').expect("a byte order mark").to_owned();
        }
        if self.has("crlf") {
            assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "{}: {text:?}", self.name);
            text = text.replace("\r\n", "\n");
        }
        text
    }
}

fn names(text: &str) -> GeneratedNames {
    let mut names = GeneratedNames::new("hello_generated");
    for line in text.lines().filter(|line| !line.is_empty()) {
        match line.strip_prefix("service ") {
            Some(path) => {
                for name in ["", "Server", "Client", "ClientBuilder", "EchoException"] {
                    names.insert(&format!("{path}{name}"));
                }
            }
            None => names.insert(line),
        }
    }
    names
}

/// `trait Echo in hello_generated::api`, and under it methods: `echo(req: ~Request) -> ~Response`. A `~` is the trait's
/// module; the answer is a `Result` with volo's error. Lines with `///` are the next method's comment.
pub fn traits(text: &str) -> Vec<Trait> {
    let mut traits: Vec<Trait> = Vec::new();
    let mut doc: Option<String> = None;
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(text) = line.strip_prefix("///") {
            let text = text.trim_start();
            doc = Some(doc.map_or(text.to_owned(), |doc| format!("{doc}\n{text}")));
        } else if let Some(head) = line.strip_prefix("trait ") {
            let (ident, module) = head.split_once(" in ").unwrap();
            let (module, idl_name) = module.split_once(" as ").unwrap_or((module, ident));
            let idl_name = idl_name.to_owned();
            traits.push(Trait { module: module.to_owned(), ident: ident.to_owned(), idl_name, methods: Vec::new() });
        } else {
            let last = traits.last_mut().unwrap();
            let method = method(&last.module, line, doc.take());
            last.methods.push(method);
        }
    }
    traits
}

fn method(module: &str, line: &str, doc: Option<String>) -> Method {
    let full = |ty: &str| {
        ty.replace("FastStr", "::pilota::FastStr")
            .replace("Option<", "::std::option::Option<")
            .replace("Vec<", "::std::vec::Vec<")
            .replace('~', &format!("{module}::"))
    };
    let (name, rest) = line.split_once('(').unwrap();
    let (arguments, output) = rest.split_once(") -> ").unwrap();
    let arguments = arguments.split("; ").filter(|one| !one.is_empty()).map(|one| {
        let (name, ty) = one.split_once(": ").unwrap();
        // `2 name: type` has a field id.
        let (id, ident) = name.split_once(' ').map_or((None, name), |(id, ident)| (id.parse().ok(), ident));
        Argument { ident: ident.to_owned(), id, ty: full(ty) }
    });
    Method {
        idl_name: name.trim_start_matches("r#").to_owned(),
        ident: name.to_owned(),
        arguments: arguments.collect(),
        output: format!("::core::result::Result<{}, ::volo_thrift::ServerError>", full(output)),
        doc,
    }
}
