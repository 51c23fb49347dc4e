//! Custom connections for volo-thrift.
