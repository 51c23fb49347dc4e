//! From the model, and the trees of its texts, to what the JSON shows.

use super::VERSION;
use super::comments::{self, CommentPosition, Comments};
use super::lines;
use super::shape::{
    Dump, Inherited, Item, JsonAnnotation, JsonComment, JsonDefinition, JsonField, JsonFile, JsonInclude, JsonMethod,
    JsonNamespace, Kind, Member, Reference,
};
use crate::model::{self, DefId, DefinitionKind, Model, Requiredness, StructKind};
use crate::rust::layout::RustPaths;
use crate::rust::{Api, ServiceApi, idents, keys, names};
use crate::source::{Extent, Sources};
use crate::span::{FileId, Name, Span};
use crate::syntax::lex::lex;
use crate::syntax::parse::parse;
use crate::syntax::tree::{self, Tree};
use std::cell::RefCell;
use std::collections::HashMap;

/// What the model does not keep of a text.
#[derive(Default)]
struct Written {
    tree: Tree,
    comments: RefCell<Comments>,
}

pub(super) struct View<'a> {
    pub(super) model: &'a Model,
    pub(super) sources: &'a Sources,
    layout: RustPaths,
    written: &'a [Written],
    /// Of each service; taken out once it is shown.
    services: RefCell<HashMap<DefId, ServiceApi>>,
}

/// The model as JSON.
pub(super) fn json(model: &Model, sources: &Sources) -> serde_json::Result<String> {
    let written: Vec<Written> = (0..).map(FileId).zip(&model.files).map(|(file, _)| read(file, sources)).collect();
    let ids: Vec<DefId> = keys::definitions(model)
        .filter(|(_, definition)| matches!(definition.kind, DefinitionKind::Service(_)))
        .map(|(id, _)| id)
        .collect();
    let layout = RustPaths::new(model);
    let services = Api::of(model, &layout, "crate", &ids).services;
    let services = RefCell::new(ids.into_iter().zip(services).collect());
    let view = View { model, sources, layout, written: &written, services };
    lines::to_string(&Dump {
        version: VERSION,
        roots: model.roots.iter().map(|root| root.0).collect(),
        files: (0..).map(FileId).zip(&model.files).map(|(id, file)| view.file(id, file)).collect(),
    })
}

/// Reads a text once more: the checks have no use for most of its places.
fn read(file: FileId, sources: &Sources) -> Written {
    let Some(source) = sources.file(file) else { return Written::default() };
    let lexed = lex(source.text(), &[]);
    let tree = parse(file, source.text(), &lexed).tree;
    let comments = RefCell::new(comments::of(file, source.text(), &lexed, &tree));
    Written { tree, comments }
}

impl<'a> View<'a> {
    fn file(&self, id: FileId, file: &'a model::File) -> JsonFile<'a> {
        let tree = self.written.get(id.0 as usize).map(|written| &written.tree);
        let spaces = tree.map(|tree| tree.namespaces.as_slice()).unwrap_or_default();
        let include = |include: &'a model::Include| JsonInclude {
            path: &include.path.text,
            file: include.file.0,
            span: self.place(include.path.span),
        };
        let namespace = |(index, space): (usize, &'a model::Namespace)| JsonNamespace {
            scope: &space.scope.text,
            name: &space.name.text,
            span: spaces.get(index).map(|space| self.place(space.span)),
            annotations: self.annotations(&space.annotations),
        };
        let definitions = (0..).zip(&file.definitions).map(|(index, definition)| {
            let tree = tree.and_then(|tree| tree.definitions.get(index as usize));
            self.definition(DefId { file: id, index }, definition, tree)
        });
        JsonFile {
            path: &file.path,
            stem: &file.stem,
            rust_module: self.layout.module_path(id),
            includes: file.includes.iter().map(include).collect(),
            namespaces: file.namespaces.iter().enumerate().map(namespace).collect(),
            definitions: definitions.collect(),
            comments: self.comments(id, None),
        }
    }

    fn definition(
        &self,
        id: DefId,
        definition: &'a model::Definition,
        tree: Option<&'a tree::DefinitionNode>,
    ) -> JsonDefinition<'a> {
        let written =
            Common { name: &definition.name, doc: definition.doc.as_deref(), annotations: &definition.annotations };
        JsonDefinition {
            item: self.item(written, names::escape(self.layout.name(id)), tree.map(|tree| tree.span)),
            rust_path: self.layout.path(id),
            kind: self.kind(id, &definition.kind, tree.map(|tree| &tree.kind)),
        }
    }

    fn kind(&self, id: DefId, kind: &'a DefinitionKind, tree: Option<&'a tree::DefinitionNodeKind>) -> Kind<'a> {
        match kind {
            DefinitionKind::Typedef(ty) => Kind::Typedef { r#type: self.ty(ty) },
            DefinitionKind::Enum(members) => {
                let written = match tree {
                    Some(tree::DefinitionNodeKind::Enum(written)) => written.as_slice(),
                    _ => &[],
                };
                Kind::Enum { members: self.members(members, written) }
            }
            DefinitionKind::Senum(values) => Kind::Senum { values },
            DefinitionKind::Const(ty, value) => {
                let written = match tree {
                    Some(tree::DefinitionNodeKind::Const(_, written)) => written.as_ref(),
                    _ => None,
                };
                Kind::Const { r#type: self.ty(ty), value: self.value(value, written) }
            }
            DefinitionKind::Struct(kind, fields) => {
                let written = match tree {
                    Some(tree::DefinitionNodeKind::Struct(_, written)) => written.as_slice(),
                    _ => &[],
                };
                match kind {
                    StructKind::Struct => Kind::Struct { fields: self.fields(fields, written, idents::fields(fields)) },
                    StructKind::Exception => {
                        Kind::Exception { fields: self.fields(fields, written, idents::fields(fields)) }
                    }
                    StructKind::Union => Kind::Union { fields: self.fields(fields, written, idents::variants(fields)) },
                }
            }
            DefinitionKind::Service(service) => {
                let written = match tree {
                    Some(tree::DefinitionNodeKind::Service(_, written)) => written.as_slice(),
                    _ => &[],
                };
                self.service(id, service, written)
            }
        }
    }

    fn service(&self, id: DefId, service: &'a model::Service, written: &'a [tree::MethodNode]) -> Kind<'a> {
        let api = self.services.borrow_mut().remove(&id);
        let (names, methods) = match api {
            Some(api) => ([api.server, api.client, api.client_builder], api.methods),
            None => Default::default(),
        };
        let [rust_server, rust_client, rust_client_builder] = names;
        // As the trait has them: topmost first.
        let chain = idents::chain(self.model, id).into_iter().rev();
        let owned = chain.flat_map(|(owner, service)| {
            (0..).zip(&service.methods).map(move |(index, method)| (owner, index, method.name.text.as_str()))
        });
        let all_methods: Vec<Inherited<'a>> = owned
            .zip(methods)
            .map(|((owner, index, name), api)| Inherited::new(name, self.reference(owner), index, api))
            .collect();
        let own = all_methods.len().saturating_sub(service.methods.len());
        let rust = all_methods.iter().skip(own).map(|method| method.rust.clone());
        let methods = service.methods.iter().zip(rust).enumerate();
        Kind::Service {
            extends: service.extends.map(|id| self.reference(id)),
            rust_server,
            rust_client,
            rust_client_builder,
            methods: methods.map(|(index, (method, rust))| self.method(method, written.get(index), rust)).collect(),
            all_methods,
        }
    }

    fn method(&self, method: &'a model::Method, tree: Option<&'a tree::MethodNode>, rust: String) -> JsonMethod<'a> {
        let written = Common { name: &method.name, doc: method.doc.as_deref(), annotations: &method.annotations };
        let arguments = tree.map(|tree| tree.arguments.as_slice()).unwrap_or_default();
        let throws = tree.map(|tree| tree.throws.as_slice()).unwrap_or_default();
        JsonMethod {
            item: self.item(written, rust, tree.map(|tree| tree.span)),
            oneway: method.oneway,
            result: method.result.as_ref().map(|ty| self.ty(ty)),
            arguments: self.fields(&method.arguments, arguments, idents::fields(&method.arguments)),
            throws: self.fields(&method.throws, throws, idents::throws(method)),
        }
    }

    fn members(&self, members: &'a [model::EnumValue], written: &'a [tree::EnumValueNode]) -> Vec<Member<'a>> {
        let member = |(index, (member, rust)): (usize, (&'a model::EnumValue, String))| {
            let tree = written.get(index);
            let common = Common { name: &member.name, doc: member.doc.as_deref(), annotations: &member.annotations };
            Member {
                item: self.item(common, rust, tree.map(|tree| tree.span)),
                value: member.value,
                value_spelling: tree.and_then(|tree| tree.value).map(|value| self.text(value.span)),
            }
        };
        members.iter().zip(idents::members(members)).enumerate().map(member).collect()
    }

    /// `rust` has the name of each field.
    fn fields(
        &self,
        fields: &'a [model::Field],
        written: &'a [tree::FieldNode],
        rust: Vec<String>,
    ) -> Vec<JsonField<'a>> {
        let view = |(index, (field, rust)): (usize, (&'a model::Field, String))| {
            let tree = written.get(index);
            let common = Common { name: &field.name, doc: field.doc.as_deref(), annotations: &field.annotations };
            JsonField {
                item: self.item(common, names::escape(&rust), tree.map(|tree| tree.span)),
                id: field.id,
                implicit_id: field.implicit_id,
                id_spelling: tree.and_then(|tree| tree.id).map(|id| self.text(id.span)),
                requiredness: match field.requiredness {
                    Requiredness::Default => "default",
                    Requiredness::Required => "required",
                    Requiredness::Optional => "optional",
                },
                r#type: self.ty(&field.ty),
                default: field
                    .default
                    .as_ref()
                    .map(|value| self.value(value, tree.and_then(|tree| tree.default.as_ref()))),
                reference: field.reference,
            }
        };
        fields.iter().zip(rust).enumerate().map(view).collect()
    }

    fn item(&self, written: Common<'a>, rust: String, span: Option<Span>) -> Item<'a> {
        let Common { name, doc, annotations } = written;
        Item {
            name: &name.text,
            rust,
            span: span.map(|span| self.place(span)),
            name_span: self.place(name.span),
            doc,
            comments: span.map(|span| self.comments(span.file, Some(span.start))).unwrap_or_default(),
            annotations: self.annotations(annotations),
        }
    }

    /// The comments of what begins at this byte; those of the file without one.
    fn comments(&self, file: FileId, owner: Option<u32>) -> Vec<JsonComment> {
        let written = self.written.get(file.0 as usize);
        let found = written.and_then(|written| written.comments.borrow_mut().remove(&owner)).unwrap_or_default();
        let show = |comment: comments::FoundComment| JsonComment {
            position: match comment.position {
                CommentPosition::Before => "before",
                CommentPosition::Behind => "behind",
                CommentPosition::Inside => "inside",
            },
            doc: comment.doc,
            text: comment.text,
            span: self.place(comment.span),
        };
        found.into_iter().map(show).collect()
    }

    pub(super) fn annotations(&self, annotations: &'a [model::Annotation]) -> Vec<JsonAnnotation<'a>> {
        let view = |it: &'a model::Annotation| JsonAnnotation {
            key: &it.key.text,
            value: &it.value,
            key_span: self.place(it.key.span),
        };
        annotations.iter().map(view).collect()
    }

    pub(super) fn reference(&self, id: DefId) -> Reference<'a> {
        Reference { file: id.file.0, index: id.index, name: &self.model.definition(id).name.text }
    }

    pub(super) fn place(&self, span: Span) -> Extent {
        self.sources.extent(span).map(|(_, extent)| extent).unwrap_or_default()
    }

    /// The text as it is written.
    pub(super) fn text(&self, span: Span) -> &'a str {
        let text = self.sources.file(span.file).map(crate::source::Source::text).unwrap_or_default();
        text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }
}

/// What definitions, members, fields and methods have in common.
struct Common<'a> {
    name: &'a Name,
    doc: Option<&'a str>,
    annotations: &'a [model::Annotation],
}
