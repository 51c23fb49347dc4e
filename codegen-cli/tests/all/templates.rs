//! Templates of one's own: ejected, checked, used.

use std::error::Error;
use std::fs;

use volplane_testkit::{Sandbox, TestResult, each, tree, without_counts};

/// A list with one template for each method.
const SMALL: &str = r#"[[file]]
template = "notes.j2"
path = "notes/{{ service.file }}-{{ method.name | replace('r#', '') }}.md"
for_each = "method"
update = "merge"
"#;

fn ejected() -> Result<Sandbox, Box<dyn Error>> {
    let sandbox = Sandbox::with_echo()?;
    let outcome = sandbox.run(&["-q", "templates", "eject"])?;
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    Ok(sandbox)
}

/// Replaces what stands once in a file.
fn edit(sandbox: &Sandbox, path: &str, from: &str, to: &str) -> TestResult {
    let path = sandbox.path().join(path);
    let text = fs::read_to_string(&path)?;
    assert_eq!(text.matches(from).count(), 1, "{from:?} in {}", path.display());
    Ok(fs::write(path, text.replace(from, to))?)
}

#[test]
fn ejected_templates_are_sound_and_make_the_same_project() -> TestResult {
    let sandbox = Sandbox::with_echo()?;
    insta::assert_snapshot!("eject", without_counts(&sandbox.run(&["templates", "eject"])?.text()));
    insta::assert_snapshot!("check", without_counts(&sandbox.run(&["templates", "check"])?.text()));

    each([&[][..], &["--transport", "yamux", "--codegen", "checked-in"]], |options| {
        let new = |dir: &str, more: &[&str]| sandbox.run(&[&["new", "idl/echo.thrift", dir], options, more].concat());
        assert_eq!(new("built-in/hello", &[])?.code, Some(0));
        let outcome = new("own/hello", &["--template-dir", "templates"])?;
        assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
        let mut own = tree(&sandbox.path().join("own"))?;
        let mut built_in = tree(&sandbox.path().join("built-in"))?;
        // The settings say where the templates are, and the memory has the settings.
        let config = own.get_mut("hello/volplane.toml").ok_or("no volplane.toml")?;
        assert!(config.contains("\ntemplates = \"../../templates\"\n"), "{config}");
        *config = config.replace("\ntemplates = \"../../templates\"\n", "\n# templates = \"templates\"\n");
        for tree in [&mut own, &mut built_in] {
            let memory = tree.get_mut("hello/volplane.lock").ok_or("no volplane.lock")?;
            *memory = memory.lines().filter(|line| !line.contains(" volplane.toml ")).collect::<Vec<_>>().join("\n");
        }
        assert_eq!(built_in, own);
        fs::remove_dir_all(sandbox.path().join("own"))?;
        fs::remove_dir_all(sandbox.path().join("built-in"))?;
        Ok(())
    })?;
    Ok(())
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() -> TestResult {
    let sandbox = Sandbox::new()?.file("templates/mine.j2", "mine")?.file("file", "")?;
    let before = sandbox.tree()?;
    insta::assert_snapshot!("eject_not_empty", sandbox.run(&["templates", "eject"])?.text());
    insta::assert_snapshot!("eject_file", sandbox.run(&["templates", "eject", "file"])?.text());
    assert_eq!(sandbox.tree()?, before);
    Ok(())
}

#[test]
fn every_mistake_is_told_with_file_and_line() -> TestResult {
    let edits = [
        ("a name in a template", "cmd/src/handler.rs.j2", "pub struct {{ service", "pub struct {{ servce"),
        ("a field", "cmd/src/handler.rs.j2", "{{ method.signature }}", "{{ method.sinature }}"),
        ("a field of a loop's variable", "README.md.j2", "{{ transport.address }}", "{{ transport.adress }}"),
        (
            "several in one line",
            "cmd/call.j2",
            "let answer = clients.{{ service.file }}",
            "{{ answr }}{{ service.nam | uper }}{{ usess() }}",
        ),
        ("what nothing sets", "README.md.j2", "## Run it\n", "## Run it\n\n{{ set.team }}\n"),
        ("a block without an end", "cmd/src/lib.rs.j2", "{% endif %}\n{% if hub %}", "{% if hub %}"),
        ("an include of nothing", "cmd/src/lib.rs.j2", "cmd/src/not_implemented.j2", "cmd/src/implemented.j2"),
        (
            "no Rust",
            "generated/src/lib.rs.j2",
            "{% if project.codegen == \"build-rs\" %}",
            "fn x( {\n{% if project.codegen == \"build-rs\" %}",
        ),
        ("no TOML", "generated/Cargo.toml.j2", "publish = false", "publish = no"),
        ("no such template", "manifest.toml", "template = \"README.md.j2\"", "template = \"READM.md.j2\""),
        ("a path out of the project", "manifest.toml", "path = \".gitignore\"", "path = \"../.gitignore\""),
        ("an absolute path", "manifest.toml", "path = \".gitignore\"", "path = \"/etc/passwd\""),
        (
            "one path for many",
            "manifest.toml",
            "path = \"{{ project.package }}/src/{{ service.file }}.rs\"",
            "path = \"cmd/src/handler.rs\"",
        ),
        ("a path of another file", "manifest.toml", "path = \".gitignore\"", "path = \"README.md\""),
        ("a path below a file", "manifest.toml", "path = \".gitignore\"", "path = \"README.md/x\""),
        ("a name in a path", "manifest.toml", "tests/{{ transport.name }}.rs", "tests/{{ transport.nme }}.rs"),
        ("a name in a condition", "manifest.toml", "project.codegen ==", "project.cdegen =="),
        ("a condition that is none", "manifest.toml", "project.codegen ==", "project.codegen = ="),
        ("an unknown key", "manifest.toml", "path = \".gitignore\"", "pth = \".gitignore\""),
        (
            "an unknown policy",
            "manifest.toml",
            "path = \".gitignore\"\nupdate = \"merge\"",
            "path = \".gitignore\"\nupdate = \"mrege\"",
        ),
        ("an unknown each", "manifest.toml", "for_each = \"service\"", "for_each = [\"transport\", \"sevice\"]"),
        ("no text", "manifest.toml", "path = \".gitignore\"", "path = 1"),
        ("no list", "manifest.toml", "[[file]]\ntemplate = \"Cargo.toml.j2\"", "[[file]\ntemplate = \"Cargo.toml.j2\""),
    ];
    let sandbox = ejected()?;
    let mut told = String::new();
    each(edits, |(name, path, from, to)| {
        let path = format!("templates/{path}");
        let before = fs::read_to_string(sandbox.path().join(&path))?;
        edit(&sandbox, &path, from, to)?;
        let outcome = sandbox.run(&["templates", "check"])?;
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(1), ""), "{name}: {}", outcome.stderr);
        told += &format!("# {name}\n{}\n", outcome.stderr);
        fs::write(sandbox.path().join(&path), before)?;
        Ok(())
    })?;
    insta::assert_snapshot!(told);
    Ok(())
}

#[test]
fn a_folder_without_templates_is_told() -> TestResult {
    let sandbox = Sandbox::with_echo()?.file("empty/README.md", "")?.file("bad/manifest.toml", SMALL)?;
    fs::write(sandbox.path().join("bad/notes.j2"), b"caf\xe9")?;
    each(
        [
            &["templates", "check"][..],
            &["templates", "check", "empty"],
            &["templates", "check", "bad/"],
            &["new", "idl/echo.thrift", "hello", "--template-dir", "nowhere"],
        ],
        |arguments| {
            let outcome = sandbox.run(arguments)?;
            assert!(!fs::exists(sandbox.path().join("hello"))?);
            insta::assert_snapshot!(outcome.text());
            Ok(())
        },
    )?;
    Ok(())
}

#[test]
fn new_makes_nothing_of_templates_with_mistakes() -> TestResult {
    let new = ["new", "idl/echo.thrift", "hello", "--template-dir", "templates"];
    let sandbox = ejected()?;
    edit(&sandbox, "templates/manifest.toml", "path = \".gitignore\"", "path = \"../outside\"")?;
    let before = sandbox.tree()?;
    insta::assert_snapshot!("new_outside", sandbox.run(&new)?.text());
    edit(&sandbox, "templates/README.md.j2", "{{ transport.address }}", "{{ transport.adress }}")?;
    insta::assert_snapshot!("new_two_mistakes", sandbox.run(&new)?.text());
    edit(&sandbox, "templates/README.md.j2", "{{ transport.adress }}", "{{ transport.address }}")?;
    assert_eq!(sandbox.tree()?, before);
    Ok(())
}

#[test]
fn values_are_handed_in_and_remembered() -> TestResult {
    let sandbox = Sandbox::with_echo()?
        .file(
            "own/manifest.toml",
            &format!("{SMALL}\n[[file]]\ntemplate = \"config.j2\"\npath = \"volplane.toml\"\nupdate = \"skip\"\n"),
        )?
        .file("own/notes.j2", "{{ method.full_name }} belongs to {{ set.team }}.\n")?
        .file(
            "own/config.j2",
            "[set]\n{% for key, value in set | items %}\n{{ key }} = {{ value | toml }}\n{% endfor %}\n",
        )?;
    let new = ["new", "idl/echo.thrift", "hello", "--template-dir", "own", "--runtime", "version=0.1"];
    insta::assert_snapshot!("set_missing", sandbox.run(&new)?.text());
    insta::assert_snapshot!("set_key", sandbox.run(&[&new[..], &["--set", "9lives=x"]].concat())?.text());

    let outcome = sandbox.run(&[&new[..], &["--set", "team=a", "--set", "team=\"b\"=c"]].concat())?;
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let made = tree(&sandbox.path().join("hello"))?;
    let files: Vec<&str> = made.keys().map(String::as_str).filter(|name| !name.ends_with('/')).collect();
    // Nothing in them asks for crates, so nothing is there to be locked.
    assert_eq!(files, ["idl/echo.thrift", "notes/echo-echo.md", "rustfmt.toml", "volplane.lock", "volplane.toml"]);
    assert_eq!(made["notes/echo-echo.md"], "Echo.echo belongs to \"b\"=c.\n");
    assert_eq!(made["volplane.toml"], "[set]\nteam = '\"b\"=c'\n");
    assert_eq!(sandbox.run(&["templates", "check", "own", "--set", "team=x"])?.code, Some(0));
    Ok(())
}

#[test]
fn templates_may_ask_for_crates_that_volplane_does_not_know() -> TestResult {
    let sandbox = ejected()?;
    edit(
        &sandbox,
        "templates/cmd/Cargo.toml.j2",
        "clap.workspace = true",
        "rocket.workspace = true\nclap.workspace = true",
    )?;
    let new = |dir: &str| sandbox.run(&["new", "idl/echo.thrift", dir, "--template-dir", "templates"]);
    insta::assert_snapshot!("crate_without_version", new("hello")?.text());

    edit(&sandbox, "templates/Cargo.toml.j2", "# <versions>", "rocket = \"1\"\nclap = \"4.5\"\n# <versions>")?;
    let outcome = new("hello")?;
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let manifest = fs::read_to_string(sandbox.path().join("hello/Cargo.toml"))?;
    assert_eq!(manifest.matches("\nclap = ").count(), 1, "{manifest}");
    assert!(manifest.contains("\nvolo-thrift = "), "{manifest}");
    // cargo makes one with that crate in it.
    assert!(!fs::exists(sandbox.path().join("hello/Cargo.lock"))?);
    Ok(())
}

#[test]
fn what_a_template_makes_volplane_does_not() -> TestResult {
    let sandbox = ejected()?.file("templates/rustfmt.j2", "max_width = 80\n")?;
    let list = sandbox.path().join("templates/manifest.toml");
    let more = "\n[[file]]\ntemplate = \"rustfmt.j2\"\npath = \"rustfmt.toml\"\nupdate = \"skip\"\n";
    fs::write(&list, fs::read_to_string(&list)? + more)?;
    let outcome = sandbox.run(&["new", "idl/echo.thrift", "hello", "--template-dir", "templates/"])?;
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert_eq!(fs::read_to_string(sandbox.path().join("hello/rustfmt.toml"))?, "max_width = 80\n");
    Ok(())
}

#[test]
fn an_update_goes_on_with_them() -> TestResult {
    let sandbox = ejected()?;
    let new = ["-q", "new", "idl/echo.thrift", "hello", "--template-dir", "templates", "--set", "team=blue"];
    assert_eq!(sandbox.run(&new)?.code, Some(0));
    assert_eq!(sandbox.run_in("hello", &["check"])?.code, Some(0));

    edit(&sandbox, "templates/README.md.j2", "## Run it\n", "## Run it, {{ set.team }}\n")?;
    // From a folder below, and merged with what the user wrote.
    edit(&sandbox, "hello/README.md", "` | the IDL |", "` | our IDL |")?;
    let outcome = sandbox.run_in("hello/cmd/src", &["update"])?;
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let readme = fs::read_to_string(sandbox.path().join("hello/README.md"))?;
    assert!(readme.contains("\n## Run it, blue\n") && readme.contains("| our IDL |"), "{readme}");

    let before = tree(&sandbox.path().join("hello"))?;
    edit(&sandbox, "templates/README.md.j2", "{{ set.team }}", "{{ set.taem }}")?;
    insta::assert_snapshot!("update_mistake", sandbox.run_in("hello", &["update"])?.text());
    fs::remove_dir_all(sandbox.path().join("templates"))?;
    insta::assert_snapshot!("update_no_templates", sandbox.run_in("hello", &["update"])?.text());
    assert_eq!(tree(&sandbox.path().join("hello"))?, before);
    Ok(())
}

#[test]
fn templates_with_windows_newlines_make_plain_files() -> TestResult {
    let sandbox = ejected()?;
    let templates = sandbox.path().join("templates");
    for (path, text) in tree(&templates)? {
        if templates.join(&path).is_dir() {
            continue;
        }
        fs::write(templates.join(path), format!("\u{feff}{}", text.replace('\n', "\r\n")))?;
    }
    let new = ["-q", "new", "idl/echo.thrift", "hello", "--template-dir", "templates"];
    assert_eq!(sandbox.run(&new)?.code, Some(0));
    let readme = sandbox.path().join("hello/README.md");
    assert!(!fs::read_to_string(&readme)?.contains(['\r', '\u{feff}']));
    fs::write(&readme, fs::read_to_string(&readme)? + "mine\n")?;
    let outcome = sandbox.run_in("hello", &["check"])?;
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    Ok(())
}
