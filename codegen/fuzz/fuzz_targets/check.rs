//! Any bytes are taken or refused, shown in every form, and what is taken becomes Rust and survives being printed and read
//! again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::path::{Path, PathBuf};
use volplane_build::internal::lower::lower;
use volplane_build::internal::span::FileId;
use volplane_build::internal::write::CodeOptions;
use volplane_build::internal::{Checked, MemorySource, MessageFormat, check, dump, print, render};

fn run(files: &MemorySource) -> Checked {
    check(&[PathBuf::from("main.thrift")], &[PathBuf::from("dir")], files)
}

fuzz_target!(|bytes: &[u8]| {
    // A zero byte divides the files.
    let mut parts = bytes.split(|byte| *byte == 0);
    let mut files = MemorySource::new().with("main.thrift", parts.next().unwrap_or_default());
    for (name, part) in ["shared.thrift", "dir/other.thrift", "a/shared.thrift"].into_iter().zip(parts) {
        files = files.with(Path::new(name), part);
    }
    let checked = run(&files);
    for format in [MessageFormat::Human, MessageFormat::Short, MessageFormat::Json, MessageFormat::Github] {
        let shown = render(&checked.diagnostics, &checked.sources, format, false);
        assert_eq!(shown.is_empty(), checked.diagnostics.is_empty());
    }
    let Some(model) = checked.model else {
        assert!(!checked.diagnostics.is_empty());
        return;
    };
    assert!(dump::to_json(&model, &checked.sources).is_ok());
    let lowered = lower(&model, &CodeOptions { descriptors: true, ..CodeOptions::default() });
    assert!(!lowered.modules.is_empty());
    let mut printed = MemorySource::new();
    for (index, file) in model.files.iter().enumerate() {
        printed = printed.with(&file.path, print::to_idl(&model, FileId(index as u32)));
    }
    let again = run(&printed);
    assert_eq!(again.model.as_ref(), Some(&model));
});
