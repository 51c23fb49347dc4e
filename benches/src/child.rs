//! A process of a measurement, as its parent sees it.

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child as Process, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use serde::de::DeserializeOwned;

/// Why a process did not do its part.
#[derive(Debug, thiserror::Error)]
pub enum ChildError {
    /// It did not start.
    #[error("cannot start {0}")]
    Start(String, #[source] io::Error),
    /// It ended too early. Why is on its standard error, which is the parent's.
    #[error("{0} ended before it was done")]
    Ended(String),
    /// It takes nothing on its standard input.
    #[error("{0} does not listen")]
    Deaf(String, #[source] io::Error),
    /// It said nothing.
    #[error("{0} said nothing for {1:?}")]
    Silent(String, Duration),
    /// It said something else.
    #[error("{0} said {1:?}")]
    Unexpected(String, String),
}

/// A running process. It ends when this is dropped, and also with its parent: it watches its standard input.
#[derive(Debug)]
pub struct Child {
    name: String,
    process: Process,
    input: ChildStdin,
    lines: Receiver<String>,
}

impl Child {
    /// Starts this program with other arguments.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    pub fn start(arguments: &[String]) -> Result<Self, ChildError> {
        let program = std::env::current_exe().map_err(|error| ChildError::Start(arguments.join(" "), error))?;
        Self::start_program(&program, arguments)
    }

    /// Starts another program, which has to end with its standard input.
    ///
    /// # Errors
    ///
    /// When the system refuses.
    pub fn start_program(program: &Path, arguments: &[String]) -> Result<Self, ChildError> {
        let name = arguments.join(" ");
        let failed = |error| ChildError::Start(name.clone(), error);
        let mut process = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let (Some(input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
            unreachable!("both were asked for above");
        };
        let (sender, lines) = channel();
        // Ends with the child's output.
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self { name, process, input, lines })
    }

    /// Gives it a line.
    ///
    /// # Errors
    ///
    /// When it has ended.
    pub fn tell(&mut self, line: &str) -> Result<(), ChildError> {
        writeln!(self.input, "{line}")
            .and_then(|()| self.input.flush())
            .map_err(|error| ChildError::Deaf(self.name.clone(), error))
    }

    /// What it says next.
    ///
    /// # Errors
    ///
    /// When it ends, says something else, or says nothing for `patience`.
    pub fn hear<M: DeserializeOwned>(&self, patience: Duration) -> Result<M, ChildError> {
        let line = self.lines.recv_timeout(patience).map_err(|error| match error {
            RecvTimeoutError::Timeout => ChildError::Silent(self.name.clone(), patience),
            RecvTimeoutError::Disconnected => ChildError::Ended(self.name.clone()),
        })?;
        serde_json::from_str(&line).map_err(|_| self.unexpected(&line))
    }

    /// The error for something that it should not have said now.
    pub fn unexpected(&self, what: impl ToString) -> ChildError {
        ChildError::Unexpected(self.name.clone(), what.to_string())
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // Fails when it has ended already, which is as good.
        let _ended = self.process.kill();
        let _reaped = self.process.wait();
    }
}
