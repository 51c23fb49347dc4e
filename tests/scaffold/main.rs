//! Projects that the command makes, built by cargo and run. All share one target folder, and so take turns.

mod awkward;
mod demo;
mod echo;
mod several;
#[path = "../../codegen-cli/tests/support/mod.rs"]
mod support;
mod workshop;
