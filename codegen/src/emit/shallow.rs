//! Typedefs of which pilota-build sees no more than the name.
//!
//! pilota-build looks up the type of a typedef, and the types inside it, wherever a type names it, though it writes the
//! name alone: twenty typedefs, each a `map<T, T>` of the one before, took it minutes.

use std::sync::Arc;

use pilota_build::Context;
use pilota_build::db::RirDatabase;
use pilota_build::rir::{Item, NewType, NodeKind};
use pilota_build::ty::{self, Ty};

/// The same items, with typedefs of something simple. Their own definitions are not to be written with it.
pub(super) fn shallow(mut context: Context) -> Context {
    let mut nodes = (**context.db.nodes()).clone();
    for node in nodes.values_mut() {
        if let NodeKind::Item(item) = &node.kind
            && let Item::NewType(alias) = &**item
        {
            let ty = Ty { kind: ty::Bool, tags_id: alias.ty.tags_id };
            node.kind = NodeKind::Item(Arc::new(Item::NewType(NewType { ty, ..alias.clone() })));
        }
    }
    context.db = context.db.clone().with_nodes(nodes);
    context
}
