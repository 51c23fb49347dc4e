//! Renders the templates, which `manifest.toml` lists with the paths of the rendered files.

mod check;
mod error;
mod manifest;
mod renderer;
mod scopes;

use std::borrow::Cow;
use std::collections::BTreeMap;

use minijinja::value::Value;

use super::NewFile;
use super::view::ProjectView;
use crate::embedded;
use crate::project_path::{ProjectPath, ProjectPathError};
use crate::record;
pub(crate) use check::Unreadable;
pub(super) use check::unreadable;
pub(crate) use error::{TemplateError, TemplateErrors};
use manifest::{ManifestEntry, Text};
use renderer::Renderer;
use scopes::Scopes;

/// The list of templates, in their folder.
pub(crate) const MANIFEST: &str = "manifest.toml";

/// What the names of templates end with.
pub(crate) const SUFFIX: &str = ".j2";

/// A set of templates: texts by their path in its folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Templates {
    /// The folder, for messages.
    root: String,
    files: BTreeMap<String, Cow<'static, str>>,
    own: bool,
}

/// Which of the built-in templates to render.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// Those that serve every IDL.
    General,
    /// Those, with the templates in templates/demo replacing some: the bundled echo service returns its argument.
    Demo,
}

impl Templates {
    /// Those that are part of the command.
    pub(crate) fn built_in(flavour: Flavour) -> Self {
        let all = || embedded::folder("templates").filter(|(name, _)| *name == MANIFEST || name.ends_with(SUFFIX));
        let general = all().filter(|(name, _)| !name.starts_with("demo/"));
        // Those of the demo come after the general ones, and replace them.
        let demo = all().filter(|_| flavour == Flavour::Demo);
        let demo = demo.filter_map(|(name, text)| Some((name.strip_prefix("demo/")?, text)));
        let files = general.chain(demo).map(|(name, text)| (name.to_owned(), Cow::Borrowed(text)));
        Self { root: "templates".to_owned(), files: files.collect(), own: false }
    }

    /// A user's own: texts by their path in the folder that messages call `root`.
    pub(crate) fn own(root: String, files: BTreeMap<String, String>) -> Self {
        Self { root, files: files.into_iter().map(|(name, text)| (name, Cow::Owned(text))).collect(), own: true }
    }

    /// Whether they are a user's own: then some of what the built-in ones say may be missing.
    pub(super) fn are_own(&self) -> bool {
        self.own
    }

    /// Every text by its path in the folder, the list included.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(name, text)| (name.as_str(), text.as_ref()))
    }

    /// The text of one.
    fn text(&self, name: &str) -> &str {
        self.files.get(name).map_or("", AsRef::as_ref)
    }

    /// All errors as one.
    pub(crate) fn errors(&self, all: Vec<TemplateError>) -> TemplateErrors {
        TemplateErrors { root: self.root.clone(), all }
    }
}

/// A file, and the template that it was made from.
#[derive(Debug)]
pub(super) struct RenderedFile {
    pub(super) file: NewFile,
    pub(super) template: String,
}

/// What came of rendering.
#[derive(Debug)]
pub(super) struct RenderOutcome {
    /// The files that could be made.
    pub(super) made: Vec<RenderedFile>,
    /// Why the others could not.
    pub(super) errors: Vec<TemplateError>,
}

/// Renders every template, and finds all errors that this project triggers.
pub(super) fn render(view: &ProjectView, templates: &Templates) -> RenderOutcome {
    let scopes = Scopes::new(view);
    let (entries, wrong) = match templates.files.get(MANIFEST) {
        Some(text) => manifest::parse(text),
        None => (Vec::new(), vec![(1, "the file is missing: it lists the templates".to_owned())]),
    };
    let mut press = FileRenderer {
        renderer: Renderer::new(templates.files().filter(|(name, _)| name.ends_with(SUFFIX)), &scopes),
        lines: BTreeMap::new(),
        made: Vec::new(),
    };
    for (line, message) in wrong {
        press.renderer.error(MANIFEST, line, message);
    }
    for entry in &entries {
        press.prepare(entry);
        for context in &scopes.of(&entry.for_each) {
            press.file(entry, context);
        }
    }
    press.folders();
    RenderOutcome { made: press.made, errors: press.renderer.into_errors() }
}

/// Makes one file after the other.
struct FileRenderer<'a> {
    renderer: Renderer<'a>,
    /// The files' paths, and the line of the list that each comes from.
    lines: BTreeMap<ProjectPath, usize>,
    made: Vec<RenderedFile>,
}

impl FileRenderer<'_> {
    /// The texts of the list are templates, too.
    fn prepare(&mut self, entry: &ManifestEntry) {
        for text in [&entry.template, &entry.path] {
            self.renderer.add(name(text).into(), text.text.clone().into());
        }
        if let Some(when) = &entry.when {
            self.renderer.add(name(when).into(), format!("{{% if {} %}}yes{{% endif %}}", when.text).into());
        }
    }

    fn file(&mut self, entry: &ManifestEntry, context: &Value) -> Option<()> {
        if let Some(when) = &entry.when
            && self.renderer.render(&name(when), context)?.is_empty()
        {
            return None;
        }
        let template = self.renderer.render(&name(&entry.template), context);
        let path =
            self.renderer.render(&name(&entry.path), context).and_then(|path| self.accept(path, entry.path.line));
        let template = template?;
        if !self.renderer.has(&template) {
            let near = self.renderer.nearest(&template).map(|near| format!("; did you mean `{near}`?"));
            let message = format!("there is no template `{template}`{}", near.unwrap_or_default());
            self.renderer.error(MANIFEST, entry.template.line, message);
            return None;
        }
        let text = self.renderer.render(&template, context)?;
        self.made.push(RenderedFile { file: NewFile { path: path?, text, policy: entry.update }, template });
        Some(())
    }

    /// The path, if a file can have it.
    fn accept(&mut self, path: String, line: usize) -> Option<ProjectPath> {
        let checked = match ProjectPath::new(path.as_str()) {
            // Its text is written by the command itself.
            Ok(path) if path == record::FILE => Err(ProjectPathError::Reserved),
            checked => checked,
        };
        let path = match checked {
            Ok(path) => path,
            Err(wrong) => {
                self.renderer.error(MANIFEST, line, format!("the path `{path}` {wrong}"));
                return None;
            }
        };
        match self.lines.insert(path.clone(), line) {
            Some(first) if first == line => {
                let help = "make the paths differ by what `for_each` names, such as {{ service.file }}";
                self.renderer.error(MANIFEST, line, format!("several files have the path `{path}`: {help}"));
            }
            Some(first) => {
                self.renderer.error(MANIFEST, line, format!("duplicate path `{path}`, first used in line {first}"));
            }
            None => return Some(path),
        }
        None
    }

    /// No file may be another's folder.
    fn folders(&mut self) {
        for (path, line) in &self.lines {
            if let Some(parent) = path.parents().find(|parent| self.lines.contains_key(parent)) {
                self.renderer.error(MANIFEST, *line, format!("the path `{path}` is below `{parent}`, which is a file"));
            }
        }
    }
}

/// The name of a text of the manifest; messages derive its line from it.
fn name(text: &Text) -> String {
    format!("{MANIFEST}#{}", text.line)
}
