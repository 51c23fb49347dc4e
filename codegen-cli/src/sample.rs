//! Projects that templates are tried on: between them they have every form that a template can meet.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use thiserror::Error;
use volplane_build::internal::MemorySource;
use volplane_build::internal::model::Model;

use crate::command_error::CommandError;
use crate::exit::Exit;
use crate::plan::templates::{TemplateError, Templates, Unreadable};
use crate::project::{CheckedIdl, Idl, ProjectError};
use crate::settings::{
    Codegen, Extra, Generated, IdlSettings, Module, ModuleError, PackageDir, Runtime, Settings, Transport,
};

const BASE: &str = "idl/base.thrift";
const IDLS: [(&str, &str); 4] = [
    (BASE, include_str!("sample/base.thrift")),
    ("idl/shop.thrift", include_str!("sample/shop.thrift")),
    ("idl/audit.thrift", include_str!("sample/audit.thrift")),
    ("idl/echo.thrift", include_str!("sample/echo.thrift")),
];

/// How many projects there are.
pub(crate) const PROJECTS: usize = 6;

/// The samples are not as they should be: a defect of this build.
#[derive(Debug, Error)]
pub(crate) enum SampleError {
    /// Their IDL.
    #[error("the IDL of the sample has errors")]
    Idl,
    /// Their name.
    #[error(transparent)]
    Module(#[from] ModuleError),
    /// Their services.
    #[error(transparent)]
    Project(#[from] ProjectError),
}

impl CommandError for SampleError {
    fn exit(&self) -> Exit {
        Exit::Failure
    }
}

/// What came of trying templates.
#[derive(Debug, Default)]
pub(crate) struct Tried {
    /// How many files were made.
    pub(crate) files: usize,
    /// What is wrong, in the order of files and lines.
    pub(crate) errors: Vec<TemplateError>,
}

/// Renders templates for every sample; `set` is what they see as such.
///
/// # Errors
/// When the samples themselves are defective.
pub(crate) fn try_on(templates: &Templates, set: &BTreeMap<String, String>) -> Result<Tried, SampleError> {
    let mut files = 0;
    let mut errors = BTreeSet::new();
    let mut unreadable = BTreeMap::new();
    let samples: [(&[&str], Codegen, &[Transport], Runtime); PROJECTS] = [
        (&["idl/shop.thrift", "idl/audit.thrift"], Codegen::BuildRs, &Transport::ALL, Runtime::Vendored),
        (&["idl/shop.thrift", "idl/audit.thrift"], Codegen::CheckedIn, &Transport::ALL, version()),
        (&["idl/echo.thrift"], Codegen::BuildRs, &Transport::ALL, Runtime::Vendored),
        (&["idl/echo.thrift"], Codegen::CheckedIn, &[Transport::Stdnet], version()),
        (&["idl/shop.thrift", "idl/audit.thrift"], Codegen::CheckedIn, &[], version()),
        (&[BASE], Codegen::BuildRs, &Transport::ALL, Runtime::Vendored),
    ];
    for (paths, codegen, transports, runtime) in samples {
        let settings = Settings { set: set.clone(), ..settings(paths, codegen, transports, runtime)? };
        let model = model(paths)?;
        let trial = CheckedIdl::new(&model, &settings)?.try_templates(templates);
        files += trial.files;
        errors.extend(trial.errors);
        for Unreadable { path, error } in trial.unreadable {
            // One file that is wrong in several samples is wrong once.
            unreadable.entry((error.file.clone(), path)).or_insert(error);
        }
    }
    errors.extend(unreadable.into_values());
    Ok(Tried { files, errors: errors.into_iter().collect() })
}

fn settings(
    paths: &[&str],
    codegen: Codegen,
    transports: &[Transport],
    runtime: Runtime,
) -> Result<Settings, SampleError> {
    Ok(Settings {
        module: "sample-project".parse::<Module>()?,
        idls: paths.iter().map(|path| idl_settings(path)).collect(),
        package: PackageDir::default(),
        workspace: None,
        features_by_hand: BTreeSet::new(),
        transports: transports.to_vec(),
        with: Extra::ALL.to_vec(),
        codegen,
        runtime,
        generated: Generated::default(),
        templates: Some("templates".to_owned()),
        set: BTreeMap::new(),
    })
}

fn model(paths: &[&str]) -> Result<Model, SampleError> {
    let memory = IDLS.iter().fold(MemorySource::new(), |memory, (path, text)| memory.with(*path, *text));
    let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    Idl::read_from(&paths, &[], &memory).model.ok_or(SampleError::Idl)
}

fn idl_settings(path: &str) -> IdlSettings {
    let service = path.trim_start_matches("idl/").replace(".thrift", ".\"sample\"");
    IdlSettings { path: path.to_owned(), service, include: vec!["idl".to_owned()] }
}

fn version() -> Runtime {
    Runtime::Version(env!("CARGO_PKG_VERSION").to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::error::Error;

    use super::*;
    use crate::plan::templates::{Flavour, MANIFEST};

    const LIST: &str = "[[file]]\ntemplate = \"keys.j2\"\npath = \"{{ service.file }}/{{ method.name }}/{{ transport.name }}.txt\"\nfor_each = [\"transport\", \"method\"]\nupdate = \"skip\"\n";
    const KEYS: &str = "{% for key in project %}
project.{{ key }}
{% endfor %}
{% for key in service %}
service.{{ key }}
{% endfor %}
{% for key in method %}
method.{{ key }}
{% endfor %}
{% for key in transport %}
transport.{{ key }}
{% endfor %}
";

    #[test]
    fn the_built_in_templates_are_sound() -> Result<(), Box<dyn Error>> {
        let tried = try_on(&Templates::built_in(Flavour::General), &BTreeMap::new())?;
        assert_eq!(tried.errors, []);
        assert!(tried.files > 100, "{}", tried.files);
        Ok(())
    }

    #[test]
    fn errors_of_truncated_templates_have_lines_of_the_template() -> Result<(), Box<dyn Error>> {
        let list = "[[file]]\ntemplate = \"x.j2\"\npath = \"x.txt\"\nupdate = \"skip\"\n";
        let hub = Templates::built_in(Flavour::General);
        let hub = hub.files().find(|(name, _)| *name == "cmd/src/hub.rs.j2").map(|(_, text)| text.to_owned());
        let hub = hub.ok_or("no hub")?;
        let mut wrong = 0;
        for end in (0..hub.len()).step_by(29).filter(|end| hub.is_char_boundary(*end)) {
            let files =
                [(MANIFEST, list), ("x.j2", &hub[..end])].map(|(name, text)| (name.to_owned(), text.to_owned()));
            let templates = Templates::own("templates".to_owned(), BTreeMap::from(files));
            let tried = try_on(&templates, &BTreeMap::new())?;
            wrong += usize::from(!tried.errors.is_empty());
            let lines = hub[..end].lines().count().max(1);
            for error in tried.errors {
                assert!(error.file == "x.j2" && (1..=lines).contains(&error.line), "{end}: {error:?}");
            }
        }
        assert!(wrong > 20, "{wrong}");
        Ok(())
    }

    #[test]
    fn docs_templates_names_every_variable() -> Result<(), Box<dyn Error>> {
        let files = [(MANIFEST, LIST), ("keys.j2", KEYS)].map(|(name, text)| (name.to_owned(), text.to_owned()));
        let templates = Templates::own("templates".to_owned(), BTreeMap::from(files));
        let settings = settings(&["idl/echo.thrift"], Codegen::BuildRs, &[Transport::Stdnet], version())?;
        let model = model(&["idl/echo.thrift"])?;
        let made = CheckedIdl::new(&model, &settings)?.render(&templates, &[])?;
        let keys = made.iter().find(|file| file.path == "echo/echo/stdnet.txt").ok_or("no file")?;
        let page = include_str!("../../docs/templates.md");
        let known: Vec<&str> = keys.text.lines().collect();
        assert!(known.len() > 40, "{known:?}");
        for key in &known {
            assert!(page.contains(&format!("`{key}`")), "docs/templates.md lacks {key}");
        }
        let rows = page.lines().filter(|line| line.starts_with("| `")).filter_map(|line| line.split('|').nth(1));
        let named = rows.flat_map(|names| names.split('`')).filter(|name| name.contains('.'));
        for name in named.filter(|name| *name != "set.KEY") {
            assert!(known.contains(&name), "docs/templates.md names {name}, which there isn't");
        }
        Ok(())
    }
}
