//! everything.thrift as Rust.

include!(concat!(env!("OUT_DIR"), "/volplane_gen.rs"));
