//! everything.thrift as Rust.

include!(concat!(env!("OUT_DIR"), "/volplane_gen.rs"));

impl<H> volplane_transport::GeneratedService for everything::EverythingServer<H> {
    type Request = everything::EverythingRequestRecv;
    const SERVICE_NAME: Option<&'static str> = Some("Everything");
}
