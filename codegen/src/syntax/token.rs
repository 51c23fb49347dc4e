//! What a text consists of.

/// A token and where it is, in bytes, end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Whether nothing but space precedes it on its line.
    pub first_on_line: bool,
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A name that is no keyword, dots included.
    Name,
    /// A keyword.
    Keyword(Keyword),
    /// An integer in any base, sign included.
    Int,
    /// A number with a fraction or an exponent.
    Double,
    /// A quoted text.
    Literal,
    /// Punctuation.
    Symbol(Symbol),
    /// Neither a number nor a name, which was reported: passes for either.
    Malformed,
    /// The end of the text.
    End,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs, reason = "each is its text")]
        pub enum $name { $($variant,)* }

        impl $name {
            /// As it is written.
            pub fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The one that is written so.
            pub fn from_text(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

words! {
    /// A reserved word. `senum` and `slist` are no keywords, as they are none for Apache's compiler: a field may
    /// have such a name, and the parser knows them by their place.
    Keyword {
        Async = "async",
        Binary = "binary",
        Bool = "bool",
        Byte = "byte",
        Const = "const",
        CppInclude = "cpp_include",
        CppType = "cpp_type",
        Double = "double",
        Enum = "enum",
        Exception = "exception",
        Extends = "extends",
        False = "false",
        I8 = "i8",
        I16 = "i16",
        I32 = "i32",
        I64 = "i64",
        Include = "include",
        List = "list",
        Map = "map",
        Namespace = "namespace",
        Oneway = "oneway",
        Optional = "optional",
        Required = "required",
        Service = "service",
        Set = "set",
        String = "string",
        Struct = "struct",
        Throws = "throws",
        True = "true",
        Typedef = "typedef",
        Union = "union",
        Uuid = "uuid",
        Void = "void",
        XsdAll = "xsd_all",
        XsdAttrs = "xsd_attrs",
        XsdNillable = "xsd_nillable",
        XsdOptional = "xsd_optional",
    }
}

words! {
    /// A punctuation mark. Those of fbthrift alone are here so that a message can name what they begin.
    Symbol {
        Ampersand = "&",
        At = "@",
        CloseAngle = ">",
        CloseBrace = "}",
        CloseBracket = "]",
        CloseParen = ")",
        Colon = ":",
        Comma = ",",
        Dash = "-",
        Equals = "=",
        OpenAngle = "<",
        OpenBrace = "{",
        OpenBracket = "[",
        OpenParen = "(",
        Semicolon = ";",
        Star = "*",
    }
}

impl Keyword {
    /// Whether it begins a definition.
    pub(crate) fn defines(self) -> bool {
        matches!(
            self,
            Self::Const | Self::Enum | Self::Exception | Self::Service | Self::Struct | Self::Typedef | Self::Union
        )
    }

    /// Whether it is a type or begins one.
    pub(crate) fn is_type(self) -> bool {
        matches!(
            self,
            Self::Binary
                | Self::Bool
                | Self::Byte
                | Self::Double
                | Self::I8
                | Self::I16
                | Self::I32
                | Self::I64
                | Self::List
                | Self::Map
                | Self::Set
                | Self::String
                | Self::Uuid
        )
    }

    /// Whether it begins a header line.
    pub(crate) fn heads(self) -> bool {
        matches!(self, Self::Include | Self::Namespace | Self::CppInclude)
    }

    /// Whether Apache's grammar lets a field have this name.
    pub(crate) fn may_name_a_field(self) -> bool {
        !matches!(
            self,
            Self::True
                | Self::False
                | Self::CppType
                | Self::XsdAll
                | Self::XsdAttrs
                | Self::XsdNillable
                | Self::XsdOptional
        )
    }
}
