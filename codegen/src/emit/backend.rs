//! volo's backend, wrapped: source order, doc comments, negative ids and the services' own names.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pilota_build::rir::{self, Method};
use pilota_build::tags::KeepUnknownFields;
use pilota_build::{CodegenBackend, Context, DefId, MakeBackend, ModPath, Output};
use volo_build::thrift_backend::{MkThriftBackend, VoloThriftBackend};

use super::{EmitError, text};
use crate::lower::{Lowered, ServiceName};

/// Runs pilota-build over the files of `lowered`, which stand in `dir`.
pub(super) fn generate(lowered: &Lowered, dir: &Path) -> Result<String, EmitError> {
    // With the ending `.rs` pilota would run rustfmt, if there is one, and exit when that fails.
    let out = dir.join("volplane_gen.txt");
    let inputs: Vec<PathBuf> = lowered.files.iter().map(|file| dir.join(&file.name)).collect();
    pilota_build::Builder::thrift()
        .with_backend(MkBackend { services: lowered.services.clone().into() })
        .ignore_unused(false)
        .with_comments(true)
        .compile(&inputs, Output::File(out.clone()));
    std::fs::read_to_string(&out).map_err(|source| EmitError::File { action: "read", path: out, source })
}

struct MkBackend {
    services: Arc<[ServiceName]>,
}

impl MakeBackend for MkBackend {
    type Target = Backend;

    fn make_backend(self, mut context: Context) -> Backend {
        // pilota hands items on in the order of a hash table, which changes with every item that is added. Ids are
        // given out in the order of the text.
        for items in context.cache.mod_items.values_mut() {
            items.sort();
        }
        Backend { inner: MkThriftBackend.make_backend(context), services: self.services }
    }
}

#[derive(Clone)]
struct Backend {
    inner: VoloThriftBackend,
    services: Arc<[ServiceName]>,
}

impl Backend {
    /// Whether the item is one that the backend makes of a method, beside the user's types.
    fn is_helper(&self, id: DefId) -> bool {
        self.cx().node_contains_tag::<KeepUnknownFields>(id)
    }

    /// Runs `write` and mends the text that it adds.
    fn mended(&self, stream: &mut String, write: impl FnOnce(&mut String)) {
        let start = stream.len();
        write(stream);
        let added = stream.split_off(start);
        stream.push_str(&text::mend(&added));
    }

    /// pilota writes an item's comment first, then whole `impl`s that belong to the item, then the item.
    fn move_doc(&self, id: DefId, stream: &mut String, comment: &str, head: &str) {
        let comment = comment.trim();
        let Some(item) = stream.rfind(head).filter(|_| !comment.is_empty()) else { return };
        let Some(at) = stream[..item].rfind(comment) else { return };
        stream.replace_range(at..at + comment.len(), "");
        if !self.is_helper(id) {
            stream.insert_str(item - comment.len(), &format!("{comment}\n"));
        }
    }
}

impl CodegenBackend for Backend {
    const PROTOCOL: &'static str = VoloThriftBackend::PROTOCOL;

    fn cx(&self) -> &Context {
        self.inner.cx()
    }

    fn codegen_struct_impl(&self, id: DefId, stream: &mut String, s: &rir::Message) {
        let head = format!("pub struct {} {{", self.cx().rust_name(id));
        self.move_doc(id, stream, &s.leading_comments, &head);
        self.mended(stream, |stream| self.inner.codegen_struct_impl(id, stream, s));
    }

    fn codegen_enum_impl(&self, id: DefId, stream: &mut String, e: &rir::Enum) {
        let name = self.cx().rust_name(id);
        if e.repr.is_some() {
            let start = stream.rfind(&format!("pub struct {name}(")).unwrap_or(0);
            for member in e.variants.iter().filter(|member| !member.leading_comments.is_empty()) {
                let line = format!("pub const {}: Self", self.cx().rust_name(member.did));
                if let Some(at) = stream[start..].find(&line) {
                    stream.insert_str(start + at, &format!("\n{}\n", member.leading_comments));
                }
            }
        } else {
            self.move_doc(id, stream, &e.leading_comments, &format!("pub enum {name} {{"));
        }
        self.mended(stream, |stream| self.inner.codegen_enum_impl(id, stream, e));
    }

    fn codegen_service_impl(&self, id: DefId, stream: &mut String, s: &rir::Service) {
        let start = stream.len();
        self.inner.codegen_service_impl(id, stream, s);
        let (rust, module) = (self.cx().rust_name(id), self.cx().mod_path(id));
        let raw = stream.split_off(start);
        let bounded = text::read_within_bounds(&raw, module.len());
        debug_assert!(bounded.is_some());
        stream.push_str(&bounded.unwrap_or(raw));
        let is_here = |name: &&ServiceName| {
            name.rust == *rust && name.module.iter().map(String::as_str).eq(module.iter().map(|part| &**part))
        };
        if let Some(name) = self.services.iter().find(is_here) {
            let added = stream.split_off(start);
            // Only methods send the name.
            let sent = [("from_static_str(", ")")].into_iter().filter(|_| !s.methods.is_empty());
            for (before, behind) in sent.chain([("const NAME: &'static str = ", ";")]) {
                debug_assert!(added.contains(&format!("{before}\"{}\"{behind}", name.rust)));
            }
            stream.push_str(
                &added
                    .replace(
                        &format!("from_static_str(\"{}\")", name.rust),
                        &format!("from_static_str({:?})", name.idl),
                    )
                    .replace(
                        &format!("const NAME: &'static str = \"{}\";", name.rust),
                        &format!("const NAME: &'static str = {:?};", name.idl),
                    ),
            );
        }
    }

    fn codegen_service_method(&self, service: DefId, method: &Method) -> String {
        let line = self.inner.codegen_service_method(service, method);
        format!("{}\n{line}", method.leading_comments)
    }

    fn codegen_service_method_with_global_path(&self, service: DefId, method: &Method) -> String {
        self.inner.codegen_service_method_with_global_path(service, method)
    }

    fn codegen_newtype_impl(&self, id: DefId, stream: &mut String, t: &rir::NewType) {
        self.mended(stream, |stream| self.inner.codegen_newtype_impl(id, stream, t));
    }

    fn codegen_file_descriptor(&self, stream: &mut String, f: &rir::File, has_direct: bool) {
        self.inner.codegen_file_descriptor(stream, f, has_direct);
    }

    fn codegen_file_descriptor_at_mod(&self, stream: &mut String, f: &rir::File, path: &ModPath, has_direct: bool) {
        self.inner.codegen_file_descriptor_at_mod(stream, f, path, has_direct);
    }

    fn codegen_register_mod_file_descriptor(&self, stream: &mut String, mods: &[(ModPath, Arc<PathBuf>)]) {
        self.inner.codegen_register_mod_file_descriptor(stream, mods);
    }

    fn codegen_pilota_trait(&self, stream: &mut String) {
        self.inner.codegen_pilota_trait(stream);
    }

    fn codegen_impl_enum_message(&self, name: &str) -> String {
        self.inner.codegen_impl_enum_message(name)
    }
}
