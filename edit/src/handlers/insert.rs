//! Adds methods at the end of an `impl`.

use syn::ItemImpl;
use syn::spanned::Spanned;

use super::source::Source;
use super::splice::{Place, Splices};
use crate::rust::{Layout, doc_lines, signature};

/// A method that is to be added.
pub(super) struct New {
    /// `echo2`
    pub(super) ident: String,
    pub(super) doc: Option<String>,
    /// Those behind `&self`: `_req: Request`.
    pub(super) parameters: Vec<String>,
    pub(super) output: String,
    /// An expression.
    pub(super) body: String,
}

/// Adds them, to an `impl` of which nothing is left if it `is_emptied`; says where each begins.
pub(super) fn append(
    source: &Source<'_>,
    item: &ItemImpl,
    is_emptied: bool,
    new: &[New],
    splices: &mut Splices,
) -> Vec<Place> {
    if new.is_empty() {
        return Vec::new();
    }
    let newline = source.newline;
    let braces = item.brace_token.span;
    let open = braces.open().byte_range().end + source.base;
    let close = braces.close().byte_range().start + source.base;
    let outer = source.indent(source.range(&item.impl_token).start);
    let indent = indent(source, item).unwrap_or_else(|| format!("{outer}{}", source.step));
    let layout = Layout { indent: &indent, step: source.step, newline };

    let content = source.slice(open..close);
    let is_empty = is_emptied || content.trim().is_empty();
    let begin = open + content.trim_end().len();
    let blanks = source.slice(begin..close);
    let mut text = if is_empty { newline.to_owned() } else { format!("{newline}{newline}") };
    let mut offsets = Vec::new();
    for (index, method) in new.iter().enumerate() {
        if index > 0 {
            text.push_str(newline);
        }
        let (before, rest) = method_text(method, &layout);
        text.push_str(&before);
        offsets.push(text.len());
        text.push_str(&rest);
    }
    let is_open_line = !blanks.contains('\n');
    let end = if is_open_line { close } else { begin };
    if is_open_line {
        text.push_str(outer);
    } else {
        // The line break before the brace is there.
        text.truncate(text.len() - newline.len());
    }
    let number = splices.replace(begin..end, text);
    offsets.into_iter().map(|offset| Place::New(number, offset)).collect()
}

/// A method's doc comment, and the rest of it.
fn method_text(method: &New, layout: &Layout<'_>) -> (String, String) {
    let Layout { indent, step, newline } = layout;
    let doc = doc_lines(method.doc.as_deref());
    let doc = doc.iter().map(|line| {
        let line = line.replace('\r', " ");
        format!("{indent}///{}{line}{newline}", if line.is_empty() { "" } else { " " })
    });
    let parameters: Vec<String> =
        std::iter::once("&self".to_owned()).chain(method.parameters.iter().cloned()).collect();
    let head = signature(&format!("async fn {}", method.ident), &parameters, &method.output, layout);
    let body = method.body.lines().collect::<Vec<_>>().join(newline);
    let rest = format!("{indent}{head} {{{newline}{indent}{step}{body}{newline}{indent}}}{newline}");
    (doc.collect(), rest)
}

/// How far the items of an `impl` stand from the edge.
fn indent(source: &Source<'_>, item: &ItemImpl) -> Option<String> {
    let mut starts = item.items.iter().map(|item| item.span().byte_range().start + source.base);
    starts.rfind(|start| source.begins_line(*start)).map(|start| source.indent(start).to_owned())
}
