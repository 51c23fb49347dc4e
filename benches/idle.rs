//! `cargo bench --bench idle`: see `README.md` beside this file.

fn main() -> anyhow::Result<()> {
    volplane_bench::idle::main()
}
