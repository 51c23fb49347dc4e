//! Thrift over HTTP, on the wire and between both ends.

mod admission;
mod both;
mod client;
mod random;
mod raw;
mod refusals;
mod server;
mod tls;
