//! What plugs a service into the crate volplane-transport.

use super::ServiceText;

/// The trait that names the service's requests, and the functions that connect and listen in one line.
pub(super) fn items(service: &ServiceText) -> String {
    let ServiceText { name, ident, .. } = service;
    let wire = &service.definition.name.text;
    let connect = service.free_name("connect", "connect_to");
    let connect_with = service.free_name("connect_with", "connect_to_with");
    format!(
        "
impl<S> ::volplane_transport::GeneratedService for {name}Server<S> {{
    type Request = {name}RequestRecv;

    const SERVICE_NAME: ::std::option::Option<&'static str> = Some({wire:?});
}}

::volplane_transport::connections! {{
    service {ident} = {wire:?};
    server {name}Server;
    client {name}Client, {name}ClientBuilder: {connect}, {connect_with};
}}
"
    )
}

impl ServiceText<'_> {
    /// `name`, or if a method has it `other`, with underscores after it as long as a method has that.
    fn free_name(&self, name: &str, other: &str) -> String {
        let is_taken = |name: &str| self.methods.iter().any(|method| method.ident == name);
        if !is_taken(name) {
            return name.to_owned();
        }
        let mut other = other.to_owned();
        while is_taken(&other) {
            other.push('_');
        }
        other
    }
}
