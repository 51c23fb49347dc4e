//! `cargo bench --bench costs`: see `README.md` beside this file.

fn main() -> anyhow::Result<()> {
    volplane_bench::costs::main()
}
