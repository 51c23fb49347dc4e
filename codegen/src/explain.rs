//! What each code means, for `volplane explain`. A build script needs none of it.

use crate::code::{Code, all_codes};

macro_rules! explanations {
    ($($code:ident)*) => {
        impl Code {
            /// What it means, with a wrong and a right example, in Markdown.
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$code => include_str!(concat!("explain/", stringify!($code), ".md")),)* }
            }
        }
    };
}

all_codes!(explanations);

/// What a code means, with a wrong and a right example, in Markdown. `None` if there is no such code.
pub fn explain(code: &str) -> Option<&'static str> {
    Code::from_text(code).map(Code::explanation)
}
