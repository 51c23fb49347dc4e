//! A file that links lead to is one file, by whichever name it is reached.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use volplane_build::internal::model::Model;
use volplane_build::internal::print;
use volplane_build::internal::{Checked, Disk, MessageFormat, check, render};

/// A directory with files and links: `path -> target` is a link, `path` with a text a file.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new(files: &[(&str, &str)], links: &[(&str, &str)]) -> Folder {
        let folder = Folder(tempfile::tempdir().expect("a folder"));
        for (path, text) in files {
            let path = folder.path(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        for (path, target) in links {
            let path = folder.path(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            symlink(target, path).expect("a link");
        }
        folder
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn check(&self, roots: &[&str]) -> Checked {
        let roots: Vec<PathBuf> = roots.iter().map(|root| self.path(root)).collect();
        check(&roots, &[], &Disk)
    }

    /// The names of the model's files, below the directory.
    fn files(&self, model: &Model) -> Vec<String> {
        let below = |path: &str| Path::new(path).strip_prefix(self.0.path()).map(|path| path.display().to_string());
        model.files.iter().map(|file| below(&file.path).unwrap_or_else(|_| file.path.clone())).collect()
    }
}

fn shown(checked: &Checked, folder: &Folder) -> String {
    let text = render(&checked.diagnostics, &checked.sources, MessageFormat::Short, false);
    text.replace(&folder.0.path().display().to_string(), "DIR")
}

const BASE: &str = "struct B { 1: i32 x }\nenum E { A, B }\nconst i32 N = 1\nservice P {}\n";

#[test]
fn both_names_of_a_file_qualify_what_it_defines() {
    let main = "include \"base.thrift\"\ninclude \"link.thrift\"\nstruct M { 1: base.B b; 2: link.B same; 3: link.E e = link.E.B; \
                4: base.E other = base.A; 5: base.E another = link.A }\nconst link.B C = {\"x\": link.N}\nconst base.B D = C\n\
                service S extends link.P { link.B get(1: base.B b) }\n";
    let folder = Folder::new(&[("base.thrift", BASE), ("main.thrift", main)], &[("link.thrift", "base.thrift")]);
    let checked = folder.check(&["main.thrift"]);
    assert_eq!(shown(&checked, &folder), "");
    let model = checked.model.expect("no mistake");
    assert_eq!(folder.files(&model), ["main.thrift", "base.thrift"]);

    // What is printed of it, with one of the two names, means the same again.
    let printed = print::to_idl(&model, model.roots[0]);
    std::fs::write(folder.path("main.thrift"), printed).expect("a file");
    let again = folder.check(&["main.thrift"]);
    assert_eq!(again.model, Some(model));
}

#[test]
fn only_the_names_that_a_file_writes_itself_count() {
    let main = "include \"link.thrift\"\nstruct M { 1: base.B b; 2: link.C c }\n";
    let folder = Folder::new(&[("base.thrift", BASE), ("main.thrift", main)], &[("link.thrift", "base.thrift")]);
    insta::assert_snapshot!(shown(&folder.check(&["main.thrift"]), &folder), @r#"
DIR/main.thrift:2:15: error[E030]: no type is named `base.B` (help: did you mean `link.B`?)
DIR/main.thrift:2:28: error[E030]: no type is named `link.C` (help: did you mean `link.B`?)
"#);
}

#[test]
fn an_include_line_that_adds_nothing_is_unused() {
    let main = "include \"base.thrift\"\ninclude \"link.thrift\"\nstruct M { 1: base.B b }\n";
    let folder = Folder::new(&[("base.thrift", BASE), ("main.thrift", main)], &[("link.thrift", "base.thrift")]);
    insta::assert_snapshot!(shown(&folder.check(&["main.thrift"]), &folder), @r#"DIR/main.thrift:2:9: warning[W001]: nothing from "link.thrift" is used (help: remove the line)"#);
}

#[test]
fn a_file_and_a_link_to_it_are_one_root_by_the_first_name() {
    let folder =
        Folder::new(&[("base.thrift", "struct B { 1: i32 x, 1: i32 y }\n")], &[("link.thrift", "base.thrift")]);
    insta::assert_snapshot!(shown(&folder.check(&["link.thrift", "base.thrift"]), &folder), @r#"DIR/link.thrift:1:22: error[E041]: the id 1 is used twice (help: the next free id is 2)"#);
    insta::assert_snapshot!(shown(&folder.check(&["base.thrift", "link.thrift"]), &folder), @r#"DIR/base.thrift:1:22: error[E041]: the id 1 is used twice (help: the next free id is 2)"#);
}

#[test]
fn includes_are_found_beside_the_file_and_beside_the_link() {
    let texts = [
        ("real/base.thrift", "include \"near.thrift\"\ninclude \"far.thrift\"\nstruct B { 1: near.N n; 2: far.F f }\n"),
        ("real/near.thrift", "struct N {}\n"),
        ("links/far.thrift", "struct F {}\n"),
        ("main.thrift", "include \"links/link.thrift\"\nstruct M { 1: link.B b }\n"),
        (
            "other.thrift",
            "include \"real/base.thrift\"\ninclude \"main.thrift\"\nstruct O { 1: base.B b; 2: main.M m }\n",
        ),
    ];
    let folder = Folder::new(&texts, &[("links/link.thrift", "../real/base.thrift")]);
    for roots in [["main.thrift", "other.thrift"], ["other.thrift", "main.thrift"], ["real/base.thrift", "main.thrift"]]
    {
        let checked = folder.check(&roots);
        assert_eq!(shown(&checked, &folder), "", "{roots:?}");
    }
    insta::assert_snapshot!(shown(&folder.check(&["real/base.thrift"]), &folder), @r#"DIR/real/base.thrift:2:9: error[E002]: cannot find "far.thrift" (help: searched `DIR/real`; add directories with `-I`)"#);
}
