//! Reads a file's scopes, and the `impl`s of traits in each.

use proc_macro2::Ident;
use syn::spanned::Spanned;
use syn::{Attribute, Block, Expr, File, Item, ItemImpl, ItemMod, ItemUse, Stmt, UseTree};

use super::scope::{Definition, DefinitionKind, Id, Key, Scope, Scopes, Use, plain};
use super::source::Source;
use crate::rust::sort_key;

/// An `impl` of a trait.
pub(super) struct Impl<'f> {
    pub(super) item: &'f ItemImpl,
    pub(super) scope: Id,
    /// The trait's path as it is written.
    pub(super) path: Vec<String>,
}

/// Reads a file.
pub(super) fn collect<'f>(source: &Source<'_>, file: &'f File) -> (Scopes, Vec<Impl<'f>>) {
    let mut collector = Collector { source, scopes: Scopes::default(), impls: Vec::new() };
    let begin = behind(source, source.base, &file.attrs);
    let scope = collector.scope(None, true, begin, false);
    collector.items(scope, file.items.iter());
    (collector.scopes, collector.impls)
}

struct Collector<'s, 'f> {
    source: &'s Source<'s>,
    scopes: Scopes,
    impls: Vec<Impl<'f>>,
}

impl<'f> Collector<'_, 'f> {
    fn scope(&mut self, parent: Option<Id>, is_module: bool, begin: usize, is_braced: bool) -> Id {
        self.scopes.all.push(Scope { parent, is_module, begin, is_braced, ..Scope::default() });
        self.scopes.all.len() - 1
    }

    fn items(&mut self, scope: Id, items: impl Iterator<Item = &'f Item>) {
        for item in items {
            self.item(scope, item);
        }
    }

    fn item(&mut self, scope: Id, item: &'f Item) {
        match item {
            Item::Use(item) => self.use_item(scope, item),
            Item::Mod(item) => self.module(scope, item),
            Item::Impl(item) => self.implementation(scope, item),
            Item::ExternCrate(item) => {
                let name = item.rename.as_ref().map_or(&item.ident, |(_, rename)| rename);
                let path = DefinitionKind::Import(vec![String::new(), text(&item.ident)]);
                self.define(scope, name, path, is_conditional(&item.attrs));
            }
            Item::Fn(item) => {
                self.define(scope, &item.sig.ident, DefinitionKind::Item, false);
                self.block(scope, &item.block);
            }
            Item::Const(item) => {
                self.define(scope, &item.ident, DefinitionKind::Item, false);
                // `const _: () = { … };` keeps what it defines to itself.
                if let Expr::Block(expr) = &*item.expr {
                    self.block(scope, &expr.block);
                }
            }
            Item::Enum(item) => self.define(scope, &item.ident, DefinitionKind::Item, false),
            Item::Static(item) => self.define(scope, &item.ident, DefinitionKind::Item, false),
            Item::Struct(item) => self.define(scope, &item.ident, DefinitionKind::Item, false),
            Item::Trait(item) => self.define(scope, &item.ident, DefinitionKind::Item, false),
            Item::TraitAlias(item) => self.define(scope, &item.ident, DefinitionKind::Item, false),
            Item::Type(item) => self.define(scope, &item.ident, DefinitionKind::Item, false),
            Item::Union(item) => self.define(scope, &item.ident, DefinitionKind::Item, false),
            Item::Macro(item) if item.ident.is_some() => {}
            _ => self.hides_names(scope),
        }
    }

    fn implementation(&mut self, scope: Id, item: &'f ItemImpl) {
        let Some((path, _)) = item.trait_.as_ref().filter(|_| item.modifiers.polarity.is_none()) else {
            return;
        };
        // No service's trait is generic: it is `tower::Service<Request>`, for example.
        if path.segments.iter().any(|segment| !segment.arguments.is_none()) {
            return;
        }
        let leading = path.leading_colon.as_ref().map(|_| String::new());
        let path = leading.into_iter().chain(path.segments.iter().map(|segment| text(&segment.ident))).collect();
        self.impls.push(Impl { item, scope, path });
    }

    fn module(&mut self, scope: Id, item: &'f ItemMod) {
        let Some((brace, items)) = &item.content else {
            return self.define(scope, &item.ident, DefinitionKind::Elsewhere, false);
        };
        let open = brace.span.open().byte_range().end + self.source.base;
        // Inner attributes stand behind the brace, outer ones before it.
        let begin = behind(self.source, open, &item.attrs);
        let id = self.scope(Some(scope), true, begin, true);
        self.define(scope, &item.ident, DefinitionKind::Module(id), is_conditional(&item.attrs));
        self.items(id, items.iter());
    }

    fn block(&mut self, scope: Id, block: &'f Block) {
        let items =
            || block.stmts.iter().filter_map(|stmt| if let Stmt::Item(item) = stmt { Some(item) } else { None });
        if items().next().is_some() {
            let begin = block.brace_token.span.open().byte_range().end + self.source.base;
            let id = self.scope(Some(scope), false, begin, true);
            self.items(id, items());
        }
    }

    fn use_item(&mut self, scope: Id, item: &'f ItemUse) {
        let conditional = is_conditional(&item.attrs);
        let prefix = item.leading_colon.as_ref().map(|_| String::new()).into_iter().collect::<Vec<_>>();
        self.use_tree(scope, &prefix, &item.tree, conditional);
        let key = key(&item.tree);
        let range = self.source.range(item);
        if let Some(scope) = self.scopes.all.get_mut(scope) {
            scope.uses.push(Use { range, key });
        }
    }

    fn use_tree(&mut self, scope: Id, prefix: &[String], tree: &UseTree, conditional: bool) {
        let with = |ident: &Ident| prefix.iter().cloned().chain([text(ident)]).collect::<Vec<_>>();
        match tree {
            UseTree::Path(path) => self.use_tree(scope, &with(&path.ident), &path.tree, conditional),
            UseTree::Name(name) if name.ident == "self" => {
                if let Some(last) = prefix.last().cloned() {
                    self.define_text(scope, last, DefinitionKind::Import(prefix.to_vec()), conditional);
                }
            }
            UseTree::Name(name) => {
                self.define(scope, &name.ident, DefinitionKind::Import(with(&name.ident)), conditional)
            }
            UseTree::Rename(name) if name.ident == "self" => {
                self.define(scope, &name.rename, DefinitionKind::Import(prefix.to_vec()), conditional);
            }
            UseTree::Rename(name) => {
                self.define(scope, &name.rename, DefinitionKind::Import(with(&name.ident)), conditional)
            }
            UseTree::Glob(_) => {
                if let Some(scope) = self.scopes.all.get_mut(scope) {
                    scope.globs.push(prefix.to_vec());
                }
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.use_tree(scope, prefix, tree, conditional);
                }
            }
        }
    }

    fn define(&mut self, scope: Id, name: &Ident, what: DefinitionKind, is_conditional: bool) {
        self.define_text(scope, text(name), what, is_conditional);
    }

    fn define_text(&mut self, scope: Id, name: String, what: DefinitionKind, is_conditional: bool) {
        // `as _` and `const _` have no name.
        if let Some(scope) = self.scopes.all.get_mut(scope).filter(|_| name != "_") {
            scope.names.entry(name).or_default().push(Definition { what, is_conditional });
        }
    }

    fn hides_names(&mut self, scope: Id) {
        if let Some(scope) = self.scopes.all.get_mut(scope) {
            scope.hides_names = true;
        }
    }
}

/// The place of a `use` in rustfmt's order.
pub(super) fn key(tree: &UseTree) -> Vec<Key> {
    match tree {
        UseTree::Path(path) => [segment(&text(&path.ident))].into_iter().chain(key(&path.tree)).collect(),
        UseTree::Name(name) => vec![segment(&text(&name.ident))],
        UseTree::Rename(name) => vec![segment(&text(&name.ident))],
        UseTree::Glob(_) => vec![Key::Glob],
        UseTree::Group(group) if group.items.len() == 1 => group.items.iter().flat_map(key).collect(),
        UseTree::Group(group) => {
            let first = group.items.iter().map(|tree| match key(tree).into_iter().next() {
                Some(Key::Name(name)) => name,
                _ => Vec::new(),
            });
            vec![Key::List(first.min().unwrap_or_default())]
        }
    }
}

/// A segment's place in rustfmt's order.
pub(super) fn segment(name: &str) -> Key {
    match name {
        "self" => Key::SelfModule,
        "super" => Key::Super,
        "crate" => Key::Crate,
        name => Key::Name(sort_key(name)),
    }
}

fn text(ident: &Ident) -> String {
    plain(&ident.to_string()).to_owned()
}

fn is_conditional(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("cfg"))
}

/// The end of those attributes that stand behind a place, or the place.
fn behind(source: &Source<'_>, place: usize, attributes: &[Attribute]) -> usize {
    let ends = attributes.iter().map(|attribute| attribute.span().byte_range().end + source.base);
    ends.max().unwrap_or(place).max(place)
}
