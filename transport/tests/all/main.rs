//! All tests of this crate but that of its public API, in one program: it is linked once. Tests run beside each other,
//! so each binds port 0 and has its own files. A test that measures or limits the whole process calls
//! `run_in_own_process!`.
#![allow(clippy::unwrap_used)] // a test that can't go on has failed

mod admission;
mod bad_answers;
mod calls;
mod client;
mod closes;
mod compared;
mod context;
mod cuts;
mod dead_hosts;
mod dead_links;
mod deadlines;
mod defaults;
mod delivery;
#[cfg(target_os = "linux")]
mod descriptors;
mod drain;
mod endpoints;
mod first_answers;
mod foreign;
mod handshakes;
mod hostile;
mod http;
mod http_proxy;
mod hub;
mod kitex_page;
mod layers;
mod limit;
mod links;
mod listeners;
mod logging;
mod metrics;
mod newcomers;
mod one_line;
#[cfg(target_os = "linux")] // elsewhere, loopback has one address
mod per_address;
mod pool;
mod protocols;
mod proxy_protocol;
mod readme;
mod refused;
mod repeated;
mod resend;
mod restarts;
mod size;
mod stale;
mod tcp;
mod timeouts;
mod tls;
mod tracing;
#[cfg(target_os = "linux")] // abstract names and the permissions of sockets
mod unix;
mod websocket;
mod websocket_alive;
mod websocket_peers;
mod yamux;

mod support;
