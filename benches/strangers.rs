//! `cargo bench --bench strangers`: see `README.md` beside this file.

fn main() -> anyhow::Result<()> {
    volplane_bench::strangers::main()
}
