//! What `volplane new` makes and says.

use std::fs;

use volplane_testkit::{ECHO, Sandbox, TestResult, each, tree, volplane, without_counts};

#[test]
fn a_project_from_the_echo_idl() -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    let outcome = sandbox.run(&["new", "idl/echo.thrift", "hello"])?;
    insta::assert_snapshot!("new", outcome.text());
    let files: Vec<String> =
        sandbox.tree()?.into_keys().filter(|name| !name.ends_with('/') && !name.contains("/runtime/")).collect();
    insta::assert_snapshot!("new_files", files.join("\n"));
    Ok(())
}

#[test]
fn the_same_bytes_each_time() -> TestResult {
    each([&[][..], &["--codegen", "checked-in"]], |options| {
        let sandbox = Sandbox::with_echo()?;
        for dir in ["a/hello", "b/hello"] {
            let outcome = sandbox.run(&[&["new", "idl/echo.thrift", dir], options].concat())?;
            assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        }
        assert_eq!(tree(&sandbox.path().join("a"))?, tree(&sandbox.path().join("b"))?);
        Ok(())
    })?;
    Ok(())
}

#[test]
fn a_dry_run_lists_what_a_real_one_makes() -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    let before = sandbox.tree()?;
    let dry = sandbox.run(&["new", "idl/echo.thrift", "hello", "--dry-run"])?;
    assert_eq!((dry.code, sandbox.tree()?), (Some(0), before));
    insta::assert_snapshot!(without_counts(&dry.stderr));

    sandbox.run(&["new", "idl/echo.thrift", "hello"])?;
    let made = tree(&sandbox.path().join("hello"))?;
    let mut made: Vec<&str> = made.keys().map(String::as_str).filter(|name| !name.ends_with('/')).collect();
    let mut listed: Vec<&str> = dry.stdout.lines().collect();
    made.sort_unstable();
    listed.sort_unstable();
    assert_eq!(listed, made);
    Ok(())
}

#[test]
fn quiet_says_nothing_and_verbose_names_every_file() -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    let quiet = sandbox.run(&["-q", "new", "idl/echo.thrift", "a"])?;
    assert_eq!(quiet.text(), "exit: 0\n--- stdout\n--- stderr\n");
    let verbose = sandbox.run(&["new", "idl/echo.thrift", "b", "--verbose"])?;
    assert!(verbose.stderr.contains("     Created b/cmd/src/echo.rs\n"), "{}", verbose.stderr);
    Ok(())
}

#[test]
fn colour_is_for_terminals_unless_it_is_asked_for() -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    let coloured = |when: &str| -> Result<bool, Box<dyn std::error::Error>> {
        Ok(sandbox.run(&["new", "idl/echo.thrift", "x", "--dry-run", "--color", when])?.stderr.contains('\u{1b}'))
    };
    assert!(coloured("always")?);
    assert!(!coloured("never")?);
    assert!(!coloured("auto")?);
    Ok(())
}

#[test]
fn the_folder_is_named_as_the_idl_or_is_the_current_one() -> TestResult {
    let sandbox = Sandbox::with_echo()?.file("here/keep", "")?;
    assert_eq!(sandbox.run(&["new", "idl/echo.thrift"])?.code, Some(0));
    assert!(fs::exists(sandbox.path().join("echo/volplane.toml"))?);

    fs::remove_file(sandbox.path().join("here/keep"))?;
    let outcome = sandbox.run_in("here", &["new", "../idl/echo.thrift", "."])?;
    insta::assert_snapshot!(outcome.text());
    let manifest = fs::read_to_string(sandbox.path().join("here/cmd/Cargo.toml"))?;
    assert!(manifest.contains("name = \"here-cmd\""), "{manifest}");
    let hidden: Vec<_> =
        tree(&sandbox.path().join("here"))?.into_keys().filter(|name| name.contains(".volplane")).collect();
    assert_eq!(hidden, Vec::<String>::new());
    Ok(())
}

#[test]
fn folders_on_the_way_are_made_and_slashes_behind_don_t_matter() -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    assert_eq!(sandbox.run(&["new", "idl/echo.thrift", "a/b/hello/"])?.code, Some(0));
    assert!(fs::exists(sandbox.path().join("a/b/hello/Cargo.toml"))?);
    let left: Vec<_> = sandbox.tree()?.into_keys().filter(|name| name.contains("/.volplane")).collect();
    assert_eq!(left, Vec::<String>::new());
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_link_to_an_empty_folder_stays_a_link() -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    fs::create_dir(sandbox.path().join("real"))?;
    std::os::unix::fs::symlink("real", sandbox.path().join("hello"))?;
    assert_eq!(sandbox.run(&["new", "idl/echo.thrift", "hello"])?.code, Some(0));
    assert!(fs::symlink_metadata(sandbox.path().join("hello"))?.is_symlink());
    assert!(fs::exists(sandbox.path().join("real/Cargo.toml"))?);
    Ok(())
}

#[test]
fn includes_come_along_and_are_found_again() -> TestResult {
    let sandbox = Sandbox::new()?
        .file("svc/shop.thrift", "include \"../common/base.thrift\"\ninclude \"money.thrift\"\nservice Shop {\n    base.Item find(1: money.Price price)\n}\n")?
        .file("common/base.thrift", "struct Item {\n    1: string name\n}\n")?
        .file("third/money.thrift", "struct Price {\n    1: i64 cents\n}\n")?;
    let outcome = sandbox.run(&["new", "-I", "third", "svc/shop.thrift", "hello"])?;
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let idl: Vec<_> =
        tree(&sandbox.path().join("hello/idl"))?.into_keys().filter(|name| !name.ends_with('/')).collect();
    assert_eq!(idl, ["common/base.thrift", "svc/shop.thrift", "third/money.thrift"]);
    insta::assert_snapshot!(fs::read_to_string(sandbox.path().join("hello/volplane.toml"))?);
    Ok(())
}

#[test]
fn volplane_toml_records_the_options() -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    let options = [
        "--service",
        "shop.\"api\"",
        "--module",
        "my-shop",
        "--transport",
        "yamux,stdnet,yamux",
        "--codegen",
        "checked-in",
        "--runtime",
        "git=https://example.org/volplane",
    ];
    let outcome = sandbox.run(&[&["new", "idl/echo.thrift", "x"][..], &options].concat())?;
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    insta::assert_snapshot!(fs::read_to_string(sandbox.path().join("x/volplane.toml"))?);
    insta::assert_snapshot!(without_versions(&fs::read_to_string(sandbox.path().join("x/Cargo.toml"))?));
    let programs: Vec<_> =
        tree(&sandbox.path().join("x/cmd"))?.into_keys().filter(|name| name.ends_with("main.rs")).collect();
    assert_eq!(
        programs,
        ["02-stdnet/client/main.rs", "02-stdnet/server/main.rs", "04-yamux/client/main.rs", "04-yamux/server/main.rs"]
    );
    Ok(())
}

#[test]
fn no_version_is_a_star() -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    sandbox.run(&["new", "idl/echo.thrift", "hello"])?;
    for (path, text) in sandbox.tree()? {
        assert!(!path.ends_with("Cargo.toml") || !text.contains("\"*\""), "{path}");
    }
    Ok(())
}

/// The signal comes at another moment each time; whichever it is, the project is there whole or not at all.
#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_all_or_nothing() -> TestResult {
    use std::process::{Command, Stdio};
    use std::time::Duration;

    let whole = Sandbox::with_echo()?;
    assert_eq!(whole.run(&["-q", "new", "idl/echo.thrift", "hello", "--codegen", "checked-in"])?.code, Some(0));
    let (whole, before) = (whole.tree()?, Sandbox::with_echo()?.tree()?);
    for step in 0..12 {
        let sandbox = Sandbox::with_echo()?;
        let mut running = volplane()
            .args(["-q", "new", "idl/echo.thrift", "hello", "--codegen", "checked-in"])
            .current_dir(sandbox.path())
            .stderr(Stdio::null())
            .spawn()?;
        std::thread::sleep(Duration::from_millis(step * 15));
        // It may have ended by then.
        Command::new("kill").args(["-INT", &running.id().to_string()]).stderr(Stdio::null()).status()?;
        let done = running.wait()?.success();
        assert!(sandbox.tree()? == if done { whole.clone() } else { before.clone() }, "step {step}");
    }
    Ok(())
}

/// The text with `[VERSION]` for every version that a dependency is pinned to.
fn without_versions(text: &str) -> String {
    let version =
        |part: &str| part.trim_start_matches('=').starts_with(|c: char| c.is_ascii_digit()) && part.contains('.');
    text.split('"').map(|part| if version(part) { "[VERSION]" } else { part }).collect::<Vec<_>>().join("\"")
}

const TYPES: &str = "namespace rs types\n\nstruct Article {\n    1: string name\n}\n";

#[test]
fn an_idl_without_a_service_is_a_library_of_types() -> TestResult {
    let sandbox = Sandbox::new()?.file("types.thrift", TYPES)?;
    let outcome = sandbox.run(&["new", "types.thrift", "hello"])?;
    insta::assert_snapshot!("types_only", outcome.text());
    let made = tree(&sandbox.path().join("hello"))?;
    let files = made.keys().filter(|path| !path.ends_with('/') && !path.starts_with("runtime/codegen/"));
    insta::assert_snapshot!("types_only_files", files.cloned().collect::<Vec<_>>().join("\n"));
    insta::assert_snapshot!("types_only_readme", made["README.md"].as_str());
    insta::assert_snapshot!(
        "types_only_generated",
        format!("{}\n{}", made["generated/Cargo.toml"], made["generated/build.rs"])
    );
    assert!(!made["Cargo.lock"].contains("volo-thrift"), "{}", made["Cargo.lock"]);
    assert_eq!(sandbox.run_in("hello", &["check"])?.code, Some(0));
    Ok(())
}

#[test]
fn services_are_left_out_on_request() -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    let options = ["--types-only", "--codegen", "checked-in"];
    let outcome = sandbox.run(&[&["new", "idl/echo.thrift", "hello"][..], &options].concat())?;
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("Types only"), "{}", outcome.stderr);
    let made = tree(&sandbox.path().join("hello"))?;
    assert!(made["volplane.toml"].contains("\ntypes_only = true\n"), "{}", made["volplane.toml"]);
    for path in made.keys() {
        assert!(!path.starts_with("cmd/") && !path.starts_with("runtime/"), "{path}");
    }
    // It stays so, whatever services come.
    let with_more = format!("{}\nservice More {{}}\n", ECHO);
    fs::write(sandbox.path().join("hello/idl/echo.thrift"), with_more)?;
    assert_eq!(sandbox.run_in("hello", &["update"])?.code, Some(0));
    assert!(!fs::exists(sandbox.path().join("hello/cmd"))?);
    Ok(())
}

#[test]
fn programs_are_left_out_on_request() -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    let outcome = sandbox.run(&["new", "idl/echo.thrift", "hello", "--no-programs", "--runtime", "version=0.1"])?;
    insta::assert_snapshot!("no_programs", outcome.text());
    let made = tree(&sandbox.path().join("hello"))?;
    let files = made.keys().filter(|path| !path.ends_with('/'));
    insta::assert_snapshot!("no_programs_files", files.cloned().collect::<Vec<_>>().join("\n"));
    insta::assert_snapshot!(
        "no_programs_library",
        format!("{}\n{}", made["cmd/Cargo.toml"], made["cmd/src/services.rs"])
    );
    assert!(made["volplane.toml"].contains("\ntransports = []\n"), "{}", made["volplane.toml"]);
    assert_eq!(sandbox.run_in("hello", &["check"])?.code, Some(0));
    // Files to run a server need one.
    each([["--no-programs", "--with=docker"], ["--no-programs", "--transport=stdnet"]], |options| {
        let refused = sandbox.run(&[&["new", "idl/echo.thrift", "other"][..], &options].concat())?;
        assert_eq!(refused.code, Some(2), "{}", refused.stderr);
        Ok(())
    })?;
    Ok(())
}

#[test]
fn files_to_run_a_server_elsewhere_come_on_request() -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    let options = ["--with", "systemd,docker", "--transport", "websocket", "--runtime", "version=0.1"];
    let outcome = sandbox.run(&[&["new", "idl/echo.thrift", "hello"][..], &options].concat())?;
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let made = tree(&sandbox.path().join("hello"))?;
    insta::assert_snapshot!("with_docker", format!("{}\n{}", made["Dockerfile"], made[".dockerignore"]));
    insta::assert_snapshot!("with_systemd", made["hello.service"].as_str());
    assert!(made["volplane.toml"].contains("\nwith = [\"docker\", \"systemd\"]\n"), "{}", made["volplane.toml"]);
    assert_eq!(sandbox.run_in("hello", &["check"])?.code, Some(0));
    Ok(())
}

#[test]
fn the_packages_of_any_folder_have_names() -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    each(
        [
            ("P1", "p1"),
            ("My Shop", "my-shop"),
            ("shop.v2", "shop-v2"),
            ("1st", "project-1st"),
            ("Müller & Co", "m-ller-co"),
            ("商店", "project"),
            ("type", "project-type"),
        ],
        |(folder, module)| {
            let outcome = sandbox.run(&["new", "idl/echo.thrift", folder, "--runtime", "version=0.1"])?;
            assert_eq!(outcome.code, Some(0), "{folder}: {}", outcome.stderr);
            assert!(outcome.stderr.contains(&format!("Named the packages {module}-…")), "{folder}: {}", outcome.stderr);
            let manifest = fs::read_to_string(sandbox.path().join(folder).join("cmd/Cargo.toml"))?;
            assert!(manifest.contains(&format!("name = \"{module}-cmd\"")), "{folder}: {manifest}");
            assert_eq!(sandbox.run_in(folder, &["check"])?.code, Some(0), "{folder}");
            Ok(())
        },
    )?;
    Ok(())
}

#[test]
fn example_calls_pass_only_values_that_there_are() -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    let idl = "union U {} struct A { 1: required U u } exception E {}\n\
               service S { void a(1: U u) throws (1: E e) void b(1: A a) void c(1: optional U u) }\n";
    each(
        [
            (idl, "clients.s_service.c(Default::default()).await?;"),
            (
                "union U {} service S { void a(1: U u) }",
                "// The IDL has no method to call with values that are made up.",
            ),
            ("service S {}", "// The IDL has no method to call yet."),
        ],
        |(idl, expected)| {
            fs::write(sandbox.path().join("idl/s.thrift"), idl)?;
            let _ = fs::remove_dir_all(sandbox.path().join("s"));
            let outcome = sandbox.run(&["new", "idl/s.thrift", "s", "--runtime", "version=0.1"])?;
            assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
            let client = fs::read_to_string(sandbox.path().join("s/cmd/01-default/client/main.rs"))?;
            assert!(client.contains(expected) && !client.contains("MaybeException"), "{client}");
            Ok(())
        },
    )?;
    Ok(())
}

#[test]
fn quiet_hides_warnings_but_not_errors() -> TestResult {
    // Fields without ids of their own and an include that is not used.
    let sandbox = Sandbox::with_echo()?
        .file("base.thrift", "struct Item {}\n")?
        .file("odd.thrift", "include \"base.thrift\"\nservice Odd {}\n")?
        .file("wrong.thrift", "include \"base.thrift\"\nservice Wrong {\n    Nothing find()\n}\n")?;
    let loud = sandbox.run(&["check-idl", "odd.thrift"])?;
    assert!(loud.stderr.contains("warning"), "{}", loud.stderr);
    assert_eq!(sandbox.run(&["-q", "new", "idl/echo.thrift", "hello", "--runtime", "version=0.1"])?.stderr, "");
    each(
        [
            (".", &["check-idl", "odd.thrift"][..]),
            (".", &["dump", "--json", "odd.thrift"]),
            (".", &["new", "odd.thrift", "odd", "--runtime", "version=0.1"]),
            ("odd", &["update"]),
            ("odd", &["check"]),
            ("odd", &["update", "--dry-run"]),
            ("hello", &["add", "../odd.thrift"]),
            ("hello", &["remove", "idl/odd.thrift"]),
        ],
        |(dir, arguments)| {
            let quiet = sandbox.run_in(dir, &[&["-q"][..], arguments].concat())?;
            assert_eq!((quiet.code, quiet.stderr.as_str()), (Some(0), ""), "{arguments:?}");
            Ok(())
        },
    )?;
    let wrong = sandbox.run(&["-q", "check-idl", "wrong.thrift"])?;
    assert!(wrong.stderr.contains("error") && !wrong.stderr.contains("warning"), "{}", wrong.stderr);
    // What is to be an error is shown.
    let denied = sandbox.run(&["-q", "check-idl", "--deny-warnings", "odd.thrift"])?;
    assert!(denied.code == Some(1) && denied.stderr.contains("base.thrift"), "{}", denied.stderr);
    Ok(())
}
