//! The syntax tree: what a text says, with places and comments, before any name means anything.
//!
//! No type and no value in it nests deeper than [`MAX_DEPTH`], so that walking it by recursion is safe.

use crate::model::{Annotation, Requiredness, StructKind};
use crate::span::{Name, Span};

/// How deep types and values may nest.
pub const MAX_DEPTH: usize = 64;

/// One file.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// `include` lines.
    pub includes: Vec<Literal>,
    /// `cpp_include` lines; nothing but C++ uses them.
    pub cpp_includes: Vec<Literal>,
    /// `namespace` lines and their old forms.
    pub namespaces: Vec<NamespaceNode>,
    /// The definitions.
    pub definitions: Vec<DefinitionNode>,
    /// Every comment, in the order of the text.
    pub comments: Vec<Comment>,
    /// Names in stretches that could not be read: some of them may be defined there.
    pub lost: std::collections::HashSet<String>,
}

/// A comment as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// With its marks.
    pub span: Span,
    /// Written `/** … */`.
    pub doc: bool,
}

/// A quoted text.
#[derive(Clone, Debug)]
pub struct Literal {
    /// Without quotes, escapes resolved.
    pub text: String,
    /// With its quotes.
    pub span: Span,
}

/// `namespace scope name`
#[derive(Clone, Debug)]
pub struct NamespaceNode {
    /// The language, or `*`.
    pub scope: Name,
    /// The dotted name.
    pub name: Name,
    /// Behind it.
    pub annotations: Vec<Annotation>,
    /// All of it, without a separator.
    pub span: Span,
}

/// A top-level definition.
#[derive(Clone, Debug)]
pub struct DefinitionNode {
    /// Its name.
    pub name: Name,
    /// The doc comment, cleaned.
    pub doc: Option<String>,
    /// Behind it.
    pub annotations: Vec<Annotation>,
    /// What it is.
    pub kind: DefinitionNodeKind,
    /// A part of it could not be read, so that fields or members may be missing.
    pub damaged: bool,
    /// From its keyword to its end, without a separator.
    pub span: Span,
}

/// What a definition defines.
#[derive(Clone, Debug)]
pub enum DefinitionNodeKind {
    /// `typedef T name`
    Typedef(TypeNode),
    /// `enum`
    Enum(Vec<EnumValueNode>),
    /// `senum`
    Senum(Vec<Literal>),
    /// `const T name = value`; without a value if it could not be read.
    Const(TypeNode, Option<ValueNode>),
    /// `struct`, `union`, `exception`
    Struct(StructKind, Vec<FieldNode>),
    /// `service`
    Service(Option<Name>, Vec<MethodNode>),
}

/// A member of an enum.
#[derive(Clone, Debug)]
pub struct EnumValueNode {
    /// Its name.
    pub name: Name,
    /// The number, if one is written.
    pub value: Option<Number>,
    /// The doc comment, cleaned.
    pub doc: Option<String>,
    /// Behind it.
    pub annotations: Vec<Annotation>,
    /// All of it, without a separator.
    pub span: Span,
}

/// An integer and its place.
#[derive(Clone, Copy, Debug)]
pub struct Number {
    /// The value; `None` if it could not be read, which was reported.
    pub value: Option<i64>,
    /// The place.
    pub span: Span,
}

/// A field, an argument or a declared exception.
#[derive(Clone, Debug)]
pub struct FieldNode {
    /// The id, if one is written.
    pub id: Option<Number>,
    /// As written, with its place if it is.
    pub requiredness: (Requiredness, Option<Span>),
    /// Its type.
    pub ty: TypeNode,
    /// `&`
    pub reference: bool,
    /// Its name, if one is written.
    pub name: Option<Name>,
    /// `= value`
    pub default: Option<ValueNode>,
    /// The doc comment, cleaned.
    pub doc: Option<String>,
    /// Behind it.
    pub annotations: Vec<Annotation>,
    /// All of it, without a separator.
    pub span: Span,
}

/// A type as written.
#[derive(Clone, Debug)]
pub struct TypeNode {
    /// What it is.
    pub kind: TypeNodeKind,
    /// Behind it.
    pub annotations: Vec<Annotation>,
    /// Without the annotations.
    pub span: Span,
}

/// What a type is.
#[derive(Clone, Debug)]
pub enum TypeNodeKind {
    /// A built-in that is no container; `slist` is `string`.
    Base(crate::model::TypeKind),
    /// `list<T>`
    List(Box<TypeNode>),
    /// `set<T>`
    Set(Box<TypeNode>),
    /// `map<K, V>`
    Map(Box<TypeNode>, Box<TypeNode>),
    /// The name of a definition, dots included.
    Named(String),
    /// Could not be read.
    Unknown,
}

/// A constant as written.
#[derive(Clone, Debug)]
pub struct ValueNode {
    /// What it is.
    pub kind: ValueNodeKind,
    /// Where it is.
    pub span: Span,
}

/// What a constant is.
#[derive(Clone, Debug)]
pub enum ValueNodeKind {
    /// `true`, `false`
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number with a fraction or an exponent.
    Double(f64),
    /// A quoted text.
    String(String),
    /// The name of a constant or of an enum member.
    Name(String),
    /// `[…]`
    List(Vec<ValueNode>),
    /// `{…}`
    Map(Vec<(ValueNode, ValueNode)>),
    /// Could not be read.
    Unknown,
}

/// A method.
#[derive(Clone, Debug)]
pub struct MethodNode {
    /// Its name.
    pub name: Name,
    /// The place of `oneway` or `async`.
    pub oneway: Option<Span>,
    /// The result; `None` is `void`.
    pub result: Option<TypeNode>,
    /// The arguments.
    pub arguments: Vec<FieldNode>,
    /// The declared exceptions.
    pub throws: Vec<FieldNode>,
    /// The place of `throws`.
    pub throws_span: Option<Span>,
    /// The doc comment, cleaned.
    pub doc: Option<String>,
    /// Behind it.
    pub annotations: Vec<Annotation>,
    /// All of it, without a separator.
    pub span: Span,
}
