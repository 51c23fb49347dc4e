//! What the JSON looks like: borrowed views of the model.

use super::VERSION;
use crate::model::{self, DefId, DefinitionKind, Model, Requiredness, StructKind};
use crate::source::Sources;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Dump<'a> {
    version: u32,
    roots: Vec<u32>,
    files: Vec<File<'a>>,
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    stem: &'a str,
    includes: Vec<Include<'a>>,
    namespaces: Vec<Namespace<'a>>,
    definitions: Vec<Definition<'a>>,
}

#[derive(Serialize)]
struct Include<'a> {
    path: &'a str,
    file: u32,
}

#[derive(Serialize)]
struct Namespace<'a> {
    scope: &'a str,
    name: &'a str,
    annotations: Vec<Annotation<'a>>,
}

#[derive(Serialize)]
struct Annotation<'a> {
    key: &'a str,
    value: &'a str,
}

#[derive(Serialize)]
struct Definition<'a> {
    name: &'a str,
    line: u32,
    column: u32,
    doc: Option<&'a str>,
    annotations: Vec<Annotation<'a>>,
    #[serde(flatten)]
    kind: Kind<'a>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Kind<'a> {
    Typedef { r#type: Type<'a> },
    Enum { members: Vec<Member<'a>> },
    Senum { values: &'a [String] },
    Const { r#type: Type<'a>, value: Value<'a> },
    Struct { fields: Vec<Field<'a>> },
    Union { fields: Vec<Field<'a>> },
    Exception { fields: Vec<Field<'a>> },
    Service { extends: Option<Reference<'a>>, methods: Vec<Method<'a>> },
}

#[derive(Serialize)]
struct Member<'a> {
    name: &'a str,
    value: i32,
    doc: Option<&'a str>,
    annotations: Vec<Annotation<'a>>,
}

#[derive(Serialize)]
struct Field<'a> {
    id: i32,
    implicit_id: bool,
    name: &'a str,
    requiredness: &'static str,
    r#type: Type<'a>,
    default: Option<Value<'a>>,
    reference: bool,
    doc: Option<&'a str>,
    annotations: Vec<Annotation<'a>>,
}

#[derive(Serialize)]
struct Method<'a> {
    name: &'a str,
    oneway: bool,
    result: Option<Type<'a>>,
    arguments: Vec<Field<'a>>,
    throws: Vec<Field<'a>>,
    doc: Option<&'a str>,
    annotations: Vec<Annotation<'a>>,
}

#[derive(Serialize)]
struct Reference<'a> {
    file: u32,
    index: u32,
    name: &'a str,
}

#[derive(Serialize)]
struct Type<'a> {
    #[serde(flatten)]
    kind: TypeKind<'a>,
    annotations: Vec<Annotation<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum TypeKind<'a> {
    Bool,
    I8,
    I16,
    I32,
    I64,
    Double,
    String,
    Binary,
    Uuid,
    List { element: Box<Type<'a>> },
    Set { element: Box<Type<'a>> },
    Map { key: Box<Type<'a>>, value: Box<Type<'a>> },
    Named { definition: Reference<'a> },
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Value<'a> {
    Bool { value: bool },
    Int { value: i64 },
    Double { value: f64 },
    String { value: &'a str },
    Uuid { value: String },
    Enum { definition: Reference<'a>, member: u32 },
    Const { definition: Reference<'a> },
    List { elements: Vec<Value<'a>> },
    Map { entries: Vec<Entry<'a>> },
    Struct { definition: Reference<'a>, fields: Vec<Set<'a>> },
}

#[derive(Serialize)]
struct Entry<'a> {
    key: Value<'a>,
    value: Value<'a>,
}

#[derive(Serialize)]
struct Set<'a> {
    field: u32,
    value: Value<'a>,
}

impl<'a> Dump<'a> {
    pub(super) fn new(model: &'a Model, sources: &'a Sources) -> Self {
        let view = View { model, sources };
        Self {
            version: VERSION,
            roots: model.roots.iter().map(|root| root.0).collect(),
            files: model.files.iter().map(|file| view.file(file)).collect(),
        }
    }
}

struct View<'a> {
    model: &'a Model,
    sources: &'a Sources,
}

impl<'a> View<'a> {
    fn file(&self, file: &'a model::File) -> File<'a> {
        File {
            path: &file.path,
            stem: &file.stem,
            includes: file
                .includes
                .iter()
                .map(|include| Include { path: &include.path.text, file: include.file.0 })
                .collect(),
            namespaces: file
                .namespaces
                .iter()
                .map(|space| Namespace {
                    scope: &space.scope.text,
                    name: &space.name.text,
                    annotations: annotations(&space.annotations),
                })
                .collect(),
            definitions: file.definitions.iter().map(|definition| self.definition(definition)).collect(),
        }
    }

    fn definition(&self, definition: &'a model::Definition) -> Definition<'a> {
        let place = self.sources.locate(definition.name.span);
        let (line, column) = place.map_or((1, 1), |(_, start, _)| (start.line, start.column));
        Definition {
            name: &definition.name.text,
            line,
            column,
            doc: definition.doc.as_deref(),
            annotations: annotations(&definition.annotations),
            kind: self.kind(&definition.kind),
        }
    }

    fn kind(&self, kind: &'a DefinitionKind) -> Kind<'a> {
        match kind {
            DefinitionKind::Typedef(ty) => Kind::Typedef { r#type: self.ty(ty) },
            DefinitionKind::Enum(members) => Kind::Enum {
                members: members
                    .iter()
                    .map(|member| Member {
                        name: &member.name.text,
                        value: member.value,
                        doc: member.doc.as_deref(),
                        annotations: annotations(&member.annotations),
                    })
                    .collect(),
            },
            DefinitionKind::Senum(values) => Kind::Senum { values },
            DefinitionKind::Const(ty, value) => Kind::Const { r#type: self.ty(ty), value: self.value(value) },
            DefinitionKind::Struct(StructKind::Struct, fields) => Kind::Struct { fields: self.fields(fields) },
            DefinitionKind::Struct(StructKind::Union, fields) => Kind::Union { fields: self.fields(fields) },
            DefinitionKind::Struct(StructKind::Exception, fields) => Kind::Exception { fields: self.fields(fields) },
            DefinitionKind::Service(service) => Kind::Service {
                extends: service.extends.map(|id| self.reference(id)),
                methods: service.methods.iter().map(|method| self.method(method)).collect(),
            },
        }
    }

    fn method(&self, method: &'a model::Method) -> Method<'a> {
        Method {
            name: &method.name.text,
            oneway: method.oneway,
            result: method.result.as_ref().map(|ty| self.ty(ty)),
            arguments: self.fields(&method.arguments),
            throws: self.fields(&method.throws),
            doc: method.doc.as_deref(),
            annotations: annotations(&method.annotations),
        }
    }

    fn fields(&self, fields: &'a [model::Field]) -> Vec<Field<'a>> {
        let view = |field: &'a model::Field| Field {
            id: field.id,
            implicit_id: field.implicit_id,
            name: &field.name.text,
            requiredness: match field.requiredness {
                Requiredness::Default => "default",
                Requiredness::Required => "required",
                Requiredness::Optional => "optional",
            },
            r#type: self.ty(&field.ty),
            default: field.default.as_ref().map(|value| self.value(value)),
            reference: field.reference,
            doc: field.doc.as_deref(),
            annotations: annotations(&field.annotations),
        };
        fields.iter().map(view).collect()
    }

    fn ty(&self, ty: &'a model::Type) -> Type<'a> {
        let inner = |ty: &'a model::Type| Box::new(self.ty(ty));
        let kind = match &ty.kind {
            model::TypeKind::Bool => TypeKind::Bool,
            model::TypeKind::I8 => TypeKind::I8,
            model::TypeKind::I16 => TypeKind::I16,
            model::TypeKind::I32 => TypeKind::I32,
            model::TypeKind::I64 => TypeKind::I64,
            model::TypeKind::Double => TypeKind::Double,
            model::TypeKind::String => TypeKind::String,
            model::TypeKind::Binary => TypeKind::Binary,
            model::TypeKind::Uuid => TypeKind::Uuid,
            model::TypeKind::List(element) => TypeKind::List { element: inner(element) },
            model::TypeKind::Set(element) => TypeKind::Set { element: inner(element) },
            model::TypeKind::Map(key, value) => TypeKind::Map { key: inner(key), value: inner(value) },
            model::TypeKind::Named(id) => TypeKind::Named { definition: self.reference(*id) },
        };
        Type { kind, annotations: annotations(&ty.annotations) }
    }

    fn value(&self, value: &'a model::Value) -> Value<'a> {
        match value {
            model::Value::Bool(value) => Value::Bool { value: *value },
            model::Value::Int(value) => Value::Int { value: *value },
            model::Value::Double(value) => Value::Double { value: *value },
            model::Value::String(value) => Value::String { value },
            model::Value::Uuid(value) => Value::Uuid { value: crate::print::uuid(value) },
            model::Value::Enum(id, member) => Value::Enum { definition: self.reference(*id), member: *member },
            model::Value::Const(id) => Value::Const { definition: self.reference(*id) },
            model::Value::List(elements) => {
                Value::List { elements: elements.iter().map(|element| self.value(element)).collect() }
            }
            model::Value::Map(entries) => {
                let entry = |(key, value): &'a (_, _)| Entry { key: self.value(key), value: self.value(value) };
                Value::Map { entries: entries.iter().map(entry).collect() }
            }
            model::Value::Struct(id, fields) => Value::Struct {
                definition: self.reference(*id),
                fields: fields.iter().map(|(field, value)| Set { field: *field, value: self.value(value) }).collect(),
            },
        }
    }

    fn reference(&self, id: DefId) -> Reference<'a> {
        Reference { file: id.file.0, index: id.index, name: &self.model.definition(id).name.text }
    }
}

fn annotations(annotations: &[model::Annotation]) -> Vec<Annotation<'_>> {
    annotations.iter().map(|it| Annotation { key: &it.key.text, value: &it.value }).collect()
}
