//! `cargo bench --bench transports`: see `README.md` beside this file.

use std::path::Path;

fn main() -> anyhow::Result<()> {
    let in_target_dir = Path::new(env!("CARGO_TARGET_TMPDIR"));
    volplane_bench::transports::main(in_target_dir.parent().unwrap_or(in_target_dir))
}
