//! What happened to a file, as data; the command words it, or takes the words here.

use std::fmt;

/// Something that happened to a method, or that its owner has to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The line in the new text, counted from 1.
    pub line: usize,
    /// The service, as the IDL names it.
    pub service: String,
    /// The method, as the IDL names it; empty where the whole `impl` is meant.
    pub method: String,
    /// The type that implements the service, as the file writes it.
    pub handler: String,
    /// What happened.
    pub what: EventKind,
}

/// What happened to a method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// It is new.
    Added,
    /// Its signature is another; its body was kept.
    Rewritten {
        /// What changed.
        changes: Vec<Change>,
        /// Why the body may not compile any more.
        doubts: Vec<Doubt>,
    },
    /// A parameter has another name, and so have its uses in the body.
    ParameterRenamed {
        /// Its name until now.
        from: String,
        /// Its name from now on.
        to: String,
    },
    /// An argument has another name in the IDL; the parameter keeps its own, because not all of its uses can be renamed
    /// safely.
    ParameterKept {
        /// The parameter's name.
        name: String,
        /// The argument's name in the IDL.
        idl: String,
    },
    /// The body uses a name that nothing defines, such as a parameter that is gone: it does not compile.
    Undefined {
        /// The name.
        name: String,
    },
    /// The IDL has another signature, but this one is written in a way that can't be changed safely.
    NotRewritten {
        /// What it has to answer from now on.
        output: String,
    },
    /// The service's trait is in another module of the generated code: the file has to import it from there. Told once
    /// for each `impl`, without a method.
    TraitMoved {
        /// Its path until now.
        from: String,
        /// Its path from now on.
        to: String,
    },
    /// It is no longer in the IDL, and so not in the trait; it was left as it is, which does not compile.
    Gone,
    /// It is no longer in the IDL, and its stub was not edited: it was removed.
    Removed,
    /// The IDL has it no more; it is a comment now.
    Pruned,
    /// The method is gone, and one came that takes and answers the same.
    LikelyRename {
        /// The new one, as the IDL names it.
        new: String,
    },
}

/// A change of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A parameter is new.
    ParameterAdded(String),
    /// A parameter is gone.
    ParameterRemoved(String),
    /// A parameter has another type.
    ParameterType(String),
    /// The parameters stand in another order.
    Order,
    /// The answer has another type.
    Output,
}

/// Why a body may not compile any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It uses a parameter that is no more.
    StillUses(String),
    /// It uses a parameter that has another type.
    OtherType(String),
    /// It answers something else than it should.
    Output,
}

impl Event {
    /// Whether the owner has to do something, or the file may not compile.
    pub fn needs_attention(&self) -> bool {
        match &self.what {
            EventKind::Added
            | EventKind::Pruned
            | EventKind::Removed
            | EventKind::ParameterRenamed { .. }
            | EventKind::LikelyRename { .. } => false,
            EventKind::Rewritten { doubts, .. } => !doubts.is_empty(),
            EventKind::ParameterKept { .. } => true,
            EventKind::NotRewritten { .. }
            | EventKind::TraitMoved { .. }
            | EventKind::Undefined { .. }
            | EventKind::Gone => true,
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { service, method, handler, .. } = self;
        if let EventKind::TraitMoved { from, to } = &self.what {
            return write!(f, "{service} of {handler}: the trait moved from {from} to {to}; update the `use`");
        }
        write!(f, "{service}.{method} of {handler}: ")?;
        match &self.what {
            EventKind::Added => f.write_str("added"),
            EventKind::Rewritten { changes, doubts } => {
                list(f, changes)?;
                if !doubts.is_empty() {
                    f.write_str("; the body may no longer compile: ")?;
                    list(f, doubts)?;
                }
                Ok(())
            }
            EventKind::ParameterRenamed { from, to } => write!(f, "the parameter `{from}` was renamed to `{to}`"),
            EventKind::ParameterKept { name, idl } => {
                write!(f, "the IDL calls the argument `{idl}`; the parameter is still named `{name}`")
            }
            EventKind::Undefined { name } => write!(f, "the body uses `{name}`, which nothing defines"),
            EventKind::NotRewritten { output } => {
                write!(f, "signature not updated: not an `async fn`; it must return `{output}`")
            }
            EventKind::TraitMoved { .. } => Ok(()),
            EventKind::Gone => f.write_str("no longer in the IDL and the trait; it was kept"),
            EventKind::Removed => f.write_str("no longer in the IDL; its stub was removed"),
            EventKind::Pruned => f.write_str("no longer in the IDL; commented out"),
            EventKind::LikelyRename { new } => {
                write!(f, "{service}.{new} is new, with the same types; was the method renamed?")
            }
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ParameterAdded(name) => write!(f, "`{name}` is new"),
            Self::ParameterRemoved(name) => write!(f, "`{name}` is gone"),
            Self::ParameterType(name) => write!(f, "`{name}` has another type"),
            Self::Order => f.write_str("the parameters are in another order"),
            Self::Output => f.write_str("the result has another type"),
        }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StillUses(name) => write!(f, "it still uses `{name}`"),
            Self::OtherType(name) => write!(f, "it uses `{name}`, which has another type"),
            Self::Output => f.write_str("it must return another type"),
        }
    }
}

fn list(f: &mut fmt::Formatter<'_>, all: &[impl fmt::Display]) -> fmt::Result {
    for (index, one) in all.iter().enumerate() {
        write!(f, "{}{one}", if index == 0 { "" } else { ", " })?;
    }
    Ok(())
}
