//! One update of a project on the disk, from reading to writing: what `update`, `check`, `add`, `remove` and `watch` share.
//!
//! The current folder is the project's root throughout, so that every path that is said is relative to it.

mod error;
mod overlay;
mod report_lines;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs, io};

use volplane_edit::newlines::Newlines;

use crate::apply::{self, ApplyError, Change, Holder, ProjectLock};
use crate::cli::DiagnosticArgs;
use crate::commands::check_idl::denied;
use crate::config::{self, Project};
use crate::disk;
use crate::exit::Exit;
use crate::generate::TARGET;
use crate::plan::{NewFile, Policy};
use crate::printer::Printer;
use crate::project::{self, Idl};
use crate::record::{self, Fingerprint, Record};
use crate::summary::{count, summary_with};
use crate::template_dir;
use crate::update::tree::Tree;
use crate::update::{self, Event, EventLevel, Outcome, Rename, UpdateInput};

pub(crate) use error::UpdateError;

use overlay::OverlaySource;
use report_lines::Line;

/// How long a run waits for another one in the same project.
const LOCK_TIMEOUT: Duration = Duration::from_secs(60);

/// Goes to the root of the project that the current folder lies in.
///
/// # Errors
/// When there is none.
pub(crate) fn enter() -> Result<PathBuf, UpdateError> {
    let root = config::root(Path::new("."))?;
    env::set_current_dir(&root).map_err(|source| UpdateError::Enter { path: root.display().to_string(), source })?;
    Ok(root)
}

/// Waits until nobody else works in the project, and puts back what a killed run had half done.
///
/// # Errors
/// When somebody else goes on working, or the system refuses a step.
pub(crate) fn guard(command: &str, printer: Printer) -> Result<ProjectLock, UpdateError> {
    let waiting = |holder: &Holder| printer.note("Waiting", format_args!("for {holder}"));
    let guard = ProjectLock::enter(Path::new("."), command, LOCK_TIMEOUT, waiting)?;
    if let Some(recovered) = guard.recover()? {
        let files = count(recovered.files, "file");
        printer.note("Recovered", format_args!("{files} from an update that was interrupted: as before again"));
        for path in &recovered.kept {
            printer.note("Kept", format_args!("{path}: you have changed it since"));
        }
    }
    Ok(guard)
}

/// For a run that only looks: refuses a project that a killed run left half done.
///
/// # Errors
/// Then.
pub(crate) fn look() -> Result<(), UpdateError> {
    if apply::interrupted(Path::new(".")) { Err(UpdateError::Interrupted) } else { Ok(()) }
}

/// What a run was asked for.
#[derive(Debug)]
pub(crate) struct UpdateRequest<'a> {
    /// The project, with the settings that it is to have.
    pub(crate) project: &'a Project,
    /// Files that the run itself brings: copies of an IDL, a new volplane.toml.
    pub(crate) brings: &'a BTreeMap<String, String>,
    /// Whether methods that are gone are commented out.
    pub(crate) prune: bool,
    /// Services that the IDL has under another name.
    pub(crate) renames: &'a [Rename],
    /// How the IDL's mistakes are told.
    pub(crate) telling: &'a DiagnosticArgs,
}

/// An update, planned.
#[derive(Debug)]
pub(crate) struct Planned {
    /// What is done, and what is left to the user.
    pub(crate) events: Vec<Event>,
    /// What the IDL holds, for a status line.
    pub(crate) summary: String,
    /// The changes, by path.
    changes: BTreeMap<String, Option<String>>,
    tree: Tree,
    sources: Vec<String>,
}

/// Plans an update. `Err(exit)` inside `Ok` means that the IDL has mistakes, which have been told.
///
/// # Errors
/// When something can't be read, or the project can't be made of the IDL.
pub(crate) fn plan(wish: &UpdateRequest<'_>, printer: Printer) -> Result<Result<Planned, Exit>, UpdateError> {
    let settings = &wish.project.settings;
    let paths: Vec<PathBuf> = settings.idls.iter().map(|idl| PathBuf::from(&idl.path)).collect();
    let include: Vec<PathBuf> = settings.include_dirs().into_iter().map(PathBuf::from).collect();
    let idl = Idl::read_from(&paths, &include, &OverlaySource { texts: wish.brings });
    printer.diagnostics(&idl.diagnostics, &idl.sources, wish.telling);
    if idl.meaning.is_some() && denied(wish.telling, &idl.diagnostics, printer) {
        return Ok(Err(Exit::Failure));
    }
    let Some(meaning) = &idl.meaning else {
        if !idl.is_unreadable() {
            return Ok(Err(Exit::Failure));
        }
        printer.note("Next", format_args!("see path and include of [[idl]] in {}", config::FILE));
        return Ok(Err(Exit::Usage));
    };
    let remembered = match fs::read_to_string(record::FILE) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(UpdateError::ReadRecord(error)),
    };
    // One that knows no file has been emptied: that is no memory of nothing, but none.
    let record = remembered.as_deref().map(Record::parse).transpose()?.filter(|record| !record.files.is_empty());
    let templates = template_dir::of(settings, Path::new("."))?;
    let input = project::input(meaning, settings);
    let generated = match at_hand(record.as_ref(), input.as_ref(), |path| fs::read_to_string(path).ok()) {
        Some(files) => files,
        None => project::compiled(meaning, settings)?,
    };
    let rendered = project::planned(meaning, settings, &templates, &generated)?;
    let services = meaning.services(settings);

    let made = rendered.iter().map(|file| file.path.as_str());
    let recorded = record.iter().flat_map(|record| record.files.keys()).map(String::as_str);
    let own = [config::FILE, record::FILE];
    let paths = made.chain(recorded).chain(own).chain(wish.brings.keys().map(String::as_str));
    let tree = disk::read(Path::new("."), paths)?;
    // What was read before has to be what the changes will be made to.
    for (path, text) in [(config::FILE, Some(&wish.project.text)), (record::FILE, remembered.as_ref())] {
        if tree.text(path) != text.map(String::as_str) {
            return Err(ApplyError::ChangedMeanwhile { path: path.to_owned() }.into());
        }
    }

    let exports = meaning.exports(settings);
    let (services, exports, prune) = (services.as_slice(), Some(&exports), wish.prune);
    let renames = wish.renames;
    update::rename::check(record.as_ref().unwrap_or(&Record::default()), services, renames)?;
    let situation = UpdateInput { record, rendered: &rendered, services, exports, tree: &tree, prune, renames };
    let Outcome { mut changes, mut record, mut events, news } = update::plan(situation);
    if let Some(input) = input {
        record.inputs.extend(generated.iter().map(|file| (file.path.clone(), input.clone())));
    }
    let text = remembered.as_deref().map_or(Newlines::default(), Newlines::of).restore(record.text());
    if changes.is_empty() && wish.brings.is_empty() && remembered.as_ref() != Some(&text) {
        let path = record::FILE.to_owned();
        events.push(if remembered.is_some() { Event::Updated { path } } else { Event::Created { path } });
    }
    for (path, text) in wish.brings.iter().chain([(&record::FILE.to_owned(), &text)]) {
        if tree.text(path) != Some(text) {
            changes.insert(path.clone(), Some(text.clone()));
        }
    }
    let names: Vec<&str> = settings.idls.iter().map(|idl| idl.path.as_str()).collect();
    let summary = format!("{}: {}", names.join(", "), summary_with(&meaning.model, news));
    let sources = meaning.model.files.iter().map(|file| file.path.clone()).chain(templates.sources()).collect();
    Ok(Ok(Planned { events, summary, changes, tree, sources }))
}

/// The generated code that is there, if it is as volplane wrote it and the compiler would make it of the same again, which
/// takes seconds for a large IDL.
fn at_hand(
    record: Option<&Record>,
    input: Option<&Fingerprint>,
    there: impl Fn(&str) -> Option<String>,
) -> Option<Vec<NewFile>> {
    let record = record.filter(|record| input.is_some() && record.inputs.get(TARGET) == input)?;
    let file = |(path, made_from): (&String, &Fingerprint)| {
        let text = there(path).filter(|text| record.files.get(path).is_some_and(|made| made.is(text)))?;
        let text = Newlines::of(&text).plain(&text).into_owned();
        (Some(made_from) == input).then(|| NewFile { path: path.clone(), text, policy: Policy::Overwrite })
    };
    record.inputs.iter().map(file).collect()
}

impl Planned {
    /// The IDL files and templates that were read.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().map(String::as_str)
    }

    /// What would be done, a line each.
    pub(crate) fn list(&self) -> impl Iterator<Item = String> {
        let told = report_lines::lines(&self.events)
            .into_iter()
            .filter(|line| line.level != EventLevel::Note && !line.is_detail);
        told.map(|line| format!("{} {}", line.verb, line.text))
    }

    /// Whether nothing would change.
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// How many files change, volplane's memory aside.
    pub(crate) fn files(&self) -> usize {
        self.changes.keys().filter(|path| *path != record::FILE).count()
    }

    /// The changes as a unified diff with colour.
    pub(crate) fn diff(&self) -> String {
        let own = |path: &str| path == record::FILE;
        let changes = self.changes.iter().filter(|(path, _)| !own(path));
        changes
            .map(|(path, after)| volplane_edit::diff::unified(path, self.tree.text(path), after.as_deref()))
            .collect()
    }

    /// Writes the changes: all of them, or none.
    ///
    /// # Errors
    /// When a file has changed since it was read, or the system refuses a step.
    pub(crate) fn apply(&self, guard: &ProjectLock) -> Result<(), UpdateError> {
        let change = |(path, after): (&String, &Option<String>)| Change {
            path: path.clone(),
            before: self.tree.bytes(path).map(<[u8]>::to_vec),
            after: after.clone(),
        };
        let changes: Vec<Change> = self.changes.iter().map(change).collect();
        Ok(guard.apply(&changes)?)
    }

    /// Says what is done.
    pub(crate) fn tell(&self, printer: Printer) {
        for Line { level, verb, text, is_detail } in report_lines::lines(&self.events) {
            match level {
                EventLevel::Done if is_detail => printer.detail(verb, text),
                EventLevel::Done => printer.status(verb, text),
                EventLevel::Note => printer.note(verb, text),
                EventLevel::ActionRequired => printer.hand(verb, text),
            }
        }
    }

    /// How a run ends that has done this.
    pub(crate) fn exit(&self) -> Exit {
        let waits = self.events.iter().any(|event| event.level() == EventLevel::ActionRequired);
        if waits { Exit::ActionRequired } else { Exit::Success }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Made;

    /// What is at hand of a project with these files.
    fn texts(record: Option<&Record>, input: Option<&Fingerprint>, there: &[(&str, &str)]) -> Option<Vec<String>> {
        let there = |path: &str| there.iter().find(|(other, _)| *other == path).map(|(_, text)| (*text).to_owned());
        at_hand(record, input, there).map(|files| files.into_iter().map(|file| file.text).collect())
    }

    #[test]
    fn code_is_at_hand_as_long_as_its_input_and_its_text_are_the_same() {
        let (input, other) = (Fingerprint::of("idl"), Fingerprint::of("another"));
        let mut record = Record::default();
        record.files.insert(TARGET.to_owned(), Made::Overwrite(Fingerprint::of("code\n")));
        assert_eq!(texts(Some(&record), Some(&input), &[(TARGET, "code\n")]), None);
        record.inputs.insert(TARGET.to_owned(), input.clone());
        let found = texts(Some(&record), Some(&input), &[(TARGET, "code\r\n")]);
        assert_eq!(found, Some(vec!["code\n".to_owned()]));
        assert_eq!(texts(Some(&record), Some(&input), &[(TARGET, "edited\n")]), None);
        assert_eq!(texts(Some(&record), Some(&input), &[]), None);
        assert_eq!(texts(Some(&record), Some(&other), &[(TARGET, "code\n")]), None);
        assert_eq!(texts(None, Some(&input), &[(TARGET, "code\n")]), None);
        assert_eq!(texts(Some(&record), None, &[(TARGET, "code\n")]), None);
    }

    #[test]
    fn code_in_several_files_is_at_hand_if_all_of_them_are() {
        let (input, other) = (Fingerprint::of("idl"), Fingerprint::of("another"));
        let module = "generated/src/volplane_gen/api.rs";
        let mut record = Record::default();
        for path in [TARGET, module] {
            record.files.insert(path.to_owned(), Made::Overwrite(Fingerprint::of("code\n")));
            record.inputs.insert(path.to_owned(), input.clone());
        }
        let both = [(TARGET, "code\n"), (module, "code\n")];
        assert_eq!(texts(Some(&record), Some(&input), &both).map(|texts| texts.len()), Some(2));
        assert_eq!(texts(Some(&record), Some(&input), &both[..1]), None);
        // Two branches joined, of which one has no files for modules.
        record.inputs.insert(module.to_owned(), other);
        assert_eq!(texts(Some(&record), Some(&input), &both), None);
    }
}
