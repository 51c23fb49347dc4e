//! The types of tree.thrift implement serde's traits.

use pilota::serde::{Deserialize, Serialize};

use crate::tree::*;

fn is_served<T: Serialize + for<'de> Deserialize<'de>>() {}

#[test]
fn every_type_is_served() {
    is_served::<Color>();
    is_served::<Colors>();
    is_served::<Tree>();
    is_served::<Place>();
}
