use super::Scope;
use crate::model::DefId;
use crate::rust::names;

pub(crate) fn item(scope: &Scope, id: DefId) -> String {
    format!("pub struct {};", names::escape(scope.layout.name(id)))
}
