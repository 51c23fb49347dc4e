//! Projects that live: an IDL that is edited at random, and a user who edits at random what volplane made of it.
//!
//! [`idl`] is a small model of an IDL, `evolve` edits it; `user` edits the project's files and `resolve` settles
//! conflicts as a user does; [`marks`] knows the lines that are the user's. [`life`] drives a project of any kind through
//! a sequence, and holds it to what every update promises.

pub mod dice;
mod evolve;
pub mod idl;
pub mod life;
pub mod marks;
mod resolve;
mod user;
