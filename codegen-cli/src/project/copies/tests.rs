//! Where the copies of a second IDL go in a project that has files.

use super::*;

/// A copy with its text and its includes.
type File = (&'static str, &'static str, &'static [(&'static str, usize)]);

fn copies(files: &[File], include: &[&str]) -> Copies {
    let copy = |(path, text, includes): &File| FileCopy {
        path: (*path).to_owned(),
        text: (*text).to_owned(),
        includes: includes.iter().map(|(text, target)| ((*text).to_owned(), *target)).collect(),
    };
    let include = include.iter().map(|dir| (*dir).to_owned()).collect();
    Copies { copies: files.iter().map(copy).collect(), roots: 1, include }
}

/// The paths of the copies and the folders for their includes, in a project with these files and folders.
fn beside(new: &Copies, files: &[(&str, &str)], dirs: &[&str]) -> Result<String, Hidden> {
    let present = |path: &str| {
        let found = files.iter().find(|(other, _)| *other == path);
        found.map(|(_, text)| text.as_bytes().to_vec())
    };
    let placed = new.clone().beside(&present, dirs)?;
    let paths: Vec<&str> = placed.copies.iter().map(|copy| copy.path.as_str()).collect();
    Ok(format!("{} | {}", paths.join(" "), placed.include.join(" ")))
}

#[test]
fn files_that_clash_with_none_lie_in_idl() {
    let new = copies(&[("idl/shop.thrift", "s", &[("base.thrift", 1)]), ("idl/base.thrift", "b", &[])], &[]);
    assert_eq!(beside(&new, &[], &[]), Ok("idl/shop.thrift idl/base.thrift | ".to_owned()));
    // The same file is one file.
    assert_eq!(beside(&new, &[("idl/base.thrift", "b")], &[]), Ok("idl/shop.thrift idl/base.thrift | ".to_owned()));
}

#[test]
fn a_root_whose_files_clash_gets_a_folder_of_its_own() {
    let new = copies(&[("idl/shop.thrift", "s", &[("base.thrift", 1)]), ("idl/base.thrift", "b", &[])], &[]);
    let expected = "idl/shop/shop.thrift idl/shop/base.thrift | ";
    assert_eq!(beside(&new, &[("idl/base.thrift", "other")], &[]).as_deref(), Ok(expected));
    let taken = [("idl/base.thrift", "other"), ("idl/shop/base.thrift", "third")];
    let expected = "idl/shop2/shop.thrift idl/shop2/base.thrift | ";
    assert_eq!(beside(&new, &taken, &[]).as_deref(), Ok(expected));
}

#[test]
fn files_that_are_the_same_stay_one() {
    let files: [File; 3] = [
        ("idl/shop.thrift", "s", &[("base.thrift", 1), ("common/money.thrift", 2)]),
        ("idl/base.thrift", "b", &[]),
        ("idl/common/money.thrift", "m", &[]),
    ];
    let present = [("idl/base.thrift", "other"), ("idl/common/money.thrift", "m")];
    let expected = "idl/shop/shop.thrift idl/shop/base.thrift idl/common/money.thrift | idl";
    assert_eq!(beside(&copies(&files, &[]), &present, &[]).as_deref(), Ok(expected));
}

#[test]
fn a_file_that_includes_another_one_is_another_one_itself() {
    let files: [File; 3] = [
        ("idl/shop.thrift", "s", &[("money.thrift", 1)]),
        ("idl/money.thrift", "m", &[("base.thrift", 2)]),
        ("idl/base.thrift", "b", &[]),
    ];
    let present = [("idl/base.thrift", "other"), ("idl/money.thrift", "m")];
    let expected = "idl/shop/shop.thrift idl/shop/money.thrift idl/shop/base.thrift | ";
    assert_eq!(beside(&copies(&files, &[]), &present, &[]).as_deref(), Ok(expected));
}

#[test]
fn an_include_that_goes_up_finds_the_file_that_is_the_same() {
    let files: [File; 3] = [
        ("idl/svc2/shop.thrift", "s", &[("../common/base.thrift", 1), ("../common/money.thrift", 2)]),
        ("idl/common/base.thrift", "b", &[]),
        ("idl/common/money.thrift", "m", &[]),
    ];
    let present =
        [("idl/svc1/echo.thrift", "e"), ("idl/common/base.thrift", "other"), ("idl/common/money.thrift", "m")];
    let expected = "idl/shop/svc2/shop.thrift idl/shop/common/base.thrift idl/common/money.thrift | idl/common";
    assert_eq!(beside(&copies(&files, &[]), &present, &[]).as_deref(), Ok(expected));
    // From no folder that is there the way up leads to it: it is copied.
    let files: [File; 3] = [
        ("idl/svc2/shop.thrift", "s", &[("../base.thrift", 1), ("../money.thrift", 2)]),
        ("idl/base.thrift", "b", &[]),
        ("idl/money.thrift", "m", &[]),
    ];
    let present = [("idl/base.thrift", "other"), ("idl/money.thrift", "m")];
    let expected = "idl/shop/svc2/shop.thrift idl/shop/base.thrift idl/shop/money.thrift | ";
    assert_eq!(beside(&copies(&files, &[]), &present, &[]).as_deref(), Ok(expected));
}

#[test]
fn a_folder_of_the_project_does_not_hide_a_file() {
    // Found through -I, here as there.
    let files: [File; 2] = [("idl/shop.thrift", "s", &[("base.thrift", 1)]), ("idl/include/base.thrift", "b", &[])];
    let new = copies(&files, &["idl/include"]);
    let present = [("idl/echo.thrift", "e"), ("idl/include/base.thrift", "other")];
    let expected = "idl/shop/shop.thrift idl/shop/base.thrift | ";
    assert_eq!(beside(&new, &present, &["idl/include"]).as_deref(), Ok(expected));
    // A file of the project's that would be found first.
    let present = [("idl/echo.thrift", "e"), ("third/base.thrift", "other")];
    assert_eq!(beside(&new, &present, &["third"]).as_deref(), Ok(expected));
    let files: [File; 3] = [
        ("idl/shop.thrift", "s", &[("base.thrift", 1), ("sub/more.thrift", 2)]),
        ("idl/include/base.thrift", "b", &[]),
        ("idl/sub/more.thrift", "m", &[("base.thrift", 1)]),
    ];
    let hidden = beside(&copies(&files, &["idl/include"]), &present, &["third"]).map_err(|hidden| hidden.to_string());
    let expected =
        "the include \"base.thrift\" of idl/shop/shop.thrift would find third/base.thrift, which is another file";
    assert_eq!(hidden, Err(expected.to_owned()));
}
