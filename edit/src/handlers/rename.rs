//! Tells renamed methods from those that came and those that went.

use super::Method;
use super::form::Form;
use super::scope::{Id, Scopes};
use super::source::Source;
use super::types::{Accuracy, Comparison};

/// A method that the IDL has no more.
pub(super) struct Gone<'a, 's> {
    pub(super) idl_name: String,
    pub(super) form: Form<'s>,
    /// As it was, if that is known.
    pub(super) before: Option<&'a Method>,
}

/// Pairs of a gone method, by its index, and a new one: of those that take and answer the same, there is one of each.
pub(super) fn likely<'m>(
    source: &Source<'_>,
    scopes: &Scopes,
    scope: Id,
    gone: &[Gone<'_, '_>],
    new: &[&'m Method],
) -> Vec<(usize, &'m Method)> {
    let fits = |gone: &Gone<'_, '_>, new: &Method| match gone.before {
        Some(before) => types(before).eq(types(new)) && before.output == new.output,
        None => is_written(source, &Comparison { scopes, scope }, &gone.form, new),
    };
    let mut out = Vec::new();
    for (index, one) in gone.iter().enumerate() {
        let mut fitting = new.iter().filter(|method| fits(one, method));
        let (Some(method), None) = (fitting.next(), fitting.next()) else { continue };
        if gone.iter().filter(|other| fits(other, method)).count() == 1 {
            out.push((index, *method));
        }
    }
    out
}

fn types(method: &Method) -> impl Iterator<Item = &str> {
    method.arguments.iter().map(|argument| argument.ty.as_str())
}

fn is_written(source: &Source<'_>, comparison: &Comparison<'_>, form: &Form<'_>, method: &Method) -> bool {
    let super::form::Output::At(output) = &form.output else { return false };
    form.parameters.len() == method.arguments.len()
        && comparison.is(source.slice(output.clone()), &method.output, Accuracy::Names)
        && form.parameters.iter().zip(&method.arguments).all(|(parameter, argument)| {
            comparison.is(source.slice(parameter.ty.clone()), &argument.ty, Accuracy::Names)
        })
}
