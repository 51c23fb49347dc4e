//! `cargo bench --bench kitex`: see `README.md` beside this file.

use std::path::Path;

fn main() -> anyhow::Result<()> {
    let in_target_dir = Path::new(env!("CARGO_TARGET_TMPDIR"));
    volplane_bench::kitex::main(in_target_dir.parent().unwrap_or(in_target_dir))
}
