//! How fast generated code encodes and decodes: ours beside that of pilota-build's own backend, on a small, a wide, a deep
//! and a list-heavy struct. Prints medians of the rounds, as ratios within each round: above 1, ours is faster.
//!
//! `cargo bench -p volplane-build --bench speed`, in some ten seconds. `-- ROUNDS` makes more or fewer than 501.
#![allow(clippy::print_stdout, reason = "it is what this program is for")]

use std::path::Path;
use std::process::Command;

use volplane_build::internal::write::CodeOptions;
use volplane_build_testkit::generated::{manifest, model, ours, theirs, workspace, write};
use volplane_build_testkit::message::{Kind, Value, binary};

fn main() {
    let rounds = std::env::args().skip(1).find(|argument| argument.parse::<u32>().is_ok());
    // `cargo test --benches` asks whether it works.
    let is_test = !std::env::args().any(|argument| argument == "--bench");
    let rounds = rounds.unwrap_or_else(|| if is_test { "1" } else { "501" }.to_owned());
    let idl = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/speed/speed.thrift");
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("speed");
    let options = CodeOptions { types_only: true, ..CodeOptions::default() };
    write(&dir.join("src/ours.rs"), ours(&model(&idl, &[]), &options).as_bytes());
    write(&dir.join("src/theirs.rs"), theirs(&[idl]).as_bytes());
    write(&dir.join("src/main.rs"), include_bytes!("program.rs.in"));
    write(&dir.join("Cargo.toml"), manifest("speed", &options, "[profile.release]\ndebug = false\n").as_bytes());
    for (name, value) in [("Small", small(7)), ("Wide", wide()), ("Deep", deep(20)), ("Lists", lists())] {
        let mut bytes = Vec::new();
        binary(&value, &mut bytes);
        write(&dir.join(name), &bytes);
    }
    std::fs::copy(workspace().join("Cargo.lock"), dir.join("Cargo.lock")).expect("the workspace's versions");
    let status = Command::new(env!("CARGO"))
        .args(["run", "--release", "--quiet", "--offline", "--", &rounds])
        .current_dir(&dir)
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated-target"))
        .env_remove("RUSTFLAGS")
        .status()
        .expect("cargo");
    assert!(status.success(), "the program of the benchmark failed");
}

fn text(number: i64) -> Value {
    Value::Bytes(format!("the text number {number}").into_bytes())
}

fn small(number: i64) -> Value {
    let weight = (4, Value::Double(number as f64 / 3.0));
    Value::Struct(vec![(1, Value::I64(number << 20)), (2, text(number)), (3, Value::Bool(true)), weight])
}

fn wide() -> Value {
    let value = |id: i16| match (id - 1) % 10 {
        0 => Value::I32(i32::from(id) * 1000),
        1 => Value::I64(i64::from(id) << 33),
        2 => Value::Bool(id % 2 == 0),
        3 => text(id.into()),
        4 => Value::Double(f64::from(id) / 7.0),
        5 => Value::I16(id),
        6 => Value::Bytes(vec![id as u8; 40]),
        7 => Value::I8(id as i8),
        8 => Value::List(Kind::I32, (0..8).map(Value::I32).collect()),
        _ => small(id.into()),
    };
    Value::Struct((1..=100).map(|id| (id, value(id))).collect())
}

fn deep(levels: i32) -> Value {
    let mut fields = vec![(1, Value::I32(levels))];
    if levels > 0 {
        fields.push((2, deep(levels - 1)));
    }
    fields.push((3, text(levels.into())));
    Value::Struct(fields)
}

fn lists() -> Value {
    let counts = (0..100).map(|number| (text(number), Value::I64(number))).collect();
    Value::Struct(vec![
        (1, Value::List(Kind::I64, (0..1000).map(|number| Value::I64(number << 13)).collect())),
        (2, Value::List(Kind::Double, (0..1000).map(|number| Value::Double(f64::from(number) / 3.0)).collect())),
        (3, Value::List(Kind::Bytes, (0..200).map(text).collect())),
        (4, Value::List(Kind::Struct, (0..200).map(small).collect())),
        (5, Value::Map(Kind::Bytes, Kind::I64, counts)),
        (6, Value::List(Kind::Bool, (0..500).map(|number| Value::Bool(number % 3 == 0)).collect())),
    ])
}
