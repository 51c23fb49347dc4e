//! Names that a method's body uses and nothing defines: what is left of a parameter that is gone.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, ExprPath, FieldValue, ImplItemFn, Item, ItemImpl, Macro, Member, PatIdent, Stmt};

use super::scope::{Id, Scopes, plain};
use super::source::Source;

/// Functions of the prelude.
const PRELUDE: &[&str] = &["drop", "size_of", "size_of_val", "align_of", "align_of_val"];

/// Attributes that leave a method as it is written.
const PLAIN_ATTRIBUTES: &[&str] = &["doc", "allow", "expect", "warn", "deny", "inline", "must_use", "cold"];

/// The names, in the order of the text. None where a macro, an attribute or a glob may define what can't be seen.
pub(super) fn names(
    source: &Source<'_>,
    (scopes, scope): (&Scopes, Id),
    outer: &ItemImpl,
    item: &ImplItemFn,
    parameters: &BTreeSet<String>,
) -> Vec<String> {
    let is_plain = |attribute: &Attribute| {
        attribute.path().get_ident().is_some_and(|ident| PLAIN_ATTRIBUTES.iter().any(|name| ident == name))
    };
    let is_seen = scopes.chain(scope).all(|(_, scope)| scope.globs.is_empty() && !scope.hides_names);
    if !is_seen || !outer.attrs.iter().chain(&item.attrs).all(is_plain) {
        return Vec::new();
    }
    let mut finder = UndefinedNames { source, used: Vec::new(), defined: parameters.clone(), has_globs: false };
    finder.visit_block(&item.block);
    if finder.has_globs {
        return Vec::new();
    }
    let defined = finder.defined;
    let is_known = |name: &String| {
        defined.contains(name)
            || PRELUDE.contains(&name.as_str())
            || scopes.chain(scope).any(|(_, scope)| scope.names.contains_key(name))
    };
    let mut found: Vec<String> = Vec::new();
    for name in finder.used.into_iter().filter(|name| !is_known(name)) {
        if !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

struct UndefinedNames<'a, 's> {
    source: &'a Source<'s>,
    used: Vec<String>,
    /// Whatever is bound anywhere in the body, and every word in a macro.
    defined: BTreeSet<String>,
    has_globs: bool,
}

impl UndefinedNames<'_, '_> {
    fn is_used(&mut self, name: &str) {
        let name = plain(name);
        if name != "self" && name.starts_with(|c: char| c.is_lowercase() || c == '_') {
            self.used.push(name.to_owned());
        }
    }

    fn words(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.words(group.stream()),
                TokenTree::Ident(ident) => {
                    self.defined.insert(plain(&ident.to_string()).to_owned());
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for UndefinedNames<'_, '_> {
    fn visit_expr_path(&mut self, expr: &'ast ExprPath) {
        if let Some(ident) = expr.path.get_ident().filter(|_| expr.qself.is_none()) {
            self.is_used(&ident.to_string());
        }
        visit::visit_expr_path(self, expr);
    }

    fn visit_field_value(&mut self, field: &'ast FieldValue) {
        match &field.member {
            Member::Named(ident) if field.colon_token.is_none() => self.is_used(&ident.to_string()),
            _ => visit::visit_field_value(self, field),
        }
    }

    fn visit_pat_ident(&mut self, pat: &'ast PatIdent) {
        self.defined.insert(plain(&pat.ident.to_string()).to_owned());
        visit::visit_pat_ident(self, pat);
    }

    fn visit_stmt(&mut self, stmt: &'ast Stmt) {
        // A macro that stands as a statement may define a function or a constant of any name.
        self.has_globs |= matches!(stmt, Stmt::Macro(stmt) if !super::uses_of::is_known(&stmt.mac));
        visit::visit_stmt(self, stmt);
    }

    fn visit_item(&mut self, item: &'ast Item) {
        let text = self.source.node(item);
        self.has_globs |= text.contains('*') && matches!(item, Item::Use(_));
        self.words(text.parse().unwrap_or_default());
    }

    fn visit_macro(&mut self, mac: &'ast Macro) {
        self.words(mac.tokens.clone());
    }
}
