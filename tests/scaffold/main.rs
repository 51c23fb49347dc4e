//! Projects that the command makes, built by cargo and run. All share one target folder, and so take turns.

mod awkward;
mod demo;
#[path = "../../codegen-cli/tests/living/disk.rs"]
mod disk;
mod echo;
mod end_states;
mod living;
#[path = "../../codegen-cli/tests/living/mod.rs"]
mod model;
mod settings;
mod several;
#[path = "../../codegen-cli/tests/support/mod.rs"]
mod support;
mod workshop;
