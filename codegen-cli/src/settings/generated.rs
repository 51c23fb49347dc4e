//! What `[generated]` in volplane.toml says: what the generated code holds.

use serde::Serialize;
use volplane_build::internal::write::CodeOptions;

/// The cargo feature of the generated crate behind which types implement serde's traits.
const SERDE: &str = "serde";

/// Options of the generated code; [`Default`] for a volplane.toml without them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Generated {
    /// Whether unknown fields are kept.
    pub(crate) keep_unknown_fields: bool,
    /// More traits to derive, as paths.
    pub(crate) derive: Vec<String>,
    /// Whether each module is a file.
    pub(crate) split: bool,
    /// Whether services are left out.
    pub(crate) types_only: bool,
    /// Whether the crate has a feature `serde`.
    pub(crate) serde: bool,
    /// The services to generate; all if not given.
    pub(crate) services: Option<Vec<ChosenService>>,
    /// Whether each service has a description as data.
    pub(crate) descriptors: bool,
}

/// A service that is generated while others are not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub(crate) struct ChosenService {
    /// Its name in the IDL.
    pub(crate) name: String,
    /// Where volplane.toml names it, counted from 1.
    pub(crate) line: usize,
    /// The same.
    pub(crate) column: usize,
}

impl From<ChosenService> for String {
    fn from(service: ChosenService) -> Self {
        service.name
    }
}

impl Generated {
    /// Whether a service is generated, by its name in the IDL.
    pub(crate) fn has_service(&self, name: &str) -> bool {
        self.options(true).has_service(name)
    }

    /// The same for the code generator. A project without services (`serves` is false) has no crate that services need.
    pub(crate) fn options(&self, serves: bool) -> CodeOptions {
        let types_only = self.types_only || !serves;
        let names = |services: &Vec<ChosenService>| services.iter().map(|service| service.name.clone()).collect();
        CodeOptions {
            keep_unknown_fields: self.keep_unknown_fields,
            derive: self.derive.clone(),
            split: self.split,
            types_only,
            serde_feature: self.serde.then(|| SERDE.to_owned()),
            services: self.services.as_ref().map(names),
            connections: !types_only,
            descriptors: self.descriptors,
        }
    }
}
