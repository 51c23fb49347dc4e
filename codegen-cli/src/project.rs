//! From an IDL file to the files of a project: reads IDL, writes nothing.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;
use volplane_build::lower::{Lowered, lower};
use volplane_build::model::Model;
use volplane_build::rust::Api;
use volplane_build::{Checked, Code, Diagnostic, Disk, ReadSource, Sources};

use crate::generate::{self, GenerateError};
use crate::layout::{self, IdlFile, Layout};
use crate::plan::templates::Flavour;
use crate::plan::{self, NewFile, PlanError};
use crate::settings::{Codegen, Settings};

/// A project can't be made of this IDL.
#[derive(Debug, Error)]
pub(crate) enum ProjectError {
    /// A path can't be made absolute: the current folder is gone.
    #[error("cannot tell where {path} is")]
    Path {
        /// The path.
        path: String,
        #[source]
        source: io::Error,
    },
    /// It has no service.
    #[error("{path} defines no service, so there is nothing to serve or call")]
    NoService {
        /// The IDL.
        path: String,
    },
    /// The compiler.
    #[error(transparent)]
    Generate(#[from] GenerateError),
    /// This build of the command.
    #[error(transparent)]
    Plan(#[from] PlanError),
}

/// What IDL without a mistake says.
pub(crate) struct Meaning {
    /// In its own terms.
    pub(crate) model: Model,
    /// In those of the compiler.
    lowered: Lowered,
}

/// IDL that was read and checked.
pub(crate) struct Idl {
    /// The texts, for diagnostics.
    pub(crate) sources: Sources,
    /// What is wrong or odd.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// What it says, if nothing is wrong.
    pub(crate) meaning: Option<Meaning>,
    path: PathBuf,
    include_dirs: Vec<PathBuf>,
}

impl Idl {
    /// Reads `path` and what it includes.
    pub(crate) fn read(path: &Path, include_dirs: &[PathBuf]) -> Self {
        Self::read_from(path, include_dirs, &Disk)
    }

    /// The same from elsewhere than the disk.
    pub(crate) fn read_from(path: &Path, include_dirs: &[PathBuf], reader: &dyn ReadSource) -> Self {
        let Checked { sources, mut diagnostics, model } =
            volplane_build::check(&[path.to_owned()], include_dirs, reader);
        let meaning = model.and_then(|model| match lower(&model) {
            Ok(lowered) => Some(Meaning { model, lowered }),
            // What the compiler below can't express is a mistake, too, as far as making a project goes.
            Err(more) => {
                diagnostics.extend(more.iter().map(Diagnostic::from));
                None
            }
        });
        Self { sources, diagnostics, meaning, path: path.to_owned(), include_dirs: include_dirs.to_vec() }
    }

    /// Whether a file could not be found or read, rather than saying something wrong.
    pub(crate) fn is_unreadable(&self) -> bool {
        self.diagnostics.iter().any(|found| matches!(found.code(), Code::E001 | Code::E002))
    }
}

/// Plans the files of a project.
///
/// # Errors
/// When the IDL has no service, or the compiler fails on it.
pub(crate) fn files(
    idl: &Idl,
    meaning: &Meaning,
    settings: &Settings,
    flavour: Flavour,
) -> Result<Vec<NewFile>, ProjectError> {
    let Meaning { model, lowered } = meaning;
    let api = Api::new(model, &format!("{}_generated", settings.module.ident()));
    if api.services.is_empty() {
        return Err(ProjectError::NoService { path: idl.path.display().to_string() });
    }
    let (order, layout) = places(idl, model)?;
    let texts: Vec<String> = order
        .iter()
        .filter_map(|&file| idl.sources.file(volplane_build::span::FileId(file as u32)))
        .map(|source| source.text().to_owned())
        .collect();
    let generated = match settings.codegen {
        Codegen::BuildRs => Vec::new(),
        Codegen::CheckedIn => {
            // Named as they are in the project, so that the code is the same wherever it was made.
            let sources = layout.targets.iter().take(1).cloned().collect();
            generate::generate(&Lowered { sources, ..lowered.clone() })?
        }
    };
    let request = plan::Request {
        settings,
        services: &api.services,
        idl: &texts,
        layout: &layout,
        generated: &generated,
        flavour,
    };
    Ok(plan::new_project(&request)?)
}

/// The model's files with the one that was asked for first, and where each goes.
fn places(idl: &Idl, model: &Model) -> Result<(Vec<usize>, Layout), ProjectError> {
    let absolute = |path: &Path| {
        let failed = |source| ProjectError::Path { path: path.display().to_string(), source };
        std::path::absolute(path).map(|path| layout::normal(&path)).map_err(failed)
    };
    let first = model.roots.first().map_or(0, |id| id.0 as usize);
    let order: Vec<usize> =
        std::iter::once(first).chain((0..model.files.len()).filter(|&file| file != first)).collect();
    let place: BTreeMap<usize, usize> = order.iter().enumerate().map(|(place, &file)| (file, place)).collect();

    let mut files = Vec::new();
    for &file in &order {
        let file = &model.files[file];
        let includes = file.includes.iter();
        let includes = includes.map(|include| (include.path.text.clone(), place[&(include.file.0 as usize)])).collect();
        files.push(IdlFile { path: absolute(Path::new(&file.path))?, includes });
    }
    let dirs = idl.include_dirs.iter().map(|dir| absolute(dir)).collect::<Result<Vec<_>, _>>()?;
    let layout = layout::layout(&files, &dirs);
    Ok((order, layout))
}
