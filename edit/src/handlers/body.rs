//! What a method's body says, as far as a change of its signature concerns it.

use std::str::FromStr;

use proc_macro2::{TokenStream, TokenTree};
use syn::{Block, Expr, ExprCall, ImplItemFn, Macro, Stmt};

use super::scope::plain;
use super::source::Source;

/// A body.
pub(super) struct Body {
    /// It is not implemented yet.
    pub(super) is_stub: bool,
    tokens: TokenStream,
}

impl Body {
    /// Reads a method's body; `inline` is a stub that is an expression of its own.
    pub(super) fn of(source: &Source<'_>, item: &ImplItemFn, inline: Option<&str>) -> Self {
        let text = source.node(&item.block);
        let tokens = TokenStream::from_str(text).unwrap_or_default();
        let is_inline = || inline.is_some_and(|inline| same_tokens(tokens.clone(), inline));
        Body { is_stub: is_stub(&item.block) || is_inline(), tokens }
    }

    /// Whether it mentions a name: as a value, in a macro, or in a format string.
    pub(super) fn mentions(&self, name: &str) -> bool {
        mentions(Some(self.tokens.clone()), plain(name))
    }
}

fn is_stub(block: &Block) -> bool {
    let [stmt] = block.stmts.as_slice() else { return false };
    match stmt {
        Stmt::Macro(stmt) => is_todo(&stmt.mac),
        Stmt::Expr(Expr::Macro(expr), _) => is_todo(&expr.mac),
        Stmt::Expr(Expr::Call(call), None) if calls(call, "Err") => {
            matches!(call.args.first(), Some(Expr::Call(inner)) if calls(inner, "not_implemented"))
        }
        _ => false,
    }
}

fn is_todo(mac: &Macro) -> bool {
    mac.path.segments.last().is_some_and(|last| last.ident == "todo" || last.ident == "unimplemented")
}

pub(super) fn calls(call: &ExprCall, name: &str) -> bool {
    matches!(&*call.func, Expr::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == name))
}

/// Whether the tokens of a block are those of an expression.
pub(super) fn same_tokens(block: TokenStream, expression: &str) -> bool {
    let inner = match block.into_iter().next() {
        Some(TokenTree::Group(group)) => group.stream().to_string(),
        _ => return false,
    };
    TokenStream::from_str(expression).is_ok_and(|tokens| tokens.to_string() == inner)
}

/// Whether tokens mention a name: as a value, in a macro, or in a format string. What can't be read may mention all.
pub(super) fn mentions(tokens: Option<TokenStream>, name: &str) -> bool {
    let Some(tokens) = tokens else { return true };
    let mut open = vec![tokens.into_iter()];
    // The two signs before a token: a name behind `.` is a field and one behind `::` an item, but one behind `..` is not.
    let mut signs = [' '; 2];
    while let Some(top) = open.last_mut() {
        let sign = match top.next() {
            Some(TokenTree::Group(group)) => {
                open.push(group.stream().into_iter());
                ' '
            }
            Some(TokenTree::Ident(ident)) => {
                let is_part = matches!(signs, [':', ':']) || (signs[1] == '.' && signs[0] != '.');
                if !is_part && plain(&ident.to_string()) == name {
                    return true;
                }
                ' '
            }
            Some(TokenTree::Literal(literal)) => {
                if formats(&literal.to_string(), name) {
                    return true;
                }
                ' '
            }
            Some(TokenTree::Punct(punct)) => punct.as_char(),
            None => {
                open.pop();
                ' '
            }
        };
        signs = [signs[1], sign];
    }
    false
}

/// Whether a literal would be formatted with this name: `"{name:?}"`.
pub(super) fn formats(literal: &str, name: &str) -> bool {
    literal
        .split('{')
        .skip(1)
        .any(|part| part.strip_prefix(name).is_some_and(|rest| rest.starts_with('}') || rest.starts_with(':')))
}
