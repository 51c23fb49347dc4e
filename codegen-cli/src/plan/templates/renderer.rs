//! Renders single templates, and finds all errors in those that can't be rendered.
//!
//! minijinja stops at the first error. What it stops at is then replaced by something that can stand everywhere, and
//! the template is rendered again, until nothing new is found.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Enumerator, Object, ObjectRepr, Rest, Value};
use minijinja::{AutoEscape, Environment, Error, State, UndefinedBehavior};

use super::error::{TemplateError, TemplateFault, understand};
use super::scopes::Scopes;
use super::{MANIFEST, SUFFIX};
use crate::plan::functions;
use volplane_build::internal::nearest;

/// Replaces what is wrong.
const ANYTHING: &str = "__anything";

/// How many errors of one template are looked for.
const MOST: usize = 100;

/// Renders the templates of one set.
pub(super) struct Renderer<'a> {
    environment: Environment<'a>,
    /// The templates that can be parsed.
    texts: BTreeMap<Cow<'a, str>, Cow<'a, str>>,
    /// The same templates, with a harmless expression in the place of each error.
    replaced: Option<Environment<'static>>,
    scopes: &'a Scopes,
    errors: BTreeSet<TemplateError>,
}

impl<'a> Renderer<'a> {
    /// Takes these templates, by their names.
    pub(super) fn new(templates: impl Iterator<Item = (&'a str, &'a str)>, scopes: &'a Scopes) -> Self {
        let mut renderer = Self {
            environment: environment(),
            texts: BTreeMap::new(),
            replaced: None,
            scopes,
            errors: BTreeSet::new(),
        };
        for (name, text) in templates {
            renderer.add(name.into(), text.into());
        }
        renderer
    }

    /// Takes one more template.
    pub(super) fn add(&mut self, name: Cow<'a, str>, text: Cow<'a, str>) {
        if let Err(error) = self.environment.add_template_owned(name.clone(), text.clone()) {
            let found = self.understand(&error, &name);
            self.note(&found);
            // The including template has no error of its own.
            let _ = self.environment.add_template_owned(name, "");
        } else {
            if let Some(replaced) = &mut self.replaced {
                // It was just parsed.
                let _ = replaced.add_template_owned(name.clone().into_owned(), text.clone().into_owned());
            }
            self.texts.insert(name, text);
        }
    }

    /// Renders a template; nothing if it has errors.
    pub(super) fn render(&mut self, name: &str, context: &Value) -> Option<String> {
        if !self.texts.contains_key(name) {
            // Its error is noted.
            return None;
        }
        let text = self.environment.get_template(name).and_then(|template| template.render(context));
        if text.is_err() {
            self.look(name, context);
        }
        text.ok()
    }

    /// Whether there is such a template, right or wrong.
    pub(super) fn has(&self, name: &str) -> bool {
        self.texts.contains_key(name) || self.errors.iter().any(|error| error.file == name)
    }

    /// The template that was probably meant.
    pub(super) fn nearest(&self, name: &str) -> Option<&str> {
        let known = self.texts.keys().map(AsRef::as_ref).filter(|name| name.ends_with(SUFFIX));
        nearest(name, known)
    }

    /// Notes an error.
    pub(super) fn error(&mut self, file: &str, line: usize, message: String) {
        self.errors.insert(TemplateError { file: file.to_owned(), line, message });
    }

    /// All that was found.
    pub(super) fn into_errors(self) -> Vec<TemplateError> {
        self.errors.into_iter().collect()
    }

    fn look(&mut self, name: &str, context: &Value) {
        for _ in 0..MOST {
            let replaced = self.replaced.get_or_insert_with(|| forgiving(&self.texts));
            let rendered = replaced.get_template(name).and_then(|template| template.render(context));
            let Err(error) = rendered else { return };
            let found = self.understand(&error, name);
            let follows = self.line(&found.template, found.line).is_some_and(|line| line.contains(ANYTHING));
            // What goes wrong beside a replacement may do so because of it.
            if !follows || found.culprit.is_some() {
                self.note(&found);
            }
            if !self.replace(&found) {
                return;
            }
        }
    }

    /// Replaces the error by a harmless expression; `false` if its place is not known.
    fn replace(&mut self, found: &TemplateFault) -> bool {
        let Some(culprit) = &found.culprit else { return false };
        let Some(text) = self.texts.get(found.template.as_str()) else { return false };
        let replaced: String = text
            .split_inclusive('\n')
            .enumerate()
            .map(|(place, line)| if place + 1 == found.line { without(line, culprit) } else { line.to_owned() })
            .collect();
        if replaced == *text {
            return false;
        }
        self.texts.insert(found.template.clone().into(), replaced.clone().into());
        let environment = self.replaced.get_or_insert_with(|| forgiving(&self.texts));
        environment.add_template_owned(found.template.clone(), replaced).is_ok()
    }

    fn line(&self, template: &str, line: usize) -> Option<&str> {
        self.texts.get(template)?.lines().nth(line.checked_sub(1)?)
    }

    fn understand(&self, error: &Error, name: &str) -> TemplateFault {
        let functions: Vec<String> = self.environment.globals().map(|(name, _)| name.to_owned()).collect();
        let names = ["project", "set", "service", "method", "transport"];
        let names: Vec<&str> = names.into_iter().chain(functions.iter().map(String::as_str)).collect();
        understand(error, name, self.scopes, &names)
    }

    fn note(&mut self, found: &TemplateFault) {
        // Texts of the list of templates are templates with a line in their name.
        let of_list =
            found.template.strip_prefix(MANIFEST).and_then(|rest| rest.strip_prefix('#')?.parse::<usize>().ok());
        match of_list {
            Some(first) => self.error(MANIFEST, first + found.line.saturating_sub(1), found.message.clone()),
            None => self.error(&found.template, found.line, found.message.clone()),
        }
    }
}

/// The line with every whole word `culprit` replaced.
fn without(line: &str, culprit: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut out = String::new();
    let mut rest = line;
    while let Some(place) = rest.find(culprit) {
        let (before, found) = rest.split_at(place);
        let after = &found[culprit.len()..];
        let alone = !before.ends_with(|c| is_part(c) || c == '.') && !after.starts_with(is_part);
        out.push_str(before);
        out.push_str(if alone { ANYTHING } else { culprit });
        rest = after;
    }
    out + rest
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    // Errors then say which name they are about.
    environment.set_debug(true);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    let syntax = SyntaxConfig::builder().keep_trailing_newline(true).trim_blocks(true).lstrip_blocks(true).build();
    // Only delimiters can be wrong, and these are the usual ones.
    environment.set_syntax(syntax.unwrap_or_default());
    functions::add(&mut environment);
    environment
}

/// An environment with these templates, in which the replacement of an error is defined.
fn forgiving(texts: &BTreeMap<Cow<'_, str>, Cow<'_, str>>) -> Environment<'static> {
    let mut environment = environment();
    environment.add_global(ANYTHING, Value::from_object(Anything));
    // The argument is returned: it may be an error itself.
    environment.add_filter(ANYTHING, |value: Value, _: Rest<Value>| value);
    environment.add_test(ANYTHING, |_: Value, _: Rest<Value>| true);
    for (name, text) in texts {
        // They were parsed before.
        let _ = environment.add_template_owned(name.clone().into_owned(), text.clone().into_owned());
    }
    environment
}

/// Has every field, can be called and passed on, holds nothing, and prints as nothing.
#[derive(Debug)]
struct Anything;

impl Object for Anything {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, _: &Value) -> Option<Value> {
        Some(Value::from_object(Anything))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Empty
    }

    fn call(self: &Arc<Self>, _: &mut State<'_, '_>, _: &[Value]) -> Result<Value, Error> {
        Ok(Value::from_object(Anything))
    }

    fn call_method(self: &Arc<Self>, _: &mut State<'_, '_>, _: &str, _: &[Value]) -> Result<Value, Error> {
        Ok(Value::from_object(Anything))
    }

    fn render(self: &Arc<Self>, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Ok(())
    }
}
