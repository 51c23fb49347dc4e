//! What IDL holds, counted.

use crate::update::NewItems;
use volplane_build::internal::model::{DefinitionKind, Model, StructKind};

/// In the words of a status line: `1 service, 1 method, 2 structs`.
pub(crate) fn summary(model: &Model) -> String {
    summary_with(model, NewItems::default())
}

/// The same, saying what is new: `2 services (1 new), 3 methods (2 new)`.
pub(crate) fn summary_with(model: &Model, news: NewItems) -> String {
    let mut methods = 0;
    let (mut services, mut structs, mut unions, mut exceptions, mut enums) = (0, 0, 0, 0, 0);
    for definition in model.files.iter().flat_map(|file| &file.definitions) {
        match &definition.kind {
            DefinitionKind::Service(service) => {
                services += 1;
                methods += service.methods.len();
            }
            DefinitionKind::Struct(StructKind::Struct, _) => structs += 1,
            DefinitionKind::Struct(StructKind::Union, _) => unions += 1,
            DefinitionKind::Struct(StructKind::Exception, _) => exceptions += 1,
            DefinitionKind::Enum(_) | DefinitionKind::Senum(_) => enums += 1,
            DefinitionKind::Typedef(_) | DefinitionKind::Const(..) => {}
        }
    }
    let with = |text: String, new: usize| if new > 0 { format!("{text} ({new} new)") } else { text };
    let mut parts = vec![with(count(services, "service"), news.services), with(count(methods, "method"), news.methods)];
    let types = [(structs, "struct"), (unions, "union"), (exceptions, "exception"), (enums, "enum")];
    parts.extend(types.iter().filter(|(number, _)| *number > 0).map(|(number, noun)| count(*number, noun)));
    parts.join(", ")
}

/// A number and what it counts.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
