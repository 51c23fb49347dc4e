//! The `volplane` command.

fn main() {}
