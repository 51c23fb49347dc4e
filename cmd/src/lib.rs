//! What the programs of this package share: a handler for each service.

mod echo;
mod hub;

pub use echo::EchoHandler;
pub use hub::{HubEchoHandler, Peer, PeerEchoHandler};
