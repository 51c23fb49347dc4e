//! Finds the arguments of a method again after an edit of the IDL.

use super::Argument;

/// For each argument after, which one before it was: the one of its field id, if all are known; or else the one of its
/// name, of its type or alone at its place.
pub(super) fn align(before: &[Argument], after: &[Argument]) -> Vec<Option<usize>> {
    if before.iter().chain(after).all(|argument| argument.id.is_some()) {
        return by_id(before, after);
    }
    let mut out: Vec<Option<usize>> =
        after.iter().map(|new| before.iter().position(|old| old.ident == new.ident)).collect();
    let mut at = 0;
    while at < out.len() {
        if out.get(at).is_some_and(Option::is_some) {
            at += 1;
            continue;
        }
        let end = (at..out.len()).find(|index| out.get(*index).is_some_and(Option::is_some)).unwrap_or(out.len());
        let low = at.checked_sub(1).and_then(|last| out.get(last).copied().flatten()).map_or(0, |last| last + 1);
        let high = out.get(end).copied().flatten().unwrap_or(before.len());
        // Those before that nothing has taken, between the same neighbours.
        let free: Vec<usize> = (low..high).filter(|old| !out.contains(&Some(*old))).collect();
        let is_alike = free.len() == end - at;
        let mut free = free.into_iter();
        for index in at..end {
            let same_type = |old: &usize| before.get(*old).map(|one| &one.ty) == after.get(index).map(|one| &one.ty);
            let taken = if is_alike { free.next().filter(same_type) } else { free.clone().find(same_type) };
            if let Some(old) = taken {
                free = (old + 1..high).filter(|old| !out.contains(&Some(*old))).collect::<Vec<_>>().into_iter();
            }
            if let Some(slot) = out.get_mut(index) {
                *slot = taken;
            }
        }
        at = end;
    }
    out
}

/// Whether an argument before and one after are the same one.
type IsSame<'a> = dyn Fn(&Argument, &Argument) -> bool + 'a;

/// The same by field ids. What has kept its name and its type is the same under another id, too: ids are given anew when an
/// argument is put between.
fn by_id(before: &[Argument], after: &[Argument]) -> Vec<Option<usize>> {
    let name = |old: &Argument, new: &Argument| old.ident == new.ident;
    let ty = |old: &Argument, new: &Argument| old.ty == new.ty;
    let id = |old: &Argument, new: &Argument| old.id == new.id;
    let passes: [&IsSame<'_>; 4] = [
        &|old, new| name(old, new) && ty(old, new),
        &|old, new| id(old, new) && ty(old, new),
        &|old, new| name(old, new),
        &|old, new| id(old, new),
    ];
    let mut out: Vec<Option<usize>> = vec![None; after.len()];
    for is_same in passes {
        for (index, new) in after.iter().enumerate() {
            let mut free = before.iter().enumerate().filter(|(place, _)| !out.contains(&Some(*place)));
            let found = free.find(|(_, old)| is_same(old, new)).map(|(place, _)| place);
            if let Some(slot) = out.get_mut(index).filter(|slot| slot.is_none()) {
                *slot = found;
            }
        }
    }
    out
}
