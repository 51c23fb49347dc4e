//! Projects that templates are tried on: between them they have every form that a template can meet.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use thiserror::Error;
use volplane_build::Memory;

use crate::plan::templates::{Mistake, Templates, Unreadable};
use crate::project::{self, Idl, ProjectError};
use crate::settings::{Codegen, IdlSettings, Module, ModuleError, Runtime, Settings, Transport};

const BASE: &str = "idl/base.thrift";
const IDLS: [(&str, &str); 4] = [
    (BASE, include_str!("sample/base.thrift")),
    ("idl/shop.thrift", include_str!("sample/shop.thrift")),
    ("idl/audit.thrift", include_str!("sample/audit.thrift")),
    ("idl/echo.thrift", include_str!("sample/echo.thrift")),
];

/// How many projects there are.
pub(crate) const PROJECTS: usize = 4;

/// The samples are not as they should be: a defect of this build.
#[derive(Debug, Error)]
pub(crate) enum SampleError {
    /// Their IDL.
    #[error("the IDL of the sample has mistakes")]
    Idl,
    /// Their name.
    #[error(transparent)]
    Module(#[from] ModuleError),
    /// Their services.
    #[error(transparent)]
    Project(#[from] ProjectError),
}

/// What came of trying templates.
#[derive(Debug, Default)]
pub(crate) struct Tried {
    /// How many files were made.
    pub(crate) files: usize,
    /// What is wrong, in the order of files and lines.
    pub(crate) mistakes: Vec<Mistake>,
}

/// Renders templates for every sample; `set` is what they see as such.
///
/// # Errors
/// When the samples themselves are defective.
pub(crate) fn try_on(templates: &Templates, set: &BTreeMap<String, String>) -> Result<Tried, SampleError> {
    let mut files = 0;
    let mut mistakes = BTreeSet::new();
    let mut unreadable = BTreeMap::new();
    let samples: [(&[&str], Codegen, &[Transport], Runtime); PROJECTS] = [
        (&["idl/shop.thrift", "idl/audit.thrift"], Codegen::BuildRs, &Transport::ALL, Runtime::Vendored),
        (&["idl/shop.thrift", "idl/audit.thrift"], Codegen::CheckedIn, &Transport::ALL, version()),
        (&["idl/echo.thrift"], Codegen::BuildRs, &Transport::ALL, Runtime::Vendored),
        (&["idl/echo.thrift"], Codegen::CheckedIn, &[Transport::Stdnet], version()),
    ];
    for (paths, codegen, transports, runtime) in samples {
        let settings = Settings {
            module: "sample-project".parse::<Module>()?,
            idls: paths.iter().map(|path| idl_settings(path)).collect(),
            transports: transports.to_vec(),
            codegen,
            runtime,
            templates: Some("templates".to_owned()),
            set: set.clone(),
        };
        let trial = project::try_templates(&idl(paths)?, &settings, templates)?;
        files += trial.files;
        mistakes.extend(trial.mistakes);
        for Unreadable { path, mistake } in trial.unreadable {
            // One file that is wrong in several samples is wrong once.
            unreadable.entry((mistake.file.clone(), path)).or_insert(mistake);
        }
    }
    mistakes.extend(unreadable.into_values());
    Ok(Tried { files, mistakes: mistakes.into_iter().collect() })
}

fn idl(paths: &[&str]) -> Result<project::Meaning, SampleError> {
    let memory = IDLS.iter().fold(Memory::new(), |memory, (path, text)| memory.with(*path, *text));
    let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    Idl::read_from(&paths, &[], &memory).meaning.ok_or(SampleError::Idl)
}

fn idl_settings(path: &str) -> IdlSettings {
    let service = path.trim_start_matches("idl/").replace(".thrift", ".\"sample\"");
    IdlSettings { path: path.to_owned(), service, include: vec!["idl".to_owned()] }
}

fn version() -> Runtime {
    Runtime::Version(env!("CARGO_PKG_VERSION").to_owned())
}
