//! The table of codes. Each has one meaning for ever; its long text is in `explain/`, with the feature `explanations`.

use crate::diagnostic::Severity;
use std::fmt;

macro_rules! codes {
    ($($code:ident $severity:ident $title:literal,)*) => {
        /// What kind of mistake or warning it is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $title] $code,)*
        }

        impl Code {
            /// Every code, ascending.
            pub const ALL: &[Self] = &[$(Self::$code,)*];

            /// As it is printed: `E012`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$code => stringify!($code),)* }
            }

            /// Whether it keeps the files from having a model.
            pub fn severity(self) -> Severity {
                match self { $(Self::$code => Severity::$severity,)* }
            }

            /// What it is about, in a few words.
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
    E001 Error "a file can't be read",
    E002 Error "an included file is not there",
    E003 Error "a text is not UTF-8",
    E004 Error "a file is too large",
    E005 Error "files include each other",
    E006 Error "a file in another language",
    E010 Error "a character that means nothing",
    E011 Error "a text without a closing quote",
    E012 Error "a comment that never ends",
    E013 Error "an unknown escape",
    E014 Error "neither a number nor a name",
    E015 Error "an integer beyond 64 bits",
    E016 Error "a character that looks like another",
    E020 Error "something else was expected",
    E021 Error "a bracket that is never closed",
    E022 Error "a keyword in place of a name",
    E023 Error "a dotted name where a plain one belongs",
    E024 Error "nested too deeply",
    E025 Error "a form of fbthrift",
    E026 Error "an annotation whose value is no text",
    E027 Error "a misspelled keyword",
    E028 Error "a form of another language",
    E030 Error "an unknown type",
    E031 Error "an unknown constant",
    E032 Error "an unknown service",
    E033 Error "a name that two included files have",
    E034 Error "a name of the wrong kind",
    E035 Error "typedefs that lead back to themselves",
    E036 Error "services that extend each other",
    E037 Error "constants that need each other",
    E038 Error "defaults that contain each other",
    E040 Error "a name defined twice",
    E041 Error "a field id used twice",
    E042 Error "a field name used twice",
    E043 Error "an enum member named twice",
    E045 Error "a method defined twice",
    E046 Error "a method that is inherited already",
    E048 Error "a key that stands twice",
    E050 Error "a field id out of range",
    E051 Error "an enum value out of range",
    E052 Error "an integer that its type can't hold",
    E060 Error "a required field of a union",
    E061 Error "a oneway method with a result",
    E062 Error "a oneway method with exceptions",
    E063 Error "throwing what is no exception",
    E064 Error "a value of the wrong type",
    E065 Error "a field that its struct doesn't have",
    E066 Error "no member of its enum",
    E067 Error "not a UUID",
    E068 Error "two defaults in a union",
    E069 Error "an exception with the id of the result",
    E099 Error "more mistakes than are shown",
    W001 Warning "an include that nothing uses",
    W002 Warning "an unknown pilota annotation",
    W003 Warning "two names that become one in Rust",
    W004 Warning "a form that Apache's compiler refuses",
    W005 Warning "an outdated form",
    W006 Warning "a field id below one",
    W007 Warning "a map key that hardly any language can hash",
    W008 Warning "a comment that is not UTF-8",
    W009 Warning "a bool from a number",
    W010 Warning "a leading zero",
    W011 Warning "a requiredness that is ignored",
    W012 Warning "an exception used as a type",
    W013 Warning "two files define one name in one namespace",
    W014 Warning "an element that stands twice in a set",
    W015 Warning "an enum value used twice",
    W016 Warning "a field without an id",
    W099 Warning "more warnings than are shown",
}

#[cfg(feature = "explanations")]
pub(crate) use all_codes;

impl Code {
    /// The code that is printed so.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str().eq_ignore_ascii_case(text.trim()))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
