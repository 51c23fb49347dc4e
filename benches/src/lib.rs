//! What `cargo bench` runs for volplane's connections: [`transports::main`].
//!
//! The program starts itself again as a server ([`server`]) and as a client ([`client`]), one pair for each
//! measurement, and talks with them over their standard input and output ([`message`]). What came back is reduced to
//! medians and ratios ([`results`]), held against the bars of the design ([`bars`]) and written down ([`markdown`]).

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test that panics has failed"))]

pub mod arguments;
pub mod bars;
pub mod child;
pub mod client;
pub mod counted;
pub mod load;
pub mod markdown;
pub mod message;
pub mod process;
pub mod results;
pub mod server;
pub mod transport;
pub mod transports;
