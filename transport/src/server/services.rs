//! Which service a call is for, if the service's name precedes the method's: `Echo:echo`, as Apache's
//! `TMultiplexedProtocol` writes it.

use pilota::thrift::{ApplicationException, ApplicationExceptionKind};
use volo_thrift::server::Router;

use super::GeneratedService;
use crate::codec::RawMessage;
use crate::wire::service_and_method;

/// A call names a service that is not here.
pub(super) struct UnknownService {
    /// The method without the service, for the answer.
    pub(super) method: String,
    /// Says which services there are.
    pub(super) exception: ApplicationException,
}

/// The service that a call names. `None` if it names none.
#[inline]
pub(super) fn called<S: GeneratedService>(service: &S, message: &RawMessage) -> Result<Option<String>, UnknownService> {
    if !message.head.has_service {
        return Ok(None);
    }
    // Read before, so it can be read again.
    let (name, method) = service_and_method(&message.bytes, &message.head).unwrap_or_default();
    if S::SERVICE_NAME == Some(name) {
        return Ok(Some(name.to_owned()));
    }
    let names = service.service_names();
    if names.iter().any(|known| known == name) {
        return Ok(Some(name.to_owned()));
    }
    let there = if names.is_empty() {
        "this server does not know the names of its services".to_owned()
    } else {
        format!("there is {}", names.join(", "))
    };
    let why = format!("unknown service {name} of the method {method}: {there}");
    let exception = ApplicationException::new(ApplicationExceptionKind::UNKNOWN_METHOD, why);
    Err(UnknownService { method: method.to_owned(), exception })
}

/// The names of a router's services, sorted. volo gives them only as text for debugging:
/// `Router { services: ["Echo", "Users"], has_default_service: true }`.
pub(super) fn names_of(router: &Router) -> Vec<String> {
    let text = format!("{router:?}");
    // A name is an identifier, so every second part is one.
    let mut names: Vec<String> = text.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use volo_thrift::context::ServerContext;
    use volo_thrift::server::NamedService;
    use volo_thrift::{Bytes, ServerError};

    use super::*;

    #[derive(Clone)]
    struct Named<const N: usize>;

    impl<const N: usize> NamedService for Named<N> {
        const NAME: &'static str = ["Users", "Echo", "a.b.Items"][N];
    }

    impl<const N: usize> motore::Service<ServerContext, Bytes> for Named<N> {
        type Response = Bytes;
        type Error = ServerError;

        async fn call(&self, _cx: &mut ServerContext, request: Bytes) -> Result<Bytes, ServerError> {
            Ok(request)
        }
    }

    #[test]
    fn the_names_of_a_routers_services() {
        assert!(names_of(&Router::new()).is_empty());
        let router = Router::new().with_default_service(Named::<0>).add_service(Named::<1>).add_service(Named::<2>);
        assert_eq!(names_of(&router), ["Echo", "Users", "a.b.Items"]);
    }
}
