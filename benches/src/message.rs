//! What the processes tell each other: one JSON value a line, on the standard output of a child.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// What a server says. It takes a sample for each line `sample` on its standard input, shuts down gracefully at a line
/// `stop`, and ends at once with that input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromServer {
    /// It can be connected to.
    Listening {
        /// What the client is given as `--to`.
        address: SocketAddr,
    },
    /// How it stands.
    Sample {
        /// CPU time used so far, in microseconds; `None` where the system doesn't say.
        cpu_us: Option<f64>,
        /// Connections accepted so far, by the listener at the bottom.
        connections: u64,
        /// Memory that the process holds, in bytes; `None` where the system doesn't say.
        rss_bytes: Option<u64>,
        /// How often something has panicked.
        panics: u64,
    },
    /// It has stopped as it was told; its last word.
    Stopped {
        /// Connections that it cut off, because a call took longer than the drain timeout.
        cut_off: usize,
    },
}

/// What a client says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromClient {
    /// It is warm; from now on calls count.
    Began,
    /// Calls no longer count.
    Ended,
    /// What it saw; its last word.
    Outcome(Outcome),
}

/// What a client saw.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Calls that ended well while they counted.
    pub calls: u64,
    /// Calls that failed or brought back something else, also before and after.
    pub failures: u64,
    /// Why the first one failed.
    pub first_failure: Option<String>,
    /// How long calls counted, in seconds.
    pub seconds: f64,
    /// Half of the calls took at most this, in microseconds.
    pub p50_us: f64,
    /// 99 of 100 calls took at most this, in microseconds.
    pub p99_us: f64,
    /// CPU time used by the client's process while calls counted, in microseconds.
    pub cpu_us: Option<f64>,
    /// Connections that the client's pool made, which are streams for yamux; `None` where it doesn't say.
    pub opened: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `benches/kitex` writes them.
    #[test]
    fn the_lines_of_the_go_programs_are_read() {
        let listening: FromServer = serde_json::from_str(r#"{"listening":{"address":"127.0.0.1:8888"}}"#).unwrap();
        assert_eq!(listening, FromServer::Listening { address: ([127, 0, 0, 1], 8888).into() });
        let sample = r#"{"sample":{"cpu_us":1500,"connections":64,"rss_bytes":null,"panics":0}}"#;
        let expected = FromServer::Sample { cpu_us: Some(1500.0), connections: 64, rss_bytes: None, panics: 0 };
        assert_eq!(serde_json::from_str::<FromServer>(sample).unwrap(), expected);
        assert_eq!(serde_json::from_str::<FromClient>(r#""began""#).unwrap(), FromClient::Began);
        let outcome = concat!(
            r#"{"outcome":{"calls":7,"failures":1,"first_failure":"refused","seconds":0.4,"#,
            r#""p50_us":12.5,"p99_us":90,"cpu_us":100,"opened":2}}"#,
        );
        let FromClient::Outcome(outcome) = serde_json::from_str(outcome).unwrap() else { panic!("not an outcome") };
        assert_eq!((outcome.calls, outcome.p99_us, outcome.opened), (7, 90.0, Some(2)));
        assert_eq!(outcome.first_failure.as_deref(), Some("refused"));
    }
}
