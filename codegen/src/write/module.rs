//! One module of the generated code, in the order of the IDL.

use super::{Scope, constants, enums, services, structs, typedefs, unions};
use crate::lower::Piece;
use crate::model::{DefId, DefinitionKind, StructKind};
use crate::rust::idents;

/// What the scope's module holds.
pub(crate) fn pieces(scope: &Scope) -> Vec<Piece> {
    let files = &scope.layout.modules()[scope.module].files;
    let definitions = files.iter().flat_map(|&file| {
        (0..)
            .zip(&scope.model.file(file).definitions)
            .map(move |(index, definition)| (DefId { file, index }, definition))
    });
    definitions.filter_map(|(id, definition)| piece(scope, id, &definition.kind)).collect()
}

fn piece(scope: &Scope, id: DefId, kind: &DefinitionKind) -> Option<Piece> {
    Some(match kind {
        DefinitionKind::Struct(StructKind::Union, _) => Piece::Shape(unions::shape(scope, id)),
        DefinitionKind::Struct(..) => Piece::Shape(structs::shape(scope, id)),
        DefinitionKind::Typedef(_) | DefinitionKind::Senum(_) => Piece::Shape(typedefs::shape(scope, id)),
        DefinitionKind::Enum(_) => Piece::Own(enums::item(scope, id)),
        DefinitionKind::Const(..) => Piece::Own(constants::item(scope, id)),
        DefinitionKind::Service(_) if has_service(scope, id) => Piece::Own(services::item(scope, id)),
        DefinitionKind::Service(_) => return None,
    })
}

/// Whether a service is generated: the user asked for it, or for one that extends it.
fn has_service(scope: &Scope, id: DefId) -> bool {
    if scope.options.types_only {
        return false;
    }
    let Some(wanted) = &scope.options.services else { return true };
    scope.model.services().any(|(other, ..)| {
        wanted.contains(&scope.model.definition(other).name.text)
            && idents::chain(scope.model, other).iter().any(|(parent, _)| *parent == id)
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::check::check;
    use crate::lower::{Lowered, lower};
    use crate::read::MemorySource;
    use crate::write::CodeOptions;

    fn lowered(idl: &str, options: &CodeOptions) -> Lowered {
        let memory = MemorySource::new().with("a.thrift", idl);
        lower(&check(&[PathBuf::from("a.thrift")], &[], &memory).model.expect("IDL without a mistake"), options)
    }

    fn own(lowered: &Lowered) -> usize {
        lowered.modules[0].pieces.iter().filter(|piece| matches!(piece, Piece::Own(_))).count()
    }

    const IDL: &str = "service A {} struct Kept {} service B extends A {} service C {}";

    #[test]
    fn a_service_comes_with_those_that_it_extends() {
        let only = |names: &[&str]| CodeOptions {
            services: Some(names.iter().map(|name| (*name).to_owned()).collect()),
            ..CodeOptions::default()
        };
        assert_eq!(own(&lowered(IDL, &CodeOptions::default())), 3);
        assert_eq!(own(&lowered(IDL, &only(&["B"]))), 2);
        assert_eq!(own(&lowered(IDL, &only(&["A"]))), 1);
        assert_eq!(own(&lowered(IDL, &only(&[]))), 0);
    }

    #[test]
    fn types_alone_have_no_service() {
        let options = CodeOptions { types_only: true, ..CodeOptions::default() };
        let lowered = lowered(IDL, &options);
        assert!(matches!(&lowered.modules[0].pieces[..], [Piece::Shape(shape)] if shape.name == "Kept"));
    }
}
