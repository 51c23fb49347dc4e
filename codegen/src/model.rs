//! The contents of a set of IDL files, resolved and checked: plain data, the input of everything after the front-end.
//!
//! A [`Model`] exists only for files without an error: every name in it is resolved, every field id is explicit
//! and unique, every constant has the type of its place. Two models are equal if they have the same
//! meaning: spans are not compared.

use crate::span::{FileId, Name, Span};

/// The files of one run and what they define.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Every file reached, in the order of discovery: the files asked for, then what they include. `FileId` indexes this list.
    pub files: Vec<File>,
    /// The files that were asked for, in that order.
    pub roots: Vec<FileId>,
}

/// One IDL file.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// The path under which it was read.
    pub path: String,
    /// The name that others qualify its definitions with: `shared` for `dir/shared.thrift`. May contain dots.
    pub stem: String,
    /// Its includes, in order.
    pub includes: Vec<Include>,
    /// Its `namespace` lines, in order.
    pub namespaces: Vec<Namespace>,
    /// Its definitions, in the order of the text. [`DefId::index`] indexes this list.
    pub definitions: Vec<Definition>,
}

/// `include "path"`.
#[derive(Clone, Debug, PartialEq)]
pub struct Include {
    /// The path as written.
    pub path: Name,
    /// The file.
    pub file: FileId,
}

/// `namespace scope name (annotations)`; `php_namespace x` is scope `php`.
#[derive(Clone, Debug, PartialEq)]
pub struct Namespace {
    /// The language, or `*`.
    pub scope: Name,
    /// The dotted name.
    pub name: Name,
    /// Its annotations.
    pub annotations: Vec<Annotation>,
}

/// `key = "value"` in parentheses. One without a value has the value `"1"`, as Apache's compiler has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Annotation {
    /// The key, dots included.
    pub key: Name,
    /// The value.
    pub value: String,
}

/// Which definition of which file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DefId {
    /// The file.
    pub file: FileId,
    /// The place in its `definitions`.
    pub index: u32,
}

/// A top-level definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// Its name.
    pub name: Name,
    /// The doc comment, without comment marks, lines joined by `\n`.
    pub doc: Option<String>,
    /// Annotations after it.
    pub annotations: Vec<Annotation>,
    /// What it is.
    pub kind: DefinitionKind,
}

/// What a definition defines.
#[derive(Clone, Debug, PartialEq)]
pub enum DefinitionKind {
    /// `typedef T name`
    Typedef(Type),
    /// `enum`
    Enum(Vec<EnumValue>),
    /// `senum`: a string of which only these values are meant.
    Senum(Vec<String>),
    /// `const T name = value`
    Const(Type, Value),
    /// `struct`, `union` or `exception`
    Struct(StructKind, Vec<Field>),
    /// `service`
    Service(Service),
}

/// Which of the three a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StructKind {
    /// All fields.
    Struct,
    /// Exactly one field.
    Union,
    /// May be thrown.
    Exception,
}

/// A member of an enum.
#[derive(Clone, Debug, PartialEq)]
pub struct EnumValue {
    /// Its name.
    pub name: Name,
    /// Its number, written or counted.
    pub value: i32,
    /// The doc comment.
    pub doc: Option<String>,
    /// Its annotations.
    pub annotations: Vec<Annotation>,
}

/// A field of a record, an argument of a method, or one of its exceptions.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The id, written or given out downwards from -1 as Apache's compiler does.
    pub id: i32,
    /// Whether the id was left to the compiler.
    pub implicit_id: bool,
    /// Its name. Apache allows a `throws` without one; it is then `_1`, `_2`, … by place.
    pub name: Name,
    /// Whether it must be there.
    pub requiredness: Requiredness,
    /// Its type.
    pub ty: Type,
    /// `= value`
    pub default: Option<Value>,
    /// Written with `&`: held by reference, so that a record can contain itself.
    pub reference: bool,
    /// The doc comment.
    pub doc: Option<String>,
    /// Its annotations.
    pub annotations: Vec<Annotation>,
}

/// Whether a field must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Requiredness {
    /// Nothing is written: sent when it has a value, not missed when it has none.
    Default,
    /// `required`
    Required,
    /// `optional`
    Optional,
}

/// A type with the annotations written after it.
#[derive(Clone, Debug)]
pub struct Type {
    /// What it is.
    pub kind: TypeKind,
    /// Annotations of the type itself, as in `list<i32> (cpp.fixed_list = "1")`.
    pub annotations: Vec<Annotation>,
    /// Where it is.
    pub span: Span,
}

impl PartialEq for Type {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.annotations == other.annotations
    }
}

/// What a type is.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeKind {
    /// `bool`
    Bool,
    /// `byte` or `i8`
    I8,
    /// `i16`
    I16,
    /// `i32`
    I32,
    /// `i64`
    I64,
    /// `double`
    Double,
    /// `string`, and the legacy `slist`
    String,
    /// `binary`
    Binary,
    /// `uuid`
    Uuid,
    /// `list<T>`
    List(Box<Type>),
    /// `set<T>`
    Set(Box<Type>),
    /// `map<K, V>`
    Map(Box<Type>, Box<Type>),
    /// A typedef, enum, senum, struct, union or exception.
    Named(DefId),
}

/// A constant, checked against the type of its place.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `true`, `false`, `1`, `0`
    Bool(bool),
    /// Any integer type.
    Int(i64),
    /// `double`
    Double(f64),
    /// `string` and `binary`, escapes resolved.
    String(String),
    /// `uuid`
    Uuid([u8; 16]),
    /// A member of an enum, by its place in it.
    Enum(DefId, u32),
    /// Another constant.
    Const(DefId),
    /// `list` and `set`
    List(Vec<Value>),
    /// `map`
    Map(Vec<(Value, Value)>),
    /// A struct, union or exception: field by place in it, and its value.
    Struct(DefId, Vec<(u32, Value)>),
}

/// A service.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// The service it extends.
    pub extends: Option<DefId>,
    /// Its own methods, in order; the inherited ones are in `extends`.
    pub methods: Vec<Method>,
}

/// A method of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct Method {
    /// Its name.
    pub name: Name,
    /// No answer is sent.
    pub oneway: bool,
    /// The result; `None` is `void`.
    pub result: Option<Type>,
    /// The arguments.
    pub arguments: Vec<Field>,
    /// The declared exceptions.
    pub throws: Vec<Field>,
    /// The doc comment.
    pub doc: Option<String>,
    /// Its annotations.
    pub annotations: Vec<Annotation>,
}

impl Include {
    /// The name that qualifies the file's definitions after this line: `shared` for `"dir/shared.thrift"`. Through a link it
    /// is another than the file's own.
    pub fn stem(&self) -> &str {
        stem_of(&self.path.text)
    }
}

impl Model {
    /// The file with this id.
    pub fn file(&self, id: FileId) -> &File {
        &self.files[id.0 as usize]
    }

    /// The definition with this id.
    pub fn definition(&self, id: DefId) -> &Definition {
        &self.file(id.file).definitions[id.index as usize]
    }

    /// The services of the files that were asked for, in the order of the text.
    pub fn services(&self) -> impl Iterator<Item = (DefId, &Definition, &Service)> {
        self.roots.iter().flat_map(|&file| {
            self.file(file).definitions.iter().enumerate().filter_map(move |(index, definition)| {
                match &definition.kind {
                    DefinitionKind::Service(service) => {
                        Some((DefId { file, index: index as u32 }, definition, service))
                    }
                    _ => None,
                }
            })
        })
    }
}

/// The name of a file without directory and ending.
pub(crate) fn stem_of(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
