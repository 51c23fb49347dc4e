//! Misspelled keywords: each is reported by the keyword that was meant, and read as that one.

use super::{Parser, Reported};
use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::nearest::nearest;
use crate::span::Span;
use crate::syntax::token::{Keyword, Symbol, TokenKind};

const DEFINITIONS: &[Keyword] = &[
    Keyword::Const,
    Keyword::CppInclude,
    Keyword::Enum,
    Keyword::Exception,
    Keyword::Include,
    Keyword::Namespace,
    Keyword::Service,
    Keyword::Struct,
    Keyword::Typedef,
    Keyword::Union,
];

/// Words of other languages, and the keyword that says the same.
const FOREIGN: &[(&str, Keyword)] = &[
    ("class", Keyword::Struct),
    ("data", Keyword::Struct),
    ("message", Keyword::Struct),
    ("record", Keyword::Struct),
    ("type", Keyword::Typedef),
    ("alias", Keyword::Typedef),
    ("interface", Keyword::Service),
    ("protocol", Keyword::Service),
    ("error", Keyword::Exception),
    ("oneof", Keyword::Union),
    ("variant", Keyword::Union),
    ("import", Keyword::Include),
    ("require", Keyword::Include),
    ("using", Keyword::Include),
    ("let", Keyword::Const),
    ("final", Keyword::Const),
    ("static", Keyword::Const),
    ("nullable", Keyword::Optional),
    ("opt", Keyword::Optional),
    ("mandatory", Keyword::Required),
    ("req", Keyword::Required),
    ("implements", Keyword::Extends),
    ("inherits", Keyword::Extends),
    ("raise", Keyword::Throws),
    ("raises", Keyword::Throws),
    ("throw", Keyword::Throws),
];

fn meant(word: &str, keywords: &[Keyword]) -> Option<Keyword> {
    let foreign = FOREIGN.iter().find(|(foreign, _)| foreign.eq_ignore_ascii_case(word));
    if let Some((_, keyword)) = foreign {
        return Some(*keyword).filter(|keyword| keywords.contains(keyword));
    }
    Keyword::from_text(nearest(word, keywords.iter().map(|keyword| keyword.text()))?)
}

/// Whether a word that begins a line before a string was meant to be `include`.
pub(crate) fn is_include(word: &str) -> bool {
    word != "hs_include" && meant(word, DEFINITIONS) == Some(Keyword::Include)
}

impl Parser<'_> {
    /// Which of these keywords the word `ahead` was meant to be: nearly the same, or what another language calls it.
    pub(super) fn meant(&self, ahead: usize, keywords: &[Keyword]) -> Option<Keyword> {
        let token = self.token(ahead);
        if token.kind != TokenKind::Name {
            return None;
        }
        meant(self.text_of(self.span_of(token)), keywords)
    }

    /// The keyword of a definition or a header line that this word was meant to be, where only such a line can begin.
    pub(super) fn meant_definition(&self) -> Option<Keyword> {
        let next = self.token(1);
        let follows = if next.first_on_line { TokenKind::End } else { next.kind };
        self.meant(0, DEFINITIONS).filter(|keyword| match follows {
            TokenKind::Name | TokenKind::Malformed | TokenKind::Keyword(_) => true,
            TokenKind::Literal | TokenKind::Symbol(Symbol::OpenAngle) => !keyword.defines(),
            TokenKind::Symbol(Symbol::OpenBrace) => keyword.defines(),
            TokenKind::Symbol(Symbol::Star) => *keyword == Keyword::Namespace,
            _ => false,
        })
    }

    /// The same in the middle of a body, where what follows has to say that no member begins here.
    pub(super) fn hidden_definition(&self) -> Option<Keyword> {
        let first = self.token(0);
        if first.kind != TokenKind::Name || !first.first_on_line || self.token(1).first_on_line {
            return None;
        }
        let follows =
            |ahead: usize| if self.token(ahead).first_on_line { TokenKind::End } else { self.token(ahead).kind };
        let brace = TokenKind::Symbol(Symbol::OpenBrace);
        let word = |kind| matches!(kind, TokenKind::Name | TokenKind::Keyword(_));
        let candidates: &[Keyword] = match (self.token(1).kind, self.token(2).kind) {
            (TokenKind::Name, kind) if kind == brace => {
                &[Keyword::Enum, Keyword::Exception, Keyword::Service, Keyword::Struct, Keyword::Union]
            }
            (TokenKind::Name, TokenKind::Keyword(Keyword::Extends)) => &[Keyword::Service],
            (TokenKind::Literal, _) => &[Keyword::Include, Keyword::CppInclude],
            (one, _) if word(one) && word(follows(2)) => match follows(3) {
                TokenKind::Symbol(Symbol::Equals) => &[Keyword::Const],
                TokenKind::End => &[Keyword::Namespace, Keyword::Typedef],
                _ => return None,
            },
            _ => return None,
        };
        self.meant(0, candidates)
    }

    /// Reports that the word here was meant to be a keyword. It is still to be read.
    pub(super) fn misspelled(&mut self, keyword: Keyword) -> Reported {
        let span = self.span();
        self.misspelled_at(span, keyword)
    }

    pub(super) fn misspelled_at(&mut self, span: Span, keyword: Keyword) -> Reported {
        let (word, right) = (self.text_of(span), keyword.text());
        let help = if word.eq_ignore_ascii_case(right) {
            format!("keywords are lowercase: write `{right}`")
        } else if word == ":" || FOREIGN.iter().any(|(foreign, _)| foreign.eq_ignore_ascii_case(word)) {
            format!("write `{right}`")
        } else {
            format!("did you mean `{right}`?")
        };
        self.report(
            Diagnostic::at(Code::E027, span, format!("expected `{right}`, found `{word}`"), "")
                .help(help)
                .fix(span, right),
        )
    }

    /// Whether the word here precedes the type of a field, as `optional` does: a type and a name follow, and what
    /// can follow these.
    pub(super) fn before_type(&self) -> bool {
        let same_line = |ahead: usize| !self.token(ahead).first_on_line;
        let word = |ahead: usize| matches!(self.token(ahead).kind, TokenKind::Name | TokenKind::Keyword(_));
        // A field may be named `string`, but hardly after a type that is named nearly `optional`.
        let built_in = matches!(self.token(1).kind, TokenKind::Keyword(keyword) if keyword.is_type())
            && self.meant(0, &[Keyword::Optional, Keyword::Required]).is_some();
        let lowercase = self.text_of(self.span()).starts_with(|c: char| c.is_ascii_lowercase());
        let named = word(2) && same_line(2) && ((built_in && lowercase) || !word(3) || !same_line(3));
        let generic = self.token(2).kind == TokenKind::Symbol(Symbol::OpenAngle);
        // `optinal i64 (key = "value") name`
        let close = |ahead: &usize| self.token(*ahead).kind == TokenKind::Symbol(Symbol::CloseParen);
        let annotated = built_in
            && self.token(2).kind == TokenKind::Symbol(Symbol::OpenParen)
            && (3..40).find(close).is_some_and(|close| word(close + 1) && same_line(close + 1));
        self.kind() == TokenKind::Name && word(1) && same_line(1) && (named || generic || annotated)
    }

    /// Whether the word here precedes the result of a method, as `oneway` does.
    pub(super) fn before_result(&self) -> bool {
        let word = |ahead: usize| matches!(self.token(ahead).kind, TokenKind::Name | TokenKind::Keyword(_));
        let paren = self.token(3).kind == TokenKind::Symbol(Symbol::OpenParen);
        let generic = self.token(2).kind == TokenKind::Symbol(Symbol::OpenAngle);
        self.kind() == TokenKind::Name && word(1) && !self.token(1).first_on_line && (generic || (word(2) && paren))
    }

    /// A word before a type that means nothing there: reported and read.
    pub(super) fn needless_word(&mut self) {
        let span = self.span();
        let word = self.text_of(span);
        let end = self.token(1).start;
        let repeated = word == "repeated";
        let diagnostic = Diagnostic::at(Code::E028, span, format!("`{word}` is not allowed before a type"), "");
        self.report(if repeated {
            diagnostic.help("write a list, as in `list<string>`")
        } else {
            diagnostic.help("remove it").fix(Span { end, ..span }, "")
        });
        self.bump();
    }
}
