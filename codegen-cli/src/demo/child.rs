//! A child process whose output is read by lines, and which ends with this process.

use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use crate::interrupt;

/// How often a waiting demo looks whether it is to stop.
const BEAT: Duration = Duration::from_millis(50);

/// A line of a child's output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OutputLine {
    /// What it was run for.
    Out(String),
    /// What it says about its work.
    Err(String),
}

impl OutputLine {
    /// The text, wherever it went.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Out(text) | Self::Err(text) => text,
        }
    }
}

/// What happens next with a child.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ChildEvent {
    /// It said something.
    OutputLine(OutputLine),
    /// It will say no more.
    End,
    /// It said nothing until the deadline.
    Late,
    /// The user wants everything to stop.
    Interrupted,
}

/// A running child. Dropping it kills it, and on Unix all that it started.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    lines: Receiver<OutputLine>,
    ended: bool,
}

impl Running {
    /// Starts a program.
    ///
    /// # Errors
    /// Whatever the system says.
    pub(crate) fn start(command: &mut Command) -> io::Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let mut child = command.spawn()?;
        let (sender, lines) = mpsc::channel();
        if let Some(out) = child.stdout.take() {
            forward(out, sender.clone(), OutputLine::Out);
        }
        if let Some(err) = child.stderr.take() {
            forward(err, sender, OutputLine::Err);
        }
        Ok(Self { child, lines, ended: false })
    }

    /// Waits for the next line.
    pub(crate) fn next(&self, deadline: Option<Instant>) -> ChildEvent {
        loop {
            if interrupt::requested() {
                return ChildEvent::Interrupted;
            }
            match self.lines.recv_timeout(BEAT) {
                Ok(line) => return ChildEvent::OutputLine(line),
                Err(RecvTimeoutError::Disconnected) => return ChildEvent::End,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return ChildEvent::Late;
            }
        }
    }

    /// Waits for the end of a child that says no more.
    ///
    /// # Errors
    /// Whatever the system says.
    pub(crate) fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait()?;
        self.ended = true;
        Ok(status)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        #[cfg(unix)]
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw) {
            // It may have ended by itself; then there is nothing to do.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends every line of a stream on, from a thread of its own; ends with the stream.
fn forward(stream: impl Read + Send + 'static, sender: Sender<OutputLine>, wrap: fn(String) -> OutputLine) {
    thread::spawn(move || {
        let mut stream = BufReader::new(stream);
        let mut bytes = Vec::new();
        while let Ok(1..) = stream.read_until(b'\n', &mut bytes) {
            let text = String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']).to_owned();
            bytes.clear();
            if sender.send(wrap(text)).is_err() {
                return;
            }
        }
    });
}
