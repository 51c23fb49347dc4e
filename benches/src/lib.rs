//! What `cargo bench` runs for volplane's connections: [`transports::main`] compares how fast they are, [`kitex::main`] with Kitex's,
//! [`restarts::main`] counts the calls that are lost while servers are replaced, [`strangers::main`] attacks a server,
//! [`idle::main`] measures the memory of idle connections, [`costs::main`] bytes on the wire and the time to connect, [`fairness::main`] small calls beside a large message.
//!
//! Each program starts itself again as a server ([`server`]) or a client ([`client`]), and talks with them over their
//! standard input and output ([`message`]). Measurements are made in the order of a [`plan`], reduced to medians and
//! ratios ([`results`]), held against the bars of the design ([`bars`]) and written down ([`markdown`]).

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test that panics has failed"))]

pub mod arguments;
pub mod bars;
mod certificate;
pub mod child;
pub mod client;
pub mod costs;
pub mod counted;
pub mod docs;
pub mod fairness;
pub mod idle;
pub mod kitex;
pub mod listen;
pub mod load;
pub mod markdown;
mod measure;
pub mod message;
pub mod pipelined;
pub mod plan;
pub mod process;
pub mod restarts;
pub mod results;
pub mod server;
pub mod stranger;
pub mod strangers;
pub mod svg;
pub mod transport;
pub mod transports;
