//! A project's life: edits of its IDL and by its user, with an update behind each.

use super::dice::{Dice, rolls};
use super::evolve;
use super::idl::{self, Idl};
use super::marks::{self, Files, Lines};
use super::resolve::resolve;
use super::user;

/// A project, wherever it is.
pub trait Project {
    /// Its files with their texts; without the runtime, if it is vendored.
    fn files(&self) -> Result<Files, String>;
    /// Has the user save these files, and delete what is not among them.
    fn save(&mut self, files: &Files) -> Result<(), String>;
    /// Brings it up to its IDL, `add`ing or `remove`ing the one that comes and goes.
    fn update(&mut self, idl: &Idl) -> Result<Told, String>;
    /// Whether `check` would say 0.
    fn check(&self) -> Result<bool, String>;
    /// Whether its updates make methods that are gone comments.
    fn prunes(&self) -> bool {
        false
    }
}

/// What an update said.
#[derive(Debug)]
pub struct Told {
    /// Something waits for the user: exit code 3.
    pub waits: bool,
    /// Its report.
    pub text: String,
}

impl Told {
    /// Whether it named code of the user's that certainly does not compile any more.
    fn needs_a_fix(&self) -> bool {
        let signs = [
            "the trait no longer has this method",
            "which nothing defines",
            "which is no longer in the IDL",
            "nothing implements",
            "is no longer in the generated code",
        ];
        signs.iter().any(|sign| self.text.contains(sign))
    }
}

/// What happens between two updates: rolls for the IDL's edit, and for each of the user's.
#[derive(Clone, Debug)]
pub struct Step {
    /// `None`: only the user works.
    pub idl: Option<Vec<u32>>,
    /// For each edit.
    pub user: Vec<Vec<u32>>,
}

/// Steps that a number stands for.
pub fn steps(seed: u64, count: usize) -> Vec<Step> {
    const ROLLS: usize = 64;
    let step = |rolls: &[u32]| Step {
        idl: Some(rolls[..32].to_vec()),
        user: rolls[32..32 + 8 * (rolls[ROLLS - 1] as usize % 4)].chunks(8).map(<[u32]>::to_vec).collect(),
    };
    rolls(seed, count * ROLLS).chunks(ROLLS).map(step).collect()
}

/// What came of it all.
#[derive(Debug, Default)]
pub struct Story {
    /// What was done, for those who look for a mistake.
    pub log: Vec<String>,
    /// How many edits of the user's there were.
    pub edits: usize,
    /// The conflicts: files and lines of both sides.
    pub fights: Vec<String>,
}

/// How users are in this test.
pub trait User {
    /// One edit, or `None` if it does not apply.
    fn edit(&self, files: &mut Files, idl: &mut Idl, number: usize, dice: &mut Dice<'_>) -> Option<String>;
    /// Whether a conflict is settled by both sides' lines, as long as that parses.
    fn wants_both(&self) -> bool {
        true
    }
}

/// One who does everything that leaves files that parse.
pub struct Anything;

impl User for Anything {
    fn edit(&self, files: &mut Files, _: &mut Idl, number: usize, dice: &mut Dice<'_>) -> Option<String> {
        user::edit(files, number, dice)
    }
}

/// One who leaves projects that build without a warning, apart from imports that an edit of the IDL makes superfluous.
pub struct Careful;

impl User for Careful {
    fn edit(&self, files: &mut Files, idl: &mut Idl, number: usize, dice: &mut Dice<'_>) -> Option<String> {
        match dice.roll(8) {
            0 | 1 => user::remark(files, number, dice),
            2 => user::item(files, number, dice),
            3 => user::statement(files, number, dice),
            4 => user::new_module(files, number, dice),
            5 => user::windows_newlines(files, dice),
            _ => user::settle(files, idl, number, dice),
        }
    }

    fn wants_both(&self) -> bool {
        false
    }
}

/// One whose code compiles when it is written, and uses what the IDL may take away later.
pub struct Using;

impl User for Using {
    fn edit(&self, files: &mut Files, idl: &mut Idl, number: usize, dice: &mut Dice<'_>) -> Option<String> {
        match dice.roll(10) {
            0 => user::remark(files, number, dice),
            1 => user::item(files, number, dice),
            2 => user::new_module(files, number, dice),
            3 | 4 => user::answer(files, idl, number, dice),
            5..=7 => user::read_parameter(files, number, dice),
            _ => user::name_type(files, number, dice),
        }
    }

    fn wants_both(&self) -> bool {
        false
    }
}

/// Goes through the steps without holding updates to anything, until one of them needs its user for something else than a
/// conflict. Returns the story, and whether the last update ended with 0.
///
/// # Errors
/// When a step of the test itself fails.
pub fn end_state(project: &mut impl Project, user: &impl User, steps: &[Step]) -> Result<(Story, bool), String> {
    let mut story = Story::default();
    let mut idl = Idl::first();
    let mut number = 0;
    for step in steps {
        let mut files = project.files()?;
        edit(user, step, &mut files, &mut idl, &mut number, &mut story);
        project.save(&files)?;
        let mut told = project.update(&idl)?;
        story.log.push(format!("update\n{}", told.text.trim_end()));
        if told.waits {
            let mut after = project.files()?;
            let fights = resolve(&mut after, user.wants_both());
            story.log.push(format!("  user: {} conflicts", fights.len()));
            story.fights.extend(fights);
            project.save(&after)?;
            told = project.update(&idl)?;
            story.log.push(format!("update\n{}", told.text.trim_end()));
        }
        if told.waits {
            return Ok((story, false));
        }
    }
    Ok((story, true))
}

/// The user's edits and then the IDL's.
fn edit(user: &impl User, step: &Step, files: &mut Files, idl: &mut Idl, number: &mut usize, story: &mut Story) {
    let before = files.clone();
    for rolls in &step.user {
        *number += 1;
        let mut edited = files.clone();
        let done = user.edit(&mut edited, idl, *number, &mut Dice::new(rolls));
        // An edit that leaves no Rust is another test's.
        if let (Some(said), Ok(())) = (done, all_parse(&edited, &before)) {
            *files = edited;
            story.edits += 1;
            story.log.push(format!("  user: {said}"));
        }
    }
    if let Some(rolls) = &step.idl
        && let Some(said) = evolve::edit(idl, &mut Dice::new(rolls))
    {
        story.log.push(format!("  IDL: {said}"));
    }
    files.extend(idl.texts());
}

/// Goes through the steps, and holds every update to its promises.
///
/// # Errors
/// The promise that was broken, and all that happened before.
pub fn live(project: &mut impl Project, user: &impl User, steps: &[Step]) -> Result<Story, String> {
    let mut story = Story::default();
    let mut idl = Idl::first();
    let mut number = 0;
    for step in steps {
        let lived = live_step(project, user, step, &mut idl, &mut number, &mut story);
        lived.map_err(|error| format!("{error}\n\nthe story:\n{}", story.log.join("\n")))?;
    }
    Ok(story)
}

fn live_step(
    project: &mut impl Project,
    user: &impl User,
    step: &Step,
    idl: &mut Idl,
    number: &mut usize,
    story: &mut Story,
) -> Result<(), String> {
    let mut files = project.files()?;
    edit(user, step, &mut files, idl, number, story);
    project.save(&files)?;

    let told = project.update(idl)?;
    story.log.push(format!("update\n{}", told.text.trim_end()));
    let mut after = project.files()?;
    let now = if project.prunes() { marks::uncommented(&after) } else { marks::lines(&after) };
    let before = if project.prunes() { marks::uncommented(&files) } else { marks::lines(&files) };
    same_lines(&before, &now)?;
    let mut waits = false;
    if told.waits {
        let fights = resolve(&mut after, user.wants_both());
        if fights.is_empty() && !told.needs_a_fix() {
            return Err("something waits for the user, and it is no conflict".to_owned());
        }
        story.log.push(format!("  user: {} conflicts", fights.len()));
        story.fights.extend(fights);
        let own = marks::lines(&after);
        project.save(&after)?;
        let told = project.update(idl)?;
        if told.waits && !told.needs_a_fix() {
            return Err(format!("a conflict that was resolved is there again\n{}", told.text));
        }
        waits = told.waits;
        after = project.files()?;
        same_lines(&own, &marks::lines(&after))?;
    }
    all_parse(&after, &files)?;
    // What does not compile is said until it does.
    if project.check()? == waits {
        return Err(format!("check says {}", if waits { "that all is well" } else { "that something is to be done" }));
    }
    let told = project.update(idl)?;
    let again = project.files()?;
    match after.iter().find(|(path, text)| again.get(*path) != Some(text)) {
        Some((path, _)) => Err(format!("a second update changes {path}\n{}", told.text)),
        None if again.len() != after.len() => Err(format!("a second update makes files\n{}", told.text)),
        None if told.waits != waits => Err(format!("a second update is not content\n{}", told.text)),
        None => Ok(()),
    }
}

fn same_lines(before: &Lines, after: &Lines) -> Result<(), String> {
    let Some((path, lines)) = before.iter().find(|(path, lines)| after.get(*path) != Some(lines)) else {
        return Ok(());
    };
    Err(format!("the user's lines of {path} were\n{lines:#?}\nand are\n{:#?}", after.get(path)))
}

/// Whether all files follow their grammars; those that are as they were `before` do.
fn all_parse(files: &Files, before: &Files) -> Result<(), String> {
    files.iter().filter(|(path, text)| before.get(*path) != Some(text)).try_for_each(|(path, text)| {
        marks::parses(path, text).map_err(|error| format!("{path} does not parse: {error}\n{text}"))
    })
}

/// The IDL file that comes and goes, as the project has it.
pub fn tool() -> String {
    idl::path(&Idl::first().files[idl::TOOL])
}
