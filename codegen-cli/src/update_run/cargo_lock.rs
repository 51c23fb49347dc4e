//! Cargo.lock in an upgrade: it is the user's, and other updates leave it.

use crate::plan::{LockUpgrade, NewFile, upgrade_lock};
use crate::project_path::ProjectPath;
use crate::record::{Fingerprint, Made};
use crate::update::tree::Tree;
use crate::update::{Event, Outcome};
use volplane_edit::newlines::Newlines;

/// The file.
const FILE: &str = "Cargo.lock";

/// Adds the change of Cargo.lock to an update that is an upgrade. The commands that upgrade a Cargo.lock which is left.
pub(super) fn upgrade(rendered: &[NewFile], tree: &Tree, outcome: &mut Outcome) -> Vec<String> {
    let Some(tested) = rendered.iter().find(|file| file.path == FILE) else { return Vec::new() };
    // One that was deleted stays so, and one that is about to be made is the tested one.
    let Some(yours) = tree.text(FILE) else { return Vec::new() };
    let newlines = Newlines::of(yours);
    let plain = newlines.plain(yours);
    let is_untouched = outcome.record.files.get(FILE).is_some_and(|made| made.is(yours));
    let step = match is_untouched {
        _ if plain == tested.text => LockUpgrade::Nothing,
        true => LockUpgrade::Replace,
        false => upgrade_lock(&plain, &tested.text),
    };
    match step {
        LockUpgrade::Nothing => Vec::new(),
        LockUpgrade::Commands(commands) => commands,
        LockUpgrade::Replace => {
            let path = ProjectPath::known(FILE);
            outcome.changes.insert(path.clone(), Some(newlines.restore(tested.text.clone())));
            outcome.record.files.insert(path.clone(), Made::Skip(Some(Fingerprint::of(&tested.text))));
            outcome.events.push(Event::Updated { path });
            outcome.events.sort_by(|a, b| a.place().cmp(&b.place()));
            Vec::new()
        }
    }
}
