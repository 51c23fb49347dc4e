//! The table of codes. The meaning of a code never changes; its long text is in `explain/`, with the feature `explanations`.

use crate::diagnostic::Severity;
use std::fmt;

macro_rules! codes {
    ($($code:ident $severity:ident $title:literal,)*) => {
        /// The code of an error or a warning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $title] $code,)*
        }

        impl Code {
            /// Every code, ascending.
            pub const ALL: &[Self] = &[$(Self::$code,)*];

            /// Its text: `E012`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$code => stringify!($code),)* }
            }

            /// Whether it is an error or a warning.
            pub fn severity(self) -> Severity {
                match self { $(Self::$code => Severity::$severity,)* }
            }

            /// Its title.
            pub fn title(self) -> &'static str {
                match self { $(Self::$code => $title,)* }
            }
        }

        /// Gives a macro the names of all codes.
        #[allow(unused_macros, reason = "`explain` uses it, which is not always there")]
        macro_rules! all_codes {
            ($macro:ident) => { $macro! { $($code)* } };
        }
    };
}

codes! {
    E001 Error "file cannot be read",
    E002 Error "included file not found",
    E003 Error "text is not valid UTF-8",
    E004 Error "file too large",
    E005 Error "cyclic includes",
    E006 Error "file in another language",
    E010 Error "unexpected character",
    E011 Error "unterminated string",
    E012 Error "unterminated comment",
    E013 Error "unknown escape sequence",
    E014 Error "malformed number or name",
    E015 Error "integer exceeds 64 bits",
    E016 Error "look-alike character",
    E020 Error "unexpected token",
    E021 Error "unclosed delimiter",
    E022 Error "keyword used as a name",
    E023 Error "dotted name in a definition",
    E024 Error "nesting too deep",
    E025 Error "fbthrift syntax",
    E026 Error "annotation value is not a string",
    E027 Error "misspelled keyword",
    E028 Error "syntax of another language",
    E030 Error "unknown type",
    E031 Error "unknown constant",
    E032 Error "unknown service",
    E033 Error "ambiguous name",
    E034 Error "wrong kind of name",
    E035 Error "cyclic typedefs",
    E036 Error "cyclic service inheritance",
    E037 Error "cyclic constants",
    E038 Error "cyclic defaults",
    E040 Error "duplicate definition",
    E041 Error "duplicate field id",
    E042 Error "duplicate field name",
    E043 Error "duplicate enum member",
    E045 Error "duplicate method",
    E046 Error "method already inherited",
    E048 Error "duplicate key",
    E050 Error "field id out of range",
    E051 Error "enum value out of range",
    E052 Error "number out of range of its type",
    E060 Error "required field in a union",
    E061 Error "oneway method with a result",
    E062 Error "oneway method with exceptions",
    E063 Error "thrown type is not an exception",
    E064 Error "value of the wrong type",
    E065 Error "unknown field",
    E066 Error "unknown enum member",
    E067 Error "invalid UUID",
    E068 Error "more than one default in a union",
    E069 Error "exception with the id of the result",
    E099 Error "too many errors",
    W001 Warning "unused include",
    W002 Warning "unknown pilota annotation",
    W003 Warning "two names become one in Rust",
    W004 Warning "syntax that Apache's compiler rejects",
    W005 Warning "outdated syntax",
    W006 Warning "field id below one",
    W007 Warning "map key that few languages support",
    W008 Warning "comment is not valid UTF-8",
    W009 Warning "bool written as a number",
    W010 Warning "leading zero",
    W011 Warning "requiredness is ignored",
    W012 Warning "exception used as a type",
    W013 Warning "name defined twice in one namespace",
    W014 Warning "duplicate element in a set",
    W015 Warning "duplicate enum value",
    W016 Warning "field without an id",
    W099 Warning "too many warnings",
}

#[cfg(feature = "explanations")]
#[allow(clippy::single_component_path_imports, reason = "this is the path of the macro for other modules")]
pub(crate) use all_codes;

impl Code {
    /// The code with this text, in upper or lower case.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str().eq_ignore_ascii_case(text.trim()))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
