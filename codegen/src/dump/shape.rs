//! What the JSON looks like: the keys in their order.

use crate::rust::MethodApi;
use crate::source::Extent;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Dump<'a> {
    pub(super) version: u32,
    pub(super) roots: Vec<u32>,
    pub(super) files: Vec<File<'a>>,
}

#[derive(Serialize)]
pub(super) struct File<'a> {
    pub(super) path: &'a str,
    pub(super) stem: &'a str,
    pub(super) rust_module: String,
    pub(super) comments: Vec<Comment>,
    pub(super) includes: Vec<Include<'a>>,
    pub(super) namespaces: Vec<Namespace<'a>>,
    pub(super) definitions: Vec<Definition<'a>>,
}

#[derive(Serialize)]
pub(super) struct Comment {
    pub(super) position: &'static str,
    pub(super) doc: bool,
    pub(super) text: String,
    pub(super) span: Extent,
}

#[derive(Serialize)]
pub(super) struct Include<'a> {
    pub(super) path: &'a str,
    pub(super) file: u32,
    pub(super) span: Extent,
}

#[derive(Serialize)]
pub(super) struct Namespace<'a> {
    pub(super) scope: &'a str,
    pub(super) name: &'a str,
    pub(super) span: Option<Extent>,
    pub(super) annotations: Vec<Annotation<'a>>,
}

#[derive(Serialize)]
pub(super) struct Annotation<'a> {
    pub(super) key: &'a str,
    pub(super) value: &'a str,
    pub(super) key_span: Extent,
}

/// What definitions, members, fields and methods have in common.
#[derive(Serialize)]
pub(super) struct Item<'a> {
    pub(super) name: &'a str,
    pub(super) rust: String,
    pub(super) span: Option<Extent>,
    pub(super) name_span: Extent,
    pub(super) doc: Option<&'a str>,
    pub(super) comments: Vec<Comment>,
    pub(super) annotations: Vec<Annotation<'a>>,
}

#[derive(Serialize)]
pub(super) struct Definition<'a> {
    #[serde(flatten)]
    pub(super) item: Item<'a>,
    pub(super) rust_path: String,
    #[serde(flatten)]
    pub(super) kind: Kind<'a>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum Kind<'a> {
    Typedef {
        r#type: Type<'a>,
    },
    Enum {
        members: Vec<Member<'a>>,
    },
    Senum {
        values: &'a [String],
    },
    Const {
        r#type: Type<'a>,
        value: Value<'a>,
    },
    Struct {
        fields: Vec<Field<'a>>,
    },
    Union {
        fields: Vec<Field<'a>>,
    },
    Exception {
        fields: Vec<Field<'a>>,
    },
    Service {
        extends: Option<Reference<'a>>,
        rust_server: String,
        rust_client: String,
        rust_client_builder: String,
        methods: Vec<Method<'a>>,
        all_methods: Vec<Inherited<'a>>,
    },
}

#[derive(Serialize)]
pub(super) struct Member<'a> {
    #[serde(flatten)]
    pub(super) item: Item<'a>,
    pub(super) value: i32,
    pub(super) value_spelling: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct Field<'a> {
    pub(super) id: i32,
    pub(super) implicit_id: bool,
    pub(super) id_spelling: Option<&'a str>,
    #[serde(flatten)]
    pub(super) item: Item<'a>,
    pub(super) requiredness: &'static str,
    pub(super) r#type: Type<'a>,
    pub(super) default: Option<Value<'a>>,
    pub(super) reference: bool,
}

#[derive(Serialize)]
pub(super) struct Method<'a> {
    #[serde(flatten)]
    pub(super) item: Item<'a>,
    pub(super) oneway: bool,
    pub(super) result: Option<Type<'a>>,
    pub(super) arguments: Vec<Field<'a>>,
    pub(super) throws: Vec<Field<'a>>,
}

/// A method that a service has, its own or not.
#[derive(Serialize)]
pub(super) struct Inherited<'a> {
    pub(super) name: &'a str,
    pub(super) service: Reference<'a>,
    pub(super) method: u32,
    pub(super) inherited: bool,
    pub(super) rust: String,
    pub(super) rust_signature: String,
}

impl<'a> Inherited<'a> {
    /// The method with this index of `service`.
    pub(super) fn new(name: &'a str, service: Reference<'a>, method: u32, api: MethodApi) -> Self {
        let inherited = api.inherited_from.is_some();
        Self { name, service, method, inherited, rust: api.ident, rust_signature: api.signature }
    }
}

#[derive(Serialize)]
pub(super) struct Reference<'a> {
    pub(super) file: u32,
    pub(super) index: u32,
    pub(super) name: &'a str,
}

#[derive(Serialize)]
pub(super) struct Type<'a> {
    #[serde(flatten)]
    pub(super) kind: TypeKind<'a>,
    pub(super) spelling: &'a str,
    pub(super) span: Extent,
    pub(super) annotations: Vec<Annotation<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum TypeKind<'a> {
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
pub(super) struct Value<'a> {
    #[serde(flatten)]
    pub(super) kind: ValueKind<'a>,
    pub(super) spelling: Option<&'a str>,
    pub(super) span: Option<Extent>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum ValueKind<'a> {
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
pub(super) struct Entry<'a> {
    pub(super) key: Value<'a>,
    pub(super) value: Value<'a>,
}

#[derive(Serialize)]
pub(super) struct Set<'a> {
    pub(super) field: u32,
    pub(super) value: Value<'a>,
}
