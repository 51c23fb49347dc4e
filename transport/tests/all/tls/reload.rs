//! Certificates that are replaced while connections are open. In memory, on a simulated clock.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;
use volplane_generated::api::EchoClient;
use volplane_transport::{ConnectExt, ListenerExt, Memory, Tls, TlsError, TlsIdentity};

use crate::support::certificates::{Authority, Pem};
use crate::support::{EchoHandler, Server, client, echo};
use crate::tls::{refused, tls_error, told};

struct Files {
    folder: TempDir,
}

impl Files {
    fn with(pem: &Pem) -> Self {
        let files = Self { folder: tempfile::tempdir().unwrap() };
        files.write(pem);
        files
    }

    fn certificate(&self) -> PathBuf {
        self.folder.path().join("server.pem")
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("server.key")
    }

    /// Each file is replaced by another, as programs that renew certificates do it.
    fn write(&self, pem: &Pem) {
        for (path, text) in [(self.certificate(), &pem.certificate), (self.key(), &pem.key)] {
            let new = path.with_extension("new");
            fs::write(&new, text).unwrap();
            fs::rename(new, path).unwrap();
        }
    }

    fn identity(&self) -> TlsIdentity {
        TlsIdentity::from_pem_files(self.certificate(), self.key()).unwrap()
    }
}

/// A server in memory, and the connector to it.
fn server(identity: TlsIdentity) -> (Server, Memory) {
    let (memory, listener) = Memory::pair();
    (Server::start(listener.layer(Tls::server(identity)), EchoHandler), memory)
}

/// A client with connections of its own.
fn trusting(memory: &Memory, authority: &Authority) -> EchoClient {
    client!(ConnectExt::layer(memory.clone(), authority.client().with_server_name("localhost")))
}

/// Whether a new connection of a client that trusts `authority` is made.
async fn is_trusted(memory: &Memory, authority: &Authority) -> bool {
    let connector = ConnectExt::layer(memory.clone(), authority.client().with_server_name("localhost"));
    match motore::service::UnaryService::call(&connector, crate::tls::anywhere()).await {
        Ok(_) => true,
        Err(_) => {
            let error = refused(connector, "tls://0.0.0.0:0").await;
            assert!(matches!(tls_error(&error), TlsError::UnknownAuthority { .. }), "{error:?}");
            false
        }
    }
}

#[tokio::test(start_paused = true)]
async fn files_that_have_changed_are_reloaded_within_seconds_and_open_connections_go_on() {
    let (old, new) = (Authority::new(), Authority::new());
    let files = Files::with(&old.issue(&["localhost"]));
    let (server, memory) = server(files.identity());
    let open = trusting(&memory, &old);
    assert_eq!(echo(&open, "one").await, "one");
    files.write(&new.issue(&["localhost"]));
    assert!(is_trusted(&memory, &old).await, "not looked at with every handshake");
    tokio::time::advance(Duration::from_secs(5)).await;
    assert!(is_trusted(&memory, &new).await);
    assert!(!is_trusted(&memory, &old).await);
    assert_eq!(echo(&open, "still open").await, "still open");
    drop(open);
    drop(memory);
    server.stop().await;
}

#[tokio::test(start_paused = true)]
async fn files_that_cannot_be_used_leave_the_old_certificate_until_they_can() {
    let (old, new) = (Authority::new(), Authority::new());
    let files = Files::with(&old.issue(&["localhost"]));
    let identity = files.identity();
    let (server, memory) = server(identity.clone());
    let pem = new.issue(&["localhost"]);
    // Half of a pair: its certificate is there, and its key is not yet.
    fs::write(files.certificate(), &pem.certificate).unwrap();
    for _ in 0..3 {
        tokio::time::advance(Duration::from_secs(5)).await;
        assert!(is_trusted(&memory, &old).await);
    }
    let error = identity.reload().unwrap_err();
    assert!(told(&error).starts_with(&format!("the private key in {} does not belong", files.key().display())));
    fs::remove_file(files.key()).unwrap();
    tokio::time::advance(Duration::from_secs(5)).await;
    assert!(is_trusted(&memory, &old).await);
    fs::write(files.key(), &pem.key).unwrap();
    tokio::time::advance(Duration::from_secs(5)).await;
    assert!(is_trusted(&memory, &new).await);
    drop(memory);
    server.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_handle_reloads_and_replaces_at_once() {
    let (old, new, newest) = (Authority::new(), Authority::new(), Authority::new());
    let files = Files::with(&old.issue(&["localhost"]));
    let identity = files.identity();
    let (server, memory) = server(identity.clone());
    assert!(is_trusted(&memory, &old).await);
    files.write(&new.issue(&["localhost"]));
    identity.reload().unwrap();
    assert!(is_trusted(&memory, &new).await);
    identity.replace(&newest.identity(&["localhost"]));
    assert!(is_trusted(&memory, &newest).await);
    let error = newest.identity(&["localhost"]).reload().unwrap_err();
    assert_eq!(error.to_string(), "this certificate was not loaded from files; use `TlsIdentity::replace`");
    drop(memory);
    server.stop().await;
}
