//! What is known of a handler from before: its service's types, and how its methods write them.

use std::collections::BTreeMap;

use super::find::FoundImpl;
use super::form::{Form, Output};
use super::scope::{Scopes, leads_out, segments};
use super::source::Source;
use super::types::{Kind, tokens};
use super::{Argument, Method, Trait};
use crate::rust::{in_prelude, map_paths};

/// A trait as it was, but with the types of the module that it lies in now; `None` if it was there already.
pub(super) fn moved(before: &Trait, after: &Trait) -> Option<Trait> {
    if before.module == after.module {
        return None;
    }
    let ty = |ty: &str| {
        map_paths(ty, |path| match path.rsplit_once("::") {
            Some((module, name)) if module == before.module => format!("{}::{name}", after.module),
            _ => path.to_owned(),
        })
    };
    let argument = |one: &Argument| Argument { ty: ty(&one.ty), ..one.clone() };
    let methods = before.methods.iter().map(|method| Method {
        arguments: method.arguments.iter().map(argument).collect(),
        output: ty(&method.output),
        ..method.clone()
    });
    Some(Trait { methods: methods.collect(), ..before.clone() })
}

/// How the methods of an `impl` write paths that come from somewhere out of sight.
pub(super) fn habits(source: &Source<'_>, scopes: &Scopes, found: &FoundImpl<'_, '_>) -> BTreeMap<Vec<String>, String> {
    let mut habits = BTreeMap::new();
    for method in &found.service.before.unwrap_or(found.service.after).methods {
        for item in found.methods(&method.ident) {
            let form = Form::of(source, item);
            if form.parameters.len() != method.arguments.len() {
                continue;
            }
            let parameters = form.parameters.iter().map(|parameter| parameter.ty.clone());
            let parameters = parameters.zip(method.arguments.iter().map(|argument| argument.ty.as_str()));
            let output = match &form.output {
                Output::At(output) => Some((output.clone(), method.output.as_str())),
                Output::Nowhere | Output::Unknown => None,
            };
            for (users, full) in parameters.chain(output) {
                learn(scopes, found, source.slice(users), full, &mut habits);
            }
        }
    }
    habits
}

fn learn(
    scopes: &Scopes,
    found: &FoundImpl<'_, '_>,
    users: &str,
    full: &str,
    habits: &mut BTreeMap<Vec<String>, String>,
) {
    let (user_tokens, full_tokens) = (tokens(users), tokens(full));
    if user_tokens.len() != full_tokens.len() {
        return;
    }
    for (user, expected) in user_tokens.iter().zip(&full_tokens) {
        let (Kind::Path(user_path), Kind::Path(path)) = (&user.what, &expected.what) else { continue };
        let written = full.get(expected.range.clone()).unwrap_or_default();
        let is_in_sight = scopes.certain(found.scope, user_path).is_some_and(|path| !leads_out(&path));
        if path.len() > 1 && user_path.last() == path.last() && !is_in_sight && in_prelude(written).is_none() {
            let text = users.get(user.range.clone()).unwrap_or_default();
            habits.entry(segments(written)).or_insert_with(|| text.to_owned());
        }
    }
}
