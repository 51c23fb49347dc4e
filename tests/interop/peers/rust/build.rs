//! Compiles the IDL whenever it has changed.

use std::process::ExitCode;

fn main() -> ExitCode {
    volplane_build::Builder::new().idl("../everything.thrift").connections(true).compile()
}
