//! Runs the real programs.

use std::io::{self, BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

/// A server that listens. Dropping it ends it.
pub struct Server {
    child: Child,
    address: String,
    // Open as long as the server is, which would otherwise print into nothing.
    _stdout: BufReader<ChildStdout>,
}

impl Server {
    /// Starts `program` and waits until it listens.
    pub fn start(program: &str, arguments: &[&str]) -> io::Result<Server> {
        let mut child = Command::new(program).args(arguments).stdout(Stdio::piped()).spawn()?;
        let mut stdout = BufReader::new(child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?);
        let mut line = String::new();
        stdout.read_line(&mut line)?;
        let address = line.trim_end().strip_prefix("listening on ").unwrap_or_default().to_owned();
        let server = Server { child, address, _stdout: stdout };
        if server.address.is_empty() {
            return Err(io::Error::other(format!("{program} said: {line:?}")));
        }
        Ok(server)
    }

    /// Runs a client against it. What comes behind `flag` is the address.
    pub fn call(&self, program: &str, arguments: &[&str], flag: &str) -> io::Result<Output> {
        Command::new(program).args(arguments).arg(flag).arg(&self.address).output()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
