//! Renders the templates: which there are, and which file each becomes, stands in `manifest.toml` beside them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};
use serde::Deserialize;
use thiserror::Error;

use super::view::ProjectView;
use super::{NewFile, Policy, functions};
use crate::embedded;

/// The list of templates, in their folder.
const MANIFEST: &str = "manifest.toml";

/// The templates are not as they should be.
#[derive(Debug, Error)]
pub(crate) enum TemplateError {
    /// The list of templates.
    #[error("templates/manifest.toml can't be read")]
    Manifest(#[from] toml_edit::de::Error),
    /// There is no such list.
    #[error("the templates have no {MANIFEST}")]
    NoManifest,
    /// A template can't be rendered.
    #[error("template {name} can't be rendered")]
    Render {
        /// Which.
        name: String,
        #[source]
        source: minijinja::Error,
    },
}

/// A set of templates: texts by their path in its folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Templates {
    files: BTreeMap<String, Cow<'static, str>>,
}

impl Templates {
    /// Those that are part of the command.
    pub(crate) fn built_in(flavour: Flavour) -> Self {
        let all = || embedded::folder("templates");
        let general = all().filter(|(name, _)| !name.starts_with("demo/"));
        // Those of the demo come after the general ones, and replace them.
        let demo = all().filter(|_| flavour == Flavour::Demo);
        let demo = demo.filter_map(|(name, text)| Some((name.strip_prefix("demo/")?, text)));
        Self { files: general.chain(demo).map(|(name, text)| (name.to_owned(), Cow::Borrowed(text))).collect() }
    }
}

/// The list of templates.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    file: Vec<Entry>,
}

/// A template and the files that it becomes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// Its path in templates/, itself a template.
    template: String,
    /// The file's path in the project, itself a template.
    path: String,
    /// What there is one file for; the whole project if it says nothing.
    #[serde(default)]
    for_each: OneOrMore,
    /// An expression: without it, or when it is true, the file is made.
    when: Option<String>,
    /// Whose file it is.
    update: Policy,
}

/// `for_each = "service"`, or `for_each = ["transport", "service"]` for every pair.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(Each),
    More(Vec<Each>),
}

impl Default for OneOrMore {
    fn default() -> Self {
        Self::More(Vec::new())
    }
}

impl OneOrMore {
    fn all(&self) -> &[Each] {
        match self {
            Self::One(each) => std::slice::from_ref(each),
            Self::More(all) => all,
        }
    }
}

/// What there may be a file for each of.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
enum Each {
    Service,
    Method,
    Transport,
}

/// Which of the built-in templates to render.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// Those that serve every IDL.
    General,
    /// Those, but for the ones that templates/demo has in another form: the bundled echo service says what it is told.
    Demo,
}

/// Renders every template.
///
/// # Errors
/// When a template is missing, wrong, or says something that the view doesn't have.
pub(super) fn render(view: &ProjectView, templates: &Templates) -> Result<Vec<NewFile>, TemplateError> {
    let environment = environment(templates)?;
    let scopes = Scopes::new(view);
    let manifest: Manifest = toml_edit::de::from_str(templates.files.get(MANIFEST).ok_or(TemplateError::NoManifest)?)?;
    let mut files = Vec::new();
    for entry in &manifest.file {
        for context in &scopes.of(entry.for_each.all()) {
            files.extend(file(&environment, entry, context)?);
        }
    }
    Ok(files)
}

/// What the templates of one project see.
struct Scopes {
    project: Value,
    set: Value,
    transports: Vec<Value>,
    /// Each with its methods.
    services: Vec<(Value, Vec<Value>)>,
}

impl Scopes {
    fn new(view: &ProjectView) -> Self {
        let services = view.services.iter().map(|service| {
            let methods = service.methods.iter().map(|method| Value::from(Serde(method))).collect();
            (Value::from(Serde(service)), methods)
        });
        Self {
            project: Value::from(Serde(view)),
            set: Value::from(Serde(&view.set)),
            transports: view.transports.iter().map(|transport| Value::from(Serde(transport))).collect(),
            services: services.collect(),
        }
    }

    /// The contexts of a file that there is one of for each of these; a method brings its service along.
    fn of(&self, each: &[Each]) -> Vec<Value> {
        let mut contexts = vec![context! { project => self.project.clone(), set => self.set.clone() }];
        if each.contains(&Each::Transport) {
            contexts = product(&contexts, &self.transports, |transport| context! { transport => transport.clone() });
        }
        if each.contains(&Each::Method) {
            let pairs =
                self.services.iter().flat_map(|(service, methods)| methods.iter().map(move |one| (service, one)));
            contexts = product(&contexts, &pairs.collect::<Vec<_>>(), |(service, method)| {
                context! { service => (*service).clone(), method => (*method).clone() }
            });
        } else if each.contains(&Each::Service) {
            contexts = product(&contexts, &self.services, |(service, _)| context! { service => service.clone() });
        }
        contexts
    }
}

fn product<T>(contexts: &[Value], items: &[T], named: impl Fn(&T) -> Value) -> Vec<Value> {
    let pairs = contexts.iter().flat_map(|outer| items.iter().map(move |item| (outer, item)));
    pairs.map(|(outer, item)| context! { ..named(item), ..outer.clone() }).collect()
}

fn file(environment: &Environment<'_>, entry: &Entry, context: &Value) -> Result<Option<NewFile>, TemplateError> {
    if let Some(when) = &entry.when {
        let wanted = environment.compile_expression(when).and_then(|expression| expression.eval(context));
        if !wanted.map_err(failed(when))?.is_true() {
            return Ok(None);
        }
    }
    let template = environment.render_str(&entry.template, context).map_err(failed(&entry.template))?;
    let path = environment.render_str(&entry.path, context).map_err(failed(&entry.path))?;
    let text = environment.get_template(&template).and_then(|template| template.render(context));
    Ok(Some(NewFile { path, text: text.map_err(failed(&template))?, policy: entry.update }))
}

/// An environment with every template under its path.
fn environment(templates: &Templates) -> Result<Environment<'_>, TemplateError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    let syntax = SyntaxConfig::builder().keep_trailing_newline(true).trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.map_err(failed("the syntax of templates"))?);
    functions::add(&mut environment);
    for (name, text) in templates.files.iter().filter(|(name, _)| name.ends_with(".j2")) {
        environment.add_template(name, text).map_err(failed(name))?;
    }
    Ok(environment)
}

fn failed(name: &str) -> impl FnOnce(minijinja::Error) -> TemplateError + use<> {
    let name = name.to_owned();
    move |source| TemplateError::Render { name, source }
}
