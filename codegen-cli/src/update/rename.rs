//! `--rename Echo=Parrot`: a project as if a service had always had its new name.

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;

use thiserror::Error;
use volplane_build::internal::rust::ServiceApi;
use volplane_edit::handlers::{GeneratedNames, ServiceRename, rename_service};

use super::tree::Tree;
use crate::plan::NewFile;
use crate::project_path::ProjectPath;
use crate::record::{Fingerprint, Made, Record};

/// A service that has another name in the IDL now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rename {
    /// Its name at the last update.
    pub(crate) from: String,
    /// Its name now.
    pub(crate) to: String,
}

impl FromStr for Rename {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((from, to)) if is_name(from) && is_name(to) => Ok(Self { from: from.to_owned(), to: to.to_owned() }),
            _ => Err("expected the old and the new name of a service, such as Echo=Parrot".to_owned()),
        }
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A rename does not go with the project.
#[derive(Debug, Error)]
pub(crate) enum RenameError {
    /// The old name.
    #[error("--rename {from}={to}: the project had no service {from} at the last update")]
    From {
        /// The old name.
        from: String,
        /// The new name.
        to: String,
    },
    /// The old name is still there.
    #[error("--rename {from}={to}: the IDL still has the service {from}")]
    StillThere {
        /// The old name.
        from: String,
        /// The new name.
        to: String,
    },
    /// The new name.
    #[error("--rename {from}={to}: the IDL has no service {to}")]
    To {
        /// The old name.
        from: String,
        /// The new name.
        to: String,
    },
}

/// A project under the new names.
pub(super) struct Renamed {
    pub(super) record: Record,
    pub(super) tree: Tree,
    /// The files that have another path, by their old one.
    pub(super) moved: BTreeMap<ProjectPath, ProjectPath>,
}

/// Whether the renames agree with the record and with the IDL.
///
/// # Errors
/// When one does not.
pub(crate) fn check(record: &Record, services: &[ServiceApi], renames: &[Rename]) -> Result<(), RenameError> {
    for Rename { from, to } in renames {
        let (from_name, to_name) = (from.clone(), to.clone());
        if services.iter().any(|service| service.idl_name == *from) {
            return Err(RenameError::StillThere { from: from_name, to: to_name });
        }
        if old_trait(record, from).is_none() {
            return Err(RenameError::From { from: from_name, to: to_name });
        }
        if !services.iter().any(|service| service.idl_name == *to) {
            return Err(RenameError::To { from: from_name, to: to_name });
        }
    }
    Ok(())
}

/// The path of a service's trait at the last update.
fn old_trait<'a>(record: &'a Record, name: &str) -> Option<&'a String> {
    let squashed = |name: &str| name.replace('_', "").to_lowercase();
    let ident = |path: &str| path.rsplit("::").next().map(squashed).unwrap_or_default();
    record.traits.keys().find(|path| ident(path) == squashed(name))
}

/// The project as if the services had always been called so.
pub(super) fn renamed(
    mut record: Record,
    tree: &Tree,
    rendered: &[NewFile],
    (services, exports): (&[ServiceApi], &GeneratedNames),
    renames: &[Rename],
) -> Renamed {
    let mut moved = BTreeMap::new();
    let mut tree = tree.clone();
    for Rename { from, to } in renames {
        let Some(old) = old_trait(&record, from).cloned() else { continue };
        let Some(service) = services.iter().find(|service| service.idl_name == *to) else { continue };
        let ident = old.rsplit("::").next().unwrap_or(&old).to_owned();
        let plain = ServiceRename { from: &ident, to: &service.ident, module: None, exports };
        let new_handler = rendered.iter().find(|file| {
            // A stub that an update has made since is none of the user's.
            let is_made = |text: &str| record.files.get(&file.path).is_some_and(|made| made.is(text));
            let is_free = tree.text(&file.path).is_none_or(is_made);
            is_free && file.path.ends_with(".rs") && file.text.contains(&format!("impl {} for", service.ident))
        });
        let old_handler = record.files.iter().find(|(path, made)| {
            let is_gone = !rendered.iter().any(|file| file.path == **path);
            let has_trait = |text: &str| text.contains(&format!("{ident} for"));
            is_gone && matches!(made, Made::Skip(_)) && tree.text(path).is_some_and(has_trait)
        });
        let handler = old_handler.map(|(path, _)| path.clone()).zip(new_handler.map(|file| file.path.clone()));
        let module = handler.as_ref().and_then(|(old, new)| Some((stem(old)?, stem(new)?)));
        let rename = ServiceRename { module, ..plain };

        // The trait, as it was.
        if let Some(mut methods) = record.traits.remove(&old) {
            for method in methods.values_mut() {
                method.output = rename.in_type(&method.output);
                for argument in &mut method.arguments {
                    argument.ty = rename.in_type(&argument.ty);
                }
            }
            record.traits.insert(format!("{}::{}", service.module, service.ident), methods);
        }
        // The user's files, and what merges start from.
        let is_own = |path: &str| !matches!(record.files.get(path), Some(Made::Overwrite(_)));
        let texts: Vec<(ProjectPath, String)> = tree
            .texts()
            .filter(|(path, _)| path.ends_with(".rs") && is_own(path) && !tree.is_link(path))
            .map(|(path, text)| (path.clone(), text.to_owned()))
            .collect();
        for (path, text) in texts {
            let new = rename_service(&text, &rename);
            if new == text {
                continue;
            }
            match record.files.get_mut(path.as_str()) {
                Some(Made::Merge(bases)) => {
                    for base in bases {
                        *base = rename_service(base, &rename);
                    }
                }
                Some(Made::Skip(Some(print))) if *print == Fingerprint::of(&text) => *print = Fingerprint::of(&new),
                _ => {}
            }
            tree.insert(path, new.into_bytes());
        }
        if let Some((old, new)) = handler
            && let Some(text) = tree.text(&old).map(str::to_owned)
            // An unmodified handler is rendered again.
            && record.files.get(&old).is_some_and(|made| !made.is(&text))
        {
            tree.remove(&old);
            tree.insert(new.clone(), with_comments(&text, from, to).into_bytes());
            record.files.remove(&old);
            record.unused.remove(&old);
            record.files.insert(new.clone(), Made::Skip(None));
            moved.insert(old, new);
        }
    }
    Renamed { record, tree, moved }
}

/// A handler whose comments, as far as they are the template's, have the new name.
fn with_comments(text: &str, from: &str, to: &str) -> String {
    let old = format!("of the service {from}.");
    let new = format!("of the service {to}.");
    let line = |line: &str| {
        let is_own = line.starts_with("//") && line.trim_end().ends_with(&old);
        if is_own { line.replace(&old, &new) } else { line.to_owned() }
    };
    text.split_inclusive('\n').map(line).collect()
}

fn stem(path: &str) -> Option<&str> {
    Path::new(path).file_stem().and_then(|stem| stem.to_str())
}
