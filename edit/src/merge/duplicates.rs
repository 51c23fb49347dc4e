//! Duplicate names in one scope of a Rust file, which the compiler rejects.

use std::collections::{BTreeMap, BTreeSet};

use syn::punctuated::Punctuated;
use syn::token::Comma;
use syn::visit::{self, Visit};
use syn::{Attribute, Field, Fields, FnArg, ImplItem, Item, Member, Pat, TraitItem};

use super::order::imported;

/// The duplicate names in a file, with their number; `None` if the file does not parse.
pub(super) fn duplicates(text: &str) -> Option<BTreeMap<String, usize>> {
    let file = syn::parse_file(text).ok()?;
    let mut found = Found::default();
    found.items(&file.items);
    found.visit_file(&file);
    Some(found.twice)
}

#[derive(Default)]
struct Found {
    twice: BTreeMap<String, usize>,
}

impl Found {
    fn names(&mut self, names: impl IntoIterator<Item = String>) {
        let mut seen = BTreeSet::new();
        for name in names {
            if !seen.insert(name.clone()) {
                *self.twice.entry(name).or_default() += 1;
            }
        }
    }

    fn items(&mut self, items: &[Item]) {
        self.names(items.iter().flat_map(named));
    }

    fn fields(&mut self, fields: &Punctuated<Field, Comma>) {
        let fields = fields.iter().filter(|field| !is_conditional(&field.attrs));
        self.names(fields.filter_map(|field| Some(format!("field {}", field.ident.as_ref()?))));
    }
}

impl<'ast> Visit<'ast> for Found {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if let Some((_, items)) = &module.content {
            self.items(items);
        }
        visit::visit_item_mod(self, module);
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        let items = block.stmts.iter().filter_map(|stmt| match stmt {
            syn::Stmt::Item(item) => Some(item),
            _ => None,
        });
        self.names(items.flat_map(named));
        visit::visit_block(self, block);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        let variants = item.variants.iter().filter(|variant| !is_conditional(&variant.attrs));
        self.names(variants.map(|variant| format!("variant {}", variant.ident)));
        visit::visit_item_enum(self, item);
    }

    fn visit_fields(&mut self, fields: &'ast Fields) {
        if let Fields::Named(fields) = fields {
            self.fields(&fields.named);
        }
        visit::visit_fields(self, fields);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        self.names(item.items.iter().filter_map(|item| match item {
            ImplItem::Fn(item) if !is_conditional(&item.attrs) => Some(format!("fn {}", item.sig.ident)),
            ImplItem::Const(item) if !is_conditional(&item.attrs) => Some(format!("const {}", item.ident)),
            ImplItem::Type(item) if !is_conditional(&item.attrs) => Some(format!("type {}", item.ident)),
            _ => None,
        }));
        visit::visit_item_impl(self, item);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.names(item.items.iter().filter_map(|item| match item {
            TraitItem::Fn(item) if !is_conditional(&item.attrs) => Some(format!("fn {}", item.sig.ident)),
            _ => None,
        }));
        visit::visit_item_trait(self, item);
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        self.names(signature.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(typed) => match &*typed.pat {
                Pat::Ident(name) => Some(format!("parameter {}", name.ident)),
                _ => None,
            },
            FnArg::Receiver(_) => None,
        }));
        visit::visit_signature(self, signature);
    }

    fn visit_expr_struct(&mut self, item: &'ast syn::ExprStruct) {
        let fields = item.fields.iter().filter(|field| !is_conditional(&field.attrs));
        self.names(fields.filter_map(|field| match &field.member {
            Member::Named(name) => Some(format!("value of {name}")),
            Member::Unnamed(_) => None,
        }));
        visit::visit_expr_struct(self, item);
    }
}

/// Whether something is there only under a condition: its other forms have the same name.
fn is_conditional(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("cfg"))
}

/// The names that an item brings, each with what else may have it.
fn named(item: &Item) -> Vec<String> {
    let (attributes, namespaces, names) = match item {
        Item::Mod(item) => (&item.attrs, "type", vec![item.ident.to_string()]),
        Item::Struct(item) => (&item.attrs, "type", vec![item.ident.to_string()]),
        Item::Enum(item) => (&item.attrs, "type", vec![item.ident.to_string()]),
        Item::Union(item) => (&item.attrs, "type", vec![item.ident.to_string()]),
        Item::Trait(item) => (&item.attrs, "type", vec![item.ident.to_string()]),
        Item::Type(item) => (&item.attrs, "type", vec![item.ident.to_string()]),
        Item::Fn(item) => (&item.attrs, "value", vec![item.sig.ident.to_string()]),
        Item::Const(item) if item.ident != "_" => (&item.attrs, "value", vec![item.ident.to_string()]),
        Item::Static(item) => (&item.attrs, "value", vec![item.ident.to_string()]),
        Item::Use(item) => {
            let mut names = Vec::new();
            imported(&item.tree, "", &mut names);
            // It may be a type, a function or both.
            (&item.attrs, "type value", names)
        }
        _ => return Vec::new(),
    };
    if is_conditional(attributes) {
        return Vec::new();
    }
    // Two modules of one name are two, even where an import has that name already.
    let module = matches!(item, Item::Mod(_)).then_some("mod");
    let namespaces = namespaces.split(' ').chain(module);
    namespaces.flat_map(|namespace| names.iter().map(move |name| format!("{namespace} {name}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_stand_twice_are_found_in_every_place() {
        for text in [
            "mod a;\nmod a;",
            "use a::B;\nuse c::B;",
            "use a::B;\nstruct B;",
            "use a::f;\nfn f() {}",
            "fn f() { use a::B; use c::B; }",
            "mod m { fn f() {} fn f() {} }",
            "struct S { a: i32, a: i32 }",
            "enum E { A, A }",
            "impl S { fn f() {} fn f() {} }",
            "fn f(a: i32, a: i32) {}",
            "fn f() -> S { S { a: 1, a: 2 } }",
        ] {
            assert_eq!(duplicates(text).map(|found| !found.is_empty()), Some(true), "{text}");
        }
    }

    #[test]
    fn one_name_for_different_things_is_none_twice() {
        for text in [
            "mod a;\nfn a() {}",
            "use a::{self, b as _};\nuse c::{d as _};",
            "#[cfg(unix)]\nmod a;\n#[cfg(windows)]\nmod a;",
            "mod m { fn f() {} }\nfn f() {}",
            "impl S { fn f() {} }\nimpl T { fn f() {} }",
            "use a::*;\nuse b::*;",
        ] {
            assert_eq!(duplicates(text), Some(BTreeMap::new()), "{text}");
        }
        assert_eq!(duplicates("fn f("), None);
    }
}
