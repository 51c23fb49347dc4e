//! pilota-build, asked for nothing but definitions: each struct, exception, union and typedef, with the text that belongs
//! around it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use pilota_build::db::RirDatabase;
use pilota_build::middle::context::tls::CUR_ITEM;
use pilota_build::{Codegen, CodegenBackend, Context, DefId, MakeBackend, Output, rir};

use super::shallow::shallow;
use super::{EmitError, layout, ordered};
use crate::lower::{Lowered, ModuleText, Piece, Shape};
use crate::rust::names;

/// The text of every piece of every module: of the same form as the modules of `lowered`, whose IDL is in `dir`.
pub(super) fn pieces(lowered: &Lowered, dir: &Path) -> Result<Vec<Vec<String>>, EmitError> {
    let inputs: Vec<PathBuf> = lowered.files.iter().map(|file| dir.join(&file.name)).collect();
    let kept = if lowered.options.keep_unknown_fields { inputs.clone() } else { Vec::new() };
    let answer = Arc::new(Mutex::new(Ok(Vec::new())));
    // A file that pilota writes, with nothing in it. With the ending `.rs` it would run rustfmt.
    let out = Output::File(dir.join("pilota.txt"));
    pilota_build::Builder::thrift()
        .with_backend(MkBackend { modules: lowered.modules.clone(), answer: answer.clone() })
        .ignore_unused(false)
        .keep_unknown_fields(kept)
        .compile(&inputs, out);
    std::mem::replace(&mut *answer.lock().unwrap_or_else(PoisonError::into_inner), Ok(Vec::new()))
}

type Answer = Result<Vec<Vec<String>>, EmitError>;

struct MkBackend {
    modules: Vec<ModuleText>,
    answer: Arc<Mutex<Answer>>,
}

impl MakeBackend for MkBackend {
    type Target = Backend;

    fn make_backend(self, context: Context) -> Backend {
        let mut backend = Backend { context, impls: HashMap::new() };
        let answer = backend.pieces(&self.modules);
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = answer;
        // pilota itself has nothing left to write.
        backend.context.cache.mod_items.clear();
        backend
    }
}

#[derive(Clone)]
struct Backend {
    context: Context,
    /// What follows the definitions.
    impls: HashMap<DefId, String>,
}

impl Backend {
    fn pieces(&mut self, modules: &[ModuleText]) -> Answer {
        let ids = self.ids();
        let mut found = Vec::new();
        for module in modules {
            for piece in &module.pieces {
                if let Piece::Shape(shape) = piece {
                    let id = ids.get(&path(module, shape)).copied().ok_or_else(|| missing(module, shape))?;
                    self.dress(id, shape);
                    found.push(id);
                }
            }
        }
        let codegen = Codegen::new(Backend { context: shallow(self.context.clone()), impls: self.impls.clone() });
        let mut found = found.into_iter();
        let mut all = Vec::new();
        for module in modules {
            let mut texts = Vec::new();
            for piece in &module.pieces {
                texts.push(match (piece, piece_id(piece, &mut found)) {
                    (Piece::Shape(shape), Some(id)) => {
                        let is_key = module.ordered.contains(&shape.name);
                        let text = CUR_ITEM.set(&id, || self.definition(&codegen, id, is_key));
                        let text = text.ok_or_else(|| missing(module, shape))?;
                        format!("{}\n{text}", shape.head.trim_end()).trim_start().to_owned()
                    }
                    (Piece::Shape(shape), None) => return Err(missing(module, shape)),
                    (Piece::Own(text), _) => text.clone(),
                });
            }
            all.push(texts);
        }
        Ok(all)
    }

    /// The definition of an item and the `impl`s after it; `None` if pilota has no such item.
    fn definition(&self, codegen: &Codegen<Backend>, id: DefId, is_key: bool) -> Option<String> {
        let mut text = String::new();
        match &*self.context.item(id)? {
            rir::Item::Message(message) => codegen.write_struct(id, &mut text, &ordered::message(message, is_key)),
            rir::Item::Enum(union) => codegen.write_enum(id, &mut text, &ordered::union(union, is_key)),
            rir::Item::NewType(alias) => codegen.write_new_type(id, &mut text, &ordered::alias(alias, is_key)),
            rir::Item::Service(_) | rir::Item::Const(_) | rir::Item::Mod(_) => return None,
        }
        Some(text)
    }

    /// pilota's number of each item, by module and name.
    fn ids(&self) -> HashMap<String, DefId> {
        let items = self.context.cache.mod_items.iter();
        let items = items.flat_map(|(module, ids)| ids.iter().map(move |&id| (module, id)));
        items
            .map(|(module, id)| {
                // pilota's cases `self_` to `self`, which is escaped to the same name.
                let mut path: Vec<String> = module.iter().map(|segment| names::escape(segment)).collect();
                path.push(names::escape(&self.context.rust_name(id)));
                (path.join("::"), id)
            })
            .collect()
    }

    /// Puts a shape's attributes and `impl`s where pilota finds them when it writes the definition.
    fn dress(&mut self, id: DefId, shape: &Shape) {
        let parts: Vec<DefId> = match self.context.item(id).as_deref() {
            Some(rir::Item::Message(message)) => message.fields.iter().map(|field| field.did).collect(),
            Some(rir::Item::Enum(union)) => union.variants.iter().map(|arm| arm.did).collect(),
            _ => Vec::new(),
        };
        for (part, attributes) in parts.into_iter().zip(&shape.fields) {
            self.context.with_adjust_mut(part, |adjust| adjust.add_attrs(&[attributes.clone().into()]));
        }
        self.impls.insert(id, shape.impls.clone());
    }

    /// Lays out the definition that `text` is, and puts the `impl`s after it.
    fn finish(&self, id: DefId, text: &mut String) {
        *text = layout::tidy(text);
        if let Some(impls) = self.impls.get(&id).filter(|impls| !impls.is_empty()) {
            text.push('\n');
            text.push_str(impls);
        }
    }
}

impl CodegenBackend for Backend {
    const PROTOCOL: &'static str = "thrift";

    fn cx(&self) -> &Context {
        &self.context
    }

    fn codegen_struct_impl(&self, id: DefId, text: &mut String, _: &rir::Message) {
        self.finish(id, text);
    }

    fn codegen_enum_impl(&self, id: DefId, text: &mut String, _: &rir::Enum) {
        self.finish(id, text);
    }

    fn codegen_newtype_impl(&self, id: DefId, text: &mut String, _: &rir::NewType) {
        self.finish(id, text);
    }
}

fn piece_id(piece: &Piece, found: &mut impl Iterator<Item = DefId>) -> Option<DefId> {
    match piece {
        Piece::Shape(_) => found.next(),
        Piece::Own(_) => None,
    }
}

fn path(module: &ModuleText, shape: &Shape) -> String {
    module.path.iter().chain([&shape.name]).map(|name| names::escape(name)).collect::<Vec<_>>().join("::")
}

fn missing(module: &ModuleText, shape: &Shape) -> EmitError {
    EmitError::NoDefinition { path: path(module, shape) }
}
