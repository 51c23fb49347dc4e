//! Header lines: `include`, `cpp_include`, `namespace` and its old forms.

use super::{Parsed, Parser};
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::span::{Name, Span};
use crate::syntax::token::{Keyword, Symbol, TokenKind};
use crate::syntax::tree::NamespaceNode;

const SCOPE: &str = "the language of the namespace, or `*`";

/// Words that once began a line of their own, and the scope that they mean.
const OLD_FORMS: &[(&str, &str)] = &[
    ("cocoa_prefix", "cocoa"),
    ("cpp_namespace", "cpp"),
    ("csharp_namespace", "csharp"),
    ("delphi_namespace", "delphi"),
    ("java_package", "java"),
    ("perl_package", "perl"),
    ("php_namespace", "php"),
    ("py_module", "py"),
    ("ruby_namespace", "rb"),
    ("smalltalk_category", "smalltalk.category"),
    ("smalltalk_prefix", "smalltalk.prefix"),
    ("xsd_namespace", "xsd"),
];

impl Parser<'_> {
    pub(super) fn header(&mut self, keyword: Keyword) -> Parsed<()> {
        let start = self.span();
        self.bump();
        match keyword {
            Keyword::Namespace => self.namespace(start)?,
            Keyword::CppInclude => {
                let path = self.literal("the path of a C++ header in quotes")?;
                self.tree.cpp_includes.push(path);
            }
            _ => {
                let path = self.include_path(start)?;
                self.tree.includes.push(path);
                self.dialect_include_alias();
            }
        }
        if !self.tree.definitions.is_empty() {
            let span = self.since(start);
            self.report(
                Diagnostic::at(Code::W004, span, "a header line follows a definition", "")
                    .help("move it to the top of the file: Apache's compiler refuses it here"),
            );
        }
        self.eat_header_separator();
        Ok(())
    }

    /// The scope of an outdated keyword.
    pub(super) fn old_scope(word: &str) -> Option<&'static str> {
        OLD_FORMS.iter().find(|(old, _)| *old == word).map(|(_, scope)| *scope)
    }

    /// `php_namespace x`, with the word still to be read.
    pub(super) fn old_namespace(&mut self, scope: &str) -> Parsed<()> {
        let start = self.span();
        let word = self.text_of(start);
        self.bump();
        let name = match self.kind() {
            TokenKind::Literal => {
                let literal = self.literal("a name")?;
                Name { text: literal.text, span: literal.span }
            }
            _ => self.namespace_name()?,
        };
        let mut warning = Diagnostic::at(Code::W005, start, format!("`{word}` is outdated"), "")
            .help(format!("write `namespace {scope} {name}`"));
        if is_dotted_name(&name.text) {
            warning = warning.fix(start, format!("namespace {scope}"));
            if self.text_of(name.span) != name.text {
                warning = warning.fix(name.span, name.text.as_str());
            }
        }
        self.report(warning);
        let span = self.since(start);
        self.tree.namespaces.push(NamespaceNode {
            scope: Name { text: scope.to_owned(), span: start },
            name,
            annotations: Vec::new(),
            span,
        });
        self.eat_header_separator();
        Ok(())
    }

    fn namespace(&mut self, start: Span) -> Parsed<()> {
        let scope = match self.eat(Symbol::Star) {
            Some(span) => Name { text: "*".to_owned(), span },
            None if self.line_begins_definition() => return Err(self.expected(SCOPE)),
            None => self.dotted_name(SCOPE)?,
        };
        if self.kind() == TokenKind::Literal {
            let span = self.span();
            let text = self.text_of(span).trim_matches(['"', '\'']).to_owned();
            self.report(
                Diagnostic::at(Code::E025, span, "a namespace in quotes is fbthrift's", "expected a name")
                    .help(format!("write `namespace {scope} {text}`"))
                    .fix_with(span, is_dotted_name(&text).then_some(text.as_str())),
            );
            self.bump();
            return Ok(());
        }
        let name = self.namespace_name()?;
        let behind = self.span();
        let annotations = self.annotations()?;
        if scope.text == "*" && !annotations.is_empty() {
            self.report(
                Diagnostic::at(Code::W004, behind, "annotations follow the namespace of `*`", "")
                    .help("annotate the namespace of a language: Apache's compiler refuses them here"),
            );
        }
        self.note_hyphens(&name, start);
        let span = self.since(start);
        self.tree.namespaces.push(NamespaceNode { scope, name, annotations, span });
        Ok(())
    }

    fn note_hyphens(&mut self, name: &Name, start: Span) {
        if name.text.contains('-') {
            let span = Span { start: name.span.start, end: name.span.end, ..start };
            self.report(
                Diagnostic::at(Code::W004, span, format!("the namespace `{name}` has a hyphen"), "")
                    .help("use `_` or `.`: Apache's compiler refuses hyphens"),
            );
        }
    }

    /// A dotted name that may have hyphens; keywords and numbers are fine between dots.
    fn namespace_name(&mut self) -> Parsed<Name> {
        let start = self.span();
        let word = matches!(self.kind(), TokenKind::Name | TokenKind::Malformed | TokenKind::Keyword(_));
        if !word || self.at_definition() || self.line_begins_definition() {
            return Err(self.expected("the name of the namespace"));
        }
        let mut end = self.bump().end;
        let glued = |kind: TokenKind| {
            matches!(kind, TokenKind::Name | TokenKind::Keyword(_) | TokenKind::Int | TokenKind::Symbol(Symbol::Dash))
        };
        while self.token(0).start == end && glued(self.kind()) {
            end = self.bump().end;
        }
        let span = Span { end, ..start };
        Ok(Name { text: self.text_of(span).to_owned(), span })
    }

    /// People end header lines with `;`, which Apache's grammar doesn't have.
    fn eat_header_separator(&mut self) {
        let span = self.span();
        if self.eat_separator() {
            let mark = self.text_of(span);
            self.report(
                Diagnostic::at(Code::W004, span, format!("a `{mark}` follows a header line"), "not needed")
                    .help("remove it: Apache's compiler refuses it here")
                    .fix(span, ""),
            );
        }
    }
}

/// Whether a text is a valid name of a namespace.
fn is_dotted_name(text: &str) -> bool {
    let part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    text.split('.').all(part)
}
