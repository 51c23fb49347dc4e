//! Projects that the command makes, built by cargo and run. All share one target folder, and so take turns.
//!
//! `cargo test` alone does not run them, because they take many minutes: `cargo test -p volplane --test scaffold` does.

mod awkward;
mod demo;
mod echo;
mod end_states;
mod living;
mod settings;
mod several;
mod workshop;
