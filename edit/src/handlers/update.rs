//! Goes through the `impl`s of services, and through their methods.

use std::collections::BTreeSet;

use super::body::Body;
use super::event::{Event, What};
use super::find::{self, Found};
use super::form::{Form, Output};
use super::insert::{self, New};
use super::names::{Around, Names};
use super::rename::{self, Gone};
use super::rewrite::Rewrite;
use super::scope::{Scopes, leads_out, plain, segments};
use super::source::Source;
use super::splice::{Place, Splices};
use super::types::{Kind, tokens};
use super::{Argument, Method, Outcome, Request, Service, Stub, Trait, prune};
use crate::rust::{in_prelude, map_paths, unused};

/// Brings everything that was found up to date.
pub(super) fn update(source: &Source<'_>, scopes: Scopes, found: &[Found<'_, '_>], request: &Request<'_>) -> Outcome {
    let names = Names::new(source, scopes, known(request.services));
    let mut update = Update { source, request, names, splices: Splices::default(), events: Vec::new() };
    for one in found {
        let path = one.service.after.path();
        let self_ty = one.self_ty(source);
        if !request.skip.iter().any(|skip| skip.trait_path == path && skip.self_ty == self_ty) {
            update.implementation(one, &self_ty);
        }
    }
    update.finish()
}

struct Update<'s, 'r> {
    source: &'s Source<'s>,
    request: &'r Request<'r>,
    names: Names<'s>,
    splices: Splices,
    events: Vec<(Place, Event)>,
}

impl<'s> Update<'s, '_> {
    fn implementation(&mut self, found: &Found<'_, '_>, self_ty: &str) {
        let service = &found.service;
        let around = Around { parameters: found.parameters(), habits: self.habits(found) };
        let report = |place: Place, method: &str, what: What| {
            Event {
                line: 0,
                service: service.after.idl_name.clone(),
                method: method.to_owned(),
                handler: self_ty.to_owned(),
                what,
            }
            .at(place)
        };
        let mut events = Vec::new();
        if let Some(from) = service.before.map(Trait::path).filter(|from| found.is_by(from)) {
            let what = What::TraitMoved { from, to: service.after.path() };
            events.push(report(Place::Old(self.source.range(&found.item.impl_token).start), "", what));
        }
        let moved = service.before.and_then(|before| moved(before, service.after));
        let remembered = moved.as_ref().or(service.before);
        let mut new = Vec::new();
        for method in &service.after.methods {
            let mut is_there = false;
            for item in found.methods(&method.ident) {
                is_there = true;
                let form = Form::of(self.source, item);
                let inline = self.inline(service, method);
                let body = Body::of(self.source, item, inline.as_deref());
                let before = remembered.and_then(|before| before.method(&method.ident));
                let place = Place::Old(form.range.start);
                let rewrite = Rewrite {
                    source: self.source,
                    form: &form,
                    scope: found.scope,
                    around: &around,
                    before,
                    after: method,
                };
                let whats = rewrite.run(&body, &mut self.names, &mut self.splices);
                events.extend(whats.into_iter().map(|what| report(place, &method.idl_name, what)));
            }
            if !is_there && !found.may_expand_to(&method.ident) {
                new.push(method);
            }
        }
        let gone = self.gone(found, remembered);
        for (index, method) in rename::likely(self.source, &self.names.scopes, found.scope, &gone, &new) {
            if let Some(gone) = gone.get(index) {
                let what = What::LikelyRename { new: method.idl_name.clone() };
                events.push(report(Place::Old(gone.form.range.start), &gone.idl_name, what));
            }
        }
        for gone in &gone {
            let what = if self.request.prune { What::Pruned } else { What::Gone };
            events.push(report(Place::Old(gone.form.range.start), &gone.idl_name, what));
        }
        let texts: Vec<New> = new.iter().map(|method| self.stub(found, &around, method)).collect();
        let places = insert::append(self.source, found.item, &texts, &mut self.splices);
        for (method, place) in new.iter().zip(places) {
            events.push(report(place, &method.idl_name, What::Added));
        }
        self.events.append(&mut events);
    }

    /// The methods that the IDL has no more; with `prune` they are commented out.
    fn gone<'a>(&mut self, found: &Found<'_, '_>, remembered: Option<&'a Trait>) -> Vec<Gone<'a, 's>> {
        let service = &found.service;
        let mut gone = Vec::new();
        for item in find::methods(found.item) {
            let ident = item.sig.ident.to_string();
            if service.after.method(&ident).is_some() {
                continue;
            }
            let before = remembered.and_then(|before| before.method(&ident));
            let idl_name = before.map_or_else(|| plain(&ident).to_owned(), |before| before.idl_name.clone());
            if self.request.prune {
                prune::comment_out(self.source, self.source.range(item), &idl_name, &mut self.splices);
            }
            gone.push(Gone { idl_name, form: Form::of(self.source, item), before });
        }
        gone
    }

    fn stub(&mut self, found: &Found<'_, '_>, around: &Around, method: &Method) -> New {
        let names = unused(method.arguments.iter().map(|argument| argument.ident.as_str()), &[]);
        let parameters = names
            .into_iter()
            .zip(&method.arguments)
            .map(|(name, argument)| format!("{name}: {}", self.names.write_type(found.scope, &argument.ty, around)));
        let parameters = parameters.collect();
        let output = self.names.write_type(found.scope, &method.output, around);
        let body = self.inline(&found.service, method).unwrap_or_else(|| {
            let function = self.names.write(found.scope, "crate::not_implemented", around);
            format!("Err({function}({:?}))", full_name(&found.service, method))
        });
        New { ident: method.ident.clone(), doc: method.doc.clone(), parameters, output, body }
    }

    /// The body of a stub that needs no function.
    fn inline(&self, service: &Service<'_>, method: &Method) -> Option<String> {
        match self.request.stub {
            Stub::NotImplemented => None,
            Stub::Inline(body) => Some(body.replace("{method}", &full_name(service, method))),
        }
    }

    /// How the methods of an `impl` write paths that come from somewhere out of sight.
    fn habits(&self, found: &Found<'_, '_>) -> std::collections::BTreeMap<Vec<String>, String> {
        let mut habits = std::collections::BTreeMap::new();
        let remembered = found.service.before.unwrap_or(found.service.after);
        for method in &remembered.methods {
            for item in found.methods(&method.ident) {
                let form = Form::of(self.source, item);
                if form.parameters.len() != method.arguments.len() {
                    continue;
                }
                let parameters = form.parameters.iter().map(|parameter| parameter.ty.clone());
                let parameters = parameters.zip(method.arguments.iter().map(|argument| argument.ty.as_str()));
                let output = match &form.output {
                    Output::At(output) => Some((output.clone(), method.output.as_str())),
                    _ => None,
                };
                for (users, full) in parameters.chain(output) {
                    self.learn(found, self.source.slice(users), full, &mut habits);
                }
            }
        }
        habits
    }

    fn learn(
        &self,
        found: &Found<'_, '_>,
        users: &str,
        full: &str,
        habits: &mut std::collections::BTreeMap<Vec<String>, String>,
    ) {
        let (user_tokens, full_tokens) = (tokens(users), tokens(full));
        if user_tokens.len() != full_tokens.len() {
            return;
        }
        for (user, expected) in user_tokens.iter().zip(&full_tokens) {
            let (Kind::Path(user_path), Kind::Path(path)) = (&user.what, &expected.what) else { continue };
            let written = full.get(expected.range.clone()).unwrap_or_default();
            let is_in_sight = self.names.scopes.certain(found.scope, user_path).is_some_and(|path| !leads_out(&path));
            if path.len() > 1 && user_path.last() == path.last() && !is_in_sight && in_prelude(written).is_none() {
                let text = users.get(user.range.clone()).unwrap_or_default();
                habits.entry(segments(written)).or_insert_with(|| text.to_owned());
            }
        }
    }

    fn finish(mut self) -> Outcome {
        self.names.splices(&mut self.splices);
        let places: Vec<Place> = self.events.iter().map(|(place, _)| *place).collect();
        let (text, lines) = self.splices.apply(self.source.text, &places);
        let events = self.events.into_iter().zip(lines).map(|((_, event), line)| Event { line, ..event });
        let mut events: Vec<Event> = events.collect();
        events.sort_by_key(|event| event.line);
        Outcome { text, events }
    }
}

impl Event {
    fn at(self, place: Place) -> (Place, Self) {
        (place, self)
    }
}

/// Every path that the services use, and their traits.
fn known(services: &[Service<'_>]) -> BTreeSet<Vec<String>> {
    let mut known = BTreeSet::new();
    for one in services.iter().flat_map(Service::traits) {
        known.insert(segments(&one.path()));
        for method in &one.methods {
            let types = method.arguments.iter().map(|argument| &argument.ty).chain([&method.output]);
            for token in types.flat_map(|ty| tokens(ty)) {
                if let Kind::Path(mut path) = token.what {
                    path.retain(|segment| !segment.is_empty());
                    known.insert(path);
                }
            }
        }
    }
    known
}

/// A trait as it was, but with the types of the module that it lies in now; `None` if it was there already.
fn moved(before: &Trait, after: &Trait) -> Option<Trait> {
    if before.module == after.module {
        return None;
    }
    let ty = |ty: &str| {
        map_paths(ty, |path| match path.rsplit_once("::") {
            Some((module, name)) if module == before.module => format!("{}::{name}", after.module),
            _ => path.to_owned(),
        })
    };
    let argument = |one: &Argument| Argument { ident: one.ident.clone(), ty: ty(&one.ty) };
    let methods = before.methods.iter().map(|method| Method {
        arguments: method.arguments.iter().map(argument).collect(),
        output: ty(&method.output),
        ..method.clone()
    });
    Some(Trait { methods: methods.collect(), ..before.clone() })
}

fn full_name(service: &Service<'_>, method: &Method) -> String {
    format!("{}.{}", service.after.idl_name, method.idl_name)
}
