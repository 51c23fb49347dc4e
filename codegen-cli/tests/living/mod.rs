//! Projects that live: an IDL that is edited at random, and a user who edits at random what volplane made of it.
//!
//! [`idl`] is a small model of an IDL, [`evolve`] edits it; [`user`] edits the project's files and [`resolve`] settles
//! conflicts as a user does; [`marks`] knows the lines that are the user's. [`life`] drives a project of any kind through
//! a sequence, and holds it to what every update promises.

#![allow(dead_code, reason = "every test program uses another part")]

pub(crate) mod dice;
pub(crate) mod evolve;
pub(crate) mod idl;
pub(crate) mod life;
pub(crate) mod marks;
pub(crate) mod resolve;
pub(crate) mod user;
