//! Why a text is not an endpoint.

use super::Scheme;
use crate::Protocol;

/// Why a text is not an [`Endpoint`](super::Endpoint), or why an endpoint can't be changed as asked.
///
/// `given` is what was given: at most 80 characters of it, control characters escaped, and `***` in place of a user
/// name and password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "`given` and `meant` mean the same everywhere and are explained once")]
pub enum EndpointError {
    /// The text does not begin with `SCHEME://`. `meant` is the endpoint that was probably meant.
    #[error("\"{given}\" has no scheme; {}", write_or_expect(.meant))]
    NoScheme { given: String, meant: Option<String> },
    /// The scheme is not one of [`Scheme`]'s. `meant` is an endpoint that was probably meant.
    #[error("\"{given}\" has an unknown scheme; {}", write_or_expect(.meant))]
    UnknownScheme { given: String, meant: Option<String> },
    /// `yamux+` is written more than once.
    #[error("\"{given}\" has yamux+ more than once; expected it once, as in yamux+tcp://127.0.0.1:8891")]
    RepeatedYamux { given: String },
    /// There is no host.
    #[error(
        "\"{given}\" has no host; expected HOST:PORT. To listen on all interfaces, write 0.0.0.0 or [::] as the host"
    )]
    MissingHost { given: String },
    /// The host is neither a name, nor an IPv4 address, nor an IPv6 address in brackets.
    #[error(
        "\"{given}\" has an invalid host: {problem}; expected a name, an IPv4 address, or an IPv6 address in brackets"
    )]
    Host { given: String, problem: &'static str },
    /// There is a user name or password before the host. No scheme uses them, and they would end up in logs.
    #[error("\"{given}\" has a user name or password before the host; remove everything up to and including the @")]
    UserInfo { given: String },
    /// The scheme has no default port, and none is written.
    #[error("\"{given}\" has no port; {scheme}:// has no default port: expected {scheme}://HOST:PORT")]
    MissingPort { given: String, scheme: Scheme },
    /// The port is not a number from 0 to 65535.
    #[error("\"{given}\" has an invalid port; expected a number from 0 to 65535 after the host and a colon")]
    Port { given: String },
    /// The path of a scheme that has none, a path that does not begin with `/`, or one that no socket can have.
    #[error("\"{given}\" has an invalid path: {problem}")]
    Path { given: String, problem: &'static str },
    /// A parameter other than `protocol`, with a scheme that sends no request.
    #[error("\"{given}\" has an unknown parameter; {scheme}:// takes only ?protocol=PROTOCOL")]
    Parameter { given: String, scheme: Scheme },
    /// The parameter `protocol` has an unknown value.
    #[error("\"{given}\" has the unknown protocol \"{value}\"; expected one of {}", Protocol::EXPECTED)]
    Protocol { given: String, value: String },
    /// The parameter `protocol` is written more than once.
    #[error("\"{given}\" has the parameter protocol more than once; expected it once")]
    RepeatedProtocol { given: String },
    /// A query set with [`with_query`](super::Endpoint::with_query) has the parameter `protocol`.
    #[error("the query \"{given}\" has the parameter protocol, which is not sent; set it using with_protocol")]
    ReservedParameter { given: String },
    /// There is a `#`.
    #[error("\"{given}\" has a fragment, which endpoints do not have; remove it, or write # as %23")]
    Fragment { given: String },
    /// A space or control character.
    #[error("\"{given}\" contains {}; remove it, or write it percent-encoded (a space is %20)", named(*.character))]
    Character { given: String, character: char },
    /// A `%` that two hexadecimal digits don't follow.
    #[error("\"{given}\" has a % without two hexadecimal digits after it; write % itself as %25")]
    Escape { given: String },
    /// The text, or what the endpoint would print, is longer than [`Endpoint::MAX_LEN`](super::Endpoint::MAX_LEN).
    #[error("\"{given}\" is too long; expected at most {} bytes, percent-encoding included", super::Endpoint::MAX_LEN)]
    TooLong { given: String },
    /// What a builder method sets does not exist for an endpoint of this kind.
    #[error("\"{given}\" can't have {what}; only {only} can")]
    NotApplicable { given: String, what: &'static str, only: &'static str },
}

fn write_or_expect(meant: &Option<String>) -> String {
    match meant {
        Some(meant) => format!("write {meant}"),
        None => format!("expected one of {}", Scheme::EXPECTED),
    }
}

fn named(character: char) -> String {
    match character {
        ' ' => "a space".to_owned(),
        other => format!("the character U+{:04X}", u32::from(other)),
    }
}

/// How many characters of a text a message quotes.
const SHOWN: usize = 80;

/// A text as messages quote it: on one line, in at most 80 characters, and without a password.
pub(crate) fn shown(text: &str) -> String {
    let (scheme, rest) = match super::parse::split_scheme(text) {
        Some((scheme, rest)) => (&text[..scheme.len() + 3], rest),
        None => ("", text),
    };
    let is_unix = scheme.to_ascii_lowercase().ends_with("unix://");
    // A password can contain any character, so everything up to the last @ is hidden, even where that is too much.
    let (hidden, rest) = match rest.rfind('@') {
        Some(at) if at > 0 && !is_unix => ("***", &rest[at..]),
        _ => ("", rest),
    };
    let mut shown = String::new();
    let characters = scheme.chars().chain(hidden.chars()).chain(rest.chars());
    for (count, character) in characters.enumerate() {
        if count == SHOWN {
            shown.push('…');
            break;
        }
        escape(character, &mut shown);
    }
    shown
}

/// Adds the character, escaped if it is not printable in one line of text.
pub(super) fn escape(character: char, to: &mut String) {
    match character {
        '\'' => to.push(character),
        _ => to.extend(character.escape_debug()),
    }
}
