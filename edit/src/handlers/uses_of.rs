//! Where a method's body uses one of its parameters, by Rust's own scopes.

use std::ops::Range;

use proc_macro2::Ident;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, ExprLit, ExprPath, FieldValue, ImplItemFn, Item, Lit, Macro, Member, PatIdent, Token};

use super::body::{formats, mentions};
use super::scope::plain;
use super::source::Source;

/// Macros of the standard library whose arguments are expressions.
const MACROS: &[&str] = &[
    "assert",
    "assert_eq",
    "assert_ne",
    "dbg",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "eprint",
    "eprintln",
    "format",
    "panic",
    "print",
    "println",
    "todo",
    "unimplemented",
    "unreachable",
    "vec",
    "write",
    "writeln",
];

/// The uses of a name.
#[derive(Debug, Default)]
pub(super) struct Uses {
    /// Each as (place, whether it is the short form of a field: `Request { name }`).
    pub(super) places: Vec<(Range<usize>, bool)>,
    /// There may be others, or some of these may mean something else: the name is bound again, or a macro has it.
    pub(super) is_uncertain: bool,
}

impl Uses {
    /// Those of a method.
    pub(super) fn of(source: &Source<'_>, item: &ImplItemFn, name: &str) -> Self {
        let mut finder = UseFinder { source, name: plain(name), uses: Uses::default() };
        item.attrs.iter().for_each(|attribute| finder.visit_attribute(attribute));
        finder.visit_block(&item.block);
        finder.uses
    }
}

struct UseFinder<'a, 's> {
    source: &'a Source<'s>,
    name: &'a str,
    uses: Uses,
}

impl UseFinder<'_, '_> {
    fn is(&self, ident: &Ident) -> bool {
        plain(&ident.to_string()) == self.name
    }
}

impl<'ast> Visit<'ast> for UseFinder<'_, '_> {
    fn visit_expr_path(&mut self, expr: &'ast ExprPath) {
        if expr.qself.is_none() && expr.path.get_ident().is_some_and(|ident| self.is(ident)) {
            self.uses.places.push((self.source.range(&expr.path), false));
        }
        visit::visit_expr_path(self, expr);
    }

    fn visit_field_value(&mut self, field: &'ast FieldValue) {
        if field.colon_token.is_none() {
            if let Member::Named(ident) = &field.member
                && self.is(ident)
            {
                self.uses.places.push((self.source.range(ident), true));
            }
            return;
        }
        visit::visit_field_value(self, field);
    }

    fn visit_pat_ident(&mut self, pat: &'ast PatIdent) {
        self.uses.is_uncertain |= self.is(&pat.ident);
        visit::visit_pat_ident(self, pat);
    }

    /// What an item says of the name is about something else; one that has the name hides the parameter.
    fn visit_item(&mut self, item: &'ast Item) {
        self.uses.is_uncertain |= mentions(self.source.node(item).parse().ok(), self.name);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if !attribute.path().is_ident("doc") {
            self.uses.is_uncertain |= mentions(self.source.node(attribute).parse().ok(), self.name);
        }
    }

    fn visit_macro(&mut self, mac: &'ast Macro) {
        let arguments = || mac.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated).ok();
        match arguments().filter(|_| is_known(mac)) {
            Some(arguments) => {
                for argument in &arguments {
                    match argument {
                        // `name = value` gives a value a name of the format string's.
                        Expr::Assign(named) => {
                            self.uses.is_uncertain |= matches!(&*named.left, Expr::Path(left) if left.path.get_ident().is_some_and(|ident| self.is(ident)));
                            self.visit_expr(&named.right);
                        }
                        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
                            self.uses.is_uncertain |= formats(&text.token().to_string(), self.name);
                        }
                        argument => self.visit_expr(argument),
                    }
                }
            }
            None => self.uses.is_uncertain |= mentions(Some(mac.tokens.clone()), self.name),
        }
    }
}

/// Whether a macro is one of the standard library's that takes expressions.
pub(super) fn is_known(mac: &Macro) -> bool {
    mac.path.segments.last().is_some_and(|last| MACROS.iter().any(|name| last.ident == name))
}
