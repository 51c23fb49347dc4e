//! `volplane migrate`. The fixtures have the forms that kitex 0.16 and volo-cli 0.12 write, with code in them.

use std::error::Error;
use std::fs;
use std::path::Path;

use volplane_testkit::{Outcome, Sandbox, TestResult, tree};

/// A folder with the fixture in `shop`.
fn with_fixture(name: &str) -> Result<Sandbox, Box<dyn Error>> {
    let mut sandbox = Sandbox::new()?;
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all/fixtures").join(name);
    for (path, text) in tree(&fixture)? {
        if !path.ends_with('/') {
            sandbox = sandbox.file(&path, &text)?;
        }
    }
    Ok(sandbox)
}

/// Migrates, which must leave the old project as it is, and shows the files that were made, without the runtime.
fn migrated(sandbox: &Sandbox, target: &str, arguments: &[&str]) -> Result<(Outcome, String), Box<dyn Error>> {
    let before = tree(&sandbox.path().join("shop"))?;
    let outcome = sandbox.run(arguments)?;
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(tree(&sandbox.path().join("shop"))? == before, "the old project was changed");
    let made = tree(&sandbox.path().join(target))?;
    let check = sandbox.run_in(target, &["check"])?;
    assert_eq!(check.code, Some(0), "an update would change the new project: {}", check.stderr);
    let files = made.into_keys().filter(|path| !path.ends_with('/') && !path.starts_with("runtime/"));
    Ok((outcome, files.collect::<Vec<_>>().join("\n")))
}

/// Runs the command, which must change nothing, and shows what it says.
fn refused(sandbox: &Sandbox, dir: &str, arguments: &[&str]) -> Result<String, Box<dyn Error>> {
    let before = sandbox.tree()?;
    let outcome = sandbox.run_in(dir, arguments)?;
    assert!(sandbox.tree()? == before, "something was left on the disk");
    assert_ne!(outcome.code, Some(0));
    Ok(outcome.text())
}

#[test]
fn a_project_of_kitexs() -> TestResult {
    let sandbox = with_fixture("kitex")?;
    let (outcome, files) = migrated(&sandbox, "shop-volplane", &["migrate", "kitex", "shop"])?;
    insta::assert_snapshot!("kitex", outcome.text());
    insta::assert_snapshot!("kitex_files", files);
    let made = sandbox.path().join("shop-volplane");
    insta::assert_snapshot!("kitex_report", fs::read_to_string(made.join("MIGRATION.md"))?);
    insta::assert_snapshot!("kitex_config", fs::read_to_string(made.join("volplane.toml"))?);
    Ok(())
}

#[test]
fn the_lines_that_the_report_names_are_those_of_the_methods() -> TestResult {
    let sandbox = with_fixture("kitex")?;
    migrated(&sandbox, "shop-volplane", &["migrate", "kitex", "shop"])?;
    let made = sandbox.path().join("shop-volplane");
    let report = fs::read_to_string(made.join("MIGRATION.md"))?;
    let mut found = 0;
    for row in report.lines().filter(|line| line.contains("`ShopServiceImpl.")) {
        let cells: Vec<&str> = row.split('`').collect();
        let line = |root: &Path, place: &str| -> Result<String, Box<dyn Error>> {
            let (path, line) = place.split_once(':').ok_or(place)?;
            let text = fs::read_to_string(root.join(path))?;
            Ok(text.lines().nth(line.parse::<usize>()? - 1).ok_or(place)?.to_owned())
        };
        let go = line(&sandbox.path().join("shop"), cells[1])?;
        let method = cells[3].rsplit('.').next().ok_or(row)?;
        assert!(go.contains(&format!("ShopServiceImpl) {method}(")), "{go}");
        let rust = line(&made, cells[5])?.replace('_', "");
        assert!(rust.contains(&format!("async fn {}(", method.to_lowercase())), "{rust}");
        found += 1;
    }
    assert_eq!(found, 2, "{report}");
    Ok(())
}

#[test]
fn a_project_of_volo_clis() -> TestResult {
    let sandbox = with_fixture("volo")?;
    let (outcome, files) = migrated(&sandbox, "rs", &["migrate", "volo", "shop", "rs"])?;
    insta::assert_snapshot!("volo", outcome.text());
    insta::assert_snapshot!("volo_files", files);
    insta::assert_snapshot!("volo_report", fs::read_to_string(sandbox.path().join("rs/MIGRATION.md"))?);
    insta::assert_snapshot!("volo_config", fs::read_to_string(sandbox.path().join("rs/volplane.toml"))?);
    // The copies find each other.
    let check = ["check-idl", "-I", "rs/idl/common", "rs/idl/shop.thrift", "rs/idl/admin.thrift"];
    assert_eq!(sandbox.run(&check)?.code, Some(0));
    Ok(())
}

#[test]
fn the_folder_may_be_the_current_one_and_the_names_ones_own() -> TestResult {
    let sandbox = with_fixture("kitex")?;
    let outcome = sandbox.run_in("shop", &["migrate", "kitex", "--module", "boutique"])?;
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let toml = fs::read_to_string(sandbox.path().join("shop-volplane/volplane.toml"))?;
    assert!(toml.contains("module = \"boutique\""), "{toml}");
    // A folder of a larger module, whose programs kitex did not make.
    let outcome = sandbox.run_in("shop/cmd", &["migrate", "kitex", ".", "../../new", "--idl", "../idl/shop.thrift"])?;
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("client/main.go:14: client.WithHostPorts"), "{}", outcome.stderr);
    assert!(fs::read_to_string(sandbox.path().join("new/volplane.toml"))?.contains("module = \"cmd\""));
    Ok(())
}

#[test]
fn handlers_may_have_any_name_and_file() -> TestResult {
    let handler = "package server\n\ntype Shop struct{}\n\nfunc (s *Shop) FindItems(ctx context.Context) error { return nil }\nfunc (s *Shop) BuyItem(ctx context.Context) error { return nil }\nfunc (s *Shop) Forget(ctx context.Context) error {\n\treturn\n}\nfunc (s *Shop) Ping(ctx context.Context) error { return nil }\n";
    let sandbox = with_fixture("kitex")?.file("shop/server/server.go", handler)?;
    fs::remove_file(sandbox.path().join("shop/handler.go"))?;
    let (outcome, _) = migrated(&sandbox, "shop-volplane", &["migrate", "kitex", "shop"])?;
    let told: Vec<&str> = outcome.stderr.lines().filter(|line| line.contains("Shop.")).map(str::trim).collect();
    let expected = [
        "Action server/server.go:5: Shop.FindItems goes to cmd/src/shop_service.rs:18",
        "Action server/server.go:6: Shop.BuyItem goes to cmd/src/shop_service.rs:22",
        "Action server/server.go:10: Shop.Ping goes to cmd/src/shop_service.rs:14",
    ];
    assert_eq!(told, expected, "{}", outcome.stderr);
    Ok(())
}

#[test]
fn several_idls_are_chosen_from() -> TestResult {
    let sandbox = with_fixture("kitex")?
        .file("shop/idl/admin.thrift", "namespace go admin\nservice Admin {\n    void stop()\n}\n")?
        .file("shop/kitex_gen/admin/admin/client.go", "package admin\n")?;
    insta::assert_snapshot!("several_idls", refused(&sandbox, ".", &["migrate", "kitex", "shop"])?);
    let idls = ["--idl", "shop/idl/shop.thrift", "--idl", "shop/idl/admin.thrift"];
    let (_, files) = migrated(&sandbox, "both", &[&["migrate", "kitex", "shop", "both"], &idls[..]].concat())?;
    assert!(files.contains("cmd/src/admin.rs") && files.contains("cmd/src/shop_service.rs"), "{files}");
    Ok(())
}

#[test]
fn what_can_not_be_migrated_is_left_alone() -> TestResult {
    let sandbox = with_fixture("kitex")?.file("plain/go.mod", "module plain\n")?.file("taken/notes.txt", "mine")?;
    insta::assert_snapshot!("not_kitexs", refused(&sandbox, ".", &["migrate", "kitex", "plain"])?);
    insta::assert_snapshot!("not_volo_clis", refused(&sandbox, ".", &["migrate", "volo", "shop"])?);
    insta::assert_snapshot!("inside", refused(&sandbox, ".", &["migrate", "kitex", "shop", "shop/rs"])?);
    insta::assert_snapshot!("inside_here", refused(&sandbox, "shop", &["migrate", "kitex", ".", "rs"])?);
    insta::assert_snapshot!("taken", refused(&sandbox, ".", &["migrate", "kitex", "shop", "taken"])?);
    insta::assert_snapshot!("no_folder", refused(&sandbox, ".", &["migrate", "kitex", "nowhere"])?);

    let sandbox = sandbox.file("shop/kitex_info.yaml", "kitexinfo: [")?;
    insta::assert_snapshot!("bad_yaml", refused(&sandbox, ".", &["migrate", "kitex", "shop"])?);
    let sandbox = sandbox.file("shop/idl/shop.thrift", "namespace go elsewhere\nservice Other {}\n")?;
    fs::remove_file(sandbox.path().join("shop/kitex_info.yaml"))?;
    insta::assert_snapshot!("no_idl", refused(&sandbox, ".", &["migrate", "kitex", "shop"])?);
    Ok(())
}
