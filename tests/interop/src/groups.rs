//! The groups of peers.

mod article;
mod autobahn;
mod browser;
mod kitex;
mod node;
mod own;
mod proxies;
mod python;
mod scripts;
mod yamux;

use clap::ValueEnum;

use crate::row::Row;
use crate::work::Work;

/// A group of peers, in the order of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Group {
    /// Our own programs on both ends.
    Own,
    /// The article's programs, exactly as it writes them.
    Article,
    /// Kitex over TCP and WebSocket.
    Kitex,
    /// hashicorp/yamux under Kitex.
    Yamux,
    /// Apache's Python library and thriftpy2.
    Python,
    /// npm's thrift and ws.
    Node,
    /// npm's thrift in a page in Chromium.
    Browser,
    /// nginx and haproxy between client and server.
    Proxies,
    /// Autobahn|Testsuite against the WebSocket codec.
    Autobahn,
}

impl Group {
    /// Every group. Those that mostly wait are first, so that they wait beside the others.
    pub const ALL: &[Group] = &[
        Group::Proxies,
        Group::Own,
        Group::Kitex,
        Group::Article,
        Group::Yamux,
        Group::Python,
        Group::Node,
        Group::Browser,
        Group::Autobahn,
    ];

    /// Whether it mostly waits for a timeout, so that it runs beside the others.
    pub fn mostly_waits(self) -> bool {
        self == Group::Proxies
    }

    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Group::Own => "Ours on both ends",
            Group::Article => "The article's programs",
            Group::Kitex => "Kitex",
            Group::Yamux => "hashicorp/yamux",
            Group::Python => "Python",
            Group::Node => "Node.js",
            Group::Browser => "A page in the browser",
            Group::Proxies => "Proxies",
            Group::Autobahn => "Autobahn|Testsuite",
        }
    }

    /// The programs that it needs, each with the Debian package that has it.
    pub fn packages(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Group::Own | Group::Article | Group::Kitex | Group::Yamux | Group::Autobahn => &[],
            Group::Python => &[("thrift", "thrift-compiler")],
            Group::Node => &[("thrift", "thrift-compiler")],
            Group::Browser => &[("thrift", "thrift-compiler"), ("chromium", "chromium")],
            Group::Proxies => &[("nginx", "nginx-light"), ("haproxy", "haproxy"), ("openssl", "openssl")],
        }
    }

    /// What had to be done, as Markdown.
    pub fn notes(self) -> &'static str {
        match self {
            Group::Own => include_str!("groups/own.md"),
            Group::Article => include_str!("groups/article.md"),
            Group::Kitex => include_str!("groups/kitex.md"),
            Group::Yamux => include_str!("groups/yamux.md"),
            Group::Python => include_str!("groups/python.md"),
            Group::Node => include_str!("groups/node.md"),
            Group::Browser => include_str!("groups/browser.md"),
            Group::Proxies => include_str!("groups/proxies.md"),
            Group::Autobahn => include_str!("groups/autobahn.md"),
        }
    }

    /// Runs all its pairings.
    pub async fn run(self, work: &Work) -> Vec<Row> {
        match self {
            Group::Own => own::run(work).await,
            Group::Article => article::run(work).await,
            Group::Kitex => kitex::run(work).await,
            Group::Yamux => yamux::run(work).await,
            Group::Python => python::run(work).await,
            Group::Node => node::run(work).await,
            Group::Browser => browser::run(work).await,
            Group::Proxies => proxies::run(work).await,
            Group::Autobahn => autobahn::run(work).await,
        }
    }
}
