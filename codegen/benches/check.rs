//! How long checking takes: the largest file of the corpus, and all of it. Prints medians of 21 runs.
//!
//! `cargo bench -p volplane-build --no-default-features --bench check`
#![allow(clippy::print_stdout, reason = "it is what this program is for")]

#[path = "../tests/common/mod.rs"]
mod common;

use common::{Entry, entries};
use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use volplane_build::{Disk, Memory, check, dump};

const RUNS: usize = 21;

fn median(mut run: impl FnMut()) -> Duration {
    run();
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[RUNS / 2]
}

fn check_one(entry: &Entry) {
    black_box(check(std::slice::from_ref(&entry.path), &entry.include_dirs, &Disk));
}

fn main() {
    let entries = entries();
    let largest = entries.iter().max_by_key(|entry| common::read(&entry.path).lines().count());
    if let Some(entry) = largest {
        let lines = common::read(&entry.path).lines().count();
        let (name, time) = (&entry.name, median(|| check_one(entry)));
        println!("{name}, {lines} lines and its includes: {time:.2?} (at most 10 ms)");
    }
    let time = median(|| entries.iter().for_each(check_one));
    println!("each of the {} files with its includes: {time:.2?} (at most 100 ms)", entries.len());
    let text = generated(50_000);
    let lines = text.lines().count();
    for (name, text) in [("", text.clone()), (" without line breaks", text.replace('\n', " "))] {
        let files = Memory::new().with("main.thrift", text);
        let roots = [PathBuf::from("main.thrift")];
        let check = || check(&roots, &[], &files);
        let time = median(|| drop(black_box(check())));
        println!("{lines} generated lines{name}: {time:.2?} (at most 120 ms)");
        let checked = check();
        let Some(model) = &checked.model else { continue };
        let time = median(|| drop(black_box(dump::to_json(model, &checked.sources))));
        let bytes = dump::to_json(model, &checked.sources).map_or(0, |text| text.len());
        println!("the same as {} MiB of JSON: {time:.2?} (at most 500 ms)", bytes >> 20);
    }
}

/// So many lines, or a few more, of structs, enums, constants and services.
fn generated(lines: usize) -> String {
    let mut text = String::new();
    for item in 0..lines / 24 + 1 {
        let field = |id: usize| format!("    {id}: optional {} field_{id}\n", ["list<i64>", "string"][id % 2]);
        let fields: String = (1..=14).map(field).collect();
        text.push_str(&format!(
            "/** Item {item}. */\nstruct Item{item} {{\n{fields}}}\nenum Kind{item} {{\n    A = 0x10,\n    B\n}}\n\
             service Service{item} {{\n    Item{item} get(1: i32 id, 2: Kind{item} kind)\n}}\n"
        ));
    }
    text
}
