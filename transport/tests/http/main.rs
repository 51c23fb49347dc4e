//! Thrift over HTTP, on the wire and between both ends.
#![allow(clippy::unwrap_used)] // a test that can't go on has failed

mod admission;
mod both;
mod client;
mod random;
mod raw;
mod refusals;
mod server;
#[path = "../support/mod.rs"]
mod support;
mod tls;
