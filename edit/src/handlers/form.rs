//! The parts of a method in the user's file.

use std::ops::Range;

use syn::{FnArg, GenericArgument, ImplItemFn, Pat, PathArguments, ReturnType, Type, TypeParamBound};

use super::source::Source;

/// The parts of a method's signature.
pub(super) struct Form<'s> {
    /// From `async fn` on, without attributes, up to the body.
    pub(super) range: Range<usize>,
    /// The text before the parameters: `async fn echo`.
    pub(super) head: &'s str,
    /// The text between the parentheses.
    pub(super) inside: Range<usize>,
    /// All parameters with the commas behind them, `&self` too.
    pub(super) elements: Vec<(Range<usize>, Option<Range<usize>>)>,
    /// The parameters but `&self`.
    pub(super) parameters: Vec<Parameter<'s>>,
    /// The type behind the arrow.
    pub(super) returned: Option<Range<usize>>,
    /// The type that it answers.
    pub(super) output: Output,
}

/// A parameter.
pub(super) struct Parameter<'s> {
    /// Which of the elements it is.
    pub(super) element: usize,
    /// Its name, unless it is a pattern.
    pub(super) name: Option<(String, Range<usize>)>,
    pub(super) pattern: &'s str,
    pub(super) ty: Range<usize>,
}

/// Where a method says what it answers.
pub(super) enum Output {
    /// Here.
    At(Range<usize>),
    /// Nowhere: it has no arrow.
    Nowhere,
    /// Behind a name that does not tell.
    Unknown,
}

impl<'s> Form<'s> {
    pub(super) fn of(source: &Source<'s>, item: &ImplItemFn) -> Self {
        let sig = &item.sig;
        let range = source.range(sig);
        let parens = sig.paren_token.span;
        let open = parens.open().byte_range();
        let inside = open.end + source.base..parens.close().byte_range().start + source.base;
        let mut elements = Vec::new();
        let mut parameters = Vec::new();
        for (element, pair) in sig.inputs.pairs().enumerate() {
            let comma = pair.punct().map(|comma| source.range(*comma));
            elements.push((source.range(*pair.value()), comma));
            if let FnArg::Typed(typed) = *pair.value() {
                let name = match &*typed.pat {
                    Pat::Ident(pat) => Some((pat.ident.to_string(), source.range(&pat.ident))),
                    _ => None,
                };
                let pattern = source.node(&typed.pat);
                parameters.push(Parameter { element, name, pattern, ty: source.range(&typed.ty) });
            }
        }
        let (returned, output) = match &sig.output {
            ReturnType::Default => (None, Output::Nowhere),
            ReturnType::Type(_, ty) if sig.asyncness.is_some() => {
                (Some(source.range(ty)), Output::At(source.range(ty)))
            }
            ReturnType::Type(_, ty) => {
                let output = future_output(ty).map_or(Output::Unknown, |output| Output::At(source.range(output)));
                (Some(source.range(ty)), output)
            }
        };
        let head = source.slice(range.start..open.start + source.base);
        Form { range, head, inside, elements, parameters, returned, output }
    }
}

impl Parameter<'_> {
    /// Its name, or its pattern.
    pub(super) fn label(&self) -> &str {
        self.name.as_ref().map_or(self.pattern, |(name, _)| name)
    }

    /// The names that it may bind.
    pub(super) fn words(&self) -> impl Iterator<Item = String> {
        let words = self.pattern.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        words.filter(|word| !word.is_empty()).map(str::to_owned)
    }

    /// Whether its name is this one, maybe with underscores before it.
    pub(super) fn is_named(&self, ident: &str) -> bool {
        self.name.as_ref().is_some_and(|(name, _)| bare(name) == bare(ident))
    }
}

/// A name without the underscores before it, and without `r#`.
pub(super) fn bare(name: &str) -> &str {
    name.trim_start_matches("r#").trim_start_matches('_')
}

/// The `T` of `impl Future<Output = T>`, in whatever it is boxed.
fn future_output(ty: &Type) -> Option<&Type> {
    match ty {
        Type::ImplTrait(ty) => ty.bounds.iter().find_map(bound),
        Type::TraitObject(ty) => ty.bounds.iter().find_map(bound),
        Type::Paren(ty) => future_output(&ty.elem),
        Type::Group(ty) => future_output(&ty.elem),
        Type::Path(ty) => {
            let last = ty.path.segments.last()?;
            let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
            let mut types = arguments.args.iter().filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            });
            if last.ident == "BoxFuture" || last.ident == "LocalBoxFuture" {
                types.next_back()
            } else {
                types.find_map(future_output)
            }
        }
        _ => None,
    }
}

fn bound(bound: &TypeParamBound) -> Option<&Type> {
    let TypeParamBound::Trait(bound) = bound else { return None };
    let PathArguments::AngleBracketed(arguments) = &bound.path.segments.last()?.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(ty) if ty.ident == "Output" => Some(&ty.ty),
        _ => None,
    })
}
