//! Three-way merges of whole files.
