//! The Rust names of what the generated code holds: what handler stubs, servers and clients are written from.
//!
//! [`Api::new`] is pure and needs no backend; a test compiles stubs made from it against the backend's traits.

pub(crate) mod graph;
pub mod idents;
pub mod keys;
pub mod layout;
pub mod names;
pub mod traits;
pub mod types;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use serde::Serialize;

use self::keys::Keys;
use self::layout::{RustPaths, method_type_stem};
use self::traits::Traits;
use crate::model::{DefId, Definition, Field, Method, Model, Requiredness, Service, Type};

/// What the generated crate offers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Api {
    /// The services of the files that were asked for, in the order of the text.
    pub services: Vec<ServiceApi>,
}

/// One service. All paths begin with the crate path given to [`Api::new`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ServiceApi {
    /// Its name in the IDL, which is also the name a multi-service server knows it by.
    pub idl_name: String,
    /// The path of the IDL file that defines it.
    pub file: String,
    /// The module that holds it: `hello_generated::api`.
    pub module: String,
    /// The trait that a handler implements: `Echo`.
    pub ident: String,
    /// The server type: `EchoServer`.
    pub server: String,
    /// The client type: `EchoClient`.
    pub client: String,
    /// The client's builder: `EchoClientBuilder`.
    pub client_builder: String,
    /// The request type that a server's runner has to name: `EchoRequestRecv`.
    pub request: String,
    /// Its name in snake case, keywords not escaped: for files and modules.
    pub snake: String,
    /// The doc comment.
    pub doc: Option<String>,
    /// All methods that the trait demands: inherited ones first, as the trait has them.
    pub methods: Vec<MethodApi>,
}

/// One method of a service's trait.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MethodApi {
    /// Its name in the IDL.
    pub idl_name: String,
    /// Its identifier.
    pub ident: String,
    /// The arguments after `&self`.
    pub arguments: Vec<ArgumentApi>,
    /// The type of a result without its error: `()` for `void`.
    pub result: String,
    /// The enum of the declared exceptions, if there are any.
    pub exception: Option<String>,
    /// The full return type.
    pub output: String,
    /// The line that a handler's method begins with, without the brace: `async fn echo(&self, …) -> …`.
    pub signature: String,
    /// No answer is sent.
    pub oneway: bool,
    /// The IDL name of the service that it is inherited from.
    pub inherited_from: Option<String>,
    /// The doc comment.
    pub doc: Option<String>,
}

/// One argument.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ArgumentApi {
    /// Its name in the IDL.
    pub idl_name: String,
    /// Its identifier.
    pub ident: String,
    /// Its field id in the IDL.
    pub id: i32,
    /// Its type.
    pub ty: String,
    /// Whether the type implements `Default`: an empty union, and what can't be without one, does not.
    pub has_default: bool,
}

impl Api {
    /// Describes the services of `model`, as seen from a crate that reaches the generated one as `root`
    /// (`hello_generated`, or `crate` inside it). Containers and strings are spelled with `::pilota`, results with
    /// `::volo_thrift`: a crate that holds handlers depends on both.
    pub fn new(model: &Model, root: &str) -> Api {
        let services: Vec<DefId> = model.services().map(|(id, ..)| id).collect();
        Api::of(model, &RustPaths::new(model), root, &services)
    }

    /// Describes these services, which may be of any file, with the layout of the model. See [`Api::new`].
    pub fn of(model: &Model, layout: &RustPaths, root: &str, services: &[DefId]) -> Api {
        let keys = &Keys::new(model);
        let traits = &Traits::new(model, keys);
        let describe = Describe { model, layout, keys, traits, root, idents: RefCell::default() };
        Api { services: services.iter().map(|id| describe.service(*id, model.definition(*id))).collect() }
    }
}

struct Describe<'a> {
    model: &'a Model,
    layout: &'a RustPaths,
    keys: &'a Keys,
    traits: &'a Traits,
    root: &'a str,
    /// Of the methods of each service, which are asked for again by every service below it.
    idents: RefCell<HashMap<DefId, Rc<[String]>>>,
}

impl Describe<'_> {
    fn service(&self, id: DefId, definition: &Definition) -> ServiceApi {
        let name = self.layout.name(id);
        ServiceApi {
            idl_name: definition.name.text.clone(),
            file: self.model.file(id.file).path.clone(),
            module: format!("{}::{}", self.root, self.layout.module_path(id.file)),
            ident: name.to_owned(),
            server: format!("{name}Server"),
            client: format!("{name}Client"),
            client_builder: format!("{name}ClientBuilder"),
            request: format!("{name}RequestRecv"),
            snake: names::field_name(name),
            doc: definition.doc.clone(),
            methods: self.methods(id),
        }
    }

    /// The whole chain of parents, topmost first.
    fn methods(&self, id: DefId) -> Vec<MethodApi> {
        let of = |(owner, service): (DefId, &Service)| -> Vec<MethodApi> {
            let mut known = self.idents.borrow_mut();
            let idents = known.entry(owner).or_insert_with(|| idents::methods(self.model, owner).into()).clone();
            let methods = service.methods.iter().zip(idents.iter());
            methods.map(|(method, ident)| self.method(method, ident, owner, owner != id)).collect()
        };
        idents::chain(self.model, id).into_iter().rev().flat_map(of).collect()
    }

    fn method(&self, method: &Method, ident: &str, owner: DefId, inherited: bool) -> MethodApi {
        let service = self.layout.name(owner);
        let idents = idents::fields(&method.arguments);
        let arguments: Vec<ArgumentApi> =
            (method.arguments.iter().zip(&idents)).map(|(field, name)| self.argument(field, name)).collect();
        let result = method.result.as_ref().map_or_else(|| "()".to_owned(), |ty| self.ty(ty));
        let exception = (!method.throws.is_empty()).then(|| {
            let name = format!("{service}{}Exception", method_type_stem(ident));
            format!("{}::{}::{name}", self.root, self.layout.module_path(owner.file))
        });
        let ok = match &exception {
            Some(exception) => format!("::volo_thrift::MaybeException<{result}, {exception}>"),
            None => result.clone(),
        };
        let ident = names::escape(ident);
        let output = format!("::core::result::Result<{ok}, ::volo_thrift::ServerError>");
        let parameters: String =
            arguments.iter().map(|argument| format!(", {}: {}", argument.ident, argument.ty)).collect();
        MethodApi {
            idl_name: method.name.text.clone(),
            signature: format!("async fn {ident}(&self{parameters}) -> {output}"),
            ident,
            arguments,
            result,
            exception,
            output,
            oneway: method.oneway,
            inherited_from: inherited.then(|| self.model.definition(owner).name.text.clone()),
            doc: method.doc.clone(),
        }
    }

    fn ty(&self, ty: &Type) -> String {
        types::spell(ty, self.keys.form(ty), &|id| format!("{}::{}", self.root, self.layout.path(id)))
    }

    fn argument(&self, field: &Field, ident: &str) -> ArgumentApi {
        let ty = self.ty(&field.ty);
        let (ty, has_default) = match field.requiredness {
            Requiredness::Optional => (format!("::std::option::Option<{ty}>"), true),
            Requiredness::Default | Requiredness::Required => (ty, self.traits.has_default(&field.ty)),
        };
        ArgumentApi { idl_name: field.name.text.clone(), ident: names::escape(ident), id: field.id, ty, has_default }
    }
}
