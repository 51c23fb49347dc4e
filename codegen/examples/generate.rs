//! Prints the Rust that an IDL file becomes: `cargo run --example generate -- idl/echo.thrift [include directory]...`

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use volplane_build::internal::emit;
use volplane_build::internal::write::CodeOptions;
use volplane_build::internal::{Disk, MessageFormat, check, lower, render};

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let include_dirs = paths.split_off(paths.len().min(1));
    let checked = check(&paths, &include_dirs, &Disk);
    let said = render(&checked.diagnostics, &checked.sources, MessageFormat::Human, false);
    std::io::stderr().write_all(said.as_bytes())?;
    let Some(model) = checked.model else { return Ok(ExitCode::FAILURE) };
    let lowered = lower::lower(&model, &CodeOptions::default());
    let dir = tempfile::tempdir()?;
    // pilota prints to standard output, too; what is wanted comes after it.
    for file in emit::emit(&lowered, dir.path())? {
        std::io::stdout().write_all(file.text.as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}
