//! A service as data.

use std::fmt::Write as _;

use super::ServiceText;
use crate::model::{DefId, DefinitionKind, Field, Requiredness, StructKind, Type, TypeKind};
use crate::rust::layout::descriptor_name;
use crate::write::Scope;

/// The static that describes a service.
pub(super) fn item(scope: &Scope, service: &ServiceText) -> String {
    let mut descriptor = Descriptor { scope, runtime: &service.runtime, named: Vec::new() };
    let mut text = format!(
        "\n/// What the IDL says of [`{ident}`].\npub static {}: {runtime}::ServiceDescriptor = \
         {runtime}::ServiceDescriptor {{\n    name: {:?},\n    doc: {:?},\n    methods: &[\n",
        descriptor_name(service.name),
        service.definition.name.text,
        service.definition.doc.as_deref().unwrap_or_default(),
        ident = service.ident,
        runtime = service.runtime,
    );
    for method in &service.methods {
        let method = method.method;
        let _ = writeln!(text, "        {}::MethodDescriptor {{", service.runtime);
        let _ = writeln!(text, "            name: {:?},", method.name.text);
        let _ = writeln!(text, "            doc: {:?},", method.doc.as_deref().unwrap_or_default());
        let _ = writeln!(text, "            oneway: {},", method.oneway);
        let _ = writeln!(text, "            arguments: {},", descriptor.fields(&method.arguments, "            "));
        let result =
            method.result.as_ref().map_or_else(|| "None".to_owned(), |ty| format!("Some({})", descriptor.ty(ty)));
        let _ = writeln!(text, "            result: {result},");
        let _ = writeln!(text, "            throws: {},", descriptor.fields(&method.throws, "            "));
        text.push_str("        },\n");
    }
    text.push_str("    ],\n    types: &[\n");
    // A definition can name more of them.
    let mut next = 0;
    while let Some(&id) = descriptor.named.get(next) {
        text.push_str(&descriptor.definition(id));
        next += 1;
    }
    text.push_str("    ],\n};\n");
    text
}

struct Descriptor<'a> {
    scope: &'a Scope<'a>,
    runtime: &'a str,
    /// The definitions that were named so far.
    named: Vec<DefId>,
}

impl Descriptor<'_> {
    fn definition(&mut self, id: DefId) -> String {
        const INDENT: &str = "            ";
        let model = self.scope.model;
        let definition = model.definition(id);
        let kind = match &definition.kind {
            DefinitionKind::Typedef(ty) => format!("Typedef({})", self.ty(ty)),
            // A senum is a string.
            DefinitionKind::Senum(_) => format!("Typedef({}::TypeDescriptor::String)", self.runtime),
            DefinitionKind::Enum(members) => {
                let members: Vec<String> =
                    members.iter().map(|member| format!("({:?}, {})", member.name.text, member.value)).collect();
                format!("Enum(&[{}])", members.join(", "))
            }
            DefinitionKind::Struct(kind, fields) => {
                let kind = match kind {
                    StructKind::Struct => "Struct",
                    StructKind::Union => "Union",
                    StructKind::Exception => "Exception",
                };
                format!("{kind}({})", self.fields(fields, INDENT))
            }
            // No type names one of these.
            DefinitionKind::Const(..) | DefinitionKind::Service(_) => "Struct(&[])".to_owned(),
        };
        let runtime = self.runtime;
        format!(
            "        {runtime}::DefinitionDescriptor {{\n{INDENT}name: {:?},\n{INDENT}doc: {:?},\n{INDENT}kind: \
             {runtime}::DefinitionKind::{kind},\n        }},\n",
            definition.name.text,
            definition.doc.as_deref().unwrap_or_default(),
        )
    }

    fn fields(&mut self, fields: &[Field], indent: &str) -> String {
        if fields.is_empty() {
            return "&[]".to_owned();
        }
        let mut text = "&[\n".to_owned();
        for field in fields {
            let ty = self.ty(&field.ty);
            let runtime = self.runtime;
            let requiredness = match field.requiredness {
                Requiredness::Default => "Default",
                Requiredness::Required => "Required",
                Requiredness::Optional => "Optional",
            };
            let doc = field.doc.as_deref().unwrap_or_default();
            let _ = write!(
                text,
                "{indent}    {runtime}::FieldDescriptor {{\n{indent}        id: {},\n{indent}        name: \
                 {:?},\n{indent}        doc: {doc:?},\n{indent}        requiredness: \
                 {runtime}::Requiredness::{requiredness},\n{indent}        ty: {ty},\n{indent}    }},\n",
                field.id, field.name.text,
            );
        }
        text + indent + "]"
    }

    fn ty(&mut self, ty: &Type) -> String {
        let kind = match &ty.kind {
            TypeKind::Bool => "Bool".to_owned(),
            TypeKind::I8 => "I8".to_owned(),
            TypeKind::I16 => "I16".to_owned(),
            TypeKind::I32 => "I32".to_owned(),
            TypeKind::I64 => "I64".to_owned(),
            TypeKind::Double => "Double".to_owned(),
            TypeKind::String => "String".to_owned(),
            TypeKind::Binary => "Binary".to_owned(),
            TypeKind::Uuid => "Uuid".to_owned(),
            TypeKind::List(item) => format!("List(&{})", self.ty(item)),
            TypeKind::Set(item) => format!("Set(&{})", self.ty(item)),
            TypeKind::Map(key, value) => format!("Map(&{}, &{})", self.ty(key), self.ty(value)),
            TypeKind::Named(id) => format!("Named({})", self.place(*id)),
        };
        format!("{}::TypeDescriptor::{kind}", self.runtime)
    }

    fn place(&mut self, id: DefId) -> usize {
        self.named.iter().position(|named| *named == id).unwrap_or_else(|| {
            self.named.push(id);
            self.named.len() - 1
        })
    }
}
