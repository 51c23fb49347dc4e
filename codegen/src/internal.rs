//! The compiler itself, for the command `volplane`, the tests, the benchmarks and the fuzz targets of this repository.
//!
//! Build scripts need [`Builder`](crate::Builder) only, so this module is not documented and makes no promise of
//! compatibility: it can change with any release.
//!
//! | module | purpose |
//! |---|---|
//! | [`check()`] | from paths to a [`model`], or to [`Diagnostic`]s |
//! | [`render()`], [`Code`] | diagnostics as text, and their explanations |
//! | [`fix`](mod@fix) | applies the edits that diagnostics carry |
//! | [`dump`], [`print`](mod@print) | the model as JSON, and as IDL |
//! | [`rust`], [`write`](mod@write), [`lower`], `emit` | the model as Rust |

pub use crate::check::{Checked, check};
pub use crate::code::Code;
pub use crate::diagnostic::{Diagnostic, Fix, Label, Severity};
#[cfg(feature = "explanations")]
pub use crate::explain::explain;
pub use crate::nearest::nearest;
pub use crate::read::{Disk, MemorySource, ReadSource};
pub use crate::render::{MessageFormat, UnknownFormat, render};
pub use crate::source::{Position, Source, Sources};

macro_rules! modules {
    ($($(#[$attribute:meta])* $name:ident,)*) => {
        $(
            $(#[$attribute])*
            #[doc = concat!("Everything public in `", stringify!($name), "`.")]
            pub mod $name {
                pub use crate::$name::*;
            }
        )*
    };
}

modules! {
    dump,
    #[cfg(feature = "emit")]
    emit,
    fix,
    lower,
    model,
    print,
    rust,
    span,
    syntax,
    write,
}
