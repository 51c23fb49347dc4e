//! Errors of templates, each with its file and line.

use std::error::Error;
use std::fmt;

use minijinja::ErrorKind;
use minijinja::value::Value;
use thiserror::Error;
use volplane_build::internal::nearest;

use super::scopes::Scopes;

/// An error of a template or of the manifest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TemplateError {
    /// The file, by its path in the templates' folder.
    pub(crate) file: String,
    /// The line, from 1.
    pub(crate) line: usize,
    /// What is wrong.
    pub(crate) message: String,
}

/// All errors of a set of templates; at least one.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) struct TemplateErrors {
    /// The templates' folder.
    pub(crate) root: String,
    /// The errors, in the order of files and lines.
    pub(crate) all: Vec<TemplateError>,
}

impl TemplateErrors {
    /// One line each: `templates/README.md.j2:3: …`
    pub(crate) fn lines(&self) -> impl Iterator<Item = String> {
        self.all.iter().map(|TemplateError { file, line, message }| format!("{}/{file}:{line}: {message}", self.root))
    }
}

impl fmt::Display for TemplateErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [_] = self.all.as_slice() {
            return self.lines().try_for_each(|line| f.write_str(&line));
        }
        write!(f, "the templates have {} errors", self.all.len())?;
        self.lines().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

/// An error of minijinja, with the place of its cause.
pub(super) struct TemplateFault {
    /// The template.
    pub(super) template: String,
    /// The line.
    pub(super) line: usize,
    /// What is wrong.
    pub(super) message: String,
    /// The undefined expression: a name, or a path such as `service.nmae`.
    pub(super) culprit: Option<String>,
}

/// Reads an error of minijinja's, whose outermost template is `name`.
pub(super) fn understand(error: &minijinja::Error, name: &str, scopes: &Scopes, names: &[&str]) -> TemplateFault {
    let error = innermost(error);
    let mut found = TemplateFault {
        template: error.name().unwrap_or(name).to_owned(),
        line: error.line().unwrap_or(1),
        message: error.to_string(),
        culprit: None,
    };
    let detail = error.detail().unwrap_or_default();
    if let Some((undefined, place)) = undefined(detail) {
        match place.and_then(|place| place.rsplit_once(':')) {
            Some((template, line)) => {
                template.clone_into(&mut found.template);
                found.line = line.parse().unwrap_or(found.line);
            }
            None => {
                let line = place.and_then(|place| place.strip_prefix("line ")?.parse().ok());
                found.line = line.unwrap_or(found.line);
            }
        }
        found.message = undefined_message(undefined, scopes, names);
        found.culprit = Some(undefined.to_owned());
        return found;
    }
    let unknown = match error.kind() {
        ErrorKind::UnknownFilter => Some(("filter", detail.strip_prefix("filter "))),
        ErrorKind::UnknownTest => Some(("test", detail.strip_prefix("test "))),
        ErrorKind::UnknownFunction => Some(("function", Some(detail))),
        _ => None,
    };
    if let Some((kind, rest)) = unknown
        && let Some(word) = rest.and_then(|rest| rest.strip_suffix(" is unknown"))
    {
        found.message = format!("unknown {kind} `{word}`");
        found.culprit = Some(word.to_owned());
        return found;
    }
    found.message = if detail.is_empty() { error.kind().to_string() } else { detail.to_owned() };
    found
}

/// The error of a failed include has the place of the include; its source is the cause.
fn innermost(error: &minijinja::Error) -> &minijinja::Error {
    let below = error.source().and_then(|source| source.downcast_ref::<minijinja::Error>());
    below.map_or(error, innermost)
}

/// The expression in ``… `service.nmae` is undefined …``, and the place behind `from`, if it is another than the error's.
fn undefined(detail: &str) -> Option<(&str, Option<&str>)> {
    let (before, after) = detail.split_once("` is undefined")?;
    let (_, expression) = before.rsplit_once('`')?;
    let after = after.trim_start_matches(',').trim().trim_start_matches('(');
    let place = after.strip_prefix("from ").map(|place| place.trim_end_matches(')'));
    Some((expression, place))
}

fn undefined_message(expression: &str, scopes: &Scopes, names: &[&str]) -> String {
    if let Some(key) = expression.strip_prefix("set.") {
        let near = keys(scopes.example("set").as_ref());
        return match nearest(key, near.iter().map(String::as_str)) {
            Some(near) => format!("undefined value `{expression}`; did you mean `set.{near}`?"),
            None => {
                format!("undefined value `{expression}`; give it as --set {key}=VALUE, or in volplane.toml's [set]")
            }
        };
    }
    if ["service", "method", "transport"].contains(&expression) {
        return format!("undefined value `{expression}`; there is one in files with for_each = \"{expression}\"");
    }
    let near = match expression.rsplit_once('.') {
        None => nearest(expression, names.iter().copied()).map(str::to_owned),
        Some((base, field)) => {
            // What a loop's variable stands for is not known here; it is one of these.
            let any = ["service", "method", "transport", "project"];
            let fields = match scopes.example(base) {
                Some(value) => keys(Some(&value)),
                None => any.iter().flat_map(|name| keys(scopes.example(name).as_ref())).collect(),
            };
            nearest(field, fields.iter().map(String::as_str)).map(|field| format!("{base}.{field}"))
        }
    };
    match near {
        Some(near) => format!("undefined value `{expression}`; did you mean `{near}`?"),
        None => format!("undefined value `{expression}`"),
    }
}

fn keys(value: Option<&Value>) -> Vec<String> {
    let keys = value.and_then(|value| value.try_iter().ok()).into_iter().flatten();
    keys.filter_map(|key| key.as_str().map(str::to_owned)).collect()
}
