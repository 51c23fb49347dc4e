//! Tests of the real command: one program, so that there is one to link.

#[cfg(unix)]
mod demo;
mod doctor;
mod features;
mod fix_idl;
mod help;
mod idl_commands;
mod killed_update;
mod living;
mod messages;
mod migrate;
mod new;
mod new_around;
mod new_errors;
mod new_workspace;
mod runtime_switch;
mod shells;
mod shorthand;
mod templates;
mod together;
mod update;
mod upgrade;
#[cfg(unix)]
mod watch;
