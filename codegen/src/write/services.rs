//! All Rust of one service: its trait, its server and clients, and what its methods send.
//!
//! The code that all services share is in `runtime_service.rs.in`.

mod connections;
mod descriptor;
mod messages;
mod method;

use std::fmt::Write as _;

use self::method::MethodText;
use super::{Scope, attributes, doc};
use crate::model::{DefId, Definition};
use crate::rust::names;

/// The text of the service `id`, as it is written in its module.
pub(crate) fn item(scope: &Scope, id: DefId) -> String {
    let service = ServiceText::new(scope, id);
    let mut text = service.handler_trait();
    text.push_str(&service.clients_and_server());
    if scope.options.connections {
        text.push_str(&connections::items(&service));
    }
    for method in service.methods.iter().filter(|method| !method.inherited) {
        text.push_str(&messages::items(scope, &service, method));
    }
    if scope.options.descriptors {
        text.push_str(&descriptor::item(scope, &service));
    }
    text
}

/// A service, and what it is called in Rust.
struct ServiceText<'a> {
    definition: &'a Definition,
    /// The name of its trait, as it is written in Rust.
    ident: String,
    /// The same, as other names begin with it.
    name: &'a str,
    runtime: String,
    methods: Vec<MethodText<'a>>,
}

impl<'a> ServiceText<'a> {
    fn new(scope: &Scope<'a>, id: DefId) -> Self {
        let name = scope.layout.name(id);
        ServiceText {
            definition: scope.model.definition(id),
            ident: names::escape(name),
            name,
            runtime: scope.runtime(),
            methods: method::all(scope, id),
        }
    }

    fn handler_trait(&self) -> String {
        let mut text = match &self.definition.doc {
            Some(comment) => doc::lines(Some(comment), ""),
            None => format!("/// The methods of the service `{}`.\n", self.definition.name),
        };
        let _ = write!(text, "pub trait {} {{", self.ident);
        for (index, method) in self.methods.iter().enumerate() {
            text.push_str(if index == 0 { "\n" } else { "\n\n" });
            text.push_str(&method.attributes());
            text.push_str(&method.in_trait());
        }
        text.push_str(if self.methods.is_empty() { "}\n" } else { "\n}\n" });
        text
    }

    /// The declaration from which the runtime's macro makes all of it.
    fn clients_and_server(&self) -> String {
        let Self { name, ident, runtime, .. } = self;
        let mut text = format!("\n{runtime}::service! {{\n");
        text.push_str(&attributes::deprecated(&self.definition.annotations, "    "));
        let _ = write!(
            text,
            "    {wire:?} in {runtime};
    trait {ident};
    server {name}Server;
    client {name}Client, {name}GenericClient, {name}OneShotClient, {name}ClientBuilder, Mk{name}GenericClient;
    request {name}RequestRecv, {name}RequestSend;
    response {name}ResponseRecv, {name}ResponseSend;\n",
            wire = self.definition.name.text,
        );
        for method in &self.methods {
            text.push('\n');
            text.push_str(&method.attributes());
            text.push_str(&method.in_macro());
            text.push('\n');
        }
        text.push_str("}\n");
        text
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use crate::check::check;
    use crate::read::MemorySource;
    use crate::rust::keys::Keys;
    use crate::rust::layout::RustPaths;
    use crate::rust::traits::Traits;
    use crate::write::{CodeOptions, Scope};

    /// The text of every service.
    fn services(idl: &str, options: &CodeOptions) -> String {
        let memory = MemorySource::new().with("a.thrift", idl);
        let model = check(&[PathBuf::from("a.thrift")], &[], &memory).model.expect("IDL without a mistake");
        let (layout, keys) = (&RustPaths::new(&model), &Keys::new(&model));
        let traits = &Traits::new(&model, keys);
        let scope = Scope { model: &model, layout, keys, traits, options, module: 0 };
        model.services().map(|(id, ..)| super::item(&scope, id)).collect()
    }

    #[test]
    fn everything_that_methods_can_have() {
        let idl = "namespace rs a.b
exception Fault {1: i32 code}
/** Base. */
service Base {
    /** Says something. */
    string ping(/** What to say. */ 1: optional string text, 2: string name, 3: list<string> more) throws (1: Fault fault, 2: Fault other)
    oneway void fire(1: i32 x)
    void into(1: i32 x)
}
service Child extends Base {
    i32 clone() (deprecated = \"use `ping`\")
    void new(1: bool x)
    void with_callopt()
    set<double> numbers(1: set<double> numbers)
}
service Nothing {} (deprecated)
service Kept {} (deprecated = '0')
service Usual { void call(-32768: bool low, 32767: optional i32 high, 1: list<string> texts = ['a'], 2: Fault fault = {'code': 1}) }
";
        insta::assert_snapshot!(services(idl, &CodeOptions::default()));
    }

    #[test]
    fn a_deprecated_service_may_be_implemented_without_warnings() {
        for value in ["", " = \"false\"", " = \"call Other\""] {
            let text = services(&format!("service Old {{}} (deprecated{value})"), &CodeOptions::default());
            let before = text.find("pub trait Old").expect("a trait");
            assert!(!text[..before].contains("deprecated"), "{text}");
            let expected = match value {
                "" => "    #[deprecated]\n",
                " = \"false\"" => "",
                _ => "    #[deprecated(note = \"call Other\")]\n",
            };
            assert!(text.contains(&format!("service! {{\n{expected}    \"Old\" in ")), "{text}");
        }
    }

    #[test]
    fn functions_that_connect_give_way_to_methods() {
        let options = CodeOptions { connections: true, ..CodeOptions::default() };
        let connect = |methods: &str| {
            let text = services(&format!("service Echo {{ {methods} }}"), &options);
            let line = text.lines().find(|line| line.contains("client EchoClient, EchoClientBuilder: "));
            line.and_then(|line| line.split(": ").nth(1)).unwrap_or_default().to_owned()
        };
        assert_eq!(connect(""), "connect, connect_with;");
        assert_eq!(connect("void connect()"), "connect_to, connect_with;");
        assert_eq!(connect("void Connect() void connectTo() void connect_with()"), "connect_to_, connect_to_with;");
    }

    #[test]
    fn a_service_as_data() {
        let idl = "
enum Color {RED = 1, BLUE = 7}
typedef list<Color> Colors
/** Contains itself. */
struct Node {1: required i32 id, /** Below it. */ 2: optional list<Node> below, 3: Colors colors}
union Either {1: string text}
exception Fault {}
struct Unnamed {}
/** A service. */
service Base { /** Looks. */ Node look(1: map<string, set<double>> by, 2: optional Either either) throws (1: Fault fault) }
service Echo extends Base { oneway void fire() }
";
        let options = CodeOptions { descriptors: true, ..CodeOptions::default() };
        let text = services(idl, &options);
        let at = text.find("/// What the IDL says of [`Echo`].").expect("a descriptor");
        insta::assert_snapshot!(text[at..]);
    }
}
