//! Goes through the `impl`s of services, and through their methods.

use std::collections::{BTreeMap, BTreeSet};

use syn::ImplItemFn;

use super::body::Body;
use super::event::{Doubt, Event, EventKind};
use super::find::{self, FoundImpl};
use super::form::{Form, Parameter};
use super::forward::{self, Forward};
use super::insert::{self, New};
use super::memory;
use super::names::{Around, Names};
use super::rename::{self, Gone};
use super::rewrite::Rewrite;
use super::scope::{Scopes, plain};
use super::source::Source;
use super::splice::{Place, Splices};
use super::{Implementation, Method, Outcome, Request, Service, Stub, Trait, prune, undefined};
use crate::rust::unused;

/// Brings everything that was found up to date.
pub(super) fn update(
    source: &Source<'_>,
    scopes: Scopes,
    found: &[FoundImpl<'_, '_>],
    request: &Request<'_>,
) -> Outcome {
    let names = Names::new(source, scopes, request);
    let mut update =
        Update { source, request, names, splices: Splices::default(), events: Vec::new(), implementations: Vec::new() };
    for one in found {
        let this = one.implementation(source);
        let is_this = |skip: &Implementation| (&skip.trait_path, &skip.self_ty) == (&this.trait_path, &this.self_ty);
        if !request.skip.iter().any(is_this) {
            update.implementation(one, &this.self_ty);
        }
        update.implementations.push(this);
    }
    update.finish()
}

/// A method, as it was and as it is.
type Present<'f, 'a> = (&'f ImplItemFn, Option<&'a Method>, &'a Method);

struct Update<'s, 'r> {
    source: &'s Source<'s>,
    request: &'r Request<'r>,
    names: Names<'s>,
    splices: Splices,
    events: Vec<(Place, Event)>,
    implementations: Vec<Implementation>,
}

impl<'s> Update<'s, '_> {
    fn implementation(&mut self, found: &FoundImpl<'_, '_>, self_ty: &str) {
        let service = &found.service;
        let report = |place: Place, method: &str, what: EventKind| {
            let (service, method, handler) = (service.after.idl_name.clone(), method.to_owned(), self_ty.to_owned());
            (place, Event { line: 0, service, method, handler, what })
        };
        if let Some(from) = service.before.map(Trait::path).filter(|from| found.is_by(from)) {
            let place = Place::Old(self.source.range(&found.item.impl_token).start);
            self.events.push(report(place, "", EventKind::TraitMoved { from, to: service.after.path() }));
        }
        let moved = service.before.and_then(|before| memory::moved(before, service.after));
        let remembered = moved.as_ref().or(service.before);
        let (new, present) = self.work(found, remembered);
        let mut around = Around { parameters: found.parameters(), habits: BTreeMap::new() };
        let mut changed = Vec::new();
        for (item, before, after) in present {
            let form = Form::of(self.source, item);
            // Without a record, the user may have written everything differently.
            let is_settled = before.map_or(self.request.generated.is_some(), |before| before.has_signature_of(after));
            let around = &around;
            let (source, scope) = (self.source, found.scope);
            let rewrite =
                Rewrite { source, item, form: &form, scope, around, before: None, after, is_settled, passed: None };
            let needs_change = !is_settled || rewrite.is_stale(&self.names);
            if !needs_change {
                let parameters = form.parameters.iter().flat_map(Parameter::words).collect();
                let undefined = self.undefined(found, item, &parameters);
                let place = Place::Old(form.range.start);
                self.events.extend(undefined.map(|what| report(place, &after.idl_name, what)));
            } else {
                changed.push((item, form, before.filter(|_| !is_settled), after, is_settled));
            }
        }
        if !new.is_empty() || !changed.is_empty() {
            around.habits = memory::habits(self.source, &self.names.scopes, found);
        }
        for (item, form, before, after, is_settled) in changed {
            let body = Body::of(self.source, item, self.inline(service, after).as_deref());
            let (source, scope) = (self.source, found.scope);
            // Without a type parameter it may forward to something else that has a method of this name.
            let passed = forward::passed(self.source, item).filter(|_| !around.parameters.is_empty());
            let forwards = passed.is_some();
            let rewrite =
                Rewrite { source, item, form: &form, scope, around: &around, before, after, is_settled, passed };
            let (whats, parameters) = rewrite.run(&body, &mut self.names, &mut self.splices);
            let undefined: Vec<EventKind> =
                if forwards { Vec::new() } else { self.undefined(found, item, &parameters).collect() };
            let is_told = |name: &str| {
                undefined.iter().any(|what| matches!(what, EventKind::Undefined { name: other } if other == name))
            };
            let whats = whats.into_iter().map(|what| without_doubts(what, is_told)).chain(undefined.iter().cloned());
            let place = Place::Old(form.range.start);
            self.events.extend(whats.map(|what| report(place, &after.idl_name, what)));
        }
        let removed = self.removed(found, remembered);
        for item in &removed {
            let what = EventKind::Removed;
            let ident = item.sig.ident.to_string();
            let name = remembered.and_then(|before| before.method(&ident)).map_or(plain(&ident), |one| &one.idl_name);
            self.events.push(report(Place::Old(self.source.range(found.item).start), name, what));
        }
        let is_emptied = prune::remove(self.source, found.item, &removed, &mut self.splices);
        let gone = self.gone(found, remembered, &removed);
        for (index, method) in rename::likely(self.source, &self.names.scopes, found.scope, &gone, &new) {
            if let Some(gone) = gone.get(index) {
                let what = EventKind::LikelyRename { new: method.idl_name.clone() };
                self.events.push(report(Place::Old(gone.form.range.start), &gone.idl_name, what));
            }
        }
        for gone in &gone {
            let what = if self.request.prune { EventKind::Pruned } else { EventKind::Gone };
            self.events.push(report(Place::Old(gone.form.range.start), &gone.idl_name, what));
        }
        let forward = if new.is_empty() { None } else { Forward::of(self.source, found) };
        let stub = |method: &&Method| self.stub(found, &around, method, forward.as_ref());
        let texts: Vec<New> = new.iter().map(stub).collect();
        let places = insert::append(self.source, found.item, is_emptied, &texts, &mut self.splices);
        let added = new.iter().zip(places).map(|(method, place)| report(place, &method.idl_name, EventKind::Added));
        self.events.extend(added);
    }

    /// Names in a body that nothing defines.
    fn undefined(
        &self,
        found: &FoundImpl<'_, '_>,
        item: &ImplItemFn,
        parameters: &BTreeSet<String>,
    ) -> impl Iterator<Item = EventKind> + use<> {
        let names = undefined::names(self.source, (&self.names.scopes, found.scope), found.item, item, parameters);
        names.into_iter().map(|name| EventKind::Undefined { name })
    }

    /// The methods that are missing, and those that are there: with what is remembered of them.
    fn work<'f, 'a>(
        &self,
        found: &FoundImpl<'f, 'a>,
        remembered: Option<&'a Trait>,
    ) -> (Vec<&'a Method>, Vec<Present<'f, 'a>>) {
        let mut new = Vec::new();
        let mut present = Vec::new();
        for method in &found.service.after.methods {
            let before = remembered.and_then(|before| before.method(&method.ident));
            let mut items = found.methods(&method.ident).peekable();
            if items.peek().is_none() {
                if !found.may_expand_to(&method.ident) {
                    new.push(method);
                }
            } else {
                present.extend(items.map(|item| (item, before, method)));
            }
        }
        (new, present)
    }

    /// The methods that the IDL no longer has and that are as volplane wrote them.
    fn removed<'f>(&self, found: &FoundImpl<'f, '_>, remembered: Option<&Trait>) -> Vec<&'f ImplItemFn> {
        let Some(remembered) = remembered else { return Vec::new() };
        let is_untouched = |item: &&ImplItemFn| {
            let ident = item.sig.ident.to_string();
            let Some(before) = remembered.method(&ident).filter(|_| found.service.after.method(&ident).is_none())
            else {
                return false;
            };
            prune::is_untouched(self.source, item, before, &full_name(&found.service, before), self.request.stub)
        };
        find::methods(found.item).filter(is_untouched).collect()
    }

    /// The other methods that the IDL no longer has; with `prune` they are commented out.
    fn gone<'a>(
        &mut self,
        found: &FoundImpl<'_, '_>,
        remembered: Option<&'a Trait>,
        removed: &[&ImplItemFn],
    ) -> Vec<Gone<'a, 's>> {
        let service = &found.service;
        let mut gone = Vec::new();
        for item in find::methods(found.item) {
            let ident = item.sig.ident.to_string();
            if service.after.method(&ident).is_some() || removed.iter().any(|other| std::ptr::eq(*other, item)) {
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

    fn stub(&mut self, found: &FoundImpl<'_, '_>, around: &Around, method: &Method, forward: Option<&Forward>) -> New {
        let idents = method.arguments.iter().map(|argument| argument.ident.as_str());
        let names = if forward.is_some() { idents.map(str::to_owned).collect() } else { unused(idents, &[]) };
        let forwarded = forward.map(|forward| forward.body(&method.ident, &names));
        let parameters = names
            .into_iter()
            .zip(&method.arguments)
            .map(|(name, argument)| format!("{name}: {}", self.names.write_type(found.scope, &argument.ty, around)));
        let parameters = parameters.collect();
        let output = self.names.write_type(found.scope, &method.output, around);
        let body = forwarded.or_else(|| self.inline(&found.service, method)).unwrap_or_else(|| {
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

    fn finish(mut self) -> Outcome {
        self.names.splices(&mut self.splices);
        let places: Vec<Place> = self.events.iter().map(|(place, _)| *place).collect();
        let (text, lines) = self.splices.apply(self.source.text, &places);
        let events = self.events.into_iter().zip(lines).map(|((_, event), line)| Event { line, ..event });
        let mut events: Vec<Event> = events.collect();
        events.sort_by_key(|event| event.line);
        Outcome { text, events, implementations: self.implementations }
    }
}

/// The same without doubts that are known to be more than that.
fn without_doubts(what: EventKind, is_told: impl Fn(&str) -> bool) -> EventKind {
    let EventKind::Rewritten { changes, mut doubts } = what else { return what };
    doubts.retain(|doubt| !matches!(doubt, Doubt::StillUses(name) if is_told(name)));
    EventKind::Rewritten { changes, doubts }
}

fn full_name(service: &Service<'_>, method: &Method) -> String {
    format!("{}.{}", service.after.idl_name, method.idl_name)
}
