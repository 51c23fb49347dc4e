//! Files of other languages, recognised by how they begin.

use super::lex::Lexed;
use super::token::{Keyword, Symbol, Token, TokenKind};

/// A language, and what to do with a file of it.
pub(crate) struct Language {
    pub(crate) name: &'static str,
    pub(crate) help: &'static str,
}

const PROTOBUF: Language = Language {
    name: "protobuf",
    help: "write it as thrift: a message is a `struct`, `string name = 1;` is `1: string name`, `repeated T` is \
           `list<T>`, `oneof` is a `union`, and `rpc Get (A) returns (B)` is `B Get(1: A request)`",
};
const GO: Language = Language {
    name: "Go",
    help: "write the types as thrift: `type T struct` is `struct T`, a field `Name string` is `1: string name`, `[]T` \
           is `list<T>`, `map[K]V` is `map<K, V>`, and an interface is a `service`",
};
const RUST: Language = Language {
    name: "Rust",
    help: "write the types as thrift: a field `name: String` is `1: string name`, `Vec<T>` is `list<T>`, `Option<T>` is \
           an `optional` field, and a trait is a `service`",
};
const JAVA: Language = Language {
    name: "Java",
    help: "write the types as thrift: a class is a `struct`, a field `String name;` is `1: string name`, `List<T>` is \
           `list<T>`, and an interface is a `service`",
};
const TYPESCRIPT: Language = Language {
    name: "TypeScript",
    help: "write the types as thrift: an interface of data is a `struct`, `name: string` is `1: string name`, `T[]` is \
           `list<T>`, and an interface of functions is a `service`",
};
const PYTHON: Language = Language {
    name: "Python",
    help: "write the types as thrift: a class is a `struct`, `name: str` is `1: string name`, and functions are the \
           methods of a `service`",
};
const GRAPHQL: Language = Language {
    name: "GraphQL",
    help: "write it as thrift: a type is a `struct`, `name: String` is `1: optional string name`, `[T]` is `list<T>`, and \
           the fields of `Query` and `Mutation` are the methods of a `service`",
};
const OPENAPI: Language = Language {
    name: "OpenAPI",
    help: "write it as thrift: a schema is a `struct`, its properties are fields with ids, and each operation is a method \
           of a `service`",
};
const JSON: Language = Language {
    name: "JSON",
    help: "volplane reads thrift: write a `struct` for each object, and a field with an id for each of its properties",
};
const MARKUP: Language =
    Language { name: "XML or HTML", help: "volplane reads thrift; check that the right file was saved" };

/// The language that a text is in, if it begins as no thrift does, and the number of tokens that say so. A text with
/// numbered fields is thrift all the same.
pub(crate) fn recognise(text: &str, lexed: &Lexed) -> Option<(&'static Language, usize)> {
    let head = Head { text, tokens: &lexed.tokens };
    // Nearly every file begins with a keyword, and is not looked at further.
    let found = match head.kind(0) {
        TokenKind::Name | TokenKind::Symbol(_) => head.language()?,
        _ => return None,
    };
    if head.has_numbered_fields() { None } else { Some(found) }
}

struct Head<'a> {
    text: &'a str,
    tokens: &'a [Token],
}

impl Head<'_> {
    fn kind(&self, at: usize) -> TokenKind {
        self.tokens.get(at).map_or(TokenKind::End, |token| token.kind)
    }

    fn word(&self, at: usize) -> &str {
        let token = self.tokens.get(at);
        token.and_then(|token| self.text.get(token.start as usize..token.end as usize)).unwrap_or_default()
    }

    fn is(&self, at: usize, symbol: Symbol) -> bool {
        self.kind(at) == TokenKind::Symbol(symbol)
    }

    fn name(&self, at: usize) -> bool {
        matches!(self.kind(at), TokenKind::Name)
    }

    fn begins_line(&self, at: usize) -> bool {
        self.tokens.get(at).is_none_or(|token| token.first_on_line)
    }

    fn language(&self) -> Option<(&'static Language, usize)> {
        let (first, second, third) = (self.word(0), self.word(1), self.word(2));
        let literal = |at: usize| self.kind(at) == TokenKind::Literal;
        Some(match first {
            "syntax" | "edition" if self.is(1, Symbol::Equals) && literal(2) => (&PROTOBUF, 3),
            "message" if self.name(1) && self.is(2, Symbol::OpenBrace) => (&PROTOBUF, 2),
            "package" if self.name(1) && self.is(2, Symbol::Semicolon) => {
                let java = matches!(self.word(3), "public" | "class" | "interface" | "final" | "abstract" | "@")
                    || (self.word(3) == "import" && !literal(4));
                if java { (&JAVA, 2) } else { (&PROTOBUF, 2) }
            }
            "package" if self.name(1) && self.begins_line(2) => (&GO, 2),
            "type" if self.name(1) && matches!(third, "struct" | "interface") => (&GO, 3),
            "func" if self.name(1) && self.is(2, Symbol::OpenParen) => (&GO, 2),
            "type" if self.name(1) && self.is(2, Symbol::OpenBrace) && self.is(4, Symbol::Colon) => (&GRAPHQL, 2),
            "schema" if self.is(1, Symbol::OpenBrace) => (&GRAPHQL, 1),
            "use" if self.is(2, Symbol::Colon) && self.is(3, Symbol::Colon) => (&RUST, 2),
            "pub" if matches!(second, "struct" | "enum" | "fn" | "mod" | "use" | "trait" | "const" | "type" | "(") => {
                (&RUST, 2)
            }
            "fn" | "impl" | "mod" | "trait" if self.name(1) => (&RUST, 2),
            "export" => (&TYPESCRIPT, 1),
            "interface" if self.name(1) && self.is(2, Symbol::OpenBrace) && self.is(4, Symbol::Colon) => {
                (&TYPESCRIPT, 2)
            }
            "import" if self.is(1, Symbol::OpenBrace) || third == "from" => (&TYPESCRIPT, 1),
            "public" | "private" | "abstract" if self.name(1) || second == "enum" => (&JAVA, 2),
            "import" if self.name(1) && self.is(2, Symbol::Semicolon) && second.contains('.') => (&JAVA, 2),
            "from" if self.name(1) && third == "import" => (&PYTHON, 3),
            "def" if self.name(1) && self.is(2, Symbol::OpenParen) => (&PYTHON, 2),
            "class" if self.name(1) && (self.is(2, Symbol::Colon) || self.is(2, Symbol::OpenParen)) => (&PYTHON, 2),
            "openapi" | "swagger" if self.is(1, Symbol::Colon) => (&OPENAPI, 1),
            "<" if !self.begins_line(1) => (&MARKUP, 2),
            "{" if literal(1) && self.is(2, Symbol::Colon) => {
                let openapi = matches!(second.trim_matches('"'), "openapi" | "swagger");
                (if openapi { &OPENAPI } else { &JSON }, 1)
            }
            "{" if self.is(1, Symbol::CloseBrace) && self.kind(2) == TokenKind::End => (&JSON, 2),
            "[" if self.is(1, Symbol::OpenBrace) => (&JSON, 1),
            _ => return None,
        })
    }

    /// Whether a field as only thrift writes occurs: `1: i32 a`.
    fn has_numbered_fields(&self) -> bool {
        let word = |token: &Token| match token.kind {
            TokenKind::Name => true,
            TokenKind::Keyword(keyword) => {
                keyword.is_type() || matches!(keyword, Keyword::Optional | Keyword::Required)
            }
            _ => false,
        };
        self.tokens.windows(4).any(|four| match four {
            [id, colon, ty, name] => {
                id.kind == TokenKind::Int
                    && colon.kind == TokenKind::Symbol(Symbol::Colon)
                    && word(ty)
                    && (word(name) || name.kind == TokenKind::Symbol(Symbol::OpenAngle))
            }
            _ => false,
        })
    }
}
