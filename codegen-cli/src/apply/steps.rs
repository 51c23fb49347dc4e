//! Every step by which a change alters the disk, in one place, so that a test can make any of them fail or be the last.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::path::Path;
use std::time::SystemTime;

/// The disk, as something to be altered.
#[derive(Debug, Default)]
pub(super) struct Disk {
    /// What goes wrong.
    #[cfg(test)]
    pub(super) faults: super::faults::Faults,
}

/// Whether a step takes room on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    Taken,
    NotTaken,
}

impl Disk {
    /// Makes a folder in one that is there.
    pub(super) fn make_folder(&self, path: &Path) -> io::Result<()> {
        self.step(Room::Taken)?;
        fs::create_dir(path)
    }

    /// Makes a file that was not there.
    pub(super) fn write(&self, path: &Path, bytes: &[u8], permissions: Option<&Permissions>) -> io::Result<()> {
        self.step(Room::Taken)?;
        let mut file = File::create_new(path)?;
        #[cfg(test)]
        self.faults.tear(&mut file, bytes)?;
        file.write_all(bytes)?;
        permissions.map_or(Ok(()), |permissions| file.set_permissions(permissions.clone()))
    }

    /// Gives a file that is written its name; what has the name is replaced.
    ///
    /// Its time becomes now: a build that began after it was written has not seen it yet.
    pub(super) fn put(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step(Room::NotTaken)?;
        open(from)?.set_modified(SystemTime::now())?;
        fs::rename(from, to)
    }

    /// Removes a file.
    pub(super) fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.step(Room::NotTaken)?;
        fs::remove_file(path)
    }

    /// Removes an empty folder.
    pub(super) fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.step(Room::NotTaken)?;
        fs::remove_dir(path)
    }

    /// Removes whatever is there, if anything is. Links are not followed.
    pub(super) fn remove_all(&self, path: &Path) -> io::Result<()> {
        match fs::symlink_metadata(path) {
            Ok(metadata) if metadata.is_dir() => {
                for entry in fs::read_dir(path)? {
                    self.remove_all(&entry?.path())?;
                }
                self.remove_folder(path)
            }
            Ok(_) => self.remove_file(path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Waits until the disk has what was written to a file. Quicker when all files are written first.
    pub(super) fn sync(&self, path: &Path) -> io::Result<()> {
        self.step(Room::NotTaken)?;
        // What a killed process wrote, the system has; only a power cut loses it, and no test makes one.
        if cfg!(test) { Ok(()) } else { open(path)?.sync_all() }
    }

    /// Waits until the disk has the names in a folder. Only Unix lets a program ask for that.
    pub(super) fn sync_folder(&self, path: &Path) -> io::Result<()> {
        if cfg!(unix) { self.sync(path) } else { Ok(()) }
    }

    #[cfg(not(test))]
    fn step(&self, _: Room) -> io::Result<()> {
        Ok(())
    }

    #[cfg(test)]
    fn step(&self, room: Room) -> io::Result<()> {
        self.faults.step(room)
    }
}

/// Opens a file, which may be read-only, for what is done to the whole of it; Windows wants it writable for that.
fn open(path: &Path) -> io::Result<File> {
    File::options().read(true).write(cfg!(windows)).open(path)
}
