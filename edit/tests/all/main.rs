//! Tests of what volplane-edit does to files: one program, so that there is one to link.

mod handlers;
mod merge;
