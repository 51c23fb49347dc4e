//! Runs a demo's server and client.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use super::DemoError;
use super::build::Programs;
use super::child::{ChildEvent, OutputLine, Running};
use crate::settings::Transport;

/// How long a server has to listen, and a client to end. Both take milliseconds; a machine may be very busy.
const LOCK_TIMEOUT: Duration = Duration::from_secs(60);

/// What a server says, with its address behind it, once clients can connect.
const LISTENING: &str = "listening on ";

/// A server that listens. Dropping it stops it.
#[derive(Debug)]
pub(crate) struct Server {
    /// The program's name without `-server`.
    program: String,
    transport: Transport,
    address: String,
    _running: Running,
}

impl Server {
    /// Starts the server of a transport on a free port, and waits until it listens.
    ///
    /// # Errors
    /// When it ends before, or takes too long.
    pub(crate) fn start(transport: Transport, programs: &Programs) -> Result<Self, DemoError> {
        let name = format!("{}-{}", transport.number(), transport.name());
        let program = format!("{name}-server");
        let mut command = Command::new(path(&program, programs)?);
        command.arg(transport.address_flag()).arg(transport.any_port());
        if transport == Transport::Tls {
            command.arg("--ca").arg(certificate(&name, programs)?);
        }
        let running = Running::start(&mut command).map_err(|source| start_error(&program, source))?;
        let deadline = Instant::now() + LOCK_TIMEOUT;
        let mut output = String::new();
        loop {
            match running.next(Some(deadline)) {
                ChildEvent::OutputLine(line) => {
                    if let Some(address) = listening(line.text()) {
                        let address = address.to_owned();
                        return Ok(Self { program: name, transport, address, _running: running });
                    }
                    output.push_str(line.text());
                    output.push('\n');
                }
                ChildEvent::End => return Err(DemoError::Server { program, output }),
                ChildEvent::Late => return Err(DemoError::Silent { program, limit: LOCK_TIMEOUT, output }),
                ChildEvent::Interrupted => return Err(DemoError::Interrupted),
            }
        }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The demo's name: `02-stdnet`.
    pub(crate) fn name(&self) -> &str {
        &self.program
    }

    /// Runs the client against it; gives what that prints.
    ///
    /// # Errors
    /// When the client fails or takes too long.
    pub(crate) fn call(&self, programs: &Programs) -> Result<Vec<String>, DemoError> {
        let program = format!("{}-client", self.program);
        let mut command = Command::new(path(&program, programs)?);
        command.arg(self.transport.address_flag()).arg(&self.address);
        match self.transport {
            Transport::Yamux => {
                command.arg("alice");
            }
            Transport::Tls => {
                command.arg("--ca").arg(certificate(&self.program, programs)?);
            }
            _ => {}
        }
        let mut running = Running::start(&mut command).map_err(|source| start_error(&program, source))?;
        let deadline = Instant::now() + LOCK_TIMEOUT;
        let mut printed = Vec::new();
        let mut output = String::new();
        loop {
            match running.next(Some(deadline)) {
                ChildEvent::OutputLine(line) => {
                    output.push_str(line.text());
                    output.push('\n');
                    if let OutputLine::Out(text) = line {
                        printed.push(text);
                    }
                }
                ChildEvent::End => break,
                ChildEvent::Late => return Err(DemoError::Silent { program, limit: LOCK_TIMEOUT, output }),
                ChildEvent::Interrupted => return Err(DemoError::Interrupted),
            }
        }
        let status = running.wait().map_err(|source| start_error(&program, source))?;
        if status.success() { Ok(printed) } else { Err(DemoError::Client { program, status, output }) }
    }
}

/// The address in a line such as `listening on 127.0.0.1:8889`.
fn listening(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once(LISTENING)?;
    Some(rest.split_whitespace().next()?.trim_end_matches(','))
}

fn path<'a>(program: &str, programs: &'a Programs) -> Result<&'a PathBuf, DemoError> {
    programs.get(program).ok_or_else(|| DemoError::NoProgram { program: program.to_owned() })
}

/// Where a server writes its certificate, for its client: beside the programs.
fn certificate(name: &str, programs: &Programs) -> Result<PathBuf, DemoError> {
    Ok(path(&format!("{name}-server"), programs)?.with_extension("pem"))
}

fn start_error(program: &str, source: std::io::Error) -> DemoError {
    DemoError::Start { program: program.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_the_word_behind_listening_on() {
        assert_eq!(listening("listening on 127.0.0.1:8889"), Some("127.0.0.1:8889"));
        assert_eq!(listening("listening on tcp://127.0.0.1:8889"), Some("tcp://127.0.0.1:8889"));
        assert_eq!(listening("INFO x: listening on ws://[::1]:1/p, Ctrl-C stops"), Some("ws://[::1]:1/p"));
        assert_eq!(listening("starting"), None);
    }
}
