//! What is said of files and texts that can't be used.

use std::fs;
use std::path::Path;

use volplane_transport::{TlsConfigError, TlsIdentity, TlsRoots};

use crate::support::certificates::Authority;
use crate::tls::told;

fn write(folder: &Path, name: &str, text: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[test]
fn errors_name_the_file_and_what_is_expected() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let (one, two) = (authority.issue(&["one"]), authority.issue(&["two"]));
    let certificate = write(folder.path(), "one.pem", &one.certificate);
    let key = write(folder.path(), "one.key", &one.key);
    let other_key = write(folder.path(), "two.key", &two.key);
    let empty = write(folder.path(), "empty.pem", "");
    let broken = write(folder.path(), "broken.pem", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n");
    let unsigned = write(folder.path(), "junk.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let missing = folder.path().join("missing.pem").display().to_string();
    let identity = |certificates: &str, key: &str| told(&TlsIdentity::from_pem_files(certificates, key).unwrap_err());
    let roots = |path: &str| told(&TlsRoots::from_pem_file(path).unwrap_err());

    assert!(identity(&missing, &key).starts_with(&format!("cannot read {missing}: ")));
    assert!(identity(&certificate, &missing).starts_with(&format!("cannot read {missing}: ")));
    assert_eq!(
        identity(&empty, &key),
        format!("{empty} contains no certificate; expected PEM with -----BEGIN CERTIFICATE-----")
    );
    assert_eq!(
        identity(&certificate, &certificate),
        format!(
            "{certificate} contains no private key; expected PEM with -----BEGIN PRIVATE KEY-----, without a password"
        )
    );
    assert_eq!(
        identity(&certificate, &other_key),
        format!("the private key in {other_key} does not belong to the first certificate in {certificate}")
    );
    assert!(identity(&broken, &key).starts_with(&format!("{broken} is not valid PEM: ")));
    assert!(identity(&unsigned, &key).starts_with(&format!("certificate 1 in {unsigned} is not valid: ")));
    assert!(roots(&missing).starts_with(&format!("cannot read {missing}: ")));
    assert_eq!(roots(&key), format!("{key} contains no certificate; expected PEM with -----BEGIN CERTIFICATE-----"));
    assert!(roots(&unsigned).starts_with(&format!("certificate 1 in {unsigned} is not valid: ")));
    // One file can hold both.
    let both = write(folder.path(), "both.pem", format!("{}{}", one.certificate, one.key));
    TlsIdentity::from_pem_files(&both, &both).unwrap();
}

#[test]
fn what_is_not_from_a_file_is_named_the_given_text() {
    let error = TlsRoots::from_pem("").unwrap_err();
    let expected = "the given text contains no certificate; expected PEM with -----BEGIN CERTIFICATE-----";
    assert_eq!(error.to_string(), expected);
    let error = TlsRoots::from_der([b"x"]).unwrap_err();
    assert!(told(&error).starts_with("certificate 1 in the given text is not valid: "), "{}", told(&error));
    let error = TlsIdentity::from_der([b"x"], b"y").unwrap_err();
    assert!(matches!(error, TlsConfigError::Key { .. }), "{error:?}");
}

#[test]
fn der_is_the_same_as_pem() {
    let authority = Authority::new();
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(vec!["one".to_owned()]).unwrap().self_signed(&key).unwrap();
    TlsIdentity::from_der([certificate.der()], key.serialize_der()).unwrap();
    let roots = TlsRoots::from_der([certificate.der()]).unwrap().and(authority.roots());
    assert_eq!(format!("{roots:?}"), "TlsRoots { system: false, given: 2 }");
}

#[test]
fn no_key_is_ever_shown() {
    let folder = tempfile::tempdir().unwrap();
    let one = Authority::new().issue(&["one"]);
    let certificate = write(folder.path(), "one.pem", &one.certificate);
    let key = write(folder.path(), "one.key", &one.key);
    let identity = TlsIdentity::from_pem_files(&certificate, &key).unwrap();
    let layers = (
        volplane_transport::Tls::client().with_identity(identity.clone()),
        volplane_transport::Tls::server(identity.clone()),
    );
    let expected = format!("TlsIdentity {{ certificates: 1, files: Some(Files({certificate:?}, {key:?})), .. }}");
    assert_eq!(format!("{identity:?}"), expected);
    let shown = format!("{layers:?}");
    assert!(shown.contains(&expected) && !shown.contains("secret") && !shown.contains("PRIVATE"), "{shown}");
}
