//! Kitex's arguments, rewritten for clap: `volplane -module M -service S idl/echo.thrift`.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::SHORTHAND;

/// The flags that may have one dash, as in Go.
const ONE_DASH: [&str; 2] = ["module", "service"];

/// The arguments, with two dashes instead of Go's one, and with the hidden subcommand in front if an IDL is found where a
/// subcommand is expected. Arguments after `--` are not flags.
pub(crate) fn rewritten(arguments: impl IntoIterator<Item = OsString>, command: &clap::Command) -> Vec<OsString> {
    let mut out = Vec::new();
    let mut first: Option<OsString> = None;
    let mut asked = false;
    let mut value_follows = false;
    let mut only_positionals = false;
    for (place, argument) in arguments.into_iter().enumerate() {
        if place == 0 || value_follows {
            value_follows = false;
        } else if only_positionals || !is_flag(&argument) {
            first.get_or_insert_with(|| argument.clone());
        } else if argument == "--" {
            only_positionals = true;
        } else {
            let flag = two_dashes(argument);
            value_follows = takes_next(&flag, command);
            asked |= first.is_none() && ["-h", "--help", "-V", "--version"].iter().any(|known| flag == *known);
            out.push(flag);
            continue;
        }
        out.push(argument);
    }
    let is_idl = first.is_some_and(|first| Path::new(&first).extension() == Some(OsStr::new("thrift")));
    if is_idl && !asked {
        out.insert(1, SHORTHAND.into());
    }
    out
}

fn is_flag(argument: &OsStr) -> bool {
    argument.as_encoded_bytes().first() == Some(&b'-') && argument.len() > 1
}

/// `-module` and `-module=x` as clap knows them.
fn two_dashes(argument: OsString) -> OsString {
    let Some(text) = argument.to_str() else { return argument };
    let name = text.strip_prefix('-').map(|rest| rest.split_once('=').map_or(rest, |(name, _)| name));
    if name.is_some_and(|name| ONE_DASH.contains(&name)) { format!("-{text}").into() } else { argument }
}

/// Whether the argument after this flag is its value.
fn takes_next(flag: &OsStr, command: &clap::Command) -> bool {
    let Some(flag) = flag.to_str() else { return false };
    let new = command.find_subcommand("new");
    let known = || {
        let arguments = command.get_arguments().chain(new.into_iter().flat_map(clap::Command::get_arguments));
        arguments.filter(|argument| argument.get_action().takes_values())
    };
    if let Some(name) = flag.strip_prefix("--") {
        return known().any(|argument| argument.get_long() == Some(name));
    }
    // In a group of short flags, the first that takes a value gets the rest of the group or, if that is empty, the next argument.
    let shorts: Vec<char> = flag.chars().skip(1).collect();
    let with_value = shorts.iter().position(|short| known().any(|argument| argument.get_short() == Some(*short)));
    with_value.is_some_and(|place| place + 1 == shorts.len())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    fn typed(line: &str) -> String {
        let arguments = line.split_whitespace().map(OsString::from);
        let out = rewritten(arguments, &Cli::command());
        out.iter().map(|argument| argument.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn an_idl_in_the_place_of_a_subcommand_is_the_shorthand() {
        for line in [
            "a.thrift",
            "--module m --service s -I dir idl/echo.thrift",
            "idl/echo.thrift --module m",
            "-q --color never a.thrift",
            "--color=never -Idir -qI dir a.thrift",
            "--module=m -- a.thrift",
            "a.thrift --help",
        ] {
            assert_eq!(typed(&format!("volplane {line}")), format!("volplane {SHORTHAND} {line}"));
        }
        assert_eq!(
            typed("volplane -module m -service=s a.thrift"),
            format!("volplane {SHORTHAND} --module m --service=s a.thrift")
        );
    }

    #[test]
    fn anything_else_stays() {
        for line in [
            "",
            "new a.thrift",
            "-q new a.thrift b",
            "help a.thrift",
            "--help a.thrift",
            "nwe a.thrift",
            "--module a.thrift",
            "check-idl a.thrift",
            "- a.thrift",
            "-modules x new",
            "--service -module new a.thrift",
            "new a.thrift -- -module",
        ] {
            assert_eq!(typed(&format!("volplane {line}")), format!("volplane {line}").trim_end());
        }
        assert_eq!(typed("volplane new a.thrift -module m"), "volplane new a.thrift --module m");
        assert_eq!(rewritten([], &Cli::command()), Vec::<OsString>::new());
    }

    #[cfg(unix)]
    #[test]
    fn arguments_need_not_be_unicode() {
        use std::os::unix::ffi::OsStringExt;

        let odd = OsString::from_vec(b"-\xff".to_vec());
        let idl = OsString::from_vec(b"\xff.thrift".to_vec());
        let out = rewritten(["volplane".into(), odd.clone(), idl.clone()], &Cli::command());
        assert_eq!(out, ["volplane".into(), SHORTHAND.into(), odd, idl]);
    }
}
