//! Recognizes an `impl` that only forwards, such as that of `Arc<T>`, and writes new methods that forward in the same way.

use std::ops::Range;

use syn::{Expr, FnArg, GenericArgument, ImplItemFn, ItemImpl, Pat, PathArguments, Stmt, Type};

use super::find::FoundImpl;
use super::scope::plain;
use super::source::Source;

/// Pointers through which a method is called on what they point to.
const POINTERS: &[&str] = &["Arc", "Box", "Rc"];

/// How an `impl` forwards.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Forward {
    /// `self.0.echo(req)`: the text before the dot.
    Method(String),
    /// `T::echo(self, req)`: the text before `::echo`, and the first argument.
    Function(String, String),
}

impl Forward {
    /// How all methods of an `impl` forward; `None` if one does anything else.
    pub(super) fn of(source: &Source<'_>, found: &FoundImpl<'_, '_>) -> Option<Self> {
        let mut all = super::find::methods(found.item).map(|item| forwards(source, item));
        // What a pointer points to is the same, however it is reached.
        let is_pointer = points_to_parameter(found.item, &found.parameters());
        match all.next() {
            Some(first) => {
                let is_like = |first: &Self, other: Option<Self>| match other {
                    Some(other) => is_pointer || other == *first,
                    None => false,
                };
                first.filter(|first| all.all(|other| is_like(first, other)))
            }
            None => is_pointer.then(|| Self::Method("(**self)".to_owned())),
        }
    }

    /// The body of a method with these parameters.
    pub(super) fn body(&self, ident: &str, parameters: &[String]) -> String {
        match self {
            Self::Method(receiver) => format!("{receiver}.{ident}({}).await", parameters.join(", ")),
            Self::Function(path, receiver) => {
                let arguments: Vec<&str> =
                    std::iter::once(receiver.as_str()).chain(parameters.iter().map(String::as_str)).collect();
                format!("{path}::{ident}({}).await", arguments.join(", "))
            }
        }
    }
}

/// The call that is all of a method's body.
fn called(item: &ImplItemFn) -> Option<&Expr> {
    match item.block.stmts.as_slice() {
        [Stmt::Expr(Expr::Await(expr), None)] => Some(&expr.base),
        [Stmt::Expr(expr, None)] if item.sig.asyncness.is_none() => Some(expr),
        _ => None,
    }
}

/// How a method forwards: its body is one call of the method of its name, with all of its parameters.
fn forwards(source: &Source<'_>, item: &ImplItemFn) -> Option<Forward> {
    let (forward, arguments): (_, Vec<&Expr>) = match called(item)? {
        Expr::MethodCall(call) if call.method == item.sig.ident && call.turbofish.is_none() => {
            (Forward::Method(source.node(&*call.receiver).to_owned()), call.args.iter().collect())
        }
        Expr::Call(call) => {
            let Expr::Path(path) = &*call.func else { return None };
            if path.path.segments.last().is_none_or(|last| last.ident != item.sig.ident || !last.arguments.is_none()) {
                return None;
            }
            let text = source.node(path);
            let (path, _) = text.rsplit_once("::")?;
            let receiver = call.args.first()?;
            (Forward::Function(path.to_owned(), source.node(receiver).to_owned()), call.args.iter().skip(1).collect())
        }
        _ => return None,
    };
    let receiver = match &forward {
        Forward::Method(receiver) | Forward::Function(_, receiver) => receiver,
    };
    // `self.echo(req)` would be a method of the type's own.
    let is_other = receiver.contains("self") && (matches!(forward, Forward::Function(..)) || receiver != "self");
    let parameters = item.sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(&*typed.pat),
        FnArg::Receiver(_) => None,
    });
    let parameters: Vec<&Pat> = parameters.collect();
    let is_passed = |(pat, argument): (&&Pat, &&Expr)| match (pat, argument) {
        (Pat::Ident(pat), Expr::Path(path)) => {
            path.path.get_ident().is_some_and(|ident| plain(&ident.to_string()) == plain(&pat.ident.to_string()))
        }
        _ => false,
    };
    let passes_all = parameters.len() == arguments.len() && parameters.iter().zip(&arguments).all(is_passed);
    (is_other && passes_all).then_some(forward)
}

/// Where a method that forwards passes its parameters on: the place between the parentheses, and what stands before them.
pub(super) fn passed(source: &Source<'_>, item: &ImplItemFn) -> Option<(Range<usize>, &'static str)> {
    forwards(source, item)?;
    match called(item)? {
        Expr::MethodCall(call) => {
            let end = source.range(call).end - 1;
            Some((call.args.first().map_or(end, |first| source.range(first).start)..end, ""))
        }
        Expr::Call(call) => Some((source.range(call.args.first()?).end..source.range(call).end - 1, ", ")),
        _ => None,
    }
}

/// Whether the type is a pointer or a reference to one of the type parameters.
fn points_to_parameter(item: &ItemImpl, parameters: &[String]) -> bool {
    let is_parameter = |ty: &Type| match ty {
        Type::Path(ty) => ty.path.get_ident().is_some_and(|ident| parameters.contains(&ident.to_string())),
        _ => false,
    };
    match &*item.self_ty {
        Type::Reference(ty) => is_parameter(&ty.elem),
        Type::Path(ty) => ty.path.segments.last().is_some_and(|last| {
            let PathArguments::AngleBracketed(arguments) = &last.arguments else { return false };
            let mut types = arguments.args.iter();
            POINTERS.iter().any(|name| last.ident == name)
                && matches!((types.next(), types.next()), (Some(GenericArgument::Type(ty)), None) if is_parameter(ty))
        }),
        _ => false,
    }
}
