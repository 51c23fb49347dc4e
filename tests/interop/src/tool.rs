//! Programs that a group needs and a machine may not have.

use std::path::{Path, PathBuf};

/// A program that was found.
#[derive(Clone, Debug)]
pub struct Tool {
    path: PathBuf,
}

impl Tool {
    /// Finds a program in `PATH`.
    ///
    /// # Errors
    ///
    /// If it is missing: `needs NAME`, the text of a skipped row.
    pub fn find(name: &str) -> Result<Tool, String> {
        Self::find_in(name, std::env::var_os("PATH").unwrap_or_default().as_ref())
    }

    fn find_in(name: &str, path: &std::ffi::OsStr) -> Result<Tool, String> {
        std::env::split_paths(path)
            .map(|folder| folder.join(name))
            .find(|file| file.is_file())
            .map(|path| Tool { path })
            .ok_or_else(|| needs(name))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn needs(name: &str) -> String {
    format!("needs {name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_tool_is_named() {
        assert_eq!(Tool::find_in("go", "/nowhere".as_ref()).unwrap_err(), "needs go");
        assert!(Tool::find("sh").is_ok());
    }
}
