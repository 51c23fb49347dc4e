//! The programs: which there are, how they are built and started, and what they print.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;

use super::yamux;
use crate::program::{Program, Server};
use crate::tool::Tool;
use crate::work::Work;

/// The version of Kitex in peers/article/go.mod.
pub const KITEX: &str = "0.13.1";

/// How long the programs may take to build.
const BUILD_TIMEOUT: Duration = Duration::from_secs(900);
/// How long a client may take.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(20);

/// What a program is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// One of the article's programs.
    Go,
    /// One of the programs of cmd/.
    Rust,
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Language::Go => "Go",
            Language::Rust => "Rust",
        })
    }
}

/// One of the article's demos.
#[derive(Debug)]
pub struct Demo {
    /// Its number in the article.
    pub number: &'static str,
    /// The name of the programs of cmd/.
    rust_name: &'static str,
    /// What carries the calls.
    pub transport: &'static str,
    /// Where every server of it listens.
    pub port: u16,
    /// What the Go client prints of the answer.
    go_line: &'static str,
    /// What the Rust client prints of the answer.
    rust_line: &'static str,
}

impl Demo {
    /// Every demo.
    pub const ALL: &[Demo] = &[
        Demo {
            number: "01",
            rust_name: "01-default",
            transport: "01, tcp (netpoll)",
            port: 8888,
            go_line: "Say hello by netpoll",
            rust_line: "Say hello by volo default",
        },
        Demo {
            number: "02",
            rust_name: "02-stdnet",
            transport: "02, tcp (gonet)",
            port: 8889,
            go_line: "Say hello by go std net",
            rust_line: "Say hello by std net",
        },
        Demo {
            number: "03",
            rust_name: "03-websocket",
            transport: "03, websocket (x/net)",
            port: 8890,
            go_line: "Say hello by websocket",
            rust_line: "Say hello by websocket",
        },
        Demo {
            number: yamux::NUMBER,
            rust_name: "04-yamux",
            transport: "04, yamux on two websockets (coder)",
            port: 8891,
            go_line: "client call server response: client call server",
            rust_line: "Say hello by yamux",
        },
    ];

    /// What the client prints of the answer.
    pub fn line(&self, client: Language) -> &'static str {
        match client {
            Language::Go => self.go_line,
            Language::Rust => self.rust_line,
        }
    }
}

/// The programs of both languages, built.
#[derive(Debug)]
pub struct Programs<'a> {
    work: &'a Work,
    go: PathBuf,
}

impl<'a> Programs<'a> {
    /// Builds the article's programs. The script `run` has built those of cmd/.
    ///
    /// # Errors
    ///
    /// If one does not build.
    pub async fn build(work: &'a Work) -> anyhow::Result<Self> {
        let dir = work.dir("article")?;
        let shell = Tool::find("sh").map_err(anyhow::Error::msg)?;
        let script = work.peers().join("article/build");
        let go = work.program(shell.path(), "article build").args([&script, &dir]);
        go.check(BUILD_TIMEOUT).await.context("building the article's programs")?;
        Ok(Programs { work, go: dir.join("bin") })
    }

    /// Starts a demo's server and waits until it listens. `client` names the log.
    ///
    /// # Errors
    ///
    /// If it does not listen in time.
    pub async fn serve(&self, demo: &Demo, server: Language, client: Language) -> anyhow::Result<Server> {
        let log = self.work.log(&format!("article {} {client} {server} server", demo.number));
        self.program(demo, server, "server", log).serve_at(demo.port).await
    }

    /// Runs a demo's client to its end, with further arguments.
    ///
    /// # Errors
    ///
    /// If it can't be started or does not end in time.
    pub async fn call(
        &self,
        demo: &Demo,
        client: Language,
        server: Language,
        args: &[&str],
    ) -> anyhow::Result<Printed> {
        let log = self.work.log(&format!("article {} {client} {server} client {}", demo.number, args.join(" ")));
        let output = self.program(demo, client, "client", log.clone()).args(args).run(CLIENT_TIMEOUT).await?;
        // Go's package log prints to standard error.
        let text = output.text + &String::from_utf8_lossy(&std::fs::read(log)?);
        Ok(Printed { success: output.success, text })
    }

    /// A demo's client or server, with the flags that it needs for the other language.
    pub fn program(&self, demo: &Demo, language: Language, side: &str, log: PathBuf) -> Program {
        match language {
            Language::Go => Program::new(self.go.join(format!("{}-{side}", demo.number)), log),
            Language::Rust => {
                let program = Program::new(self.work.binaries().join(format!("{}-{side}", demo.rust_name)), log);
                if demo.number == yamux::NUMBER { program.args(["--compat", "kitex"]) } else { program }
            }
        }
    }

    /// An empty log file.
    pub fn log(&self, name: &str) -> PathBuf {
        self.work.log(name)
    }
}

/// What a client printed, on both of its outputs.
#[derive(Debug)]
pub struct Printed {
    /// Whether its exit code was 0.
    pub success: bool,
    text: String,
}

impl Printed {
    /// Whether it printed this.
    pub fn has(&self, text: &str) -> bool {
        self.text.lines().any(|line| line.contains(text))
    }

    /// Its last lines, for an error message.
    pub fn end(&self) -> String {
        let lines: Vec<&str> = self.text.lines().collect();
        lines.get(lines.len().saturating_sub(4)..).unwrap_or_default().join(" | ")
    }
}
