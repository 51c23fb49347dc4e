//! All files of a run with their tables of names, and what a name in one of them means.

use crate::load::LoadedFile;
use crate::model::{DefId, stem_of};
use crate::span::FileId;
use crate::syntax::tree::{DefinitionNode, DefinitionNodeKind, Tree};
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;

/// The files.
pub(super) struct SymbolTable {
    pub(super) units: Vec<Unit>,
}

/// One file.
pub(super) struct Unit {
    pub(super) path: String,
    pub(super) stem: String,
    pub(super) tree: Tree,
    pub(super) includes: Vec<Option<FileId>>,
    /// Whether a name was found through each include.
    pub(super) used: Vec<Cell<bool>>,
    /// Types and services by name: the first of each.
    pub(super) types: HashMap<String, u32>,
    /// Constants by name: the first of each.
    pub(super) consts: HashMap<String, u32>,
}

/// Types and constants have tables of their own: a struct and a constant may share a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    /// Types and services.
    Types,
    /// Constants.
    Consts,
}

/// What a name was meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Anything that a field can be.
    Type,
    /// The parent of a service.
    Service,
    /// A constant or a member of an enum.
    Value,
}

/// What a name means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// This.
    One(DefId),
    /// Several included files of one stem define it.
    Several(Vec<DefId>),
    /// Nothing, but a part of the text that might define it could not be read: no further complaint is due.
    Lost,
    /// Nothing.
    Nothing,
}

impl SymbolTable {
    pub(super) fn new(files: Vec<LoadedFile>) -> Self {
        Self { units: files.into_iter().map(Unit::new).collect() }
    }

    pub(super) fn unit(&self, file: FileId) -> &Unit {
        &self.units[file.0 as usize]
    }

    pub(super) fn definition(&self, id: DefId) -> &DefinitionNode {
        &self.unit(id.file).tree.definitions[id.index as usize]
    }

    /// Every file with its id.
    pub(super) fn iter(&self) -> impl Iterator<Item = (FileId, &Unit)> {
        (0..).map(FileId).zip(&self.units)
    }

    /// What `text` means in `file`: a name of its own, or `stem.name` for a name of a file that it includes
    /// itself. A stem may have dots, a name can't.
    pub(super) fn find(&self, file: FileId, text: &str, table: Table) -> Found {
        let unit = self.unit(file);
        let Some((stem, name)) = text.rsplit_once('.') else {
            return match unit.table(table).get(text) {
                Some(index) => Found::One(DefId { file, index: *index }),
                None if unit.tree.lost.contains(text) => Found::Lost,
                None => Found::Nothing,
            };
        };
        let mut found: Vec<DefId> = Vec::new();
        let mut lost = false;
        for (place, include) in unit.includes.iter().enumerate() {
            if unit.stem_of_include(place) != stem {
                continue;
            }
            let Some(target) = include else {
                lost = true;
                continue;
            };
            let other = self.unit(*target);
            unit.used[place].set(true);
            lost |= other.tree.lost.contains(name);
            if let Some(index) = other.table(table).get(name) {
                let id = DefId { file: *target, index: *index };
                if !found.contains(&id) {
                    found.push(id);
                }
            }
        }
        match found.as_slice() {
            [one] => Found::One(*one),
            [] if lost => Found::Lost,
            [] => Found::Nothing,
            _ => Found::Several(found),
        }
    }

    /// The names by which `file` qualifies what `target` defines.
    pub(super) fn stems(&self, file: FileId, target: FileId) -> impl Iterator<Item = &str> {
        let unit = self.unit(file);
        let places = (0..).zip(&unit.includes).filter(move |(_, id)| **id == Some(target));
        places.map(|(place, _)| unit.stem_of_include(place))
    }

    /// Every name of the wanted sort that `file` can write, as it has to write it.
    pub(super) fn candidates(&self, file: FileId, wanted: Wanted) -> Vec<Cow<'_, str>> {
        let unit = self.unit(file);
        let own = unit.tree.definitions.iter().flat_map(|definition| wanted.names(definition));
        let included = (0..).zip(&unit.includes).filter_map(|(place, id)| Some((unit.stem_of_include(place), (*id)?)));
        let theirs = included.flat_map(|(stem, id)| {
            let names = self.unit(id).tree.definitions.iter().flat_map(|definition| wanted.names(definition));
            names.map(move |name| Cow::Owned(format!("{stem}.{name}")))
        });
        own.chain(theirs).collect()
    }
}

impl Wanted {
    pub(super) fn table(self) -> Table {
        if self == Self::Value { Table::Consts } else { Table::Types }
    }

    fn names(self, definition: &DefinitionNode) -> impl Iterator<Item = Cow<'_, str>> {
        let name = definition.name.text.as_str();
        let (members, itself): (&[_], bool) = match (self, &definition.kind) {
            (Self::Value, DefinitionNodeKind::Enum(members)) => (members, false),
            (Self::Value, kind) => (&[], matches!(kind, DefinitionNodeKind::Const(..))),
            (Self::Service, kind) => (&[], matches!(kind, DefinitionNodeKind::Service(..))),
            (Self::Type, kind) => {
                (&[], !matches!(kind, DefinitionNodeKind::Const(..) | DefinitionNodeKind::Service(..)))
            }
        };
        let members = members.iter().map(move |member| Cow::Owned(format!("{name}.{}", member.name)));
        members.chain(itself.then_some(Cow::Borrowed(name)))
    }
}

impl Unit {
    fn new(file: LoadedFile) -> Self {
        let LoadedFile { path, tree, includes } = file;
        let mut types = HashMap::new();
        let mut consts = HashMap::new();
        for (index, definition) in (0..).zip(&tree.definitions) {
            let table = match definition.kind {
                DefinitionNodeKind::Const(..) => &mut consts,
                _ => &mut types,
            };
            table.entry(definition.name.text.clone()).or_insert(index);
        }
        let used = vec![Cell::new(false); includes.len()];
        Self { stem: stem_of(&path).to_owned(), path, tree, includes, used, types, consts }
    }

    /// The name that the include line with this index gives to its file; through a link it is another than the file's own.
    pub(super) fn stem_of_include(&self, place: usize) -> &str {
        self.tree.includes.get(place).map_or("", |include| stem_of(&include.text))
    }

    pub(super) fn table(&self, table: Table) -> &HashMap<String, u32> {
        match table {
            Table::Types => &self.types,
            Table::Consts => &self.consts,
        }
    }
}
