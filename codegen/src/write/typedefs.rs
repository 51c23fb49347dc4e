//! Typedefs and senums: what surrounds pilota-build's definition of one.

use super::{Scope, attributes};
use crate::lower::Shape;
use crate::model::{DefId, DefinitionKind};
use crate::rust::names;

/// A typedef, which is a tuple struct in Rust, or a senum, which is one of a string.
pub(crate) fn shape(scope: &Scope, id: DefId) -> Shape {
    let definition = scope.model.definition(id);
    let inner = match &definition.kind {
        DefinitionKind::Typedef(ty) => scope.ty(ty, scope.keys.form_in(id, ty)),
        _ => "::pilota::FastStr".to_owned(),
    };
    let name = scope.layout.name(id);
    let derived = attributes::derived(scope.traits.compared(id), scope.traits.is_default(id));
    let runtime = scope.runtime();
    Shape {
        name: name.to_owned(),
        head: attributes::of_type(scope, definition.doc.as_deref(), &definition.annotations, &derived),
        fields: Vec::new(),
        impls: format!("{runtime}::message!({runtime}, {}({inner}));\n", names::escape(name)),
    }
}
