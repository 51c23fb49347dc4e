//! Changes a method's parameters and its answer's type, and nothing around them.

use std::ops::Range;

use super::form::{Form, Output};
use super::source::Source;
use super::splice::Splices;
use crate::rust::{Layout, signature};

/// A parameter of the new signature.
pub(super) enum Slot {
    /// One that was there, by its number without `&self`, with these changes.
    Kept(usize, Vec<(Range<usize>, String)>),
    /// A new one.
    New(String),
}

/// Makes the changes.
pub(super) fn change(
    source: &Source<'_>,
    form: &Form<'_>,
    slots: &[Slot],
    output: &[(Range<usize>, String)],
    splices: &mut Splices,
) {
    let list = List { source, form };
    let layout = Layout { indent: source.indent(form.range.start), step: source.step, newline: source.newline };
    let old: Vec<String> = form.elements.iter().map(|(range, _)| source.slice(range.clone()).to_owned()).collect();
    let returned = |edits: &[(Range<usize>, String)]| match (&form.output, &form.returned) {
        (Output::Nowhere, _) => edits.first().map(|(_, ty)| ty.clone()).unwrap_or_default(),
        (_, Some(range)) => list.edited(range.clone(), edits),
        (_, None) => String::new(),
    };
    if source.slice(form.range.clone()) == signature(form.head, &old, &returned(&[]), &layout) {
        // It was as rustfmt has it, and so it stays.
        let new = signature(form.head, &list.elements(slots), &returned(output), &layout);
        splices.replace(form.range.clone(), new);
        return;
    }
    if list.is_in_order(slots) {
        list.splice(slots, splices);
    } else {
        list.rewrite(slots, &layout, splices);
    }
    for (range, text) in output {
        let arrow = if matches!(form.output, Output::Nowhere) { " -> " } else { "" };
        splices.replace(range.clone(), format!("{arrow}{text}"));
    }
}

struct List<'a, 's> {
    source: &'a Source<'s>,
    form: &'a Form<'s>,
}

impl List<'_, '_> {
    /// The number of the elements before the first parameter: of `&self`.
    fn receivers(&self) -> usize {
        self.form.elements.len() - self.form.parameters.len()
    }

    /// A piece of the file with changes in it.
    fn edited(&self, range: Range<usize>, edits: &[(Range<usize>, String)]) -> String {
        let mut splices = Splices::default();
        for (at, text) in edits {
            splices.replace(at.start.saturating_sub(range.start)..at.end.saturating_sub(range.start), text.as_str());
        }
        splices.apply(self.source.slice(range), &[]).0
    }

    /// All elements of the new list.
    fn elements(&self, slots: &[Slot]) -> Vec<String> {
        let receivers = self.form.elements.iter().take(self.receivers());
        let receivers = receivers.map(|(range, _)| self.source.slice(range.clone()).to_owned());
        let slots = slots.iter().map(|slot| match slot {
            Slot::Kept(number, edits) => match self.element(*number) {
                Some((range, _)) => self.edited(range.clone(), edits),
                None => String::new(),
            },
            Slot::New(text) => text.clone(),
        });
        receivers.chain(slots).collect()
    }

    fn element(&self, parameter: usize) -> Option<&(Range<usize>, Option<Range<usize>>)> {
        self.form.parameters.get(parameter).and_then(|parameter| self.form.elements.get(parameter.element))
    }

    fn is_in_order(&self, slots: &[Slot]) -> bool {
        let kept: Vec<usize> =
            slots.iter().filter_map(|slot| if let Slot::Kept(n, _) = slot { Some(*n) } else { None }).collect();
        let has_new = slots.iter().any(|slot| matches!(slot, Slot::New(_)));
        // Where something goes and something comes at one place, commas get mixed up.
        let removes = kept.len() < self.form.parameters.len();
        kept.is_sorted_by(|a, b| a < b) && !(has_new && removes)
    }

    /// Changes one parameter after the other.
    fn splice(&self, slots: &[Slot], splices: &mut Splices) {
        let mut last = self.receivers().checked_sub(1);
        let mut pending: Vec<&str> = Vec::new();
        for slot in slots {
            match slot {
                Slot::New(text) => pending.push(text),
                Slot::Kept(number, edits) => {
                    if let Some((range, _)) = self.element(*number) {
                        self.insert_before(range.start, &pending, splices);
                    }
                    pending.clear();
                    for (range, text) in edits {
                        splices.replace(range.clone(), text.as_str());
                    }
                    last = self.form.parameters.get(*number).map(|parameter| parameter.element);
                }
            }
        }
        self.insert_behind(last, &pending, splices);
        let kept = |number: usize| slots.iter().any(|slot| matches!(slot, Slot::Kept(kept, _) if *kept == number));
        let gone: Vec<usize> = (0..self.form.parameters.len()).filter(|number| !kept(*number)).collect();
        self.remove(&gone, splices);
    }

    fn insert_before(&self, at: usize, new: &[&str], splices: &mut Splices) {
        let source = self.source;
        for text in new {
            let line = format!("{}{}", source.newline, source.indent(at));
            let space = if source.begins_line(at) { line.as_str() } else { " " };
            splices.insert(at, format!("{text},{space}"));
        }
    }

    fn insert_behind(&self, last: Option<usize>, new: &[&str], splices: &mut Splices) {
        if new.is_empty() {
            return;
        }
        let source = self.source;
        let Some((range, comma)) = last.and_then(|last| self.form.elements.get(last)) else {
            splices.insert(self.form.inside.start, new.join(", "));
            return;
        };
        let begin = comma.as_ref().map_or(range.end, |comma| comma.end);
        if source.begins_line(range.start) && source.ends_line(begin) {
            if comma.is_none() {
                splices.insert(range.end, ",");
            }
            let indent = source.indent(range.start);
            let lines: String = new.iter().map(|text| format!("{}{indent}{text},", source.newline)).collect();
            splices.insert(source.line_end(begin), lines);
        } else if comma.is_some() {
            splices.insert(begin, format!(" {},", new.join(", ")));
        } else {
            splices.insert(begin, format!(", {}", new.join(", ")));
        }
    }

    /// Removes parameters and their commas; comments between them stay.
    fn remove(&self, gone: &[usize], splices: &mut Splices) {
        let source = self.source;
        for number in gone {
            let Some((range, comma)) = self.element(*number) else { continue };
            let end = comma.as_ref().map_or(range.end, |comma| comma.end);
            // Between it and its comma stand comments at most.
            let is_plain = source.slice(range.end..end).trim_end_matches(',').trim().is_empty();
            let rest = source.slice(end..source.line_end(end));
            if !is_plain {
                splices.replace(range.clone(), "");
                if let Some(comma) = comma {
                    splices.replace(comma.clone(), "");
                }
            } else if source.begins_line(range.start) && rest.trim().is_empty() {
                splices.replace(source.line_start(range.start)..source.next_line(end), "");
            } else {
                let blanks = rest.len() - rest.trim_start().len();
                splices.replace(range.start..end + blanks, "");
            }
        }
        self.remove_last_comma(gone, splices);
    }

    /// The comma behind the last parameter that stays, when the list ended without one.
    fn remove_last_comma(&self, gone: &[usize], splices: &mut Splices) {
        let ends_plain = self.form.elements.last().is_some_and(|(_, comma)| comma.is_none());
        let is_gone = |element: usize| {
            self.form
                .parameters
                .iter()
                .enumerate()
                .any(|(number, one)| one.element == element && gone.contains(&number))
        };
        let last = (0..self.form.elements.len()).rev().find(|element| !is_gone(*element));
        let last_is_gone = self.form.elements.len().checked_sub(1).is_some_and(is_gone);
        let Some((_, Some(comma))) =
            last.filter(|_| ends_plain && last_is_gone).and_then(|last| self.form.elements.get(last))
        else {
            return;
        };
        // On lines of its own the comma may stay.
        let rest = self.source.slice(comma.end..self.form.inside.end);
        if !rest.contains('\n') {
            splices.replace(comma.clone(), "");
        }
    }

    /// Writes the whole list anew; comments in it go to its beginning.
    fn rewrite(&self, slots: &[Slot], layout: &Layout<'_>, splices: &mut Splices) {
        let Layout { indent, step, newline } = layout;
        let comments = self.comments();
        let new = self.elements(slots);
        let text = if comments.is_empty() {
            let whole = signature("", &new, "", layout);
            let whole = whole.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or_default();
            whole.to_owned()
        } else {
            let comments = comments.iter().map(|comment| format!("{newline}{indent}{step}{comment}"));
            let elements = new.iter().map(|element| format!("{newline}{indent}{step}{element},"));
            comments.chain(elements).chain([format!("{newline}{indent}")]).collect()
        };
        splices.replace(self.form.inside.clone(), text);
    }

    /// The text between the parameters, without commas.
    fn comments(&self) -> Vec<&str> {
        let mut at = self.form.inside.start;
        let mut out = Vec::new();
        let tokens = self.form.elements.iter().flat_map(|(range, comma)| [Some(range.clone()), comma.clone()]);
        let end = self.form.inside.end;
        for range in tokens.flatten().chain(std::iter::once(end..end)) {
            let lines = self.source.slice(at..range.start).split('\n').map(str::trim);
            out.extend(lines.filter(|line| !line.is_empty()));
            at = range.end;
        }
        out
    }
}
