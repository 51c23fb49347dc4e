//! Reads what Apache's Python library wrote, and writes the same values for it to read.
//!
//! `interop <directory>`: each case is a constant of interop.thrift. Reads `<case>.<protocol>.py`, compares with the
//! constant, writes `<case>.<protocol>.rs`.

use std::fmt::Debug;
use std::path::Path;

use pilota::thrift::binary::TBinaryProtocol;
use pilota::thrift::compact::{TCompactInputProtocol, TCompactOutputProtocol};
use pilota::thrift::{Message, ThriftException};
use volo_thrift::{Bytes, BytesMut};

include!("generated.rs");

fn binary<T: Message>(value: &T) -> Result<Bytes, ThriftException> {
    let mut bytes = BytesMut::new();
    bytes.reserve(value.size(&mut TBinaryProtocol::new((), false)));
    value.encode(&mut TBinaryProtocol::new(&mut bytes, false))?;
    Ok(bytes.freeze())
}

fn compact<T: Message>(value: &T) -> Result<Bytes, ThriftException> {
    let mut bytes = BytesMut::new();
    bytes.reserve(value.size(&mut TCompactOutputProtocol::new((), false)));
    value.encode(&mut TCompactOutputProtocol::new(&mut bytes, false))?;
    Ok(bytes.freeze())
}

/// One case in both protocols; the number of failures.
fn case<T: Message + PartialEq + Debug>(dir: &Path, name: &str, value: &T) -> usize {
    let mut failures = 0;
    for protocol in ["binary", "compact"] {
        let file = |who: &str| dir.join(format!("{name}.{protocol}.{who}"));
        let written = if protocol == "binary" { binary(value) } else { compact(value) };
        std::fs::write(file("rs"), written.expect("a value to encode")).expect("a file to write");
        let mut bytes = Bytes::from(std::fs::read(file("py")).expect("what Python wrote"));
        let read = if protocol == "binary" {
            T::decode(&mut TBinaryProtocol::new(&mut bytes, false))
        } else {
            T::decode(&mut TCompactInputProtocol::new(&mut bytes))
        };
        match read {
            Ok(read) if read == *value => println!("ok      Python -> Rust  {protocol:7} {name}"),
            other => {
                println!("FAILED  Python -> Rust  {protocol:7} {name}\n  read     {other:?}\n  expected {value:?}");
                failures += 1;
            }
        }
    }
    failures
}

macro_rules! cases {
    ($dir:expr, $($name:ident)*) => { 0 $(+ case($dir, stringify!($name), &*interop::$name))* };
}

fn main() {
    let dir = std::env::args_os().nth(1).expect("a folder");
    let failures = cases!(Path::new(&dir), ZEROS LEAST MOST TEXTS IDS CONTAINERS NOTHING LEFT RIGHT TREE FAILURE
        XTRUCT INSANITY XCEPTION NESTING DELTAS MIXED SOME);
    std::process::exit(i32::from(failures > 0));
}
