fn main() {
    let out = std::path::PathBuf::from(std::env::var_os("OUT_DIR").unwrap()).join("volplane_gen.rs");
    pilota_build::Builder::thrift()
        .with_backend(volo_build::thrift_backend::MkThriftBackend)
        .compile(["../idl/echo.thrift"], pilota_build::Output::File(out));
}
