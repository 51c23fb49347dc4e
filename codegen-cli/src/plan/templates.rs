//! Renders the templates: which there are, and which file each becomes, stands in `templates/manifest.toml`.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};
use serde::Deserialize;
use thiserror::Error;

use super::view::ProjectView;
use super::{NewFile, Policy, functions};
use crate::embedded;

/// The templates are not as they should be: a defect of this build.
#[derive(Debug, Error)]
pub(crate) enum TemplateError {
    /// The list of templates.
    #[error("templates/manifest.toml can't be read")]
    Manifest(#[from] toml_edit::de::Error),
    /// A file is not there.
    #[error(transparent)]
    Missing(#[from] embedded::Missing),
    /// A template can't be rendered.
    #[error("template {name} can't be rendered")]
    Render {
        /// Which.
        name: String,
        #[source]
        source: minijinja::Error,
    },
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
    for_each: Option<Each>,
    /// An expression: without it, or when it is true, the file is made.
    when: Option<String>,
    /// Whose file it is.
    update: Policy,
}

/// What there may be a file for each of.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Each {
    Service,
    Transport,
}

/// Which templates to render.
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
pub(crate) fn render(view: &ProjectView, flavour: Flavour) -> Result<Vec<NewFile>, TemplateError> {
    let environment = environment(flavour)?;
    let project = Value::from(Serde(view));
    let manifest: Manifest = toml_edit::de::from_str(embedded::file("templates/manifest.toml")?)?;
    let mut files = Vec::new();
    for entry in &manifest.file {
        let project = || project.clone();
        let contexts: Vec<Value> = match entry.for_each {
            None => vec![context! { project => project() }],
            Some(Each::Service) => view
                .services
                .iter()
                .map(|service| context! { project => project(), service => Value::from(Serde(service)) })
                .collect(),
            Some(Each::Transport) => view
                .transports
                .iter()
                .map(|transport| context! { project => project(), transport => Value::from(Serde(transport)) })
                .collect(),
        };
        for context in &contexts {
            files.extend(file(&environment, entry, context)?);
        }
    }
    Ok(files)
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
fn environment(flavour: Flavour) -> Result<Environment<'static>, TemplateError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    let syntax = SyntaxConfig::builder().keep_trailing_newline(true).trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.map_err(failed("the syntax of templates"))?);
    functions::add(&mut environment);
    for (name, text) in embedded::folder("templates").filter(|(name, _)| name.ends_with(".j2")) {
        let shown = match name.strip_prefix("demo/") {
            Some(_) if flavour == Flavour::General => continue,
            Some(shown) => shown,
            None => name,
        };
        // Those of the demo come after the general ones, and replace them.
        environment.add_template(shown, text).map_err(failed(name))?;
    }
    Ok(environment)
}

fn failed(name: &str) -> impl FnOnce(minijinja::Error) -> TemplateError + use<> {
    let name = name.to_owned();
    move |source| TemplateError::Render { name, source }
}
