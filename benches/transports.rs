//! `cargo bench`: see `README.md` beside this file.

use std::path::Path;

use volplane_transport::Report;

fn main() -> Result<(), Report> {
    let in_target_dir = Path::new(env!("CARGO_TARGET_TMPDIR"));
    volplane_bench::transports::main(in_target_dir.parent().unwrap_or(in_target_dir))
}
