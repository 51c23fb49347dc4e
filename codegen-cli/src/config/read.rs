//! From the text of volplane.toml to settings. All errors are found, each with its place.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::str::FromStr;

use toml_edit::{Document, Item, TableLike, Value};
use volplane_build::internal::{nearest, write};

use super::SettingError;
use crate::settings::{
    ChosenService, Codegen, Extra, Generated, IdlSettings, PackageDir, Runtime, Settings, Transport,
};

/// The keys of the file, of `[generated]`, of an `[[idl]]` and of `runtime`.
const KEYS: &[&str] = &[
    "codegen",
    "generated",
    "idl",
    "module",
    "package",
    "runtime",
    "set",
    "templates",
    "transports",
    "with",
    "workspace",
];
const GENERATED_KEYS: &[&str] =
    &["derive", "descriptors", "keep_unknown_fields", "serde", "services", "split", "types_only"];
const IDL_KEYS: &[&str] = &["include", "path", "service"];
const RUNTIME_KEYS: &[&str] = &["git", "path", "version"];

/// Reads settings.
///
/// # Errors
/// All errors, in the order of the text.
pub(super) fn settings(text: &str) -> Result<Settings, Vec<SettingError>> {
    let document = Document::parse(text).map_err(|error| {
        let (line, column) = place(text, error.span().map_or(0, |span| span.start));
        vec![SettingError { line, column, message: error.message().trim_end().to_owned() }]
    })?;
    let mut reader = Reader { text, errors: Vec::new() };
    let settings = reader.settings(document.as_table());
    let mut errors = reader.errors;
    errors.sort_by_key(|error| (error.line, error.column));
    match settings {
        Some(settings) if errors.is_empty() => Ok(settings),
        _ => Err(errors),
    }
}

/// Line and column of an offset, counted from 1.
fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    (line, before.rsplit('\n').next().unwrap_or_default().chars().count() + 1)
}

struct Reader<'a> {
    text: &'a str,
    errors: Vec<SettingError>,
}

impl Reader<'_> {
    fn settings(&mut self, table: &dyn TableLike) -> Option<Settings> {
        self.known(table, KEYS);
        let module = self.wanted(table, "module", None, "module = \"hello\"").and_then(|item| self.parsed(item));
        let package = match table.get("package") {
            None => Some(PackageDir::default()),
            Some(item) => self.parsed(item),
        };
        let workspace = table.get("workspace").and_then(|item| self.path(item)).filter(|path| path != ".");
        let codegen = match table.get("codegen") {
            None => Some(Codegen::BuildRs),
            Some(item) => self.one_of(item, &[Codegen::BuildRs, Codegen::CheckedIn], Codegen::name),
        };
        let runtime = match table.get("runtime") {
            None => Some(Runtime::Vendored),
            Some(item) => self.runtime(item),
        };
        let transports = match table.get("transports") {
            None => Some(Transport::ALL.to_vec()),
            Some(item) => self.transports(item),
        };
        let with = table.get("with").map_or_else(Vec::new, |item| self.with(item));
        let generated = table.get("generated").map_or_else(|| Some(Generated::default()), |item| self.generated(item));
        let idls = self.idls(table);
        let templates = table.get("templates").and_then(|item| self.text(item)).map(str::to_owned);
        let set = table.get("set").map_or_else(|| Some(BTreeMap::new()), |item| self.set(item));
        Some(Settings {
            module: module?,
            idls: idls?,
            package: package?,
            workspace,
            features_by_hand: BTreeSet::new(),
            transports: transports?,
            with,
            codegen: codegen?,
            runtime: runtime?,
            generated: generated?,
            templates,
            set: set?,
        })
    }

    fn idls(&mut self, table: &dyn TableLike) -> Option<Vec<IdlSettings>> {
        let item = self.wanted(table, "idl", None, "[[idl]] with a path and a service")?;
        let Some(tables) = item.as_array_of_tables().filter(|tables| !tables.is_empty()) else {
            return self.error(item.span(), "expected an array of tables: [[idl]]".to_owned());
        };
        let mut idls: Vec<IdlSettings> = Vec::new();
        for table in tables {
            self.known(table, IDL_KEYS);
            let path = self.wanted(table, "path", table.span(), "path = \"idl/echo.thrift\"");
            let path = path.and_then(|item| Some((item.span(), self.path(item)?)));
            let service = self.wanted(table, "service", table.span(), "service = \"example\"");
            let service = service.and_then(|item| self.text(item)).map(str::to_owned);
            let include = match table.get("include") {
                None => Vec::new(),
                Some(item) => {
                    self.array(item).into_iter().filter_map(|(span, path)| self.inside(span, &path)).collect()
                }
            };
            if let (Some((span, path)), Some(service)) = (path, service) {
                if idls.iter().any(|idl| idl.path == path) {
                    self.error::<()>(span, format!("{path} is listed twice"));
                }
                idls.push(IdlSettings { path, service, include });
            }
        }
        Some(idls)
    }

    fn transports(&mut self, item: &Item) -> Option<Vec<Transport>> {
        let mut found = Vec::new();
        for (span, name) in self.array(item) {
            let names = Transport::ALL.map(Transport::name);
            match Transport::ALL.into_iter().find(|transport| transport.name() == name) {
                Some(transport) => found.push(transport),
                None => self.unknown(span, "transport", &name, &names),
            }
        }
        found.sort();
        found.dedup();
        Some(found)
    }

    fn with(&mut self, item: &Item) -> Vec<Extra> {
        let mut found = Vec::new();
        for (span, name) in self.array(item) {
            match Extra::ALL.into_iter().find(|extra| extra.name() == name) {
                Some(extra) => found.push(extra),
                None => self.unknown(span, "value", &name, &Extra::ALL.map(Extra::name)),
            }
        }
        found.sort();
        found.dedup();
        found
    }

    fn runtime(&mut self, item: &Item) -> Option<Runtime> {
        if let Some(table) = item.as_table_like() {
            self.known(table, RUNTIME_KEYS);
            let mut entries = table.iter().filter(|(key, _)| RUNTIME_KEYS.contains(key));
            if let (Some((key, value)), None) = (entries.next(), entries.next()) {
                let value = self.text(value)?.to_owned();
                return Some(match key {
                    "git" => Runtime::Git(value),
                    "path" => Runtime::Path(value),
                    _ => Runtime::Version(value),
                });
            }
        } else if item.as_str() == Some("vendored") {
            return Some(Runtime::Vendored);
        }
        let forms = "expected \"vendored\", { path = … }, { git = … } or { version = … }";
        self.error(item.span(), forms.to_owned())
    }

    fn generated(&mut self, item: &Item) -> Option<Generated> {
        let Some(table) = item.as_table_like() else {
            let message = "expected a table: [generated], then a key such as split = true";
            return self.error(item.span(), message.to_owned());
        };
        self.known(table, GENERATED_KEYS);
        let mut flag = |key: &str| table.get(key).map_or(Some(false), |item| self.flag(item));
        let keep_unknown_fields = flag("keep_unknown_fields");
        let (split, types_only) = (flag("split"), flag("types_only"));
        let (serde, descriptors) = (flag("serde"), flag("descriptors"));
        let derive = table.get("derive").map_or_else(Vec::new, |item| self.derive(item, serde == Some(true)));
        let services = match table.get("services") {
            None => None,
            Some(item) => Some(self.chosen_services(item)?),
        };
        Some(Generated {
            keep_unknown_fields: keep_unknown_fields?,
            derive,
            split: split?,
            types_only: types_only?,
            serde: serde?,
            services,
            descriptors: descriptors?,
        })
    }

    fn derive(&mut self, item: &Item, serde: bool) -> Vec<String> {
        let mut paths: Vec<String> = Vec::new();
        for (span, path) in self.array(item) {
            if !write::is_trait_path(&path) {
                self.error::<()>(span, format!("`{path}` is not the path of a trait, such as \"serde::Serialize\""));
            } else if serde && write::is_serde_trait(&path) {
                let message = format!("serde = true derives `{path}` already; remove one of the two");
                self.error::<()>(span, message);
            } else if paths.contains(&path) {
                self.error::<()>(span, format!("`{path}` is listed twice"));
            } else {
                paths.push(path);
            }
        }
        paths
    }

    fn chosen_services(&mut self, item: &Item) -> Option<Vec<ChosenService>> {
        let found = self.array(item);
        if found.is_empty() {
            let message = "expected at least one service; to leave all of them out: types_only = true";
            return self.error(item.span(), message.to_owned());
        }
        let chosen = found.into_iter().map(|(span, name)| {
            let (line, column) = place(self.text, span.map_or(0, |span| span.start));
            ChosenService { name, line, column }
        });
        Some(chosen.collect())
    }

    fn set(&mut self, item: &Item) -> Option<BTreeMap<String, String>> {
        let Some(table) = item.as_table_like() else {
            return self.error(item.span(), "expected a table: [set], then key = \"value\"".to_owned());
        };
        let mut set = BTreeMap::new();
        for (key, value) in table.iter() {
            set.insert(key.to_owned(), self.text(value)?.to_owned());
        }
        Some(set)
    }

    /// A path in the project, with `/` between its parts and no detours.
    fn path(&mut self, item: &Item) -> Option<String> {
        let text = self.text(item)?;
        self.inside(item.span(), text)
    }

    fn inside(&mut self, span: Option<Range<usize>>, text: &str) -> Option<String> {
        let path = relative(text);
        path.or_else(|| self.error(span, format!("expected a path relative to the project's root, found {text}")))
    }

    fn text<'i>(&mut self, item: &'i Item) -> Option<&'i str> {
        match item.as_str() {
            Some(text) if !text.trim().is_empty() => Some(text),
            Some(_) => self.error(item.span(), "expected a value, found an empty string".to_owned()),
            None => self.error(item.span(), format!("expected a string, found {}", kind(item))),
        }
    }

    fn flag(&mut self, item: &Item) -> Option<bool> {
        let found = item.as_bool();
        found.or_else(|| self.error(item.span(), format!("expected true or false, found {}", kind(item))))
    }

    fn array(&mut self, item: &Item) -> Vec<(Option<Range<usize>>, String)> {
        let Some(array) = item.as_array() else {
            self.error::<()>(item.span(), format!("expected a list of strings, found {}", kind(item)));
            return Vec::new();
        };
        let mut found = Vec::new();
        for value in array {
            match value.as_str() {
                Some(text) => found.push((value.span(), text.to_owned())),
                None => {
                    self.error::<()>(value.span(), format!("expected a string, found {}", value.type_name()));
                }
            }
        }
        found
    }

    fn parsed<T: FromStr<Err: ToString>>(&mut self, item: &Item) -> Option<T> {
        match self.text(item)?.parse() {
            Ok(value) => Some(value),
            Err(error) => self.error(item.span(), error.to_string()),
        }
    }

    fn one_of<T: Copy>(&mut self, item: &Item, all: &[T], name: impl Fn(T) -> &'static str) -> Option<T> {
        let text = self.text(item)?;
        let found = all.iter().copied().find(|value| name(*value) == text);
        if found.is_none() {
            let names: Vec<&str> = all.iter().map(|value| name(*value)).collect();
            self.unknown(item.span(), "value", text, &names);
        }
        found
    }

    fn wanted<'i>(
        &mut self,
        table: &'i dyn TableLike,
        key: &str,
        span: Option<Range<usize>>,
        example: &str,
    ) -> Option<&'i Item> {
        let found = table.get(key);
        if found.is_none() {
            self.error::<()>(span, format!("`{key}` is missing; for example: {example}"));
        }
        found
    }

    /// Reports keys that mean nothing.
    fn known(&mut self, table: &dyn TableLike, keys: &[&str]) {
        for (key, item) in table.iter().filter(|(key, _)| !keys.contains(key)) {
            let span = table.key(key).and_then(toml_edit::Key::span).or_else(|| item.span());
            self.unknown(span, "key", key, keys);
        }
    }

    fn unknown(&mut self, span: Option<Range<usize>>, what: &str, name: &str, known: &[&str]) {
        let help = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                format!("known are {}", known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
            }
        };
        self.error::<()>(span, format!("unknown {what} `{name}`; {help}"));
    }

    /// Adds an error and returns `None`.
    fn error<T>(&mut self, span: Option<Range<usize>>, message: String) -> Option<T> {
        let (line, column) = place(self.text, span.map_or(0, |span| span.start));
        self.errors.push(SettingError { line, column, message });
        None
    }
}

/// The path without `.`, backslashes and a slash at its end; `None` if it is absolute.
fn relative(path: &str) -> Option<String> {
    let path = path.replace('\\', "/");
    let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    let is_absolute = path.starts_with('/') || path.contains(':');
    if is_absolute { None } else { Some(if parts.is_empty() { ".".to_owned() } else { parts.join("/") }) }
}

fn kind(item: &Item) -> &'static str {
    item.as_value().map_or("a table", Value::type_name)
}
