//! One method, as a service has it: its own or inherited.

use crate::model::{DefId, Field, Method, Requiredness, TypeKind};
use crate::rust::layout::method_type_stem;
use crate::rust::{idents, names};
use crate::write::{Scope, attributes, doc};

/// The longest line of the generated code.
const WIDTH: usize = 120;

pub(super) struct MethodText<'a> {
    pub(super) method: &'a Method,
    /// Whether a service that this one extends has it, which also has its types.
    pub(super) inherited: bool,
    /// The identifier, as it is written in Rust.
    pub(super) ident: String,
    /// The variant of requests and answers.
    variant: String,
    /// The path of its types without their endings: `super::base::BasePing`.
    stem: String,
    pub(super) arguments: Vec<Argument<'a>>,
    /// What it returns: `()` for `void`.
    pub(super) result: String,
}

pub(super) struct Argument<'a> {
    pub(super) field: &'a Field,
    /// The identifier, not escaped.
    pub(super) name: String,
    /// The type without `Option`.
    pub(super) ty: String,
}

/// The methods of a service, inherited ones first.
pub(super) fn all<'a>(scope: &Scope<'a>, id: DefId) -> Vec<MethodText<'a>> {
    let mut all = Vec::new();
    for (owner, service) in idents::chain(scope.model, id).into_iter().rev() {
        for (method, ident) in service.methods.iter().zip(idents::methods(scope.model, owner)) {
            all.push(MethodText::new(scope, method, &ident, owner, owner != id));
        }
    }
    all
}

impl<'a> MethodText<'a> {
    fn new(scope: &Scope<'a>, method: &'a Method, ident: &str, owner: DefId, inherited: bool) -> Self {
        let variant = method_type_stem(ident);
        let path = scope.path(owner);
        let module = path.rfind("::").map_or("", |end| &path[..end + 2]);
        let ty = |ty| scope.ty(ty, scope.keys.form(ty));
        MethodText {
            method,
            inherited,
            ident: names::escape(ident),
            stem: format!("{module}{}{variant}", scope.layout.name(owner)),
            variant,
            arguments: (method.arguments.iter().zip(idents::fields(&method.arguments)))
                .map(|(field, name)| Argument { field, name, ty: ty(&field.ty) })
                .collect(),
            result: method.result.as_ref().map_or_else(|| "()".to_owned(), ty),
        }
    }

    /// The path of one of its types.
    pub(super) fn path(&self, ending: &str) -> String {
        format!("{}{ending}", self.stem)
    }

    /// What a handler returns, and a client's method, without the error.
    fn output(&self) -> String {
        if self.method.throws.is_empty() {
            self.result.clone()
        } else {
            format!("::volo_thrift::MaybeException<{}, {}>", self.result, self.path("Exception"))
        }
    }

    /// Its comment and the comments of its arguments.
    pub(super) fn attributes(&self) -> String {
        const INDENT: &str = "    ";
        let mut text = match &self.method.doc {
            Some(comment) => doc::lines(Some(comment), INDENT),
            None => format!("{INDENT}/// The method `{}`.\n", self.method.name),
        };
        let mut heading = format!("{INDENT}///\n{INDENT}/// # Arguments\n{INDENT}///\n");
        for argument in &self.arguments {
            if let Some(comment) = &argument.field.doc {
                text.push_str(&std::mem::take(&mut heading));
                let item = format!("- `{}`: {}", argument.name, comment.replace('\n', "\n  "));
                text.push_str(&doc::lines(Some(&item), INDENT));
            }
        }
        text.push_str(&attributes::deprecated(&self.method.annotations, INDENT));
        text
    }

    /// Its declaration in the trait.
    pub(super) fn in_trait(&self) -> String {
        let parameters = std::iter::once("&self".to_owned())
            .chain(self.arguments.iter().map(|argument| format!("{}: {}", argument.ident(), argument.held())));
        self.declaration(
            parameters.collect(),
            &format!("impl ::std::future::Future<Output = ::volo_thrift::ServerResult<{}>> + Send;", self.output()),
        )
    }

    /// Its declaration in the macro that makes server and clients.
    pub(super) fn in_macro(&self) -> String {
        let parameters = self.arguments.iter().map(|argument| format!("{}: {}", argument.ident(), argument.taken()));
        let declaration = self.declaration(parameters.collect(), &self.output());
        let (arguments, result) = (self.path("ArgsSend"), self.path("ResultRecv"));
        format!("{declaration}\n        = {}({:?}, {arguments}, {result});", self.variant, self.method.name.text)
    }

    fn declaration(&self, parameters: Vec<String>, output: &str) -> String {
        let line = format!("    fn {}({}) -> {output}", self.ident, parameters.join(", "));
        if line.len() <= WIDTH || parameters.is_empty() {
            return line;
        }
        format!("    fn {}(\n        {},\n    ) -> {output}", self.ident, parameters.join(",\n        "))
    }
}

impl Argument<'_> {
    pub(super) fn ident(&self) -> String {
        names::escape(&self.name)
    }

    /// The type that a handler gets, and that the message has.
    pub(super) fn held(&self) -> String {
        match self.field.requiredness {
            Requiredness::Optional => format!("::std::option::Option<{}>", self.ty),
            Requiredness::Default | Requiredness::Required => self.ty.clone(),
        }
    }

    /// The type that a client's method takes.
    fn taken(&self) -> String {
        if self.field.ty.kind == TypeKind::String && self.field.requiredness != Requiredness::Optional {
            format!("impl ::std::convert::Into<{}>", self.ty)
        } else {
            self.held()
        }
    }
}
