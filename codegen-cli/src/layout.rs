//! Where the IDL files go in a project, such that every `include` in them still finds its file, unedited.

use std::path::{Component, Path, PathBuf};

/// An IDL file on the disk.
#[derive(Clone, Debug)]
pub(crate) struct IdlFile {
    /// Its path: absolute, without `.` and `..`.
    pub(crate) path: PathBuf,
    /// Its `include` lines, as written, with the index of the file that each stands for.
    pub(crate) includes: Vec<(String, usize)>,
}

/// Where everything goes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// A path for every file, in their order, relative to the project, with `/` between its parts.
    pub(crate) targets: Vec<String>,
    /// The folders that includes are looked up in, relative to the project.
    pub(crate) include_dirs: Vec<String>,
}

/// Files that keep their relative places: a folder on the disk and the one in the project that stands for it.
struct IdlTree {
    /// The innermost folder that holds all of it.
    top: PathBuf,
    files: Vec<usize>,
    /// The `-I` folder through which it was found.
    include_dir: Option<PathBuf>,
}

/// Plans the places of `files`, of which the first `roots` are those that were asked for.
///
/// Files that find each other by relative paths stay together, and so do the roots: under `idl/`; those that are only found
/// through `-I` are under `idl/include/`, `idl/include2/` and so on.
pub(crate) fn layout(files: &[IdlFile], roots: usize, include_dirs: &[PathBuf]) -> Layout {
    let mut trees: Vec<IdlTree> = Vec::new();
    let mut used: Vec<&PathBuf> = Vec::new();
    let mut seen = vec![false; files.len()];
    let mut waiting = vec![((0..roots.min(files.len())).collect(), None)];
    while let Some((starts, through)) = waiting.pop() {
        let mut tree = IdlTree { top: PathBuf::new(), files: Vec::new(), include_dir: through };
        gather(starts, files, include_dirs, &mut seen, &mut tree.files, &mut |file, dir| {
            if !used.contains(&dir) {
                used.push(dir);
            }
            waiting.push((vec![file], Some(dir.clone())));
        });
        if tree.files.is_empty() {
            continue;
        }
        let folders =
            tree.files.iter().filter_map(|&file| files[file].path.parent()).chain(tree.include_dir.as_deref());
        tree.top = folders.map(Path::to_owned).reduce(|a, b| common(&a, &b)).unwrap_or_default();
        join(&mut trees, tree);
    }

    let mut layout = Layout { targets: vec![String::new(); files.len()], include_dirs: Vec::new() };
    for (place, tree) in trees.iter().enumerate() {
        for &file in &tree.files {
            layout.targets[file] = below(&root(place), &files[file].path, &tree.top);
        }
    }
    // In the order of the command line, which decides between two files of one name.
    for dir in include_dirs.iter().filter(|dir| used.contains(dir)) {
        let tree = trees.iter().enumerate().find(|(_, tree)| dir.starts_with(&tree.top));
        layout.include_dirs.extend(tree.map(|(place, tree)| below(&root(place), dir, &tree.top)));
    }
    layout
}

/// Adds the files that are `waiting` and all that they reach by relative includes; reports what is found through an include
/// folder.
fn gather<'a>(
    mut waiting: Vec<usize>,
    files: &[IdlFile],
    include_dirs: &'a [PathBuf],
    seen: &mut [bool],
    found: &mut Vec<usize>,
    through: &mut dyn FnMut(usize, &'a PathBuf),
) {
    while let Some(file) = waiting.pop() {
        if std::mem::replace(&mut seen[file], true) {
            continue;
        }
        found.push(file);
        let IdlFile { path, includes } = &files[file];
        for (text, target) in includes {
            let wanted = &files[*target].path;
            let relative = path.parent().is_some_and(|folder| normal(&folder.join(text)) == *wanted);
            let dir = include_dirs.iter().find(|dir| normal(&dir.join(text)) == *wanted);
            match dir {
                Some(dir) if !relative => through(*target, dir),
                _ => waiting.push(*target),
            }
        }
    }
}

/// Adds a tree, or merges it with those that it overlaps: two paths to one folder must not become two folders.
fn join(trees: &mut Vec<IdlTree>, mut tree: IdlTree) {
    while let Some(place) = trees.iter().position(|t| t.top.starts_with(&tree.top) || tree.top.starts_with(&t.top)) {
        let other = trees.remove(place);
        let top = common(&tree.top, &other.top);
        let files = other.files.into_iter().chain(tree.files).collect();
        tree = IdlTree { top, files, include_dir: None };
        if place == 0 {
            // What the first file belongs to stays first.
            trees.insert(0, tree);
            return;
        }
    }
    trees.push(tree);
}

fn root(place: usize) -> String {
    match place {
        0 => "idl".to_owned(),
        1 => "idl/include".to_owned(),
        more => format!("idl/include{more}"),
    }
}

/// `path`, which lies in `top`, as a path under `root`.
fn below(root: &str, path: &Path, top: &Path) -> String {
    let rest = path.strip_prefix(top).unwrap_or(path);
    let parts = rest.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
    std::iter::once(root.to_owned()).chain(parts).collect::<Vec<_>>().join("/")
}

/// The innermost folder that holds both.
fn common(a: &Path, b: &Path) -> PathBuf {
    a.components().zip(b.components()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
}

/// A path without `.` and `..`, but for those `..` that a relative one begins with.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => match out.components().next_back() {
                Some(Component::Normal(_)) => {
                    out.pop();
                }
                None | Some(Component::ParentDir) => out.push(".."),
                // There is nothing above the root.
                Some(_) => {}
            },
            other => out.push(other),
        }
    }
    out
}

/// The way from one absolute folder to another, with `/` between its parts.
pub(crate) fn relative(from: &Path, to: &Path) -> String {
    let shared = common(from, to);
    let up = from.components().skip(shared.components().count()).map(|_| "..".to_owned());
    let down = to.components().skip(shared.components().count());
    let parts: Vec<_> = up.chain(down.map(|part| part.as_os_str().to_string_lossy().into_owned())).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, includes: &[(&str, usize)]) -> IdlFile {
        let includes = includes.iter().map(|(text, target)| ((*text).to_owned(), *target)).collect();
        IdlFile { path: path.into(), includes }
    }

    fn planned(files: &[IdlFile], dirs: &[&str]) -> (Vec<String>, Vec<String>) {
        let dirs: Vec<PathBuf> = dirs.iter().map(PathBuf::from).collect();
        let Layout { targets, include_dirs } = layout(files, 1, &dirs);
        (targets, include_dirs)
    }

    #[test]
    fn one_file_lies_in_idl() {
        assert_eq!(planned(&[file("/w/x/echo.thrift", &[])], &["/w/unused"]).0, ["idl/echo.thrift"]);
    }

    #[test]
    fn includes_beside_below_and_above_keep_their_relative_places() {
        let files = [
            file("/w/svc/shop.thrift", &[("base.thrift", 1), ("sub/a.thrift", 2), ("../common/c.thrift", 3)]),
            file("/w/svc/base.thrift", &[]),
            file("/w/svc/sub/a.thrift", &[]),
            file("/w/common/c.thrift", &[]),
        ];
        let expected = ["idl/svc/shop.thrift", "idl/svc/base.thrift", "idl/svc/sub/a.thrift", "idl/common/c.thrift"];
        assert_eq!(planned(&files, &[]).0, expected);
    }

    #[test]
    fn several_roots_keep_their_relative_places() {
        let files = [file("/w/a/x.thrift", &[("t.thrift", 2)]), file("/w/b/y.thrift", &[]), file("/w/a/t.thrift", &[])];
        assert_eq!(layout(&files, 2, &[]).targets, ["idl/a/x.thrift", "idl/b/y.thrift", "idl/a/t.thrift"]);
    }

    #[test]
    fn files_found_through_a_folder_elsewhere_get_a_folder_of_their_own() {
        let files = [
            file("/w/idl/shop.thrift", &[("x/base.thrift", 1)]),
            file("/usr/inc/x/base.thrift", &[("y.thrift", 2), ("../z.thrift", 3)]),
            file("/usr/inc/x/y.thrift", &[]),
            file("/usr/inc/z.thrift", &[]),
        ];
        let (targets, dirs) = planned(&files, &["/usr/inc"]);
        assert_eq!(
            targets,
            ["idl/shop.thrift", "idl/include/x/base.thrift", "idl/include/x/y.thrift", "idl/include/z.thrift"]
        );
        assert_eq!(dirs, ["idl/include"]);
    }

    #[test]
    fn a_folder_above_the_first_file_becomes_idl_itself() {
        let files = [file("/w/idl/shop.thrift", &[("idl/base.thrift", 1)]), file("/w/idl/base.thrift", &[])];
        let (targets, dirs) = planned(&files, &["/w"]);
        assert_eq!(targets, ["idl/idl/shop.thrift", "idl/idl/base.thrift"]);
        assert_eq!(dirs, ["idl"]);
    }

    #[test]
    fn a_folder_below_the_first_file_is_found_where_it_is() {
        let files = [file("/w/shop.thrift", &[("base.thrift", 1)]), file("/w/common/base.thrift", &[])];
        let (targets, dirs) = planned(&files, &["/w/common"]);
        assert_eq!(targets, ["idl/shop.thrift", "idl/common/base.thrift"]);
        assert_eq!(dirs, ["idl/common"]);
    }

    #[test]
    fn a_path_without_detours() {
        for (path, plain) in [("a/./b/../c", "a/c"), ("../a/../../b", "../../b"), ("a/../..", ".."), ("/../a", "/a")] {
            assert_eq!(normal(Path::new(path)), Path::new(plain), "{path}");
        }
    }

    #[test]
    fn the_way_between_two_folders() {
        assert_eq!(relative(Path::new("/a/b"), Path::new("/a/c/d")), "../c/d");
        assert_eq!(relative(Path::new("/a"), Path::new("/a")), ".");
    }
}
