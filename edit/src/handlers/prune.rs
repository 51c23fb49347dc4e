//! Removes or comments out what the IDL no longer has.

use std::ops::Range;

use syn::{Expr, FnArg, ImplItemFn, ItemImpl, Lit, Meta, Pat};

use super::body::{calls, same_tokens};
use super::source::Source;
use super::splice::Splices;
use super::{Method, Stub};
use crate::rust::unused;

/// Whether a method is as volplane wrote it: its comment, its parameters' names and its body.
pub(super) fn is_untouched(source: &Source<'_>, item: &ImplItemFn, before: &Method, name: &str, stub: &Stub) -> bool {
    let range = source.range(item);
    let stands_alone =
        source.begins_line(range.start) && source.slice(range.end..source.line_end(range.end)).trim().is_empty();
    let idents = before.arguments.iter().map(|argument| argument.ident.as_str());
    let expected = unused(idents, &[]);
    let parameters = item.sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(match &*typed.pat {
            Pat::Ident(pat) if pat.mutability.is_none() => pat.ident.to_string(),
            _ => String::new(),
        }),
        FnArg::Receiver(_) => None,
    });
    let text = source.node(&item.block);
    let body = || match stub {
        Stub::NotImplemented => is_not_implemented(item, name),
        Stub::Inline(body) => same_tokens(text.parse().unwrap_or_default(), &body.replace("{method}", name)),
    };
    stands_alone
        && doc(item).is_some_and(|doc| doc == before.doc.as_deref().map(super::written_doc).unwrap_or_default())
        && parameters.eq(expected)
        && !has_comments(source, item)
        && body()
}

/// Whether the body is `Err(not_implemented("Echo.echo"))`.
fn is_not_implemented(item: &ImplItemFn, name: &str) -> bool {
    let [syn::Stmt::Expr(Expr::Call(call), None)] = item.block.stmts.as_slice() else { return false };
    let Some(Expr::Call(inner)) = call.args.first().filter(|_| calls(call, "Err")) else { return false };
    let text = match inner.args.first() {
        Some(Expr::Lit(literal)) if calls(inner, "not_implemented") => &literal.lit,
        _ => return false,
    };
    // What is remembered of a method is its name in Rust.
    let squashed = |name: &str| name.replace('_', "").to_lowercase();
    matches!(text, Lit::Str(text) if squashed(&text.value()) == squashed(name))
}

/// The lines of a method's comment; `None` if it has other attributes.
fn doc(item: &ImplItemFn) -> Option<Vec<String>> {
    let line = |attribute: &syn::Attribute| match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    };
    item.attrs.iter().map(line).collect()
}

/// Whether a comment stands in a method, that of its own aside.
fn has_comments(source: &Source<'_>, item: &ImplItemFn) -> bool {
    let range = source.range(&item.sig).start..source.range(item).end;
    // Text in a literal is taken for a comment, too: a stub has none with slashes.
    let text = source.slice(range);
    text.contains("//") || text.contains("/*")
}

/// Removes methods, each with the blank lines before it; whether nothing is left in the `impl`.
pub(super) fn remove(source: &Source<'_>, item: &ItemImpl, gone: &[&ImplItemFn], splices: &mut Splices) -> bool {
    let braces = item.brace_token.span;
    let open = braces.open().byte_range().end + source.base;
    let close = braces.close().byte_range().start + source.base;
    let mut runs: Vec<Range<usize>> = Vec::new();
    for range in gone.iter().map(|item| source.range(*item)) {
        match runs.last_mut().filter(|last| source.slice(last.end..range.start).trim().is_empty()) {
            Some(last) => last.end = range.end,
            None => runs.push(range),
        }
    }
    let mut is_emptied = false;
    for run in runs {
        let before = source.slice(open..run.start);
        let after = source.slice(run.end..close);
        let blanks = after.len() - after.trim_start().len();
        if !before.trim().is_empty() {
            splices.replace(open + before.trim_end().len()..run.end, "");
        } else if !after.trim().is_empty() {
            splices.replace(source.line_start(run.start)..source.line_start(run.end + blanks), "");
        } else {
            is_emptied = true;
            splices.replace(open..run.end, "");
        }
    }
    is_emptied
}

/// Puts two slashes before every line of a method, under a line that says why. Nothing is lost: without the first
/// slashes of each line the method is back.
pub(super) fn comment_out(source: &Source<'_>, range: Range<usize>, idl_name: &str, splices: &mut Splices) {
    let newline = source.newline;
    let indent = if source.begins_line(range.start) { source.indent(range.start) } else { "" };
    let mut text = String::new();
    if !source.begins_line(range.start) {
        text.push_str(newline);
    }
    let marker = format!("// volplane: {idl_name} is gone from the IDL; it was:");
    // The blanks before the first line are there.
    text.push_str(&marker);
    let mut ending = newline;
    for (index, line) in source.slice(range.clone()).split_inclusive('\n').enumerate() {
        text.push_str(ending);
        let bare = line.strip_suffix('\n').unwrap_or(line);
        let bare = bare.strip_suffix('\r').unwrap_or(bare);
        ending = line.get(bare.len()..).unwrap_or_default();
        match bare.strip_prefix(indent) {
            Some(rest) if index > 0 => push(&mut text, indent, rest),
            _ if index > 0 && !bare.is_empty() => push(&mut text, "", bare),
            _ => push(&mut text, indent, bare),
        }
    }
    if !source.ends_line(range.end) {
        text.push_str(newline);
        text.push_str(indent);
    }
    splices.replace(range, text);
}

fn push(text: &mut String, indent: &str, line: &str) {
    text.push_str(indent);
    text.push_str("//");
    if !line.is_empty() {
        text.push(' ');
        text.push_str(line);
    }
}
