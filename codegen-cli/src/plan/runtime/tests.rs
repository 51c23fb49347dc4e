//! The sources that projects get copies of: whole without what is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use super::*;

/// The features of the two crates that projects turn on, alone and together.
const TRANSPORTS: [&[&str]; 7] = [
    &[],
    &["endpoints"],
    &["endpoints", "websocket"],
    &["yamux"],
    &["endpoints", "websocket", "yamux"],
    &["endpoints", "tls", "websocket"],
    &["endpoints", "tls", "websocket", "yamux"],
];

fn sources(folder: &str, features: &[&str]) -> BTreeMap<&'static str, String> {
    let features: BTreeSet<String> = features.iter().map(|name| (*name).to_owned()).collect();
    embedded::sources(folder, &features).collect()
}

fn every_set() -> impl Iterator<Item = BTreeMap<&'static str, String>> {
    let transports = TRANSPORTS.into_iter().map(|features| sources("transport", features));
    transports.chain([sources("codegen", &["emit"])])
}

/// What only tests, fuzzing or `volplane explain` need.
#[test]
fn nothing_is_there_that_no_build_compiles() {
    for (path, text) in every_set().flatten() {
        let name = path.rsplit('/').next().unwrap_or_default();
        assert!(!["tests.rs", "fuzzing.rs"].contains(&name) && !path.ends_with(".md"), "{path}");
        assert!(!text.contains("#[cfg(test)]") && !text.contains("#[test]") && !text.contains("fuzzing)]"), "{path}");
    }
}

#[test]
fn every_file_is_rust_and_its_modules_are_there() -> Result<(), Box<dyn Error>> {
    let sets: Vec<_> = every_set().collect();
    let mut parsed = BTreeMap::new();
    for set in &sets {
        for (path, text) in set.iter().filter(|(path, _)| path.ends_with(".rs")) {
            if !parsed.contains_key(text) {
                parsed.insert(text, syn::parse_file(text).map_err(|error| format!("{path}: {error}"))?);
            }
            let file = &parsed[text];
            let below = match path.strip_suffix("/lib.rs") {
                Some(folder) => folder,
                None => path.strip_suffix(".rs").unwrap_or(path),
            };
            for item in &file.items {
                let syn::Item::Mod(syn::ItemMod { ident, content: None, attrs, .. }) = item else { continue };
                let is_elsewhere = attrs.iter().any(|attribute| attribute.path().is_ident("path"));
                let module = format!("{below}/{ident}.rs");
                assert!(is_elsewhere || set.contains_key(module.as_str()), "{path} has no {module}");
            }
        }
    }
    Ok(())
}

#[test]
fn what_the_transports_of_a_project_do_not_need_is_not_there() {
    let has = |features: &[&str], path: &str| sources("transport", features).contains_key(path);
    for (path, feature) in [
        ("transport/src/tls/roots.rs", "tls"),
        ("transport/src/websocket.rs", "websocket"),
        ("transport/src/yamux/session.rs", "yamux"),
        ("transport/src/dynamic.rs", "endpoints"),
    ] {
        assert!(!has(&[], path) && has(&[feature], path), "{path}");
    }
    assert!(!has(&["tls"], "transport/src/keepalive.rs") && has(&["yamux"], "transport/src/keepalive.rs"));
    // Users turn it on by hand.
    assert!(has(&[], "transport/src/metrics.rs") && has(&[], "transport/src/metrics_off.rs"));
}

#[test]
fn a_manifest_has_the_features_that_are_on_and_their_dependencies() -> Result<(), Box<dyn Error>> {
    let workspace = manifests::parse("Cargo.toml", embedded::file("Cargo.toml")?)?;
    let path = "transport/Cargo.toml";
    let mut manifest = manifests::parse(path, &manifests::vendored(path, embedded::file(path)?, &workspace)?)?;
    let on = ["endpoints", "websocket"].map(str::to_owned).into();
    manifests::keep_features(&mut manifest, &on);
    insta::assert_snapshot!(manifest.get("features").map(ToString::to_string).unwrap_or_default());
    let optional = manifests::dependencies(&manifest).filter(|(_, item)| item.get("optional").is_some());
    assert_eq!(optional.map(|(name, _)| name).collect::<Vec<_>>(), ["metrics", "tokio-tungstenite"]);
    Ok(())
}
