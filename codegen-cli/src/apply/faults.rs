//! Faults for tests: what the steps of a change can meet.

use std::cell::{Cell, RefCell};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;

use super::steps::Room;

/// What happens at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The process ends, without any cleaning up.
    Kill,
    /// As if it had ended: this step and all that follow are not taken. Costs no process.
    Gone,
    /// This step fails, the next ones don't.
    Error,
    /// The disk is full: this step and all later ones that take room fail.
    Full,
}

/// Which step of a run meets which fault.
#[derive(Debug, Default)]
pub(super) struct Faults {
    planned: Cell<Option<(usize, Fault)>>,
    taken: Cell<usize>,
    meanwhile: RefCell<Option<(usize, PathBuf, &'static str)>>,
}

impl Faults {
    /// The step number `at`, counted from 0 and from now, meets `fault`.
    pub(super) fn plan(&self, at: usize, fault: Fault) {
        self.planned.set(Some((at, fault)));
        self.taken.set(0);
    }

    /// Right before the step number `at`, somebody else writes this text to this file.
    pub(super) fn meanwhile(&self, at: usize, path: PathBuf, text: &'static str) {
        *self.meanwhile.borrow_mut() = Some((at, path, text));
    }

    /// How many steps were taken since the fault was planned.
    pub(super) fn taken(&self) -> usize {
        self.taken.get()
    }

    /// A step is about to be taken.
    pub(super) fn step(&self, room: Room) -> io::Result<()> {
        let now = self.taken.replace(self.taken.get() + 1);
        if let Some((_, path, text)) = self.meanwhile.borrow_mut().take_if(|(at, ..)| *at == now) {
            fs::write(path, text)?;
        }
        match self.planned.get() {
            Some((at, Fault::Kill)) if now == at => std::process::abort(),
            Some((at, Fault::Gone)) if now >= at => Err(io::Error::other("gone")),
            Some((at, Fault::Error)) if now == at => Err(io::Error::other("this step fails")),
            Some((at, Fault::Full)) if now >= at && room == Room::Taken => Err(ErrorKind::StorageFull.into()),
            _ => Ok(()),
        }
    }

    /// The step in the middle of writing a file: a fault leaves the first half.
    pub(super) fn tear(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        if self.planned.get().is_some_and(|(at, _)| at == self.taken()) {
            file.write_all(&bytes[..bytes.len() / 2])?;
        }
        self.step(Room::Taken)
    }
}
