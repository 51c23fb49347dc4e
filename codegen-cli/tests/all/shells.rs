//! Completions and man pages.

use std::error::Error;
use std::fs;
use std::process::Command;

use volplane_testkit::{Sandbox, TestResult, each, tree};

const SHELLS: [&str; 5] = ["bash", "zsh", "fish", "powershell", "elvish"];

/// Words of the help's list of commands.
fn commands(sandbox: &Sandbox) -> Result<Vec<String>, Box<dyn Error>> {
    let help = sandbox.run(&["-h"])?.stdout;
    let list = help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).ok_or("no list")?;
    let names = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    Ok(names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect())
}

/// The long flags that a command's help names.
fn flags(help: &str) -> Vec<String> {
    let words = help.lines().filter(|line| line.trim_start().starts_with('-')).flat_map(str::split_whitespace);
    words.filter(|word| word.starts_with("--")).map(|word| word.trim_end_matches(',').to_owned()).collect()
}

#[test]
fn every_shell_completes_every_command_and_nothing_hidden() -> TestResult {
    let sandbox = Sandbox::new()?;
    let commands = commands(&sandbox)?;
    assert!(commands.len() > 6, "{commands:?}");
    each(SHELLS, |shell| {
        let outcome = sandbox.run(&["completions", shell])?;
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{shell}");
        for command in &commands {
            assert!(outcome.stdout.contains(command.as_str()), "{shell} lacks {command}");
        }
        assert!(!outcome.stdout.contains("internal"), "{shell} shows what is hidden");
        Ok(())
    })?;
    assert_eq!(sandbox.run(&["completions", "csh"])?.code, Some(2));
    Ok(())
}

#[test]
fn bash_takes_its_completions_and_they_know_every_flag() -> TestResult {
    let sandbox = Sandbox::new()?;
    let script = sandbox.run(&["completions", "bash"])?.stdout;
    each(commands(&sandbox)?, |command| {
        for flag in flags(&sandbox.run(&[&command, "--help"])?.stdout) {
            assert!(script.contains(&flag), "no completion of {command} {flag}");
        }
        Ok(())
    })?;
    let file = sandbox.path().join("volplane.bash");
    fs::write(&file, &script)?;
    let read = Command::new("bash").arg("-n").arg(&file).output()?;
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));

    // As bash does it: source the script, then ask for what may follow `volplane check`.
    let ask = format!(
        "source '{}'; COMP_WORDS=(volplane check-i); COMP_CWORD=1; _volplane volplane check-i volplane; echo \"${{COMPREPLY[@]}}\"",
        file.display()
    );
    let answer = Command::new("bash").arg("-c").arg(ask).output()?;
    assert_eq!(String::from_utf8(answer.stdout)?, "check-idl\n");
    Ok(())
}

#[test]
fn a_man_page_for_each_command() -> TestResult {
    let sandbox = Sandbox::new()?;
    let outcome = sandbox.run(&["man", "share/man1"])?;
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    let pages = tree(&sandbox.path().join("share/man1"))?;
    insta::assert_snapshot!("man_pages", pages.keys().cloned().collect::<Vec<_>>().join("\n"));
    each(&pages, |(name, page)| {
        assert!(page.contains(".SH NAME") && page.contains(".SH SYNOPSIS"), "{name}");
        assert!(!page.contains("internal"), "{name} shows what is hidden");
        Ok(())
    })?;

    let main = sandbox.run(&["man"])?;
    assert_eq!(pages.get("volplane.1").map(|page| page.trim_end()), Some(main.stdout.trim_end()));
    let sections: Vec<&str> = main.stdout.lines().filter(|line| line.starts_with(".SH")).collect();
    insta::assert_snapshot!("man_sections", sections.join("\n"));
    Ok(())
}

#[test]
fn a_folder_that_cannot_be_made() -> TestResult {
    let sandbox = Sandbox::new()?.file("here", "")?;
    insta::assert_snapshot!("man_refused", sandbox.run(&["man", "here/man1"])?.text());
    Ok(())
}
