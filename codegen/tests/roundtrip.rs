//! A model printed as IDL and read again is the same model: for the corpus, and for models made at random.

mod common;
#[path = "roundtrip/made.rs"]
mod made;

use proptest::prelude::*;
use std::path::PathBuf;
use volplane_build::internal::model::Model;
use volplane_build::internal::span::FileId;
use volplane_build::internal::{Disk, MemorySource, MessageFormat, check, print, render};

/// The model that its own print gives.
fn again(model: &Model, include_dirs: &[PathBuf]) -> Result<Model, String> {
    let mut files = MemorySource::new();
    for (index, file) in model.files.iter().enumerate() {
        files = files.with(&file.path, print::to_idl(model, FileId(index as u32)));
    }
    let roots: Vec<PathBuf> = model.roots.iter().map(|root| PathBuf::from(&model.file(*root).path)).collect();
    let checked = check(&roots, include_dirs, &files);
    checked.model.ok_or_else(|| {
        let text: String =
            model.files.iter().enumerate().map(|(index, _)| print::to_idl(model, FileId(index as u32))).collect();
        format!("{}\n{text}", render(&checked.diagnostics, &checked.sources, MessageFormat::Human, false))
    })
}

#[test]
fn the_corpus_survives() {
    let mut seen = 0;
    for entry in common::entries() {
        let checked = check(std::slice::from_ref(&entry.path), &entry.include_dirs, &Disk);
        let Some(model) = checked.model else { continue };
        let read = again(&model, &entry.include_dirs).unwrap_or_else(|shown| panic!("{}\n{shown}", entry.name));
        assert!(read == model, "{} changes", entry.name);
        seen += 1;
    }
    assert!(seen > 80);
}

proptest! {
    #[test]
    fn models_made_at_random_survive(choices in proptest::collection::vec(any::<u32>(), 0..600)) {
        let model = made::model(&choices);
        let read = again(&model, &[]);
        prop_assert_eq!(read.as_ref(), Ok(&model));
    }
}
