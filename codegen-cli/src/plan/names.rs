//! Names for what a project has one of for each service: no two are the same, and each keeps its own as others come.

use volplane_build::internal::rust::ServiceApi;

use crate::settings;

/// The names of one service's handler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Names {
    /// The type: `EchoHandler`.
    pub(super) handler: String,
    /// Its module and file: `echo`.
    pub(super) file: String,
}

/// Names for the handlers of all services, in their order.
///
/// Traits of different modules can have one name; the second then gets a number.
pub(super) fn names<'a>(services: impl Iterator<Item = &'a ServiceApi> + Clone) -> Vec<Names> {
    let stems = unique(services.clone().map(|service| service.ident.clone()).collect());
    let files = unique(services.map(|service| file(&service.snake)).collect());
    let named = stems.into_iter().zip(files);
    named.map(|(stem, file)| Names { handler: format!("{stem}Handler"), file }).collect()
}

/// A name for a handler's file that no other kind of file in the crate has, and that needs no escaping in `mod`.
fn file(snake: &str) -> String {
    let reserved =
        ["clients", "hub", "lib", "main", "peer", "services"].contains(&snake) || settings::is_keyword(snake);
    if reserved { format!("{snake}_service") } else { snake.to_owned() }
}

/// The same names, with a number behind those that were there before. Who has a name alone keeps it, even if another's
/// number makes it.
fn unique(wanted: Vec<String>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for base in &wanted {
        let mut name = base.clone();
        let mut number = 2;
        while names.contains(&name) || (name != *base && wanted.contains(&name)) {
            name = format!("{base}{number}");
            number += 1;
        }
        names.push(name);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_names_that_modules_can_have() {
        let files = ["echo", "lib", "hub", "type"].map(file);
        assert_eq!(files, ["echo", "lib_service", "hub_service", "type_service"]);
    }

    #[test]
    fn a_duplicate_name_gets_an_unused_number() {
        let wanted = ["Echo", "Echo", "Echo2", "Echo"].map(str::to_owned).to_vec();
        assert_eq!(unique(wanted), ["Echo", "Echo3", "Echo2", "Echo4"]);
    }
}
