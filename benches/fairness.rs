//! `cargo bench --bench fairness`: see `README.md` beside this file.

fn main() -> anyhow::Result<()> {
    volplane_bench::fairness::main()
}
