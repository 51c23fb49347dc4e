//! How much code an IDL becomes, and how long rustc takes for a crate that holds nothing else: the IDL of
//! `tests/interop` and the longest file of the corpus. Prints medians of the rounds; the order changes each round.
//!
//! `cargo bench -p volplane-build --bench size` measures the code of today. With `-- --before DIR` it measures another
//! version's beside it, from `DIR/everything.rs` and `DIR/NoteStore.rs`, and prints ratios. A version makes them by
//! `volplane new IDL PROJECT --codegen checked-in`, as `PROJECT/generated/src/volplane_gen.rs`. `--only NAME` takes one
//! file, `--rounds NUMBER` another number than 3.
#![allow(clippy::print_stdout, reason = "it is what this program is for")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use volplane_build::internal::write::CodeOptions;
use volplane_build_testkit::generated::{manifest, model, ours, workspace, write};

/// Odd, so that a median is a measurement.
const ROUNDS: usize = 3;

/// The files.
const IDL: [(&str, &str); 2] = [
    ("everything", "tests/interop/peers/everything.thrift"),
    ("NoteStore", "tests/idl-corpus/evernote+evernote-thrift/src/NoteStore.thrift"),
];

/// A crate of generated code.
struct Crate {
    name: String,
    dir: PathBuf,
    lines: usize,
    bytes: usize,
    /// Seconds that `cargo check` and `cargo build` took: of processors, and passed.
    checks: Vec<[f64; 2]>,
    builds: Vec<[f64; 2]>,
}

fn main() {
    // `cargo test --benches` asks whether it works, which the tests of generated code do.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let option = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name);
        place.and_then(|place| arguments.get(place + 1))
    };
    let before = option("--before").map(PathBuf::from);
    let rounds = option("--rounds").and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS);
    let mut crates = Vec::new();
    for (name, idl) in IDL {
        if option("--only").is_some_and(|only| only != name) {
            continue;
        }
        if let Some(before) = &before {
            let code = std::fs::read_to_string(before.join(format!("{name}.rs"))).expect("the code from before");
            crates.push(Crate::new(&format!("{name}-before"), &code));
        }
        let code = ours(&model(&workspace().join(idl), &[]), &CodeOptions::default());
        crates.push(Crate::new(&format!("{name}-now"), &code));
    }
    // The dependencies, and what is read for the first time.
    for one in &crates {
        one.cargo("check");
        one.cargo("build");
    }
    for round in 0..rounds {
        let count = crates.len();
        for index in 0..count {
            let one = &mut crates[(index + round) % count];
            let (check, build) = (one.cargo("check"), one.cargo("build"));
            one.checks.push(check);
            one.builds.push(build);
        }
    }
    println!("crate                  lines    bytes   check: CPU s, passed s   build: CPU s, passed s");
    for one in &crates {
        let ([check, check_passed], [build, build_passed]) = (median(&one.checks), median(&one.builds));
        println!(
            "{:<18} {:>9} {:>8}   {check:>12.2} {check_passed:>9.2}   {build:>12.2} {build_passed:>9.2}",
            one.name, one.lines, one.bytes
        );
    }
    if before.is_some() {
        for pair in crates.chunks_exact(2) {
            let part = |now: f64, before: f64| now / before;
            println!(
                "{} / {}: lines {:.2} (at most 0.33), check {:.2}, build {:.2} (at most 0.50) of the CPU time",
                pair[1].name,
                pair[0].name,
                part(pair[1].lines as f64, pair[0].lines as f64),
                part(median(&pair[1].checks)[0], median(&pair[0].checks)[0]),
                part(median(&pair[1].builds)[0], median(&pair[0].builds)[0]),
            );
        }
    }
}

impl Crate {
    fn new(name: &str, code: &str) -> Self {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("size").join(name);
        write(&dir.join("src/lib.rs"), code.as_bytes());
        write(
            &dir.join("Cargo.toml"),
            manifest(&name.to_lowercase(), &CodeOptions::default(), "[profile.dev]\nincremental = false\n").as_bytes(),
        );
        std::fs::copy(workspace().join("Cargo.lock"), dir.join("Cargo.lock")).expect("the workspace's versions");
        let (lines, bytes) = (code.lines().count(), code.len());
        Self { name: name.to_owned(), dir, lines, bytes, checks: Vec::new(), builds: Vec::new() }
    }

    /// How long cargo takes when this crate's source is new and nothing else is: processors' seconds, and passed ones.
    fn cargo(&self, command: &str) -> [f64; 2] {
        let source = std::fs::File::options().write(true).open(self.dir.join("src/lib.rs")).expect("the source");
        source.set_modified(std::time::SystemTime::now()).expect("its time");
        let (used, start) = (processor_seconds(), Instant::now());
        let status = Command::new(env!("CARGO"))
            .args([command, "--quiet", "--offline"])
            .current_dir(&self.dir)
            .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("size-target"))
            .env_remove("RUSTFLAGS")
            .status()
            .expect("cargo");
        assert!(status.success(), "{} does not compile", self.name);
        [processor_seconds() - used, start.elapsed().as_secs_f64()]
    }
}

/// What the ended children of this process have used, in steps of 10 ms: Linux alone tells it.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = behind_name.split_whitespace().skip(13).take(2).filter_map(|ticks| ticks.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

/// The median of each.
fn median(times: &[[f64; 2]]) -> [f64; 2] {
    [0, 1].map(|which| {
        let mut times: Vec<f64> = times.iter().map(|time| time[which]).collect();
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    })
}
