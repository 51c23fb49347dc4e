//! The module of the generated code that is being written.

use crate::model::{DefId, Model, Type};
use crate::rust::keys::{Form, Keys};
use crate::rust::layout::RustPaths;
use crate::rust::traits::Traits;
use crate::rust::types;
use crate::write::CodeOptions;

/// The module with the runtime of the generated code, beside all other modules.
pub(crate) const RUNTIME: &str = "volplane_runtime";

/// What a writer knows.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) model: &'a Model,
    pub(crate) layout: &'a RustPaths,
    pub(crate) keys: &'a Keys,
    pub(crate) traits: &'a Traits,
    pub(crate) options: &'a CodeOptions,
    /// The module that is written, as an index into [`RustPaths::modules`].
    pub(crate) module: usize,
}

impl Scope<'_> {
    /// The Rust type at a place of the given form.
    pub(crate) fn ty(&self, ty: &Type, form: Form) -> String {
        types::spell(ty, form, &|id| self.path(id))
    }

    /// The path of a definition as seen from this module.
    pub(crate) fn path(&self, id: DefId) -> String {
        types::relative_path(self.layout, self.module, id)
    }

    /// The runtime module, by the name under which each module that needs it imports it.
    pub(crate) fn runtime(&self) -> String {
        RUNTIME.to_owned()
    }
}
