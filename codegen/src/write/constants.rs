//! Constants.

use super::values::{self, ValueTarget};
use super::{Scope, attributes, doc};
use crate::model::{DefId, DefinitionKind, Type, TypeKind, Value};
use crate::rust::names;

/// A constant: a `const` where Rust can make the value at compile time, a `static` made on first use elsewhere.
pub(crate) fn item(scope: &Scope, id: DefId) -> String {
    let definition = scope.model.definition(id);
    let DefinitionKind::Const(ty, value) = &definition.kind else { return String::new() };
    let name = names::escape(scope.layout.name(id));
    let head =
        format!("{}{}", doc::lines(definition.doc.as_deref(), ""), attributes::deprecated(&definition.annotations, ""));
    if let (TypeKind::String, Some(Value::String(text))) = (&ty.kind, values::resolve(scope, value)) {
        return format!("{head}pub const {name}: &'static str = {text:?};\n");
    }
    let form = scope.keys.form(ty);
    let Some(value) = values::expression(scope, value, ty, ValueTarget::of_form(form)) else {
        // A checked model has no value of another type than its place.
        return String::new();
    };
    let ty_text = scope.ty(ty, form);
    if is_const(scope, ty) {
        format!("{head}pub const {name}: {ty_text} = {value};\n")
    } else {
        format!(
            "{head}pub static {name}: ::std::sync::LazyLock<{ty_text}> = ::std::sync::LazyLock::new(|| {{ {value} }});\n"
        )
    }
}

fn is_const(scope: &Scope, ty: &Type) -> bool {
    match &ty.kind {
        TypeKind::List(_) | TypeKind::Set(_) | TypeKind::Map(..) => false,
        TypeKind::Named(id) => match &scope.model.definition(*id).kind {
            DefinitionKind::Typedef(ty) => is_const(scope, ty),
            DefinitionKind::Enum(_) | DefinitionKind::Senum(_) => true,
            _ => false,
        },
        _ => true,
    }
}
