//! A model printed as IDL and read again is the same model: for the corpus, and for models made at random.

mod made;

use proptest::prelude::*;
use std::path::PathBuf;
use volplane_build::internal::model::Model;
use volplane_build::internal::span::FileId;
use volplane_build::internal::{Disk, MemorySource, MessageFormat, check, print, render};
use volplane_build_testkit::corpus::Entry;

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

fn is_the_same_again(entry: &Entry) {
    let checked = check(std::slice::from_ref(&entry.path), &entry.include_dirs, &Disk);
    // Which files have a model is tested in `corpus`.
    let Some(model) = checked.model else { return };
    let read = again(&model, &entry.include_dirs).unwrap_or_else(|shown| panic!("{shown}"));
    assert!(read == model, "the model changes");
}

mod corpus {
    test_each_file!(is_the_same_again);
}

proptest! {
    #[test]
    fn models_made_at_random_survive(choices in proptest::collection::vec(any::<u32>(), 0..600)) {
        let model = made::model(&choices);
        let read = again(&model, &[]);
        prop_assert_eq!(read.as_ref(), Ok(&model));
    }
}
