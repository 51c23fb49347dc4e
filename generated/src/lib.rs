include!(concat!(env!("OUT_DIR"), "/volplane_gen.rs"));
pub use volplane_gen::*;

impl<H> volplane_transport::CalledWith for api::EchoServer<H> {
    type Request = api::EchoRequestRecv;
}
