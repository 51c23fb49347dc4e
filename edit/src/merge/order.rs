//! What both sides did at one place, where that is no conflict: lines without an order, and lines beside changed ones.

use syn::{ItemUse, UseTree};

use super::fine;

/// Both sides' changes, if what these lines hold, or what they begin with, has no order. `above` is the line before them.
pub(super) fn without_order<'a>(
    above: &str,
    base: &[&'a str],
    yours: &[&'a str],
    ours: &[&'a str],
) -> Option<Vec<&'a str>> {
    side_by_side(above, base, yours, ours).or_else(|| items_first(above, base, yours, ours))
}

/// Both sides' changes, if all that these lines hold has no order: an item that only one side has changed is as that
/// side has it. The user's lines stay in theirs.
fn side_by_side<'a>(above: &str, base: &[&'a str], yours: &[&'a str], ours: &[&'a str]) -> Option<Vec<&'a str>> {
    let (base, yours, ours) = (items(base)?, items(yours)?, items(ours)?);
    let is_same_first = || match (base.first(), yours.first(), ours.first()) {
        (Some(base), Some(yours), Some(ours)) => base.is_of(yours) && base.is_of(ours),
        _ => false,
    };
    // What stands above may belong to the first line alone.
    let is_owned = above.starts_with("#[") || above.starts_with("///");
    if is_owned && !is_same_first() {
        return None;
    }
    let mut out: Vec<&Item<'a>> = Vec::new();
    for item in &yours {
        match (item.among(&base), item.among(&ours)) {
            (None, None) => out.push(item),
            (_, Some(our)) if our.line == item.line => out.push(item),
            (Some(old), Some(our)) if old.line == item.line => out.push(our),
            (Some(old), Some(our)) if old.line == our.line => out.push(item),
            (Some(old), None) if old.line == item.line => {}
            _ => return None,
        }
    }
    for item in ours.iter().filter(|item| item.among(&yours).is_none()) {
        match item.among(&base) {
            Some(old) if old.line == item.line => {}
            Some(_) => return None,
            None => {
                let place = out.iter().position(|other| other.line > item.line).unwrap_or(out.len());
                out.insert(place.max(usize::from(is_owned)).min(out.len()), item);
            }
        }
    }
    let both_took = base.iter().any(|old| old.among(&yours).is_none() && old.among(&ours).is_none());
    // Two imports that came for one that went may be the same change, made in two ways.
    let in_doubt = both_took && out.iter().any(|item| matches!(item.what, What::Use(_)));
    (!in_doubt && are_apart(&out)).then(|| out.iter().map(|item| item.line).collect())
}

/// Items that both sides have put at one place, with what one of them has behind its own.
fn items_first<'a>(above: &str, base: &[&'a str], yours: &[&'a str], ours: &[&'a str]) -> Option<Vec<&'a str>> {
    let split = |lines: &[&'a str]| {
        let (items, rest) = lines.split_at(lines.iter().take_while(|line| Item::of(line).is_some()).count());
        (items.to_vec(), rest.to_vec())
    };
    let ((your_items, your_rest), (our_items, our_rest)) = (split(yours), split(ours));
    if !base.is_empty()
        || your_items.is_empty()
        || our_items.is_empty()
        || !(your_rest.is_empty() || our_rest.is_empty())
    {
        return None;
    }
    Some([side_by_side(above, base, &your_items, &our_items)?, your_rest, our_rest].concat())
}

/// Both sides' changes, unless they are of the same lines.
pub(super) fn line_by_line<'a>(base: &[&'a str], yours: &'a [&'a str], ours: &'a [&'a str]) -> Option<Vec<&'a str>> {
    let merged = fine::merge(base, yours, ours, |yours, ours| without_order("", &[], yours, ours))?;
    let count = |lines: &[&str], line: &str| lines.iter().filter(|other| **other == line).count();
    // What both put, but at two places, may be the same change.
    let is_twice = |line: &&&str| {
        let (in_yours, in_ours) = (count(yours, line), count(ours, line));
        line.contains(char::is_alphanumeric)
            && in_yours.min(in_ours) > count(base, line)
            && count(&merged, line) > in_yours.max(in_ours)
    };
    if yours.iter().any(|line| is_twice(&line)) {
        return None;
    }
    let items: Vec<Item<'_>> = merged.iter().filter_map(|line| Item::of(line)).collect();
    are_apart(&items.iter().collect::<Vec<_>>()).then_some(merged)
}

/// Items that the user has put among lines that are gone.
pub(super) fn items_within<'a>(base: &[&str], yours: &[&'a str], ours: &[&str]) -> Option<Vec<&'a str>> {
    let mut gone = base.iter().peekable();
    let put: Vec<&str> = yours.iter().filter(|line| gone.next_if_eq(line).is_none()).copied().collect();
    let is_all = ours.is_empty() && gone.peek().is_none() && put.iter().all(|line| Item::of(line).is_some());
    (is_all && fine::is_closed(base)).then_some(put)
}

/// These lines as items, if that is what all of them are and no two get into each other's way.
fn items<'a>(lines: &[&'a str]) -> Option<Vec<Item<'a>>> {
    let items: Vec<Item<'a>> = lines.iter().map(|line| Item::of(line)).collect::<Option<_>>()?;
    are_apart(&items.iter().collect::<Vec<_>>()).then_some(items)
}

fn are_apart(items: &[&Item<'_>]) -> bool {
    items.iter().enumerate().all(|(at, item)| !items.iter().take(at).any(|other| other.clashes(item)))
}

/// A line that means the same before and behind its neighbours.
struct Item<'a> {
    line: &'a str,
    what: What<'a>,
    /// The names that it brings into its module or table.
    names: Vec<String>,
}

#[derive(PartialEq, Eq)]
enum What<'a> {
    Mod(&'a str),
    Use(&'a str),
    Entry(&'a str),
}

impl<'a> Item<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let text = line.strip_suffix('\n')?;
        let item = text.strip_prefix("pub ").unwrap_or(text);
        if let Some(item) = item.strip_suffix(';') {
            if let Some(name) = item.strip_prefix("mod ") {
                return Some(Item { line, what: What::Mod(name), names: vec![name.to_owned()] });
            }
            let path = item.strip_prefix("use ")?;
            let mut names = Vec::new();
            imported(&syn::parse_str::<ItemUse>(text).ok()?.tree, "", &mut names);
            return Some(Item { line, what: What::Use(path), names });
        }
        let (key, value) = text.split_once('=')?;
        let key = key.trim_end();
        let is_key = key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
        // `a.workspace = true` and `a = "1"` are two values for one key.
        let names = key.split('.').take(1).map(str::to_owned).collect();
        let goes_on = value.ends_with(['[', '{', '(']) || value.contains("\"\"\"") || value.contains("'''");
        (is_key && !key.is_empty() && !goes_on).then_some(Item { line, what: What::Entry(key), names })
    }

    /// Whether it is another text of the same item.
    fn is_of(&self, other: &Item<'_>) -> bool {
        self.what == other.what
    }

    fn among<'i>(&self, items: &'i [Item<'a>]) -> Option<&'i Item<'a>> {
        items.iter().find(|other| self.is_of(other))
    }

    /// Whether there can be only one of both.
    fn clashes(&self, other: &Item<'_>) -> bool {
        self.is_of(other) || self.names.iter().any(|name| other.names.contains(name))
    }
}

/// The names that a `use` brings in; `self` stands for the last name before it.
pub(super) fn imported(tree: &UseTree, last: &str, names: &mut Vec<String>) {
    match tree {
        UseTree::Path(path) => imported(&path.tree, &path.ident.to_string(), names),
        UseTree::Name(name) if name.ident == "self" => names.push(last.to_owned()),
        UseTree::Name(name) => names.push(name.ident.to_string()),
        UseTree::Rename(name) if name.rename == "_" => {}
        UseTree::Rename(name) => names.push(name.rename.to_string()),
        UseTree::Glob(_) => {}
        UseTree::Group(group) => group.items.iter().for_each(|tree| imported(tree, last, names)),
    }
}
