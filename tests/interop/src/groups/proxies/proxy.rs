//! A proxy that runs as a child, with a directory of its own.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::process::Command;
use tokio::sync::Semaphore;

use super::End;
use super::servers::Servers;
use crate::program::{Program, Server};
use crate::tool::Tool;
use crate::work::Work;

/// How long a certificate may take to make.
const CERTIFICATE_TIMEOUT: Duration = Duration::from_secs(30);

/// A proxy that runs until this is dropped.
#[derive(Debug)]
pub struct Proxy {
    version: String,
    certificate: PathBuf,
    ports: Vec<(End, u16)>,
    cases: Semaphore,
    _server: Server,
}

impl Proxy {
    /// Writes the configuration and starts the proxy.
    ///
    /// # Errors
    ///
    /// If the proxy or `openssl` can't be started or refuses its arguments.
    pub async fn start(
        work: &Work,
        tool: &Tool,
        openssl: &Tool,
        name: &str,
        servers: &Servers,
    ) -> anyhow::Result<Proxy> {
        let dir = work.dir(name)?;
        let certificate = make_certificate(work, openssl, name, &dir).await?;
        let ports = free_ports()?;
        let template = if name == "nginx" { "nginx.conf" } else { "haproxy.cfg" };
        let text = std::fs::read_to_string(work.peers().join("proxies").join(template))?;
        let own = ports.iter().map(|(end, port)| (end.port(), *port));
        let text = render(&text, own.chain(servers.ports()))?;
        std::fs::write(dir.join(template), text)?;

        let program = Program::new(tool.path(), work.log(name)).dir(&dir);
        let program = if name == "nginx" {
            program.args(["-p", ".", "-c", "nginx.conf", "-e", "stderr"])
        } else {
            program.args(["-db", "-f", "haproxy.cfg"])
        };
        let first = ports.first().map(|(_, port)| *port).context("a proxy has ports")?;
        let server = program.serve_at(first).await?;
        Ok(Proxy { version: version(tool).await?, certificate, ports, cases: Semaphore::new(1), _server: server })
    }

    /// Its version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Held while a client runs its cases.
    pub fn cases(&self) -> &Semaphore {
        &self.cases
    }

    /// The certificate of its TLS end.
    pub fn certificate(&self) -> &Path {
        &self.certificate
    }

    /// Where it listens.
    pub fn port(&self, end: End) -> Option<u16> {
        self.ports.iter().find(|(known, _)| *known == end).map(|(_, port)| *port)
    }
}

/// Replaces `${NAME}`.
fn render(template: &str, values: impl Iterator<Item = (&'static str, u16)>) -> anyhow::Result<String> {
    let text =
        values.fold(template.to_owned(), |text, (name, port)| text.replace(&format!("${{{name}}}"), &port.to_string()));
    // Comments speak of ${NAME}.
    if let Some(line) = text.lines().find(|line| line.contains("${") && !line.starts_with('#')) {
        bail!("the configuration has a name without a value: {}", line.trim());
    }
    Ok(text)
}

/// A port for each end that is free now. All are bound at once, so that no two are the same.
fn free_ports() -> std::io::Result<Vec<(End, u16)>> {
    let listeners = End::ALL.map(|end| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map(|listener| (end, listener)));
    let listeners: Vec<_> = listeners.into_iter().collect::<Result<_, _>>()?;
    listeners.iter().map(|(end, listener)| Ok((*end, listener.local_addr()?.port()))).collect()
}

/// A certificate for `localhost`, beside its key and with it in one file, as haproxy wants it.
async fn make_certificate(work: &Work, openssl: &Tool, name: &str, dir: &Path) -> anyhow::Result<PathBuf> {
    let args = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
                -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE \
                -keyout key.pem -out certificate.pem";
    let program = work.program(openssl.path(), &format!("{name} openssl")).dir(dir).args(args.split_whitespace());
    program.check(CERTIFICATE_TIMEOUT).await?;
    let both = std::fs::read_to_string(dir.join("certificate.pem"))? + &std::fs::read_to_string(dir.join("key.pem"))?;
    std::fs::write(dir.join("both.pem"), both)?;
    Ok(dir.join("certificate.pem"))
}

/// The first number with dots that the proxy prints: `nginx version: nginx/1.22.1`, `HAProxy version 2.6.12-1 2023/02/14`.
async fn version(tool: &Tool) -> anyhow::Result<String> {
    let output = Command::new(tool.path()).arg("-v").kill_on_drop(true).output().await?;
    // nginx prints it to standard error.
    let text = [output.stdout, output.stderr].concat();
    Ok(version_in(&String::from_utf8_lossy(&text)).unwrap_or_default().to_owned())
}

fn version_in(text: &str) -> Option<&str> {
    let words = text.split(|c: char| !(c.is_ascii_digit() || c == '.'));
    words.map(|word| word.trim_matches('.')).find(|word| word.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found() {
        assert_eq!(version_in("nginx version: nginx/1.22.1"), Some("1.22.1"));
        assert_eq!(version_in("HAProxy version 2.6.12-1+deb12u4 2026/10/17 - https://haproxy.org/"), Some("2.6.12"));
    }

    #[test]
    fn a_name_without_a_value_is_an_error() {
        let values = || [("A", 1)].into_iter();
        assert_eq!(render("# ${NAME}\nlisten ${A};", values()).unwrap(), "# ${NAME}\nlisten 1;");
        assert!(render("listen ${A} ${B};", values()).is_err());
    }
}
