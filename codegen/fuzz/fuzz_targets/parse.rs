//! Any text has a tree, and every place in it is a place of the text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use volplane_build::internal::span::FileId;
use volplane_build::internal::syntax::parse;

fuzz_target!(|text: &str| {
    let (tree, diagnostics) = parse(FileId(0), text);
    let places = diagnostics.iter().flat_map(|diagnostic| &diagnostic.labels).map(|label| label.span);
    let names = tree.definitions.iter().map(|definition| definition.name.span);
    let comments = tree.comments.iter().map(|comment| comment.span);
    for span in places.chain(names).chain(comments) {
        assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?}");
    }
});
