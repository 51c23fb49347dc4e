//! The command line.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::docs;
use crate::process::Scheduler;
use crate::transport::Transport;

/// Where a server listens when nothing is said: on a free port.
pub(crate) const ANY_PORT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Compares volplane's connections with volo's own and with plain TCP, client and server in processes of their own.
#[derive(Debug, Parser)]
#[command(name = "cargo bench -p volplane-bench --bench transports --", args_conflicts_with_subcommands = true)]
pub struct Arguments {
    /// One process of a measurement instead of all of them.
    #[command(subcommand)]
    pub part: Option<Part>,
    /// What to measure.
    #[command(flatten)]
    pub plan: PlanArguments,
    /// Where to write the results.
    #[command(flatten)]
    pub report: ReportArguments,
}

/// What every program takes that can write its results to a page of the documentation.
#[derive(Debug, Args)]
pub struct ReportArguments {
    /// The directory of the documentation, to write the results there; a relative path starts at benches/
    #[arg(long)]
    pub docs: Option<PathBuf>,
    /// Given by `cargo bench`, not by `cargo test --benches`, which only wants to know whether it works.
    #[arg(long, hide = true, global = true)]
    pub bench: bool,
}

impl ReportArguments {
    /// Writes the section `name` of `benchmarks.md`, if a directory was given.
    ///
    /// # Errors
    ///
    /// When the page can't be read or written.
    pub fn write_section(&self, name: &str, title: &str, body: &str) -> io::Result<()> {
        self.docs.as_ref().map_or(Ok(()), |docs| docs::write_section(docs, name, title, body))
    }
}

/// The one process beside its own that a program starts.
#[derive(Debug, Subcommand)]
pub enum ServerPart {
    /// Serves until its standard input ends, or says `stop`.
    Server(ServerArguments),
}

/// One process of a measurement.
#[derive(Debug, Subcommand)]
pub enum Part {
    /// Serves until its standard input ends, or says `stop`.
    Server(ServerArguments),
    /// Calls a server, and says what it saw.
    Client(ClientArguments),
}

/// What to measure. Where nothing is said, [`crate::plan::Defaults`] has it.
#[derive(Debug, Args)]
pub struct PlanArguments {
    /// How many callers at once [default: 1,4,64, and 1,4,16 from 64 KiB; kitex: 1,64,512]
    #[arg(long, value_delimiter = ',', value_parser = clap::value_parser!(u16).range(1..))]
    pub callers: Vec<u16>,
    /// Sizes of the message, in bytes [default: 64,1024,65536]
    #[arg(long, value_delimiter = ',', value_parser = size)]
    pub sizes: Vec<usize>,
    /// What to compare, which for kitex is ours and what it is compared with [default: all]
    #[arg(long, value_delimiter = ',')]
    pub transports: Vec<Transport>,
    /// How long calls count in one measurement [default: 1; kitex: 0.4]
    #[arg(long, value_parser = seconds)]
    pub seconds: Option<Duration>,
    /// How often everything is measured [default: 7; kitex: 5]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    pub rounds: Option<u16>,
    /// What the order within each round is drawn from [default: another number each time]
    #[arg(long)]
    pub seed: Option<u32>,
    /// Where the results go as JSON; a relative path starts at benches/ [default: target/bench/ with the name of the program]
    #[arg(long)]
    pub json: Option<PathBuf>,
    /// tokio's scheduler in both processes
    #[arg(long, value_enum, default_value_t)]
    pub runtime: Scheduler,
}

/// What a server process is told.
#[derive(Debug, Args)]
pub struct ServerArguments {
    /// What to listen with.
    #[arg(long)]
    pub transport: Transport,
    /// Where to listen; with `SO_REUSEPORT`, so beside another such server.
    #[arg(long, default_value_t = ANY_PORT)]
    pub listen: SocketAddr,
    /// Bytes in a message; only plain TCP has to know.
    #[arg(long, value_parser = size, default_value = "64")]
    pub size: usize,
    /// tokio's scheduler.
    #[arg(long, value_enum, default_value_t)]
    pub runtime: Scheduler,
    /// How many descriptors the process may have [default: as many as the system allows]
    #[arg(long)]
    pub descriptors: Option<u64>,
}

/// What a client process is told.
#[derive(Debug, Args)]
pub struct ClientArguments {
    /// What to connect with.
    #[arg(long)]
    pub transport: Transport,
    /// Where the server says that it listens.
    #[arg(long)]
    pub to: SocketAddr,
    /// Bytes in a message.
    #[arg(long, value_parser = size, default_value = "64")]
    pub size: usize,
    /// How many callers at once.
    #[arg(long, default_value = "64", value_parser = clap::value_parser!(u16).range(1..))]
    pub callers: u16,
    /// How long to call before calls count.
    #[arg(long, default_value = "0.3", value_parser = seconds)]
    pub warm_up: Duration,
    /// How long calls count.
    #[arg(long, default_value = "1", value_parser = seconds)]
    pub seconds: Duration,
    /// tokio's scheduler.
    #[arg(long, value_enum, default_value_t)]
    pub runtime: Scheduler,
}

impl ServerArguments {
    /// On a free port.
    pub fn anywhere(transport: Transport, size: usize, runtime: Scheduler) -> Self {
        Self { transport, listen: ANY_PORT, size, runtime, descriptors: None }
    }

    /// The command line that says the same.
    pub fn to_command_line(&self) -> Vec<String> {
        let Self { transport, listen, size, runtime, descriptors } = self;
        let (listen, size) = (listen.to_string(), size.to_string());
        let line = ["server", "--transport", transport.name(), "--listen", &listen, "--size", &size];
        let mut line: Vec<_> = line.into_iter().chain(["--runtime", runtime.name()]).map(str::to_owned).collect();
        if let Some(descriptors) = descriptors {
            line.extend(["--descriptors".to_owned(), descriptors.to_string()]);
        }
        line
    }
}

impl ClientArguments {
    /// The command line that says the same.
    pub fn to_command_line(&self) -> Vec<String> {
        let Self { transport, to, size, callers, warm_up, seconds, runtime } = self;
        let (to, size, callers) = (to.to_string(), size.to_string(), callers.to_string());
        let (warm_up, seconds) = (warm_up.as_secs_f64().to_string(), seconds.as_secs_f64().to_string());
        let mut line = vec!["client", "--transport", transport.name(), "--to", &to, "--size", &size];
        line.extend(["--callers", &callers, "--warm-up", &warm_up, "--seconds", &seconds]);
        line.extend(["--runtime", runtime.name()]);
        line.into_iter().map(str::to_owned).collect()
    }
}

/// The largest message is half of what volo's codec takes in a frame.
const MAX_SIZE: usize = 8 * 1024 * 1024;

pub(crate) fn size(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(size @ 1..=MAX_SIZE) => Ok(size),
        _ => Err(format!("a number of bytes from 1 to {MAX_SIZE} is wanted")),
    }
}

pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds @ 0.01..=3600.0) => Ok(Duration::from_secs_f64(seconds)),
        _ => Err("a number of seconds from 0.01 to 3600 is wanted".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        <Arguments as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn a_child_reads_what_its_parent_wrote() {
        let client = ClientArguments {
            transport: Transport::YamuxWebSocket,
            to: ([127, 0, 0, 1], 1).into(),
            size: 1024,
            callers: 3,
            warm_up: Duration::from_millis(50),
            seconds: Duration::from_millis(1500),
            runtime: Scheduler::Current,
        };
        let line = [vec!["bench".to_owned()], client.to_command_line()].concat();
        let read = Arguments::try_parse_from(line).unwrap();
        assert_eq!(format!("{:?}", read.part), format!("{:?}", Some(Part::Client(client))));

        let listen = ([127, 0, 0, 1], 2).into();
        let server = ServerArguments {
            transport: Transport::TcpOne,
            listen,
            size: 7,
            runtime: Scheduler::Multi,
            descriptors: Some(9),
        };
        let line = [vec!["bench".to_owned()], server.to_command_line(), vec!["--bench".to_owned()]].concat();
        let read = Arguments::try_parse_from(line).unwrap();
        assert_eq!(format!("{:?}", read.part), format!("{:?}", Some(Part::Server(server))));
    }

    #[test]
    fn what_cannot_be_measured_is_refused() {
        for wrong in
            [["--sizes", "0"], ["--callers", "0"], ["--seconds", "nan"], ["--seconds", "-1"], ["--rounds", "0"]]
        {
            assert!(Arguments::try_parse_from(["bench", wrong[0], wrong[1]]).is_err(), "{wrong:?}");
        }
    }
}
