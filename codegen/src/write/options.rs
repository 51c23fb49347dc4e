//! What a user chooses about the generated code.

use serde::{Deserialize, Serialize};

/// What the generated code holds. [`Default`] is what a project of `volplane new` begins with, without connections.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeOptions {
    /// Structs, exceptions and unions keep the fields that they do not know, and send them on. Default: no.
    pub keep_unknown_fields: bool,
    /// More traits to derive for every type, as paths: `serde::Serialize`. Default: none.
    pub derive: Vec<String>,
    /// One file for each module instead of one for all. Default: no.
    pub split: bool,
    /// No services. Default: no.
    pub types_only: bool,
    /// The cargo feature of the generated crate behind which types implement serde's traits. Default: none.
    pub serde_feature: Option<String>,
    /// The services to generate, by their names in the IDL; all if not given.
    pub services: Option<Vec<String>>,
    /// Code that plugs services into the crate volplane-transport, which the generated crate then depends on. Default: no.
    pub connections: bool,
    /// A description of each service as data. Default: no.
    pub descriptors: bool,
}
