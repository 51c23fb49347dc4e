//! What `volplane watch` says: one line for each change, and nothing twice.

use std::collections::BTreeSet;

use volplane_build::internal::{MessageFormat, render};

use super::{Look, State};
use crate::cli::DiagnosticArgs;
use crate::command_error::{CommandError, in_one_line};
use crate::exit::Exit;
use crate::printer::Printer;
use crate::summary::count;
use crate::update::{Event, EventLevel, Tense};
use crate::update_run::Planned;

/// Reports looks.
pub(super) struct Reporter<'a> {
    diagnostic_args: &'a DiagnosticArgs,
    printer: Printer,
    last: Option<Said>,
    /// The diagnostics that were reported last.
    diagnostics: String,
    /// What still waits for the user, and was reported.
    pending: BTreeSet<String>,
}

/// What was said of a look.
#[derive(PartialEq, Eq)]
struct Said {
    digest: u64,
    /// What is wrong; nothing, if that is so.
    trouble: Option<String>,
}

impl<'a> Reporter<'a> {
    pub(super) fn new(diagnostic_args: &'a DiagnosticArgs, printer: Printer) -> Self {
        Self { diagnostic_args, printer, last: None, diagnostics: String::new(), pending: BTreeSet::new() }
    }

    /// Whether the same was said of the last look.
    pub(super) fn has_said(&self, look: &Look) -> bool {
        self.last.as_ref().is_some_and(|last| last.trouble.is_some() && last.trouble == trouble(look))
    }

    /// Reports a look, as far as it is news.
    pub(super) fn say(&mut self, look: Look) {
        let said = Said { digest: look.digest, trouble: trouble(&look) };
        let is_same = self.last.as_ref() == Some(&said);
        let has_same_trouble = self.has_said(&look);
        if !is_same || matches!(look.state, State::Updated(_)) {
            self.say_diagnostics(&look, has_same_trouble);
        }
        match &look.state {
            State::Ready(_) => {}
            State::Updated(planned) => self.say_updated(planned, said.digest),
            _ if is_same => {}
            State::Missing(paths) => {
                if !has_same_trouble {
                    self.printer.note("Waiting", format_args!("for {}", paths.join(", ")));
                }
            }
            State::Failed(_) if has_same_trouble => {
                self.printer.note("Waiting", "for a fix: the errors are the same as before");
            }
            State::Failed(error) if error.is_reported() => {}
            State::Failed(error) => self.printer.error(error, error.help().as_deref()),
        }
        if !is_same && said.trouble.is_some() {
            self.printer.summary("watch", trouble_exit(&look.state));
        }
        self.last = Some(said);
    }

    fn say_diagnostics(&mut self, look: &Look, has_same_trouble: bool) {
        let text = render(&look.diagnostics, &look.sources, MessageFormat::Short, false);
        if text != self.diagnostics && !matches!(look.state, State::Missing(_)) && !has_same_trouble {
            self.printer.diagnostics(&look.diagnostics, &look.sources, self.diagnostic_args);
        }
        self.diagnostics = text;
    }

    fn say_updated(&mut self, planned: &Planned, digest: u64) {
        let waits = |event: &&Event| event.level() != EventLevel::Done;
        let pending: BTreeSet<String> = planned.events.iter().filter(waits).map(told).collect();
        let is_news = |event: &&Event| event.level() == EventLevel::Done || !self.pending.contains(&told(event));
        let news: Vec<&Event> = planned.events.iter().filter(is_news).collect();
        let was_fine = self.last.as_ref().is_some_and(|last| last.trouble.is_none());
        let is_same = self.last.as_ref().is_some_and(|last| last.digest == digest);
        if !news.is_empty() {
            self.say_events(planned, news);
        } else if !was_fine {
            self.printer.note("Watching", &planned.summary);
        } else if !is_same {
            self.printer.status("Fresh", format_args!("{}; everything is up to date", planned.summary));
        }
        if !was_fine || !is_same {
            self.printer.summary("watch", planned.exit());
        }
        if self.last.is_none() && !planned.events.is_empty() {
            self.printer.note("Watching", &planned.summary);
        }
        self.pending = pending;
    }

    /// One line: the first things that matter most, and how many there are besides.
    fn say_events(&self, planned: &Planned, mut events: Vec<&Event>) {
        if self.printer.is_json() || self.printer.verbose() {
            return planned.report(Tense::Done, self.printer);
        }
        events.sort_by_key(|event| match (event.level(), event) {
            (EventLevel::ActionRequired, _) => 0,
            (EventLevel::Done, Event::Handler { .. }) => 1,
            (EventLevel::Note, _) => 2,
            (EventLevel::Done, _) => 3,
        });
        let [first, rest @ ..] = events.as_slice() else { return };
        let mut line = match planned.files() {
            0 => first.text(Tense::Done),
            _ => told(first),
        };
        if let Some(second) = rest.first() {
            line.push_str(&format!("; {}", told(second)));
        }
        if rest.len() > 1 {
            line.push_str(&format!(", and {} more", rest.len() - 1));
        }
        let verb = if planned.files() == 0 { first.verb(Tense::Done) } else { "Updated" };
        if planned.files() > 0 {
            line.push_str(&format!(" ({})", count(planned.files(), "file")));
        }
        match first.level() {
            EventLevel::ActionRequired => self.printer.action_required(verb, line),
            EventLevel::Note | EventLevel::Done => self.printer.status(verb, line),
        }
    }
}

/// An event within a line.
fn told(event: &Event) -> String {
    format!("{} {}", event.verb(Tense::Done).to_lowercase(), event.text(Tense::Done))
}

/// What is wrong, as a text to compare.
fn trouble(look: &Look) -> Option<String> {
    match &look.state {
        State::Ready(_) | State::Updated(_) => None,
        State::Missing(paths) => Some(paths.join(", ")),
        State::Failed(error) => {
            Some(in_one_line(error) + &render(&look.diagnostics, &look.sources, MessageFormat::Short, false))
        }
    }
}

/// What `volplane update` would exit with.
fn trouble_exit(state: &State) -> Exit {
    match state {
        State::Ready(_) => Exit::Success,
        State::Updated(planned) => planned.exit(),
        State::Missing(_) => Exit::Usage,
        State::Failed(error) => error.exit(),
    }
}
