//! Handler files, before and after an edit of the IDL.

mod cases;
mod random;
mod support;
