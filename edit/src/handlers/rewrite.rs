//! Brings a signature up to the IDL: what changed there is changed here, and how its owner writes the rest stays.

use std::collections::BTreeSet;
use std::ops::Range;

use syn::ImplItemFn;

use super::align::align;
use super::body::Body;
use super::differ::HandlerDifference;
use super::event::{Change, Doubt, EventKind};
use super::form::{Form, Output, Parameter};
use super::list::{self, Slot};
use super::names::{Around, Names};
use super::scope::{Id, plain};
use super::source::Source;
use super::splice::Splices;
use super::types::{Accuracy, Comparison, Kind, Token, comments, tokens};
use super::uses_of::Uses;
use super::{Argument, Method};
use crate::rust::unused;

/// One method of the user's, and what the IDL says of it.
pub(super) struct Rewrite<'a, 's> {
    pub(super) source: &'a Source<'s>,
    pub(super) item: &'a ImplItemFn,
    pub(super) form: &'a Form<'s>,
    pub(super) scope: Id,
    pub(super) around: &'a Around,
    /// As it was at the last update of the file, if that is known.
    pub(super) before: Option<&'a Method>,
    pub(super) after: &'a Method,
    /// The IDL has not changed: only what is certainly wrong is changed.
    pub(super) is_settled: bool,
    /// Where a method that only forwards passes its parameters on, and what stands before them.
    pub(super) passed: Option<(Range<usize>, &'static str)>,
}

impl Rewrite<'_, '_> {
    /// Whether the signature is certainly not what the IDL says now, as in an old version of the file.
    pub(super) fn is_stale(&self, names: &Names<'_>) -> bool {
        let arguments = &self.after.arguments;
        let parameters = &self.form.parameters;
        let output = || match &self.form.output {
            Output::At(at) => self.differs(names, at, &self.after.output),
            Output::Nowhere => true,
            Output::Unknown => false,
        };
        parameters.len() != arguments.len()
            || parameters.iter().zip(arguments).any(|(user, argument)| self.differs(names, &user.ty, &argument.ty))
            || output()
    }

    /// Whether a type of the user's is certainly another one.
    fn differs(&self, names: &Names<'_>, users: &Range<usize>, full: &str) -> bool {
        HandlerDifference { names, scope: self.scope, around: self.around }
            .is_certain(self.source.slice(users.clone()), full)
    }

    /// Whether a type of the user's is this one.
    fn is(&self, names: &Names<'_>, users: &Range<usize>, full: &str, accuracy: Accuracy) -> bool {
        let is_alike = || comparison(names, self.scope).is(self.source.slice(users.clone()), full, accuracy);
        (self.is_settled || is_alike()) && !self.differs(names, users, full)
    }

    /// Makes the changes, and says what they are, and which parameters the method has from now on.
    pub(super) fn run(
        &self,
        body: &Body,
        names: &mut Names<'_>,
        splices: &mut Splices,
    ) -> (Vec<EventKind>, BTreeSet<String>) {
        let mut plan = Plan::default();
        let slots = self.slots(body, names, &mut plan);
        let output = self.output(names, &mut plan);
        let mut parameters = BTreeSet::new();
        for slot in &slots {
            match slot {
                Slot::Kept(number, _) => {
                    parameters.extend(self.form.parameters.get(*number).into_iter().flat_map(Parameter::words));
                }
                Slot::New(text) => parameters.extend(text.split_once(':').map(|(name, _)| plain(name).to_owned())),
            }
        }
        if plan.changes.is_empty() && plan.renames.is_empty() {
            return (plan.events, parameters);
        }
        list::change(self.source, self.form, &slots, &output, splices);
        if let Some((place, before)) = &self.passed {
            let text = self.names(&slots, &plan).join(", ");
            let text = if text.is_empty() { text } else { format!("{before}{text}") };
            splices.replace(place.clone(), text);
            // What it forwards to has changed in the same way.
            (plan.uses, plan.gone, plan.retyped) = (Vec::new(), Vec::new(), Vec::new());
            let mut events = plan.events(body);
            for event in &mut events {
                if let EventKind::Rewritten { doubts, .. } = event {
                    doubts.clear();
                }
            }
            return (events, parameters);
        }
        for (range, text) in std::mem::take(&mut plan.uses) {
            splices.replace(range, text);
        }
        (plan.events(body), parameters)
    }

    /// The parameters' names from now on.
    fn names(&self, slots: &[Slot], plan: &Plan) -> Vec<String> {
        let name = |slot: &Slot| match slot {
            Slot::New(text) => text.split_once(':').map(|(name, _)| name.to_owned()),
            Slot::Kept(number, _) => self.form.parameters.get(*number).map(|user| {
                let renamed = plan.renames.iter().find(|(from, _)| from == user.label());
                renamed.map_or(user.label(), |(_, to)| to).to_owned()
            }),
        };
        slots.iter().filter_map(name).collect()
    }

    /// The parameters from now on.
    fn slots(&self, body: &Body, names: &mut Names<'_>, plan: &mut Plan) -> Vec<Slot> {
        let users = &self.form.parameters;
        let after = &self.after.arguments;
        let known = self.before.filter(|before| before.arguments.len() == users.len());
        let is_done = self.before.is_none_or(|before| before.arguments.len() != users.len() || self.follows(after));
        if is_done && users.len() == after.len() && (known.is_none() || self.fits(names, after)) {
            // What was remembered does not help, or the user was faster: only wrong types are changed.
            let slots = after.iter().enumerate().map(|(number, argument)| {
                let accuracy = if self.before.is_some() { Accuracy::Imports } else { Accuracy::Names };
                self.kept(number, None, argument, accuracy, (body, names), plan)
            });
            return slots.collect();
        }
        let sources = match known {
            Some(before) => align(&before.arguments, after),
            None => self.by_name_or_type(names),
        };
        for (number, user) in users.iter().enumerate().filter(|(number, _)| !sources.contains(&Some(*number))) {
            let name =
                known.and_then(|before| before.arguments.get(number)).map_or(user.label(), |argument| &argument.ident);
            plan.changes.push(Change::ParameterRemoved(plain(name).to_owned()));
            plan.gone.push(user.label().to_owned());
        }
        let order: Vec<usize> = sources.iter().copied().flatten().collect();
        if !order.is_sorted() {
            plan.changes.push(Change::Order);
        }
        let taken: Vec<&str> = users.iter().map(Parameter::label).collect();
        let new = after.iter().zip(&sources).filter(|(_, source)| source.is_none());
        let new = new.map(|(argument, _)| argument.ident.as_str());
        let is_free = |name: &str| !taken.contains(&name);
        let mut new_names = if self.passed.is_some() && new.clone().all(is_free) {
            new.map(str::to_owned).collect::<Vec<_>>().into_iter()
        } else {
            unused(new, &taken).into_iter()
        };
        let slots = after.iter().zip(&sources).map(|(argument, source)| match source {
            Some(number) => {
                let before = known.and_then(|before| before.arguments.get(*number));
                self.kept(*number, before, argument, Accuracy::Imports, (body, names), plan)
            }
            None => {
                plan.changes.push(Change::ParameterAdded(plain(&argument.ident).to_owned()));
                let ty = names.write_type(self.scope, &argument.ty, self.around);
                Slot::New(format!("{}: {ty}", new_names.next().unwrap_or_default()))
            }
        });
        slots.collect()
    }

    /// A parameter that stays, with its new name and type.
    fn kept(
        &self,
        number: usize,
        before: Option<&Argument>,
        after: &Argument,
        accuracy: Accuracy,
        (body, names): (&Body, &mut Names<'_>),
        plan: &mut Plan,
    ) -> Slot {
        let Some(user) = self.form.parameters.get(number) else {
            return Slot::Kept(number, Vec::new());
        };
        let mut edits = Vec::new();
        if let Some(before) = before.filter(|before| before.ident != after.ident) {
            edits.extend(self.renamed(user, before, after, body, plan));
        }
        let is_as_before = before.is_some_and(|before| before.ty == after.ty);
        let is_other = if is_as_before {
            self.differs(names, &user.ty, &after.ty)
        } else {
            !self.is(names, &user.ty, &after.ty, accuracy)
        };
        if is_other {
            plan.changes.push(Change::ParameterType(plain(&after.ident).to_owned()));
            plan.retyped.push((user.label().to_owned(), user.name.is_none()));
            edits.extend(self.retyped(user.ty.clone(), before.map(|before| before.ty.as_str()), &after.ty, names));
        }
        Slot::Kept(number, edits)
    }

    /// The new name, unless the user has given another: underscores stay.
    fn renamed(
        &self,
        user: &Parameter<'_>,
        before: &Argument,
        after: &Argument,
        body: &Body,
        plan: &mut Plan,
    ) -> Option<(Range<usize>, String)> {
        let (name, range) = user.name.as_ref()?;
        let ident = plain(&before.ident);
        let underscores = plain(name).strip_suffix(ident)?;
        if !underscores.chars().all(|c| c == '_') {
            return None;
        }
        let new =
            if underscores.is_empty() { after.ident.clone() } else { format!("{underscores}{}", plain(&after.ident)) };
        if new == *name || self.form.parameters.iter().any(|other| other.label() == new) {
            return None;
        }
        let uses = Uses::of(self.source, self.item, name);
        if uses.is_uncertain || (!uses.places.is_empty() && body.mentions(&new)) {
            let (name, idl) = (name.clone(), plain(&after.ident).to_owned());
            plan.events.push(EventKind::ParameterKept { name, idl });
            return None;
        }
        let text = |is_short: bool| if is_short { format!("{name}: {new}") } else { new.clone() };
        plan.uses.extend(uses.places.into_iter().map(|(range, is_short)| (range, text(is_short))));
        plan.renames.push((name.clone(), new.clone()));
        Some((range.clone(), new))
    }

    /// A new type: only those names in it that changed, if the user wrote it as it was.
    fn retyped(
        &self,
        at: Range<usize>,
        before: Option<&str>,
        after: &str,
        names: &mut Names<'_>,
    ) -> Vec<(Range<usize>, String)> {
        let users = tokens(self.source.slice(at.clone()));
        let old = before.map(tokens).unwrap_or_default();
        let new = tokens(after);
        // A name that stays the same in the IDL may mean something else in the file by now.
        let is_kept = |users: &Token, new: &Token| {
            let users = at.start + users.range.start..at.start + users.range.end;
            !self.differs(names, &users, after.get(new.range.clone()).unwrap_or_default())
        };
        let is_alike = old.len() == new.len()
            && comparison(names, self.scope).matches(&users, &old, Accuracy::Names)
            && old.iter().zip(&new).all(|(old, new)| match (&old.what, &new.what) {
                (Kind::Path(_), Kind::Path(_)) => true,
                (old, new) => old == new,
            })
            && users.iter().zip(&old).zip(&new).all(|((users, old), new)| old.what != new.what || is_kept(users, new));
        if !is_alike {
            let mut ty = names.write_type(self.scope, after, self.around);
            for comment in comments(self.source.slice(at.clone())) {
                // A comment that ends with its line must not take what follows.
                let end = if comment.contains("//") { self.source.newline } else { "" };
                ty.push_str(&format!(" {comment}{end}"));
            }
            return vec![(at, ty)];
        }
        let triples = users.iter().zip(&old).zip(&new).filter(|((_, old), new)| old.what != new.what);
        let edits = triples.map(|((user, _), new)| {
            let path = after.get(new.range.clone()).unwrap_or_default();
            let text = names.write_type(self.scope, path, self.around);
            (at.start + user.range.start..at.start + user.range.end, text)
        });
        edits.collect()
    }

    /// The answer's type from now on.
    fn output(&self, names: &mut Names<'_>, plan: &mut Plan) -> Vec<(Range<usize>, String)> {
        let after = &self.after.output;
        let is_as_before = self.before.is_some_and(|before| before.output == *after);
        let accuracy = if self.before.is_some() { Accuracy::Imports } else { Accuracy::Names };
        match &self.form.output {
            Output::At(at) => {
                let is_other =
                    if is_as_before { self.differs(names, at, after) } else { !self.is(names, at, after, accuracy) };
                if !is_other {
                    return Vec::new();
                }
                plan.changes.push(Change::Output);
                self.retyped(at.clone(), self.before.map(|before| before.output.as_str()), after, names)
            }
            Output::Nowhere => {
                plan.changes.push(Change::Output);
                let at = self.form.inside.end + 1;
                vec![(at..at, names.write_type(self.scope, after, self.around))]
            }
            Output::Unknown if is_as_before || self.before.is_none() => Vec::new(),
            Output::Unknown => {
                plan.events.push(EventKind::NotRewritten { output: Names::preview(after) });
                Vec::new()
            }
        }
    }

    /// For each argument the parameter of its name, or else the next one of its type.
    fn by_name_or_type(&self, names: &Names<'_>) -> Vec<Option<usize>> {
        let users = &self.form.parameters;
        let after = &self.after.arguments;
        let mut sources: Vec<Option<usize>> =
            after.iter().map(|argument| users.iter().position(|user| user.is_named(&argument.ident))).collect();
        let mut next = 0;
        for index in 0..sources.len() {
            let (Some(source), Some(argument)) = (sources.get(index).copied(), after.get(index)) else { continue };
            if let Some(number) = source {
                next = number + 1;
                continue;
            }
            let end =
                sources.iter().skip(index).flatten().copied().find(|number| *number >= next).unwrap_or(users.len());
            let is_free = |number: &usize| !sources.contains(&Some(*number));
            let fits = |number: &usize| {
                users.get(*number).is_some_and(|user| {
                    comparison(names, self.scope).is(self.source.slice(user.ty.clone()), &argument.ty, Accuracy::Names)
                })
            };
            let found = (next..end).filter(is_free).find(fits);
            if let Some((number, slot)) = found.zip(sources.get_mut(index)) {
                *slot = Some(number);
                next = number + 1;
            }
        }
        sources
    }

    /// Whether the user's parameters have these names already.
    fn follows(&self, arguments: &[Argument]) -> bool {
        let users = &self.form.parameters;
        users.len() == arguments.len() && users.iter().zip(arguments).all(|(user, one)| user.is_named(&one.ident))
    }

    /// Whether they have these types already.
    fn fits(&self, names: &Names<'_>, arguments: &[Argument]) -> bool {
        self.form.parameters.iter().zip(arguments).all(|(user, argument)| {
            let users = self.source.slice(user.ty.clone());
            comparison(names, self.scope).is(users, &argument.ty, Accuracy::Imports)
        })
    }
}

/// What is going to change.
#[derive(Default)]
struct Plan {
    changes: Vec<Change>,
    renames: Vec<(String, String)>,
    /// The user's names of parameters that go.
    gone: Vec<String>,
    /// The user's names of parameters whose types change, and whether they are patterns.
    retyped: Vec<(String, bool)>,
    /// Changes in the body: the uses of renamed parameters.
    uses: Vec<(Range<usize>, String)>,
    events: Vec<EventKind>,
}

impl Plan {
    fn events(self, body: &Body) -> Vec<EventKind> {
        let mut events = self.events;
        let is_used = |name: &str| !body.is_stub && body.mentions(name);
        for (from, to) in self.renames {
            events.push(EventKind::ParameterRenamed { from, to });
        }
        if self.changes.is_empty() {
            return events;
        }
        let mut doubts: Vec<Doubt> = self.gone.into_iter().filter(|name| is_used(name)).map(Doubt::StillUses).collect();
        let retyped = self.retyped.into_iter();
        let retyped = retyped.filter(|(name, is_pattern)| !body.is_stub && (*is_pattern || is_used(name)));
        doubts.extend(retyped.map(|(name, _)| Doubt::OtherType(name)));
        if self.changes.contains(&Change::Output) && !body.is_stub {
            doubts.push(Doubt::Output);
        }
        events.push(EventKind::Rewritten { changes: self.changes, doubts });
        events
    }
}

fn comparison<'n>(names: &'n Names<'_>, scope: Id) -> Comparison<'n> {
    Comparison { scopes: &names.scopes, scope }
}
