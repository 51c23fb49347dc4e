use super::Scope;
use crate::lower::Shape;
use crate::model::DefId;

pub(crate) fn shape(scope: &Scope, id: DefId) -> Shape {
    Shape { name: scope.layout.name(id).to_owned(), ..Shape::default() }
}
