//! Reads what an update depends on: templates, volplane.lock, generated code, and the files of the project.

use std::path::{Path, PathBuf};
use std::{fs, io};

use volplane_build::internal::model::Model;
use volplane_build::internal::rust::ServiceApi;
use volplane_edit::handlers::GeneratedNames;
use volplane_edit::newlines::Newlines;

use super::guesses::guesses;
use super::{UpdateError, UpdateRequest, by_hand, package};
use crate::apply::ApplyError;
use crate::config;
use crate::disk;
use crate::generate::TARGET;
use crate::plan::{NewFile, Policy};
use crate::project::{CheckedIdl, Idl};
use crate::project_path::ProjectPath;
use crate::record::{self, Damage, Fingerprint, Record};
use crate::settings::Settings;
use crate::template_dir;
use crate::update::rename;
use crate::update::tree::Tree;

/// Everything that an update is planned from.
pub(super) struct Inputs<'a> {
    pub(super) request: &'a UpdateRequest<'a>,
    /// What the IDL says.
    pub(super) model: &'a Model,
    /// The text of volplane.lock; `None` if it is not there.
    pub(super) lock: Option<String>,
    /// What it says; `None` if that is nothing.
    pub(super) record: Option<Record>,
    /// The services that the project has now.
    pub(super) services: Vec<ServiceApi>,
    /// What the generated crate exports.
    pub(super) exports: GeneratedNames,
    /// What would be made if the project were new.
    pub(super) rendered: Vec<NewFile>,
    /// What would be made of fewer services, where volplane.lock does not say what merges start from.
    pub(super) guesses: Vec<Vec<NewFile>>,
    /// The paths of generated code that is checked in, and what it is compiled from.
    pub(super) compiled: Vec<(ProjectPath, Fingerprint)>,
    /// The files on the disk.
    pub(super) tree: Tree,
}

/// Reads and checks the project's IDL.
pub(super) fn idl(request: &UpdateRequest<'_>) -> Idl {
    let settings = &request.project.settings;
    let paths: Vec<PathBuf> = settings.idls.iter().map(|idl| PathBuf::from(&idl.path)).collect();
    let include: Vec<PathBuf> = settings.include_dirs().into_iter().map(PathBuf::from).collect();
    Idl::read_in(&request.project.root, &paths, &include, request.brings)
}

/// Reads the rest.
///
/// # Errors
/// When something can't be read, or the project can't be made of the IDL.
pub(super) fn load<'a>(request: &'a UpdateRequest<'a>, model: &'a Model) -> Result<Inputs<'a>, UpdateError> {
    let project = request.project;
    let root = &project.root;
    let lock = read(&root.join(record::FILE)).map_err(UpdateError::ReadRecord)?;
    // A lock without files was emptied: it counts as missing.
    let record = lock
        .as_deref()
        .map(Record::parse)
        .transpose()?
        .filter(|record| !record.files.is_empty() || record.damage == Some(Damage::Cut));
    let templates = template_dir::of(&project.settings, root)?;
    let features_by_hand = by_hand::features(root, record.as_ref());
    let settings = Settings { features_by_hand, ..project.settings.clone() };
    let idl = CheckedIdl::new(model, &settings)?;
    let input = idl.compiled_from();
    let present = |path: &str| fs::read_to_string(root.join(path)).ok();
    let generated = match at_hand(record.as_ref(), input.as_ref(), present) {
        Some(files) => files,
        None => idl.compile()?,
    };
    let rendered = idl.render(&templates, &generated)?;
    rename::check(record.as_ref().unwrap_or(&Record::default()), &idl.services(), request.renames)?;
    let package = project.settings.package.as_str();
    let record = record.map(|record| package::follow(record, package, &rendered, root)).transpose()?;

    let made = rendered.iter().map(|file| &file.path);
    let recorded = record.iter().flat_map(|record| record.files.keys());
    let own = [config::FILE, record::FILE].map(ProjectPath::known);
    let tree = disk::read(root, made.chain(recorded).chain(&own).chain(request.brings.keys()))?;
    // What was read before has to be what the changes will be made to.
    for (path, text) in [(config::FILE, Some(&project.text)), (record::FILE, lock.as_ref())] {
        if tree.text(path) != text.map(String::as_str) {
            return Err(ApplyError::ChangedMeanwhile { path: ProjectPath::known(path) }.into());
        }
    }
    let compiled = generated.into_iter().filter_map(|file| Some((file.path, input.clone()?))).collect();
    let (services, exports) = (idl.services(), idl.exports().clone());
    let is_whole = record.as_ref().is_some_and(|record| record.damage != Some(Damage::Cut));
    let guesses = if is_whole { Vec::new() } else { guesses(model, &settings, &templates, &services, &tree)? };
    Ok(Inputs { request, model, lock, record, services, exports, rendered, guesses, compiled, tree })
}

/// The text of a file, if it is there.
fn read(path: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The generated code that is there, if it is as volplane wrote it and the compiler would make it of the same again, which
/// takes seconds for a large IDL.
fn at_hand(
    record: Option<&Record>,
    input: Option<&Fingerprint>,
    there: impl Fn(&str) -> Option<String>,
) -> Option<Vec<NewFile>> {
    let record = record.filter(|record| input.is_some() && record.inputs.get(TARGET) == input)?;
    let file = |(path, made_from): (&ProjectPath, &Fingerprint)| {
        let text = there(path).filter(|text| record.files.get(path).is_some_and(|made| made.is(text)))?;
        let text = Newlines::of(&text).plain(&text).into_owned();
        (Some(made_from) == input).then(|| NewFile { path: path.clone(), text, policy: Policy::Overwrite })
    };
    record.inputs.iter().map(file).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Made;

    /// The inputs of a project with these files.
    fn texts(record: Option<&Record>, input: Option<&Fingerprint>, there: &[(&str, &str)]) -> Option<Vec<String>> {
        let there = |path: &str| there.iter().find(|(other, _)| *other == path).map(|(_, text)| (*text).to_owned());
        at_hand(record, input, there).map(|files| files.into_iter().map(|file| file.text).collect())
    }

    #[test]
    fn code_is_at_hand_as_long_as_its_input_and_its_text_are_the_same() {
        let (input, other) = (Fingerprint::of("idl"), Fingerprint::of("another"));
        let mut record = Record::default();
        record.files.insert(ProjectPath::known(TARGET), Made::Overwrite(Fingerprint::of("code\n")));
        assert_eq!(texts(Some(&record), Some(&input), &[(TARGET, "code\n")]), None);
        record.inputs.insert(ProjectPath::known(TARGET), input.clone());
        let found = texts(Some(&record), Some(&input), &[(TARGET, "code\r\n")]);
        assert_eq!(found, Some(vec!["code\n".to_owned()]));
        assert_eq!(texts(Some(&record), Some(&input), &[(TARGET, "edited\n")]), None);
        assert_eq!(texts(Some(&record), Some(&input), &[]), None);
        assert_eq!(texts(Some(&record), Some(&other), &[(TARGET, "code\n")]), None);
        assert_eq!(texts(None, Some(&input), &[(TARGET, "code\n")]), None);
        assert_eq!(texts(Some(&record), None, &[(TARGET, "code\n")]), None);
    }

    #[test]
    fn code_in_several_files_is_at_hand_if_all_of_them_are() {
        let (input, other) = (Fingerprint::of("idl"), Fingerprint::of("another"));
        let module = "generated/src/volplane_gen/api.rs";
        let mut record = Record::default();
        for path in [TARGET, module] {
            record.files.insert(ProjectPath::known(path), Made::Overwrite(Fingerprint::of("code\n")));
            record.inputs.insert(ProjectPath::known(path), input.clone());
        }
        let both = [(TARGET, "code\n"), (module, "code\n")];
        assert_eq!(texts(Some(&record), Some(&input), &both).map(|texts| texts.len()), Some(2));
        assert_eq!(texts(Some(&record), Some(&input), &both[..1]), None);
        // Two branches joined, of which one has no files for modules.
        record.inputs.insert(module.into(), other);
        assert_eq!(texts(Some(&record), Some(&input), &both), None);
    }
}
