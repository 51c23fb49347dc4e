//! How long checking takes: the largest file of the corpus, a made one of 50,000 lines, and the whole corpus. Prints
//! medians of 21 runs.
//!
//! `cargo bench -p volplane-build --no-default-features --bench check`
#![allow(clippy::print_stdout, reason = "it is what this program is for")]

use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use volplane_build::internal::{Disk, MemorySource, check, dump};
use volplane_build_testkit::corpus::{self, Entry, entries};
use volplane_build_testkit::large;

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
    let largest = entries.iter().max_by_key(|entry| corpus::read(&entry.path).lines().count());
    if let Some(entry) = largest {
        let lines = corpus::read(&entry.path).lines().count();
        let (name, time) = (&entry.name, median(|| check_one(entry)));
        println!("{name}, {lines} lines and its includes: {time:.2?} (at most 8 ms)");
    }
    let text = large::idl_of_lines(50_000);
    let lines = text.lines().count();
    let (path, made) = (PathBuf::from("large.thrift"), MemorySource::new().with("large.thrift", text.as_str()));
    let time = median(|| {
        black_box(check(std::slice::from_ref(&path), &[], &made));
    });
    println!("a made file of {lines} lines: {time:.2?} (at most 120 ms)");
    let time = median(|| entries.iter().for_each(check_one));
    println!("each of the {} files with its includes: {time:.2?} (at most 100 ms)", entries.len());
    for (name, text) in [("", text.clone()), (" without line breaks", text.replace('\n', " "))] {
        let made = MemorySource::new().with("large.thrift", text);
        let checked = check(std::slice::from_ref(&path), &[], &made);
        let Some(model) = &checked.model else { continue };
        let time = median(|| drop(black_box(dump::to_json(model, &checked.sources))));
        println!("its model as JSON{name}: {time:.2?} (at most 500 ms)");
    }
}
