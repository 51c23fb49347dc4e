//! IDL files as they lie in a project that they are copied to.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;

use thiserror::Error;
use volplane_build::internal::model::Model;
use volplane_build::internal::span::FileId;

use super::{Idl, ProjectError};
use crate::layout::{self, IdlFile, Layout};
use crate::plan::{NewFile, Policy};
use crate::project_path::ProjectPath;
use crate::settings::IdlSettings;

/// The folder that all copies lie in.
const FOLDER: &str = "idl";

/// IDL files and all that they include, as they lie in a project.
#[derive(Clone, Debug)]
pub(crate) struct Copies {
    /// Those that were asked for first.
    copies: Vec<FileCopy>,
    /// How many were asked for.
    roots: usize,
    /// The folders that includes are looked up in.
    include: Vec<String>,
}

#[derive(Clone, Debug)]
struct FileCopy {
    /// In the project.
    path: String,
    text: String,
    /// The texts of its includes, and which of the copies each means: an index that is always one of theirs.
    includes: Vec<(String, usize)>,
}

/// An include of a copy would find another file than it found where the copy comes from.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("the include \"{include}\" of {path} would find {}", found_text(.found))]
pub(crate) struct Hidden {
    /// What the include says.
    pub(crate) include: String,
    /// The copy.
    pub(crate) path: String,
    /// What it would find; empty if that is nothing.
    pub(crate) found: String,
}

fn found_text(found: &str) -> String {
    if found.is_empty() { "no file".to_owned() } else { format!("{found}, which is another file") }
}

impl Copies {
    /// Plans the copies of the files of an IDL, which says this, such that every `include` in them still finds its file.
    ///
    /// # Errors
    /// When the current folder is gone, or a file is included by two paths of which one leads through a link: a copy has one.
    pub(crate) fn new(idl: &Idl, model: &Model) -> Result<Self, ProjectError> {
        let roots = model.roots.len();
        let (order, files) = ordered(model, &idl.base)?;
        let dirs = idl.include_dirs.iter().map(|dir| absolute(&idl.base.join(dir))).collect::<Result<Vec<_>, _>>()?;
        let Layout { targets, include_dirs } = layout::layout(&files, roots, &dirs);
        let text = |file: usize| idl.sources.file(FileId(file as u32)).map(|source| source.text().to_owned());
        let copies = order.iter().zip(files).zip(targets).map(|((&file, IdlFile { includes, .. }), path)| FileCopy {
            path,
            text: text(file).unwrap_or_default(),
            includes,
        });
        let copies = Self { copies: copies.collect(), roots, include: include_dirs };
        match copies.hidden(&|_| None, &[]) {
            Some(hidden) if !Path::new(&hidden.include).is_absolute() => Err(hidden.into()),
            _ => Ok(copies),
        }
    }

    /// The same in a project that has files already: `present` has the contents of a path. Where names clash, the copies go
    /// into a folder of their own; files that are the same stay one. `dirs` are the folders that the project looks up
    /// includes in, which it does before it looks into those of the copies.
    ///
    /// # Errors
    /// When an include would find another file.
    pub(crate) fn beside(self, present: &dyn Fn(&str) -> Option<Vec<u8>>, dirs: &[&str]) -> Result<Self, Hidden> {
        let differs = |copy: &FileCopy| present(&copy.path).is_some_and(|text| text != copy.text.as_bytes());
        if !self.copies.iter().any(differs) {
            return match self.hidden(present, dirs) {
                None => Ok(self),
                Some(_) => self.apart(present, dirs),
            };
        }
        self.apart(present, dirs)
    }

    /// The copies in a folder of their own, but for files that are the same.
    fn apart(self, present: &dyn Fn(&str) -> Option<Vec<u8>>, dirs: &[&str]) -> Result<Self, Hidden> {
        let shared = self.shared(present);
        let root = self.copies.first().map(|copy| copy.path.as_str()).unwrap_or_default();
        let stem = Path::new(root).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut number = 1;
        let moved = loop {
            let name = if number == 1 { stem.clone() } else { format!("{stem}{number}") };
            let moved = self.moved(&format!("{FOLDER}/{name}"), &shared);
            let mut all = moved.copies.iter().zip(&shared).filter(|(_, shared)| !**shared);
            if all.all(|(copy, _)| present(&copy.path).is_none_or(|text| text == copy.text.as_bytes())) {
                break moved;
            }
            number += 1;
        };
        let Some(hidden) = moved.hidden(present, dirs) else { return Ok(moved) };
        // A folder of the project's goes before those of the copies, but the folder of the including file before all.
        let beside = moved.beside_includers(&shared);
        if beside.hidden(present, dirs).is_none() { Ok(beside) } else { Err(hidden) }
    }

    /// Which files the project has in the very same place, with all that they include.
    fn shared(&self, present: &dyn Fn(&str) -> Option<Vec<u8>>) -> Vec<bool> {
        let is_same = |copy: &FileCopy| present(&copy.path).is_some_and(|text| text == copy.text.as_bytes());
        let mut shared: Vec<bool> = self.copies.iter().map(is_same).collect();
        loop {
            let mut changed = false;
            for (place, copy) in self.copies.iter().enumerate() {
                for (text, target) in &copy.includes {
                    if shared[place] && !shared[*target] {
                        // What it includes is another file than what the project's includes.
                        shared[place] = false;
                        changed = true;
                    }
                    let is_found = shared[place] || self.way(text, *target).is_some();
                    if shared[*target] && !is_found {
                        shared[*target] = false;
                        changed = true;
                    }
                }
            }
            if !changed {
                return shared;
            }
        }
    }

    /// The folder from which an include with this text finds the file where it is now, without leaving folders that are
    /// on the way to it.
    fn way(&self, text: &str, target: usize) -> Option<String> {
        let path = &self.copies[target].path;
        let parts: Vec<&str> = text.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
        let up = parts.iter().take_while(|part| **part == "..").count();
        let below = parts[up..].join("/");
        let base = path.strip_suffix(&below)?.trim_end_matches('/');
        let down = parts[up..].iter().take(parts.len() - up - 1);
        let folder: Vec<&str> = down.copied().take(up).collect();
        if folder.len() < up {
            return None;
        }
        Some(std::iter::once(base).chain(folder).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/"))
    }

    /// The copies below `folder`, but for those that are shared.
    fn moved(&self, folder: &str, shared: &[bool]) -> Self {
        let to = |path: &str| format!("{folder}{}", path.strip_prefix(FOLDER).unwrap_or(path));
        let mut moved = self.clone();
        for (copy, _) in moved.copies.iter_mut().zip(shared).filter(|(_, shared)| !**shared) {
            copy.path = to(&copy.path);
        }
        let mut include = Vec::new();
        for dir in &self.include {
            let below = |copy: &FileCopy| Path::new(&copy.path).starts_with(dir);
            let mut kinds = self.copies.iter().zip(shared).filter(|(copy, _)| below(copy)).map(|(_, shared)| *shared);
            if kinds.clone().any(|shared| !shared) {
                include.push(to(dir));
            }
            if kinds.any(|shared| shared) {
                include.push(dir.clone());
            }
        }
        for (copy, _) in self.copies.iter().zip(shared).filter(|(_, shared)| !**shared) {
            let found = copy.includes.iter().filter(|(_, target)| shared[*target]);
            include.extend(found.filter_map(|(text, target)| self.way(text, *target)));
        }
        moved.include.clear();
        for dir in include {
            if !moved.include.contains(&dir) {
                moved.include.push(dir);
            }
        }
        moved
    }

    /// The copies with each file that only one folder's files include where that folder's files find it first.
    fn beside_includers(&self, shared: &[bool]) -> Self {
        let mut wanted: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for (copy, _) in self.copies.iter().zip(shared).filter(|(_, shared)| !**shared) {
            for (text, target) in copy.includes.iter().filter(|(_, target)| !shared[*target]) {
                wanted.entry(*target).or_default().push(joined(parent(&copy.path), text));
            }
        }
        let mut beside = self.clone();
        for (target, paths) in wanted {
            if let Some(path) = paths.first().filter(|first| paths.iter().all(|path| path == *first)) {
                beside.copies[target].path = path.clone();
            }
        }
        let copies = &beside.copies;
        beside.include.retain(|dir| copies.iter().any(|copy| Path::new(&copy.path).starts_with(dir)));
        beside
    }

    /// The first include that would find another file than it means.
    fn hidden(&self, present: &dyn Fn(&str) -> Option<Vec<u8>>, dirs: &[&str]) -> Option<Hidden> {
        let exists = |path: &str| self.copies.iter().any(|copy| copy.path == path) || present(path).is_some();
        let edges = self.copies.iter().flat_map(|copy| copy.includes.iter().map(move |edge| (copy, edge)));
        for (copy, (text, target)) in edges {
            let dirs = dirs.iter().copied().chain(self.include.iter().map(String::as_str));
            let places = std::iter::once(parent(&copy.path)).chain(dirs);
            let found = places.map(|dir| joined(dir, text)).find(|path| exists(path)).unwrap_or_default();
            if found != self.copies[*target].path {
                return Some(Hidden { include: text.clone(), path: copy.path.clone(), found });
            }
        }
        None
    }

    /// No copies, of an IDL that stays where it is.
    pub(crate) fn none() -> Self {
        Self { copies: Vec::new(), roots: 0, include: Vec::new() }
    }

    /// The path of the first copy in the project, and the number of other copies.
    pub(crate) fn first(&self) -> Option<(&str, usize)> {
        let (first, others) = self.copies.split_first()?;
        Some((&first.path, others.len()))
    }

    /// The copies.
    ///
    /// # Errors
    /// When one can't have its name in a project.
    pub(crate) fn into_files(self) -> Result<Vec<NewFile>, ProjectError> {
        let file = |FileCopy { path, text, .. }: FileCopy| match ProjectPath::new(path.as_str()) {
            Ok(path) => Ok(NewFile { path, text, policy: Policy::Skip }),
            Err(wrong) => Err(ProjectError::Copy { path, wrong }),
        };
        self.copies.into_iter().map(file).collect()
    }

    /// The settings of this IDL, whose services' clients use the destination name `service`.
    pub(crate) fn settings(&self, service: String) -> IdlSettings {
        let path = self.copies.first().map(|copy| copy.path.clone()).unwrap_or_default();
        IdlSettings { path, service, include: self.include.clone() }
    }

    /// The same of all IDLs that were asked for.
    pub(crate) fn all_settings(&self, services: impl IntoIterator<Item = String>) -> Vec<IdlSettings> {
        let idl = |(copy, service): (&FileCopy, _)| IdlSettings {
            path: copy.path.clone(),
            service,
            include: self.include.clone(),
        };
        self.copies.iter().take(self.roots).zip(services).map(idl).collect()
    }
}

/// The model's files with those that were asked for first: the place of each in the model, and where it lies.
fn ordered(model: &Model, base: &Path) -> Result<(Vec<usize>, Vec<IdlFile>), ProjectError> {
    let roots: Vec<usize> = model.roots.iter().map(|id| id.0 as usize).collect();
    let others = (0..model.files.len()).filter(|file| !roots.contains(file));
    let order: Vec<usize> = roots.iter().copied().chain(others).collect();
    let place: BTreeMap<usize, usize> = order.iter().enumerate().map(|(place, &file)| (file, place)).collect();
    let mut files = Vec::new();
    for &file in &order {
        let file = &model.files[file];
        let includes = file.includes.iter();
        let includes = includes.map(|include| (include.path.text.clone(), place[&(include.file.0 as usize)])).collect();
        files.push(IdlFile { path: absolute(&base.join(&file.path))?, includes });
    }
    Ok((order, files))
}

fn absolute(path: &Path) -> Result<std::path::PathBuf, ProjectError> {
    let failed = |source| ProjectError::Path { path: path.display().to_string(), source };
    std::path::absolute(path).map(|path| layout::normal(&path)).map_err(failed)
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn joined(dir: &str, text: &str) -> String {
    layout::normal(&Path::new(dir).join(text)).to_string_lossy().replace('\\', "/")
}
