//! Starts peers and ends them.

use std::ffi::OsStr;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::{sleep, timeout};

/// How long a server may take to print its address.
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// How often a server that prints nothing is tried.
const LISTEN_INTERVAL: Duration = Duration::from_millis(50);

/// A program with its arguments. Its standard error goes to a log file, whose end is in every error.
#[derive(Debug)]
pub struct Program {
    name: String,
    command: Command,
    log: PathBuf,
}

impl Program {
    /// The program at `path`. `log` is the file for its standard error.
    pub fn new(path: impl AsRef<OsStr>, log: PathBuf) -> Self {
        let name = Path::new(path.as_ref()).file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut command = Command::new(path);
        command.kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        Program { name, command, log }
    }

    /// Adds arguments.
    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.command.args(args);
        self
    }

    /// Sets a variable of its environment.
    pub fn env(mut self, key: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(key, value);
        self
    }

    /// Sets its working directory.
    pub fn dir(mut self, path: impl AsRef<Path>) -> Self {
        self.command.current_dir(path);
        self
    }

    /// Starts a server, and waits for its first line, which is its address.
    ///
    /// # Errors
    ///
    /// If it can't be started, ends, or prints no line within 30 s.
    pub async fn serve(self) -> anyhow::Result<Server> {
        let (name, log) = (self.name.clone(), self.log.clone());
        self.serve_until(|_| true).await.with_context(|| format!("starting the server {name}{}", end_of(&log)))
    }

    /// As [`serve`](Self::serve), for a program that prints other lines first: the address is the first line for which
    /// `is_ready` is true.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn serve_until(mut self, is_ready: impl Fn(&str) -> bool) -> anyhow::Result<Server> {
        let (mut child, group) = self.start(Stdio::piped(), Stdio::piped())?;
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().context("its standard output is piped")?;
        let mut lines = BufReader::new(stdout).lines();
        let address = async {
            while let Some(line) = lines.next_line().await? {
                if is_ready(&line) {
                    return Ok(line);
                }
            }
            bail!("it ended before it served")
        };
        let address = timeout(START_TIMEOUT, address).await.context("it printed no address within 30 s")??;
        // Read on, or the program fails at its next line. Ends with the program.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Server { address, _group: group, _stdin: stdin, _child: child })
    }

    /// Starts a server that prints nothing, and waits until something listens on `port` of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// If it can't be started, ends, or does not listen within 30 s.
    pub async fn serve_at(mut self, port: u16) -> anyhow::Result<Server> {
        let (mut child, group) = self.start(Stdio::piped(), Stdio::null())?;
        let stdin = child.stdin.take();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let deadline = Instant::now() + START_TIMEOUT;
        while TcpStream::connect(address).await.is_err() {
            if let Some(status) = child.try_wait()? {
                bail!("{} ended with {status} before it listened{}", self.name, end_of(&self.log));
            }
            if Instant::now() > deadline {
                bail!("{} did not listen on {address} within 30 s{}", self.name, end_of(&self.log));
            }
            sleep(LISTEN_INTERVAL).await;
        }
        Ok(Server { address: address.to_string(), _group: group, _stdin: stdin, _child: child })
    }

    /// Runs it to its end, and returns its standard output, whatever its exit code is.
    ///
    /// # Errors
    ///
    /// If it can't be started or takes longer than `limit`.
    pub async fn run(mut self, limit: Duration) -> anyhow::Result<Output> {
        let (child, _group) = self.start(Stdio::null(), Stdio::piped())?;
        let output = timeout(limit, child.wait_with_output())
            .await
            .with_context(|| format!("{} did not end within {limit:?}{}", self.name, end_of(&self.log)))??;
        Ok(Output {
            text: String::from_utf8_lossy(&output.stdout).into_owned(),
            success: output.status.success(),
            log: end_of(&self.log),
        })
    }

    /// Runs it to its end.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run), and if its exit code is not 0: the error has the end of what it printed.
    pub async fn check(self, limit: Duration) -> anyhow::Result<String> {
        let name = self.name.clone();
        let output = self.run(limit).await?;
        if !output.success {
            bail!("{name} failed: {}{}", last_lines(&output.text), output.log);
        }
        Ok(output.text)
    }

    /// Starts it as a process group of its own.
    fn start(&mut self, stdin: Stdio, stdout: Stdio) -> anyhow::Result<(Child, Group)> {
        let log = File::options().create(true).append(true).open(&self.log);
        let log = log.with_context(|| format!("opening {}", self.log.display()))?;
        let child = self.command.stdin(stdin).stdout(stdout).stderr(log).spawn();
        let child = child.with_context(|| format!("starting {}", self.name))?;
        let group = Group(child.id());
        Ok((child, group))
    }
}

/// What a program printed.
#[derive(Debug)]
pub struct Output {
    /// Its standard output.
    pub text: String,
    /// Whether its exit code was 0.
    pub success: bool,
    /// The end of its standard error, for an error message.
    pub log: String,
}

/// A server that runs; dropping it ends it and the processes that it has started.
#[derive(Debug)]
pub struct Server {
    /// The line that it printed.
    pub address: String,
    _group: Group,
    _stdin: Option<ChildStdin>,
    _child: Child,
}

/// A process group, which is killed when this is dropped.
#[derive(Debug)]
struct Group(Option<u32>);

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(pid) = self.0.and_then(|id| rustix::process::Pid::from_raw(id.cast_signed())) {
            // An error means that it has ended already.
            rustix::process::kill_process_group(pid, rustix::process::Signal::KILL).ok();
        }
    }
}

/// The last lines of a log, as an error message ends with them.
fn end_of(log: &Path) -> String {
    let text = std::fs::read(log).unwrap_or_default();
    let text = last_lines(&String::from_utf8_lossy(&text));
    if text.is_empty() { String::new() } else { format!("; its log ends with: {text}") }
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().rev().filter(|line| !line.trim().is_empty()).take(5).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join(" | ")
}
