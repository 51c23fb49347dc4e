//! What the JSON looks like: the keys in their order.

use crate::rust::MethodApi;
use crate::source::Extent;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Dump<'a> {
    pub(super) version: u32,
    pub(super) roots: Vec<u32>,
    pub(super) files: Vec<JsonFile<'a>>,
}

#[derive(Serialize)]
pub(super) struct JsonFile<'a> {
    pub(super) path: &'a str,
    pub(super) stem: &'a str,
    pub(super) rust_module: String,
    pub(super) comments: Vec<JsonComment>,
    pub(super) includes: Vec<JsonInclude<'a>>,
    pub(super) namespaces: Vec<JsonNamespace<'a>>,
    pub(super) definitions: Vec<JsonDefinition<'a>>,
}

#[derive(Serialize)]
pub(super) struct JsonComment {
    pub(super) position: &'static str,
    pub(super) doc: bool,
    pub(super) text: String,
    pub(super) span: Extent,
}

#[derive(Serialize)]
pub(super) struct JsonInclude<'a> {
    pub(super) path: &'a str,
    pub(super) file: u32,
    pub(super) span: Extent,
}

#[derive(Serialize)]
pub(super) struct JsonNamespace<'a> {
    pub(super) scope: &'a str,
    pub(super) name: &'a str,
    pub(super) span: Option<Extent>,
    pub(super) annotations: Vec<JsonAnnotation<'a>>,
}

#[derive(Serialize)]
pub(super) struct JsonAnnotation<'a> {
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
    pub(super) comments: Vec<JsonComment>,
    pub(super) annotations: Vec<JsonAnnotation<'a>>,
}

#[derive(Serialize)]
pub(super) struct JsonDefinition<'a> {
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
        r#type: JsonType<'a>,
    },
    Enum {
        members: Vec<Member<'a>>,
    },
    Senum {
        values: &'a [String],
    },
    Const {
        r#type: JsonType<'a>,
        value: JsonValue<'a>,
    },
    Struct {
        fields: Vec<JsonField<'a>>,
    },
    Union {
        fields: Vec<JsonField<'a>>,
    },
    Exception {
        fields: Vec<JsonField<'a>>,
    },
    Service {
        extends: Option<Reference<'a>>,
        rust_server: String,
        rust_client: String,
        rust_client_builder: String,
        methods: Vec<JsonMethod<'a>>,
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
pub(super) struct JsonField<'a> {
    pub(super) id: i32,
    pub(super) implicit_id: bool,
    pub(super) id_spelling: Option<&'a str>,
    #[serde(flatten)]
    pub(super) item: Item<'a>,
    pub(super) requiredness: &'static str,
    pub(super) r#type: JsonType<'a>,
    pub(super) default: Option<JsonValue<'a>>,
    pub(super) reference: bool,
}

#[derive(Serialize)]
pub(super) struct JsonMethod<'a> {
    #[serde(flatten)]
    pub(super) item: Item<'a>,
    pub(super) oneway: bool,
    pub(super) result: Option<JsonType<'a>>,
    pub(super) arguments: Vec<JsonField<'a>>,
    pub(super) throws: Vec<JsonField<'a>>,
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
pub(super) struct JsonType<'a> {
    #[serde(flatten)]
    pub(super) kind: JsonTypeKind<'a>,
    pub(super) spelling: &'a str,
    pub(super) span: Extent,
    pub(super) annotations: Vec<JsonAnnotation<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum JsonTypeKind<'a> {
    Bool,
    I8,
    I16,
    I32,
    I64,
    Double,
    String,
    Binary,
    Uuid,
    List { element: Box<JsonType<'a>> },
    Set { element: Box<JsonType<'a>> },
    Map { key: Box<JsonType<'a>>, value: Box<JsonType<'a>> },
    Named { definition: Reference<'a> },
}

#[derive(Serialize)]
pub(super) struct JsonValue<'a> {
    #[serde(flatten)]
    pub(super) kind: JsonValueKind<'a>,
    pub(super) spelling: Option<&'a str>,
    pub(super) span: Option<Extent>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum JsonValueKind<'a> {
    Bool { value: bool },
    Int { value: i64 },
    Double { value: f64 },
    String { value: &'a str },
    Uuid { value: String },
    Enum { definition: Reference<'a>, member: u32 },
    Const { definition: Reference<'a> },
    List { elements: Vec<JsonValue<'a>> },
    Map { entries: Vec<Entry<'a>> },
    Struct { definition: Reference<'a>, fields: Vec<Set<'a>> },
}

#[derive(Serialize)]
pub(super) struct Entry<'a> {
    pub(super) key: JsonValue<'a>,
    pub(super) value: JsonValue<'a>,
}

#[derive(Serialize)]
pub(super) struct Set<'a> {
    pub(super) field: u32,
    pub(super) value: JsonValue<'a>,
}
