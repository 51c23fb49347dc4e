//! `cargo bench --bench restarts`: see `README.md` beside this file.

fn main() -> anyhow::Result<()> {
    volplane_bench::restarts::main()
}
