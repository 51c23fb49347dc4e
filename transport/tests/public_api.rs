//! Everything that is public, as a snapshot: a change to it is seen, and is meant.
#![allow(clippy::unwrap_used)] // a test that can't go on has failed

use std::path::{Path, PathBuf};
use std::process::Command;

/// The format of rustdoc's JSON that `public-api` reads. Each release of Rust may write another.
const FORMAT: &str = "\"format_version\":57";

/// The crates below us whose types are nobody else's affair.
const HIDDEN: [&str; 5] = ["tungstenite::", "http::", "yamux::", "tokio_util::", "futures_util::"];

#[test]
fn what_is_public_is_what_the_snapshot_says() {
    let json = rustdoc_json();
    if !std::fs::read_to_string(&json).unwrap().contains(FORMAT) {
        #[allow(clippy::print_stderr)] // says that nothing was checked
        {
            eprintln!("not checked: this Rust is another than the one of CI");
        }
        return;
    }
    let api = public_api::Builder::from_rustdoc_json(json)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .omit_auto_derived_impls(true)
        .build()
        .unwrap()
        .to_string();
    insta::assert_snapshot!("public_api", api);
    let shown: Vec<&str> = api.lines().filter(|line| HIDDEN.iter().any(|hidden| shows(line, hidden))).collect();
    assert!(shown.is_empty(), "types of other libraries are public:\n{}", shown.join("\n"));
}

/// Whether a path in `line` begins with `krate`, such as `yamux::`.
fn shows(line: &str, krate: &str) -> bool {
    line.match_indices(krate).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|before| before.is_alphanumeric() || "_:".contains(before))
    })
}

/// Has rustdoc describe the crate. `RUSTC_BOOTSTRAP` lets a stable rustdoc write JSON. The folder is the test's own:
/// build scripts of some dependencies look at that variable, and would be built anew at each turn.
fn rustdoc_json() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("public-api");
    let output = Command::new(env!("CARGO"))
        .args(["rustdoc", "--lib", "--locked", "--offline", "--quiet", "--manifest-path"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .args(["--", "-Z", "unstable-options", "--output-format", "json"])
        .env("RUSTC_BOOTSTRAP", "1")
        .env_remove("RUSTDOCFLAGS")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    target.join("doc/volplane_transport.json")
}
